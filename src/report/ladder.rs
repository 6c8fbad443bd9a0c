//! The report of a run with several ranks. The keys of `ladder.json` are a contract.

use serde::Serialize;

use super::held_out::HeldOutReport;
use super::input::{File, Input};
use super::run::Report;
use crate::decomposition::{Method, NMF, PCA};
use crate::nmf::StopReason;

/// The contents of `ladder.json`.
#[derive(Debug, Clone, Serialize)]
pub struct LadderReport {
    /// The version of this program.
    pub version: String,
    /// The input.
    pub input: Input,
    /// The names of the images that `ladder.png` shows.
    pub images: Vec<String>,
    /// The ranks that were learned, in ascending order.
    pub ranks: Vec<RankSummary>,
    /// The files that were written.
    pub files: Vec<File>,
    /// Reasons for caution with the other figures, one sentence each.
    pub warnings: Vec<String>,
}

/// The main figures of one of several ranks, from the report in its folder.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RankSummary {
    /// The number of parts and of eigenimages.
    pub rank: usize,
    /// The folder of the run, below the output folder.
    pub folder: String,
    /// ‖X − W H‖ / ‖X‖ of the NMF.
    pub nmf_relative_error: f64,
    /// The relative error of the PCA, the mean image and as many eigenimages.
    pub pca_relative_error: f64,
    /// The least relative error of as many images of any sign; `None` if pixels are unknown.
    pub bound: Option<f64>,
    /// The relative error of the NMF on held-out images; `None` if there are none.
    pub nmf_held_out_error: Option<f64>,
    /// The relative error of the PCA on held-out images; `None` if there are none.
    pub pca_held_out_error: Option<f64>,
    /// The mean sparsity of the parts, as in [`Partness`](crate::Partness).
    pub sparsity: f64,
    /// The mean overlap of the parts, as in [`Partness`](crate::Partness).
    pub overlap: f64,
    /// The number of iterations of the NMF.
    pub iterations: usize,
    /// The seconds of the NMF.
    pub seconds: f64,
    /// Why the NMF ended.
    #[serde(rename = "stop")]
    pub stop_reason: StopReason,
}

impl RankSummary {
    /// Summarises the report of a run in `folder`.
    #[must_use]
    pub fn new(report: &Report, folder: String) -> Self {
        let (nmf, parts) = (&report.nmf, &report.parts.figures);
        let held_out = |method: &'static Method| {
            let of_all = |held_out: &HeldOutReport| held_out.methods[method].relative_error;
            report.held_out.as_ref().map(of_all)
        };
        Self {
            rank: nmf.rank,
            folder,
            nmf_relative_error: nmf.relative_error,
            pca_relative_error: report.pca.relative_error,
            bound: report.bound.as_ref().map(|bound| bound.relative_error),
            nmf_held_out_error: held_out(&NMF),
            pca_held_out_error: held_out(&PCA),
            sparsity: parts.sparsity,
            overlap: parts.overlap,
            iterations: nmf.iterations,
            seconds: nmf.seconds,
            stop_reason: nmf.stop_reason,
        }
    }
}
