//! What is called during a fit.

use std::ops::ControlFlow;

use super::progress::{FitProgress, FitStart, SampleProgress};

/// Observes a fit: see [`Nmf::fit_observed`](super::Nmf::fit_observed). A closure that takes a
/// [`FitProgress`] observes the iterations on all images only.
pub trait FitObserver {
    /// Observes an iteration on all images; the fit ends if this breaks.
    fn iteration(&mut self, progress: &FitProgress) -> ControlFlow<()>;

    /// Observes an iteration on a sample, from which a start is learned if there are many images.
    /// Those of a start come before its first iteration on all images.
    fn sample_iteration(&mut self, progress: &SampleProgress) {
        let _ = progress;
    }

    /// Observes W and H before the first iteration on all images; not called if the fit continues from a checkpoint.
    fn start(&mut self, start: &FitStart) {
        let _ = start;
    }
}

impl<F: FnMut(&FitProgress) -> ControlFlow<()>> FitObserver for F {
    fn iteration(&mut self, progress: &FitProgress) -> ControlFlow<()> {
        self(progress)
    }
}
