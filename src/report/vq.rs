//! The section `vq` of a report.

use serde::Serialize;

use crate::vq::VqModel;

/// The vector quantisation with as many prototypes as there are parts.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct VqReport {
    /// The number of prototypes.
    pub rank: usize,
    /// ‖X − X̂‖ / ‖X‖ over the known pixels, with each image replaced by its prototype.
    pub relative_error: f64,
    /// The explained fraction of ‖X‖².
    pub explained: f64,
    /// ‖X − X̂‖², the objective.
    pub inertia: f64,
    /// The number of iterations over all images.
    pub iterations: usize,
    /// Whether the prototypes came to rest.
    pub converged: bool,
    /// The number of images of each prototype.
    pub sizes: Vec<usize>,
    /// The duration of the fit.
    pub seconds: f64,
    /// The seed of the start.
    pub seed: u64,
}

impl VqReport {
    /// Reports a model.
    #[must_use]
    pub fn new(model: &VqModel) -> Self {
        Self {
            rank: model.prototypes.rank(),
            relative_error: model.relative_error,
            explained: model.explained(),
            inertia: model.inertia,
            iterations: model.iterations,
            converged: model.converged,
            sizes: model.sizes.clone(),
            seconds: model.seconds,
            seed: model.seed,
        }
    }
}
