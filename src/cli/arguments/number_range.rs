//! Ranges of whole numbers, such as 1..60:4.

use std::fmt;

/// Every `step`-th number from `first` to `last`, and always the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NumberRange {
    pub first: usize,
    pub last: usize,
    pub step: usize,
}

/// Which numbers a list takes.
pub(super) struct Allowed {
    /// The least number.
    pub least: usize,
    /// The message for other texts.
    pub needed: &'static str,
    /// The name of one of the numbers: `rank`.
    pub name: &'static str,
}

impl NumberRange {
    /// Parses numbers and ranges, separated by commas.
    pub(super) fn list(text: &str, allowed: &Allowed) -> Result<Vec<Self>, String> {
        text.split(',')
            .map(|piece| Self::parse(piece.trim(), allowed))
            .collect()
    }

    fn parse(text: &str, allowed: &Allowed) -> Result<Self, String> {
        let number = |text: &str, least: usize| match text.trim().parse() {
            Ok(number) if number >= least => Ok(number),
            _ => Err(allowed.needed.to_owned()),
        };
        let Some((first, rest)) = text.split_once("..") else {
            let number = number(text, allowed.least)?;
            return Ok(Self {
                first: number,
                last: number,
                step: 1,
            });
        };
        let (last, step) = rest.split_once(':').unwrap_or((rest, "1"));
        let range = Self {
            first: number(first, allowed.least)?,
            last: number(last, allowed.least)?,
            step: number(step, 1)?,
        };
        if range.first > range.last {
            return Err(format!(
                "the range {text} is empty: its first {} must be the smaller one",
                allowed.name
            ));
        }
        Ok(range)
    }

    /// Returns the numbers in ascending order; the last can be there twice.
    pub(super) fn numbers(self) -> impl Iterator<Item = usize> {
        let Self { first, last, step } = self;
        (first..=last).step_by(step).chain([last])
    }
}

impl fmt::Display for NumberRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first == self.last, self.step) {
            (true, _) => write!(f, "{}", self.first),
            (false, 1) => write!(f, "{}..{}", self.first, self.last),
            (false, step) => write!(f, "{}..{}:{step}", self.first, self.last),
        }
    }
}
