//! A fit from one start.

use std::ops::ControlFlow;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::checkpoint::Checkpoint;
use super::data::Data;
use super::driver::Run;
use super::fingerprint;
use super::init::Init;
use super::model::{self, NmfModel};
use super::progress::FitProgress;
use super::settings::Nmf;
use crate::communicator::propagate_error;
use crate::error::{Error, Result};
use crate::images::{Images, Reading};

impl Nmf {
    /// Fits from one start, or goes on `from` a checkpoint of that.
    pub(super) fn fit_once(
        &self,
        images: &impl Images,
        from: Option<&Checkpoint>,
        on_moment: impl FnMut(&FitProgress) -> ControlFlow<()>,
    ) -> Result<NmfModel> {
        let reading = Reading::new(images)?;
        let model = self.fit_read(images, &reading, from, on_moment);
        // What cannot be read is 0, which may be an error of its own.
        propagate_error(images.communicator(), reading.check())?;
        model
    }

    fn fit_read<I: Images>(
        &self,
        images: &I,
        reading: &Reading<I>,
        from: Option<&Checkpoint>,
        mut on_moment: impl FnMut(&FitProgress) -> ControlFlow<()>,
    ) -> Result<NmfModel> {
        let began = ago(from.map_or(0.0, |checkpoint| checkpoint.at().seconds));
        let x = reading.shared()?;
        self.check_mask(reading.mask())?;
        let work = self.work(x)?;
        let mut factors = match from {
            Some(checkpoint) => checkpoint.factors(work.images, &work.pixels)?,
            None => self.start(&work, began)?,
        };
        let data = Data::new(&work.selection(), work.images);
        if data.squared_norm() == 0.0 {
            return Err(Error::AllBlack(x.images.all));
        }
        if from.is_none() && !matches!(self.init, Init::Given { .. }) {
            self.open(&data, &mut factors, began);
        }
        let (communicator, shape, told) = (images.communicator(), images.shape(), OnceLock::new());
        let fingerprint = || {
            told.get_or_init(|| fingerprint::fingerprint(images))
                .clone()
        };
        let mut rule = self.solver.rule();
        let state = from
            .map(|checkpoint| checkpoint.run_state(&mut *rule))
            .transpose()?;
        let run = Run::new(&data, &mut *rule, &mut factors, began);
        let run = run.iterate(state, &self.stop, |view| {
            if reading.has_failed() {
                return ControlFlow::Break(());
            }
            on_moment(&FitProgress {
                at: view.at(),
                ends: view.ends,
                view: *view,
                pixels: &work.pixels,
                shape,
                nmf: self,
                communicator,
                starts: None,
                fingerprint: &fingerprint,
            })
        });
        let seconds = began.elapsed().as_secs_f64();
        let relative_error = (data.squared_residual(&factors) / data.squared_norm()).sqrt();
        let (weights, basis) = (
            model::of_all_images(&factors.weights, &work.known, &x.x),
            work.pixels.basis(&factors.basis),
        );
        let ordered = model::in_order(weights, basis, communicator);
        let sampled = self.samples(work.images.all).last().copied();
        Ok(NmfModel::of_run(
            self,
            run,
            (shape, ordered),
            (relative_error, seconds),
            sampled,
        ))
    }
}

/// So many seconds ago, or as long ago as the clock can tell.
pub(super) fn ago(seconds: f64) -> Instant {
    let now = Instant::now();
    Duration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|past| now.checked_sub(past))
        .unwrap_or(now)
}
