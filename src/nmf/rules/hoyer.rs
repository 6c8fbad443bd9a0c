//! NMF with the sparseness of parts, of their weights, or of both held at a given value.
//!
//! **Objective** `½ ‖X − W H‖²` over `W, H ≥ 0`, where every row of H, or column of W, or both have the sparseness
//! `(√d − ‖·‖₁/‖·‖₂) / (√d − 1)` that was asked for; d is the number of pixels, or of images.
//!
//! **Update** of part l of a held factor, all others fixed, with `A = Wᵀ X` and `G = Wᵀ W`: the best values without a
//! bound are `z = h_l + (A_l − Σ_j G_lj h_j) / G_ll`, and the objective is `½ G_ll ‖h_l − z‖²` but for what does not
//! change; so `h_l` becomes the vector of that sparseness which is nearest to z, found by the source's projection. A
//! factor that is not held takes sweeps of the same steps with `max(0, z)`. The source steps along the gradient before
//! it projects, and updates a factor that is not held by multiplication; steps that are exact need no length.
//!
//! **Start.** Ten iterations of plain least squares, then each held part is replaced by the nearest that it may be;
//! cutting images down at once would scatter the parts. A start that was given is cut down as it is.
//!
//! **Guarantee.** The objective never rises, but for rounding, and the sparseness is held from the first iteration on.
//!
//! **Cost** of an iteration: `4 n p k` multiplications and additions for the products, `2 (n + p) k²` a sweep, and for
//! each part of a held factor and sweep a projection, a few times the pixels, or images.
//!
//! **Source.** P. O. Hoyer, *Non-negative matrix factorization with sparseness constraints*, 2004; V. K. Potluru,
//! S. M. Plis, J. Le Roux, B. A. Pearlmutter, V. D. Calhoun, T. P. Hayes, *Block coordinate descent for sparse NMF*,
//! 2013 (steps); F. J. Theis, K. Stadlthanner, T. Tanaka, *First results on uniqueness of sparse non-negative matrix
//! factorization*, 2005 (the projection finds the nearest point).

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::kernel::{Factor, MAX_SWEEPS, PackedGram, scale, sweep_until_converged};
use crate::nmf::half_step::{Half, HalfStep};
use crate::nmf::loss::Loss;
use crate::nmf::rule::UpdateRule;

/// Settings of the rule: the sparseness that each factor is held at, above 0 and below 1; 0 is flat, 1 a single pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hoyer {
    basis: Option<f64>,
    weights: Option<f64>,
}

impl Hoyer {
    /// Holds the parts, or the weights of each part, or both, at a sparseness above 0 and below 1.
    ///
    /// # Errors
    /// If a sparseness is anything else, or neither is held.
    pub fn new(basis: Option<f64>, weights: Option<f64>) -> Result<Self> {
        let settings = Self { basis, weights };
        let legal = |sparseness: f64| sparseness > 0.0 && sparseness < 1.0;
        let held: Vec<f64> = basis.into_iter().chain(weights).collect();
        if !held.is_empty() && held.into_iter().all(legal) {
            Ok(settings)
        } else {
            Err(illegal(&settings.to_string()))
        }
    }

    pub(crate) fn holds_weights(&self) -> bool {
        self.weights.is_some()
    }
}

/// Parts at 0.7: on photographs of faces they shrink to brows, cheeks and hair, and the error grows by a tenth.
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
        let spelled =
            |name, held: Option<f64>| held.map(|sparseness| format!("{name}={sparseness}"));
        let held: Vec<String> = spelled("H", self.basis)
            .into_iter()
            .chain(spelled("W", self.weights))
            .collect();
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

/// The rule at work.
pub(crate) struct HoyerRule(pub(crate) Hoyer);

impl UpdateRule for HoyerRule {
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

    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (Loss, PackedGram) {
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

/// Improves a factor whose sparseness is free.
fn free(step: &HalfStep, own: &mut Factor, gram: &PackedGram) -> (Loss, PackedGram) {
    step.by_panel(own, |panel, products| {
        scale(products, &gram.inverse);
        sweep_until_converged(&mut panel.lead, products, gram, MAX_SWEEPS);
        panel.values.copy_from_slice(&panel.lead);
        step.loss(&panel.lead, products, gram)
    })
}

/// The vector of 0 or more with a given sparseness that is nearest to `target`; 0 where none of them is nearer.
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

/// Of all vectors of 0 or more whose values add up to `sum` and whose squares to 1, the nearest to `target`: what of it
/// stands above a threshold, scaled.
///
/// Both sums together give the threshold, once it is known which values are above; those below are left out, and the
/// threshold rises, until there are none.
fn direction(target: &[f64], sum: f64) -> Vec<f64> {
    let highest = target
        .iter()
        .fold(f64::NEG_INFINITY, |highest, &z| highest.max(z));
    // Differences to the highest keep their digits where all values are nearly the same.
    let mut above: Vec<f64> = target.iter().map(|z| z - highest).collect();
    loop {
        let count = above.len() as f64;
        let mean = total(&above, |z| z) / count;
        let variance = total(&above, |z| (z - mean).powi(2)) / count;
        let room = (count - sum * sum).max(f64::EPSILON);
        if variance == 0.0 {
            // Many vectors are as near as one another: the first of the highest values is made the largest.
            let first = (sum + ((count - 1.0) * room).sqrt()) / count;
            let mut values =
                std::iter::once(first).chain(std::iter::repeat((sum - first) / (count - 1.0)));
            return target
                .iter()
                .map(|&z| {
                    if z >= highest {
                        values.next().unwrap_or(0.0)
                    } else {
                        0.0
                    }
                })
                .collect();
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

/// In eight sums, which the compiler can form side by side.
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
        // The third is left out, however low it is.
        check(&[4.0, 3.0, -1.0], 1.4, &[0.8, 0.6, 0.0]);
        check(&[4.0, 3.0, -1e6], 1.4, &[0.8, 0.6, 0.0]);
    }

    #[test]
    fn equal_values_are_told_apart_by_their_place() {
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
