//! Several starts, of which the best is kept: how far apart the minima are, and how alike their parts.

use std::ops::ControlFlow;
use std::time::Instant;

use serde::Serialize;

use super::Nmf;
use super::model::NmfModel;
use super::moment::Moment;
use super::stop::{StopReason, StopRule};
use crate::basis::{Basis, Weights};
use crate::error::Result;
use crate::images::Images;
use crate::matching::match_one_to_one;

/// How one of several starts ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Restart {
    /// The seed of the start.
    pub seed: u64,
    /// What the rule makes small, at the last iteration.
    pub objective: f64,
    /// ‖X − W H‖ / ‖X‖.
    pub relative_error: f64,
    /// Iterations of this start.
    pub iterations: usize,
    /// Initialisation and iterations of this start.
    pub seconds: f64,
    /// Why it ended.
    pub stop: StopReason,
    /// Mean cosine between its parts and those of the best start, matched one to one: 1 for the same parts.
    pub mean_cosine: f64,
    /// How many of these cosines are [`Restart::ALIKE`] or more.
    pub alike: usize,
}

impl Restart {
    /// The cosine from which two parts count as the same.
    pub const ALIKE: f64 = 0.95;

    fn new(start: &NmfModel, best: &Basis) -> Self {
        let cosines = best.cosines(&start.basis);
        let pairs = match_one_to_one(&cosines).into_iter().enumerate();
        let matched: Vec<f64> = pairs.filter_map(|(row, column)| Some(cosines[[row, column?]])).collect();
        Self {
            seed: start.seed,
            objective: start.objective,
            relative_error: start.relative_error,
            iterations: start.trace.len(),
            seconds: start.seconds,
            stop: start.stop,
            mean_cosine: matched.iter().sum::<f64>() / matched.len() as f64,
            alike: matched.iter().filter(|&&cosine| cosine >= Self::ALIKE).count(),
        }
    }
}

/// Fits from one seed after the other and keeps the least objective; the time limit is one for all starts.
pub(super) fn best_of(
    nmf: &Nmf,
    images: &impl Images,
    mut on_moment: impl FnMut(&Moment) -> ControlFlow<()>,
) -> Result<NmfModel> {
    let began = Instant::now();
    let (mut starts, mut best, mut weights) = (Vec::<NmfModel>::new(), 0, Weights::zeros((0, 0)));
    for index in 0..nmf.restarts {
        let time_limit = nmf.stop.time_limit.map(|limit| limit.saturating_sub(began.elapsed()));
        let stop = StopRule { time_limit, ..nmf.stop };
        let one = nmf.clone().seed(nmf.seed.wrapping_add(index as u64)).stop(stop);
        let mut start = one.fit_once(images, &mut on_moment)?;
        // The weights can be many: only those of the best start are kept.
        let last = std::mem::take(&mut start.weights);
        let ended = matches!(start.stop, StopReason::TimeLimit | StopReason::Interrupted);
        starts.push(start);
        if index == 0 || starts[index].objective < starts[best].objective {
            (best, weights) = (index, last);
        }
        if ended {
            break;
        }
    }
    let restarts = starts.iter().map(|start| Restart::new(start, &starts[best].basis)).collect();
    Ok(NmfModel { weights, starts: nmf.restarts, restarts, stop_rule: nmf.stop, ..starts.swap_remove(best) })
}
