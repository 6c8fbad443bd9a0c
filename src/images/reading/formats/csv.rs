//! Images from the rows of a table of numbers, with their labels.

use std::path::Path;

use ndarray::Array2;

use super::csv_columns::{Columns, Role};
use super::csv_lines::{Lines, head};
use super::csv_memory::TablePart;
use super::csv_numbers::{has_no_value, text};
use super::csv_survey::survey;
use super::csv_text::are_alike;
use super::rows::{of_array, of_bytes, of_floats, row_shape};
use crate::basis::Shape;
use crate::error::{Result, TableError, one_line};
use crate::images::missing::Missing;
use crate::images::options::LoadOptions;
use crate::images::reading::common::PixelValues;
use crate::images::reading::decode;
use crate::images::reading::input::gzip;
use crate::images::reading::read_set::ReadSet;
use crate::images::reading::request::Request;
use crate::images::set::{ImageSet, Mask, labels_of};

/// Checks whether a file is a table: by its extension, or because the lines of its first bytes have the same number of
/// fields.
pub(crate) fn recognise(path: &Path, head: &[u8]) -> bool {
    if decode::recognise(head).is_some() || decode::is_web_page(head) {
        return false;
    }
    is_called_as_table(path) || (decode::is_text(head) && are_alike(head))
}

/// Checks whether a file compressed by gzip is a table.
pub(crate) fn is_packed(path: &Path) -> bool {
    let Ok(head) = head(path) else {
        return false;
    };
    // `t.csv.gz` is called `t.csv` when it is unpacked.
    let plain = path.with_extension("");
    !gzip::recognise(&head) && recognise(&plain, &head)
}

fn is_called_as_table(path: &Path) -> bool {
    path.extension().is_some_and(|last| {
        ["csv", "tsv"]
            .iter()
            .any(|name| last.eq_ignore_ascii_case(name))
    })
}

/// Reads the requested rows with their labels.
pub(crate) fn read(path: &Path, request: &Request) -> Result<ReadSet> {
    let options = request.options;
    let mut lines = Lines::open(path)?;
    let mut columns = Columns::read(&mut lines, options)?;
    survey(path, &mut columns, options)?;
    if columns.is_header_short && columns.roles[0] == Role::Pixel {
        return Err(TableError::Ragged {
            line: lines.line()?,
            found: columns.count(),
            needed: columns.count() - 1,
        }
        .into());
    }
    let pixels = match columns.place_of(Role::AllPixels) {
        Some(place) => lines.format.items(&lines.fields[place]).count(),
        None => columns.count_of(Role::Pixel),
    };
    let shape = if options.transpose {
        None
    } else {
        Some(shape_of_rows(path, pixels, &columns, request)?)
    };
    let mut rows = TableRows::new(options, pixels);
    loop {
        rows.add(&lines, &columns)?;
        rows.part().check(&mut lines, request)?;
        if !lines.read()? {
            break;
        }
    }
    let shape = match shape {
        Some(shape) => shape,
        None => row_shape(pixels, rows.images, request)?,
    };
    let mut notes = vec![rows.note(path, &columns)];
    notes.append(&mut columns.notes);
    let set = rows.set(shape, &columns, options)?;
    let mut read = of_array(ImageSet { notes, ..set }, request)?;
    read.facts.is_table = true;
    Ok(read)
}

/// Returns the size of the image in a row.
fn shape_of_rows(
    path: &Path,
    pixels: usize,
    columns: &Columns,
    request: &Request,
) -> Result<Shape> {
    let shape = request.options.shape;
    let rows = match shape.filter(|shape| shape.pixels() != pixels) {
        Some(_) => count_rows(path, columns)?,
        None => 0,
    };
    row_shape(rows, pixels, request)
}

/// Returns the number of rows, for an error.
fn count_rows(path: &Path, columns: &Columns) -> Result<usize> {
    let mut lines = Lines::open(path)?;
    let mut rows = 0;
    while lines.read()? {
        rows += 1;
    }
    Ok(rows - usize::from(columns.has_header()))
}

/// The rows that have been read.
struct TableRows {
    images: usize,
    /// The number of pixels in a row.
    pixels: usize,
    /// Bytes, until a value is not a byte.
    values: PixelValues,
    /// Which values are known; `None` if none may be missing.
    known: Option<Vec<bool>>,
    labels: Vec<String>,
    names: Vec<String>,
    /// Whether a number has a decimal comma.
    has_commas: bool,
}

impl TableRows {
    fn new(options: &LoadOptions, pixels: usize) -> Self {
        // A table that does not hold pictures has quantities, not levels of grey.
        let values = if options.shape.is_some() {
            PixelValues::U8(Vec::new())
        } else {
            PixelValues::F32(Vec::new())
        };
        let known = (options.missing == Some(Missing::Nan)).then(Vec::new);
        Self {
            images: 0,
            pixels,
            values,
            known,
            labels: Vec::new(),
            names: Vec::new(),
            has_commas: false,
        }
    }

    /// Returns how much has been read.
    fn part(&self) -> TablePart {
        TablePart {
            rows: self.images,
            columns: self.pixels,
            value_bytes: match self.values {
                PixelValues::U8(_) => 1,
                PixelValues::F32(_) => 4,
            },
        }
    }

    /// Adds the current line.
    fn add(&mut self, lines: &Lines, columns: &Columns) -> Result<()> {
        let fields = &lines.fields;
        if fields.len() != columns.count() {
            let (found, needed) = (fields.len(), columns.count());
            return Err(TableError::Ragged {
                line: lines.line()?,
                found,
                needed,
            }
            .into());
        }
        for (column, field) in fields.iter().enumerate() {
            match columns.roles[column] {
                Role::Pixel => self.add_pixel(lines, columns, column, field)?,
                Role::Label => self.labels.push(text(field)),
                Role::Name => self.names.push(text(field)),
                Role::AllPixels => self.add_all(lines, columns, column)?,
                Role::Ignored => {}
            }
        }
        self.images += 1;
        Ok(())
    }

    /// Adds the numbers of a field with all pixels.
    fn add_all(&mut self, lines: &Lines, columns: &Columns, column: usize) -> Result<()> {
        let field = &lines.fields[column];
        let found = lines.format.items(field).count();
        if found != self.pixels {
            return Err(TableError::RaggedList {
                line: lines.line()?,
                column: columns.described(column),
                found,
                needed: self.pixels,
            }
            .into());
        }
        for item in lines.format.items(field) {
            self.add_pixel(lines, columns, column, item)?;
        }
        Ok(())
    }

    fn add_pixel(
        &mut self,
        lines: &Lines,
        columns: &Columns,
        column: usize,
        field: &[u8],
    ) -> Result<()> {
        let Some(value) = lines.format.number(field) else {
            return self.add_missing(lines, columns, column, field);
        };
        self.has_commas |= lines.format.decimal_comma && field.contains(&b',');
        self.values.push(value);
        self.known.iter_mut().for_each(|known| known.push(true));
        Ok(())
    }

    fn add_missing(
        &mut self,
        lines: &Lines,
        columns: &Columns,
        number: usize,
        field: &[u8],
    ) -> Result<()> {
        let is_gap = has_no_value(field);
        if let (true, Some(known)) = (is_gap, &mut self.known) {
            known.push(false);
            self.values.push(0.0);
            return Ok(());
        }
        // Only for an error: the file is read again to count its lines.
        let (line, column) = (lines.line()?, columns.described(number));
        if is_gap {
            return Err(TableError::Missing { line, column }.into());
        }
        Err(TableError::NoNumber {
            line,
            column,
            field: text(field),
            number: number + 1,
            labelled: columns.place_of(Role::Label).is_some(),
        }
        .into())
    }

    /// Returns a note about the table.
    fn note(&self, path: &Path, columns: &Columns) -> String {
        let name = path
            .file_name()
            .map(|name| one_line(&name.to_string_lossy()))
            .unwrap_or_default();
        let header = if columns.has_header() {
            " below a header"
        } else {
            ""
        };
        let labels = columns
            .place_of(Role::Label)
            .map(|label| format!(", labels in column {}", columns.described(label)));
        let commas = if self.has_commas {
            ", with decimal commas"
        } else {
            ""
        };
        let counted = if columns.counted {
            "; the first row counts the columns: if it is a header, remove it"
        } else {
            ""
        };
        let levels =
            matches!(self.values, PixelValues::U8(_)).then_some(", levels of grey from 0 to 255");
        format!(
            "{name} holds {} rows of {} numbers{header}{commas}{}{}{counted}",
            self.images,
            self.pixels,
            levels.unwrap_or_default(),
            labels.unwrap_or_default()
        )
    }

    fn set(self, shape: Shape, columns: &Columns, options: &LoadOptions) -> Result<ImageSet> {
        let size = (self.images, self.pixels);
        let known = self
            .known
            .map(|known| options.by_rows(rows(size, known, options), shape));
        let mask = known.and_then(|known| {
            Mask::new(known.nrows(), shape.pixels(), |image, pixel| {
                known[[image, pixel]]
            })
        });
        let set = match self.values {
            PixelValues::U8(values) => of_bytes(
                shape,
                options.by_rows(rows(size, values, options), shape),
                options.missing,
            )?,
            PixelValues::F32(values) => of_floats(
                shape,
                options.by_rows(rows(size, values, options), shape),
                options.missing,
            )?,
        };
        let names = if options.transpose {
            column_names(columns)
        } else {
            self.names
        };
        let labels = labels_of(&self.labels.iter().map(String::as_str).collect::<Vec<_>>());
        Ok(ImageSet {
            mask: mask.or(set.mask),
            labels,
            names: if names.is_empty() { set.names } else { names },
            ..set
        })
    }
}

/// Returns the names of the columns of pixels; none if there is no header.
fn column_names(columns: &Columns) -> Vec<String> {
    let pixels = (0..columns.count()).filter(|&column| columns.roles[column] == Role::Pixel);
    pixels
        .filter(|_| columns.has_header())
        .map(|column| columns.name(column).to_owned())
        .collect()
}

impl PixelValues {
    /// Adds a value. If it is not a byte, all values become floats.
    fn push(&mut self, value: f32) {
        match self {
            Self::F32(values) => values.push(value),
            Self::U8(values) if f32::from(value as u8).to_bits() == value.to_bits() => {
                values.push(value as u8);
            }
            Self::U8(values) => {
                *self = Self::F32(
                    values
                        .iter()
                        .map(|&byte| f32::from(byte))
                        .chain([value])
                        .collect(),
                );
            }
        }
    }
}

/// Returns values as one row per image of a table, whose lengths were checked.
fn rows<T: Clone>(
    (rows, columns): (usize, usize),
    values: Vec<T>,
    options: &LoadOptions,
) -> Array2<T> {
    let table =
        Array2::from_shape_vec((rows, columns), values).expect("every row has as many values");
    if options.transpose {
        table.reversed_axes().as_standard_layout().into_owned()
    } else {
        table
    }
}
