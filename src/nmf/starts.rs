//! The starts of a fit that have ended, and the best of them.

use super::model::{NmfModel, Restart};
use super::settings::Nmf;
use super::stop::{Iteration, StopReason};
use crate::basis::{Basis, Weights};
use crate::communicator::{Communicator, Partition, gather_rows};
use crate::matching::match_one_to_one;

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
    pub(super) fn add(&mut self, start: &mut NmfModel) {
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
    pub(super) fn share(&self, images: Partition) -> Self {
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
    pub(super) fn model(self, nmf: &Nmf, last: NmfModel) -> NmfModel {
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

impl Restart {
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
