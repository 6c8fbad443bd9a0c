//! Multiplicative updates for the squared error and the other β-divergences.
//!
//! **Objective.** `Σ d(x, m)` over the pixels x and their reconstructed values m, `M = W H`, with
//! `W, H ≥ 0`:
//!
//! | β | d(x, m) | |
//! | --- | --- | --- |
//! | 2 | `½ (x − m)²` | squared error (Frobenius) |
//! | 1 | `x ln(x / m) − x + m` | Kullback–Leibler: pixels are counts, dark pixels matter more |
//! | 0 | `x / m − ln(x / m) − 1` | Itakura–Saito: only the ratio of x and m matters |
//! | other | `(x^β + (β − 1) m^β − β x m^(β−1)) / (β (β − 1))` | between and beyond |
//!
//! **Update.** `W ← W ∘ ((X ∘ M^(β−2)) Hᵀ / (M^(β−1) Hᵀ))^γ`, powers and ∘ element by element,
//! where γ is 1 / (2 − β) for β < 1, 1 / (β − 1) for β > 2, and 1 otherwise; the same for H on Xᵀ,
//! with the new W.
//!
//! **Guarantee.** The objective never rises, up to rounding. If both factors stay above 0 it
//! converges to a stationary point, but slowly. A value of 0 stays 0, so zeros of a start are
//! replaced (see [`Init`]), except in given starts.
//!
//! **Unknown pixels** are in none of the sums, neither in numerators nor in denominators; with a
//! mask, M is formed for β = 2 too.
//!
//! **Fixed parts** of H are not multiplied.
//!
//! **Zeros.** A pixel of 0 has no finite divergence for β ≤ 0 and is an error there; for β > 0, 0
//! ln 0 = 0. In powers m is at least 1.2e-7 of the root mean square of X, and values of W and H
//! below 2.2e-16 of the root of it become 0.
//!
//! **Cost** per iteration: for β = 2 `4 n p k` multiplications and additions for the products and
//! `2 (n + p) k²`. Otherwise M is formed three times (for W, for H, for the objective) at `2 n p k`
//! each: for β = 1 `10 n p k` in total and one logarithm per pixel, else `14 n p k`, and four
//! powers per pixel unless β is 0.
//!
//! **Rounding.** Products with bytes are made in floats: with rounded integers, 50 iterations from one start
//! ended up to 5e-5 away from those of a program in double precision, with floats 4e-6.
//!
//! **Source.** D. Lee, S. Seung, *Algorithms for non-negative matrix factorization*, 2001 (β = 1,
//! 2); C. Févotte, J. Idier, *Algorithms for nonnegative matrix factorization with the
//! β-divergence*, 2011 (all β, and γ).
//!
//! [`Init`]: crate::nmf::Init

use crate::kernel::{Factor, Lanes, PackedGram, gram_products, scale};
use crate::nmf::half_step::HalfStep;
use crate::nmf::loss::{BetaLoss, Loss, LossSums};
use crate::nmf::rule::{RuleFacts, UpdateRule};

/// The rule during a run.
pub(crate) struct MuRule(pub(crate) BetaLoss);

/// Parses β as it is written after `mu:`.
pub(crate) fn parse(text: &str) -> Option<BetaLoss> {
    match text {
        "kl" => Some(BetaLoss::KULLBACK_LEIBLER),
        "is" => Some(BetaLoss::ITAKURA_SAITO),
        _ => BetaLoss::new(text.parse().ok()?),
    }
}

/// Returns β as it is written after `mu:`; empty for the squared error, which is the default.
pub(crate) fn written(loss: BetaLoss) -> String {
    match loss {
        BetaLoss::FROBENIUS => String::new(),
        BetaLoss::KULLBACK_LEIBLER => "kl".to_owned(),
        BetaLoss::ITAKURA_SAITO => "is".to_owned(),
        _ => loss.beta().to_string(),
    }
}

impl MuRule {
    /// Returns the exponent γ of the update.
    fn exponent(&self) -> f32 {
        let beta = self.0.beta();
        let exponent = match beta {
            ..1.0 => 1.0 / (2.0 - beta),
            1.0..=2.0 => 1.0,
            _ => 1.0 / (beta - 1.0),
        };
        exponent as f32
    }

    /// Multiplies each value of `rows` by its quotient to the power γ; values below `least` become
    /// 0.
    fn multiply(
        &self,
        rows: &mut [Lanes],
        numerators: &[Lanes],
        denominators: &[Lanes],
        least: f32,
    ) {
        let exponent = self.exponent();
        for ((row, numerators), denominators) in rows.iter_mut().zip(numerators).zip(denominators) {
            let quotients = numerators.0.iter().zip(&denominators.0).map(|(n, d)| n / d);
            for (value, mut quotient) in row.0.iter_mut().zip(quotients) {
                if exponent < 1.0 {
                    quotient = quotient.powf(exponent);
                }
                let new = *value * quotient;
                // The comparison is false for 0 / 0 too.
                *value = if new > least { new } else { 0.0 };
            }
        }
    }
}

impl UpdateRule for MuRule {
    fn facts(&self) -> RuleFacts {
        RuleFacts {
            loss: Loss::Beta(self.0),
            supports_masks: true,
            keeps_fixed_parts: true,
            supports_weights: self.0 == BetaLoss::FROBENIUS,
            keeps_zeros: true,
            multiplies_floats: true,
            ..RuleFacts::default()
        }
    }

    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (LossSums, PackedGram) {
        let least = step.least();
        let first = own.fixed_parts();
        let is_squared_error = self.0 == BetaLoss::FROBENIUS;
        // The products alone give the denominators only for the squared error, and only without a
        // mask.
        if !is_squared_error || step.x.has_unknown() {
            let mut loss = step.by_quotient(own, self.0.divergence(), |rows, quotient| {
                self.multiply(
                    &mut rows[first..],
                    &quotient.numerators[first..],
                    &quotient.denominators[first..],
                    least,
                );
            });
            if is_squared_error {
                // There is no penalty; the divergence is the squared error again.
                loss.own = 0.0;
            }
            return (loss, step.pack_and_gram(own));
        }
        step.by_panel(own, |panel, products| {
            scale(products, &step.gram.inverse);
            let mut denominators = vec![Lanes::ZERO; products.len()];
            gram_products(&panel.lead, step.gram, &mut denominators);
            self.multiply(
                &mut panel.lead[first..],
                &products[first..],
                &denominators[first..],
                least,
            );
            panel.values.copy_from_slice(&panel.lead);
            step.loss(&panel.lead, products, step.gram)
        })
    }
}
