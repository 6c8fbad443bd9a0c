//! What can be wrong with masks, and with pixels that they hide.

use crate::plural::by_count;
use std::path::PathBuf;

use super::one_line;

/// What can be wrong with what is said of unknown pixels.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MaskError {
    /// Pixels are unknown, and the rule needs all of them.
    #[error(
        "{unknown} {} unknown, and the solver {solver} needs all: {others} do without",
        by_count(*.unknown, "pixel is", "pixels are")
    )]
    NeedsAllPixels {
        /// How many are unknown.
        unknown: usize,
        /// The rule as it is spelled.
        solver: String,
        /// The rules that support unknown pixels, as they are spelled.
        others: String,
    },
    /// What stands for unknown pixels cannot be read.
    #[error(
        "`{0}` does not select missing pixels: allowed are alpha, nan, or the value of those pixels, such as 0"
    )]
    Missing(String),
    /// A mask of a folder is for no image.
    #[error("the mask {} matches no image: it must be called as one is, with any extension", one_line(.mask))]
    NoImage {
        /// Its path below the folder of masks.
        mask: String,
    },
    /// A folder holds no mask.
    #[error(
        "{0} holds no mask for any image: masks are pictures that are called as the images are"
    )]
    NoMasks(PathBuf),
    /// A mask could not be read.
    #[error("the mask {path} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// An array holds another number of masks than there are images.
    #[error("{masks} masks for {images} images: pass one for each, or one for all")]
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
        "every pixel of the {images} images is unknown: there is nothing to learn; is white known in the mask?"
    )]
    NothingKnown {
        /// How many images there are.
        images: usize,
    },
    /// A mask is of another number or size of images.
    #[error(
        "the mask is of {} images of {} pixels, the set of {} images of {} pixels: both must agree",
        .found.0, .found.1, .needed.0, .needed.1
    )]
    Shape {
        /// Images and pixels of the mask.
        found: (usize, usize),
        /// Images and pixels of the set.
        needed: (usize, usize),
    },
}
