//! Every fact of a run as plain data. The keys of `report.json` are a contract: scripts read them.

mod mpi;
mod projection;
mod ranks;
mod truth;

pub use mpi::MpiReport;
pub use projection::{
    Flagged, FlaggedImage, ModelReport, NewImages, ProjectedReport, ProjectionReport,
};
pub use ranks::{RanksReport, RanksSettings};
use serde::Serialize;
pub use truth::{MatchReport, TruthReport};

use crate::basis::Shape;
use crate::comparison::RuleSummary;
use crate::images::Skipped;
use crate::metrics::{LabelAccuracy, Partness};
use crate::nmf::{Iteration, NmfModel, Penalties, Restart, StopReason};
use crate::pca::PcaModel;
use crate::rank::RankChoice;

/// All of `report.json`.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The version of this program.
    pub version: String,
    /// What was read.
    pub input: Input,
    /// What the factorisation learned, and how.
    pub nmf: NmfReport,
    /// The PCA of the same rank.
    pub pca: PcaReport,
    /// Whether the basis is one of parts.
    pub parts: Partness,
    /// Which of the known parts or features were found, where any were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truth: Option<TruthReport>,
    /// How well weights and scores tell the labels apart, where two labels or more have two images or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelAccuracy>,
    /// The processes that shared the images, where there were several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mpi: Option<MpiReport>,
    /// What was written.
    pub files: Vec<File>,
    /// What the reader should know before trusting the rest, a sentence each.
    pub warnings: Vec<String>,
}

/// All of `report.json` where rules were compared.
#[derive(Debug, Clone, Serialize)]
pub struct ComparisonReport {
    /// The version of this program.
    pub version: String,
    /// What was read.
    pub input: Input,
    /// What all rules have in common.
    pub settings: Settings,
    /// The table: a line a rule, the PCA last.
    pub compare: Vec<RuleSummary>,
    /// The PCA of the same rank.
    pub pca: PcaReport,
    /// What was written.
    pub files: Vec<File>,
    /// What the reader should know before trusting the rest, a sentence each.
    pub warnings: Vec<String>,
}

/// What the rules of a comparison have in common.
#[derive(Debug, Clone, Serialize)]
pub struct Settings {
    /// Number of parts.
    pub rank: usize,
    /// The start.
    pub init: String,
    /// The seed of the start.
    pub seed: u64,
    /// When each rule was to stop.
    pub max_iterations: usize,
    /// The tolerance that each rule was to stop at.
    pub tolerance: f64,
    /// The error that each rule was to stop at.
    pub target_error: Option<f64>,
    /// The seconds that each rule was to stop after.
    pub time_limit: Option<f64>,
}

/// What was read.
#[derive(Debug, Clone, Serialize)]
pub struct Input {
    /// As it was given.
    pub path: String,
    /// Images that were used.
    pub images: usize,
    /// Pixels that are unknown, over all images; absent where there are none.
    #[serde(skip_serializing_if = "is_none")]
    pub unknown: usize,
    /// Columns of pixels.
    pub width: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Names of the sub-folders that label the images; empty where there are none.
    pub labels: Vec<String>,
    /// Files that look like images and could not be used.
    pub skipped: Vec<Skipped>,
    /// Files passed over because they are no images.
    pub passed_over: usize,
    /// What was done to the pixels, a sentence each.
    pub notes: Vec<String>,
    /// How the pixels were prepared.
    pub preparation: Preparation,
}

/// How the pixels were prepared.
#[derive(Debug, Clone, Serialize)]
pub struct Preparation {
    /// The format that was named: `csv`, say.
    pub from: Option<String>,
    /// The picture that a row of a table is, height x width.
    pub shape: Option<String>,
    /// The order of the pixels in a row of a table: `row` or `column`.
    pub order: String,
    /// The column of a table that says what its images are, as it was named.
    pub label: Option<String>,
    /// The size asked for, `WxH`.
    pub size: Option<String>,
    /// How other sizes were brought to it.
    pub fit: String,
    /// Whether dark and bright were exchanged.
    pub invert: bool,
    /// The grey under transparent pixels, 0 to 255.
    pub background: u8,
    /// The array of an archive that was named.
    pub key: Option<String>,
    /// The most images asked for.
    pub limit: Option<usize>,
    /// Where the masks lie, as it was given.
    pub mask: Option<String>,
    /// What unknown pixels hold: `alpha`, `nan`, or a value.
    pub missing: Option<String>,
}

/// What the factorisation learned.
#[derive(Debug, Clone, Serialize)]
pub struct NmfReport {
    /// Number of parts.
    pub rank: usize,
    /// Why so many, where a search chose them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank_choice: Option<RankChoice>,
    /// The learning rule.
    pub solver: String,
    /// What is added to the squared error, where the rule can add to it.
    pub penalties: Option<Penalties>,
    /// The start.
    pub init: String,
    /// The seed of the start; of several, of the best.
    pub seed: u64,
    /// How many starts were asked for.
    pub starts: usize,
    /// How each start ended, and how alike its parts are to the best one's; absent where only one was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub restarts: Vec<Restart>,
    /// When it was to stop.
    pub max_iterations: usize,
    /// The tolerance it was to stop at.
    pub tolerance: f64,
    /// The error it was to stop at.
    pub target_error: Option<f64>,
    /// The seconds it was to stop after.
    pub time_limit: Option<f64>,
    /// Whether a sample was learned first, where there are enough images.
    pub sample_start: bool,
    /// ‖X − W H‖ / ‖X‖, over the known pixels.
    pub relative_error: f64,
    /// The same over the hidden pixels, against what stands under the mask; absent where nothing is known of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden_error: Option<f64>,
    /// What the learning rule makes small: ½ ‖X − W H‖² with all penalties, or its own divergence; pixels from 0 to 1.
    pub objective: f64,
    /// 1 less the squared relative error: the share of ‖X‖² that is explained.
    pub explained: f64,
    /// Iterations over all images.
    pub iterations: usize,
    /// Initialisation (with its samples) and iterations.
    pub seconds: f64,
    /// Why it ended.
    pub stop: StopReason,
    /// Whether it ended because the error settled or the target was reached.
    pub converged: bool,
    /// Each part's share of the light in the reconstructions.
    pub shares: Vec<f64>,
    /// Every iteration.
    pub trace: Vec<Iteration>,
}

/// The PCA of the same rank.
#[derive(Debug, Clone, Serialize)]
pub struct PcaReport {
    /// Number of eigenimages.
    pub rank: usize,
    /// ‖X − X̂‖ / ‖X‖, mean included, over the known pixels.
    pub relative_error: f64,
    /// The same over the hidden pixels, as of the parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden_error: Option<f64>,
    /// 1 less the squared relative error, as for the parts.
    pub explained: f64,
    /// Mean, Gram matrix and eigenvectors.
    pub seconds: f64,
    /// Each eigenimage's share of the variance about the mean.
    pub explained_variance_ratio: Vec<f64>,
    /// The relative error of each rank from 0, the mean alone, as far as it is known; no factorisation gets below it.
    pub errors: Vec<f64>,
    /// The same of the eigenimages as of the parts.
    pub parts: Partness,
}

/// A file that was written.
#[derive(Debug, Clone, Serialize)]
pub struct File {
    /// Its name in the output folder.
    pub name: String,
    /// What it shows, in one sentence.
    pub caption: String,
}

impl Input {
    /// The size of every image.
    #[must_use]
    pub fn shape(&self) -> Shape {
        Shape::new(self.height, self.width)
    }
}

impl Settings {
    /// From a model of the comparison.
    #[must_use]
    pub fn of(model: &NmfModel) -> Self {
        Self {
            rank: model.basis.rank(),
            init: model.init.to_string(),
            seed: model.seed,
            max_iterations: model.stop_rule.max_iterations,
            tolerance: model.stop_rule.tolerance,
            target_error: model.stop_rule.target_error,
            time_limit: model.stop_rule.time_limit.map(|limit| limit.as_secs_f64()),
        }
    }
}

impl NmfReport {
    /// From a model and the settings that the model does not carry.
    #[must_use]
    pub fn new(model: &NmfModel) -> Self {
        Self {
            rank: model.basis.rank(),
            rank_choice: None,
            solver: model.solver.to_string(),
            penalties: model.solver.penalties(),
            init: model.init.to_string(),
            seed: model.seed,
            starts: model.starts,
            restarts: model.restarts.clone(),
            max_iterations: model.stop_rule.max_iterations,
            tolerance: model.stop_rule.tolerance,
            target_error: model.stop_rule.target_error,
            time_limit: model.stop_rule.time_limit.map(|limit| limit.as_secs_f64()),
            sample_start: model.sample_start,
            relative_error: model.relative_error,
            hidden_error: None,
            objective: model.objective,
            explained: 1.0 - model.relative_error.powi(2),
            iterations: model.trace.len(),
            seconds: model.seconds,
            stop: model.stop,
            converged: matches!(model.stop, StopReason::Converged | StopReason::TargetError),
            shares: model.shares.clone(),
            trace: model.trace.clone(),
        }
    }
}

impl PcaReport {
    /// From a model.
    #[must_use]
    pub fn new(model: &PcaModel) -> Self {
        Self {
            rank: model.components.rank(),
            relative_error: model.relative_error,
            hidden_error: None,
            explained: 1.0 - model.relative_error.powi(2),
            seconds: model.seconds,
            explained_variance_ratio: model.explained_variance_ratio.clone(),
            errors: model.errors.clone(),
            parts: Partness::of(&model.components, &model.scores, Some(&model.mean)),
        }
    }
}

/// What is to be said of both models, a sentence each.
#[must_use]
pub fn warnings(nmf: &NmfModel, pca: &PcaModel) -> Vec<String> {
    [start_warnings(nmf), nmf_warnings(nmf), pca_warnings(pca)].concat()
}

/// What is to be said of the start.
fn start_warnings(nmf: &NmfModel) -> Vec<String> {
    let is_idle = nmf.seed != 0 && !nmf.init.is_random();
    let said = || {
        format!(
            "--seed {} makes no difference to the start {}, which is always the same",
            nmf.seed, nmf.init
        )
    };
    is_idle.then(said).into_iter().collect()
}

/// What is to be said of the parts, a sentence each.
#[must_use]
pub fn nmf_warnings(nmf: &NmfModel) -> Vec<String> {
    let mut warnings = Vec::new();
    let after = match nmf.trace.len() {
        1 => "after 1 iteration".to_owned(),
        count => format!("after {count} iterations"),
    };
    if nmf.stop == StopReason::MaxIterations && nmf.solver.settles() {
        warnings.push(format!(
            "the iterations were used up {after}, before the error settled; pass a larger --max-iter to go on"
        ));
    }
    let (last, place, kept) = match nmf.restarts.last() {
        None => (nmf.stop, after, "what was learned so far"),
        Some(last) => (
            last.stop,
            format!("in start {} of {}", nmf.restarts.len(), nmf.starts),
            "the best so far",
        ),
    };
    match last {
        StopReason::TimeLimit => {
            warnings.push(format!("stopped by --time-limit {place}; {kept} is kept"))
        }
        StopReason::Interrupted => warnings.push(format!("interrupted {place}; {kept} is kept")),
        StopReason::Converged | StopReason::TargetError | StopReason::MaxIterations => {}
    }
    if nmf.dead() > 0 {
        let advice = if nmf
            .solver
            .penalties()
            .is_some_and(|penalties| penalties.any())
        {
            "the penalties leave room for fewer parts: try weaker ones or a smaller -k"
        } else {
            "try another start (--init, --seed) or a smaller -k"
        };
        warnings.push(format!(
            "{} of {} parts {} used by no image; {advice}",
            nmf.dead(),
            nmf.basis.rank(),
            are(nmf.dead())
        ));
    }
    warnings
}

/// What is to be said of the eigenimages, a sentence each.
#[must_use]
pub fn pca_warnings(pca: &PcaModel) -> Vec<String> {
    let mut warnings = Vec::new();
    if pca.empty() > 0 {
        warnings.push(format!(
            "{} of {} eigenimages {} empty: the images vary in fewer directions",
            pca.empty(),
            pca.components.rank(),
            are(pca.empty())
        ));
    }
    warnings
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}
