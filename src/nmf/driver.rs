//! The loop: iterations, loss, stop, callback. Must not know which rule runs.

use std::ops::ControlFlow;
use std::time::Instant;

use super::balance::{DRIFTED, balance};
use super::data::Data;
use super::factors::Factors;
use super::half_step::Half;
use super::reduce::pack_and_gram;
use super::revive::{first_dead, revive};
use super::rule::{UpdateRule, Verdict};
use super::stop::{Iteration, StopReason, StopRule};
use crate::kernel::PackedGram;

/// Below this share of ‖X‖² the loss identity has lost its digits to cancellation, and the residual is summed instead.
const CANCELLED: f64 = 1e-3;

/// How a run went.
pub(crate) struct Run {
    pub(crate) trace: Vec<Iteration>,
    pub(crate) reason: StopReason,
}

/// What a run knows beside its factors and its rule, between the update of the weights and that of the basis: from there
/// it goes on to the same bits.
pub(crate) struct RunState {
    /// Every iteration, the last of which has its weights.
    pub(crate) trace: Vec<Iteration>,
    pub(crate) weights_gram: PackedGram,
    /// How many parts may still begin anew.
    pub(crate) revivals: usize,
}

/// A run where its iterations are told of.
#[derive(Clone, Copy)]
pub(crate) struct Pause<'a> {
    pub(crate) standing: &'a RunState,
    pub(crate) factors: &'a Factors,
    pub(crate) rule: &'a dyn UpdateRule,
    /// Why it ends here, whatever the caller says.
    pub(crate) ends: Option<StopReason>,
}

impl Pause<'_> {
    /// The iteration.
    pub(crate) fn at(&self) -> Iteration {
        self.standing.trace[self.standing.trace.len() - 1]
    }
}

/// Iterates from a start until `stop` or `on_iteration` says so; the result is the pair (values of W, lead of H).
pub(crate) fn run(
    data: &Data,
    rule: &mut dyn UpdateRule,
    factors: &mut Factors,
    stop: &StopRule,
    began: Instant,
    on_iteration: impl FnMut(&Pause) -> ControlFlow<()>,
) -> Run {
    Learning {
        data,
        rule,
        factors,
        began,
    }
    .run(None, stop, on_iteration)
}

/// A run at work.
pub(crate) struct Learning<'a> {
    pub(crate) data: &'a Data<'a>,
    pub(crate) rule: &'a mut dyn UpdateRule,
    pub(crate) factors: &'a mut Factors,
    pub(crate) began: Instant,
}

impl Learning<'_> {
    /// Makes of any start one that the rule can go on from, and updates the weights for the first time.
    fn begin(&mut self) -> RunState {
        let Factors { weights, basis } = &mut *self.factors;
        self.rule.prepare(weights, basis);
        let weights_gram = pack_and_gram(weights, self.data.images.communicator);
        let mut basis_gram = basis.pack_and_gram();
        if self.rule.is_scale_free() && balance(self.factors, &weights_gram, &basis_gram, DRIFTED) {
            basis_gram = self.factors.basis.pack_and_gram();
        }
        let revivals = if self.rule.revives() {
            self.factors.basis.rank()
        } else {
            0
        };
        let mut standing = RunState {
            trace: Vec::new(),
            weights_gram,
            revivals,
        };
        self.improve_weights(&mut standing, &basis_gram);
        standing
    }

    /// Iterates, from the start or from where the run stands, until `stop` or `on_iteration` says so.
    pub(crate) fn run(
        mut self,
        standing: Option<RunState>,
        stop: &StopRule,
        mut on_iteration: impl FnMut(&Pause) -> ControlFlow<()>,
    ) -> Run {
        let mut standing = standing.unwrap_or_else(|| self.begin());
        let stop = if self.rule.settles() {
            *stop
        } else {
            StopRule {
                tolerance: 0.0,
                ..*stop
            }
        };
        loop {
            let ends = stop.check(&standing.trace, self.rule.steady_from());
            let pause = Pause {
                standing: &standing,
                factors: self.factors,
                rule: self.rule,
                ends,
            };
            let interrupted = on_iteration(&pause)
                .is_break()
                .then_some(StopReason::Interrupted);
            // Clocks differ, and Ctrl-C comes to each at another moment: one decides for all.
            if let Some(reason) = StopReason::of_first(ends.or(interrupted), &self.data.images) {
                return Run {
                    trace: standing.trace,
                    reason,
                };
            }
            let basis_gram = self.improve_basis(&mut standing);
            self.improve_weights(&mut standing, &basis_gram);
        }
    }

    /// The first half of an iteration, and what is told of it.
    fn improve_weights(&mut self, standing: &mut RunState, basis_gram: &PackedGram) {
        let (data, Factors { weights, basis }) = (self.data, &mut *self.factors);
        let (loss, weights_gram) = self
            .rule
            .half_step(&data.step(Half::Weights, basis, basis_gram), weights);
        let mut squared = data.squared_norm() + loss.squared;
        if squared < CANCELLED * data.squared_norm() {
            squared = data.squared_residual(self.factors);
        }
        // Rounding can take the square of a tiny error below 0; `max` would hide NaN.
        squared = if squared < 0.0 { 0.0 } else { squared };
        standing.weights_gram = weights_gram;
        standing.trace.push(Iteration {
            iteration: standing.trace.len() + 1,
            seconds: self.began.elapsed().as_secs_f64(),
            relative_error: (squared / data.squared_norm()).sqrt(),
            objective: self.rule.objective(squared, loss.own)
                / data.unit().powf(self.rule.degree()),
        });
    }

    /// The second half of the iteration that the trace ends with; gives the Gram matrix of the new basis.
    fn improve_basis(&mut self, standing: &mut RunState) -> PackedGram {
        if let Some(iteration) = standing.trace.last()
            && self.rule.observe(iteration) == Verdict::FallBack
        {
            self.factors.weights.reset_extrapolation();
            standing.weights_gram =
                pack_and_gram(&mut self.factors.weights, self.data.images.communicator);
        }
        let (data, Factors { weights, basis }) = (self.data, &mut *self.factors);
        let weights_gram = &standing.weights_gram;
        let mut basis_gram = self
            .rule
            .half_step(&data.step(Half::Basis, weights, weights_gram), basis)
            .1;
        if self.rule.is_scale_free() && balance(self.factors, weights_gram, &basis_gram, DRIFTED) {
            basis_gram = self.factors.basis.pack_and_gram();
        }
        if standing.revivals > 0
            && let Some(part) = first_dead(weights_gram, &basis_gram)
        {
            revive(data, self.factors, part);
            basis_gram = self.factors.basis.pack_and_gram();
            standing.revivals -= 1;
        }
        basis_gram
    }
}
