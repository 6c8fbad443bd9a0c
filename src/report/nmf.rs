//! The section `nmf` of a report.

use serde::Serialize;

use crate::images::Weighted;
use crate::nmf::{Iteration, NmfModel, Penalties, Restart, StopReason};
use crate::rank::RankChoice;

/// The settings of the NMF, and what it learned.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct NmfReport {
    /// The number of parts.
    pub rank: usize,
    /// The number of fixed parts, which are the first.
    pub fixed_parts: usize,
    /// What has weights in the errors, which are relative to the weighted norm of X.
    pub weighted: Weighted,
    /// Why this rank, if a search chose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank_choice: Option<RankChoice>,
    /// The learning rule; `none` if W and H were given.
    pub solver: String,
    /// What is added to the squared error, if the rule supports penalties.
    pub penalties: Option<Penalties>,
    /// The initialisation.
    pub init: String,
    /// The seed of the initialisation; with several starts, that of the best.
    pub seed: u64,
    /// The number of starts.
    pub starts: usize,
    /// How each start ended, and how similar its parts are to those of the best; absent with one start.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub restarts: Vec<Restart>,
    /// The maximum number of iterations.
    pub max_iterations: usize,
    /// The tolerance at which to stop.
    pub tolerance: f64,
    /// The relative error at which to stop.
    pub target_error: Option<f64>,
    /// The seconds after which to stop.
    pub time_limit: Option<f64>,
    /// Whether to learn from a sample first, if there are enough images.
    pub sample_start: bool,
    /// ‖X − W H‖ / ‖X‖ over the known pixels.
    pub relative_error: f64,
    /// The same over the hidden pixels as they are guessed, against the pixel values under the mask; absent if
    /// these are unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden_error: Option<f64>,
    /// What the learning rule minimises: ½ ‖X − W H‖² with all penalties, or its own divergence; pixels
    /// are normalised.
    pub objective: f64,
    /// 1 − the squared relative error: the explained fraction of ‖X‖².
    pub explained: f64,
    /// The number of iterations over all images.
    pub iterations: usize,
    /// The duration of initialisation (with its samples) and iterations.
    pub seconds: f64,
    /// Why the fit ended.
    #[serde(rename = "stop")]
    pub stop_reason: StopReason,
    /// Whether it ended because the error converged or reached the target.
    pub converged: bool,
    /// The fraction of the total reconstructed intensity of each part.
    pub shares: Vec<f64>,
    /// Every iteration.
    pub trace: Vec<Iteration>,
}

impl NmfReport {
    /// Reports a model; `rank_choice` and `hidden_error` are left empty.
    #[must_use]
    pub fn new(model: &NmfModel) -> Self {
        let stop = &model.stop_rule;
        Self {
            rank: model.basis.rank(),
            fixed_parts: model.fixed_parts,
            weighted: model.weighted,
            rank_choice: None,
            solver: model.rule_name(),
            penalties: model.solver.penalties(),
            init: model.init.to_string(),
            seed: model.seed,
            starts: model.starts,
            restarts: model.restarts.clone(),
            max_iterations: stop.max_iterations,
            tolerance: stop.tolerance,
            target_error: stop.target_error,
            time_limit: stop.time_limit.map(|limit| limit.as_secs_f64()),
            sample_start: model.sample_start,
            relative_error: model.relative_error,
            hidden_error: None,
            objective: model.objective,
            explained: 1.0 - model.relative_error.powi(2),
            iterations: model.iterations(),
            seconds: model.seconds,
            stop_reason: model.stop_reason,
            converged: matches!(
                model.stop_reason,
                StopReason::Converged | StopReason::TargetError
            ),
            shares: model.shares.clone(),
            trace: model.trace.clone(),
        }
    }
}
