//! The initial factors, at the scale of pixels from 0 to 1.

use ndarray::Array2;

/// W and H before the first iteration.
pub(crate) struct InitialFactors {
    /// W, (images of this process, rank); `None` if all weights are 0.
    pub(crate) weights: Option<Array2<f32>>,
    /// H, (rank, pixels).
    pub(crate) basis: Array2<f32>,
}
