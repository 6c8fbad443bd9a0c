//! The rules by name.

use std::fmt;
use std::str::FromStr;

use super::rule::UpdateRule;
use super::rules::hals::{Hals, HalsRule};
use super::rules::local::LocalRule;
use super::rules::multiplicative::{BetaLoss, MuRule};
use crate::error::{Error, Result};

/// How W and H are learned; each rule carries its own settings.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Solver {
    /// Hierarchical alternating least squares on the squared error.
    Hals(Hals),
    /// Multiplicative updates on a β-divergence.
    Mu(BetaLoss),
    /// Local non-negative matrix factorisation: parts that share few pixels, and a poor fit.
    Local,
}

/// The names of the rules, as they are spelled.
const NAMES: &str = "hals, mu, mu:kl, mu:is, mu:BETA (-2 to 4), local";

impl Solver {
    /// The rule at work, fresh.
    pub(crate) fn rule(&self) -> Box<dyn UpdateRule> {
        match *self {
            Self::Hals(settings) => Box::new(HalsRule::new(settings)),
            Self::Mu(loss) => Box::new(MuRule::new(loss)),
            Self::Local => Box::new(LocalRule),
        }
    }

    /// Whether pixels may be 0.
    pub(crate) fn allows_zeros(&self) -> bool {
        match self {
            Self::Mu(loss) => loss.allows_zeros(),
            Self::Hals(_) | Self::Local => true,
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
            Self::Local => f.write_str("local"),
        }
    }
}

impl FromStr for Solver {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let known = match text.split_once(':') {
            None => match text {
                "hals" => Some(Self::default()),
                "mu" => Some(Self::Mu(BetaLoss::FROBENIUS)),
                "local" => Some(Self::Local),
                _ => None,
            },
            Some(("mu", "kl")) => Some(Self::Mu(BetaLoss::KULLBACK_LEIBLER)),
            Some(("mu", "is")) => Some(Self::Mu(BetaLoss::ITAKURA_SAITO)),
            Some(("mu", beta)) => beta.parse().ok().and_then(BetaLoss::new).map(Self::Mu),
            Some(_) => None,
        };
        known.ok_or_else(|| Error::UnknownName { what: "solver", found: text.to_owned(), known: NAMES.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_written_as_it_is_read() {
        for text in ["hals", "mu", "mu:kl", "mu:is", "mu:1.5", "mu:-2", "mu:4", "local"] {
            assert_eq!(text.parse::<Solver>().unwrap().to_string(), text);
        }
        for (text, shortest) in [("mu:2", "mu"), ("mu:1.0", "mu:kl"), ("mu:0", "mu:is"), ("mu:-0", "mu:is")] {
            assert_eq!(text.parse::<Solver>().unwrap().to_string(), shortest);
        }
    }

    #[test]
    fn an_illegal_pair_is_told_the_legal_ones() {
        for text in ["", "HALS", "hals:kl", "local:is", "mu:", "mu:4.1", "mu:-2.1", "mu:nan", "mu:inf", "mu:kl:1"] {
            let error = text.parse::<Solver>().unwrap_err().to_string();
            let expected = format!("no solver is called `{text}`; there are: hals, mu, mu:kl, mu:is, mu:BETA");
            assert!(error.starts_with(&expected), "{error}");
        }
    }
}
