//! A fit at one of its iterations, while it goes on.

use ndarray::{Array1, Array2};

use super::driver::Factors;
use super::model::to_maximum_of_one;
use super::pixels::DistinctPixels;
use super::stop::Iteration;
use crate::basis::{Basis, Shape};

/// A fit at one of its iterations: what is told of it, and the parts that it is told of.
///
/// The parts are those before the iteration changes them: at iteration 1 they are the start. Taking them costs a pass
/// over the basis, and nothing where nobody asks.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// The iteration: how far it is, and how close.
    pub at: Iteration,
    pub(super) factors: &'a Factors,
    pub(super) pixels: &'a DistinctPixels,
    pub(super) shape: Shape,
}

impl Moment<'_> {
    /// H as it is now, (rank, pixels): each part scaled to a maximum of 1, in the order in which they are learned;
    /// [`NmfModel::order`](super::NmfModel::order) tells where each stands in the end.
    #[must_use]
    pub fn basis(&self) -> Basis {
        let mut basis = Array2::zeros((self.rank(), self.shape.pixels()));
        for (index, mut row) in basis.rows_mut().into_iter().enumerate() {
            row.assign(&Array1::from(self.part(index)));
            to_maximum_of_one(row);
        }
        Basis::new(self.shape, basis)
    }

    /// One part at its own scale, (pixels).
    pub(super) fn part(&self, index: usize) -> Vec<f32> {
        self.pixels.part(&self.factors.basis, index)
    }

    /// The size of a part.
    pub(super) fn shape(&self) -> Shape {
        self.shape
    }

    pub(super) fn rank(&self) -> usize {
        self.factors.basis.rank()
    }
}
