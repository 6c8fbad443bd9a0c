//! Options for reading images.

use std::path::PathBuf;

use super::format::Format;
use super::missing::Missing;
use super::set::{Fit, Memory};
use crate::basis::Shape;
use crate::memory::Workload;

/// The order of the pixels of a picture in a row of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Row by row, as `NumPy` flattens pictures.
    #[default]
    Row,
    /// Column by column, as MATLAB does.
    Column,
}

impl Order {
    /// Returns the name of the option value.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Row => "row",
            Self::Column => "column",
        }
    }
}

/// Options of [`load`](super::load).
#[derive(Debug, Clone, PartialEq)]
pub struct LoadOptions {
    /// The format of the file; `None` if it is detected from the content.
    pub format: Option<Format>,
    /// The size of the image in a row of a table; `None` if each image has one row of pixels.
    pub shape: Option<Shape>,
    /// The order of the pixels in a row of a table.
    pub order: Order,
    /// Whether a table is transposed, so that its columns are the images.
    pub transpose: bool,
    /// The column of labels in a .csv table, by its name or its number from 1, or the array of labels in a .npz archive.
    pub label: Option<String>,
    /// A file with one label per image of an array: lines of text, a .npy array or an IDX file of labels.
    pub labels: Option<PathBuf>,
    /// The columns of a .csv table that are not read: their names, or their numbers from 1.
    pub ignore: Vec<String>,
    /// The size that every image is resized to.
    pub size: Option<Shape>,
    /// How images of other proportions are resized.
    pub fit: Fit,
    /// The grey value, 0 to 255, under transparent pixels.
    pub background: u8,
    /// Whether images are inverted: for ink on paper, so that strokes are learned and not the paper.
    pub invert: bool,
    /// The value that inverting makes black, such as [`ImageSet::white`](super::ImageSet::white) of the training images;
    /// `None` for the largest value of the set, but at least 1.
    pub white: Option<f32>,
    /// The key of the array to read from a .npz archive; `None` for the only one that can be images.
    pub key: Option<String>,
    /// The channel that is read of TIFF files with several: its name, or its number from 1; `all` if
    /// each is an image; `None` for the first.
    pub channel: Option<String>,
    /// The most images to read, evenly spaced; chosen before any is decoded.
    pub limit: Option<usize>,
    /// Whether an image file that cannot be read is an error instead of being skipped.
    pub strict: bool,
    /// The value of unknown pixels.
    pub missing: Option<Missing>,
    /// Masks, white or not 0 where pixels are known: one picture or .npy array for all images, an array with one mask per
    /// image, or a folder with a picture per image, of the same name with any extension. They are resized as the images
    /// are.
    pub mask: Option<PathBuf>,
    /// The memory for the pixels of an array; `None` if it is not limited.
    pub memory: Option<Memory>,
    /// What is done with the images. Pixels are then held where all of it keeps to `memory`, and too many images are an
    /// error before they are read; `None` if only the pixels count.
    pub workload: Option<Workload>,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            format: None,
            shape: None,
            order: Order::Row,
            transpose: false,
            label: None,
            labels: None,
            ignore: Vec::new(),
            size: None,
            fit: Fit::Crop,
            background: 255,
            invert: false,
            white: None,
            key: None,
            channel: None,
            limit: None,
            strict: false,
            missing: None,
            mask: None,
            memory: None,
            workload: None,
        }
    }
}
