//! The rules by name. What is known about a rule is in [`RuleFacts`], which its file fills in. How
//! to add a rule is in `src/README.md`.

use std::fmt;
use std::str::FromStr;

use super::loss::BetaLoss;
use super::penalties::Penalties;
use super::rule::{RuleFacts, UpdateRule};
use super::rules::bpp::BppRule;
use super::rules::hals::{Hals, HalsRule};
use super::rules::hoyer::{Hoyer, HoyerRule};
use super::rules::huber::{Huber, HuberRule};
use super::rules::l1::L1Rule;
use super::rules::l21::L21Rule;
use super::rules::local::LocalRule;
use super::rules::mu::{self, MuRule};
use super::rules::nonsmooth::{Nonsmooth, NonsmoothRule};
use crate::error::{Error, Result};
use crate::plural::listed;

/// How W and H are learned; each rule carries its own settings.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Solver {
    /// Hierarchical alternating least squares on the squared error.
    Hals(Hals),
    /// Multiplicative updates on a β-divergence.
    Mu(BetaLoss),
    /// Exact least squares for each factor in turn, by block principal pivoting.
    Bpp,
    /// Least squares with parts, or weights, of a given sparseness.
    Hoyer(Hoyer),
    /// Least squares through a smoothing that makes parts sharp.
    Nonsmooth(Nonsmooth),
    /// Local non-negative matrix factorisation: parts that share few pixels, and a poor fit.
    Local,
    /// The sum of the lengths of the residuals of images: robust against damaged images.
    L21,
    /// Huber's loss: robust against damaged pixels.
    Huber(Huber),
    /// The sum of absolute residuals: the most robust against damaged pixels.
    L1,
}

/// Returns a rule with the settings in the text; `None` if they are not settings of the rule.
type ParseSettings = fn(&str) -> Result<Option<Solver>>;

/// How a rule is parsed.
struct ParserRow {
    /// The name before the colon.
    name: &'static str,
    /// How the rule is written, with the range of its settings.
    spellings: &'static str,
    /// Returns the rule with its default settings.
    default: fn() -> Solver,
    /// Parses the settings after the colon; `None` if the rule has none.
    with_settings: Option<ParseSettings>,
}

/// The rules in the order in which messages list them.
const RULES: &[ParserRow] = &[
    ParserRow {
        name: "hals",
        spellings: "hals",
        default: || Solver::Hals(Hals::default()),
        with_settings: None,
    },
    ParserRow {
        name: "mu",
        spellings: "mu, mu:kl, mu:is, mu:BETA (-2 to 4)",
        default: || Solver::Mu(BetaLoss::FROBENIUS),
        with_settings: Some(|text| Ok(mu::parse(text).map(Solver::Mu))),
    },
    ParserRow {
        name: "bpp",
        spellings: "bpp",
        default: || Solver::Bpp,
        with_settings: None,
    },
    ParserRow {
        name: "hoyer",
        spellings: "hoyer[:H=S,W=S] (0 to 1)",
        default: || Solver::Hoyer(Hoyer::default()),
        with_settings: Some(|text| Ok(Some(Solver::Hoyer(text.parse()?)))),
    },
    ParserRow {
        name: "nonsmooth",
        spellings: "nonsmooth[:THETA] (0 to 1)",
        default: || Solver::Nonsmooth(Nonsmooth::default()),
        with_settings: Some(|text| Ok(Some(Solver::Nonsmooth(text.parse()?)))),
    },
    ParserRow {
        name: "local",
        spellings: "local",
        default: || Solver::Local,
        with_settings: None,
    },
    ParserRow {
        name: "l21",
        spellings: "l21",
        default: || Solver::L21,
        with_settings: None,
    },
    ParserRow {
        name: "huber",
        spellings: "huber[:DELTA] (0.001 to 1000)",
        default: || Solver::Huber(Huber::default()),
        with_settings: Some(|text| Ok(Some(Solver::Huber(text.parse()?)))),
    },
    ParserRow {
        name: "l1",
        spellings: "l1",
        default: || Solver::L1,
        with_settings: None,
    },
];

impl ParserRow {
    /// Returns the ways to write the rule, without the range of its settings.
    fn forms(&self) -> impl Iterator<Item = &'static str> {
        let (forms, _range) = self
            .spellings
            .split_once(" (")
            .unwrap_or((self.spellings, ""));
        forms.split(", ")
    }

    /// Returns the facts about the rule with its default settings.
    fn facts(&self) -> RuleFacts {
        (self.default)().facts()
    }
}

/// Returns the rules of which the facts satisfy a condition, with their further spellings in brackets,
/// for messages.
pub(super) fn names_of(is_named: fn(&RuleFacts) -> bool) -> String {
    let mut names = Vec::new();
    for row in RULES.iter().filter(|row| is_named(&row.facts())) {
        let others: Vec<_> = row
            .forms()
            .filter(|form| without_optional(form) != row.name)
            .collect();
        names.push(if others.is_empty() {
            row.name.to_owned()
        } else {
            format!("{} ({})", row.name, others.join(", "))
        });
    }
    listed(&names)
}

/// Returns a spelling without its optional settings, which are in square brackets.
fn without_optional(form: &str) -> &str {
    form.split_once('[').map_or(form, |(name, _)| name)
}

/// A rule as it is written and as it runs.
struct RuleEntry {
    name: &'static str,
    /// The settings after the colon; empty if there are none.
    settings: String,
    /// The rule before its first iteration.
    rule: Box<dyn UpdateRule>,
}

impl Solver {
    /// How the rules are written, with the ranges of their settings.
    pub const NAMES: [&str; RULES.len()] = {
        let mut names = [""; RULES.len()];
        let mut index = 0;
        while index < names.len() {
            names[index] = RULES[index].spellings;
            index += 1;
        }
        names
    };

    /// Returns the name, the settings and the rule of each variant.
    fn entry(&self) -> RuleEntry {
        let (name, settings, rule): (_, _, Box<dyn UpdateRule>) = match *self {
            Self::Hals(settings) => ("hals", String::new(), Box::new(HalsRule::new(settings))),
            Self::Mu(loss) => ("mu", mu::written(loss), Box::new(MuRule(loss))),
            Self::Bpp => ("bpp", String::new(), Box::new(BppRule)),
            Self::Hoyer(settings) => ("hoyer", settings.to_string(), Box::new(HoyerRule(settings))),
            Self::Nonsmooth(settings) => (
                "nonsmooth",
                settings.to_string(),
                Box::new(NonsmoothRule(settings)),
            ),
            Self::Local => ("local", String::new(), Box::new(LocalRule)),
            Self::L21 => ("l21", String::new(), Box::new(L21Rule)),
            Self::Huber(settings) => ("huber", settings.to_string(), Box::new(HuberRule(settings))),
            Self::L1 => ("l1", String::new(), Box::new(L1Rule)),
        };
        RuleEntry {
            name,
            settings,
            rule,
        }
    }

    /// Returns the rule before its first iteration.
    pub(crate) fn rule(&self) -> Box<dyn UpdateRule> {
        self.entry().rule
    }

    /// Returns the facts about the rule.
    pub(crate) fn facts(&self) -> RuleFacts {
        self.rule().facts()
    }

    /// Returns the loss that the rule minimises, in a few words; objectives are comparable between
    /// rules with the same loss.
    #[must_use]
    pub fn minimises(&self) -> String {
        self.facts().loss.to_string()
    }

    /// Returns what is added to the squared error; `None` if the rule supports no penalties.
    #[must_use]
    pub fn penalties(&self) -> Option<Penalties> {
        self.facts().penalties
    }

    /// Returns the rule with these penalties.
    ///
    /// # Errors
    /// If there is any penalty and the rule supports none.
    pub fn with_penalties(self, penalties: Penalties) -> Result<Self> {
        match self {
            Self::Hals(settings) => Ok(Self::Hals(Hals {
                penalties,
                ..settings
            })),
            rule if penalties.any() => Err(Error::NoPenalties(rule.to_string())),
            rule => Ok(rule),
        }
    }

    /// Returns the rules, without free settings, that support unknown pixels and pixels of 0.
    #[must_use]
    pub fn for_unknown_pixels() -> Vec<Self> {
        let forms = RULES.iter().flat_map(ParserRow::forms);
        forms
            .filter_map(|form| without_optional(form).parse::<Self>().ok())
            .filter(|solver| {
                let facts = solver.facts();
                facts.supports_masks && facts.loss.allows_zeros()
            })
            .collect()
    }
}

impl Default for Solver {
    fn default() -> Self {
        Self::Hals(Hals::default())
    }
}

/// The rule as [`Solver::from_str`] parses it.
impl fmt::Display for Solver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RuleEntry { name, settings, .. } = self.entry();
        if settings.is_empty() {
            f.write_str(name)
        } else {
            write!(f, "{name}:{settings}")
        }
    }
}

impl FromStr for Solver {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, settings) = match text.split_once(':') {
            Some((name, settings)) => (name, Some(settings)),
            None => (text, None),
        };
        let row = RULES.iter().find(|row| row.name == name);
        let solver = match (row, settings) {
            (Some(row), None) => Some((row.default)()),
            (Some(row), Some(settings)) => match row.with_settings {
                Some(parse) => parse(settings)?,
                None => None,
            },
            (None, _) => None,
        };
        solver.ok_or_else(|| Error::UnknownName {
            what: "solver",
            found: text.to_owned(),
            known: Self::NAMES.join(", "),
        })
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
            "l21",
            "huber:0.25",
            "l1",
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
    fn rules_for_unknown_pixels_are_named_from_the_table() {
        assert_eq!(
            names_of(|facts| facts.supports_masks),
            "hals, mu (mu:kl, mu:is, mu:BETA), l21, huber and l1"
        );
        let written = Solver::for_unknown_pixels()
            .iter()
            .map(Solver::to_string)
            .collect::<Vec<_>>();
        assert_eq!(written, ["hals", "mu", "mu:kl", "l21", "huber:0.1", "l1"]);
    }

    #[test]
    fn an_unknown_rule_is_an_error_that_lists_the_known_ones() {
        for text in [
            "", "HALS", "hals:kl", "local:is", "mu:", "mu:4.1", "mu:-2.1", "mu:nan", "mu:inf",
            "mu:kl:1", "bpp:is", "l21:1", "l1:0.1",
        ] {
            let error = text.parse::<Solver>().unwrap_err().to_string();
            let expected =
                format!("unknown solver `{text}`; available: hals, mu, mu:kl, mu:is, mu:BETA");
            assert!(error.starts_with(&expected), "{error}");
        }
    }
}
