//! The loop: iterations, loss, stop, callback. Must not know which rule runs.

use std::ops::ControlFlow;
use std::time::Instant;

use super::rule::{Half, UpdateRule, Verdict};
use super::stop::{Iteration, StopReason, StopRule};
use crate::blocks;
use crate::kernel::{Cut, Factor, FactorPanel, GramSums, PackedGram, Panels, Row, Selection};

/// Below this share of ‖X‖² the loss identity has lost its digits to cancellation, and the residual is summed instead.
const CANCELLED: f64 = 1e-3;
/// The most panels of a task: while a chunk of the fixed factor is in cache it serves them all.
const PANELS_A_TASK: usize = 8;
/// Columns from which the fixed factor no longer fits the cache, so that tasks are made large rather than many.
const MANY_COLUMNS: usize = 8192;

/// Parts are brought to one scale with their weights once one of the two is this many doublings from their mean.
const DRIFTED: f64 = 4.0;

/// The pixel matrix in both cuts.
pub(crate) struct Data {
    by_image: Panels,
    by_pixel: Panels,
    squared_norm: f64,
}

impl Data {
    /// Cuts the selected pixels both ways; the norm is that of the whole images.
    pub(crate) fn new(selection: &Selection) -> Self {
        Self {
            by_image: Panels::new(selection, Cut::Images),
            by_pixel: Panels::new(selection, Cut::Pixels),
            squared_norm: selection.squared_norm(),
        }
    }

    /// ‖X‖², in the units of the source.
    pub(crate) fn squared_norm(&self) -> f64 {
        self.squared_norm
    }
}

/// W and H in panels.
pub(crate) struct Factors {
    /// (images, rank).
    pub(crate) weights: Factor,
    /// Hᵀ, (pixels, rank).
    pub(crate) basis: Factor,
}

/// How a run went.
pub(crate) struct Run {
    pub(crate) trace: Vec<Iteration>,
    pub(crate) reason: StopReason,
}

/// Iterates until `stop` or `on_iteration` says so; the result is the pair (values of W, lead of H).
pub(crate) fn run(
    data: &Data,
    rule: &mut dyn UpdateRule,
    factors: &mut Factors,
    stop: &StopRule,
    began: Instant,
    mut on_iteration: impl FnMut(&Iteration) -> ControlFlow<()>,
) -> Run {
    let mut trace = Vec::new();
    let weights_gram = factors.weights.settle();
    let mut basis_gram = factors.basis.settle();
    if balance(factors, &weights_gram, &basis_gram) {
        basis_gram = factors.basis.settle();
    }
    loop {
        let Factors { weights, basis } = factors;
        let (loss, mut weights_gram) = half_step(Half::Weights, &data.by_image, basis, &basis_gram, weights, rule);
        let mut squared = data.squared_norm + loss;
        if squared < CANCELLED * data.squared_norm {
            squared = squared_residual(data, factors);
        }
        let iteration = Iteration {
            iteration: trace.len() + 1,
            seconds: began.elapsed().as_secs_f64(),
            // Rounding can take the square of a tiny error below 0; `max` would hide NaN.
            relative_error: (if squared < 0.0 { 0.0 } else { squared } / data.squared_norm).sqrt(),
        };
        trace.push(iteration);
        let interrupted = on_iteration(&iteration).is_break().then_some(StopReason::Interrupted);
        if let Some(reason) = stop.check(&trace).or(interrupted) {
            return Run { trace, reason };
        }
        if rule.observe(iteration.relative_error) == Verdict::FallBack {
            factors.weights.fall_back();
            weights_gram = factors.weights.settle();
        }
        let Factors { weights, basis } = factors;
        basis_gram = half_step(Half::Basis, &data.by_pixel, weights, &weights_gram, basis, rule).1;
        if balance(factors, &weights_gram, &basis_gram) {
            basis_gram = factors.basis.settle();
        }
    }
}

/// Brings each part and its weights to one scale again, where some have drifted apart; whether anything was changed.
///
/// Nothing in the objective keeps `w h` from becoming `(s w)(h / s)`, and steps that look ahead do drift. Powers of
/// two change no bit but the exponent.
fn balance(factors: &mut Factors, weights: &PackedGram, basis: &PackedGram) -> bool {
    let drift =
        |(&w, &h): (&f32, &f32)| if w > 0.0 && h > 0.0 { (f64::from(h) / f64::from(w)).log2() / 4.0 } else { 0.0 };
    let drifts: Vec<f64> = weights.diagonal.iter().zip(&basis.diagonal).map(drift).collect();
    if drifts.iter().all(|drift| drift.abs() < DRIFTED) {
        return false;
    }
    let scales = |sign: f64| drifts.iter().map(|drift| (sign * drift.round()).exp2() as f32).collect::<Vec<_>>();
    factors.weights.scale(&scales(1.0));
    factors.basis.scale(&scales(-1.0));
    true
}

/// Improves `own` while `fixed` stays, and gives the sum of what the rule says of the error, and the
/// Gram matrix of what `own` has become.
///
/// A panel's sums belong to one task alone; what tasks share is added in their order.
fn half_step(
    half: Half,
    x: &Panels,
    fixed: &Factor,
    gram: &PackedGram,
    own: &mut Factor,
    rule: &dyn UpdateRule,
) -> (f64, PackedGram) {
    let rank = own.rank();
    let size = panels_a_task(own.panels.len(), fixed.rows());
    let shares = blocks::map_chunks_mut(&mut own.panels, size, |first, panels| {
        let mut products = vec![Row::ZERO; panels.len() * rank];
        x.add_products(first, &fixed.panels, rank, &mut products);
        let (mut loss, mut gram_sums) = (0.0, GramSums::new(rank));
        for (panel, products) in panels.iter_mut().zip(products.chunks_mut(rank)) {
            loss += rule.improve(half, &mut panel.lead, products, gram);
            rule.advance(panel);
            panel.settle(&mut gram_sums);
        }
        (loss, gram_sums)
    });
    let (losses, grams): (Vec<f64>, Vec<GramSums>) = shares.into_iter().unzip();
    (losses.iter().sum(), PackedGram::new(rank, &grams))
}

/// From the sizes of the data alone, so that the sums are cut the same way on every machine.
fn panels_a_task(panels: usize, columns: usize) -> usize {
    (panels / if columns > MANY_COLUMNS { 6 } else { 8 }).clamp(1, PANELS_A_TASK)
}

/// ‖X − W H‖² summed difference by difference, each pixel as often as it stands for others.
pub(crate) fn squared_residual(data: &Data, factors: &Factors) -> f64 {
    let (basis, copies) = (factors.basis.lead(), factors.basis.copies());
    let basis = basis.as_slice().unwrap_or_default();
    let share = |index, panel: &FactorPanel| data.by_image.residual(index, &panel.values, basis, &copies);
    blocks::map(&factors.weights.panels, share).iter().sum()
}
