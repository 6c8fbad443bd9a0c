//! Huber's loss: each pixel counts by its square if it is close, and by its distance if it is not.
//!
//! **Objective.** `Σ ρ(x − m)` over the pixels x and their reconstructed values m, `M = W H`, with
//! `W, H ≥ 0`, where ρ(r) is `½ r²` up to |r| = δ and `δ (|r| − ½ δ)` beyond.
//!
//! **Update.** A pixel that is farther than δ from m is first brought to that distance:
//! `x̃ = m + clip(x − m, −δ, δ)`. Then the sweeps of `hals`, without extrapolation, over W for x̃; the
//! same for H on Xᵀ, with the new W. Multiplicative updates with the weights `min(1, δ / |x − m|)`,
//! as in the source, have a higher objective after 100 iterations, and after as much time.
//!
//! **Guarantee.** The objective never rises, up to rounding: `½ (x̃ − m')²` plus a constant bounds
//! ρ(x − m') from above, and is equal to it for the present m.
//!
//! **Robust** against pixels that are far off: each counts as one that is off by δ. The larger δ,
//! the closer to the squared error; the smaller, the more iterations. Damage that is connected and
//! common is a part like any other.
//!
//! **Start.** A few iterations of the default rule, which brings most pixels close.
//!
//! **Unknown pixels** are filled with m, as in `hals`.
//!
//! **Cost** per iteration: `10 n p k` multiplications and additions, since M is formed three times,
//! and the sweeps of `hals`. Bytes are multiplied as floats.
//!
//! **Source.** P. J. Huber, *Robust estimation of a location parameter*, 1964 (ρ); L. Du, X. Li, Y.-D.
//! Shen, *Robust nonnegative matrix factorization via half-quadratic minimization*, 2012; H. A. L.
//! Kiers, *Weighted least squares fitting using ordinary least squares algorithms*, 1997 (x̃).

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::kernel::{Factor, PackedGram};
use crate::nmf::half_step::HalfStep;
use crate::nmf::loss::{Loss, LossSums};
use crate::nmf::rule::{RuleFacts, UpdateRule};

/// The settings of the rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Huber {
    delta: f64,
}

impl Huber {
    /// Returns the settings for δ from 0.001 to 1000, on the scale on which white is 1; images in
    /// floats have the scale of their values.
    ///
    /// # Errors
    /// If δ is outside this range.
    pub fn new(delta: f64) -> Result<Self> {
        if (1e-3..=1e3).contains(&delta) {
            Ok(Self { delta })
        } else {
            Err(illegal(&delta.to_string()))
        }
    }

    /// Returns δ.
    #[must_use]
    pub fn delta(&self) -> f64 {
        self.delta
    }
}

/// δ = 0.1, a tenth of white: above the residuals of most pixels that are not damaged.
impl Default for Huber {
    fn default() -> Self {
        Self { delta: 0.1 }
    }
}

impl fmt::Display for Huber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.delta)
    }
}

impl FromStr for Huber {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::new(text.parse().map_err(|_| illegal(text))?)
    }
}

fn illegal(found: &str) -> Error {
    Error::RuleSetting {
        found: found.to_owned(),
        rule: "huber",
        allowed: "a number from 0.001 to 1000, as in huber:0.1, where white is 1",
    }
}

/// The rule during a run.
pub(crate) struct HuberRule(pub(crate) Huber);

impl UpdateRule for HuberRule {
    fn facts(&self) -> RuleFacts {
        RuleFacts {
            loss: Loss::Huber(self.0.delta),
            supports_masks: true,
            starts_with_default_rule: true,
            ..RuleFacts::default()
        }
    }

    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (LossSums, PackedGram) {
        step.by_clipped_sweeps(own, self.0.delta * step.unit)
    }
}
