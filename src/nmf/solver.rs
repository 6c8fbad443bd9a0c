//! The rules by name.

use std::fmt;
use std::str::FromStr;

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
    /// The loss that the rule makes small, in a few words; objectives are comparable where it is the same.
    #[must_use]
    pub fn minimises(&self) -> &'static str {
        match self {
            Self::Hals(_) => "squared error",
        }
    }

    /// The rule at work, fresh.
    pub(crate) fn rule(&self) -> Box<dyn UpdateRule> {
        match *self {
            Self::Hals(settings) => Box::new(HalsRule::new(settings)),
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
