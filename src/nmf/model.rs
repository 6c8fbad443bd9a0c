//! The model that a fit returns.

use ndarray::{Array1, Array2, Axis};
use serde::Serialize;

use super::driver::RunOutcome;
use super::init::Init;
use super::part_scale::to_maximum_of_one;
use super::settings::Nmf;
use super::solver::Solver;
use super::stop::{Iteration, StopReason, StopRule};
use crate::basis::{Basis, Shape, Weights};
use crate::blocks;
use crate::communicator::{Communicator, ordered_reduce};
use crate::images::Weighted;
use crate::kernel::{Factor, IMAGES_PER_TASK, Matrix};

/// How one of several starts ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Restart {
    /// The seed of the start.
    pub seed: u64,
    /// The objective that the rule minimises, at the last iteration.
    pub objective: f64,
    /// ‖X − W H‖ / ‖X‖.
    pub relative_error: f64,
    /// Iterations of this start.
    pub iterations: usize,
    /// Time of this start, initialisation included.
    pub seconds: f64,
    /// Why it ended.
    #[serde(rename = "stop")]
    pub stop_reason: StopReason,
    /// Mean cosine between its parts and those of the best start, matched one to one; 1 if the
    /// parts are the same. Fixed parts do not count, here and below.
    pub mean_cosine: f64,
    /// Number of parts whose cosine is [`Restart::ALIKE`] or more.
    pub alike: usize,
}

impl Restart {
    /// The least cosine of two parts that count as the same.
    pub const ALIKE: f64 = 0.95;
}

/// Parts, weights and how they were learned.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NmfModel {
    /// H, (rank, pixels): each part scaled to a maximum of 1; first the fixed parts in the order in which
    /// they were given, then the others, sorted by share, largest first.
    pub basis: Basis,
    /// W, (images, rank): the weight of each part in each image.
    pub weights: Weights,
    /// The number of fixed parts: see [`Nmf::fixed`].
    pub fixed_parts: usize,
    /// What has weights in the errors: see [`Nmf::pixel_weights`] and [`Nmf::image_weights`].
    pub weighted: Weighted,
    /// The fraction of the total reconstructed intensity that each part gives; they add up to 1.
    pub shares: Vec<f64>,
    /// The index of each part during the fit: its row in
    /// [`FitProgress::basis`](super::FitProgress::basis).
    pub order: Vec<usize>,
    /// ‖X − W H‖ / ‖X‖, summed pixel by pixel; with weights, both norms are weighted.
    pub relative_error: f64,
    /// ‖x − x̂‖² of each image over its known pixels; `None` if the fit had several starts or weights.
    pub residuals: Option<Vec<f64>>,
    /// ‖x‖² of each image over its known pixels; `None` if the fit had several starts or weights.
    pub image_squares: Option<Vec<f64>>,
    /// The objective that the rule minimises, at the last iteration, its squared error summed pixel by pixel; see
    /// [`Iteration::objective`].
    pub objective: f64,
    /// Every iteration; if W and H were given, their errors as iteration 0.
    pub trace: Vec<Iteration>,
    /// Why the fit ended.
    pub stop_reason: StopReason,
    /// Time of the fit, initialisation included.
    pub seconds: f64,
    /// The rule that was used.
    pub solver: Solver,
    /// The start that was used.
    pub init: Init,
    /// The seed of the start, or of the best of several.
    pub seed: u64,
    /// Number of starts in the settings.
    pub starts: usize,
    /// How each start ended, in order; empty if the settings have only one.
    pub restarts: Vec<Restart>,
    /// The parts of each of these starts, (rank, pixels) as [`basis`](Self::basis); empty unless
    /// [`Nmf::keep_starts`](super::Nmf::keep_starts) is on.
    pub start_parts: Vec<Basis>,
    /// The stop rule that was used.
    pub stop_rule: StopRule,
    /// Whether the start was to be learned on samples, if there are enough images.
    pub sample_start: bool,
    /// Number of images of the largest sample that the start was learned on; `None` if it was not.
    pub sampled: Option<usize>,
}

/// The result of a run from one start.
pub(super) struct FinishedRun {
    pub(super) outcome: RunOutcome,
    pub(super) shape: Shape,
    pub(super) factors: OrderedFactors,
    pub(super) relative_error: f64,
    pub(super) objective: f64,
    /// ‖x − x̂‖² of each image; `None` with weights.
    pub(super) residuals: Option<Vec<f64>>,
    /// ‖x‖² of each image; `None` with weights.
    pub(super) image_squares: Option<Vec<f64>>,
    pub(super) seconds: f64,
    /// The size of the largest sample that the start was learned on.
    pub(super) sampled: Option<usize>,
}

impl NmfModel {
    /// Returns the model of a run with the settings `nmf`.
    pub(super) fn of_run(nmf: &Nmf, run: FinishedRun) -> Self {
        let trace = run.outcome.trace;
        Self {
            basis: Basis::new(run.shape, run.factors.basis),
            weights: run.factors.weights,
            fixed_parts: nmf.fixed_parts(),
            weighted: nmf.weights.weighted(),
            shares: run.factors.shares,
            order: run.factors.order,
            relative_error: run.relative_error,
            residuals: run.residuals,
            image_squares: run.image_squares,
            objective: run.objective,
            trace,
            stop_reason: run.outcome.reason,
            seconds: run.seconds,
            solver: nmf.solver,
            init: nmf.init.clone(),
            seed: nmf.seed,
            starts: 1,
            restarts: Vec::new(),
            start_parts: Vec::new(),
            stop_rule: nmf.stop_rule,
            sample_start: nmf.sample_start,
            sampled: run.sampled,
        }
    }

    /// Returns the number of iterations; 0 if the basis is that of the start because no iteration was allowed, or if W and H
    /// were given.
    #[must_use]
    pub fn iterations(&self) -> usize {
        match (self.trace.len(), self.stop_rule.max_iterations) {
            _ if self.is_given() => 0,
            (1, 0) => 0,
            (measured, _) => measured,
        }
    }

    /// Checks whether W and H were given rather than learned, as [`Nmf::as_given`] returns them.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.stop_reason == StopReason::Given
    }

    /// Returns the name of the learning rule, or `none` if W and H were given.
    #[must_use]
    pub fn rule_name(&self) -> String {
        if self.is_given() {
            return "none".to_owned();
        }
        self.solver.to_string()
    }

    /// Returns the reconstruction of image `index`, (pixels).
    ///
    /// # Panics
    /// If there is no such image.
    #[must_use]
    pub fn reconstruct(&self, index: usize) -> Array1<f32> {
        self.basis.combine(&self.weights.row(index))
    }

    /// Returns the number of parts that are 0 everywhere or that no image uses.
    #[must_use]
    pub fn dead(&self) -> usize {
        self.shares.iter().filter(|&&share| share == 0.0).count()
    }
}

/// Returns the weights of all images of X, (images, rank), at the scale of pixels from 0 to 1, from
/// those of the `known` images; the others are 0.
pub(crate) fn of_all_images(weights: &Factor, known: &[u32], x: &Matrix) -> Weights {
    let (unit, rank) = (x.unit() as f32, weights.rank());
    let mut all = Array2::zeros((x.images, rank));
    blocks::for_rows_mut(&mut all, IMAGES_PER_TASK, |first, rows| {
        let before = known.partition_point(|&image| (image as usize) < first);
        for (row, &image) in (before..).zip(&known[before..]) {
            let Some(to) = rows.chunks_exact_mut(rank).nth(image as usize - first) else {
                break;
            };
            for (to, value) in to.iter_mut().zip(weights.row(row)) {
                *to = value / unit;
            }
        }
    });
    all
}

/// Factors in the order and at the scale of a model.
pub(crate) struct OrderedFactors {
    /// (images, rank).
    pub(crate) weights: Weights,
    /// (rank, pixels).
    pub(crate) basis: Array2<f32>,
    /// The fraction of the total reconstructed intensity that each part gives.
    pub(crate) shares: Vec<f64>,
    /// The index of each part during the run.
    pub(crate) order: Vec<usize>,
}

/// Scales each part to a maximum of 1, its weights by the inverse, and sorts the parts after the first
/// `fixed_parts` by their share, largest first.
pub(crate) fn in_order(
    mut weights: Weights,
    mut basis: Array2<f32>,
    fixed_parts: usize,
    communicator: &dyn Communicator,
) -> OrderedFactors {
    let rank = basis.nrows();
    let largest: Vec<f32> = basis
        .rows_mut()
        .into_iter()
        .map(to_maximum_of_one)
        .collect();
    blocks::for_rows_mut(&mut weights, IMAGES_PER_TASK, |_, rows| {
        for row in rows.chunks_exact_mut(rank) {
            for (weight, largest) in row.iter_mut().zip(&largest) {
                *weight *= largest;
            }
        }
    });
    // Image by image over all processes, so that the bits do not depend on their number.
    let weight_sums = ordered_reduce(communicator, rank, rank, |_, sums: &mut [f64]| {
        for row in weights.rows() {
            for (sum, &weight) in sums.iter_mut().zip(row) {
                *sum += f64::from(weight);
            }
        }
    });
    let mut intensities = Vec::new();
    for (weight_sum, row) in weight_sums.iter().zip(basis.rows()) {
        let part_sum: f64 = row.iter().map(|&v| f64::from(v)).sum();
        intensities.push(weight_sum * part_sum);
    }
    let total = intensities.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let mut order: Vec<usize> = (0..intensities.len()).collect();
    order[fixed_parts..].sort_by(|&a, &b| intensities[b].total_cmp(&intensities[a]));
    reorder_columns(&mut weights, &order);
    OrderedFactors {
        weights,
        basis: basis.select(Axis(0), &order),
        shares: order
            .iter()
            .map(|&part| intensities[part] / total)
            .collect(),
        order,
    }
}

/// Moves column `order[i]` to place `i` in every row, without a copy of the weights, which can take much memory.
fn reorder_columns(weights: &mut Weights, order: &[usize]) {
    blocks::for_rows_mut(weights, IMAGES_PER_TASK, |_, rows| {
        let mut before = vec![0.0; order.len()];
        for row in rows.chunks_exact_mut(order.len()) {
            before.copy_from_slice(row);
            for (value, &part) in row.iter_mut().zip(order) {
                *value = before[part];
            }
        }
    });
}
