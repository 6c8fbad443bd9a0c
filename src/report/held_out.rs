//! How well held-out images are reconstructed.

use serde::Serialize;

use crate::decomposition::PerMethod;
use crate::projection::HeldOutProjection;

/// The most held-out images that are listed by name.
const MOST_NAMES: usize = 1000;

/// The relative errors of held-out images, beside those of the training images.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HeldOutReport {
    /// The number of held-out images.
    pub images: usize,
    /// Their names; empty if there are more than 1,000.
    pub names: Vec<String>,
    /// The relative error of the mean image of the PCA, which does not depend on the image.
    pub mean_image_error: f64,
    /// The errors of each method.
    #[serde(flatten)]
    pub methods: PerMethod<HeldOutErrors>,
}

/// The relative errors of one method, over known pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HeldOutErrors {
    /// ‖X − X̂‖ / ‖X‖ of all held-out images together.
    pub relative_error: f64,
    /// The same of the training images.
    pub training_error: f64,
}

impl HeldOutReport {
    /// Reports held-out images with these names, beside the relative errors of the training images.
    #[must_use]
    pub fn new(held_out: &HeldOutProjection, names: &[String], training: &PerMethod<f64>) -> Self {
        let errors_of = |(method, &training_error)| {
            let errors = HeldOutErrors {
                relative_error: held_out.errors[method],
                training_error,
            };
            (method, errors)
        };
        let is_listed = names.len() == held_out.images && names.len() <= MOST_NAMES;
        Self {
            images: held_out.images,
            names: if is_listed {
                names.to_vec()
            } else {
                Vec::new()
            },
            mean_image_error: held_out.mean_image_error,
            methods: training.iter().map(errors_of).collect(),
        }
    }
}
