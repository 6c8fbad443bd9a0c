//! The section `recipe` of a report.

use serde::Serialize;

use crate::decomposition::{Decomposition, PerMethod};
use crate::metrics::magnitudes;

/// The figures of the image that `recipe.png` composes, and that the page selects first.
#[derive(Debug, Clone, Serialize)]
pub struct RecipeReport {
    /// The name of the image.
    pub image: String,
    /// Its index among the images of the pictures.
    pub index: usize,
    /// The figures of its reconstruction by each method.
    #[serde(flatten)]
    pub methods: PerMethod<RecipeFigures>,
}

/// The figures of an image as the sum of all its terms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RecipeFigures {
    /// The relative error of the sum over the known pixels.
    pub relative_error: f64,
    /// The fraction of the total magnitude of the terms that cancels: see
    /// [`Magnitudes::cancelled`](crate::metrics::Magnitudes::cancelled).
    pub cancelled: f64,
}

impl RecipeReport {
    /// Reports the training image `index`.
    ///
    /// # Panics
    /// If there is no such image.
    #[must_use]
    pub fn new(image: &str, index: usize, decompositions: &[Decomposition]) -> Self {
        let figures = |learned: &Decomposition| {
            let (basis, mean) = (&learned.basis, learned.mean.as_ref());
            let terms = magnitudes(basis, &learned.weights, mean, &[index])[0];
            let figures = RecipeFigures {
                relative_error: f64::from(learned.errors[index]),
                cancelled: terms.cancelled(),
            };
            (learned.method, figures)
        };
        Self {
            image: image.to_owned(),
            index,
            methods: decompositions.iter().map(figures).collect(),
        }
    }
}
