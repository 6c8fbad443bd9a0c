//! The figures that every method has, for code that compares methods.

use serde::Serialize;

use super::run::Report;
use crate::decomposition::{Method, NMF, PCA};
use crate::images::Weighted;
use crate::metrics::Partness;

/// The figures of one method in a report.
#[derive(Debug, Clone, Serialize)]
pub struct MethodFigures {
    /// The method.
    #[serde(flatten)]
    pub method: &'static Method,
    /// The number of basis images.
    pub rank: usize,
    /// The relative error over the known pixels.
    pub relative_error: f64,
    /// What has weights in the error.
    pub weighted: Weighted,
    /// The explained fraction of ‖X‖².
    pub explained: f64,
    /// The duration of the fit.
    pub seconds: f64,
    /// The importance of each basis image, as a fraction: see [`Method::share_of`].
    pub shares: Vec<f64>,
    /// How part-like the basis is.
    pub parts: Partness,
    /// The accuracy of nearest-class-mean classification, if there are labels.
    pub accuracy: Option<f64>,
    /// The number of known parts or features that it found, if any were given.
    pub found: Option<usize>,
}

impl MethodFigures {
    /// Returns what the error is called: `relative error`, or `weighted error` if anything has weights in it.
    #[must_use]
    pub fn error_name(&self) -> &'static str {
        if self.weighted.any() {
            "weighted error"
        } else {
            "relative error"
        }
    }
}

impl Report {
    /// Returns the figures of each method, in the order of
    /// [`METHODS`](crate::decomposition::METHODS).
    #[must_use]
    pub fn methods(&self) -> Vec<MethodFigures> {
        let Self { nmf, pca, .. } = self;
        let nmf = MethodFigures {
            method: &NMF,
            rank: nmf.rank,
            relative_error: nmf.relative_error,
            weighted: nmf.weighted,
            explained: nmf.explained,
            seconds: nmf.seconds,
            shares: nmf.shares.clone(),
            parts: self.parts.figures,
            accuracy: self.accuracy(&NMF),
            found: self.found(&NMF),
        };
        let pca = MethodFigures {
            method: &PCA,
            rank: pca.rank,
            relative_error: pca.relative_error,
            weighted: pca.weighted,
            explained: pca.explained,
            seconds: pca.seconds,
            shares: pca.explained_variance_ratio.clone(),
            parts: pca.parts,
            accuracy: self.accuracy(&PCA),
            found: self.found(&PCA),
        };
        vec![nmf, pca]
    }

    fn accuracy(&self, method: &Method) -> Option<f64> {
        let labels = self.labels.as_ref();
        labels.map(|labels| labels.methods[method].accuracy)
    }

    fn found(&self, method: &Method) -> Option<usize> {
        self.truth.as_ref().map(|truth| truth.found[method])
    }
}
