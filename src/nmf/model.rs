//! What a fit leaves.

use ndarray::{Array1, Array2, ArrayView1, ArrayViewMut1, Axis};
use serde::Serialize;

use super::driver::RunOutcome;
use super::init::Init;
use super::settings::Nmf;
use super::solver::Solver;
use super::stop::{Iteration, StopReason, StopRule};
use crate::basis::{Basis, Shape, Weights};
use crate::communicator::{Communicator, ordered_reduce};
use crate::kernel::{Factor, Matrix};

/// How one of several starts ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Restart {
    /// The seed of the start.
    pub seed: u64,
    /// What the rule makes small, at the last iteration.
    pub objective: f64,
    /// ‖X − W H‖ / ‖X‖.
    pub relative_error: f64,
    /// Iterations of this start.
    pub iterations: usize,
    /// Initialisation and iterations of this start.
    pub seconds: f64,
    /// Why it ended.
    pub stop: StopReason,
    /// Mean cosine between its parts and those of the best start, matched one to one: 1 for the same parts.
    pub mean_cosine: f64,
    /// How many of these cosines are [`Restart::ALIKE`] or more.
    pub alike: usize,
}

impl Restart {
    /// The cosine from which two parts count as the same.
    pub const ALIKE: f64 = 0.95;
}

/// Parts, weights and how they were found.
#[derive(Debug, Clone)]
pub struct NmfModel {
    /// H, (rank, pixels): each part scaled to a maximum of 1, the largest share first.
    pub basis: Basis,
    /// W, (images, rank): how much of each part is in each image.
    pub weights: Weights,
    /// Each part's share of all the light in the reconstructions; they add up to 1.
    pub shares: Vec<f64>,
    /// Where each part stood while it was learned: its row in [`FitProgress::basis`](super::FitProgress::basis).
    pub order: Vec<usize>,
    /// ‖X − W H‖ / ‖X‖, from the differences themselves.
    pub relative_error: f64,
    /// What the rule makes small, at the last iteration; see [`Iteration::objective`].
    pub objective: f64,
    /// Every iteration.
    pub trace: Vec<Iteration>,
    /// Why the fit ended.
    pub stop: StopReason,
    /// Initialisation and iterations.
    pub seconds: f64,
    /// The rule that was used.
    pub solver: Solver,
    /// The start that was used.
    pub init: Init,
    /// The seed of the start; of several, of the best.
    pub seed: u64,
    /// How many starts were asked for.
    pub starts: usize,
    /// How each start that was made ended, in their order; empty where only one was asked for.
    pub restarts: Vec<Restart>,
    /// When it was to stop.
    pub stop_rule: StopRule,
    /// Whether a sample was learned first, where there are enough images.
    pub sample_start: bool,
    /// How many images the largest sample had that the start was learned on; none where it was not.
    pub sampled: Option<usize>,
}

impl NmfModel {
    /// What a run from one start leaves, with its error and its time.
    pub(super) fn of_run(
        nmf: &Nmf,
        run: RunOutcome,
        (shape, ordered): (Shape, Ordered),
        (relative_error, seconds): (f64, f64),
        sampled: Option<usize>,
    ) -> Self {
        let Ordered {
            weights,
            basis,
            shares,
            order,
        } = ordered;
        Self {
            basis: Basis::new(shape, basis),
            weights,
            shares,
            order,
            relative_error,
            objective: run.trace.last().map_or(f64::NAN, |last| last.objective),
            trace: run.trace,
            stop: run.reason,
            seconds,
            solver: nmf.solver,
            init: nmf.init.clone(),
            seed: nmf.seed,
            starts: 1,
            restarts: Vec::new(),
            stop_rule: nmf.stop,
            sample_start: nmf.sample_start,
            sampled,
        }
    }

    /// Image `index` as its parts give it, (pixels).
    ///
    /// # Panics
    /// If there is no such image.
    #[must_use]
    pub fn reconstruct(&self, index: usize) -> Array1<f32> {
        self.weights.row(index).dot(&self.basis.rows())
    }

    /// Parts that are zero everywhere or that no image uses.
    #[must_use]
    pub fn dead(&self) -> usize {
        self.shares.iter().filter(|&&share| share == 0.0).count()
    }
}

/// Weights of the `known` images as those of all of X, (images, rank), in the scale of pixels from 0 to 1.
pub(crate) fn of_all_images(weights: &Factor, known: &[u32], x: &Matrix) -> Weights {
    let unit = x.unit() as f32;
    let mut all = Array2::zeros((x.images, weights.rank()));
    for (values, &image) in weights.values().rows().into_iter().zip(known) {
        all.row_mut(image as usize)
            .assign(&values.mapv(|v| v / unit));
    }
    all
}

/// Factors in the order and at the scale of a model.
pub(crate) struct Ordered {
    pub(crate) weights: Weights,
    pub(crate) basis: Array2<f32>,
    pub(crate) shares: Vec<f64>,
    /// Which row each part was before.
    pub(crate) order: Vec<usize>,
}

/// Scales each part to a maximum of 1 (its weights carry the scale), and puts the largest share first.
pub(crate) fn in_order(
    mut weights: Weights,
    mut basis: Array2<f32>,
    communicator: &dyn Communicator,
) -> Ordered {
    for (part, mut column) in basis.rows_mut().into_iter().zip(weights.columns_mut()) {
        let largest = to_maximum_of_one(part);
        column.mapv_inplace(|v| v * largest);
    }
    let sum = |values: ArrayView1<f32>| values.iter().map(|&v| f64::from(v)).sum::<f64>();
    // Image by image over all processes.
    let used = ordered_reduce(communicator, basis.nrows(), 1, |l, used: &mut [f64]| {
        used[0] = weights
            .column(l)
            .iter()
            .fold(used[0], |sum, &v| sum + f64::from(v));
    });
    let light: Vec<f64> = used
        .iter()
        .zip(basis.rows())
        .map(|(used, row)| used * sum(row))
        .collect();
    let total = light.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let mut order: Vec<usize> = (0..light.len()).collect();
    order.sort_by(|&a, &b| light[b].total_cmp(&light[a]));
    let shares = order.iter().map(|&l| light[l] / total).collect();
    Ordered {
        weights: weights.select(Axis(1), &order),
        basis: basis.select(Axis(0), &order),
        shares,
        order,
    }
}

/// Divides a part by its maximum, which is returned; a dark part stays as it is, as if its maximum were 1.
pub(crate) fn to_maximum_of_one(mut part: ArrayViewMut1<f32>) -> f32 {
    let largest = part.iter().fold(0.0f32, |a, &b| a.max(b));
    if largest == 0.0 {
        return 1.0;
    }
    part.mapv_inplace(|v| v / largest);
    largest
}
