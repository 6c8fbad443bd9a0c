//! Nonsmooth NMF (nsNMF): a smoothing between parts and weights makes both sharp.
//!
//! **Objective.** `½ ‖X − W S H‖²` over `W, H ≥ 0`, each row of H of length 1, with
//! `S = (1 − θ) I + θ/k 1 1ᵀ`, which moves each part, or each weight, by a fraction θ towards the
//! mean of all k. The larger θ, the sharper W and H must be to reconstruct the same images. H is
//! reported as the basis and W S as the weights, so their product reconstructs the images.
//!
//! **Update** of W with H fixed: sweeps of coordinate descent,
//! `w_l ← max(0, w_l + (A_l − Σ_j w_j G_jl) / G_ll)` for l = 1..k, with `A = X Hᵀ S` and
//! `G = S H Hᵀ S`. Of H with W fixed: the same steps with `A = S Wᵀ X` and `G = S Wᵀ W S`, after
//! each of which the part is scaled to length 1. The objective is `½ G_ll ‖h_l − z‖²` plus a
//! constant, where z is the unconstrained minimum, and `max(0, z)`, scaled, is the nearest vector
//! of length 1. If lengths were free, parts could vanish to avoid the smoothing. The source
//! minimises the Kullback–Leibler divergence by multiplicative updates and scales parts to a sum of
//! 1 after each, which is not part of its objective.
//!
//! **Guarantee.** The objective never rises, up to rounding.
//!
//! **Cost** per iteration: `4 n p k` multiplications and additions for the products, `2 (n + p) k²`
//! per sweep.
//!
//! **Source.** A. Pascual-Montano, J. M. Carazo, K. Kochi, D. Lehmann, R. D. Pascual-Marqui,
//! *Nonsmooth nonnegative matrix factorization (nsNMF)*, 2006; A. Cichocki, R. Zdunek, S. Amari,
//! *Hierarchical ALS algorithms for nonnegative matrix and 3D tensor factorization*, 2007 (sweeps).

use std::fmt;
use std::str::FromStr;

use ndarray::{Array2, Axis};

use crate::error::{Error, Result};
use crate::kernel::{
    Factor, Lanes, MAX_SWEEPS, PackedGram, WIDTH, partial_loss, scale, sweep_until_converged,
};
use crate::nmf::half_step::{Half, HalfStep};
use crate::nmf::loss::LossSums;
use crate::nmf::rule::{RuleFacts, UpdateRule};

/// The settings of the rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nonsmooth {
    theta: f64,
}

impl Nonsmooth {
    /// Returns the settings for θ from 0 (plain least squares) to below 1.
    ///
    /// # Errors
    /// If θ is below 0 or not below 1.
    pub fn new(theta: f64) -> Result<Self> {
        if (0.0..1.0).contains(&theta) {
            Ok(Self { theta })
        } else {
            Err(illegal(&theta.to_string()))
        }
    }

    /// Returns θ.
    #[must_use]
    pub fn theta(&self) -> f64 {
        self.theta
    }
}

/// θ = 0.5, the middle of the range in the source.
impl Default for Nonsmooth {
    fn default() -> Self {
        Self { theta: 0.5 }
    }
}

impl fmt::Display for Nonsmooth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.theta)
    }
}

impl FromStr for Nonsmooth {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::new(text.parse().map_err(|_| illegal(text))?)
    }
}

fn illegal(found: &str) -> Error {
    Error::RuleSetting {
        found: found.to_owned(),
        rule: "nonsmooth",
        allowed: "a number from 0 to below 1, as in nonsmooth:0.5",
    }
}

/// The rule during a run. The extrapolated weights are W, their values W S.
pub(crate) struct NonsmoothRule(pub(crate) Nonsmooth);

impl NonsmoothRule {
    /// Multiplies the rows of a panel by S.
    fn smooth(&self, rows: &mut [Lanes]) {
        let mut sum = Lanes::ZERO;
        for row in &*rows {
            (0..WIDTH).for_each(|at| sum.0[at] += row.0[at]);
        }
        let (keep, take) = (
            (1.0 - self.0.theta) as f32,
            (self.0.theta / rows.len() as f64) as f32,
        );
        for row in rows {
            (0..WIDTH).for_each(|at| row.0[at] = keep * row.0[at] + take * sum.0[at]);
        }
    }

    /// Returns `S G S`.
    fn smooth_gram(&self, gram: Array2<f64>) -> Array2<f64> {
        self.smooth_columns(self.smooth_columns(gram).reversed_axes())
    }

    /// Returns `S G`.
    fn smooth_columns(&self, gram: Array2<f64>) -> Array2<f64> {
        let take = gram.sum_axis(Axis(0)) * (self.0.theta / gram.nrows() as f64);
        gram * (1.0 - self.0.theta) + take
    }
}

impl UpdateRule for NonsmoothRule {
    fn facts(&self) -> RuleFacts {
        RuleFacts {
            is_scale_free: false,
            holds_products: true,
            ..RuleFacts::default()
        }
    }

    fn prepare(&self, weights: &mut Factor, basis: &mut Factor) {
        let lengths: Vec<f32> = basis
            .gram()
            .diag()
            .iter()
            .map(|&square| square.sqrt() as f32)
            .collect();
        let inverse: Vec<f32> = lengths
            .iter()
            .map(|&length| if length > 0.0 { 1.0 / length } else { 0.0 })
            .collect();
        weights.scale(&lengths);
        basis.scale(&inverse);
    }

    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (LossSums, PackedGram) {
        let gram = self.smooth_gram(step.fixed_gram());
        if step.half == Half::Basis {
            let copies = own.copies();
            return step.by_part(
                own,
                &gram,
                |products| self.smooth(products),
                |best| of_length_one(best, &copies),
            );
        }
        let gram = PackedGram::of(&gram);
        step.by_panel(own, |panel, products| {
            self.smooth(products);
            scale(products, &gram.inverse);
            sweep_until_converged(&mut panel.lead, products, &gram, MAX_SWEEPS, 0.0);
            let squared = partial_loss(&panel.lead, products, &gram);
            panel.values.copy_from_slice(&panel.lead);
            self.smooth(&mut panel.values);
            LossSums { squared, own: 0.0 }
        })
    }
}

/// Returns the non-negative vector of length 1 nearest to `target`, where value j counts
/// `copies[j]` times.
fn of_length_one(target: &[f32], copies: &[f32]) -> Vec<f32> {
    let mut values: Vec<f32> = target.iter().map(|&z| z.max(0.0)).collect();
    let highest = (0..target.len()).max_by(|&a, &b| target[a].total_cmp(&target[b]));
    if let Some(highest) = highest.filter(|&highest| target[highest] <= 0.0) {
        values[highest] = 1.0;
    }
    let squares = values.iter().zip(copies);
    let squared: f64 = squares
        .map(|(&value, &copies)| f64::from(copies) * f64::from(value).powi(2))
        .sum();
    let length = squared.sqrt() as f32;
    values.iter().map(|value| value / length).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;

    #[test]
    fn length_one_counts_copies_and_is_never_lost() {
        assert_eq!(
            of_length_one(&[3.0, -2.0, 4.0], &[1.0, 1.0, 1.0]),
            [0.6, 0.0, 0.8]
        );
        assert_eq!(
            of_length_one(&[3.0, 2.0], &[0.0, 4.0]),
            [0.75, 0.5],
            "four values of 0.5"
        );
        assert_eq!(
            of_length_one(&[-3.0, -2.0, -4.0], &[1.0, 4.0, 1.0]),
            [0.0, 0.5, 0.0]
        );
    }

    #[test]
    fn smoothing_by_hand() {
        // θ = 1/2, k = 2: S = (3 1; 1 3) / 4.
        let rule = NonsmoothRule(Nonsmooth { theta: 0.5 });
        let mut rows = [Lanes::ZERO; 2];
        (rows[0].0[5], rows[1].0[5]) = (8.0, 4.0);
        rule.smooth(&mut rows);
        assert_eq!((rows[0].0[5], rows[1].0[5]), (7.0, 5.0));
        assert_eq!(
            rule.smooth_gram(arr2(&[[16.0, 0.0], [0.0, 32.0]])),
            arr2(&[[11.0, 9.0], [9.0, 19.0]])
        );
    }
}
