//! Errors of masks and unknown pixels.

use crate::plural::by_count;
use std::path::PathBuf;

use super::one_line;

/// Why masks, or other selections of unknown pixels, cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MaskError {
    /// Pixels are unknown, and the rule needs all of them.
    #[error(
        "{unknown} {} unknown, but the solver {solver} needs all pixels; {others} do not",
        by_count(*.unknown, "pixel is", "pixels are")
    )]
    NeedsAllPixels {
        /// The number of unknown pixels.
        unknown: usize,
        /// The rule as it is spelled.
        solver: String,
        /// The rules that support unknown pixels, as they are spelled.
        others: String,
    },
    /// A selection of missing pixels cannot be parsed.
    #[error(
        "`{0}` does not select missing pixels: allowed are alpha, nan, or the value of those pixels, such as 0"
    )]
    Missing(String),
    /// A mask of a folder matches no image.
    #[error("the mask {} matches no image: it must have the name of an image, with any extension", one_line(.mask))]
    NoImage {
        /// Its path, relative to the folder of masks.
        mask: String,
    },
    /// A folder contains no masks.
    #[error("{0} contains no mask for any image: a mask must have the name of its image")]
    NoMasks(PathBuf),
    /// A mask could not be read.
    #[error("the mask {path} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Values of a mask are negative or not finite.
    #[error(
        "the mask has {count} {} not finite, the first {first} at mask {mask}, row {row}, column {column} \
        (counted from 0): allowed are 0 (unknown) and 1 (known)",
        by_count(*.count, "value that is negative or", "values that are negative or")
    )]
    Values {
        /// How many values.
        count: usize,
        /// The first of them.
        first: f64,
        /// Its mask, counted from 0.
        mask: usize,
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// No value of the masks is bright enough to be known.
    #[error(
        "the largest value of the mask {} is {largest} of {white}, and pixels are known from half of {white}: \
        save unknown pixels as 0 and known ones as {white}", one_line(.mask)
    )]
    Dim {
        /// The first mask.
        mask: String,
        /// Its largest value.
        largest: f64,
        /// The value of white in its file.
        white: f64,
    },
    /// The number of masks in an array differs from the number of images.
    #[error("{masks} masks for {images} images: pass one per image, or one for all")]
    Count {
        /// How many masks there are.
        masks: usize,
        /// How many images there are.
        images: usize,
    },
    /// A mask has another size than the images.
    #[error(
        "the mask is {}x{}, the images {}x{}",
        .found.0, .found.1, .images.0, .images.1
    )]
    Size {
        /// Width and height of the mask.
        found: (usize, usize),
        /// Width and height of the images.
        images: (usize, usize),
    },
    /// No pixel of any image is known.
    #[error(
        "every pixel of the {images} images is unknown: there is nothing to learn; known pixels must be white in the mask"
    )]
    NothingKnown {
        /// How many images there are.
        images: usize,
    },
    /// A mask has another shape than the set.
    #[error(
        "the mask has {} images of {} pixels, but the set has {} images of {} pixels: both must agree",
        .found.0, .found.1, .needed.0, .needed.1
    )]
    Shape {
        /// Images and pixels of the mask.
        found: (usize, usize),
        /// Images and pixels of the set.
        needed: (usize, usize),
    },
}
