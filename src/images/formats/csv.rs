//! Images from the rows of a table of numbers, with their labels.

use std::path::Path;

use ndarray::Array2;

use super::csv_columns::{Columns, has_no_value, number, text};
use super::csv_lines::{Lines, are_alike};
use super::rows::{of_array, of_bytes, of_floats, row_shape};
use crate::basis::Shape;
use crate::error::{Result, TableError, one_line};
use crate::images::decode;
use crate::images::missing::Missing;
use crate::images::options::LoadOptions;
use crate::images::read_set::ReadSet;
use crate::images::request::Request;
use crate::images::set::{ImageSet, Mask, PixelValues, labels_of};

/// Checks whether a file is a table: by its extension, or because the lines of its first bytes have the same number of
/// fields.
pub(crate) fn recognise(path: &Path, head: &[u8]) -> bool {
    if decode::recognise(head).is_some() || decode::is_web_page(head) {
        return false;
    }
    let is_called_as_table = path.extension().is_some_and(|last| {
        ["csv", "tsv"]
            .iter()
            .any(|name| last.eq_ignore_ascii_case(name))
    });
    is_called_as_table
        || (decode::is_text(head) && are_alike(head, |field| number(field).is_some()))
}

/// Reads the requested rows with their labels.
pub(crate) fn read(path: &Path, request: &Request) -> Result<ReadSet> {
    let options = request.options;
    let mut lines = Lines::open(path)?;
    if !lines.read()? {
        return Err(TableError::Empty.into());
    }
    let columns = Columns::of(&lines.fields, options)?;
    let pixels = columns.count - usize::from(columns.label.is_some());
    let shape = row_shape(usize::MAX, pixels, request)?;
    let mut rows = TableRows::new(options);
    let mut more = !columns.has_header() || lines.read()?;
    while more {
        rows.add(&lines, &columns)?;
        more = lines.read()?;
    }
    if rows.images == 0 {
        return Err(TableError::OnlyHeader.into());
    }
    let note = rows.note(path, &columns, shape);
    let set = ImageSet {
        notes: vec![note],
        ..rows.set(shape, options)?
    };
    Ok(of_array(set, request))
}

/// The rows that have been read.
struct TableRows {
    images: usize,
    /// Bytes, until a value is not a byte.
    values: PixelValues,
    /// Which values are known; `None` if none may be missing.
    known: Option<Vec<bool>>,
    labels: Vec<String>,
}

impl TableRows {
    fn new(options: &LoadOptions) -> Self {
        // A table that does not hold pictures has quantities, not levels of grey.
        let values = if options.shape.is_some() {
            PixelValues::U8(Vec::new())
        } else {
            PixelValues::F32(Vec::new())
        };
        let known = (options.missing == Some(Missing::Nan)).then(Vec::new);
        Self {
            images: 0,
            values,
            known,
            labels: Vec::new(),
        }
    }

    /// Adds the current line.
    fn add(&mut self, lines: &Lines, columns: &Columns) -> Result<()> {
        let fields = &lines.fields;
        if fields.len() != columns.count {
            let (found, needed) = (fields.len(), columns.count);
            return Err(TableError::Ragged {
                line: lines.line()?,
                found,
                needed,
            }
            .into());
        }
        for (column, field) in fields.iter().enumerate() {
            if columns.label == Some(column) {
                self.labels.push(text(field));
            } else if let Some(value) = number(field) {
                self.values.push(value);
                self.known.iter_mut().for_each(|known| known.push(true));
            } else {
                self.add_missing(lines, columns, column)?;
            }
        }
        self.images += 1;
        Ok(())
    }

    fn add_missing(&mut self, lines: &Lines, columns: &Columns, number: usize) -> Result<()> {
        let (line, column, field) = (
            lines.line()?,
            columns.described(number),
            &lines.fields[number],
        );
        let labelled = columns.label.is_some();
        match &mut self.known {
            _ if !has_no_value(field) => Err(TableError::NoNumber {
                line,
                column,
                field: text(field),
                number: number + 1,
                labelled,
            }
            .into()),
            None => Err(TableError::Missing { line, column }.into()),
            Some(known) => {
                known.push(false);
                self.values.push(0.0);
                Ok(())
            }
        }
    }

    /// Returns a note about the table.
    fn note(&self, path: &Path, columns: &Columns, shape: Shape) -> String {
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
            .label
            .map(|label| format!(", labels in column {}", columns.described(label)));
        let counted = if columns.counted {
            "; the first row counts the columns: if it is a header, remove it"
        } else {
            ""
        };
        let levels =
            matches!(self.values, PixelValues::U8(_)).then_some(", levels of grey from 0 to 255");
        format!(
            "{name} holds {} rows of {} numbers{header}{}{}{counted}",
            self.images,
            shape.pixels(),
            levels.unwrap_or_default(),
            labels.unwrap_or_default()
        )
    }

    fn set(self, shape: Shape, options: &LoadOptions) -> Result<ImageSet> {
        let size = (self.images, shape.pixels());
        let known = self
            .known
            .map(|known| options.by_rows(rows(size, known), shape));
        let mask =
            known.and_then(|known| Mask::new(size.0, size.1, |image, pixel| known[[image, pixel]]));
        let set = match self.values {
            PixelValues::U8(values) => of_bytes(
                shape,
                options.by_rows(rows(size, values), shape),
                options.missing,
            )?,
            PixelValues::F32(values) => of_floats(
                shape,
                options.by_rows(rows(size, values), shape),
                options.missing,
            )?,
        };
        let labels = labels_of(&self.labels.iter().map(String::as_str).collect::<Vec<_>>());
        Ok(ImageSet {
            mask: mask.or(set.mask),
            labels,
            ..set
        })
    }
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

/// Returns values as rows of a table, whose lengths were checked.
fn rows<T: Clone>((images, pixels): (usize, usize), values: Vec<T>) -> Array2<T> {
    Array2::from_shape_vec((images, pixels), values).expect("every row has as many values")
}
