//! The source of images that algorithms read block by block.

use std::ops::Range;
use std::path::Path;

use super::mask::Mask;
use crate::basis::Shape;
use crate::blocks;
use crate::communicator::{Communicator, SingleProcess};
use crate::error::Result;
use crate::kernel::{Block, IMAGES_A_TASK};

/// A source of images that an algorithm reads block by block, wherever the pixels live.
pub trait Images: Sync {
    /// How many images there are.
    fn len(&self) -> usize;

    /// The size of every image.
    fn shape(&self) -> Shape;

    /// The images `rows`: `rows.len()` times as many values as an image has pixels, each finite and 0 or more where it is
    /// known.
    fn block(&self, rows: Range<usize>) -> Block<'_>;

    /// Which pixels are known; all of them where there is no mask.
    fn mask(&self) -> Option<&Mask> {
        None
    }

    /// The folder for what a fit makes of images that memory does not hold, up to four times their size; where there is
    /// none, the fit has all of them in memory.
    fn scratch(&self) -> Option<&Path> {
        None
    }

    /// Whether all images were read that were asked for. A source that reads from a file may fail late: it then hands out
    /// zeros and tells here, and nothing that came of them is to be believed.
    ///
    /// # Errors
    /// If some could not be read.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// The processes that share the images, of which this one sees its own share; alone, unless a source says otherwise.
    fn communicator(&self) -> &dyn Communicator {
        &SingleProcess
    }

    /// Whether there is no image at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What `work` makes of each run of images, in their order.
pub(crate) fn map_blocks<R: Send>(
    images: &impl Images,
    work: impl Fn(Range<usize>, Block) -> R + Sync + Send,
) -> Vec<R> {
    blocks::map_range(images.len().div_ceil(IMAGES_A_TASK), |task| {
        let rows = task * IMAGES_A_TASK..images.len().min((task + 1) * IMAGES_A_TASK);
        work(rows.clone(), images.block(rows))
    })
}
