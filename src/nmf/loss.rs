//! Loss functions, apart from the rules that minimise them.

use std::fmt;
use std::ops::{Add, RangeInclusive};

use crate::kernel::Divergence;

/// The β-divergence `Σ d(x, m)` between the pixels x and their reconstructed values m.
///
/// `d(x, m)` is `½ (x − m)²` for β = 2, `x ln(x / m) − x + m` for β = 1, `x / m − ln(x / m) − 1` for β = 0, and
/// `(x^β + (β − 1) m^β − β x m^(β−1)) / (β (β − 1))` otherwise.
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

    /// Returns the objective, in the units of the source, from ‖X − W H‖² and [`LossSums::own`].
    pub(crate) fn objective(self, squared_error: f64, own: f64) -> f64 {
        if self == Self::FROBENIUS {
            0.5 * squared_error + own
        } else {
            own
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

/// Sums over all pixels from which the loss of (W, H) follows, in the units of the source.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LossSums {
    /// ‖X − W H‖² − ‖X‖².
    pub(crate) squared: f64,
    /// The penalties of a rule that minimises the squared error; the whole objective of any other rule.
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
