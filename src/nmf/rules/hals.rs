//! Hierarchical alternating least squares, accelerated and extrapolated.
//!
//! **Objective** `½ ‖X − W H‖²` over `W, H ≥ 0`.
//!
//! **Update** of the weights of part l, all others fixed, with `A = X Hᵀ` and `G = H Hᵀ`:
//! `w_l ← max(0, w_l + (A_l − Σ_j w_j G_jl) / G_ll)`, the exact minimum over that column. A *sweep* does this for
//! l = 1..k; up to `sweeps` of them follow one another, since the products A cost more than all of them, and stop for
//! a run of 64 images as soon as one changes less than a hundredth (squared) of what the first changed. The same for H
//! on Xᵀ. With *extrapolation* the next step starts at `max(0, W + β (W − W_previous))`: β grows while the error
//! falls; when it rises β is cut, and the next step starts at the new weights without the look ahead.
//!
//! **Guarantee.** Without extrapolation the error never rises, but for rounding, and every limit point is stationary as
//! long as no part vanishes. With it, it may rise for an iteration. Factors are never negative either way.
//!
//! **Cost** of an iteration: `4 n p k` multiplications and additions for the products, `2 (n + p) k²` a sweep.
//!
//! **Source.** A. Cichocki, R. Zdunek, S. Amari, *Hierarchical ALS algorithms for nonnegative matrix and 3D tensor
//! factorization*, 2007; N. Gillis, F. Glineur, *Accelerated multiplicative updates and hierarchical ALS algorithms
//! for nonnegative matrix factorization*, 2012 (sweeps); A. M. S. Ang, N. Gillis, *Accelerating nonnegative matrix
//! factorization algorithms using extrapolation*, 2019.

use crate::kernel::{Factor, MOST_SWEEPS, PackedGram, extrapolate, loss_share, scale, sweep_to_rest};
use crate::nmf::rule::{Loss, UpdateRule, Verdict};
use crate::nmf::step::{Half, HalfStep};
use crate::nmf::stop::Iteration;

/// The first β, how it grows while the error falls, and by what it is divided when the error rises.
const FIRST_BETA: f64 = 0.5;
const GROWTH: f64 = 1.01;
const CUT: f64 = 1.5;
/// How the bound on β grows, up to 1.
const BOUND_GROWTH: f64 = 1.005;

/// Settings of the rule; the defaults are the measured best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hals {
    /// The most sweeps of an update; at least one is made.
    pub sweeps: usize,
    /// Whether steps start beyond the last one's end.
    pub extrapolation: bool,
}

impl Default for Hals {
    fn default() -> Self {
        Self { sweeps: MOST_SWEEPS, extrapolation: true }
    }
}

impl Hals {
    /// One sweep an update, no extrapolation: the rule as first published.
    #[must_use]
    pub const fn plain() -> Self {
        Self { sweeps: 1, extrapolation: false }
    }
}

/// The rule at work.
pub(crate) struct HalsRule {
    settings: Hals,
    beta: f64,
    bound: f64,
    last_objective: Option<f64>,
}

impl HalsRule {
    pub(crate) fn new(settings: Hals) -> Self {
        Self { settings, beta: 0.0, bound: 1.0, last_objective: None }
    }
}

impl UpdateRule for HalsRule {
    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (Loss, PackedGram) {
        step.by_panel(own, |panel, products| {
            scale(products, &step.gram.inverse);
            sweep_to_rest(&mut panel.lead, products, step.gram, self.settings.sweeps);
            let mut loss = Loss::default();
            if step.half == Half::Weights {
                loss.squared = loss_share(&panel.lead, products, step.gram);
            }
            extrapolate(&mut panel.lead, &mut panel.values, self.beta as f32);
            loss
        })
    }

    fn observe(&mut self, iteration: &Iteration) -> Verdict {
        let last = self.last_objective.replace(iteration.objective);
        if !self.settings.extrapolation {
            return Verdict::Go;
        }
        match last {
            None => self.beta = FIRST_BETA,
            Some(last) if iteration.objective > last => {
                self.bound = self.beta;
                self.beta /= CUT;
                return Verdict::FallBack;
            }
            Some(_) => {
                self.beta = (GROWTH * self.beta).min(self.bound);
                self.bound = (BOUND_GROWTH * self.bound).min(1.0);
            }
        }
        Verdict::Go
    }
}
