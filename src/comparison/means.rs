//! Means and standard deviations over the seeds of a comparison.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{NO_NOISE, RuleSummary};

/// The names of the figures that have a mean, in their order in tables; the keys of `report.json`.
pub const FIGURES: [&str; 9] = [
    "relative_error",
    "clean_error",
    "sparsity",
    "overlap",
    "localisation",
    "accuracy",
    "nmi",
    "iterations",
    "seconds",
];

/// The mean of a figure over some runs, and how far they spread.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// The sample standard deviation, with n − 1 in the denominator; `None` of a single run.
    pub sd: Option<f64>,
}

impl Spread {
    /// Returns mean and standard deviation of `values`; `None` if there are none.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let sd = (values.len() > 1).then(|| (squares / (count - 1.0)).sqrt());
        Some(Self { mean, sd })
    }
}

/// The figures of a combination of settings, over its seeds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeanSummary {
    /// The name of the rule, `VQ`, or `PCA`.
    pub rule: String,
    /// The start; `None` for VQ and PCA.
    pub init: Option<String>,
    /// The number of parts, prototypes or eigenimages.
    pub rank: usize,
    /// The noise on the images; `none` without.
    pub noise: String,
    /// The number of runs, one per seed.
    pub runs: usize,
    /// The figures.
    pub figures: MeanFigures,
}

/// One spread per name in [`FIGURES`]; `None` where the runs lack the figure. Serialised as a map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanFigures(pub [Option<Spread>; FIGURES.len()]);

impl MeanFigures {
    /// Returns the figure of this name, one of [`FIGURES`].
    #[must_use]
    pub fn named(&self, name: &str) -> Option<Spread> {
        let index = FIGURES.iter().position(|figure| *figure == name)?;
        self.0[index]
    }
}

impl Serialize for MeanFigures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(FIGURES.len()))?;
        for (name, spread) in FIGURES.iter().zip(&self.0) {
            map.serialize_entry(name, spread)?;
        }
        map.end()
    }
}

/// Returns the means of each combination of rule, start, rank and noise, in the order of their first runs.
#[must_use]
pub fn means(runs: &[RuleSummary]) -> Vec<MeanSummary> {
    let mut combinations: Vec<Vec<&RuleSummary>> = Vec::new();
    for run in runs {
        match combinations
            .iter_mut()
            .find(|of| of[0].differs_in_seed(run))
        {
            Some(same) => same.push(run),
            None => combinations.push(vec![run]),
        }
    }
    combinations.iter().map(|runs| mean_of(runs)).collect()
}

/// Returns the mean of the runs of one combination.
fn mean_of(runs: &[&RuleSummary]) -> MeanSummary {
    let mut figures = [None; FIGURES.len()];
    for (index, figure) in figures.iter_mut().enumerate() {
        let values: Vec<f64> = runs.iter().filter_map(|run| run.figures()[index]).collect();
        *figure = Spread::of(&values);
    }
    let first = runs[0];
    MeanSummary {
        rule: first.rule.clone(),
        init: first.init.clone(),
        rank: first.rank,
        noise: first.noise.clone(),
        runs: runs.len(),
        figures: MeanFigures(figures),
    }
}

impl RuleSummary {
    /// Returns the values of [`FIGURES`].
    fn figures(&self) -> [Option<f64>; FIGURES.len()] {
        [
            Some(self.relative_error),
            self.clean_error,
            Some(self.sparsity),
            Some(self.overlap),
            Some(self.localisation),
            self.accuracy,
            self.nmi,
            self.iterations.map(|count| count as f64),
            Some(self.seconds),
        ]
    }

    /// Checks whether two runs have the same settings but for the seed.
    fn differs_in_seed(&self, other: &Self) -> bool {
        (&self.rule, &self.init, self.rank, &self.noise)
            == (&other.rule, &other.init, other.rank, &other.noise)
    }
}

/// What differs among the runs of a comparison besides the rule, and whether there is noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each setting differs or not")]
pub struct Varied {
    /// Whether there are several starts.
    pub init: bool,
    /// Whether there are several ranks.
    pub rank: bool,
    /// Whether any images have noise.
    pub noise: bool,
    /// Whether there are several seeds.
    pub seed: bool,
}

impl Varied {
    /// Returns what differs among the runs.
    #[must_use]
    pub fn among(runs: &[RuleSummary]) -> Self {
        Self {
            init: differ(runs.iter().filter_map(|run| run.init.as_ref())),
            rank: differ(runs.iter().map(|run| run.rank)),
            noise: runs.iter().any(|run| run.noise != NO_NOISE),
            seed: differ(runs.iter().filter_map(|run| run.seed)),
        }
    }

    /// Checks whether anything but the rule differs, or images have noise.
    #[must_use]
    pub fn any(self) -> bool {
        self.init || self.rank || self.noise || self.seed
    }
}

/// Checks whether any value differs from the first.
fn differ<T: PartialEq>(mut values: impl Iterator<Item = T>) -> bool {
    let first = values.next();
    values.any(|value| Some(&value) != first.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_deviation_is_that_of_a_sample() {
        let spread = Spread::of(&[1.0, 2.0, 6.0]).unwrap();
        assert!((spread.mean - 3.0).abs() < 1e-12);
        // (4 + 1 + 9) / 2.
        assert!((spread.sd.unwrap() - 7f64.sqrt()).abs() < 1e-12);
        assert_eq!(Spread::of(&[5.0]).unwrap().sd, None);
        assert_eq!(Spread::of(&[]), None);
    }
}
