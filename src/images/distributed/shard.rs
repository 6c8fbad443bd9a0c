//! The share of one process in a set of images.

use std::ops::Range;
use std::path::Path;

use crate::basis::Shape;
use crate::communicator::Communicator;
use crate::error::Result;
use crate::images::set::{ImageSet, Images, InputHashes, Mask};
use crate::kernel::Block;

/// The images of this process in a set that several processes share; they follow those of lower ranks.
///
/// All processes call the same functions in the same order. Models are fitted to the images of all processes; weights
/// and scores are those of the share.
#[non_exhaustive]
pub struct ImageShard<'a> {
    /// The share as a set of its own; it may be empty.
    pub set: ImageSet,
    communicator: &'a dyn Communicator,
    /// The hashes of the images of all processes as they were read; `None` if they are from elsewhere.
    #[cfg_attr(
        not(feature = "formats"),
        expect(dead_code, reason = "only readers set hashes")
    )]
    pub(in crate::images) hashes: Option<InputHashes>,
}

impl<'a> ImageShard<'a> {
    /// Returns the share of this process. If each share begins at a multiple of 4,096 images, models of 8-bit images have the
    /// same bits as on one process.
    #[must_use]
    pub fn new(set: ImageSet, communicator: &'a dyn Communicator) -> Self {
        Self {
            set,
            communicator,
            hashes: None,
        }
    }

    /// Returns the processes that share the images.
    pub(in crate::images) fn processes(&self) -> &'a dyn Communicator {
        self.communicator
    }
}

impl Images for ImageShard<'_> {
    fn len(&self) -> usize {
        self.set.len()
    }

    fn shape(&self) -> Shape {
        self.set.shape()
    }

    fn block(&self, rows: Range<usize>) -> Block<'_> {
        self.set.block(rows)
    }

    fn mask(&self) -> Option<&Mask> {
        self.set.mask()
    }

    fn scratch(&self) -> Option<&Path> {
        self.set.scratch()
    }

    fn check(&self) -> Result<()> {
        self.set.check()
    }

    fn communicator(&self) -> &dyn Communicator {
        self.communicator
    }
}
