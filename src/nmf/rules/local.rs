//! Local non-negative matrix factorisation (LNMF): parts that share few pixels.
//!
//! **Objective.** Of the source: `Σ x ln(x / m) − x + m` with `M = W H`, plus a multiple of the
//! inner products of the parts, minus a multiple of ‖W‖², over `W, H ≥ 0` where each part adds up
//! to 1. The updates contain neither multiple; the reported objective is the divergence only.
//!
//! **Update.** `W ← √(W ∘ (X / M) Hᵀ)`, then `H ← H ∘ Wᵀ (X / M) / Wᵀ 1`, then each part of H is
//! divided by its sum.
//!
//! **Guarantee.** None: neither the objective nor the error falls in every step, and the fit is
//! poor. The square root ignores the scale of X, so the reconstructions are much too dark and the
//! error is high. The purpose of the rule is the parts, which go on changing when the objective
//! hardly does; therefore a tolerance does not end a fit.
//!
//! **Cost** per iteration: `10 n p k` multiplications and additions and one logarithm per pixel, as
//! for multiplicative updates with β = 1. A value of 0 stays 0.
//!
//! **Source.** S. Li, X. Hou, H. Zhang, Q. Cheng, *Learning spatially localized, parts-based
//! representation*, 2001.

use crate::kernel::{Divergence, Factor, PackedGram};
use crate::nmf::half_step::{Half, HalfStep};
use crate::nmf::loss::{BetaLoss, Loss, LossSums};
use crate::nmf::rule::{RuleFacts, UpdateRule};

/// The rule during a run.
pub(crate) struct LocalRule;

impl UpdateRule for LocalRule {
    fn facts(&self) -> RuleFacts {
        RuleFacts {
            loss: Loss::Beta(BetaLoss::KULLBACK_LEIBLER),
            keeps_zeros: true,
            is_scale_free: false,
            converges_with_objective: false,
            ..RuleFacts::default()
        }
    }

    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (LossSums, PackedGram) {
        let (unit, least) = (step.unit as f32, step.least());
        let loss = step.by_quotient(own, Divergence::KullbackLeibler, |rows, quotient| {
            for (l, row) in rows.iter_mut().enumerate() {
                let (sums, part_sums) = (&quotient.numerators[l].0, &quotient.denominators[l].0);
                for (at, value) in row.0.iter_mut().enumerate() {
                    let new = match step.half {
                        // The weights have the unit of X; the square root would take the root of
                        // the unit too.
                        Half::Weights => (unit * *value * sums[at]).sqrt(),
                        Half::Basis if part_sums[at] > 0.0 => *value * sums[at] / part_sums[at],
                        Half::Basis => 0.0,
                    };
                    *value = if new > least { new } else { 0.0 };
                }
            }
        });
        if step.half == Half::Basis {
            let mut scales = Vec::with_capacity(own.rank());
            for sum in own.part_sums() {
                scales.push(if sum > 0.0 { (1.0 / sum) as f32 } else { 0.0 });
            }
            own.scale(&scales);
        }
        (loss, step.pack_and_gram(own))
    }
}
