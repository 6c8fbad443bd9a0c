//! Several starts, of which the best is kept: how far apart the minima are, and how alike their parts.

use std::ops::ControlFlow;
use std::time::Duration;

use serde::Serialize;

use super::Nmf;
use super::checkpoint::{Checkpoint, ago};
use super::model::NmfModel;
use super::progress::FitProgress;
use super::stop::{Iteration, StopReason, StopRule};
use crate::basis::{Basis, Weights};
use crate::communicator::{Communicator, Partition, gather_rows};
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

    fn new(seed: u64, start: &Ended, best: &Basis) -> Self {
        let cosines = best.cosines(&start.basis);
        let pairs = match_one_to_one(&cosines).into_iter().enumerate();
        let matched: Vec<f64> = pairs
            .filter_map(|(row, column)| Some(cosines[[row, column?]]))
            .collect();
        Self {
            seed,
            objective: start.objective,
            relative_error: start.relative_error,
            iterations: start.iterations,
            seconds: start.seconds,
            stop: start.stop,
            mean_cosine: matched.iter().sum::<f64>() / matched.len() as f64,
            alike: matched
                .iter()
                .filter(|&&cosine| cosine >= Self::ALIKE)
                .count(),
        }
    }
}

/// A start that has ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ended {
    pub(crate) objective: f64,
    pub(crate) relative_error: f64,
    pub(crate) iterations: usize,
    pub(crate) seconds: f64,
    pub(crate) stop: StopReason,
    pub(crate) basis: Basis,
}

/// What is kept of the best start alone; the weights can be many.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Best {
    /// Which start it is.
    pub(crate) index: usize,
    pub(crate) weights: Weights,
    pub(crate) shares: Vec<f64>,
    pub(crate) order: Vec<usize>,
    pub(crate) trace: Vec<Iteration>,
}

/// The starts that have ended, in their order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Starts {
    pub(crate) ended: Vec<Ended>,
    /// None before the first has ended.
    pub(crate) best: Option<Best>,
}

impl Starts {
    /// Takes in the next start.
    fn add(&mut self, start: &mut NmfModel) {
        let index = self.ended.len();
        let NmfModel {
            objective,
            relative_error,
            seconds,
            stop,
            ..
        } = *start;
        let basis = start.basis.clone();
        self.ended.push(Ended {
            objective,
            relative_error,
            iterations: start.trace.len(),
            seconds,
            stop,
            basis,
        });
        if self.least().is_none_or(|least| objective < least) {
            self.best = Some(Best {
                index,
                weights: std::mem::take(&mut start.weights),
                shares: std::mem::take(&mut start.shares),
                order: std::mem::take(&mut start.order),
                trace: std::mem::take(&mut start.trace),
            });
        }
    }

    /// The same with the weights of all processes, on the first of them.
    pub(super) fn gathered(&self, communicator: &dyn Communicator) -> Self {
        if communicator.size() == 1 {
            return self.clone();
        }
        let best = self.best.as_ref().map(|best| Best {
            weights: gather_rows(communicator, &best.weights),
            ..best.clone()
        });
        Self {
            best,
            ..self.clone()
        }
    }

    /// The same with the weights of this process's images alone.
    fn share(&self, images: Partition) -> Self {
        let best = self.best.as_ref().map(|best| Best {
            weights: images.share(&best.weights),
            ..best.clone()
        });
        Self {
            best,
            ..self.clone()
        }
    }

    /// The objective of the best.
    pub(super) fn least(&self) -> Option<f64> {
        self.best
            .as_ref()
            .map(|best| self.ended[best.index].objective)
    }

    /// The best start as the model of all; what all starts have in common is taken from `last`.
    fn model(self, nmf: &Nmf, last: NmfModel) -> NmfModel {
        let Self { mut ended, best } = self;
        let Some(Best {
            index,
            weights,
            shares,
            order,
            trace,
        }) = best
        else {
            return last;
        };
        let seed = |index: usize| nmf.seed.wrapping_add(index as u64);
        let parts = &ended[index].basis;
        let restarts = ended
            .iter()
            .enumerate()
            .map(|(index, start)| Restart::new(seed(index), start, parts))
            .collect();
        let Ended {
            objective,
            relative_error,
            seconds,
            stop,
            basis,
            ..
        } = ended.swap_remove(index);
        NmfModel {
            basis,
            weights,
            shares,
            order,
            relative_error,
            objective,
            trace,
            stop,
            seconds,
            seed: seed(index),
            starts: nmf.restarts,
            restarts,
            stop_rule: nmf.stop,
            ..last
        }
    }
}

/// Fits from one seed after the other and keeps the least objective; the time limit is one for all starts. Goes on `from`
/// a checkpoint of one of them.
pub(super) fn best_of(
    nmf: &Nmf,
    images: &impl Images,
    mut from: Option<&Checkpoint>,
    mut on_moment: impl FnMut(&FitProgress) -> ControlFlow<()>,
) -> Result<NmfModel> {
    let spread = Partition::of(images.communicator(), images.len());
    let mut starts = from
        .map(|checkpoint| checkpoint.starts.share(spread))
        .unwrap_or_default();
    let before: f64 = starts.ended.iter().map(|start| start.seconds).sum();
    let began = ago(before + from.map_or(0.0, |checkpoint| checkpoint.at().seconds));
    loop {
        let index = starts.ended.len();
        // A start that goes on counts its own time from its own beginning.
        let gone = from.map_or_else(|| began.elapsed().as_secs_f64(), |_| before);
        let time_limit = nmf
            .stop
            .time_limit
            .map(|limit| limit.saturating_sub(Duration::from_secs_f64(gone)));
        let stop = StopRule {
            time_limit,
            ..nmf.stop
        };
        let one = nmf
            .clone()
            .seed(nmf.seed.wrapping_add(index as u64))
            .stop(stop);
        let mut start = one.fit_once(images, from.take(), |moment| {
            on_moment(&FitProgress {
                nmf,
                starts: Some(&starts),
                ..*moment
            })
        })?;
        let is_last = index + 1 >= nmf.restarts;
        let ended = matches!(start.stop, StopReason::TimeLimit | StopReason::Interrupted);
        starts.add(&mut start);
        if is_last || ended {
            return Ok(starts.model(nmf, start));
        }
    }
}
