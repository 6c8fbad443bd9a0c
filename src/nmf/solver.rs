//! The rules by name.

use std::fmt;
use std::str::FromStr;

use super::penalties::Penalties;
use super::rule::UpdateRule;
use super::rules::bpp::BppRule;
use super::rules::hals::{Hals, HalsRule};
use super::rules::hoyer::{Hoyer, HoyerRule};
use super::rules::nonsmooth::{Nonsmooth, NonsmoothRule};
use crate::error::{Error, Result};

/// How W and H are learned; each rule carries its own settings.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Solver {
    /// Hierarchical alternating least squares.
    Hals(Hals),
    /// Exact least squares over each factor in turn, by block principal pivoting.
    Bpp,
    /// Least squares with parts, or weights, of a given sparseness.
    Hoyer(Hoyer),
    /// Least squares through a smoothing that makes parts sharp.
    Nonsmooth(Nonsmooth),
}

impl Solver {
    /// How rules are spelled, settings by example.
    pub const NAMES: [&str; 7] = ["hals", "bpp", "hoyer", "hoyer:H=0.8", "hoyer:W=0.5", "nonsmooth", "nonsmooth:0.5"];

    /// The rule at work, fresh.
    pub(crate) fn rule(&self) -> Box<dyn UpdateRule> {
        match *self {
            Self::Hals(settings) => Box::new(HalsRule::new(settings)),
            Self::Bpp => Box::new(BppRule),
            Self::Hoyer(settings) => Box::new(HoyerRule(settings)),
            Self::Nonsmooth(settings) => Box::new(NonsmoothRule(settings)),
        }
    }

    /// The rule that improves a start before this one's bounds hold; none where it begins at once.
    ///
    /// Images cut down to a few pixels each would make scattered parts; parts that are cut down keep their places.
    pub(crate) fn opening(&self) -> Option<Self> {
        matches!(self, Self::Hoyer(_)).then(Self::default)
    }

    /// Whether dark pixels may be left out and equal ones merged; not where all of a part's pixels count.
    pub(crate) fn merges_pixels(&self) -> bool {
        !matches!(self, Self::Hoyer(_))
    }

    /// Whether a half step holds all products at once.
    pub(crate) fn holds_products(&self) -> bool {
        matches!(self, Self::Hoyer(_) | Self::Nonsmooth(_))
    }

    /// What is added to the squared error, where the rule can add to it.
    #[must_use]
    pub fn penalties(&self) -> Option<Penalties> {
        match self {
            Self::Hals(settings) => Some(settings.penalties),
            _ => None,
        }
    }
}

impl Default for Solver {
    fn default() -> Self {
        Self::Hals(Hals::default())
    }
}

impl fmt::Display for Solver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hals(_) => f.write_str("hals"),
            Self::Bpp => f.write_str("bpp"),
            Self::Hoyer(settings) => write!(f, "hoyer:{settings}"),
            Self::Nonsmooth(settings) => write!(f, "nonsmooth:{settings}"),
        }
    }
}

impl FromStr for Solver {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, settings) = text.split_once(':').map_or((text, None), |(name, settings)| (name, Some(settings)));
        match (name, settings) {
            ("hals", None) => Ok(Self::default()),
            ("bpp", None) => Ok(Self::Bpp),
            ("hoyer", None) => Ok(Self::Hoyer(Hoyer::default())),
            ("hoyer", Some(settings)) => settings.parse().map(Self::Hoyer),
            ("nonsmooth", None) => Ok(Self::Nonsmooth(Nonsmooth::default())),
            ("nonsmooth", Some(settings)) => settings.parse().map(Self::Nonsmooth),
            _ => Err(Error::UnknownName { what: "solver", found: text.to_owned(), known: Self::NAMES.join(", ") }),
        }
    }
}
