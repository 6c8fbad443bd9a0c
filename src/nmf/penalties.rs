//! Penalties on the squared error: on the values of the factors, and on the overlap of parts.

use std::fmt;
use std::str::FromStr;

use ndarray::Array2;
use serde::Serialize;

use super::half_step::Half;
use crate::error::{Error, Result};

/// The largest strength: with more, all values are 0, and sums can overflow single precision.
const STRONGEST: f64 = 1e9;

/// Penalties on weights and basis; none by default.
///
/// For pixels from 0 to 1, n images and p pixels, the penalties add
/// `alpha_w p (l1_ratio ‖W‖₁ + ½ (1 − l1_ratio) ‖W‖²) + alpha_h n (l1_ratio ‖H‖₁ + ½ (1 − l1_ratio) ‖H‖²)`
/// to `½ ‖X − W H‖²`, as in scikit-learn, and the [`Overlap`] of the parts. A penalty on only one
/// of the factors moves the scale to the other one.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Penalties {
    /// The strength of the penalty on the weights, 0 to 1e9.
    pub alpha_w: f64,
    /// The strength of the penalty on the basis, 0 to 1e9.
    pub alpha_h: f64,
    /// The fraction of both penalties that is the sum of the values, 0 to 1; the rest is half the
    /// sum of their squares. With 1 many values become 0, with 0 large ones shrink.
    pub l1_ratio: f64,
    /// The penalty on the overlap of parts.
    pub overlap: Overlap,
}

/// The strength L of the penalty `L Σ ‖w_a‖ ‖w_b‖ ⟨h_a, h_b⟩` over all pairs of parts, which does
/// not depend on the scale of a part against its weights.
///
/// A constant strength trades error for less overlap. A strength that is tapered to 0 leads the fit
/// to a minimum of the squared error with little overlap. It applies to the update of the basis;
/// that of the weights ignores it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Overlap {
    /// The strength in the first iteration, 0 to 1e9.
    pub from: f64,
    /// The strength after [`Overlap::TAPER`] iterations, 0 to 1e9; it changes linearly in between.
    pub to: f64,
}

/// The penalty `l1 Σ v + ½ l2 Σ v²` on the values v of a factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ValuePenalty {
    /// Subtracted from the products of a half step.
    pub(crate) l1: f64,
    /// Added to the diagonal of its Gram matrix.
    pub(crate) l2: f64,
}

impl Penalties {
    /// Returns whether any penalty is set.
    #[must_use]
    pub fn any(&self) -> bool {
        *self
            != Self {
                l1_ratio: self.l1_ratio,
                ..Self::default()
            }
    }

    /// Returns the penalties on the values of a factor, for X of `size` (images, pixels), in the
    /// units of the source.
    pub(crate) fn of(&self, half: Half, size: (usize, usize), unit: f64) -> ValuePenalty {
        let (images, pixels) = size;
        let (l1, l2) = (self.l1_ratio, 1.0 - self.l1_ratio);
        match half {
            Half::Weights => ValuePenalty {
                l1: unit * self.alpha_w * pixels as f64 * l1,
                l2: self.alpha_w * pixels as f64 * l2,
            },
            Half::Basis => {
                let strength = unit.powi(2) * self.alpha_h * images as f64;
                ValuePenalty {
                    l1: strength * l1,
                    l2: strength * l2,
                }
            }
        }
    }

    /// Checks that all strengths are in their range.
    pub(crate) fn check(&self) -> Result<()> {
        let Self {
            alpha_w,
            alpha_h,
            l1_ratio,
            overlap,
        } = *self;
        let strengths = [
            ("alpha_w", alpha_w),
            ("alpha_h", alpha_h),
            ("overlap", overlap.from),
            ("overlap", overlap.to),
        ];
        for (what, value) in strengths {
            if !(0.0..=STRONGEST).contains(&value) {
                return Err(Error::Penalty {
                    what,
                    value,
                    allowed: "0 to 1e9",
                });
            }
        }
        if !(0.0..=1.0).contains(&l1_ratio) {
            return Err(Error::Penalty {
                what: "l1_ratio",
                value: l1_ratio,
                allowed: "0 to 1",
            });
        }
        Ok(())
    }
}

impl Overlap {
    /// Number of iterations of a taper.
    pub const TAPER: usize = 100;

    /// Returns the same strength for all iterations.
    #[must_use]
    pub const fn constant(strength: f64) -> Self {
        Self {
            from: strength,
            to: strength,
        }
    }

    /// Returns the strength in an iteration, counted from 1.
    pub(crate) fn at(&self, iteration: usize) -> f64 {
        let gone = (iteration - 1).min(Self::TAPER) as f64 / Self::TAPER as f64;
        (1.0 - gone) * self.from + gone * self.to
    }

    /// Returns whether the strength changes.
    #[must_use]
    pub fn is_tapered(&self) -> bool {
        *self != Self::constant(self.from)
    }
}

/// Returns `‖w_a‖ ‖w_b‖` of all pairs of parts, 0 on the diagonal, from their squared norms.
pub(crate) fn pairs(squares: &[f64]) -> Array2<f64> {
    let mut pairs = Array2::zeros((squares.len(), squares.len()));
    for ((a, b), product) in pairs.indexed_iter_mut() {
        if a != b {
            *product = (squares[a] * squares[b]).sqrt();
        }
    }
    pairs
}

impl fmt::Display for Penalties {
    /// Those that add something, as the command line spells them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            alpha_w,
            alpha_h,
            l1_ratio,
            overlap,
        } = *self;
        let mut terms = Vec::new();
        if overlap != Overlap::default() {
            terms.push(format!("overlap {overlap}"));
        }
        if alpha_w > 0.0 || alpha_h > 0.0 {
            terms.push(format!(
                "alpha-w {alpha_w}, alpha-h {alpha_h}, l1-ratio {l1_ratio}"
            ));
        }
        f.write_str(&terms.join(", "))
    }
}

impl fmt::Display for Overlap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_tapered() {
            write!(f, "{}:{}", self.from, self.to)
        } else {
            write!(f, "{}", self.from)
        }
    }
}

impl FromStr for Overlap {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (from, to) = text.split_once(':').unwrap_or((text, text));
        match (parse_strength(from), parse_strength(to)) {
            (Some(from), Some(to)) => Ok(Self { from, to }),
            _ => Err(Error::Overlap(text.to_owned())),
        }
    }
}

/// Parses a non-negative, finite number.
fn parse_strength(text: &str) -> Option<f64> {
    let strength: f64 = text.parse().ok()?;
    (0.0..f64::INFINITY).contains(&strength).then_some(strength)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlap_is_read_back_as_it_is_written() {
        for text in ["0", "0.05", "0.1:0", "0:0.25"] {
            assert_eq!(text.parse::<Overlap>().unwrap().to_string(), text);
        }
        assert_eq!(
            "0.1:0.1".parse::<Overlap>().unwrap(),
            Overlap::constant(0.1)
        );
        for wrong in [
            "", "-1", "nan", "inf", "0.1:", ":0", "0.1:0:0", "0.1:-0.1", "many",
        ] {
            let error = wrong.parse::<Overlap>().unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("`{wrong}` is not an overlap penalty")),
                "{error}"
            );
        }
    }

    #[test]
    fn a_taper_falls_in_a_straight_line_and_stays() {
        let taper = Overlap { from: 0.3, to: 0.1 };
        for (iteration, strength) in [(1, 0.3), (51, 0.2), (101, 0.1), (400, 0.1)] {
            assert!(
                (taper.at(iteration) - strength).abs() < 1e-12,
                "iteration {iteration}"
            );
        }
    }
}
