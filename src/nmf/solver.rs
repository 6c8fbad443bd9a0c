//! The rules by name.

use std::fmt;
use std::str::FromStr;

use super::penalties::Penalties;
use super::rule::UpdateRule;
use super::rules::bpp::BppRule;
use super::rules::hals::{Hals, HalsRule};
use super::rules::hoyer::{Hoyer, HoyerRule};
use super::rules::local::LocalRule;
use super::rules::multiplicative::{BetaLoss, MuRule};
use super::rules::nonsmooth::{Nonsmooth, NonsmoothRule};
use crate::error::{Error, Result};

/// How W and H are learned; each rule carries its own settings.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Solver {
    /// Hierarchical alternating least squares on the squared error.
    Hals(Hals),
    /// Multiplicative updates on a β-divergence.
    Mu(BetaLoss),
    /// Exact least squares over each factor in turn, by block principal pivoting.
    Bpp,
    /// Least squares with parts, or weights, of a given sparseness.
    Hoyer(Hoyer),
    /// Least squares through a smoothing that makes parts sharp.
    Nonsmooth(Nonsmooth),
    /// Local non-negative matrix factorisation: parts that share few pixels, and a poor fit.
    Local,
}

impl Solver {
    /// How rules are spelled, settings by example.
    pub const NAMES: [&str; 9] = [
        "hals",
        "mu",
        "mu:kl",
        "mu:is",
        "mu:BETA (-2 to 4)",
        "bpp",
        "hoyer[:H=S,W=S] (0 to 1)",
        "nonsmooth[:THETA] (0 to 1)",
        "local",
    ];

    /// The loss that the rule makes small, in a few words; objectives are comparable where it is the same.
    #[must_use]
    pub fn minimises(&self) -> String {
        match self {
            Self::Mu(BetaLoss::KULLBACK_LEIBLER) | Self::Local => "KL divergence".to_owned(),
            Self::Mu(BetaLoss::ITAKURA_SAITO) => "IS divergence".to_owned(),
            Self::Mu(loss) if *loss != BetaLoss::FROBENIUS => format!("beta {}", loss.beta()),
            Self::Hals(_) | Self::Mu(_) | Self::Bpp | Self::Hoyer(_) | Self::Nonsmooth(_) => {
                "squared error".to_owned()
            }
        }
    }

    /// The rule at work, fresh.
    pub(crate) fn rule(&self) -> Box<dyn UpdateRule> {
        match *self {
            Self::Hals(settings) => Box::new(HalsRule::new(settings)),
            Self::Mu(loss) => Box::new(MuRule::new(loss)),
            Self::Bpp => Box::new(BppRule),
            Self::Hoyer(settings) => Box::new(HoyerRule(settings)),
            Self::Nonsmooth(settings) => Box::new(NonsmoothRule(settings)),
            Self::Local => Box::new(LocalRule),
        }
    }

    /// Whether the parts have settled once the objective has; otherwise a fit goes on to the last iteration.
    pub(crate) fn settles(&self) -> bool {
        self.rule().settles()
    }

    /// Whether pixels may be 0.
    pub(crate) fn allows_zeros(&self) -> bool {
        !matches!(self, Self::Mu(loss) if !loss.allows_zeros())
    }

    /// Whether pixels may be unknown.
    pub(crate) fn allows_unknown(&self) -> bool {
        matches!(self, Self::Hals(_) | Self::Mu(_))
    }

    /// Whether the weights of a part are improved together, so that one process must have all of them.
    pub(crate) fn needs_all_weights(&self) -> bool {
        matches!(self, Self::Hoyer(settings) if settings.holds_weights())
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
            Self::Mu(BetaLoss::FROBENIUS) => f.write_str("mu"),
            Self::Mu(BetaLoss::KULLBACK_LEIBLER) => f.write_str("mu:kl"),
            Self::Mu(BetaLoss::ITAKURA_SAITO) => f.write_str("mu:is"),
            Self::Mu(loss) => write!(f, "mu:{}", loss.beta()),
            Self::Bpp => f.write_str("bpp"),
            Self::Hoyer(settings) => write!(f, "hoyer:{settings}"),
            Self::Nonsmooth(settings) => write!(f, "nonsmooth:{settings}"),
            Self::Local => f.write_str("local"),
        }
    }
}

impl FromStr for Solver {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, settings) = text
            .split_once(':')
            .map_or((text, None), |(name, settings)| (name, Some(settings)));
        let unknown = || Error::UnknownName {
            what: "solver",
            found: text.to_owned(),
            known: Self::NAMES.join(", "),
        };
        match (name, settings) {
            ("hals", None) => Ok(Self::default()),
            ("mu", None) => Ok(Self::Mu(BetaLoss::FROBENIUS)),
            ("mu", Some("kl")) => Ok(Self::Mu(BetaLoss::KULLBACK_LEIBLER)),
            ("mu", Some("is")) => Ok(Self::Mu(BetaLoss::ITAKURA_SAITO)),
            ("mu", Some(beta)) => beta
                .parse()
                .ok()
                .and_then(BetaLoss::new)
                .map(Self::Mu)
                .ok_or_else(unknown),
            ("bpp", None) => Ok(Self::Bpp),
            ("hoyer", None) => Ok(Self::Hoyer(Hoyer::default())),
            ("hoyer", Some(settings)) => settings.parse().map(Self::Hoyer),
            ("nonsmooth", None) => Ok(Self::Nonsmooth(Nonsmooth::default())),
            ("nonsmooth", Some(settings)) => settings.parse().map(Self::Nonsmooth),
            ("local", None) => Ok(Self::Local),
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_written_as_it_is_read() {
        for text in [
            "hals",
            "mu",
            "mu:kl",
            "mu:is",
            "mu:1.5",
            "mu:-2",
            "mu:4",
            "local",
            "bpp",
            "hoyer:H=0.8,W=0.3",
        ] {
            assert_eq!(text.parse::<Solver>().unwrap().to_string(), text);
        }
        for (text, shortest) in [
            ("mu:2", "mu"),
            ("mu:1.0", "mu:kl"),
            ("mu:0", "mu:is"),
            ("mu:-0", "mu:is"),
        ] {
            assert_eq!(text.parse::<Solver>().unwrap().to_string(), shortest);
        }
    }

    #[test]
    fn an_illegal_pair_is_told_the_legal_ones() {
        for text in [
            "", "HALS", "hals:kl", "local:is", "mu:", "mu:4.1", "mu:-2.1", "mu:nan", "mu:inf",
            "mu:kl:1", "bpp:is",
        ] {
            let error = text.parse::<Solver>().unwrap_err().to_string();
            let expected =
                format!("no solver is called `{text}`; there are: hals, mu, mu:kl, mu:is, mu:BETA");
            assert!(error.starts_with(&expected), "{error}");
        }
    }
}
