//! The loop: iterations, loss, stop, callback. Must not know which rule runs.

use std::ops::ControlFlow;
use std::time::Instant;

use super::rule::{Half, UpdateRule, Verdict};
use super::stop::{Iteration, StopReason, StopRule};
use crate::blocks;
use crate::kernel::{Cut, Factor, FactorPanel, PackedGram, Panels, Row, Selection, WIDTH, loss_share};

/// Below this share of ‖X‖² the loss identity has lost its digits to cancellation, and the residual is summed instead.
const CANCELLED: f64 = 1e-3;
/// The most panels of a task: while a chunk of the fixed factor is in cache it serves them all.
const PANELS_A_TASK: usize = 8;
/// Columns from which the fixed factor no longer fits the cache, so that tasks are made large rather than many.
const MANY_COLUMNS: usize = 8192;

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
    let mut gram = gram(&factors.basis);
    loop {
        let step = half_step(Half::Weights, &data.by_image, &factors.basis, &gram, &mut factors.weights, rule);
        let mut squared = data.squared_norm + step.loss;
        if squared < CANCELLED * data.squared_norm {
            squared = squared_residual(data, factors);
        }
        let iteration = Iteration {
            iteration: trace.len() + 1,
            seconds: began.elapsed().as_secs_f64(),
            relative_error: (squared.max(0.0) / data.squared_norm).sqrt(),
        };
        trace.push(iteration);
        let interrupted = on_iteration(&iteration).is_break().then_some(StopReason::Interrupted);
        if let Some(reason) = stop.check(&trace).or(interrupted) {
            return Run { trace, reason };
        }
        let weights_gram = match rule.observe(iteration.relative_error) {
            Verdict::Go => step.gram,
            Verdict::FallBack => {
                fall_back(&mut factors.weights);
                self::gram(&factors.weights)
            }
        };
        let Factors { weights, basis } = factors;
        gram = half_step(Half::Basis, &data.by_pixel, weights, &weights_gram, basis, rule).gram;
    }
}

/// What a half step leaves beside the improved factor.
struct HalfStep {
    /// Squared error less ‖X‖²; only of the weights' half.
    loss: f64,
    /// Gram matrix of the improved factor.
    gram: PackedGram,
}

/// Improves `own` while `fixed` stays. A panel's sums belong to one task alone; what tasks share is added in their order.
fn half_step(
    half: Half,
    x: &Panels,
    fixed: &Factor,
    gram: &PackedGram,
    own: &mut Factor,
    rule: &dyn UpdateRule,
) -> HalfStep {
    let (rank, gram_rows) = (own.rank(), own.gram_rows());
    let size = panels_a_task(own.panels.len(), fixed.rows());
    let shares = blocks::map_chunks_mut(&mut own.panels, size, |first, panels| {
        let mut products = vec![Row::ZERO; panels.len() * rank];
        x.add_products(first, &fixed.panels, rank, &mut products);
        let (mut loss, mut own_gram) = (0.0, vec![Row::ZERO; gram_rows]);
        for (panel, products) in panels.iter_mut().zip(products.chunks(rank)) {
            rule.improve(half, &mut panel.lead, products, gram);
            if half == Half::Weights {
                loss += loss_share(&panel.lead, products, gram);
            }
            rule.advance(panel);
            panel.pack();
            panel.add_gram(&mut own_gram);
        }
        (loss, own_gram)
    });
    let loss = shares.iter().map(|(loss, _)| loss).sum();
    HalfStep { loss, gram: add_grams(rank, gram_rows, shares.iter().map(|(_, gram)| gram)) }
}

/// From the sizes of the data alone, so that the sums are cut the same way on every machine.
fn panels_a_task(panels: usize, columns: usize) -> usize {
    (panels / if columns > MANY_COLUMNS { 6 } else { 16 }).clamp(1, PANELS_A_TASK)
}

fn gram(factor: &Factor) -> PackedGram {
    let size = panels_a_task(factor.panels.len(), 0);
    let tasks: Vec<_> = factor.panels.chunks(size).collect();
    let shares = blocks::map(&tasks, |_, panels| {
        let mut sums = vec![Row::ZERO; factor.gram_rows()];
        panels.iter().for_each(|panel| panel.add_gram(&mut sums));
        sums
    });
    add_grams(factor.rank(), factor.gram_rows(), shares.iter())
}

fn add_grams<'a>(rank: usize, rows: usize, shares: impl Iterator<Item = &'a Vec<Row>>) -> PackedGram {
    let mut sums = vec![0.0; rows * WIDTH];
    for share in shares {
        for (sum, value) in sums.iter_mut().zip(share.iter().flat_map(|row| &row.0)) {
            *sum += f64::from(*value);
        }
    }
    PackedGram::new(rank, &sums)
}

fn fall_back(factor: &mut Factor) {
    blocks::map_chunks_mut(&mut factor.panels, PANELS_A_TASK, |_, panels| {
        panels.iter_mut().for_each(FactorPanel::fall_back);
    });
}

/// ‖X − W H‖² summed difference by difference, each pixel as often as it stands for others.
pub(crate) fn squared_residual(data: &Data, factors: &Factors) -> f64 {
    let (basis, copies) = (factors.basis.lead(), factors.basis.copies());
    let basis = basis.as_slice().unwrap_or_default();
    let share = |index, panel: &FactorPanel| data.by_image.residual(index, &panel.values, basis, &copies);
    blocks::map(&factors.weights.panels, share).iter().sum()
}
