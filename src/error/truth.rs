//! Errors of known parts and of tables of features.

use std::path::PathBuf;

use super::one_line;
use super::words::and_more;
use crate::plural::by_count;

/// Why a file of known parts or features cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TruthError {
    /// A file of known parts contains no parts.
    #[error(
        "the array contains no parts; its shape must be (parts, height, width) or (parts, pixels)"
    )]
    NoParts,
    /// A known part is black.
    #[error("part {0} (counted from 0) is black: remove it")]
    BlackPart(usize),
    /// Known parts have values that are NaN, infinite or negative.
    #[error(
        "{count} {} {fault}, the first in part {part}, row {row}, column {column} (counted from 0): allowed are finite \
        non-negative values",
        by_count(*.count, "value is", "values are")
    )]
    PartValues {
        /// How many values.
        count: usize,
        /// What they are.
        fault: &'static str,
        /// The part of the first, counted from 0.
        part: usize,
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// Known parts have another size than the images.
    #[error(
        "the parts are {}x{}, the images {}x{}: both must have the same size",
        .found.0, .found.1, .images.0, .images.1
    )]
    PartsSize {
        /// Width and height of the parts.
        found: (usize, usize),
        /// Width and height of the images.
        images: (usize, usize),
    },
    /// The extension of a file of known parts or features is neither `.npy` nor `.csv`.
    #[error("{0} is neither a .npy file of known parts nor a .csv file of features")]
    UnknownFormat(PathBuf),
    /// The lines of a table cannot be parsed.
    #[error("{path}: {reason}")]
    Table {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A table of features has no feature columns.
    #[error(
        "the table has no features: required are a header and one line per image, with its name and, in each further column, a category"
    )]
    NoFeatures,
    /// A table of features has no line for some images.
    #[error(
        "no line for {}{}: the first column must contain the name of every image",
        one_line(.image), and_more(*.others)
    )]
    NoRow {
        /// The first such image.
        image: String,
        /// How many more there are.
        others: usize,
    },
    /// A table of features has two lines for one image.
    #[error("two lines for {}: keep one", one_line(.0))]
    TwoRows(String),
}
