//! Hierarchical alternating least squares (HALS), accelerated and extrapolated.
//!
//! **Objective.** `½ ‖X − W H‖²` plus the penalties, over `W, H ≥ 0`.
//!
//! **Update** of the weights of part l with all others fixed, where `A = X Hᵀ` and `G = H Hᵀ`:
//! `w_l ← max(0, w_l + (A_l − Σ_j w_j G_jl) / G_ll)`, the exact minimum over that column. A *sweep*
//! does this for l = 1..k. Up to `sweeps` sweeps follow each other, with as many multiplications as
//! the products A at most; for a panel of 64 images they end as soon as one changes less than a
//! hundredth (squared) of what the first one changed. The same for H on Xᵀ. With *extrapolation*
//! the next step starts at `max(0, W + β (W − W_previous))`: β grows while the error falls; when it
//! rises, β is reduced and the next step starts at the new weights without extrapolation. Within a
//! step each sweep but the first is extrapolated likewise, always with β = 0.4, unless overlap is
//! penalised.
//!
//! **Unknown pixels** are filled with the product of the factors before each half step, and the
//! filled X is treated as known (H. A. L. Kiers, *Weighted least squares fitting using ordinary
//! least squares algorithms*, 1997): lowering the error on it lowers the error on the known pixels,
//! which is the one that is reported, at least as much.
//!
//! **Penalties** (see [`Penalties`]) are part of the objective. Those on values reduce A by their
//! `l1` and increase the diagonal of G by their `l2`. The penalty L on overlap replaces `G_ab` by
//! `G_ab + L √(G_aa G_bb)` off the diagonal in the update of the basis, where G is `Wᵀ W`.
//! Extrapolation begins once L no longer changes.
//!
//! **Fixed parts** are left out of the sweeps over H and count in all products. Extrapolation does not
//! move them, since they do not change.
//!
//! **Guarantee.** Without extrapolation the objective never rises, up to rounding, and every limit
//! point is stationary unless a part vanishes. With extrapolation it can rise for an iteration, and
//! with a penalty on overlap too, which the update of the weights ignores. Factors are never
//! negative. Without penalties on values a dead part is replaced, at most as often per run as there
//! are parts.
//!
//! **Cost** per iteration: `4 n p k` multiplications and additions for the products and
//! `2 (n + p) k²` per sweep, of which at most `p / k` are made over W and `n / k` over H;
//! in total proportional to `n p k`. Unknown pixels take up to `6 n p k` more, for filling columns
//! with unknown pixels, 64 rows at a time, and for the error.
//!
//! **Source.** A. Cichocki, R. Zdunek, S. Amari, *Hierarchical ALS algorithms for nonnegative
//! matrix and 3D tensor factorization*, 2007; N. Gillis, F. Glineur, *Accelerated multiplicative
//! updates and hierarchical ALS algorithms for nonnegative matrix factorization*, 2012 (sweeps); A.
//! M. S. Ang, N. Gillis, *Accelerating nonnegative matrix factorization algorithms using
//! extrapolation*, 2019.

use ndarray::Array2;

use crate::kernel::{
    Factor, MAX_SWEEPS, PackedGram, extrapolate, lower, power_sums, scale, sweep_until_converged,
};
use crate::nmf::half_step::{Half, HalfStep};
use crate::nmf::loss::LossSums;
use crate::nmf::penalties::{Overlap, Penalties, ValuePenalty, pairs};
use crate::nmf::rule::{RuleFacts, UpdateRule, Verdict};
use crate::nmf::stop::Iteration;

/// The first β, its growth while the error falls, and its divisor when the error rises.
const FIRST_BETA: f64 = 0.5;
const GROWTH: f64 = 1.01;
const CUT: f64 = 1.5;
/// The growth of the bound on β, up to 1.
const BOUND_GROWTH: f64 = 1.005;
/// How far a sweep starts beyond the one before it, in changes of that one.
const MOMENTUM: f32 = 0.4;

/// The settings of the rule; the defaults were the fastest in benchmarks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hals {
    /// The most sweeps per update; 0 counts as 1. Sweeps that would take longer than the products
    /// are not made.
    pub sweeps: usize,
    /// Whether steps are extrapolated.
    pub extrapolation: bool,
    /// The penalties that are added to the squared error.
    pub penalties: Penalties,
}

impl Default for Hals {
    fn default() -> Self {
        Self {
            sweeps: MAX_SWEEPS,
            extrapolation: true,
            penalties: Penalties::default(),
        }
    }
}

impl Hals {
    /// Returns the rule as first published: one sweep per update, no extrapolation.
    #[must_use]
    pub fn plain() -> Self {
        Self {
            sweeps: 1,
            extrapolation: false,
            ..Self::default()
        }
    }
}

/// The rule during a run.
pub(crate) struct HalsRule {
    settings: Hals,
    beta: f64,
    bound: f64,
    last_objective: Option<f64>,
    /// The strength of the penalty on overlap in the last update of the basis.
    overlap: f64,
}

impl HalsRule {
    pub(crate) fn new(settings: Hals) -> Self {
        let overlap = settings.penalties.overlap.at(1);
        Self {
            settings,
            beta: 0.0,
            bound: 1.0,
            last_objective: None,
            overlap,
        }
    }

    /// Returns the first iteration after the penalty on overlap has reached its final strength.
    fn steady_from(&self) -> usize {
        if self.settings.penalties.overlap.is_tapered() {
            Overlap::TAPER + 2
        } else {
            1
        }
    }

    /// Returns the Gram matrix of a half step with the penalties; `None` if they add nothing.
    fn penalised(&self, step: &HalfStep, l2: f64) -> Option<PackedGram> {
        let overlap = if step.half == Half::Basis {
            self.overlap
        } else {
            0.0
        };
        if l2 == 0.0 && overlap == 0.0 {
            return None;
        }
        let squares: Vec<f64> = step.gram.diagonal.iter().map(|&d| d.into()).collect();
        Some(
            step.gram
                .plus(&(overlap * pairs(&squares) + l2 * Array2::eye(squares.len()))),
        )
    }

    /// Returns the penalties on the basis and on the overlap, given the new weights.
    fn basis_penalty(&self, step: &HalfStep, weights: &Factor) -> f64 {
        let penalties = &self.settings.penalties;
        let ValuePenalty { l1, l2 } = penalties.of(Half::Basis, step.size, step.unit);
        let gram = step.gram.matrix();
        let overlap = pairs(&step.squares(weights)) * &gram;
        l1 * step.fixed.part_sums().iter().sum::<f64>()
            + 0.5 * (l2 * gram.diag().sum() + self.overlap * overlap.sum())
    }
}

impl UpdateRule for HalsRule {
    fn facts(&self) -> RuleFacts {
        let Penalties {
            alpha_w, alpha_h, ..
        } = self.settings.penalties;
        let values_are_free = alpha_w == 0.0 && alpha_h == 0.0;
        RuleFacts {
            penalties: Some(self.settings.penalties),
            supports_masks: true,
            keeps_fixed_parts: true,
            supports_weights: !self.settings.penalties.any(),
            is_scale_free: values_are_free,
            // With a penalty on values the best part may be 0.
            revives_dead_parts: values_are_free,
            steady_from: self.steady_from(),
            ..RuleFacts::default()
        }
    }

    fn unwritten_settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("sweeps", self.settings.sweeps.to_string()),
            ("extrapolation", self.settings.extrapolation.to_string()),
        ]
    }

    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (LossSums, PackedGram) {
        let penalties = &self.settings.penalties;
        let ValuePenalty { l1, l2 } = penalties.of(step.half, step.size, step.unit);
        let penalised = self.penalised(step, l2);
        let gram = penalised.as_ref().unwrap_or(step.gram);
        let held = (own.fixed_parts() > 0).then(|| gram.holding(own.fixed_parts()));
        let gram = held.as_ref().unwrap_or(gram);
        let sweeps = step.affordable_sweeps(self.settings.sweeps);
        // With a penalty on overlap parts compete for pixels, and a step ahead decides that too early.
        let momentum = if self.settings.extrapolation && self.overlap == 0.0 {
            MOMENTUM
        } else {
            0.0
        };
        let (mut loss, next) = step.by_panel(own, |panel, products| {
            if l1 > 0.0 {
                lower(products, l1 as f32);
            }
            scale(products, &gram.inverse);
            sweep_until_converged(&mut panel.lead, products, gram, sweeps, momentum);
            let mut loss = step.loss(&panel.lead, products, gram);
            if step.half == Half::Weights && l1 + l2 > 0.0 {
                let (sum, squares) = power_sums(&panel.lead);
                loss.own = l1 * sum + 0.5 * l2 * squares;
                // The loss above is that of the penalised products and Gram matrix.
                loss.squared -= 2.0 * loss.own;
            }
            extrapolate(&mut panel.lead, &mut panel.values, self.beta as f32);
            loss
        });
        if step.half == Half::Weights && self.settings.penalties.any() {
            loss.own += self.basis_penalty(step, own);
        }
        (loss, next)
    }

    fn observe(&mut self, iteration: &Iteration) -> Verdict {
        self.overlap = self.settings.penalties.overlap.at(iteration.iteration);
        if !self.settings.extrapolation || iteration.iteration < self.steady_from() {
            return Verdict::Continue;
        }
        match self.last_objective.replace(iteration.objective) {
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
        Verdict::Continue
    }

    fn state(&self) -> Vec<f64> {
        [self.beta, self.bound]
            .into_iter()
            .chain(self.last_objective)
            .collect()
    }

    fn restore(&mut self, state: &[f64]) -> bool {
        let &[beta, bound, ref last @ ..] = state else {
            return false;
        };
        (self.beta, self.bound, self.last_objective) = (beta, bound, last.first().copied());
        last.len() < 2
    }
}
