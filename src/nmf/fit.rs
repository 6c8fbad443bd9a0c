//! Fits: from one start or several, from the beginning or from a checkpoint.

use std::ops::ControlFlow;

use super::checkpoint::Checkpoint;
use super::init::Init;
use super::model::NmfModel;
use super::progress::FitProgress;
use super::restarts;
use super::settings::Nmf;
use crate::error::{Error, Result};
use crate::images::Images;

impl Nmf {
    /// Learns parts and weights, from the pixels that [`Images::mask`] leaves known: only these are rebuilt, and counted in
    /// every error. An image of which nothing is known has weights of 0, a pixel of which no image knows is 0 in every part.
    ///
    /// # Errors
    /// If the rank is 0 or above `min(images, pixels)`, all pixels are 0, a known value is negative or not finite, or 0
    /// where the rule allows none, a given start has another shape or such values, several starts would all be the same,
    /// or a penalty is out of its range; if pixels are unknown and the rule is neither `hals` nor `mu`, and if all are.
    pub fn fit(&self, images: &impl Images) -> Result<NmfModel> {
        self.fit_with(images, |_| ControlFlow::Continue(()))
    }

    /// As [`Nmf::fit`], telling `on_moment` of each iteration; it can end the fit, which keeps what was learned. Each
    /// of several starts begins with iteration 1. A [`Recorder`] keeps some of the moments.
    ///
    /// # Errors
    /// As [`Nmf::fit`].
    pub fn fit_with(
        &self,
        images: &impl Images,
        on_moment: impl FnMut(&FitProgress) -> ControlFlow<()>,
    ) -> Result<NmfModel> {
        match self.restarts {
            0 | 1 => self.fit_once(images, None, on_moment),
            restarts if !self.init.is_random() => Err(Error::SameStarts {
                restarts,
                init: self.init.to_string(),
                random: Init::RANDOM.join(", "),
            }),
            _ => restarts::best_of(self, images, None, on_moment),
        }
    }

    /// Goes on from a checkpoint of a fit with these settings, of these images, to the same bits as if that fit had never
    /// stopped. When to stop may be another. Where several processes share the images, all are given the whole checkpoint,
    /// and there may be more or fewer of them than then. The first moment that is told of is that of the checkpoint.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    ///
    /// use nmf_images::images::synthetic::Swimmer;
    /// use nmf_images::Nmf;
    ///
    /// let (swimmers, nmf) = (Swimmer::default().draw()?.images, Nmf::new(17));
    /// let mut checkpoint = None;
    /// nmf.fit_with(&swimmers, |moment| {
    ///     checkpoint = Some(moment.checkpoint());
    ///     if moment.at.iteration < 20 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    /// })?;
    /// let checkpoint = checkpoint.expect("a fit has an iteration");
    /// let resumed = nmf.resume(&swimmers, &checkpoint, |_| ControlFlow::Continue(()))?;
    /// assert_eq!(resumed.basis, nmf.fit(&swimmers)?.basis);
    /// # Ok::<(), nmf_images::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Nmf::fit`], and if the images or a setting are others than those of the checkpoint, or its arrays do not fit
    /// them.
    pub fn resume(
        &self,
        images: &impl Images,
        checkpoint: &Checkpoint,
        on_moment: impl FnMut(&FitProgress) -> ControlFlow<()>,
    ) -> Result<NmfModel> {
        checkpoint.check(self, images)?;
        match self.restarts {
            0 | 1 => self.fit_once(images, Some(checkpoint), on_moment),
            _ => restarts::best_of(self, images, Some(checkpoint), on_moment),
        }
    }
}
