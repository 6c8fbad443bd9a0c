//! The input, its preparation and the files written: the same in all reports.

use serde::Serialize;

use crate::basis::Shape;
use crate::images::Skipped;

/// The images that were read.
#[derive(Debug, Clone, Serialize)]
pub struct Input {
    /// The path as it was given.
    pub path: String,
    /// The number of images that were used; with held-out images, that of the training images.
    pub images: usize,
    /// The number of unknown pixels of all images; absent if all pixels are known.
    #[serde(skip_serializing_if = "is_zero")]
    pub unknown: usize,
    /// The number of columns of pixels.
    pub width: usize,
    /// The number of rows of pixels.
    pub height: usize,
    /// The names of the sub-folders that label the images; empty without labels.
    pub labels: Vec<String>,
    /// The images that could not be used.
    pub skipped: Vec<Skipped>,
    /// The number of files that were ignored because they are not images.
    pub passed_over: usize,
    /// Changes that were made to the pixels, one sentence each.
    pub notes: Vec<String>,
    /// How the pixels were prepared.
    pub preparation: Preparation,
}

/// How the pixels were prepared.
#[derive(Debug, Clone, Serialize)]
pub struct Preparation {
    /// The format, such as `csv`, if it was given.
    pub from: Option<String>,
    /// The size of the image in a row of a table, height x width.
    pub shape: Option<String>,
    /// The same size, width x height.
    pub row_size: Option<String>,
    /// The order of the pixels in a row of a table: `row` or `column`.
    pub order: String,
    /// Whether the columns of the table were read as images.
    pub transpose: bool,
    /// The column or the array with the labels, as it was given.
    pub label: Option<String>,
    /// The path of the file of labels, as it was given.
    pub labels: Option<String>,
    /// The columns that were not read, as they were given.
    pub ignore: Vec<String>,
    /// The size that was asked for, `WxH`.
    pub size: Option<String>,
    /// How images of other proportions were brought to that size.
    pub fit: String,
    /// Whether dark and bright were exchanged.
    pub invert: bool,
    /// The grey behind transparent pixels, 0 to 255.
    pub background: u8,
    /// The array of an archive, if it was given.
    pub key: Option<String>,
    /// The channel of TIFF files with several, if one was chosen.
    pub channel: Option<String>,
    /// The maximum number of images that was asked for.
    pub limit: Option<usize>,
    /// The path of the masks, as it was given.
    pub mask: Option<String>,
    /// What marks unknown pixels: `alpha`, `nan`, or a value.
    pub missing: Option<String>,
}

/// A file that was written.
#[derive(Debug, Clone, Serialize)]
pub struct File {
    /// Its name in the output folder.
    pub name: String,
    /// Its contents, in one sentence.
    pub caption: String,
}

impl Input {
    /// Returns the size of every image.
    #[must_use]
    pub fn shape(&self) -> Shape {
        Shape::new(self.height, self.width)
    }
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(count: &usize) -> bool {
    *count == 0
}
