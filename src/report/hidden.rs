//! How well hidden pixels are guessed, if their true values are known.

use ndarray::{Array1, Array2};
use serde::Serialize;

use crate::basis::{Basis, Weights};
use crate::decomposition::{Method, PerMethod};
use crate::images::Images;
use crate::metrics::{PixelSubset, Squares, squares};
use crate::model::Model;
use crate::projection::median;

/// A guess is named the closest if its relative error is at most this fraction of that of every other.
pub const MARGIN: f64 = 0.9;

/// The relative errors of the guesses at hidden pixels, against their true values.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HiddenErrors {
    /// The number of images with hidden pixels.
    pub images: usize,
    /// The guess that knows nothing of the image: the mean of the training images.
    pub mean_image: GuessErrors,
    /// The guess of each method.
    #[serde(flatten)]
    pub methods: PerMethod<GuessErrors>,
    /// The key of the method whose relative error is at most [`MARGIN`] times that of the mean image and
    /// of every other method; `None` if there is none.
    pub closest: Option<&'static str>,
}

/// The relative errors of one guess.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GuessErrors {
    /// ‖x − x̂‖ / ‖x‖ over all hidden pixels together.
    pub relative_error: f64,
    /// The median over images, without those that are black under the cover.
    pub median: f64,
}

impl HiddenErrors {
    /// Measures the guesses of every method, of which `weights` returns the weights; `None` if no pixel is
    /// hidden, all hidden ones are black, or no method has a mean image.
    ///
    /// # Panics
    /// If the weights are not of these images and this model.
    #[must_use]
    pub fn of<'a>(
        images: &impl Images,
        model: &Model,
        weights: impl Fn(&Method) -> &'a Weights,
    ) -> Option<Self> {
        let mask = images.mask()?;
        let mean_image = of_mean(images, model.mean_image()?)?;
        let mut methods = Vec::new();
        for learned in &model.decompositions {
            let (weights, mean) = (weights(learned.method), learned.mean.as_ref());
            let squares = squares(images, weights, &learned.basis, mean, PixelSubset::Hidden);
            methods.push((learned.method, GuessErrors::of(&squares)?));
        }
        let methods: PerMethod<GuessErrors> = methods.into_iter().collect();
        Some(Self {
            images: (0..images.len())
                .filter(|&image| mask.image(image).contains(&false))
                .count(),
            closest: closest(&methods, mean_image.relative_error),
            mean_image,
            methods,
        })
    }
}

fn of_mean(images: &impl Images, mean: &Array1<f32>) -> Option<GuessErrors> {
    let pixels = images.shape().pixels();
    let nothing = Basis::new(images.shape(), Array2::zeros((0, pixels)));
    let weights = Array2::zeros((images.len(), 0));
    let subset = PixelSubset::Hidden;
    GuessErrors::of(&squares(images, &weights, &nothing, Some(mean), subset))
}

impl GuessErrors {
    fn of(squares: &[Squares]) -> Option<Self> {
        let relative_error = Squares::sum(squares).relative_error();
        let single = squares.iter().map(|one| one.relative_error());
        relative_error.is_finite().then(|| Self {
            relative_error,
            median: median(single.filter(|error| error.is_finite())),
        })
    }
}

/// Returns the key of the method that is closer than all others by the margin.
fn closest(methods: &PerMethod<GuessErrors>, mean_image: f64) -> Option<&'static str> {
    let is_closest = |key: &str, error: f64| {
        let mut others = methods.iter().filter(|(method, _)| method.key != key);
        error <= MARGIN * mean_image
            && others.all(|(_, other)| error <= MARGIN * other.relative_error)
    };
    methods
        .iter()
        .find(|(method, guess)| is_closest(method.key, guess.relative_error))
        .map(|(method, _)| method.key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decomposition::{NMF, PCA};

    fn named(nmf: f64, pca: f64, mean_image: f64) -> Option<&'static str> {
        let guess = |relative_error| GuessErrors {
            relative_error,
            median: relative_error,
        };
        let methods = [(&NMF, guess(nmf)), (&PCA, guess(pca))];
        closest(&methods.into_iter().collect(), mean_image)
    }

    #[test]
    fn a_method_is_named_where_it_beats_the_other_and_the_mean_image_by_a_tenth() {
        assert_eq!(named(0.45, 0.5, 0.5), Some("nmf"));
        assert_eq!(named(0.5, 0.4, 0.8), Some("pca"));
        assert_eq!(named(0.46, 0.5, 0.8), None, "too close to the other");
        assert_eq!(named(0.3, 0.5, 0.32), None, "too close to the mean image");
        assert_eq!(named(0.9, 2.0, 0.7), None, "worse than the mean image");
    }
}
