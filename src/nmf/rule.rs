//! What a learning rule is to the driver.

use super::half_step::HalfStep;
use super::loss::Loss;
use super::stop::Iteration;
use crate::kernel::{Factor, PackedGram};

/// What the rule makes of an iteration's error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Go on from where the weights lead.
    Go,
    /// Take the weights' lead back to the weights themselves first.
    FallBack,
}

/// One way of improving a factor. Both halves of an iteration are the same problem, on X and on its transpose.
pub(crate) trait UpdateRule: Sync {
    /// Makes of any start, (images, rank) and (pixels, rank), one that keeps the rule's bounds.
    fn prepare(&self, weights: &mut Factor, basis: &mut Factor) {
        let _ = (weights, basis);
    }

    /// Improves `own`, from its lead, while the step's other factor stays; gives the loss, which is read after the
    /// update of the weights alone, and the Gram matrix of the new lead.
    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (Loss, PackedGram);

    /// The objective in the units of the source, from ‖X − W H‖² and [`Loss::own`].
    fn objective(&self, squared_error: f64, own: f64) -> f64 {
        0.5 * squared_error + own
    }

    /// The power of the unit of X that the objective grows with.
    fn degree(&self) -> f64 {
        2.0
    }

    /// Whether a part may change its scale for its weights' at any time without a change of what follows.
    fn is_scale_free(&self) -> bool {
        true
    }

    /// Whether a part that is 0 everywhere, or that no image uses, is to begin anew.
    fn revives(&self) -> bool {
        false
    }

    /// The first iteration from which on the objective is always the same function of W and H.
    fn steady_from(&self) -> usize {
        1
    }

    /// Whether a value that is 0 stays 0, so that a start must have none.
    fn keeps_zeros(&self) -> bool {
        false
    }

    /// Whether the parts have settled once the objective has.
    fn settles(&self) -> bool {
        true
    }

    /// Hears of each iteration after the update of the weights, before that of the basis.
    fn observe(&mut self, iteration: &Iteration) -> Verdict {
        let _ = iteration;
        Verdict::Go
    }

    /// What the rule has learned of the run so far, so that it can go on later.
    fn state(&self) -> Vec<f64> {
        Vec::new()
    }

    /// Takes up what [`UpdateRule::state`] gave; says whether that is a state of this rule.
    fn restore(&mut self, state: &[f64]) -> bool {
        state.is_empty()
    }
}
