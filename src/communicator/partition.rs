//! Which items of a list belong to which rank.

use bytemuck::{Pod, cast_slice_mut};
use ndarray::{Array2, s};

use super::collectives::{all_gather, any_true, ordered_reduce};
use super::interface::Communicator;
use crate::memory;

/// Images per run: sums over images are formed run by run, so a boundary between ranks that is also
/// a boundary between runs changes no bit. The kernel's run has the same length.
pub(crate) const IMAGES_PER_RUN: usize = memory::RUN as usize;
/// Images per panel of the kernel. A panel takes the same time however few images it holds, so no
/// rank boundary falls within one.
pub(crate) const IMAGES_PER_PANEL: usize = memory::PANEL as usize;

/// A list whose items are distributed over the ranks, one consecutive range per rank.
#[derive(Clone, Copy)]
pub(crate) struct Partition<'a> {
    pub(crate) communicator: &'a dyn Communicator,
    /// Number of items on the preceding ranks.
    pub(crate) first: usize,
    /// Number of items on this rank.
    pub(crate) own: usize,
    /// Number of items on all ranks.
    pub(crate) all: usize,
}

impl<'a> Partition<'a> {
    /// Returns the partition of a list of which this rank holds `own` items.
    pub(crate) fn of(communicator: &'a dyn Communicator, own: usize) -> Self {
        let mut first = 0;
        let mut all = 0;
        let counts = all_gather(communicator, (own as u64).to_le_bytes().to_vec());
        for (rank, bytes) in counts.iter().enumerate() {
            let bytes = bytes.first_chunk().copied().unwrap_or_default();
            if rank == communicator.rank() {
                first = all;
            }
            all += u64::from_le_bytes(bytes) as usize;
        }
        Self {
            communicator,
            first,
            own,
            all,
        }
    }

    /// Returns the sum of the values of all ranks, added one after another in rank order.
    pub(crate) fn sum(&self, values: &[f64]) -> f64 {
        ordered_reduce(self.communicator, 1, 1, |_, total: &mut [f64]| {
            for value in values {
                total[0] += value;
            }
        })[0]
    }

    /// Returns the sum of the counts of all ranks.
    pub(crate) fn count(&self, own: usize) -> usize {
        ordered_reduce(self.communicator, 1, 1, |_, total: &mut [u64]| {
            total[0] += own as u64;
        })[0] as usize
    }

    /// Returns this rank's rows of an array that has one row per item.
    pub(crate) fn share<T: Clone>(&self, rows: &Array2<T>) -> Array2<T> {
        rows.slice(s![self.first..self.first + self.own, ..])
            .to_owned()
    }

    /// Returns, on all ranks, the `len` values that `make` returns on the rank that holds item
    /// `index`; `make` receives the position of the item on that rank.
    pub(crate) fn broadcast_from_owner<T: Pod>(
        &self,
        index: usize,
        len: usize,
        make: impl FnOnce(usize) -> Vec<T>,
    ) -> Vec<T> {
        let is_owner = (self.first..self.first + self.own).contains(&index);
        let owner = ordered_reduce(self.communicator, 1, 1, |_, owner: &mut [u64]| {
            if is_owner {
                owner[0] = self.communicator.rank() as u64;
            }
        });
        let mut values = if is_owner {
            make(index - self.first)
        } else {
            vec![T::zeroed(); len]
        };
        self.communicator
            .broadcast(owner[0] as usize, cast_slice_mut(&mut values));
        values
    }

    /// Replaces the values on all ranks by those of rank 0.
    pub(crate) fn broadcast_from_first<T: Pod>(&self, values: &mut [T]) {
        self.communicator.broadcast(0, cast_slice_mut(values));
    }
}

/// Returns where the range of each of `ranks` begins among `len` images, and `len` at the end.
///
/// Boundaries lie between runs if there is at least one run per rank; then the result of a fit has
/// the same bits as on one rank. With fewer images they lie between panels, and some ranks may be
/// empty.
#[must_use]
pub fn partition_bounds(len: usize, ranks: usize) -> Vec<usize> {
    bounds_at_multiples(unit(len, ranks), len, ranks)
}

/// Returns where the range of each rank begins in a sample of `len` of these images, and `len` at
/// the end, with boundaries of the same kind as those of the images.
pub(crate) fn sample_bounds(images: Partition, len: usize) -> Vec<usize> {
    let ranks = images.communicator.size();
    let splits_run = !images.first.is_multiple_of(IMAGES_PER_RUN);
    let any_splits_run = any_true(images.communicator, &[splits_run])[0];
    let unit = if any_splits_run {
        unit(len, ranks)
    } else {
        IMAGES_PER_RUN
    };
    bounds_at_multiples(unit, len, ranks)
}

/// Returns the number of images that stay together when `len` of them are distributed.
fn unit(len: usize, ranks: usize) -> usize {
    if len >= IMAGES_PER_RUN * ranks {
        IMAGES_PER_RUN
    } else {
        IMAGES_PER_PANEL
    }
}

/// Returns the bounds of `ranks` ranges of nearly equal size that begin at multiples of `unit`.
fn bounds_at_multiples(unit: usize, len: usize, ranks: usize) -> Vec<usize> {
    let units = len.div_ceil(unit);
    (0..=ranks)
        .map(|rank| len.min(units * rank / ranks * unit))
        .collect()
}
