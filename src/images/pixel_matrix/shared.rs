//! The pixel matrix whose images are partitioned among processes.

use std::borrow::Cow;
use std::ops::Range;

use crate::communicator::{Communicator, Partition, any_true, ordered_sum};
use crate::error::{Error, MaskError, Result};
use crate::images::set::{Images, Mask};
use crate::kernel::{Block, BlockReader, Matrix};

/// The images of this process, and their position among all.
#[derive(Clone, Copy)]
pub(crate) struct Shared<'a> {
    pub(crate) x: Matrix<'a>,
    pub(crate) images: Partition<'a>,
}

/// Returns which pixels of a source are known. If any process has a mask, all have one, which may have no unknown pixel.
pub(crate) fn mask(images: &impl Images) -> Option<Cow<'_, Mask>> {
    let any = any_true(images.communicator(), &[images.mask().is_some()])[0];
    match images.mask() {
        Some(mask) => Some(Cow::Borrowed(mask)),
        None => any.then(|| Cow::Owned(Mask::open(images.len(), images.shape().pixels()))),
    }
}

impl<'a> Shared<'a> {
    /// Returns the matrix of all processes.
    ///
    /// # Errors
    /// If no process has an image, or no pixel is known.
    pub(crate) fn new(x: Matrix<'a>, communicator: &'a dyn Communicator) -> Result<Self> {
        let images = Partition::of(communicator, x.images);
        if images.all == 0 {
            return Err(Error::NoPixels);
        }
        if let Some(known) = x.known {
            let own = (0..x.images).map(|image| known.image(image).count()).sum();
            if images.count(own) == 0 {
                return Err(MaskError::NothingKnown { images: images.all }.into());
            }
        }
        Ok(Self { x, images })
    }

    /// Returns image `index` of all, normalised; unknown pixels are those of `fill`.
    pub(crate) fn image(&self, index: usize, fill: &Fill) -> Vec<f32> {
        self.images
            .broadcast_from_owner(index, self.x.pixels, |own| fill.image(&self.x, own))
    }

    /// Returns the sum of each pixel over all images, not normalised.
    pub(crate) fn pixel_sums(&self) -> Vec<f64> {
        ordered_sum(
            self.images.communicator,
            self.x.pixels,
            &self.x.partial_pixel_sums(),
        )
    }

    /// Returns the number of images in which each pixel is known.
    pub(crate) fn pixel_counts(&self) -> Vec<usize> {
        let own = self
            .x
            .pixel_counts()
            .into_iter()
            .map(|count| count as u64)
            .collect();
        ordered_sum(self.images.communicator, self.x.pixels, &[own])
            .into_iter()
            .map(|count: u64| count as usize)
            .collect()
    }

    /// Returns the mean of each pixel over the images in which it is known, not normalised; 0 if there are none.
    pub(crate) fn pixel_means(&self) -> Vec<f64> {
        self.pixel_sums()
            .into_iter()
            .zip(self.pixel_counts())
            .map(|(sum, count)| if count > 0 { sum / count as f64 } else { 0.0 })
            .collect()
    }

    /// Returns the mean of all known pixels, normalised.
    pub(crate) fn mean(&self) -> f64 {
        self.pixel_sums().iter().sum::<f64>()
            / self.pixel_counts().iter().sum::<usize>() as f64
            / self.x.unit()
    }
}

/// Initial values of unknown pixels: their means over the images in which they are known.
pub(crate) struct Fill(Option<Vec<f32>>);

impl Fill {
    /// Computes the means, on all processes if any has unknown pixels.
    pub(crate) fn of(x: &Shared) -> Self {
        let any = any_true(x.images.communicator, &[x.x.known.is_some()])[0];
        Self(any.then(|| {
            x.pixel_means()
                .into_iter()
                .map(|mean| (mean / x.x.unit()) as f32)
                .collect()
        }))
    }

    /// Checks whether any pixel is unknown.
    pub(crate) fn is_needed(&self) -> bool {
        self.0.is_some()
    }

    /// Returns one image of this process, normalised, with unknown pixels filled.
    pub(crate) fn image(&self, x: &Matrix, index: usize) -> Vec<f32> {
        let mut image = x.image(index);
        if let (Some(means), Some(known)) = (&self.0, x.known) {
            let known = known.image(index);
            let unknown = image
                .iter_mut()
                .zip(means)
                .enumerate()
                .filter(|(pixel, _)| !known.at(*pixel));
            unknown.for_each(|(_, (value, mean))| *value = *mean);
        }
        image
    }
}

/// The images of this process with unknown pixels filled.
pub(crate) struct Filled<'a> {
    pub(crate) x: Matrix<'a>,
    pub(crate) fill: Fill,
}

impl BlockReader for Filled<'_> {
    fn read(&self, images: Range<usize>) -> Block<'_> {
        Block::F32(
            images
                .flat_map(|image| self.fill.image(&self.x, image))
                .collect::<Vec<_>>()
                .into(),
        )
    }
}
