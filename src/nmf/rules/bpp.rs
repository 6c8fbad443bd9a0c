//! Alternating least squares over factors of 0 or more, each half solved exactly by block principal pivoting.
//!
//! **Objective** `½ ‖X − W H‖²` over `W, H ≥ 0`.
//!
//! **Update** of W with H fixed: each image's weights are the exact minimum `w ← argmin ‖x − w H‖² over w ≥ 0`, that is
//! `w ≥ 0`, `w G − a ≥ 0` and `w · (w G − a) = 0` with `a = x Hᵀ` and `G = H Hᵀ`. The same for H on Xᵀ. What was
//! positive before is tried as the set of positive weights first. A ridge of 1e-10 of each `G_ll` makes the minimum the
//! only one where parts are equal or depend on one another.
//!
//! **Guarantee.** The error never rises, but for rounding, and every limit point is stationary. A part that vanished
//! begins anew, at most as often in a run as there are parts.
//!
//! **Cost** of an iteration: `4 n p k` multiplications and additions for the products; for each image and each pixel
//! `k³ / 3` for a factorisation, of which a few are needed, fewer where neighbours in memory share theirs.
//!
//! **Source.** H. Kim, H. Park, *Nonnegative matrix factorization based on alternating nonnegativity constrained least
//! squares and active set method*, 2008; J. Kim, H. Park, *Fast nonnegative matrix factorization: an active-set-like
//! method and comparisons*, 2011.

use ndarray::Array2;

use crate::kernel::{Factor, Lanes, PackedGram, WIDTH, scale};
use crate::linalg::Nnls;
use crate::nmf::half_step::HalfStep;
use crate::nmf::loss::Loss;
use crate::nmf::rule::UpdateRule;

/// The rule at work.
pub(crate) struct BppRule;

impl UpdateRule for BppRule {
    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (Loss, PackedGram) {
        let gram = step.fixed_gram();
        let (problem, gram) = (Nnls::new(&gram), PackedGram::of(&gram));
        step.by_panel(own, |panel, products| {
            solve(&problem, products, &mut panel.lead);
            panel.values.copy_from_slice(&panel.lead);
            scale(products, &gram.inverse);
            step.loss(&panel.lead, products, &gram)
        })
    }

    fn revives(&self) -> bool {
        true
    }
}

/// Solves for the rows of a panel, which lie side by side.
fn solve(problem: &Nnls, products: &[Lanes], factor: &mut [Lanes]) {
    let side_by_side = |rows: &[Lanes]| {
        Array2::from_shape_fn((WIDTH, rows.len()), |(at, l)| f64::from(rows[l].0[at]))
    };
    let mut solutions = side_by_side(factor);
    problem.solve(&side_by_side(products), &mut solutions);
    for ((at, l), &value) in solutions.indexed_iter() {
        factor[l].0[at] = value as f32;
    }
}
