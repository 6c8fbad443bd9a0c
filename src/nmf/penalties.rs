//! What can be added to the squared error, so that parts become small, few or apart.

use std::fmt;
use std::str::FromStr;

use ndarray::Array2;
use serde::Serialize;

use super::half_step::Half;
use crate::error::{Error, Result};

/// Beyond this nothing is left anyway, and sums would leave the range of single precision.
const STRONGEST: f64 = 1e9;

/// Penalties on weights and basis; none by default.
///
/// For pixels from 0 to 1, n images and p pixels, `½ ‖X − W H‖²` becomes more by
/// `alpha_w p (l1_ratio ‖W‖₁ + ½ (1 − l1_ratio) ‖W‖²) + alpha_h n (l1_ratio ‖H‖₁ + ½ (1 − l1_ratio) ‖H‖²)`, as in
/// scikit-learn, and by the [`Overlap`] of the parts. A penalty on one of the two factors alone only moves light to the
/// other.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Penalties {
    /// The strength of the penalty on the weights, 0 to 1e9.
    pub alpha_w: f64,
    /// The strength of the penalty on the basis, 0 to 1e9.
    pub alpha_h: f64,
    /// How much of both is the sum of the values (1: many become 0), the rest half the sum of their squares (0: large
    /// ones shrink).
    pub l1_ratio: f64,
    /// The penalty on parts that share pixels.
    pub overlap: Overlap,
}

/// The strength L of the penalty `L Σ ‖w_a‖ ‖w_b‖ ⟨h_a, h_b⟩` over all pairs of parts: what two parts paint onto the same
/// pixels costs, whatever the scale of a part against its weights.
///
/// Constant, it is a dial from ghosts to parts. Tapered to 0, it leads the fit to a minimum whose parts are apart, and
/// then leaves the squared error alone. It acts on the basis; the update of the weights does not heed it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Overlap {
    /// In the first iteration, 0 to 1e9.
    pub from: f64,
    /// After [`Overlap::TAPER`] iterations, 0 to 1e9.
    pub to: f64,
}

impl Penalties {
    /// Whether anything is added at all.
    #[must_use]
    pub fn any(&self) -> bool {
        *self
            != Self {
                l1_ratio: self.l1_ratio,
                ..Self::default()
            }
    }

    /// What is subtracted from the products of a half, and what is added to the diagonal of its Gram matrix, for X of
    /// `size` (images, pixels), in the units of the source.
    pub(crate) fn of(&self, half: Half, (images, pixels): (usize, usize), unit: f64) -> (f64, f64) {
        let (l1, l2) = (self.l1_ratio, 1.0 - self.l1_ratio);
        match half {
            Half::Weights => (
                unit * self.alpha_w * pixels as f64 * l1,
                self.alpha_w * pixels as f64 * l2,
            ),
            Half::Basis => {
                let strength = unit.powi(2) * self.alpha_h * images as f64;
                (strength * l1, strength * l2)
            }
        }
    }

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
    /// How many iterations a taper takes.
    pub const TAPER: usize = 100;

    /// The same strength throughout.
    #[must_use]
    pub const fn constant(strength: f64) -> Self {
        Self {
            from: strength,
            to: strength,
        }
    }

    /// The strength in an iteration, counted from 1.
    pub(crate) fn at(&self, iteration: usize) -> f64 {
        let gone = (iteration - 1).min(Self::TAPER) as f64 / Self::TAPER as f64;
        (1.0 - gone) * self.from + gone * self.to
    }

    /// Whether the strength changes.
    #[must_use]
    pub fn is_tapered(&self) -> bool {
        *self != Self::constant(self.from)
    }
}

/// `‖w_a‖ ‖w_b‖` of all pairs of parts, 0 on the diagonal, from the squared norms.
pub(crate) fn pairs(squares: &[f64]) -> Array2<f64> {
    let product = |(a, b): (usize, usize)| {
        if a == b {
            0.0
        } else {
            (squares[a] * squares[b]).sqrt()
        }
    };
    Array2::from_shape_fn((squares.len(), squares.len()), product)
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
        let mut said = Vec::new();
        if overlap != Overlap::default() {
            said.push(format!("overlap {overlap}"));
        }
        if alpha_w > 0.0 || alpha_h > 0.0 {
            said.push(format!(
                "alpha-w {alpha_w}, alpha-h {alpha_h}, l1-ratio {l1_ratio}"
            ));
        }
        f.write_str(&said.join(", "))
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
        let strength = |text: &str| {
            text.parse()
                .ok()
                .filter(|value| (0.0..f64::INFINITY).contains(value))
        };
        let overlap = match text.split_once(':') {
            None => strength(text).map(Self::constant),
            Some((from, to)) => strength(from)
                .zip(strength(to))
                .map(|(from, to)| Self { from, to }),
        };
        overlap.ok_or_else(|| Error::Overlap(text.to_owned()))
    }
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
                error.starts_with(&format!("`{wrong}` is no overlap penalty")),
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
