//! What a learning rule is to the driver.

use crate::kernel::{FactorPanel, PackedGram, Row};

/// The factor that a half step improves while the other one stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    /// W, from all pixels of each image.
    Weights,
    /// H, from all images at each pixel.
    Basis,
}

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
    /// Improves the rows of one panel in place, given their `products` with the fixed factor (which may be worked
    /// on) and its Gram matrix: for the weights, `products` is X Hᵀ and `gram` H Hᵀ.
    ///
    /// Returns, for the weights, the panel's share of ‖X − W H‖² − ‖X‖² after the update.
    fn improve(&self, half: Half, rows: &mut [Row], products: &mut [Row], gram: &PackedGram) -> f64;

    /// Takes over the improved rows, which stand in `panel.lead`, as the panel's values; a rule that looks ahead
    /// moves the lead on.
    fn advance(&self, panel: &mut FactorPanel) {
        panel.values.copy_from_slice(&panel.lead);
    }

    /// Hears of the relative error after each update of the weights, before that of the basis.
    fn observe(&mut self, relative_error: f64) -> Verdict {
        let _ = relative_error;
        Verdict::Go
    }
}
