//! A fit at one of its iterations, while it goes on.

use super::distinct_pixels::DistinctPixels;
use super::driver::RunView;
use super::model::to_maximum_of_one;
use super::settings::Nmf;
use super::starts::Starts;
use super::stop::{Iteration, StopReason};
use crate::basis::{Basis, Shape};
use crate::communicator::Communicator;

/// A fit at one of its iterations: what is told of it, and the parts that it is told of.
///
/// The parts are those before the iteration changes them: at iteration 1 they are the start. Taking them costs a pass
/// over the basis, and nothing where nobody asks.
#[derive(Clone, Copy)]
pub struct FitProgress<'a> {
    /// The iteration: how far it is, and how close.
    pub at: Iteration,
    /// Why the fit, or this start of several, ends here; nothing where it goes on if the caller lets it.
    pub ends: Option<StopReason>,
    pub(super) view: RunView<'a>,
    pub(super) pixels: &'a DistinctPixels,
    pub(super) shape: Shape,
    /// Who else has images, and their weights.
    pub(super) communicator: &'a dyn Communicator,
    /// The settings of the whole fit.
    pub(super) nmf: &'a Nmf,
    /// The starts before this one, where there are to be several.
    pub(super) starts: Option<&'a Starts>,
    /// Makes what stands for the images.
    pub(super) fingerprint: &'a (dyn Fn() -> String + Sync),
}

impl FitProgress<'_> {
    /// H as it is now, (rank, pixels): each part scaled to a maximum of 1, in the order in which they are learned;
    /// [`NmfModel::order`](super::NmfModel::order) tells where each stands in the end.
    #[must_use]
    pub fn basis(&self) -> Basis {
        let mut basis = self.pixels.basis(&self.view.factors.basis);
        for row in basis.rows_mut() {
            to_maximum_of_one(row);
        }
        Basis::new(self.shape, basis)
    }

    /// Which of several starts is learned, counted from 0.
    #[must_use]
    pub fn start(&self) -> usize {
        self.starts.map_or(0, |starts| starts.ended.len())
    }

    /// One part at its own scale, (pixels).
    pub(super) fn part(&self, index: usize) -> Vec<f32> {
        self.pixels.part(&self.view.factors.basis, index)
    }

    /// The last iteration of the best start that has ended.
    pub(super) fn best_before(&self) -> Option<Iteration> {
        self.starts?.best.as_ref()?.trace.last().copied()
    }

    /// The size of a part.
    pub(super) fn shape(&self) -> Shape {
        self.shape
    }

    pub(super) fn rank(&self) -> usize {
        self.view.factors.basis.rank()
    }
}
