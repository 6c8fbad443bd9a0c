//! The interface between a learning rule and the driver.

use super::half_step::HalfStep;
use super::loss::{Loss, LossSums};
use super::penalties::Penalties;
use super::stop::Iteration;
use crate::kernel::{Factor, PackedGram};

/// What is fixed about a rule before it runs: the loss that it minimises, the input that it accepts
/// and how the driver has to treat it.
///
/// The default describes a rule that minimises the squared error, without penalties or masks, and
/// updates each value on its own.
#[derive(Debug, Clone, Copy, PartialEq)]
// Each is a fact of its own, read in one place.
#[allow(clippy::struct_excessive_bools)]
pub(crate) struct RuleFacts {
    /// The loss that the rule minimises. Pixels may be 0 where the loss is finite for them.
    pub(crate) loss: Loss,
    /// What the rule adds to its loss; `None` if it supports no penalties.
    pub(crate) penalties: Option<Penalties>,
    /// Unknown pixels are supported.
    pub(crate) supports_masks: bool,
    /// The first parts of the basis can be kept as they are: see [`Factor::fixed_parts`].
    pub(crate) keeps_fixed_parts: bool,
    /// The objective is the plain squared error, so that pixels and images can have weights.
    pub(crate) supports_weights: bool,
    /// A value that is 0 stays 0, so the start must not contain zeros.
    pub(crate) keeps_zeros: bool,
    /// The scale of a part against its weights can change at any time without changing the
    /// following steps.
    pub(crate) is_scale_free: bool,
    /// A part that is 0 everywhere, or that no image uses, is replaced.
    pub(crate) revives_dead_parts: bool,
    /// The parts have converged once the objective has; otherwise a tolerance does not end a fit.
    pub(crate) converges_with_objective: bool,
    /// The first iteration from which the objective is the same function of W and H.
    pub(crate) steady_from: usize,
    /// The weights of a part are updated together, so one process must hold all of them.
    pub(crate) needs_all_weights: bool,
    /// The update of a value does not depend on the number of pixels, so pixels that are 0 in every
    /// image can be ignored and equal ones merged.
    pub(crate) merges_pixels: bool,
    /// The start is learned on samples by the default rule, and improved by a few iterations of it,
    /// before this rule applies.
    pub(crate) starts_with_default_rule: bool,
    /// A half step holds the products of all rows in memory at once.
    pub(crate) holds_products: bool,
    /// Products with bytes are made in floats, not in rounded integers: every step can be compared with
    /// that of another program.
    pub(crate) multiplies_floats: bool,
}

impl Default for RuleFacts {
    fn default() -> Self {
        Self {
            loss: Loss::SQUARED_ERROR,
            penalties: None,
            supports_masks: false,
            keeps_fixed_parts: false,
            supports_weights: false,
            keeps_zeros: false,
            is_scale_free: true,
            revives_dead_parts: false,
            converges_with_objective: true,
            steady_from: 1,
            needs_all_weights: false,
            merges_pixels: true,
            starts_with_default_rule: false,
            holds_products: false,
            multiplies_floats: false,
        }
    }
}

/// What the driver does after a rule has seen an iteration's objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Continue from the extrapolated weights.
    Continue,
    /// Replace the extrapolated weights by the weights themselves first; the basis stays
    /// extrapolated, since the objective was measured with it.
    FallBack,
}

/// A way to improve a factor. Both halves of an iteration are the same problem, on X and on its
/// transpose.
pub(crate) trait UpdateRule: Sync {
    /// Returns the facts about the rule; they do not change during a run.
    fn facts(&self) -> RuleFacts;

    /// Returns the settings that [`Solver`](super::solver::Solver) does not write, by name, for a
    /// checkpoint.
    fn unwritten_settings(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Changes any start, weights (images, rank) and basis (pixels, rank), to one that satisfies
    /// the rule's constraints.
    fn prepare(&self, weights: &mut Factor, basis: &mut Factor) {
        let _ = (weights, basis);
    }

    /// Improves `own`, from its extrapolated values, while the other factor of the step is fixed. A
    /// rule that keeps fixed parts leaves those of `own` as they are.
    /// Afterwards the panel's `values` are the new values and `lead` those from which the next step
    /// starts and which the other half step reads; without extrapolation both are equal. The loss is
    /// that of the new values of W with the extrapolated H, before W is extrapolated.
    ///
    /// Returns the loss, which is read after the update of the weights only, and the Gram matrix of
    /// the new extrapolated values.
    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (LossSums, PackedGram);

    /// Restores what a `half_step` of the weights leaves in the factor beside its values, in a run
    /// that continues from a checkpoint. `step` is that of the weights, already updated.
    fn resume(&self, step: &HalfStep, weights: &mut Factor) {
        let _ = (step, weights);
    }

    /// Adapts the rule to the objective of an iteration, between the updates of the weights and of
    /// the basis. W was extrapolated with the old state; what changes here applies from this
    /// iteration's H on.
    fn observe(&mut self, iteration: &Iteration) -> Verdict {
        let _ = iteration;
        Verdict::Continue
    }

    /// Returns what the rule has adapted to in this run, for a checkpoint. A rule that `observe`
    /// changes must implement this and `restore`; the defaults are for rules without memory.
    fn state(&self) -> Vec<f64> {
        Vec::new()
    }

    /// Restores the result of [`UpdateRule::state`]; returns whether it is a state of this rule.
    fn restore(&mut self, state: &[f64]) -> bool {
        state.is_empty()
    }
}
