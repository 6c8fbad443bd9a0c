//! What one process reads of an input: the options, the portion of the images, and how many are needed.

use crate::communicator::{Communicator, partition_bounds};
use crate::images::hold_out::MIN_TRAINING_IMAGES;
use crate::images::options::LoadOptions;
use crate::images::set::evenly_spaced;

/// What one process reads of an input.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    /// How the images are read.
    pub options: &'a LoadOptions,
    /// How many images all processes together need.
    pub needed: usize,
    /// Which of the images this process reads.
    pub portion: Portion,
}

impl<'a> Request<'a> {
    /// Returns the request of the only process.
    pub(super) fn of_all(options: &'a LoadOptions, needed: usize) -> Self {
        Self {
            options,
            needed,
            portion: Portion { rank: 0, size: 1 },
        }
    }

    /// Returns the indices, among `count` images, of those that this process reads.
    pub(super) fn chosen(&self, count: usize) -> Vec<usize> {
        let limit = self.options.limit.unwrap_or(count);
        self.portion.of(evenly_spaced(count, limit))
    }

    /// Returns how many of `count` images all processes read.
    pub(super) fn whole(&self, count: usize) -> usize {
        self.options.limit.map_or(count, |limit| limit.min(count))
    }

    /// Checks whether the images are compared with those of a model, whose size they get.
    pub(super) fn is_for_model(&self) -> bool {
        self.needed == 0
    }

    /// Checks whether a single image is enough, as for images that are compared with a model.
    pub(super) fn allows_one_image(&self) -> bool {
        self.needed < MIN_TRAINING_IMAGES
    }
}

/// The part of a list of images that one process reads.
#[derive(Clone, Copy)]
pub(crate) struct Portion {
    rank: usize,
    size: usize,
}

impl Portion {
    /// Returns the portion of this process.
    pub(super) fn of_process(communicator: &dyn Communicator) -> Self {
        Self {
            rank: communicator.rank(),
            size: communicator.size(),
        }
    }

    /// Checks whether this process reads all images.
    pub(super) fn is_all(self) -> bool {
        self.size == 1
    }

    /// Checks whether this process is the first, which keeps what is known to all but counted once.
    pub(super) fn is_first(self) -> bool {
        self.rank == 0
    }

    /// Returns those of the `chosen` images that belong to the portion.
    fn of(self, mut chosen: Vec<usize>) -> Vec<usize> {
        if self.is_all() {
            return chosen;
        }
        let starts = partition_bounds(chosen.len(), self.size);
        chosen
            .drain(starts[self.rank]..starts[self.rank + 1])
            .collect()
    }
}
