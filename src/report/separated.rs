//! The section `separated` of a report: the parts of a second fit, with a penalty on overlap.

use serde::Serialize;

use crate::basis::Weights;
use crate::metrics::{Partness, Verdict};
use crate::nmf::{Hals, NmfModel, Overlap, Penalties, Solver};

/// The strength of the penalty that is advised where parts look like faint whole images.
const STRENGTH: f64 = 0.02;

/// The parts learned with a penalty on overlap, beside those learned without.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SeparatedReport {
    /// The option that gives these parts.
    pub option: String,
    /// ‖X − W H‖ / ‖X‖ over the known pixels.
    pub relative_error: f64,
    /// The number of iterations over all images.
    pub iterations: usize,
    /// The duration of the fit.
    pub seconds: f64,
    /// As in [`Partness`].
    pub sparsity: f64,
    /// As in [`Partness`].
    pub overlap: f64,
    /// The number of parts that are 0 everywhere.
    pub dead: usize,
    /// Whether these are parts.
    pub verdict: Verdict,
}

impl SeparatedReport {
    /// Reports a model that was learned with [`separating_solver`].
    #[must_use]
    pub fn new(model: &NmfModel) -> Self {
        let figures = basis_figures(model);
        Self {
            option: format!("--overlap {STRENGTH}"),
            relative_error: model.relative_error,
            iterations: model.iterations(),
            seconds: model.seconds,
            sparsity: figures.sparsity,
            overlap: figures.overlap,
            dead: figures.dead,
            verdict: figures.verdict(),
        }
    }
}

/// Measures the basis of a model without its weights, so that every process finds the same; nothing cancels in an NMF.
#[must_use]
pub fn basis_figures(model: &NmfModel) -> Partness {
    let none = Weights::zeros((0, model.basis.rank()));
    Partness::of(&model.basis, &none, None)
}

/// Returns the rule with the penalty on overlap that is advised where parts look like faint whole images; `None` for a rule
/// without penalties, or with some already.
#[must_use]
pub fn separating_solver(solver: Solver) -> Option<Solver> {
    match solver {
        Solver::Hals(hals) if !hals.penalties.any() => Some(Solver::Hals(Hals {
            penalties: Penalties {
                overlap: Overlap {
                    from: STRENGTH,
                    to: STRENGTH,
                },
                ..hals.penalties
            },
            ..hals
        })),
        _ => None,
    }
}

/// Returns the option that separates parts.
#[must_use]
pub fn separating_option(nmf: &NmfModel) -> String {
    match nmf.solver.penalties() {
        Some(Penalties { overlap, .. }) if overlap.from > 0.0 || overlap.to > 0.0 => {
            format!("a larger --overlap than {overlap}")
        }
        Some(_) => format!("--overlap {STRENGTH}"),
        None => format!("--solver hals --overlap {STRENGTH}"),
    }
}
