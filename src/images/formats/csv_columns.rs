//! The columns of a table: their names and the labels, from the first line.

use csv::ByteRecord;

use crate::error::{Result, TableError, one_line};
use crate::images::options::LoadOptions;

/// Fields without a value, in small letters.
const NO_VALUE: [&str; 5] = ["", "na", "n/a", "nan", "null"];
/// The minimum number of columns of a line that counts them; fewer may hold these numbers by chance.
const LEAST_COUNTED: usize = 3;

/// The columns of a table.
pub(super) struct Columns {
    pub count: usize,
    /// The names in the header; none if there is no header.
    names: Vec<String>,
    /// The index of the column of labels.
    pub label: Option<usize>,
    /// Whether the first line counts the columns, but is read as numbers.
    pub counted: bool,
}

impl Columns {
    /// Returns the columns of a table with this first line, which is a header unless all fields beside the label are
    /// numbers.
    pub(super) fn of(first: &ByteRecord, options: &LoadOptions) -> Result<Self> {
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

    pub(super) fn has_header(&self) -> bool {
        !self.names.is_empty()
    }

    /// Returns the number and the name of a column for messages.
    pub(super) fn described(&self, column: usize) -> String {
        let name = self.names.get(column).filter(|name| !name.is_empty());
        let name = name
            .map(|name| format!(" (`{}`)", one_line(name)))
            .unwrap_or_default();
        format!("{}{name}", column + 1)
    }
}

/// Returns the names in the first line of a table with labels in the column `label`; none if the line is not a header.
fn names(first: &ByteRecord, label: Option<usize>) -> Vec<String> {
    let mut others = first
        .iter()
        .enumerate()
        .filter(|(column, _)| Some(*column) != label);
    // A label may be a word in every line; a header of numbers is then detected because it counts the columns.
    let is_named = label.is_some_and(|label| is_word(&first[label])) && counts(first, label);
    if others.any(|(_, field)| is_word(field)) || is_named {
        first.iter().map(text).collect()
    } else {
        Vec::new()
    }
}

/// Checks whether a field is neither a number nor missing.
fn is_word(field: &[u8]) -> bool {
    number(field).is_none() && !has_no_value(field)
}

/// Checks whether the fields beside the label count the columns, from 0, with or without the label.
fn counts(first: &ByteRecord, label: Option<usize>) -> bool {
    let others: Vec<(usize, Option<f32>)> = first
        .iter()
        .enumerate()
        .filter(|(column, _)| Some(*column) != label)
        .map(|(column, field)| (column, number(field)))
        .collect();
    others.len() >= LEAST_COUNTED
        && [-1.0, 0.0].into_iter().any(|begin| {
            others
                .iter()
                .all(|&(column, value)| value == Some(begin + column as f32))
        })
}

/// Parses a number.
pub(super) fn number(field: &[u8]) -> Option<f32> {
    std::str::from_utf8(field.trim_ascii())
        .ok()?
        .parse()
        .ok()
        .filter(|value: &f32| !value.is_nan())
}

/// Checks whether a field stands for a missing value.
pub(super) fn has_no_value(field: &[u8]) -> bool {
    NO_VALUE
        .iter()
        .any(|text| field.trim_ascii().eq_ignore_ascii_case(text.as_bytes()))
}

/// Returns a field as text.
pub(super) fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(field.trim_ascii()).into_owned()
}
