//! The trait of sources of images, which algorithms read block by block.

use std::ops::Range;
use std::path::Path;

use super::mask::Mask;
use crate::basis::Shape;
use crate::blocks;
use crate::communicator::{Communicator, SingleProcess};
use crate::error::Result;
use crate::kernel::{Block, IMAGES_PER_TASK};

/// A source of images that an algorithm reads block by block, wherever the pixels live.
///
/// A source implements [`len`](Images::len), [`shape`](Images::shape) and [`block`](Images::block). The other functions have
/// defaults, for sources in memory whose pixels are all known.
///
/// ```
/// use std::ops::Range;
/// use nmf_images::images::{Block, Images};
/// use nmf_images::{Nmf, Shape};
///
/// /// Images of one row of 8 pixels with one dark pixel each.
/// struct DarkPixels;
///
/// impl Images for DarkPixels {
///     fn len(&self) -> usize {
///         8
///     }
///     fn shape(&self) -> Shape {
///         Shape::new(1, 8)
///     }
///     fn block(&self, rows: Range<usize>) -> Block<'_> {
///         Block::U8(rows.flat_map(|image| (0..8).map(move |pixel| 255 * u8::from(pixel != image))).collect())
///     }
/// }
///
/// assert_eq!(Nmf::new(2).fit(&DarkPixels)?.weights.dim(), (8, 2));
/// # Ok::<(), nmf_images::Error>(())
/// ```
pub trait Images: Sync {
    /// Returns the number of images.
    fn len(&self) -> usize;

    /// Returns the size of every image.
    fn shape(&self) -> Shape;

    /// Returns the pixels of the images `rows`, (rows, pixels); known values are finite and non-negative.
    fn block(&self, rows: Range<usize>) -> Block<'_>;

    /// Returns which pixels are known; `None` if all are.
    fn mask(&self) -> Option<&Mask> {
        None
    }

    /// Returns the folder for the temporary file of a fit, of up to four times the size of the images; `None` if the fit
    /// holds all images in memory.
    fn scratch(&self) -> Option<&Path> {
        None
    }

    /// Checks that all requested images could be read. A source that reads from a file may fail late: its blocks are then
    /// 0, and results that were computed from them are wrong.
    ///
    /// # Errors
    /// If an image could not be read.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Returns the processes that share the images, of which this one has its own share; by default, it has all of them.
    fn communicator(&self) -> &dyn Communicator {
        &SingleProcess
    }

    /// Checks whether there is no image.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Applies `work` to each block of images, and returns the results in their order.
pub(crate) fn map_blocks<R: Send>(
    images: &impl Images,
    work: impl Fn(Range<usize>, Block) -> R + Sync + Send,
) -> Vec<R> {
    blocks::map_range(images.len().div_ceil(IMAGES_PER_TASK), |task| {
        let rows = task * IMAGES_PER_TASK..images.len().min((task + 1) * IMAGES_PER_TASK);
        work(rows.clone(), images.block(rows))
    })
}
