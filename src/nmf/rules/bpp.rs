//! Alternating non-negative least squares by block principal pivoting.
//!
//! **Objective.** `½ ‖X − W H‖²` over `W, H ≥ 0`.
//!
//! **Update** of W with H fixed: the weights of each image become the exact minimum `argmin ‖x − w H‖² over w ≥ 0`, that
//! is `w ≥ 0`, `w G − a ≥ 0` and `w · (w G − a) = 0` with `a = x Hᵀ` and `G = H Hᵀ`. The same for H on Xᵀ. The search
//! starts from the set of weights that were positive before. A ridge of 1e-10 of each `G_ll` makes the minimum unique if
//! parts are equal or linearly dependent.
//!
//! **Guarantee.** The error never rises, up to rounding, and every limit point is stationary. A dead part is replaced, at
//! most as often per run as there are parts.
//!
//! **Cost** per iteration: `4 n p k` multiplications and additions for the products; `k³ / 3` per image and pixel for
//! each of a few factorisations, fewer if neighbours in memory share them.
//!
//! **Source.** H. Kim, H. Park, *Nonnegative matrix factorization based on alternating nonnegativity constrained least
//! squares and active set method*, 2008; J. Kim, H. Park, *Fast nonnegative matrix factorization: an active-set-like
//! method and comparisons*, 2011.

use ndarray::Array2;

use crate::kernel::{Factor, Lanes, PackedGram, WIDTH, scale};
use crate::linalg::Nnls;
use crate::nmf::half_step::HalfStep;
use crate::nmf::loss::LossSums;
use crate::nmf::rule::{RuleFacts, UpdateRule};

/// The rule at work.
pub(crate) struct BppRule;

impl UpdateRule for BppRule {
    fn facts(&self) -> RuleFacts {
        RuleFacts {
            revives_dead_parts: true,
            ..RuleFacts::default()
        }
    }

    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (LossSums, PackedGram) {
        let gram = step.fixed_gram();
        let (problem, gram) = (Nnls::new(&gram), PackedGram::of(&gram));
        step.by_panel(own, |panel, products| {
            solve(&problem, products, &mut panel.lead);
            panel.values.copy_from_slice(&panel.lead);
            scale(products, &gram.inverse);
            step.loss(&panel.lead, products, &gram)
        })
    }
}

/// Solves for the rows of a panel, which are stored side by side.
fn solve(problem: &Nnls, products: &[Lanes], factor: &mut [Lanes]) {
    let mut solutions = side_by_side(factor);
    problem.solve(&side_by_side(products), &mut solutions);
    for ((at, l), &value) in solutions.indexed_iter() {
        factor[l].0[at] = value as f32;
    }
}

/// Returns the rows of a panel as a matrix, ([`WIDTH`], rank).
fn side_by_side(rows: &[Lanes]) -> Array2<f64> {
    Array2::from_shape_fn((WIDTH, rows.len()), |(at, l)| f64::from(rows[l].0[at]))
}
