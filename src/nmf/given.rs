//! W and H that were given, as a model.

use std::time::Instant;

use super::driver::RunOutcome;
use super::model::{FinishedRun, NmfModel};
use super::settings::Nmf;
use super::single_fit::of_each_image;
use super::stop::{Iteration, StopReason};
use crate::communicator::propagate_error;
use crate::error::{Result, WeightsError};
use crate::images::{Images, PreparedImages};

impl Nmf {
    /// Returns the W and H of [`Init::Given`](super::Init::Given) as a model of the images, without learning: the products
    /// stay the same, each part is scaled to a maximum of 1, and parts are sorted by their share. The errors are summed pixel
    /// by pixel over the known pixels, and the objective is ½ ‖X − W H‖², whatever the rule. If another start is set, the
    /// model is that start.
    ///
    /// # Errors
    /// As [`Nmf::fit`].
    pub fn as_given<I: Images>(&self, prepared: &PreparedImages<I>) -> Result<NmfModel> {
        let model = self.given_model(prepared);
        // A block that cannot be read counts as 0, which can cause an error of its own.
        propagate_error(prepared.images.communicator(), prepared.reading.check())?;
        model
    }

    fn given_model<I: Images>(&self, prepared: &PreparedImages<I>) -> Result<NmfModel> {
        let began = Instant::now();
        let (images, reading) = (prepared.images, &prepared.reading);
        let x = reading.shared()?;
        self.check_mask(reading.mask())?;
        if self.weights.weighted().any() {
            return Err(WeightsError::Combination("factors that are only measured").into());
        }
        let input = self.input(x, prepared)?;
        let factors = self.start(&input, began, &mut |_| {})?;
        let data = input.data()?;
        prepared.kept.keep(input.cut(&data));
        let rows = data.row_residuals(&factors);
        let squared = data.squared_residual_of(&rows);
        let relative_error = (squared / data.squared_norm()).sqrt();
        let objective = 0.5 * squared / data.unit().powi(2);
        let seconds = began.elapsed().as_secs_f64();
        let at_start = Iteration {
            iteration: 0,
            seconds,
            relative_error,
            objective,
        };
        let run = FinishedRun {
            outcome: RunOutcome {
                trace: vec![at_start],
                reason: StopReason::Given,
            },
            shape: images.shape(),
            factors: self.ordered(&factors, &input, prepared),
            relative_error,
            objective,
            residuals: Some(of_each_image(rows.as_flattened(), &input)),
            image_squares: Some(of_each_image(data.image_squares(), &input)),
            seconds,
            sampled: None,
        };
        Ok(NmfModel::of_run(self, run))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;
    use crate::basis::Shape;
    use crate::images::ImageSet;
    use crate::nmf::Init;

    #[test]
    fn given_factors_stay_as_they_are() {
        // The second pixel is 0 in every image, but not in the parts.
        let pixels = arr2(&[[1., 0., 2.], [0., 0., 1.], [1., 0., 3.], [2., 0., 4.]]);
        let images = ImageSet::from_f32(Shape::new(1, 3), pixels.clone()).unwrap();
        let weights = arr2(&[[1., 0.], [0., 1.], [1., 1.], [0., 2.]]);
        let basis = arr2(&[[0.5, 0.25, 0.], [1., 0., 2.]]);
        let start = Init::Given {
            weights: weights.clone(),
            basis: basis.clone(),
        };
        let prepared = PreparedImages::new(&images).unwrap();
        let model = Nmf::new(2).init(start).as_given(&prepared).unwrap();
        assert!(model.is_given());
        assert_eq!((model.iterations(), model.trace[0].iteration), (0, 0));
        assert_eq!(model.rule_name(), "none");
        let product = weights.dot(&basis);
        for (index, row) in product.rows().into_iter().enumerate() {
            assert_eq!(model.reconstruct(index), row);
        }
        let squares =
            |values: &ndarray::Array2<f32>| values.iter().map(|v| f64::from(v * v)).sum::<f64>();
        // By hand: 0.25 + 0.0625 + 4, 1 + 1, 0.25 + 0.0625 + 1, 0.
        let residual = squares(&(&pixels - &product));
        assert!((residual - 7.625).abs() < 1e-9);
        assert!((model.objective - residual / 2.0).abs() < 1e-6);
        let error = (residual / squares(&pixels)).sqrt();
        assert!((model.relative_error - error).abs() < 1e-6);
        assert_eq!(model.residuals.unwrap().len(), 4);
    }
}
