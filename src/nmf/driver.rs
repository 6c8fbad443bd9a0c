//! The loop of a fit: iterations, loss, stop, callback. It does not know which rule runs, only the
//! rule's facts.

use std::ops::ControlFlow;
use std::time::Instant;

use super::balance::{DRIFTED, balance};
use super::data::Data;
use super::factors::Factors;
use super::half_step::Half;
use super::loss::{Loss, LossSums};
use super::reduce::pack_and_gram;
use super::revive::{first_dead, revive};
use super::rule::{RuleFacts, UpdateRule, Verdict};
use super::stop::{Iteration, StopReason, StopRule};
use crate::kernel::PackedGram;

/// Below this fraction of ‖X‖² cancellation leaves the loss identity too few digits, and the
/// residual is summed instead.
const CANCELLED: f64 = 1e-3;

/// The result of a run, beside its factors.
pub(crate) struct RunOutcome {
    pub(crate) trace: Vec<Iteration>,
    pub(crate) reason: StopReason,
}

/// The state of a run beside its factors and its rule, between the update of the weights and that
/// of the basis. A run that continues from it gives the same bits.
pub(crate) struct RunState {
    /// Every iteration; the weights of the last one are updated, its basis is not.
    pub(crate) trace: Vec<Iteration>,
    pub(crate) weights_gram: PackedGram,
    /// How many dead parts can still be replaced.
    pub(crate) revivals: usize,
}

/// A run between the two updates of an iteration, as the callback sees it.
#[derive(Clone, Copy)]
pub(crate) struct RunView<'a> {
    pub(crate) state: &'a RunState,
    pub(crate) factors: &'a Factors,
    pub(crate) rule: &'a dyn UpdateRule,
    /// Why the run ends here, whatever the callback returns; `None` if it can continue.
    pub(crate) ends: Option<StopReason>,
}

impl RunView<'_> {
    /// Returns the current iteration.
    pub(crate) fn at(&self) -> Iteration {
        self.state.trace[self.state.trace.len() - 1]
    }
}

/// A run of a rule on factors.
pub(crate) struct Run<'a> {
    data: &'a Data<'a>,
    rule: &'a mut dyn UpdateRule,
    facts: RuleFacts,
    factors: &'a mut Factors,
    began: Instant,
}

impl<'a> Run<'a> {
    /// Returns a run from `factors`; `began` is when the fit began.
    pub(crate) fn new(
        data: &'a Data<'a>,
        rule: &'a mut dyn UpdateRule,
        factors: &'a mut Factors,
        began: Instant,
    ) -> Self {
        let facts = rule.facts();
        for factor in [&mut factors.weights, &mut factors.basis] {
            if data.has_known_bytes()
                && facts.loss == Loss::SQUARED_ERROR
                && !facts.multiplies_floats
            {
                factor.use_integers();
            } else {
                factor.use_floats();
            }
        }
        Self {
            data,
            rule,
            facts,
            factors,
            began,
        }
    }

    /// Iterates from the start until `stop` applies.
    pub(crate) fn finish(self, stop: &StopRule) -> RunOutcome {
        self.iterate(None, stop, |_| ControlFlow::Continue(()))
    }

    /// Iterates from the start, or from `state`, until `stop` applies or `on_iteration` breaks. The
    /// factors are then the pair (values of W, extrapolated H).
    pub(crate) fn iterate(
        mut self,
        state: Option<RunState>,
        stop: &StopRule,
        mut on_iteration: impl FnMut(&RunView) -> ControlFlow<()>,
    ) -> RunOutcome {
        let mut state = match state {
            Some(state) => {
                self.resume();
                state
            }
            None => self.begin(),
        };
        let mut stop = *stop;
        if !self.facts.converges_with_objective {
            stop.tolerance = 0.0;
        }
        loop {
            let ends = stop.check(&state.trace, self.facts.steady_from);
            let view = RunView {
                state: &state,
                factors: self.factors,
                rule: self.rule,
                ends,
            };
            let interrupted = on_iteration(&view)
                .is_break()
                .then_some(StopReason::Interrupted);
            // Clocks differ between processes, and each sees Ctrl-C at another time: the first one
            // decides for all.
            if let Some(reason) = StopReason::of_first(ends.or(interrupted), &self.data.images) {
                return RunOutcome {
                    trace: state.trace,
                    reason,
                };
            }
            let basis_gram = self.update_basis(&mut state);
            self.update_weights(&mut state, &basis_gram);
        }
    }

    /// Prepares the start for the rule and updates the weights for the first time.
    fn begin(&mut self) -> RunState {
        let Factors { weights, basis } = &mut *self.factors;
        self.rule.prepare(weights, basis);
        let weights_gram = pack_and_gram(weights, self.data.images.communicator);
        let basis_gram = basis.pack_and_gram();
        let basis_gram = self.balance_drifted(&weights_gram, basis_gram);
        let revivals = if self.facts.revives_dead_parts {
            self.factors.basis.rank()
        } else {
            0
        };
        let mut state = RunState {
            trace: Vec::new(),
            weights_gram,
            revivals,
        };
        self.update_weights(&mut state, &basis_gram);
        state
    }

    /// Prepares restored factors for the next update of the basis.
    fn resume(&mut self) {
        let Factors { weights, basis } = &mut *self.factors;
        let basis_gram = basis.pack_and_gram();
        let step = self.data.step(Half::Weights, basis, &basis_gram);
        self.rule.resume(&step, weights);
    }

    /// Updates the weights and adds an iteration to the trace.
    fn update_weights(&mut self, state: &mut RunState, basis_gram: &PackedGram) {
        let Factors { weights, basis } = &mut *self.factors;
        let step = self.data.step(Half::Weights, basis, basis_gram);
        let (loss, weights_gram) = self.rule.half_step(&step, weights);
        state.weights_gram = weights_gram;
        let iteration = self.measure(loss, state.trace.len() + 1);
        state.trace.push(iteration);
    }

    /// Returns the errors and the time of an iteration after the update of its weights.
    fn measure(&self, loss: LossSums, iteration: usize) -> Iteration {
        let (data, minimised) = (self.data, self.facts.loss);
        let mut squared = data.squared_norm() + loss.squared;
        if squared < CANCELLED * data.squared_norm() {
            squared = data.squared_residual(self.factors);
        }
        // Rounding can take the square of a tiny error below 0; `max` would hide NaN.
        squared = if squared < 0.0 { 0.0 } else { squared };
        Iteration {
            iteration,
            seconds: self.began.elapsed().as_secs_f64(),
            relative_error: (squared / data.squared_norm()).sqrt(),
            objective: minimised.objective(squared, loss.own, data.unit()),
        }
    }

    /// Updates the basis, the second half of the last iteration in the trace; returns the Gram
    /// matrix of the new basis.
    fn update_basis(&mut self, state: &mut RunState) -> PackedGram {
        if let Some(iteration) = state.trace.last()
            && self.rule.observe(iteration) == Verdict::FallBack
        {
            self.factors.weights.reset_extrapolation();
            state.weights_gram =
                pack_and_gram(&mut self.factors.weights, self.data.images.communicator);
        }
        let Factors { weights, basis } = &mut *self.factors;
        let step = self.data.step(Half::Basis, weights, &state.weights_gram);
        let (_, basis_gram) = self.rule.half_step(&step, basis);
        let mut basis_gram = self.balance_drifted(&state.weights_gram, basis_gram);
        if state.revivals > 0
            && let Some(part) = first_dead(
                &state.weights_gram,
                &basis_gram,
                self.factors.basis.fixed_parts(),
            )
        {
            revive(self.data, self.factors, part);
            basis_gram = self.factors.basis.pack_and_gram();
            state.revivals -= 1;
        }
        basis_gram
    }

    /// Balances the factors if the rule allows it and they have drifted; returns the Gram matrix of
    /// the basis.
    fn balance_drifted(&mut self, weights_gram: &PackedGram, basis_gram: PackedGram) -> PackedGram {
        if self.facts.is_scale_free && balance(self.factors, weights_gram, &basis_gram, DRIFTED) {
            return self.factors.basis.pack_and_gram();
        }
        basis_gram
    }
}
