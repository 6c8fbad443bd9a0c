//! The pixel matrix whose images are spread over several processes: what is asked of all of it.

use std::borrow::Cow;
use std::ops::Range;

use crate::communicator::{Communicator, Partition, add_up, any};
use crate::error::{Error, MaskError, Result};
use crate::images::set::{Images, Mask};
use crate::kernel::{Block, BlockReader, Known, Matrix};

/// This process's images, and where they stand among all.
#[derive(Clone, Copy)]
pub(crate) struct Shared<'a> {
    pub(crate) x: Matrix<'a>,
    pub(crate) images: Partition<'a>,
}

/// Which pixels of a source are known; where other processes have a mask, this one has one too, which may hide nothing.
pub(crate) fn mask(images: &impl Images) -> Option<Cow<'_, Mask>> {
    let any = any(images.communicator(), &[images.mask().is_some()])[0];
    match images.mask() {
        Some(mask) => Some(Cow::Borrowed(mask)),
        None => any.then(|| Cow::Owned(Mask::open(images.len(), images.shape().pixels()))),
    }
}

impl<'a> Shared<'a> {
    /// Of this process's images.
    ///
    /// # Errors
    /// If there are none on any process, or nothing is known of them.
    pub(crate) fn new(x: Matrix<'a>, communicator: &'a dyn Communicator) -> Result<Self> {
        let images = Partition::of(communicator, x.images);
        if images.all == 0 {
            return Err(Error::NoPixels);
        }
        let known = |known: Known| {
            images.count((0..x.images).map(|image| known.image(image).count()).sum())
        };
        if x.known.is_some_and(|of| known(of) == 0) {
            return Err(MaskError::NothingKnown { images: images.all }.into());
        }
        Ok(Self { x, images })
    }

    /// Image `index` of all, values as they are meant; what is unknown of it is that of `fill`.
    pub(crate) fn image(&self, index: usize, fill: &Fill) -> Vec<f32> {
        self.images
            .of_owner(index, self.x.pixels, |own| fill.image(&self.x, own))
    }

    /// The sum of each pixel over all images, values as they are in memory.
    pub(crate) fn pixel_sums(&self) -> Vec<f64> {
        add_up(
            self.images.communicator,
            self.x.pixels,
            &self.x.pixel_sum_shares(),
        )
    }

    /// How many images know each pixel.
    pub(crate) fn pixel_counts(&self) -> Vec<usize> {
        let own = self
            .x
            .pixel_counts()
            .into_iter()
            .map(|count| count as u64)
            .collect();
        add_up(self.images.communicator, self.x.pixels, &[own])
            .into_iter()
            .map(|count: u64| count as usize)
            .collect()
    }

    /// The mean of each pixel over the images that know it, values as they are in memory; 0 where none does.
    pub(crate) fn pixel_means(&self) -> Vec<f64> {
        let mean = |(sum, count): (f64, usize)| if count > 0 { sum / count as f64 } else { 0.0 };
        self.pixel_sums()
            .into_iter()
            .zip(self.pixel_counts())
            .map(mean)
            .collect()
    }

    /// The mean of all known pixels, as they are meant.
    pub(crate) fn mean(&self) -> f64 {
        self.pixel_sums().iter().sum::<f64>()
            / self.pixel_counts().iter().sum::<usize>() as f64
            / self.x.unit()
    }
}

/// What stands for unknown pixels until something is learned of them: the mean of the images that know them.
pub(crate) struct Fill(Option<Vec<f32>>);

impl Fill {
    /// Where any process has unknown pixels, all of them know the means.
    pub(crate) fn of(x: &Shared) -> Self {
        let any = any(x.images.communicator, &[x.x.known.is_some()])[0];
        Self(any.then(|| {
            x.pixel_means()
                .into_iter()
                .map(|mean| (mean / x.x.unit()) as f32)
                .collect()
        }))
    }

    /// Whether there are any to be filled.
    pub(crate) fn is_needed(&self) -> bool {
        self.0.is_some()
    }

    /// One image of this process without holes, values as they are meant.
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

/// This process's images without holes.
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
