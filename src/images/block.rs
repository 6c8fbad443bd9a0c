//! A block of images as the kernel sees it: checked values, and which of them are known.

use super::set::check_values;
use super::{Block, Mask};
use crate::basis::Shape;
use crate::error::{Error, Result};
use crate::kernel::{Known, Matrix, Source};

impl Block<'_> {
    /// All images of a source, as the kernel sees them.
    ///
    /// # Errors
    /// If there is none, or a known value is negative, not finite, or too large or small to be worked with.
    pub(crate) fn matrix<'a>(&'a self, shape: Shape, mask: Option<&'a Mask>) -> Result<Matrix<'a>> {
        let x = self.share(shape, mask)?;
        if x.images == 0 {
            return Err(Error::NoPixels);
        }
        mask.map_or(Ok(()), Mask::check_known)?;
        Ok(x)
    }

    /// The same of a share of the images, which may be none, or wholly unknown.
    ///
    /// # Errors
    /// If a known value is negative, not finite, or too large or small to be worked with.
    pub(crate) fn share<'a>(&'a self, shape: Shape, mask: Option<&'a Mask>) -> Result<Matrix<'a>> {
        let (source, len) = match self {
            Block::U8(bytes) => (Source::U8(bytes), bytes.len()),
            Block::F32(floats) => (Source::F32(floats), floats.len()),
        };
        let (images, pixels) = (len / shape.pixels(), shape.pixels());
        mask.map_or(Ok(()), |mask| mask.check((images, pixels)))?;
        if let Block::F32(floats) = self {
            check_values(shape, floats, mask)?;
        }
        let known = mask.map(|mask| Known::new(mask.bits(), mask.pixels()));
        Ok(Matrix { source, images, pixels, known })
    }
}
