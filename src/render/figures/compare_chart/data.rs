//! What the chart of a comparison shows.

use crate::comparison::Spread;
use crate::decomposition::Method;

/// The data of the chart.
#[derive(Debug, Clone, Copy)]
pub struct CompareChart<'a> {
    /// The title: the name of the folder.
    pub title: &'a str,
    /// One sentence: what dots and lines mean.
    pub caption: &'a str,
    /// What the errors are.
    pub measure: &'static str,
    /// One panel per start and noise.
    pub panels: &'a [ErrorPanel],
}

/// The errors with one start and one noise.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorPanel {
    /// What is special to the panel; empty for a single one.
    pub heading: String,
    /// The rules, VQ and PCA.
    pub series: Vec<ErrorSeries>,
}

/// The errors of one rule.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorSeries {
    /// Its name.
    pub name: String,
    /// The method: NMF for all rules.
    pub method: &'static Method,
    /// The errors at each rank, in ascending order of rank.
    pub points: Vec<RankErrors>,
}

/// The errors at one rank.
#[derive(Debug, Clone, PartialEq)]
pub struct RankErrors {
    /// The number of parts.
    pub rank: usize,
    /// One error per seed; at least one.
    pub errors: Vec<f64>,
}

impl RankErrors {
    pub(super) fn finite(&self) -> impl Iterator<Item = f64> {
        self.errors
            .iter()
            .copied()
            .filter(|error| error.is_finite())
    }

    /// Returns the largest error, or the upper end of the bar if that is larger.
    pub(super) fn highest(&self) -> f64 {
        let bar = self.spread().map(|of| of.mean + of.sd.unwrap_or(0.0));
        self.finite().chain(bar).fold(0.0, f64::max)
    }

    pub(super) fn spread(&self) -> Option<Spread> {
        Spread::of(&self.finite().collect::<Vec<_>>())
    }
}
