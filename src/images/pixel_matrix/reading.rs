//! A source of images as the kernel's pixel matrix.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::shared::{self, Shared};
use crate::basis::Shape;
use crate::communicator::{any_true, propagate_error};
use crate::error::{Error, Result};
use crate::images::set::{Images, Mask, check_images, check_values};
use crate::kernel::{Block, BlockReader, KnownBits, Matrix, Scratch, Source};

/// Images as the kernel reads them: all at once if they are in memory, or else block by block.
pub(crate) struct Reading<'a, I> {
    images: &'a I,
    whole: Option<Block<'a>>,
    mask: Option<Cow<'a, Mask>>,
    scratch: Option<Arc<Scratch>>,
    /// Whether any process reads images during the fit.
    is_late: bool,
}

impl<'a, I: Images> Reading<'a, I> {
    /// Prepares reading on all processes.
    ///
    /// # Errors
    /// If a process cannot make its temporary file.
    pub(crate) fn new(images: &'a I) -> Result<Self> {
        let scratch = images
            .scratch()
            .map(|folder| Scratch::new(folder).map(Arc::new))
            .transpose();
        let scratch = propagate_error(images.communicator(), scratch)?;
        let whole = scratch.is_none().then(|| images.block(0..images.len()));
        let is_late = any_true(images.communicator(), &[scratch.is_some()])[0];
        Ok(Self {
            images,
            whole,
            mask: shared::mask(images),
            scratch,
            is_late,
        })
    }

    /// Returns which pixels are known; `None` if no process has unknown ones.
    pub(crate) fn mask(&self) -> Option<&Mask> {
        self.mask.as_deref()
    }

    /// Returns the pixel matrix of all processes.
    ///
    /// # Errors
    /// If there is no image, if no pixel is known, or if a known value of any process is negative, not finite, or too large
    /// or small.
    pub(crate) fn shared(&self) -> Result<Shared<'_>> {
        let communicator = self.images.communicator();
        Shared::new(propagate_error(communicator, self.share())?, communicator)
    }

    /// Returns the pixel matrix of this process.
    fn share(&self) -> Result<Matrix<'_>> {
        let (shape, mask) = (self.images.shape(), self.mask());
        if let Some(block) = &self.whole {
            return block.share(shape, mask);
        }
        let (images, pixels) = (self.images.len(), shape.pixels());
        mask.map_or(Ok(()), |mask| mask.check((images, pixels)))?;
        check_images(self.images, mask)?;
        let known = mask.map(|mask| KnownBits::new(mask.bits(), mask.pixels()));
        Ok(Matrix {
            source: Source::Stored(self),
            images,
            pixels,
            known,
            scratch: self.scratch.as_ref(),
        })
    }

    /// Checks whether any process has failed to read or write, so that the fit must stop.
    pub(crate) fn has_failed(&self) -> bool {
        let communicator = self.images.communicator();
        (self.is_late || communicator.size() == 1)
            && any_true(communicator, &[self.check().is_err()])[0]
    }

    /// Checks that this process has read and written everything; otherwise results are wrong.
    ///
    /// # Errors
    /// If a file could not be read or written.
    pub(crate) fn check(&self) -> Result<()> {
        self.images.check()?;
        self.scratch
            .as_ref()
            .map_or(Ok(()), |scratch| scratch.check())
    }
}

impl<I: Images> BlockReader for Reading<'_, I> {
    fn read(&self, images: Range<usize>) -> Block<'_> {
        self.images.block(images)
    }
}

impl Block<'_> {
    /// Returns all images of a source as a matrix.
    ///
    /// # Errors
    /// If there is no image, or if a known value is negative, not finite, or too large or small.
    pub(crate) fn matrix<'a>(&'a self, shape: Shape, mask: Option<&'a Mask>) -> Result<Matrix<'a>> {
        let x = self.share(shape, mask)?;
        if x.images == 0 {
            return Err(Error::NoPixels);
        }
        mask.map_or(Ok(()), Mask::check_known)?;
        Ok(x)
    }

    /// Returns a share of the images as a matrix; the share may be empty or wholly unknown.
    ///
    /// # Errors
    /// If a known value is negative, not finite, or too large or small.
    fn share<'a>(&'a self, shape: Shape, mask: Option<&'a Mask>) -> Result<Matrix<'a>> {
        let len = match self {
            Block::U8(bytes) => bytes.len(),
            Block::F32(floats) => floats.len(),
        };
        let (images, pixels) = (len / shape.pixels(), shape.pixels());
        mask.map_or(Ok(()), |mask| mask.check((images, pixels)))?;
        if let Block::F32(floats) = self {
            check_values(shape, floats, mask)?;
        }
        let known = mask.map(|mask| KnownBits::new(mask.bits(), mask.pixels()));
        Ok(Matrix {
            source: self.source(),
            images,
            pixels,
            known,
            scratch: None,
        })
    }
}
