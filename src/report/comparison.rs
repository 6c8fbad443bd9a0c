//! The report of a comparison of learning rules: `report.json` of the command `compare`.

use serde::Serialize;

use super::bound::BoundReport;
use super::input::{File, Input};
use super::pca::PcaReport;
use crate::comparison::{MeanSummary, NO_NOISE, RuleSummary};
use crate::nmf::NmfModel;

/// The contents of `report.json` of a comparison of rules.
#[derive(Debug, Clone, Serialize)]
pub struct ComparisonReport {
    /// The version of this program.
    pub version: String,
    /// The input.
    pub input: Input,
    /// The settings that all rules have in common.
    pub settings: Settings,
    /// The runs: for each noise those of the rules, then the vector quantisations, the PCAs last.
    pub compare: Vec<RuleSummary>,
    /// The means over the seeds.
    pub means: Vec<MeanSummary>,
    /// The PCA with as many eigenimages as there are parts; of several ranks and noises, that of the first.
    pub pca: PcaReport,
    /// The least error of as many images of any sign; absent if pixels are unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<BoundReport>,
    /// The files that were written.
    pub files: Vec<File>,
    /// Reasons for caution with the other figures, one sentence each.
    pub warnings: Vec<String>,
}

/// The settings of a comparison, which all of its rules have in common.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Settings {
    /// The number of parts, the first of [`Self::ranks`].
    pub rank: usize,
    /// The initialisation, the first of [`Self::inits`].
    pub init: String,
    /// The seed of the initialisation, the first of [`Self::seeds`], which also draws noise.
    pub seed: u64,
    /// All numbers of parts.
    pub ranks: Vec<usize>,
    /// All initialisations.
    pub inits: Vec<String>,
    /// All seeds.
    pub seeds: Vec<u64>,
    /// All noises; `none` is the images as they are.
    pub noises: Vec<String>,
    /// The maximum number of iterations of each rule.
    pub max_iterations: usize,
    /// The tolerance at which each rule stops.
    pub tolerance: f64,
    /// The relative error at which each rule stops.
    pub target_error: Option<f64>,
    /// The seconds after which each rule stops.
    pub time_limit: Option<f64>,
}

impl Settings {
    /// Returns the settings of the first model of a comparison, as those of all.
    #[must_use]
    pub fn of(model: &NmfModel) -> Self {
        let stop = &model.stop_rule;
        Self {
            rank: model.basis.rank(),
            init: model.init.to_string(),
            seed: model.seed,
            ranks: vec![model.basis.rank()],
            inits: vec![model.init.to_string()],
            seeds: vec![model.seed],
            noises: vec![NO_NOISE.to_owned()],
            max_iterations: stop.max_iterations,
            tolerance: stop.tolerance,
            target_error: stop.target_error,
            time_limit: stop.time_limit.map(|limit| limit.as_secs_f64()),
        }
    }
}
