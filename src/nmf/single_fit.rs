//! A fit from one start.

use std::ops::ControlFlow;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use ndarray::s;

use super::checkpoint::Checkpoint;
use super::data::Data;
use super::driver::{Run, RunOutcome};
use super::factors::Factors;
use super::init::Init;
use super::loss::Loss;
use super::model::{FinishedRun, NmfModel, OrderedFactors, in_order, of_all_images};
use super::observer::FitObserver;
use super::progress::{FitProgress, FitStart, SampleProgress};
use super::settings::Nmf;
use super::setup::FitInput;
use super::unscaled::{add_images_without_weight, unscale};
use crate::communicator::propagate_error;
use crate::error::Result;
use crate::images::{Images, PreparedImages, fingerprint};

impl Nmf {
    /// Fits from one start, or continues `from` a checkpoint of such a fit.
    pub(super) fn fit_once<I: Images>(
        &self,
        prepared: &PreparedImages<I>,
        from: Option<&Checkpoint>,
        observer: &mut impl FitObserver,
    ) -> Result<NmfModel> {
        let model = self.fit_read(prepared, from, observer);
        // A block that cannot be read counts as 0, which can cause an error of its own.
        propagate_error(prepared.images.communicator(), prepared.reading.check())?;
        model
    }

    // Long: the phases borrow from one another, so they cannot be split without long parameter lists.
    fn fit_read<I: Images>(
        &self,
        prepared: &PreparedImages<I>,
        from: Option<&Checkpoint>,
        observer: &mut impl FitObserver,
    ) -> Result<NmfModel> {
        let (images, reading) = (prepared.images, &prepared.reading);
        let began = seconds_ago(from.map_or(0.0, |checkpoint| checkpoint.at().seconds));
        let x = reading.shared()?;
        self.check_mask(reading.mask())?;
        let learns_on_samples = !self.sample_sizes(x.images.all).is_empty();
        if learns_on_samples && from.is_none() {
            prepared.kept.forget();
        }
        let input = self.input(x, prepared)?;
        let pixels = &input.chosen.pixels;
        let mut factors = match from {
            Some(checkpoint) => checkpoint.factors(input.images, pixels, self.fixed_parts())?,
            None => self.start(&input, began, &mut |view| {
                observer.sample_iteration(&SampleProgress {
                    images: view.images,
                    at: view.at,
                    basis: view.basis,
                    pixels,
                    shape: images.shape(),
                });
            })?,
        };
        let data = input.data()?;
        prepared.kept.keep(input.cut(&data));
        if from.is_none() {
            if !matches!(self.init, Init::Given { .. }) {
                self.prepare_start(&data, &mut factors, began);
            }
            observer.start(&FitStart {
                factors: &factors,
                known: &input.chosen.known,
                x: &input.x.x,
                pixels,
                shape: images.shape(),
                weighting: prepared.weighting,
            });
        }
        let mut rule = self.solver.rule();
        let state = from
            .map(|checkpoint| checkpoint.run_state(&mut *rule))
            .transpose()?;
        let cached = OnceLock::new();
        let fingerprint = || {
            let fingerprint = cached.get_or_init(|| fingerprint(images));
            fingerprint.clone()
        };
        let run = Run::new(&data, &mut *rule, &mut factors, began);
        let outcome = run.iterate(state, &self.stop_rule, |view| {
            if reading.has_failed() {
                return ControlFlow::Break(());
            }
            observer.iteration(&FitProgress {
                at: view.at(),
                ends: view.ends,
                view: *view,
                pixels,
                shape: images.shape(),
                nmf: self,
                communicator: images.communicator(),
                starts: None,
                fingerprint: &fingerprint,
            })
        });
        let rows = data.row_residuals(&factors);
        let squared = data.squared_residual_of(&rows);
        // The squares of scaled images are not those of the images.
        let is_plain = prepared.weighting.is_none();
        Ok(NmfModel::of_run(
            self,
            FinishedRun {
                objective: self.summed_objective(&outcome, squared, &data),
                outcome,
                seconds: began.elapsed().as_secs_f64(),
                relative_error: (squared / data.squared_norm()).sqrt(),
                residuals: is_plain.then(|| of_each_image(rows.as_flattened(), &input)),
                image_squares: is_plain.then(|| of_each_image(data.image_squares(), &input)),
                shape: images.shape(),
                factors: self.ordered(&factors, &input, prepared),
                sampled: self.sample_sizes(input.x.images.all).last().copied(),
            },
        ))
    }

    /// Returns the factors of all images and pixels, in the order and at the scale of a model.
    pub(super) fn ordered<I: Images>(
        &self,
        factors: &Factors,
        input: &FitInput,
        prepared: &PreparedImages<I>,
    ) -> OrderedFactors {
        let mut weights = of_all_images(&factors.weights, &input.chosen.known, &input.x.x);
        let mut basis = input.chosen.pixels.basis(&factors.basis);
        if let Some(weighting) = prepared.weighting {
            unscale(&mut weights, weighting.roots());
            add_images_without_weight(&mut weights, &basis, weighting);
        }
        if let Some(fixed) = &self.fixed {
            // Also where a pixel is known in no image.
            let mut rows = basis.slice_mut(s![..self.fixed_parts(), ..]);
            rows.assign(&fixed.scaled());
        }
        let communicator = prepared.images.communicator();
        in_order(weights, basis, self.fixed_parts(), communicator)
    }
}

impl Nmf {
    /// Returns the objective at the end of a run whose squared error was summed pixel by pixel. Within the run, the squared
    /// error follows from products of rounded integers.
    fn summed_objective(&self, outcome: &RunOutcome, squared: f64, data: &Data) -> f64 {
        let Some(last) = outcome.trace.last() else {
            return f64::NAN;
        };
        if self.solver.facts().loss != Loss::SQUARED_ERROR {
            return last.objective;
        }
        let measured = last.relative_error.powi(2) * data.squared_norm();
        last.objective + 0.5 * (squared - measured) / data.unit().powi(2)
    }
}

/// Returns the squares of all images, normalised, from those of the images that the fit worked on; 0 for the others.
pub(super) fn of_each_image(chosen: &[f64], input: &FitInput) -> Vec<f64> {
    let scale = input.x.x.unit().powi(2);
    let mut squares = vec![0.0; input.x.x.images];
    for (&image, square) in input.chosen.known.iter().zip(chosen) {
        squares[image as usize] = square / scale;
    }
    squares
}

/// Returns the instant `seconds` ago, or now if the clock does not reach back that far.
pub(super) fn seconds_ago(seconds: f64) -> Instant {
    let now = Instant::now();
    Duration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|past| now.checked_sub(past))
        .unwrap_or(now)
}
