//! L1 norm: each pixel counts by its distance, however far it is.
//!
//! **Objective.** `Σ |x − m|` over the pixels x and their reconstructed values m, `M = W H`, with
//! `W, H ≥ 0`. A residual r up to ε counts `r² / 2ε`, a larger one `|r| − ε/2`, where ε is a fiftieth
//! of the root mean square of X: this is Huber's loss with a small threshold, divided by it. The
//! plain sum has no derivative where a pixel is exact.
//!
//! **Update, guarantee, start, unknown pixels and cost** are those of `huber` with δ = ε. So small a
//! threshold needs many iterations.
//!
//! **Source.** N. Guan, D. Tao, Z. Luo, J. Shawe-Taylor, *`MahNMF`: Manhattan non-negative matrix
//! factorization*, 2012 (objective); H. A. L. Kiers, *Weighted least squares fitting using ordinary
//! least squares algorithms*, 1997 (updates).

use crate::kernel::{Factor, PackedGram};
use crate::nmf::half_step::HalfStep;
use crate::nmf::loss::{Loss, LossSums};
use crate::nmf::rule::{RuleFacts, UpdateRule};

/// The residual ε below which pixels count by their square, as a fraction of the root mean square
/// of X.
const LEAST_RESIDUAL: f64 = 0.02;

/// The rule during a run.
pub(crate) struct L1Rule;

impl UpdateRule for L1Rule {
    fn facts(&self) -> RuleFacts {
        RuleFacts {
            loss: Loss::L1,
            supports_masks: true,
            starts_with_default_rule: true,
            ..RuleFacts::default()
        }
    }

    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (LossSums, PackedGram) {
        let least = LEAST_RESIDUAL * f64::from(step.brightness);
        let (mut loss, gram) = step.by_clipped_sweeps(own, least);
        loss.own /= least;
        (loss, gram)
    }
}
