//! What can be asked of the reading of images.

use std::path::PathBuf;

use super::format::Format;
use super::missing::Missing;
use super::set::{Fit, MOST_SIDE, Memory, evenly_spaced};
use crate::basis::Shape;
use crate::error::{Error, InputError, Result};

/// Images that are needed to learn from them.
pub(super) const MIN_TRAINING_IMAGES: usize = 2;

/// In which order the pixels of a picture stand in a row of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Row of pixels after row, as `NumPy` flattens pictures.
    #[default]
    Row,
    /// Column after column, as MATLAB does.
    Column,
}

impl Order {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Row => "row",
            Self::Column => "column",
        }
    }
}

/// What [`load`](super::load) does with the images it finds.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadOptions {
    /// The format of the file, where its content is not to tell.
    pub format: Option<Format>,
    /// The picture that a row of a table is; where none is said, a table of numbers has images of one row.
    pub shape: Option<Shape>,
    /// The order of the pixels in a row of a table.
    pub order: Order,
    /// The column of a .csv table that says what its images are: its name, or its number from 1.
    pub label: Option<String>,
    /// Resize every image to this.
    pub size: Option<Shape>,
    /// How images of other proportions are resized.
    pub fit: Fit,
    /// The grey, 0 to 255, that transparent pixels are laid over.
    pub background: u8,
    /// Dark becomes light: for ink on paper, so that the strokes are learned and not the paper.
    pub invert: bool,
    /// The value that inverting makes black: that of the set which new images are to be like ([`ImageSet::white`](super::ImageSet::white)). Where
    /// none is given, 1, or the largest value of a set that goes above.
    pub white: Option<f32>,
    /// Which array of a .npz archive to read; where none is named, the only one that can be images.
    pub key: Option<String>,
    /// Take so many of the images, evenly spread over them all, before any is decoded.
    pub limit: Option<usize>,
    /// An image file that cannot be read is an error instead of being skipped.
    pub strict: bool,
    /// What unknown pixels hold.
    pub missing: Option<Missing>,
    /// A picture or a .npy array that is white, or not 0, where pixels are known: one for all images, or one for each in
    /// an array or a folder, there called as the images are, with any extension. Resized as the images are.
    pub mask: Option<PathBuf>,
    /// How much memory there is for the pixels of an array; all that is needed where `None`.
    pub memory: Option<Memory>,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            format: None,
            shape: None,
            order: Order::Row,
            label: None,
            size: None,
            fit: Fit::Crop,
            background: 255,
            invert: false,
            white: None,
            key: None,
            limit: None,
            strict: false,
            missing: None,
            mask: None,
            memory: None,
        }
    }
}

impl LoadOptions {
    /// Which of so many images are taken.
    pub(super) fn taken(&self, count: usize) -> Vec<usize> {
        evenly_spaced(count, self.limit.unwrap_or(count))
    }

    /// Whether anything is said of the rows of a table.
    pub(super) fn tells_rows(&self) -> bool {
        self.shape.is_some() || self.order == Order::Column || self.label.is_some()
    }
}

/// Whether what is asked for can be.
pub(super) fn check(options: &LoadOptions) -> Result<()> {
    if let Some(limit) = options.limit
        && limit < 2
    {
        return Err(InputError::LimitTooSmall { limit }.into());
    }
    let sides = 1..=MOST_SIDE;
    let beyond = |shape: &&Shape| !(sides.contains(&shape.width) && sides.contains(&shape.height));
    if let Some(&Shape { width, height }) = [&options.size, &options.shape]
        .into_iter()
        .flatten()
        .find(beyond)
    {
        return Err(Error::SizeOutOfRange {
            width,
            height,
            most: MOST_SIDE,
        });
    }
    if options.order == Order::Column && options.shape.is_none() {
        return Err(InputError::OrderWithoutShape.into());
    }
    Ok(())
}
