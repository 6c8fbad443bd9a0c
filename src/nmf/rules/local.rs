//! Local non-negative matrix factorisation (LNMF): parts that share few pixels.
//!
//! **Objective**, by its authors, `Σ x ln(x / m) − x + m` with `M = W H`, plus a multiple of the parts' inner products,
//! less a multiple of ‖W‖², over `W, H ≥ 0` with each part adding up to 1. Neither multiple is in the updates: what is
//! reported as the objective is the divergence alone.
//!
//! **Update** `W ← √(W ∘ (X / M) Hᵀ)`, then `H ← H ∘ Wᵀ (X / M) / Wᵀ 1`, then each part of H is divided by its sum.
//!
//! **Guarantee.** None: neither the objective nor the error falls at every step. And it does not fit the data: the root
//! has no regard for the scale of X, so that the images come out of their weights too dark by far and the error is high.
//! The parts are what it is for; they go on changing when the objective, which is mostly missing light, hardly moves any
//! more, so that no tolerance ends a fit.
//!
//! **Cost** of an iteration: `10 n p k` multiplications and additions and a logarithm a pixel, as for multiplicative
//! updates with β = 1. A value of 0 stays 0.
//!
//! **Source.** S. Li, X. Hou, H. Zhang, Q. Cheng, *Learning spatially localized, parts-based representation*, 2001.

use crate::kernel::{Divergence, Factor, Lanes, PackedGram};
use crate::nmf::half_step::{Half, HalfStep};
use crate::nmf::loss::Loss;
use crate::nmf::rule::UpdateRule;

/// The rule at work.
pub(crate) struct LocalRule;

impl UpdateRule for LocalRule {
    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (Loss, PackedGram) {
        // Weights are in the unit of X, which the square root would halve the power of.
        let (unit, least) = (step.unit as f32, step.least());
        let new = |value: f32, sum: f32, part_sum: f32| match step.half {
            Half::Weights => (unit * value * sum).sqrt(),
            Half::Basis if part_sum > 0.0 => value * sum / part_sum,
            Half::Basis => 0.0,
        };
        let loss = step.by_quotient(
            own,
            Divergence::KullbackLeibler,
            |rows: &mut [Lanes], quotient| {
                for ((row, sums), part_sums) in rows
                    .iter_mut()
                    .zip(&quotient.numerators)
                    .zip(&quotient.denominators)
                {
                    for ((value, &sum), &part_sum) in
                        row.0.iter_mut().zip(&sums.0).zip(&part_sums.0)
                    {
                        let new = new(*value, sum, part_sum);
                        *value = if new > least { new } else { 0.0 };
                    }
                }
            },
        );
        if step.half == Half::Basis {
            let scale = |sum: f64| if sum > 0.0 { (1.0 / sum) as f32 } else { 0.0 };
            own.scale(&own.part_sums().into_iter().map(scale).collect::<Vec<_>>());
        }
        (loss, step.pack_and_gram(own))
    }

    fn objective(&self, _squared_error: f64, own: f64) -> f64 {
        own
    }

    fn degree(&self) -> f64 {
        1.0
    }

    fn is_scale_free(&self) -> bool {
        false
    }

    fn settles(&self) -> bool {
        false
    }

    fn keeps_zeros(&self) -> bool {
        true
    }
}
