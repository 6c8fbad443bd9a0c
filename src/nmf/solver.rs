//! The rules by name.

use std::fmt;
use std::str::FromStr;

use super::penalties::Penalties;
use super::rule::UpdateRule;
use super::rules::hals::{Hals, HalsRule};
use crate::error::{Error, Result};

/// How W and H are learned; each rule carries its own settings.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Solver {
    /// Hierarchical alternating least squares.
    Hals(Hals),
}

impl Solver {
    /// The rule at work, fresh.
    pub(crate) fn rule(&self) -> Box<dyn UpdateRule> {
        match *self {
            Self::Hals(settings) => Box::new(HalsRule::new(settings)),
        }
    }

    /// What is added to the squared error, where the rule can add to it.
    #[must_use]
    pub fn penalties(&self) -> Option<Penalties> {
        match self {
            Self::Hals(settings) => Some(settings.penalties),
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
        }
    }
}

impl FromStr for Solver {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "hals" => Ok(Self::default()),
            _ => Err(Error::UnknownName { what: "solver", found: text.to_owned(), known: "hals".to_owned() }),
        }
    }
}
