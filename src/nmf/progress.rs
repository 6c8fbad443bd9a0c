//! The progress of a fit, as its callback sees it.

use super::driver::RunView;
use super::factors::Factors;
use super::model::of_all_images;
use super::part_scale::to_maximum_of_one;
use super::settings::Nmf;
use super::starts::Starts;
use super::stop::{Iteration, StopReason};
use super::unscaled::unscale;
use crate::basis::{Basis, Shape, Weights};
use crate::communicator::Communicator;
use crate::images::{DistinctPixels, Weighting};
use crate::kernel::{Factor, Matrix};

/// A fit in one of its iterations: the errors, and the parts that they were measured with.
///
/// The parts are those before the iteration updates them; at iteration 1 they are the start.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct FitProgress<'a> {
    /// The iteration and its errors.
    pub at: Iteration,
    /// Why the fit, or this start of several, ends here; `None` if it continues unless the callback
    /// breaks.
    pub ends: Option<StopReason>,
    pub(super) view: RunView<'a>,
    pub(super) pixels: &'a DistinctPixels,
    /// The size of a part.
    pub(super) shape: Shape,
    /// The processes that share the images.
    pub(super) communicator: &'a dyn Communicator,
    /// The settings of the whole fit.
    pub(super) nmf: &'a Nmf,
    /// The starts before this one; `None` if the settings have only one.
    pub(super) starts: Option<&'a Starts>,
    /// Returns the hash of the images.
    pub(super) fingerprint: &'a (dyn Fn() -> String + Sync),
}

impl FitProgress<'_> {
    /// Returns H, (rank, pixels): each part scaled to a maximum of 1, in the order of the fit;
    /// [`NmfModel::order`](super::NmfModel::order) gives the index here of each part of the model.
    #[must_use]
    pub fn basis(&self) -> Basis {
        let mut basis = self.pixels.basis(&self.view.factors.basis);
        for row in basis.rows_mut() {
            to_maximum_of_one(row);
        }
        Basis::new(self.shape, basis)
    }

    /// Returns the index of the current start.
    #[must_use]
    pub fn start(&self) -> usize {
        self.starts.map_or(0, |starts| starts.ended.len())
    }

    /// Returns one part at its own scale, (pixels).
    pub(super) fn part(&self, index: usize) -> Vec<f32> {
        self.pixels.part(&self.view.factors.basis, index)
    }

    /// Returns the last iteration of the best start that has ended.
    pub(super) fn best_before(&self) -> Option<Iteration> {
        self.starts?.best.as_ref()?.trace.last().copied()
    }

    pub(super) fn rank(&self) -> usize {
        self.view.factors.basis.rank()
    }
}

/// W and H before the first iteration of a fit, at the scale of normalised pixels.
///
/// They are what the first update reads if [`Nmf::exact_start`] is set: a fit with the same rule from them
/// ([`Init::Given`](super::Init::Given)) then gives the same bits. Without it, the weights are rounded to
/// f32 here, and the extrapolation of a start that is learned on samples is lost.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct FitStart<'a> {
    pub(super) factors: &'a Factors,
    /// The images of this process with at least one known pixel.
    pub(super) known: &'a [u32],
    pub(super) x: &'a Matrix<'a>,
    pub(super) pixels: &'a DistinctPixels,
    /// The size of a part.
    pub(super) shape: Shape,
    pub(super) weighting: Option<&'a dyn Weighting>,
}

impl FitStart<'_> {
    /// Returns W of the images of this process, (images, rank); 0 for an image of weight 0.
    #[must_use]
    pub fn weights(&self) -> Weights {
        let mut weights = of_all_images(&self.factors.weights, self.known, self.x);
        if let Some(weighting) = self.weighting {
            unscale(&mut weights, weighting.roots());
        }
        weights
    }

    /// Returns H, (rank, pixels).
    #[must_use]
    pub fn basis(&self) -> Basis {
        Basis::new(self.shape, self.pixels.basis(&self.factors.basis))
    }
}

/// The start of a fit while it is learned on a sample of the images, in one of its iterations.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct SampleProgress<'a> {
    /// Number of images of the sample.
    pub images: usize,
    /// The iteration, counted over all samples of the start, and its errors on this sample.
    pub at: Iteration,
    pub(super) basis: &'a Factor,
    pub(super) pixels: &'a DistinctPixels,
    /// The size of a part.
    pub(super) shape: Shape,
}

impl SampleProgress<'_> {
    /// Returns one part at its own scale, (pixels).
    pub(super) fn part(&self, index: usize) -> Vec<f32> {
        self.pixels.part(self.basis, index)
    }

    pub(super) fn rank(&self) -> usize {
        self.basis.rank()
    }
}
