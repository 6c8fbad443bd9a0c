//! NMF with sparseness constraints: the sparseness of parts, of their weights, or of both is fixed.
//!
//! **Objective.** `½ ‖X − W H‖²` over `W, H ≥ 0`, where every row of H, every column of W, or both
//! have the given sparseness `(√d − ‖·‖₁/‖·‖₂) / (√d − 1)`; d is the number of pixels or of images.
//!
//! **Update** of part l of a constrained factor with all others fixed, where `A = Wᵀ X` and
//! `G = Wᵀ W`: the unconstrained minimum is `z = h_l + (A_l − Σ_j G_lj h_j) / G_ll`, and the
//! objective is `½ G_ll ‖h_l − z‖²` plus a constant. So `h_l` becomes the vector of that sparseness
//! nearest to z, found by Hoyer's projection. An unconstrained factor takes sweeps of the same
//! steps with `max(0, z)`. Hoyer's algorithm takes gradient steps before the projection and updates
//! an unconstrained factor multiplicatively; exact steps need no step length.
//!
//! **Start.** After ten iterations of the default rule, each constrained part is replaced by the
//! nearest one that satisfies the constraint. Projecting images directly would give scattered
//! parts. A given start is projected directly.
//!
//! **Guarantee.** The objective never rises, up to rounding, and the sparseness is exact from the
//! first iteration on.
//!
//! **Cost** per iteration: `4 n p k` multiplications and additions for the products, `2 (n + p) k²`
//! per sweep, and per constrained part and sweep a projection, which takes a few passes over the
//! pixels or images.
//!
//! **Source.** P. O. Hoyer, *Non-negative matrix factorization with sparseness constraints*, 2004;
//! V. K. Potluru, S. M. Plis, J. Le Roux, B. A. Pearlmutter, V. D. Calhoun, T. P. Hayes, *Block
//! coordinate descent for sparse NMF*, 2013 (steps); F. J. Theis, K. Stadlthanner, T. Tanaka,
//! *First results on uniqueness of sparse non-negative matrix factorization*, 2005 (the projection
//! finds the nearest point).

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::kernel::{Factor, MAX_SWEEPS, PackedGram, scale, sweep_until_converged};
use crate::nmf::half_step::{Half, HalfStep};
use crate::nmf::loss::LossSums;
use crate::nmf::rule::{RuleFacts, UpdateRule};

/// The settings of the rule: the sparseness of each factor, above 0 (flat) and below 1 (a single
/// pixel).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hoyer {
    basis: Option<f64>,
    weights: Option<f64>,
}

impl Hoyer {
    /// Fixes the sparseness of the parts, of the weights of each part, or of both.
    ///
    /// # Errors
    /// If a sparseness is not above 0 and below 1, or both are `None`.
    pub fn new(basis: Option<f64>, weights: Option<f64>) -> Result<Self> {
        let settings = Self { basis, weights };
        let mut held = basis.iter().chain(&weights).peekable();
        if held.peek().is_some() && held.all(|&sparseness| sparseness > 0.0 && sparseness < 1.0) {
            Ok(settings)
        } else {
            Err(illegal(&settings.to_string()))
        }
    }
}

/// Parts with a sparseness of 0.7: on photographs of faces, brows, cheeks and hair; the error is a
/// tenth higher.
impl Default for Hoyer {
    fn default() -> Self {
        Self {
            basis: Some(0.7),
            weights: None,
        }
    }
}

impl fmt::Display for Hoyer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut held = Vec::new();
        for (name, sparseness) in [("H", self.basis), ("W", self.weights)] {
            if let Some(sparseness) = sparseness {
                held.push(format!("{name}={sparseness}"));
            }
        }
        f.write_str(&held.join(","))
    }
}

impl FromStr for Hoyer {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (mut basis, mut weights) = (None, None);
        for held in text.split(',') {
            let (slot, value) = match held.split_once('=') {
                Some(("H", value)) => (&mut basis, value),
                Some(("W", value)) => (&mut weights, value),
                _ => return Err(illegal(text)),
            };
            if slot
                .replace(value.parse().map_err(|_| illegal(text))?)
                .is_some()
            {
                return Err(illegal(text));
            }
        }
        Self::new(basis, weights)
    }
}

fn illegal(found: &str) -> Error {
    Error::RuleSetting {
        found: found.to_owned(),
        rule: "hoyer",
        allowed: "a sparseness above 0 and below 1 for H, W or both, as in hoyer:H=0.8 or hoyer:H=0.8,W=0.5",
    }
}

/// The rule during a run.
pub(crate) struct HoyerRule(pub(crate) Hoyer);

impl UpdateRule for HoyerRule {
    fn facts(&self) -> RuleFacts {
        RuleFacts {
            needs_all_weights: self.0.weights.is_some(),
            merges_pixels: false,
            // The projection of an image has a few scattered pixels; that of a learned part stays
            // in its place.
            starts_with_default_rule: true,
            holds_products: true,
            ..RuleFacts::default()
        }
    }

    fn prepare(&self, weights: &mut Factor, basis: &mut Factor) {
        for (factor, held) in [(weights, self.0.weights), (basis, self.0.basis)] {
            if let Some(sparseness) = held {
                let parts: Vec<Vec<f32>> = factor
                    .parts()
                    .iter()
                    .map(|part| nearest(part, sparseness))
                    .collect();
                factor.fill(|row, part| parts[part][row]);
            }
        }
    }

    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (LossSums, PackedGram) {
        let held = if step.half == Half::Weights {
            self.0.weights
        } else {
            self.0.basis
        };
        let gram = step.fixed_gram();
        match held {
            Some(sparseness) => step.by_part(own, &gram, |_| {}, |best| nearest(best, sparseness)),
            None => free(step, own, &PackedGram::of(&gram)),
        }
    }
}

/// Updates a factor whose sparseness is not constrained.
fn free(step: &HalfStep, own: &mut Factor, gram: &PackedGram) -> (LossSums, PackedGram) {
    step.by_panel(own, |panel, products| {
        scale(products, &gram.inverse);
        sweep_until_converged(&mut panel.lead, products, gram, MAX_SWEEPS, 0.0);
        panel.values.copy_from_slice(&panel.lead);
        step.loss(&panel.lead, products, gram)
    })
}

/// Returns the non-negative vector with a given sparseness nearest to `target`, or 0 if that is
/// nearer.
fn nearest(target: &[f32], sparseness: f64) -> Vec<f32> {
    let target: Vec<f64> = target.iter().map(|&z| f64::from(z)).collect();
    let root = (target.len() as f64).sqrt();
    let direction = direction(&target, root - sparseness * (root - 1.0));
    let length = direction
        .iter()
        .zip(&target)
        .map(|(u, z)| u * z)
        .sum::<f64>()
        .max(0.0);
    direction.into_iter().map(|u| (length * u) as f32).collect()
}

/// Returns the vector nearest to `target` of all non-negative ones whose values add up to `sum` and
/// whose squares add up to 1: the values of `target` above a threshold, minus the threshold,
/// scaled.
///
/// The two sums determine the threshold for a given set of values. Values below it are removed from
/// the set, which raises the threshold, until no value is below it.
fn direction(target: &[f64], sum: f64) -> Vec<f64> {
    let highest = target
        .iter()
        .fold(f64::NEG_INFINITY, |highest, &z| highest.max(z));
    // Differences to the highest value keep their digits if all values are nearly equal.
    let mut above: Vec<f64> = target.iter().map(|z| z - highest).collect();
    loop {
        let count = above.len() as f64;
        let mean = total(&above, |z| z) / count;
        let variance = total(&above, |z| (z - mean).powi(2)) / count;
        let room = (count - sum * sum).max(f64::EPSILON);
        if variance == 0.0 {
            return direction_of_equals(target, highest, sum, count);
        }
        let threshold = mean - sum * (variance / room).sqrt();
        let before = above.len();
        above.retain(|&z| z > threshold);
        if above.len() == before {
            let length = (count * (variance + (mean - threshold).powi(2))).sqrt();
            return target
                .iter()
                .map(|z| (z - highest - threshold).max(0.0) / length)
                .collect();
        }
    }
}

/// Returns [`direction`] if the `count` highest values are equal and the others are 0 in the
/// result.
///
/// Many vectors are equally near then; the first of the highest values becomes the largest one.
fn direction_of_equals(target: &[f64], highest: f64, sum: f64, count: f64) -> Vec<f64> {
    let room = (count - sum * sum).max(f64::EPSILON);
    let first = (sum + ((count - 1.0) * room).sqrt()) / count;
    let other = (sum - first) / (count - 1.0);
    let mut is_first = true;
    let mut direction = vec![0.0; target.len()];
    for (value, &z) in direction.iter_mut().zip(target) {
        if z >= highest {
            *value = if is_first { first } else { other };
            is_first = false;
        }
    }
    direction
}

/// Returns the sum of `term` over all values, as eight sums that the compiler can vectorise.
fn total(values: &[f64], term: impl Fn(f64) -> f64) -> f64 {
    let (chunks, rest) = values.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for chunk in chunks {
        for l in 0..8 {
            sums[l] += term(chunk[l]);
        }
    }
    sums.iter().sum::<f64>() + rest.iter().map(|&value| term(value)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sums(values: &[f64]) -> (f64, f64) {
        (values.iter().sum(), values.iter().map(|v| v * v).sum())
    }

    fn distance(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
    }

    #[test]
    fn hand_made_directions() {
        let check = |target: &[f64], sum: f64, expected: &[f64]| {
            let found = direction(target, sum);
            assert!(
                distance(&found, expected) < 1e-15,
                "{target:?}: {found:?} for {expected:?}"
            );
        };
        // (4, 3) / 5 has the sum 1.4 and is itself the nearest to any a (4, 3) + b (1, 1).
        check(&[4.0, 3.0], 1.4, &[0.8, 0.6]);
        check(&[-3.0, 5.0], 1.4, &[0.6, 0.8]);
        // A sum of 1 leaves one value, that of the square root of the count makes all equal.
        check(&[1.0, 3.0, 2.0], 1.0, &[0.0, 1.0, 0.0]);
        check(&[1.0, 3.0, 2.0, 0.0], 2.0, &[0.5, 0.5, 0.5, 0.5]);
        // The third becomes 0, however low it is.
        check(&[4.0, 3.0, -1.0], 1.4, &[0.8, 0.6, 0.0]);
        check(&[4.0, 3.0, -1e6], 1.4, &[0.8, 0.6, 0.0]);
    }

    #[test]
    fn of_equal_values_the_first_becomes_the_largest() {
        let found = direction(&[2.0, 2.0, 1.0], 1.4);
        assert!(distance(&found, &[0.8, 0.6, 0.0]) < 1e-20, "{found:?}");
        assert_eq!(direction(&[5.0], 1.0), [1.0]);
        let (sum, squares) = sums(&direction(&[0.3; 100], 4.0));
        assert!((sum - 4.0).abs() < 1e-12 && (squares - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_part_that_only_harms_is_0() {
        assert_eq!(nearest(&[-1.0, -2.0, -3.0], 0.5), [0.0; 3]);
        assert_eq!(nearest(&[0.0; 4], 0.5), [0.0; 4]);
    }

    #[test]
    fn the_sparseness_is_held_and_what_has_it_stays() {
        let target: Vec<f32> = (0..300)
            .map(|i| ((i * 37 % 101) as f32 - 30.0) / 50.0)
            .collect();
        for sparseness in [1e-17, 0.01, 0.3, 0.7, 0.95, 1.0 - 1e-16] {
            let part = nearest(&target, sparseness);
            let (sum, squares) = sums(&part.iter().map(|&v| f64::from(v)).collect::<Vec<_>>());
            let root = 300f64.sqrt();
            let found = (root - sum / squares.sqrt()) / (root - 1.0);
            assert!(
                (found - sparseness).abs() < 1e-6,
                "{found} for {sparseness}"
            );
            for (again, value) in nearest(&part, sparseness).iter().zip(&part) {
                assert!(
                    (again - value).abs() < 1e-5,
                    "{sparseness}: {again} for {value}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn no_other_vector_with_both_sums_is_nearer(
            target in prop::collection::vec(-5.0f64..5.0, 2..40),
            others in prop::collection::vec(prop::collection::vec(-5.0f64..5.0, 40), 10),
            share in 0.0f64..1.0,
        ) {
            let sum = 1.0 + share * ((target.len() as f64).sqrt() - 1.0);
            let found = direction(&target, sum);
            let (added, squares) = sums(&found);
            prop_assert!(found.iter().all(|&v| v >= 0.0));
            prop_assert!((added - sum).abs() < 1e-6 && (squares - 1.0).abs() < 1e-6, "{added} {squares}");
            prop_assert!(distance(&direction(&found, sum), &found) < 1e-9);
            for other in others {
                let mut other = direction(&other[..target.len()], sum);
                prop_assert!(distance(&found, &target) <= distance(&other, &target) + 1e-9);
                other.reverse();
                prop_assert!(distance(&found, &target) <= distance(&other, &target) + 1e-9);
            }
        }
    }
}
