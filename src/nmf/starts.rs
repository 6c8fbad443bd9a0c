//! The starts of a fit that have ended, and the best of them.

use ndarray::s;

use super::model::{NmfModel, Restart};
use super::settings::Nmf;
use super::stop::{Iteration, StopReason};
use crate::basis::{Basis, Weights};
use crate::communicator::{Communicator, Partition, gather_rows};
use crate::matching::matched_similarities;

/// A start that has ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ended {
    pub(crate) objective: f64,
    pub(crate) relative_error: f64,
    pub(crate) iterations: usize,
    pub(crate) seconds: f64,
    pub(crate) stop_reason: StopReason,
    pub(crate) basis: Basis,
}

/// What is kept of the best start only; the weights can take much memory.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Best {
    /// The index of the start.
    pub(crate) index: usize,
    pub(crate) weights: Weights,
    pub(crate) shares: Vec<f64>,
    pub(crate) order: Vec<usize>,
    pub(crate) trace: Vec<Iteration>,
}

/// The starts that have ended, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Starts {
    pub(crate) ended: Vec<Ended>,
    /// `None` before the first start has ended.
    pub(crate) best: Option<Best>,
}

impl Starts {
    /// Adds a start; moves what [`Best`] keeps out of `start` if it is the best so far.
    pub(super) fn add(&mut self, start: &mut NmfModel) {
        let index = self.ended.len();
        let is_best = self
            .least_objective()
            .is_none_or(|least| start.objective < least);
        self.ended.push(Ended {
            objective: start.objective,
            relative_error: start.relative_error,
            iterations: start.iterations(),
            seconds: start.seconds,
            stop_reason: start.stop_reason,
            basis: start.basis.clone(),
        });
        if is_best {
            self.best = Some(Best {
                index,
                weights: std::mem::take(&mut start.weights),
                shares: std::mem::take(&mut start.shares),
                order: std::mem::take(&mut start.order),
                trace: std::mem::take(&mut start.trace),
            });
        }
    }

    /// Returns the starts with the weights of all processes, on the first process.
    pub(super) fn gathered(&self, communicator: &dyn Communicator) -> Self {
        let mut all = self.clone();
        if communicator.size() > 1
            && let Some(best) = &mut all.best
        {
            best.weights = gather_rows(communicator, &best.weights);
        }
        all
    }

    /// Returns the starts with the weights of this process's images only.
    pub(super) fn share(&self, images: Partition) -> Self {
        let mut own = self.clone();
        if let Some(best) = &mut own.best {
            best.weights = images.share(&best.weights);
        }
        own
    }

    fn least_objective(&self) -> Option<f64> {
        let best = self.best.as_ref()?;
        Some(self.ended[best.index].objective)
    }

    /// Returns the model of the best start; the settings that all starts share are taken from
    /// `last`.
    pub(super) fn into_model(mut self, nmf: &Nmf, last: NmfModel) -> NmfModel {
        let Some(best) = self.best else {
            return last;
        };
        let best_basis = &self.ended[best.index].basis;
        let mut restarts = Vec::new();
        for (index, start) in self.ended.iter().enumerate() {
            let seed = nmf.seed.wrapping_add(index as u64);
            restarts.push(Restart::new(seed, start, best_basis, last.fixed_parts));
        }
        let mut start_parts = Vec::new();
        if nmf.keep_starts {
            start_parts.extend(self.ended.iter().map(|start| start.basis.clone()));
        }
        let start = self.ended.swap_remove(best.index);
        NmfModel {
            basis: start.basis,
            weights: best.weights,
            shares: best.shares,
            order: best.order,
            relative_error: start.relative_error,
            residuals: None,
            image_squares: None,
            objective: start.objective,
            trace: best.trace,
            stop_reason: start.stop_reason,
            seconds: start.seconds,
            seed: nmf.seed.wrapping_add(best.index as u64),
            starts: nmf.restarts,
            restarts,
            start_parts,
            stop_rule: nmf.stop_rule,
            ..last
        }
    }
}

impl Restart {
    /// Returns the summary of a start, of which the parts after the first `fixed_parts` are compared with those of the
    /// best one.
    fn new(seed: u64, start: &Ended, best: &Basis, fixed_parts: usize) -> Self {
        let cosines = best.cosines(&start.basis);
        let learned = cosines.slice(s![fixed_parts.., fixed_parts..]);
        let matched = matched_similarities(&learned.to_owned());
        let alike = matched.iter().filter(|&&cosine| cosine >= Self::ALIKE);
        Self {
            seed,
            objective: start.objective,
            relative_error: start.relative_error,
            iterations: start.iterations,
            seconds: start.seconds,
            stop_reason: start.stop_reason,
            mean_cosine: matched.iter().sum::<f64>() / matched.len() as f64,
            alike: alike.count(),
        }
    }
}
