//! The scale of pixel values: whether new images can be compared with the training images.

use super::data::Model;
use crate::images::{Block, Images};

impl Model {
    /// Returns the mean of the known pixels of `images`, divided by that of the training images; `None` if either is 0 or
    /// unknown.
    ///
    /// A ratio far from 1 means that both have different scales, such as counts of a camera and values from 0 to 1.
    #[must_use]
    pub fn relative_scale(&self, images: &impl Images) -> Option<f64> {
        let mean = self.mean_image()?;
        let trained = mean.iter().copied().map(f64::from).sum::<f64>() / mean.len() as f64;
        let (mut sum, mut known) = (0.0, 0_usize);
        for image in 0..images.len() {
            let mask = images.mask();
            let is_known = |pixel: usize| mask.is_none_or(|mask| mask.is_known(image, pixel));
            let values: Vec<f64> = match images.block(image..image + 1) {
                Block::U8(values) => values.iter().map(|&v| f64::from(v) / 255.0).collect(),
                Block::F32(values) => values.iter().map(|&v| f64::from(v)).collect(),
            };
            let own = values
                .iter()
                .enumerate()
                .filter(|(pixel, _)| is_known(*pixel));
            for (_, value) in own {
                sum += value;
                known += 1;
            }
        }
        let ratio = sum / known as f64 / trained;
        (ratio.is_finite() && ratio > 0.0).then_some(ratio)
    }
}
