//! The comparison of learning rules on the same images, with one or several starts, ranks, seeds and noises.

mod means;
mod run_images;

pub use means::{FIGURES, MeanFigures, MeanSummary, Spread, Varied, means};
pub use run_images::{CleanImages, RunImages};

use std::collections::HashSet;
use std::ops::ControlFlow;

use ndarray::Axis;
use serde::Serialize;

use crate::basis::{Basis, Weights};
use crate::decomposition::VQ;
use crate::error::{Error, Result};
use crate::images::{Images, PreparedImages};
use crate::matching::match_one_to_one;
use crate::metrics::Partness;
use crate::nmf::{FitProgress, Iteration, Nmf, NmfModel, StopReason};
use crate::pca::PcaModel;
use crate::vq::{MAX_ITERATIONS, VqModel};

/// The most rules in one comparison.
pub const MOST_RULES: usize = 8;

/// The name of clean images in the column of noises.
pub const NO_NOISE: &str = "none";

/// Settings of a fit and their name.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The name in tables and pictures.
    pub name: String,
    /// The settings; for a fair comparison all rules have the same rank, start and seed.
    pub nmf: Nmf,
}

/// The model of a rule.
#[derive(Debug, Clone)]
pub struct Learned {
    /// The name of the rule.
    pub rule: String,
    /// The model.
    pub model: NmfModel,
}

/// Learns with one rule after the other and calls `on_iteration` in each iteration, with the index
/// of the rule. If it breaks, the comparison ends and the models so far are kept.
///
/// # Errors
/// As [`check`], or if a rule cannot learn from the images.
pub fn compare(
    images: &impl Images,
    rules: &[Rule],
    mut on_iteration: impl FnMut(usize, &Iteration) -> ControlFlow<()>,
) -> Result<Vec<Learned>> {
    check(rules)?;
    let mut learned: Vec<Learned> = Vec::new();
    learn_each(images, rules, &mut on_iteration, |_, model| {
        learned.push(model);
    })?;
    Ok(learned)
}

/// Learns as [`compare`] does, with any number of rules, and passes each model on with the index of its rule. Ranks, starts
/// and seeds can differ, and names can be the same.
///
/// # Errors
/// As [`check_pixels`], or if a rule cannot learn from the images.
pub fn learn_each(
    images: &impl Images,
    rules: &[Rule],
    mut on_iteration: impl FnMut(usize, &Iteration) -> ControlFlow<()>,
    mut on_learned: impl FnMut(usize, Learned),
) -> Result<()> {
    check_pixels(rules, images)?;
    let prepared = PreparedImages::new(images)?;
    for (index, rule) in rules.iter().enumerate() {
        let mut on_progress = |progress: &FitProgress| on_iteration(index, &progress.at);
        let fit = rule.nmf.fit_prepared(&prepared, None, &mut on_progress);
        let model = fit.map_err(|source| in_rule(rule, source))?;
        let interrupted = model.stop_reason == StopReason::Interrupted;
        let rule = rule.name.clone();
        on_learned(index, Learned { rule, model });
        if interrupted {
            break;
        }
    }
    Ok(())
}

/// Checks that all rules support unknown pixels if there are any.
///
/// # Errors
/// If one of them does not.
pub fn check_pixels(rules: &[Rule], images: &impl Images) -> Result<()> {
    for rule in rules {
        let checked = rule.nmf.check_mask(images.mask());
        checked.map_err(|source| in_rule(rule, source))?;
    }
    Ok(())
}

/// Adds the name of the rule to an error.
fn in_rule(rule: &Rule, source: Error) -> Error {
    Error::InRule {
        rule: rule.name.clone(),
        source: Box::new(source),
    }
}

/// Checks that the rules can be compared.
///
/// # Errors
/// If there is no rule, there are more than [`MOST_RULES`], or two have the same name.
pub fn check(rules: &[Rule]) -> Result<()> {
    if !(1..=MOST_RULES).contains(&rules.len()) {
        return Err(Error::RuleCount {
            count: rules.len(),
            most: MOST_RULES,
        });
    }
    let mut names = HashSet::new();
    for rule in rules {
        if !names.insert(&rule.name) {
            return Err(Error::RepeatedRule(rule.name.clone()));
        }
    }
    Ok(())
}

/// Returns the rows of `other` in the order of the most similar rows of `first`, matched one to
/// one; unmatched rows come last.
///
/// # Panics
/// If the two have different shapes.
#[must_use]
pub fn in_order_of(first: &Basis, other: &Basis) -> Basis {
    let mut order: Vec<usize> = match_one_to_one(&first.cosines(other))
        .into_iter()
        .flatten()
        .collect();
    let left: Vec<usize> = (0..other.rank())
        .filter(|row| !order.contains(row))
        .collect();
    order.extend(left);
    Basis::new(other.shape(), other.rows().select(Axis(0), &order))
}

/// A row of the table: one run of a rule, a vector quantisation, or a PCA.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleSummary {
    /// The name of the rule, `VQ`, or `PCA`.
    pub rule: String,
    /// The start; `None` for VQ and PCA.
    pub init: Option<String>,
    /// The number of parts, prototypes or eigenimages.
    pub rank: usize,
    /// The noise on the images; [`NO_NOISE`] without.
    pub noise: String,
    /// The seed of the start; `None` for PCA.
    pub seed: Option<u64>,
    /// The loss that it minimises; objectives are comparable only if this is the same.
    pub minimises: String,
    /// ‖X − W H‖ / ‖X‖.
    pub relative_error: f64,
    /// ‖C − W H‖ / ‖C‖ of the images C without noise; `None` if no noise was added.
    pub clean_error: Option<f64>,
    /// The objective at the last iteration; `None` for VQ and PCA.
    pub objective: Option<f64>,
    /// As in [`Partness`].
    pub sparsity: f64,
    /// As in [`Partness`].
    pub overlap: f64,
    /// As in [`Partness`].
    pub localisation: f64,
    /// As in [`Partness`].
    pub cancellation: f64,
    /// As in [`Partness`].
    pub dead: usize,
    /// As in [`Clustering`](crate::metrics::Clustering); `None` with fewer than two labels.
    pub accuracy: Option<f64>,
    /// As in [`Clustering`](crate::metrics::Clustering); `None` with fewer than two labels.
    pub nmi: Option<f64>,
    /// Iterations over all images; `None` for PCA.
    pub iterations: Option<usize>,
    /// Seconds of the fit, initialisation included.
    pub seconds: f64,
    /// Why it ended; `None` for PCA.
    #[serde(rename = "stop")]
    pub stop_reason: Option<StopReason>,
}

impl RuleSummary {
    /// Returns the summary of a rule.
    #[must_use]
    pub fn of_rule(learned: &Learned) -> Self {
        let Learned { rule, model } = learned;
        Self {
            init: Some(model.init.to_string()),
            rank: model.basis.rank(),
            seed: Some(model.seed),
            objective: Some(model.objective),
            iterations: Some(model.iterations()),
            stop_reason: Some(model.stop_reason),
            ..Self::new(
                rule,
                model.solver.minimises(),
                model.relative_error,
                model.seconds,
                &Partness::of(&model.basis, &model.weights, None),
            )
        }
    }

    /// Returns the summary of the vector quantisation.
    #[must_use]
    pub fn of_vq(model: &VqModel) -> Self {
        // Weights are 0 or 1, and nothing cancels.
        let none = Weights::zeros((0, model.prototypes.rank()));
        Self {
            rank: model.prototypes.rank(),
            seed: Some(model.seed),
            iterations: Some(model.iterations),
            stop_reason: Some(match model.iterations {
                _ if model.converged => StopReason::Converged,
                MAX_ITERATIONS => StopReason::MaxIterations,
                _ => StopReason::Interrupted,
            }),
            ..Self::new(
                VQ.name,
                "squared error".to_owned(),
                model.relative_error,
                model.seconds,
                &Partness::of(&model.prototypes, &none, None),
            )
        }
    }

    /// Returns the summary of the PCA.
    #[must_use]
    pub fn of_pca(model: &PcaModel) -> Self {
        let partness = Partness::of(&model.basis, &model.weights, Some(&model.mean));
        Self {
            rank: model.basis.rank(),
            ..Self::new(
                "PCA",
                "squared error".to_owned(),
                model.relative_error,
                model.seconds,
                &partness,
            )
        }
    }

    fn new(
        rule: &str,
        minimises: String,
        relative_error: f64,
        seconds: f64,
        partness: &Partness,
    ) -> Self {
        let Partness {
            sparsity,
            overlap,
            localisation,
            cancellation,
            dead,
            ..
        } = *partness;
        Self {
            rule: rule.to_owned(),
            init: None,
            rank: 0,
            noise: NO_NOISE.to_owned(),
            seed: None,
            minimises,
            relative_error,
            clean_error: None,
            objective: None,
            sparsity,
            overlap,
            localisation,
            cancellation,
            dead,
            accuracy: None,
            nmi: None,
            iterations: None,
            seconds,
            stop_reason: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;
    use crate::basis::Shape;

    #[test]
    fn parts_follow_the_order_of_the_first_rule() {
        let basis = |rows| Basis::new(Shape::new(1, 3), rows);
        let first = basis(arr2(&[[1., 0., 0.], [0., 1., 0.], [0., 0., 1.]]));
        let other = basis(arr2(&[[0., 1., 9.], [9., 0., 1.], [1., 9., 0.]]));
        let ordered = basis(arr2(&[[9., 0., 1.], [1., 9., 0.], [0., 1., 9.]]));
        assert_eq!(in_order_of(&first, &other), ordered);
        let two = basis(arr2(&[[0., 1., 9.], [0., 9., 1.]]));
        let ordered = basis(arr2(&[[0., 9., 1.], [0., 1., 9.]]));
        assert_eq!(in_order_of(&first, &two), ordered);
        let one = basis(arr2(&[[0., 0., 1.]]));
        assert_eq!(in_order_of(&one, &two), two);
    }
}
