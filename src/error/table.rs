//! Errors of tables of numbers.

use super::one_line;
use crate::plural::by_count;

/// Why no images can be read from a table of numbers. Lines and columns are counted from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The file is empty.
    #[error("the file is empty: a table needs one line of numbers per image")]
    Empty,
    /// The table has only a header.
    #[error("the table has a header but no lines of numbers")]
    OnlyHeader,
    /// The text is encoded as UTF-16.
    #[error("the text is UTF-16: save it as UTF-8")]
    Utf16,
    /// A line cannot be parsed.
    #[error("line {line} cannot be read: {reason}")]
    Unreadable {
        /// The line.
        line: u64,
        /// Why.
        reason: String,
    },
    /// Lines have different numbers of fields.
    #[error("line {line} has {found} {}, but the first line has {needed}", fields(*.found))]
    Ragged {
        /// The line.
        line: u64,
        /// How many fields it has.
        found: usize,
        /// How many fields the first line has.
        needed: usize,
    },
    /// Lists of pixels have different numbers of values.
    #[error(
        "line {line}, column {column} holds {found} {}, but that of the first row holds {needed}",
        by_count(*.found, "number", "numbers")
    )]
    RaggedList {
        /// The line.
        line: u64,
        /// The name of the column, or its number if it has none.
        column: String,
        /// How many numbers it holds.
        found: usize,
        /// How many the first row holds.
        needed: usize,
    },
    /// Rows list only some values, each with its index.
    #[error(
        "the rows are sparse (`label index:value`, as in LIBSVM): convert them in Python, as in `import numpy, \
        sklearn.datasets; x, y = sklearn.datasets.load_svmlight_file('FILE'); numpy.savez('set.npz', x=x.toarray(), y=y)`"
    )]
    Sparse,
    /// A column of labels is named in a table whose columns are the images.
    #[error("a table whose columns are the images has no column of labels")]
    TurnedLabels,
    /// A field is not a number.
    #[error("line {line}, column {column} holds `{}`, which is not a number", shown(.field))]
    NoNumber {
        /// The line.
        line: u64,
        /// The name of the column, or its number if it has none.
        column: String,
        /// The content of the field.
        field: String,
        /// The number of the column.
        number: usize,
        /// Whether another column is the label column.
        labelled: bool,
    },
    /// A field is empty.
    #[error("line {line}, column {column} is missing (empty, NA or NaN)")]
    Missing {
        /// The line.
        line: u64,
        /// The name of the column, or its number if it has none.
        column: String,
    },
    /// No column has the requested name.
    #[error("the table has no column `{}`{}", one_line(.label), columns(.names, *.count))]
    NoColumn {
        /// The requested name.
        label: String,
        /// The names of the columns, if they have any.
        names: Vec<String>,
        /// How many columns there are.
        count: usize,
    },
    /// The label column is the only column.
    #[error("the only column of the table is the label column: no numbers are left")]
    OnlyLabels,
}

fn fields(count: usize) -> &'static str {
    by_count(count, "field", "fields")
}

/// Returns a field on one line, shortened if it is long.
fn shown(field: &str) -> String {
    let begin: String = field.chars().take(40).collect();
    one_line(&begin) + if begin.len() < field.len() { "…" } else { "" }
}

/// Returns the end of the message: the columns that may be requested.
fn columns(names: &[String], count: usize) -> String {
    if names.is_empty() {
        return format!(" and no header: pass the number of the column, 1 to {count}");
    }
    let first: Vec<String> = names.iter().take(8).map(|name| shown(name)).collect();
    let more = if names.len() > 8 { ", …" } else { "" };
    format!(
        "; allowed are {}{more}, or a number from 1 to {count}",
        first.join(", ")
    )
}
