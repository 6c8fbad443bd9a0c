//! Hierarchical alternating least squares, accelerated and extrapolated.
//!
//! **Objective** `½ ‖X − W H‖²` over `W, H ≥ 0`.
//!
//! **Update** of the weights of part l, all others fixed, with `A = X Hᵀ` and `G = H Hᵀ`:
//! `w_l ← max(0, w_l + (A_l − Σ_j w_j G_jl) / G_ll)`, the exact minimum over that column. A *sweep* does this for
//! l = 1..k; up to `sweeps` of them follow one another, as many as cost about what the products A do, and stop for a run
//! of 64 images as soon as one changes less than a hundredth (squared) of what the first changed. The same for H on Xᵀ.
//! With *extrapolation* the next step starts at `max(0, W + β (W − W_previous))`: β grows while the error falls; when
//! it rises β is cut, and the next step starts at the new weights without the look ahead.
//!
//! **Unknown pixels** are filled before each half step with what the factors give for them, and the filled X is taken for
//! the whole (H. A. L. Kiers, *Weighted least squares fitting using ordinary least squares algorithms*, 1997): what lowers
//! the error on it lowers the error on the known pixels at least as much, which is the error that is told.
//!
//! **Penalties** (see [`Penalties`]) are part of the objective. Those of scikit-learn lower A by their `l1` and raise the
//! diagonal of G by their `l2`. The one on overlap, L, raises `G_ab` to `G_ab + L √(G_aa G_bb)` off the diagonal in the
//! update of the basis, where G is `Wᵀ W`: two weights count as more alike than they are. Steps look ahead only once L
//! no longer changes.
//!
//! **Guarantee.** Without extrapolation the objective never rises, but for rounding, and every limit point is stationary
//! as long as no part vanishes. With it, it may rise for an iteration; with a penalty on overlap too, which the update
//! of the weights leaves out. Factors are never negative. Without penalties on the values a part that vanished begins
//! anew, at most as often in a run as there are parts.
//!
//! **Cost** of an iteration: `4 n p k` multiplications and additions for the products, `2 (n + p) k²` a sweep, of which
//! at most `2 p / 3 k` are made over W and `2 n / 3 k` over H: all in all it grows with `n p k`. With unknown pixels up to
//! `6 n p k` more: the filling of columns that have some, for 64 rows at a time, and the error.
//!
//! **Source.** A. Cichocki, R. Zdunek, S. Amari, *Hierarchical ALS algorithms for nonnegative matrix and 3D tensor
//! factorization*, 2007; N. Gillis, F. Glineur, *Accelerated multiplicative updates and hierarchical ALS algorithms
//! for nonnegative matrix factorization*, 2012 (sweeps); A. M. S. Ang, N. Gillis, *Accelerating nonnegative matrix
//! factorization algorithms using extrapolation*, 2019.

use ndarray::Array2;

use crate::kernel::{
    Factor, MAX_SWEEPS, PackedGram, extrapolate, lower, power_sums, scale, sweep_until_converged,
};
use crate::nmf::half_step::{Half, HalfStep};
use crate::nmf::loss::Loss;
use crate::nmf::penalties::{Overlap, Penalties, pairs};
use crate::nmf::rule::{UpdateRule, Verdict};
use crate::nmf::stop::Iteration;

/// The first β, how it grows while the error falls, and by what it is divided when the error rises.
const FIRST_BETA: f64 = 0.5;
const GROWTH: f64 = 1.01;
const CUT: f64 = 1.5;
/// How the bound on β grows, up to 1.
const BOUND_GROWTH: f64 = 1.005;

/// Settings of the rule; the defaults are the measured best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hals {
    /// The most sweeps of an update; at least one is made, and none that would cost more than the products.
    pub sweeps: usize,
    /// Whether steps start beyond the last one's end.
    pub extrapolation: bool,
    /// What is added to the squared error.
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
    /// One sweep an update, no extrapolation: the rule as first published.
    #[must_use]
    pub fn plain() -> Self {
        Self {
            sweeps: 1,
            extrapolation: false,
            ..Self::default()
        }
    }
}

/// The rule at work.
pub(crate) struct HalsRule {
    settings: Hals,
    beta: f64,
    bound: f64,
    last_objective: Option<f64>,
    /// The strength of the penalty on overlap that the basis was last updated with.
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

    /// The Gram matrix of a half step with what the penalties add; none where they add nothing.
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

    /// What the basis adds to the objective beside these weights.
    fn basis_penalty(&self, step: &HalfStep, weights: &Factor) -> f64 {
        let (l1, l2) = self
            .settings
            .penalties
            .of(Half::Basis, step.size, step.unit);
        let gram = step.gram.matrix();
        let overlap = pairs(&step.squares(weights)) * &gram;
        l1 * step.fixed.part_sums().iter().sum::<f64>()
            + 0.5 * (l2 * gram.diag().sum() + self.overlap * overlap.sum())
    }
}

impl UpdateRule for HalsRule {
    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (Loss, PackedGram) {
        let (l1, l2) = self.settings.penalties.of(step.half, step.size, step.unit);
        let penalised = self.penalised(step, l2);
        let gram = penalised.as_ref().unwrap_or(step.gram);
        let sweeps = step.affordable_sweeps(self.settings.sweeps);
        let (mut loss, next) = step.by_panel(own, |panel, products| {
            if l1 > 0.0 {
                lower(products, l1 as f32);
            }
            scale(products, &gram.inverse);
            sweep_until_converged(&mut panel.lead, products, gram, sweeps);
            let mut loss = step.loss(&panel.lead, products, gram);
            if step.half == Half::Weights && l1 + l2 > 0.0 {
                let (sum, squares) = power_sums(&panel.lead);
                loss.own = l1 * sum + 0.5 * l2 * squares;
                // The share was that of the changed products and Gram matrix.
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

    fn is_scale_free(&self) -> bool {
        let Penalties {
            alpha_w, alpha_h, ..
        } = self.settings.penalties;
        alpha_w == 0.0 && alpha_h == 0.0
    }

    fn revives(&self) -> bool {
        // Where values cost something, a part may do best to be none.
        self.is_scale_free()
    }

    fn steady_from(&self) -> usize {
        if self.settings.penalties.overlap.is_tapered() {
            Overlap::TAPER + 2
        } else {
            1
        }
    }

    fn observe(&mut self, iteration: &Iteration) -> Verdict {
        self.overlap = self.settings.penalties.overlap.at(iteration.iteration);
        if !self.settings.extrapolation || iteration.iteration < self.steady_from() {
            return Verdict::Go;
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
        Verdict::Go
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
