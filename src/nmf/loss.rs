//! Loss functions, apart from the rules that minimise them.

use std::fmt;
use std::ops::{Add, RangeInclusive};

use crate::kernel::Divergence;

/// The β-divergence `Σ d(x, m)` between the pixels x and their reconstructed values m.
///
/// `d(x, m)` is `½ (x − m)²` for β = 2, `x ln(x / m) − x + m` for β = 1, `x / m − ln(x / m) − 1`
/// for β = 0, and `(x^β + (β − 1) m^β − β x m^(β−1)) / (β (β − 1))` otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetaLoss(f64);

impl BetaLoss {
    /// Half the squared error, β = 2.
    pub const FROBENIUS: Self = Self(2.0);
    /// The Kullback–Leibler divergence, β = 1.
    pub const KULLBACK_LEIBLER: Self = Self(1.0);
    /// The Itakura–Saito divergence, β = 0; every pixel must be above 0.
    pub const ITAKURA_SAITO: Self = Self(0.0);
    /// The supported β: powers outside this range overflow single precision.
    pub const RANGE: RangeInclusive<f64> = -2.0..=4.0;

    /// Returns the β-divergence, or `None` outside [`BetaLoss::RANGE`].
    #[must_use]
    pub fn new(beta: f64) -> Option<Self> {
        Self::RANGE.contains(&beta).then_some(Self(beta))
    }

    /// Returns β.
    #[must_use]
    pub fn beta(self) -> f64 {
        self.0
    }

    /// Returns whether the loss is finite where a pixel is 0.
    #[must_use]
    pub fn allows_zeros(self) -> bool {
        self.0 > 0.0
    }

    /// Returns how the kernel sums it.
    pub(crate) fn divergence(self) -> Divergence {
        match self.0 {
            2.0 => Divergence::SquaredError,
            1.0 => Divergence::KullbackLeibler,
            0.0 => Divergence::ItakuraSaito,
            beta => Divergence::Beta(beta),
        }
    }
}

/// The loss in a few words, as in tables.
impl fmt::Display for BetaLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::FROBENIUS => f.write_str("squared error"),
            Self::KULLBACK_LEIBLER => f.write_str("KL divergence"),
            Self::ITAKURA_SAITO => f.write_str("IS divergence"),
            Self(beta) => write!(f, "beta {beta}"),
        }
    }
}

/// The loss that a rule minimises.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Loss {
    /// A β-divergence.
    Beta(BetaLoss),
    /// The sum of the lengths of the residuals of images.
    L21,
    /// The sum of Huber's loss over the residuals of pixels, with this threshold.
    Huber(f64),
    /// The sum of the absolute residuals of pixels.
    L1,
}

impl Loss {
    /// Half the squared error.
    pub(crate) const SQUARED_ERROR: Self = Self::Beta(BetaLoss::FROBENIUS);

    /// Returns whether the loss is finite where a pixel is 0.
    pub(crate) fn allows_zeros(self) -> bool {
        match self {
            Self::Beta(loss) => loss.allows_zeros(),
            Self::L21 | Self::Huber(_) | Self::L1 => true,
        }
    }

    /// Returns the objective, for pixels from 0 to 1, from ‖X − W H‖² and [`LossSums::own`] in the
    /// units of the source, in which 1 is `unit`.
    pub(crate) fn objective(self, squared_error: f64, own: f64, unit: f64) -> f64 {
        let sum = if self == Self::SQUARED_ERROR {
            0.5 * squared_error + own
        } else {
            own
        };
        let degree = match self {
            Self::Beta(loss) => loss.beta(),
            Self::Huber(_) => 2.0,
            Self::L21 | Self::L1 => 1.0,
        };
        sum / unit.powf(degree)
    }
}

/// The loss in a few words, as in tables.
impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Beta(loss) => loss.fmt(f),
            Self::L21 => f.write_str("L21 norm"),
            Self::Huber(delta) => write!(f, "Huber {delta}"),
            Self::L1 => f.write_str("L1 norm"),
        }
    }
}

/// Sums over all pixels from which the loss of (W, H) follows, in the units of the source.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LossSums {
    /// ‖X − W H‖² − ‖X‖².
    pub(crate) squared: f64,
    /// The penalties of a rule that minimises the squared error; the whole objective of any other
    /// rule.
    pub(crate) own: f64,
}

impl Add for LossSums {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            squared: self.squared + other.squared,
            own: self.own + other.own,
        }
    }
}
