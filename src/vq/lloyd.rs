//! Lloyd's iterations.

use std::ops::ControlFlow;

use ndarray::Array2;

use super::clusters::{Clusters, NONE};
use super::distances::{Distances, Nearest};
use super::empty;
use crate::communicator::any_true;

/// A moment of a fit, after an iteration.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct VqProgress {
    /// The number of iterations so far.
    pub iteration: usize,
    /// ‖X − X̂‖ / ‖X‖ of the images of all processes.
    pub relative_error: f64,
}

/// When iterations end.
#[derive(Clone, Copy)]
pub(super) struct Stop {
    pub(super) max_iterations: usize,
    /// The squared movement of all prototypes, relative to the mean variance of a pixel.
    pub(super) tolerance: f64,
}

/// The result of the iterations.
pub(super) struct Found {
    /// (prototypes, pixels), in the unit of the pixels in memory.
    pub(super) prototypes: Array2<f32>,
    /// The nearest prototype of each image of this process.
    pub(super) assignments: Vec<u32>,
    pub(super) iterations: usize,
    pub(super) converged: bool,
}

/// Iterates from the first `prototypes` until they come to rest, or `on_progress` breaks on a process.
pub(super) fn iterate(
    distances: &Distances,
    prototypes: Array2<f32>,
    stop: Stop,
    on_progress: &mut dyn FnMut(&VqProgress) -> ControlFlow<()>,
) -> Found {
    let images = distances.x.images;
    let mut clusters = Clusters::new(distances.x, prototypes.nrows());
    let mut found = Found {
        assignments: vec![NONE; images.own],
        prototypes,
        iterations: 0,
        converged: false,
    };
    // Whether the assignments are those to the prototypes of now.
    let mut is_settled = false;
    while found.iterations < stop.max_iterations && !found.converged {
        found.iterations += 1;
        let assignments = assign(distances, &mut clusters, &found);
        is_settled = !any_true(images.communicator, &[assignments != found.assignments])[0];
        found.assignments = assignments;
        let prototypes = clusters.means(&found.prototypes);
        let movement = squared_distance(&prototypes, &found.prototypes);
        found.prototypes = prototypes;
        let variance = clusters.mean_variance(distances.squared_norm());
        found.converged = is_settled || movement <= stop.tolerance * variance;
        let left = distances.squared_norm() - clusters.explained();
        let progress = VqProgress {
            iteration: found.iterations,
            relative_error: distances.relative(left.max(0.0)),
        };
        let is_broken = on_progress(&progress).is_break();
        if any_true(images.communicator, &[is_broken])[0] {
            break;
        }
    }
    if !is_settled {
        found.assignments = indices(&distances.nearest(&found.prototypes));
    }
    found
}

/// Assigns each image to its nearest prototype, and adds the sums of the images of each.
fn assign(distances: &Distances, clusters: &mut Clusters, found: &Found) -> Vec<u32> {
    let nearest = distances.nearest(&found.prototypes);
    let mut assignments = indices(&nearest);
    clusters.reassign(&found.assignments, &assignments);
    let before = assignments.clone();
    if empty::fill(
        distances.x.images,
        &nearest,
        clusters.sizes(),
        &mut assignments,
    ) {
        clusters.reassign(&before, &assignments);
    }
    assignments
}

fn indices(nearest: &[Nearest]) -> Vec<u32> {
    nearest.iter().map(|nearest| nearest.prototype).collect()
}

fn squared_distance(a: &Array2<f32>, b: &Array2<f32>) -> f64 {
    let pairs = a.iter().zip(b);
    pairs
        .map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2))
        .sum()
}
