//! The learning rules side by side: the same images, the same start, one table.

use std::collections::HashSet;
use std::ops::ControlFlow;

use ndarray::Axis;
use serde::Serialize;

use crate::basis::Basis;
use crate::error::{Error, Result};
use crate::images::Images;
use crate::matching::match_one_to_one;
use crate::metrics::Partness;
use crate::nmf::{Iteration, Nmf, NmfModel, StopReason};
use crate::pca::PcaModel;

/// The most rules that one comparison takes.
pub const MOST_RULES: usize = 8;

/// A way of learning and the name that it goes by.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name in the table and in the picture.
    pub name: String,
    /// All settings; what is to be comparable has the same rank, start and seed.
    pub nmf: Nmf,
}

/// What a rule learned.
#[derive(Debug, Clone)]
pub struct Learned {
    /// The rule's name.
    pub rule: String,
    /// Its parts.
    pub model: NmfModel,
}

/// Learns with one rule after the other, telling `on_iteration` of each iteration and of the rule's place in the list;
/// it can end the comparison, which keeps what was learned so far.
///
/// # Errors
/// As [`check`], or if a rule cannot learn from the images.
pub fn compare(
    images: &impl Images,
    rules: &[Rule],
    mut on_iteration: impl FnMut(usize, &Iteration) -> ControlFlow<()>,
) -> Result<Vec<Learned>> {
    check(rules)?;
    check_pixels(rules, images)?;
    let mut learned: Vec<Learned> = Vec::new();
    for (index, Rule { name, nmf }) in rules.iter().enumerate() {
        let fitted = nmf.fit_with(images, |moment| on_iteration(index, &moment.at));
        let model = fitted.map_err(|source| Error::InRule {
            rule: name.clone(),
            source: Box::new(source),
        })?;
        let interrupted = model.stop == StopReason::Interrupted;
        learned.push(Learned {
            rule: name.clone(),
            model,
        });
        if interrupted {
            break;
        }
    }
    Ok(learned)
}

/// Whether all rules can do without the pixels that are unknown.
///
/// # Errors
/// If one cannot.
pub fn check_pixels(rules: &[Rule], images: &impl Images) -> Result<()> {
    let check = |Rule { name, nmf }: &Rule| {
        nmf.check_mask(images.mask())
            .map_err(|source| Error::InRule {
                rule: name.clone(),
                source: Box::new(source),
            })
    };
    rules.iter().try_for_each(check)
}

/// Whether the rules can be compared.
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
    match rules.iter().find(|rule| !names.insert(&rule.name)) {
        Some(twice) => Err(Error::RepeatedRule(twice.name.clone())),
        None => Ok(()),
    }
}

/// The rows of `other` in the order of the rows of `first` that they are most alike to, one to one; those that go with
/// none come last.
///
/// # Panics
/// If the two are of different shapes.
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

/// A line of the table: a rule, or the PCA beside them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleSummary {
    /// The rule's name, or `PCA`.
    pub rule: String,
    /// What it makes small; objectives are comparable only where this is the same.
    pub minimises: String,
    /// ‖X − W H‖ / ‖X‖.
    pub relative_error: f64,
    /// What the rule makes small, at the last iteration; PCA has none.
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
    /// Iterations over all images; PCA has none.
    pub iterations: Option<usize>,
    /// Initialisation and iterations.
    pub seconds: f64,
    /// Why it ended; PCA goes on to the end.
    pub stop: Option<StopReason>,
}

impl RuleSummary {
    /// Of what a rule learned.
    #[must_use]
    pub fn of_rule(learned: &Learned) -> Self {
        let Learned { rule, model } = learned;
        Self {
            objective: Some(model.objective),
            iterations: Some(model.trace.len()),
            stop: Some(model.stop),
            ..Self::new(
                rule,
                model.solver.minimises(),
                model.relative_error,
                model.seconds,
                &Partness::of(&model.basis, &model.weights, None),
            )
        }
    }

    /// Of the PCA.
    #[must_use]
    pub fn of_pca(model: &PcaModel) -> Self {
        let partness = Partness::of(&model.components, &model.scores, Some(&model.mean));
        Self::new(
            "PCA",
            "squared error".to_owned(),
            model.relative_error,
            model.seconds,
            &partness,
        )
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
        } = *partness;
        Self {
            rule: rule.to_owned(),
            minimises,
            relative_error,
            objective: None,
            sparsity,
            overlap,
            localisation,
            cancellation,
            dead,
            iterations: None,
            seconds,
            stop: None,
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
