//! Multiplicative updates, for the squared error and every other β-divergence.
//!
//! **Objective** `Σ d(x, m)` over the pixels x and their rebuilt values m, `M = W H`, with `W, H ≥ 0`:
//!
//! | β | d(x, m) | |
//! | --- | --- | --- |
//! | 2 | `½ (x − m)²` | squared error (Frobenius) |
//! | 1 | `x ln(x / m) − x + m` | Kullback–Leibler: a pixel is a count of light, dark ones matter more |
//! | 0 | `x / m − ln(x / m) − 1` | Itakura–Saito: only the ratio of x and m matters |
//! | else | `(x^β + (β − 1) m^β − β x m^(β−1)) / (β (β − 1))` | between and beyond |
//!
//! **Update** `W ← W ∘ ((X ∘ M^(β−2)) Hᵀ / (M^(β−1) Hᵀ))^γ`, powers and ∘ value by value, with γ = 1 / (2 − β) below
//! β = 1, 1 / (β − 1) above 2, and 1 between; the same for H on Xᵀ, with the new W.
//!
//! **Guarantee.** The objective never rises, but for rounding. Where both factors stay above 0 that leads to a
//! stationary point, but slowly. A value of 0 stays 0: starts are therefore lifted off 0 (see [`Init`]), but for given
//! ones.
//!
//! **Unknown pixels** are in none of the sums, neither in numerators nor in denominators; for β = 2 too M is then made.
//!
//! **Zeros.** A black pixel has no finite distance for β ≤ 0 and is refused there; above, 0 ln 0 = 0. Powers take m for
//! no less than 1.2e-7 of the root mean square of X, and values of W and H below 2.2e-16 of its root become 0.
//!
//! **Cost** of an iteration: for β = 2 `4 n p k` multiplications and additions for the products and `2 (n + p) k²`; else
//! M is made three times (for W, for H, for the objective), and each is `2 n p k`: for β = 1 `10 n p k` in all and a
//! logarithm a pixel, else `14 n p k`, with four powers a pixel where β is neither 0 nor 1.
//!
//! **Source.** D. Lee, S. Seung, *Algorithms for non-negative matrix factorization*, 2001 (β = 1, 2); C. Févotte,
//! J. Idier, *Algorithms for nonnegative matrix factorization with the β-divergence*, 2011 (all β, and γ).
//!
//! [`Init`]: crate::nmf::Init

use std::ops::RangeInclusive;

use crate::kernel::{Divergence, Factor, Lanes, PackedGram, overlap, scale};
use crate::nmf::half_step::HalfStep;
use crate::nmf::loss::Loss;
use crate::nmf::rule::UpdateRule;

/// What multiplicative updates make small: the β-divergence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetaLoss(f64);

impl BetaLoss {
    /// Half the squared error, β = 2.
    pub const FROBENIUS: Self = Self(2.0);
    /// The Kullback–Leibler divergence, β = 1.
    pub const KULLBACK_LEIBLER: Self = Self(1.0);
    /// The Itakura–Saito divergence, β = 0; every pixel must be above 0.
    pub const ITAKURA_SAITO: Self = Self(0.0);
    /// The β that there are: powers beyond leave single precision.
    pub const RANGE: RangeInclusive<f64> = -2.0..=4.0;

    /// The β-divergence; none outside [`BetaLoss::RANGE`].
    #[must_use]
    pub fn new(beta: f64) -> Option<Self> {
        Self::RANGE.contains(&beta).then_some(Self(beta))
    }

    /// Its β.
    #[must_use]
    pub fn beta(self) -> f64 {
        self.0
    }

    /// Whether it is finite where a pixel is 0.
    #[must_use]
    pub fn allows_zeros(self) -> bool {
        self.0 > 0.0
    }
}

/// The rule at work.
pub(crate) struct MuRule {
    beta: f64,
    /// What is made small if it is not the squared error.
    divergence: Option<Divergence>,
    exponent: f32,
}

impl MuRule {
    pub(crate) fn new(loss: BetaLoss) -> Self {
        let beta = loss.beta();
        let divergence = match beta {
            2.0 => None,
            1.0 => Some(Divergence::KullbackLeibler),
            0.0 => Some(Divergence::ItakuraSaito),
            _ => Some(Divergence::Beta(beta)),
        };
        let exponent = match beta {
            ..1.0 => 1.0 / (2.0 - beta),
            1.0..=2.0 => 1.0,
            _ => 1.0 / (beta - 1.0),
        };
        Self {
            beta,
            divergence,
            exponent: exponent as f32,
        }
    }

    /// `w ← w (numerator / denominator)^γ`, and 0 where the denominator is.
    fn multiply(
        &self,
        rows: &mut [Lanes],
        numerators: &[Lanes],
        denominators: &[Lanes],
        least: f32,
    ) {
        for ((row, numerators), denominators) in rows.iter_mut().zip(numerators).zip(denominators) {
            let quotients = numerators.0.iter().zip(&denominators.0).map(|(n, d)| n / d);
            for (value, quotient) in row.0.iter_mut().zip(quotients) {
                let new = *value
                    * if self.exponent < 1.0 {
                        quotient.powf(self.exponent)
                    } else {
                        quotient
                    };
                // False for 0 / 0 too.
                *value = if new > least { new } else { 0.0 };
            }
        }
    }
}

impl UpdateRule for MuRule {
    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (Loss, PackedGram) {
        let least = step.least();
        // Only where all is known do products alone give the denominators of the squared error.
        let filled = step.x.has_unknown().then_some(Divergence::SquaredError);
        if let Some(divergence) = self.divergence.or(filled) {
            let loss = step.by_quotient(own, divergence, |rows, quotient| {
                self.multiply(rows, &quotient.numerators, &quotient.denominators, least);
            });
            return (loss, step.pack_and_gram(own));
        }
        step.by_panel(own, |panel, products| {
            scale(products, &step.gram.inverse);
            let mut overlaps = vec![Lanes::ZERO; products.len()];
            overlap(&panel.lead, step.gram, &mut overlaps);
            self.multiply(&mut panel.lead, products, &overlaps, least);
            panel.values.copy_from_slice(&panel.lead);
            step.loss(&panel.lead, products, step.gram)
        })
    }

    fn objective(&self, squared_error: f64, own: f64) -> f64 {
        if self.divergence.is_none() {
            0.5 * squared_error
        } else {
            own
        }
    }

    fn degree(&self) -> f64 {
        self.beta
    }

    fn keeps_zeros(&self) -> bool {
        true
    }
}
