//! What can be wrong with a table of numbers.

use super::one_line;
use crate::plural::by_count;

/// Why no images can be read from a table of numbers. Lines and columns are counted from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// There is no line.
    #[error("the file is empty: a table needs a line of numbers for each image")]
    Empty,
    /// There is nothing below the names of the columns.
    #[error("the table has a header and no line of numbers below it")]
    OnlyHeader,
    /// The letters are of another kind.
    #[error("the text is UTF-16: save it as UTF-8")]
    Utf16,
    /// The lines cannot be read.
    #[error("line {line} cannot be read: {reason}")]
    Unreadable {
        /// The line.
        line: u64,
        /// Why.
        reason: String,
    },
    /// Lines have different numbers of fields.
    #[error("line {line} has {found} {}, the first line {needed}: each needs as many", fields(*.found))]
    Ragged {
        /// The line.
        line: u64,
        /// How many fields it has.
        found: usize,
        /// How many fields the first line has.
        needed: usize,
    },
    /// A field holds no number.
    #[error("line {line}, column {column} holds `{}`, which is not a number", shown(.field))]
    NoNumber {
        /// The line.
        line: u64,
        /// The column, by its name where it has one.
        column: String,
        /// What it holds.
        field: String,
        /// The number of the column.
        number: usize,
        /// Whether another column is named as the one of labels.
        labelled: bool,
    },
    /// A field holds nothing.
    #[error("line {line}, column {column} is missing (empty, NA or NaN)")]
    Missing {
        /// The line.
        line: u64,
        /// The column, by its name where it has one.
        column: String,
    },
    /// No column is called as the one of labels is to be.
    #[error("no column is called `{}`{}", one_line(.label), columns(.names, *.count))]
    NoColumn {
        /// What was looked for.
        label: String,
        /// The names of the columns, if they have any.
        names: Vec<String>,
        /// How many columns there are.
        count: usize,
    },
    /// There is no column but the one of labels.
    #[error("the only column of the table is the one of labels: no numbers are left")]
    OnlyLabels,
}

fn fields(count: usize) -> &'static str {
    by_count(count, "field", "fields")
}

/// A field as it can stand within a line: not all of a long one.
fn shown(field: &str) -> String {
    let begin: String = field.chars().take(40).collect();
    one_line(&begin) + if begin.len() < field.len() { "…" } else { "" }
}

/// Which columns there are.
fn columns(names: &[String], count: usize) -> String {
    if names.is_empty() {
        return format!(", and the table has no header: pass the column's number, 1 to {count}");
    }
    let first: Vec<String> = names.iter().take(8).map(|name| shown(name)).collect();
    let more = if names.len() > 8 { ", …" } else { "" };
    format!(
        "; there are: {}{more}, or a number, 1 to {count}",
        first.join(", ")
    )
}
