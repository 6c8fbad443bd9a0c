//! Errors of noise.

use super::one_line;

/// Why noise cannot be added to images.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoiseError {
    /// A kind of noise cannot be parsed.
    #[error(
        "`{}` is not a kind of noise: allowed are gaussian:SD, laplace:B and salt:SHARE with a number above 0 and up to 1, \
        and block:SIZE with a side in pixels, such as 8, or a share of the area, such as 10%", one_line(.0)
    )]
    Kind(String),
    /// A block is larger than the images.
    #[error(
        "a block of {side}x{side} pixels does not fit into images of {width}x{height}: the longest side allowed is {}",
        .width.min(.height)
    )]
    BlockTooLarge {
        /// The side of the block.
        side: usize,
        /// Columns of an image.
        width: usize,
        /// Rows of an image.
        height: usize,
    },
}
