//! Fits: from one start or several, from the beginning or from a checkpoint.

use std::ops::ControlFlow;

use super::checkpoint::Checkpoint;
use super::init::Init;
use super::model::NmfModel;
use super::observer::FitObserver;
use super::progress::FitProgress;
use super::restarts;
use super::settings::Nmf;
use crate::error::{Error, Result, StartError, WeightsError};
use crate::images::{Images, PreparedImages};

impl Nmf {
    /// Learns parts and weights from the pixels that are known in [`Images::mask`]: only these are
    /// reconstructed and counted in the errors. An image without known pixels has weights of 0; a
    /// pixel that is known in no image is 0 in every part.
    ///
    /// # Errors
    /// If the rank is 0 or above `min(images, pixels)`, all pixels are 0, a known value is negative
    /// or not finite, or is 0 and the rule does not allow zeros, a given start has another shape or
    /// such values, several starts would be identical, a penalty is out of its range, pixels are
    /// unknown and the rule does not support that, all pixels are unknown, or weights cannot be used with these images and
    /// settings.
    pub fn fit(&self, images: &impl Images) -> Result<NmfModel> {
        self.fit_with(images, |_| ControlFlow::Continue(()))
    }

    /// Learns as [`Nmf::fit`] and calls `on_progress` in each iteration. If it breaks, the fit ends
    /// and the model so far is kept. Each of several starts begins with iteration 1. A
    /// [`Recorder`](super::Recorder) keeps the parts of some iterations.
    ///
    /// # Errors
    /// As [`Nmf::fit`].
    pub fn fit_with(
        &self,
        images: &impl Images,
        mut on_progress: impl FnMut(&FitProgress) -> ControlFlow<()>,
    ) -> Result<NmfModel> {
        self.fit_observed(images, None, &mut on_progress)
    }

    /// Learns as [`Nmf::fit_with`] or, `from` a checkpoint, as [`Nmf::resume`], with an observer
    /// that also sees how each start is learned on samples of the images.
    ///
    /// # Errors
    /// As [`Nmf::fit`], or [`Nmf::resume`].
    pub fn fit_observed(
        &self,
        images: &impl Images,
        from: Option<&Checkpoint>,
        observer: &mut impl FitObserver,
    ) -> Result<NmfModel> {
        self.fit_prepared(&PreparedImages::new(images)?, from, observer)
    }

    /// Learns as [`Nmf::fit_observed`] from images that other fits share.
    ///
    /// # Errors
    /// As [`Nmf::fit`], or [`Nmf::resume`].
    pub fn fit_prepared<I: Images>(
        &self,
        prepared: &PreparedImages<I>,
        from: Option<&Checkpoint>,
        observer: &mut impl FitObserver,
    ) -> Result<NmfModel> {
        let Some(images) = self.weights.scale(prepared.images)? else {
            return self.fit_starts(prepared, from, observer);
        };
        self.check_weights()?;
        let prepared = PreparedImages::weighted(&images)?;
        self.fit_starts(&prepared, from, observer)
            .map_err(|error| match error {
                Error::AllBlack(_) => WeightsError::Black.into(),
                error => error,
            })
    }

    fn fit_starts<I: Images>(
        &self,
        prepared: &PreparedImages<I>,
        from: Option<&Checkpoint>,
        observer: &mut impl FitObserver,
    ) -> Result<NmfModel> {
        if let Some(checkpoint) = from {
            checkpoint.check(self, prepared.images)?;
        } else if self.restarts > 1 && !self.init.is_random() {
            return Err(StartError::Same {
                restarts: self.restarts,
                init: self.init.to_string(),
                random: Init::RANDOM.join(", "),
            }
            .into());
        }
        if self.restarts > 1 {
            restarts::best_of(self, prepared, from, observer)
        } else {
            self.fit_once(prepared, from, observer)
        }
    }

    /// Continues from a checkpoint of a fit with these settings to these images; the result has the
    /// same bits as if that fit had not stopped. The stop rule can differ. If several processes
    /// share the images, each of them is given the whole checkpoint, and their number can differ
    /// too. The first call of `on_progress` is for the iteration of the checkpoint.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    ///
    /// use nmf_images::images::synthetic::Swimmer;
    /// use nmf_images::Nmf;
    ///
    /// let (swimmers, nmf) = (Swimmer::default().draw()?.images, Nmf::new(17));
    /// let mut checkpoint = None;
    /// nmf.fit_with(&swimmers, |progress| {
    ///     checkpoint = Some(progress.checkpoint());
    ///     if progress.at.iteration < 20 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    /// })?;
    /// let checkpoint = checkpoint.expect("a fit has an iteration");
    /// let resumed = nmf.resume(&swimmers, &checkpoint, |_| ControlFlow::Continue(()))?;
    /// assert_eq!(resumed.basis, nmf.fit(&swimmers)?.basis);
    /// # Ok::<(), nmf_images::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Nmf::fit`], and if the images or a setting differ from those of the checkpoint, or its
    /// arrays do not fit them.
    pub fn resume(
        &self,
        images: &impl Images,
        checkpoint: &Checkpoint,
        mut on_progress: impl FnMut(&FitProgress) -> ControlFlow<()>,
    ) -> Result<NmfModel> {
        self.fit_observed(images, Some(checkpoint), &mut on_progress)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;
    use crate::basis::Shape;
    use crate::images::ImageSet;
    use crate::nmf::StopRule;

    #[test]
    fn no_iteration_keeps_the_parts_of_the_start() {
        let images = ImageSet::from_f32(
            Shape::new(1, 3),
            arr2(&[[1., 0., 2.], [0., 3., 1.], [1., 3., 3.], [2., 3., 5.]]),
        )
        .unwrap();
        let stop = StopRule {
            max_iterations: 0,
            ..StopRule::default()
        };
        let start = Init::Given {
            weights: arr2(&[[1., 0.], [0., 1.], [1., 1.], [0.5, 1.]]),
            basis: arr2(&[[1., 0.5, 0.25], [0.5, 1., 0.]]),
        };
        let model = Nmf::new(2)
            .init(start)
            .stop_rule(stop)
            .fit(&images)
            .unwrap();
        assert_eq!(model.iterations(), 0);
        let mut parts: Vec<Vec<f32>> = model
            .basis
            .rows()
            .rows()
            .into_iter()
            .map(|part| part.to_vec())
            .collect();
        parts.sort_by(|a, b| b[0].total_cmp(&a[0]));
        // Parts of a model have a maximum of 1, as those of this start.
        assert_eq!(parts, [[1., 0.5, 0.25], [0.5, 1., 0.]]);
    }
}
