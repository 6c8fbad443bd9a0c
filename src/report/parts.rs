//! The section `parts` of a report: figures of the parts, and the verdict on them.

use serde::Serialize;

use super::separated::separating_option;
use crate::metrics::{Partness, Verdict};
use crate::nmf::NmfModel;

/// The measurements that the thresholds lie between: figures of photographs and of drawings.
const GROUNDS: &str = "scikit-learn's NMF, 100 iterations: 243 photographs of faces at 4 to 49 parts: sparsity 0.20 to 0.41, \
                       overlap 0.36 to 0.59; drawn faces and digits at 9 to 49 parts: sparsity 0.62 to 0.85, overlap 0.06 to 0.33";

/// How part-like the basis of the NMF is.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct PartsReport {
    /// The figures.
    #[serde(flatten)]
    pub figures: Partness,
    /// What they mean.
    pub verdict: VerdictReport,
}

/// Whether the basis images are parts, and what helps if they are not.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct VerdictReport {
    /// The verdict.
    pub name: Verdict,
    /// The same as a sentence without a full stop, with the figures beside their thresholds.
    pub sentence: String,
    /// The option that separates the parts; `None` unless they look like faint whole images and were learned.
    pub remedy: Option<String>,
    /// Where one verdict ends and another begins.
    pub thresholds: Thresholds,
}

/// The thresholds of a verdict.
#[derive(Debug, Clone, Copy, Serialize)]
#[non_exhaustive]
pub struct Thresholds {
    /// Faint whole images have a sparsity below this.
    pub sparsity: f64,
    /// Faint whole images have an overlap above this.
    pub overlap: f64,
    /// What was measured of images on either side.
    pub grounds: &'static str,
}

impl PartsReport {
    /// Judges the parts of a model with these figures.
    #[must_use]
    pub fn new(nmf: &NmfModel, figures: Partness) -> Self {
        let name = figures.verdict();
        Self {
            figures,
            verdict: VerdictReport {
                name,
                sentence: sentence(&figures, name),
                remedy: (name == Verdict::WholeImages && !nmf.is_given())
                    .then(|| separating_option(nmf)),
                thresholds: Thresholds {
                    sparsity: Partness::WHOLE_SPARSITY,
                    overlap: Partness::WHOLE_OVERLAP,
                    grounds: GROUNDS,
                },
            },
        }
    }
}

/// Returns the verdict as a sentence without a full stop.
fn sentence(figures: &Partness, verdict: Verdict) -> String {
    let what = match verdict {
        Verdict::Parts => "these are parts rather than faint whole images",
        Verdict::WholeImages => "the parts look like faint whole images",
        Verdict::Between => "the parts are neither clearly parts nor clearly faint whole images",
    };
    let beside = |value: f64, threshold: f64| {
        let side = if value < threshold {
            "below"
        } else if value > threshold {
            "above"
        } else {
            "at"
        };
        // Two digits could round it onto the threshold.
        let digits = if (value - threshold).abs() < 0.005 {
            4
        } else {
            2
        };
        format!("{value:.digits$}, {side} {threshold}")
    };
    format!(
        "{what} (sparsity {}; overlap {})",
        beside(figures.sparsity, Partness::WHOLE_SPARSITY),
        beside(figures.overlap, Partness::WHOLE_OVERLAP)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verdict_states_its_figures_on_the_right_side_of_their_thresholds() {
        let said = |sparsity, overlap| {
            let figures = Partness {
                sparsity,
                overlap,
                localisation: 0.0,
                cancellation: 1.0,
                cancelled: 0.0,
                dead: 0,
            };
            sentence(&figures, figures.verdict())
        };
        assert_eq!(
            said(0.32, 0.48),
            "the parts look like faint whole images (sparsity 0.32, below 0.5; overlap 0.48, above 0.35)"
        );
        assert_eq!(
            said(0.7, 0.21),
            "these are parts rather than faint whole images (sparsity 0.70, above 0.5; overlap 0.21, below 0.35)"
        );
        assert!(
            said(0.5, 0.4).starts_with("the parts are neither"),
            "{}",
            said(0.5, 0.4)
        );
        assert!(said(0.5, 0.4).contains("0.5000, at 0.5"));
        let close = said(0.498, 0.352);
        assert!(
            close.contains("sparsity 0.4980, below 0.5; overlap 0.3520, above 0.35"),
            "{close}"
        );
    }
}
