//! The section `pca` of a report.

use serde::Serialize;

use crate::basis::Weights;
use crate::images::Weighted;
use crate::metrics::Partness;
use crate::pca::PcaModel;

/// The PCA with as many eigenimages as there are parts, and the mean image besides.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct PcaReport {
    /// The number of eigenimages.
    pub rank: usize,
    /// What has weights in mean, variance and errors.
    pub weighted: Weighted,
    /// ‖X − X̂‖ / ‖X‖, mean included, over the known pixels.
    pub relative_error: f64,
    /// The same over the hidden pixels, as for the parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden_error: Option<f64>,
    /// 1 − the squared relative error, as for the parts.
    pub explained: f64,
    /// The duration of mean, Gram matrix and eigenvectors.
    pub seconds: f64,
    /// The fraction of the variance about the mean that each eigenimage explains.
    pub explained_variance_ratio: Vec<f64>,
    /// The relative error of the mean image and 0, 1, … eigenimages, as far as known.
    pub errors: Vec<f64>,
    /// How part-like the eigenimages are.
    pub parts: Partness,
}

impl PcaReport {
    /// Reports a model; `hidden_error` is left empty.
    #[must_use]
    pub fn new(model: &PcaModel) -> Self {
        Self::with_scores(model, &model.weights)
    }

    /// Does what [`PcaReport::new`] does for a model whose `scores` are kept elsewhere, as by
    /// [`Model::take`](crate::Model::take).
    #[must_use]
    pub fn with_scores(model: &PcaModel, scores: &Weights) -> Self {
        Self {
            rank: model.basis.rank(),
            weighted: model.weighted,
            relative_error: model.relative_error,
            hidden_error: None,
            explained: 1.0 - model.relative_error.powi(2),
            seconds: model.seconds,
            explained_variance_ratio: model.explained_variance_ratio.clone(),
            errors: model.errors.clone(),
            parts: Partness::of(&model.basis, scores, Some(&model.mean)),
        }
    }
}
