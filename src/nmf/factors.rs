//! The factors W and H.

use crate::kernel::Factor;

/// W and H in panels.
pub(crate) struct Factors {
    /// W, (images, rank).
    pub(crate) weights: Factor,
    /// Hᵀ, (pixels, rank).
    pub(crate) basis: Factor,
}
