//! Images from the rows of a table of numbers, with their labels: what its columns are, and what its fields say. Not how
//! its lines are read.

use std::path::Path;

use csv::ByteRecord;
use ndarray::Array2;

use super::csv_lines::{self as lines, Lines};
use super::rows as array;
use crate::basis::Shape;
use crate::error::{Result, TableError, one_line};
use crate::images::decode;
use crate::images::missing::Missing;
use crate::images::options::LoadOptions;
use crate::images::set::{ImageSet, Mask, Samples, labels_of};

/// What stands for nothing, in small letters.
const NOTHING: [&str; 5] = ["", "na", "n/a", "nan", "null"];
/// Columns that are seen to be counted: fewer may hold such numbers by chance.
const COUNTED: usize = 3;

/// Whether a file with these first bytes is a table: by its name, or since its lines look alike.
pub(crate) fn recognise(path: &Path, head: &[u8]) -> bool {
    if decode::recognise(head).is_some() || decode::is_web_page(head) {
        return false;
    }
    let named = path.extension().is_some_and(|last| {
        ["csv", "tsv"]
            .iter()
            .any(|name| last.eq_ignore_ascii_case(name))
    });
    named || (decode::is_text(head) && lines::are_alike(head, |field| number(field).is_some()))
}

/// Reads the rows with their labels, and prepares them.
pub(crate) fn load(path: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    let mut lines = Lines::open(path)?;
    if !lines.read()? {
        return Err(TableError::Empty.into());
    }
    let columns = Columns::of(&lines.fields, options)?;
    let pixels = columns.count - usize::from(columns.label.is_some());
    let shape = array::row_shape(pixels, options, least)?;
    let mut rows = Rows::new(options);
    let mut more = !columns.has_header() || lines.read()?;
    while more {
        rows.add(&lines, &columns)?;
        more = lines.read()?;
    }
    if rows.images == 0 {
        return Err(TableError::OnlyHeader.into());
    }
    let note = rows.note(path, &columns, shape);
    array::prepared(
        path,
        ImageSet {
            notes: vec![note],
            ..rows.set(shape, options)?
        },
        options,
        least,
    )
}

/// What the columns of a table are.
struct Columns {
    count: usize,
    /// Their names; none where there is no header.
    names: Vec<String>,
    /// The one that says what the images are.
    label: Option<usize>,
    /// Whether the first line counts them, and is taken for numbers all the same.
    counted: bool,
}

impl Columns {
    /// What the first line says of them: it is a header unless all beside the label are numbers.
    fn of(first: &ByteRecord, options: &LoadOptions) -> Result<Self> {
        let count = first.len();
        let Some(label) = &options.label else {
            let names = names(first, None);
            return Ok(Self {
                count,
                counted: counts(first, None) && names.is_empty(),
                names,
                label: None,
            });
        };
        let numbered = label
            .parse::<usize>()
            .ok()
            .filter(|number| (1..=count).contains(number))
            .map(|number| number - 1);
        let names = names(first, numbered);
        let Some(place) = names.iter().position(|name| name == label).or(numbered) else {
            return Err(TableError::NoColumn {
                label: label.clone(),
                names,
                count,
            }
            .into());
        };
        if count == 1 {
            return Err(TableError::OnlyLabels.into());
        }
        Ok(Self {
            count,
            counted: counts(first, Some(place)) && names.is_empty(),
            names,
            label: Some(place),
        })
    }

    fn has_header(&self) -> bool {
        !self.names.is_empty()
    }

    /// The column as messages call it.
    fn called(&self, column: usize) -> String {
        let name = self.names.get(column).filter(|name| !name.is_empty());
        let name = name
            .map(|name| format!(" (`{}`)", one_line(name)))
            .unwrap_or_default();
        format!("{}{name}", column + 1)
    }
}

/// The names in the first line of a table with the labels in the column `label`; none where it is no header.
fn names(first: &ByteRecord, label: Option<usize>) -> Vec<String> {
    let mut others = first
        .iter()
        .enumerate()
        .filter(|(column, _)| Some(*column) != label);
    let is_word = |field: &[u8]| number(field).is_none() && !is_nothing(field);
    // A label may be a word in every line: then names that are numbers are known by counting the columns.
    let is_named = label.is_some_and(|label| is_word(&first[label])) && counts(first, label);
    if others.any(|(_, field)| is_word(field)) || is_named {
        first.iter().map(text).collect()
    } else {
        Vec::new()
    }
}

/// Whether the fields beside the label just count the columns, from 0.
fn counts(first: &ByteRecord, label: Option<usize>) -> bool {
    let others = || {
        first
            .iter()
            .enumerate()
            .filter(move |(column, _)| Some(*column) != label)
    };
    let from =
        |begin: f32| others().all(|(column, field)| number(field) == Some(begin + column as f32));
    others().count() >= COUNTED && [-1.0, 0.0].into_iter().any(from)
}

fn number(field: &[u8]) -> Option<f32> {
    std::str::from_utf8(field.trim_ascii())
        .ok()?
        .parse()
        .ok()
        .filter(|value: &f32| !value.is_nan())
}

fn is_nothing(field: &[u8]) -> bool {
    NOTHING
        .iter()
        .any(|nothing| field.trim_ascii().eq_ignore_ascii_case(nothing.as_bytes()))
}

fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(field.trim_ascii()).into_owned()
}

/// The rows that have been read.
struct Rows {
    images: usize,
    /// Bytes as long as all can be.
    values: Samples,
    /// Which values are known, where some may be missing.
    known: Option<Vec<bool>>,
    labels: Vec<String>,
}

impl Rows {
    fn new(options: &LoadOptions) -> Self {
        // A table that is no pictures holds quantities and no levels of grey.
        let values = if options.shape.is_some() {
            Samples::U8(Vec::new())
        } else {
            Samples::F32(Vec::new())
        };
        let known = (options.missing == Some(Missing::Nan)).then(Vec::new);
        Self {
            images: 0,
            values,
            known,
            labels: Vec::new(),
        }
    }

    /// Adds the line that was read last.
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
        let (line, column, field) = (lines.line()?, columns.called(number), &lines.fields[number]);
        let labelled = columns.label.is_some();
        match &mut self.known {
            _ if !is_nothing(field) => Err(TableError::NoNumber {
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

    /// What was found, in a line.
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
            .map(|label| format!(", labels in column {}", columns.called(label)));
        let counted = if columns.counted {
            "; the first of them counts the columns: is it a header?"
        } else {
            ""
        };
        let levels =
            matches!(self.values, Samples::U8(_)).then_some(", levels of grey from 0 to 255");
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
            Samples::U8(values) => array::of_bytes(
                shape,
                options.by_rows(rows(size, values), shape),
                options.missing,
            )?,
            Samples::F32(values) => array::of_floats(
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

impl Samples {
    /// Adds a value; one that is no byte makes floats of all.
    fn push(&mut self, value: f32) {
        match self {
            Self::F32(values) => values.push(value),
            Self::U8(values) if f32::from(value as u8).to_bits() == value.to_bits() => {
                values.push(value as u8)
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

/// Values as rows of a table, of which each was seen to be whole.
fn rows<T: Clone>((images, pixels): (usize, usize), values: Vec<T>) -> Array2<T> {
    Array2::from_shape_vec((images, pixels), values).expect("every row has as many values")
}
