//! How close noisy images, and their reconstructions, are to the clean images.

use ndarray::Array1;
use serde::Serialize;

use super::errors::{PixelSubset, Squares, squared_differences, squares};
use crate::basis::{Basis, Weights};
use crate::communicator::Partition;
use crate::decomposition::{Decomposition, PerMethod};
use crate::images::Images;

/// How close images are to the clean ones, over the known pixels of all images together. Reconstructions are not clipped.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CleanError {
    /// ‖Y − C‖ / ‖C‖ of images Y and the clean images C.
    pub clean_error: f64,
    /// The peak signal-to-noise ratio in dB, 10 log₁₀(white² / (‖Y − C‖² / pixels)); `None` if Y and C are equal.
    pub psnr: Option<f64>,
}

impl CleanError {
    /// Compares the reconstructions `mean + weights · basis` with the `clean` images; `white` is their white. All processes
    /// call this together.
    ///
    /// # Panics
    /// If the sizes of weights, basis, mean and images do not match.
    #[must_use]
    pub fn of(
        clean: &impl Images,
        weights: &Weights,
        basis: &Basis,
        mean: Option<&Array1<f32>>,
        white: f32,
    ) -> Self {
        let images = Partition::of(clean.communicator(), clean.len());
        let squares = squares(clean, weights, basis, mean, PixelSubset::Known);
        Self::new(&squares, white, images)
    }

    fn new(squares: &[Squares], white: f32, images: Partition) -> Self {
        let sum = Squares::whole_sum(squares, images);
        Self {
            clean_error: sum.relative_error(),
            psnr: sum.psnr(white),
        }
    }
}

/// How close noisy images, and their reconstruction by each method, are to the clean images.
///
/// ```
/// use nmf_images::communicator::SingleProcess;
/// use nmf_images::images::{ImageShard, NoiseKind, add_noise, synthetic::Bars};
/// use nmf_images::metrics::Denoising;
/// use nmf_images::{Model, NMF, Nmf};
///
/// let clean = ImageShard::new(Bars::default().draw()?.images, &SingleProcess);
/// let noisy = add_noise(&clean, &[NoiseKind::Gaussian(0.1)], 0)?;
/// let nmf = Nmf::new(16).fit(&noisy.images)?;
/// let model = Model::of_nmf(&noisy.images.set, &nmf);
/// let errors = Denoising::of(&clean, &noisy.images, &model.decompositions, noisy.white);
/// assert!(errors.methods[&NMF].clean_error < errors.noisy.clean_error);
/// # Ok::<(), nmf_images::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Denoising {
    /// The noisy images.
    pub noisy: CleanError,
    /// Their reconstructions.
    pub methods: PerMethod<CleanError>,
}

impl Denoising {
    /// Compares `noisy` images, of which `decompositions` are, with the clean ones; `white` is their white. All processes call
    /// this together.
    ///
    /// # Panics
    /// If the sizes of the images and the decompositions do not match.
    #[must_use]
    pub fn of(
        clean: &impl Images,
        noisy: &impl Images,
        decompositions: &[Decomposition],
        white: f32,
    ) -> Self {
        let images = Partition::of(clean.communicator(), clean.len());
        let differences = squared_differences(clean, noisy);
        let mut methods = Vec::new();
        for learned in decompositions {
            let (weights, mean) = (&learned.weights, learned.mean.as_ref());
            let error = CleanError::of(clean, weights, &learned.basis, mean, white);
            methods.push((learned.method, error));
        }
        Self {
            noisy: CleanError::new(&differences, white, images),
            methods: methods.into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;
    use crate::basis::Shape;
    use crate::images::{ImageSet, Mask};

    #[test]
    fn errors_and_ratios_are_those_of_known_pixels() {
        let set = |values| ImageSet::from_f32(Shape::new(1, 2), values).unwrap();
        let clean = set(arr2(&[[3.0, 4.0], [0.0, 0.0]]));
        let noisy = set(arr2(&[[3.0, 2.0], [1.0, 0.0]]));
        let found = Denoising::of(&clean, &noisy, &[], 4.0).noisy;
        assert!((found.clean_error - 5f64.sqrt() / 5.0).abs() < 1e-12);
        // The mean squared error is 5 / 4.
        assert!((found.psnr.unwrap() - 10.0 * 12.8f64.log10()).abs() < 1e-12);
        assert_eq!(Denoising::of(&clean, &clean, &[], 4.0).noisy.psnr, None);
        let mut masked = clean;
        masked.mask = Mask::new(2, 2, |image, pixel| (image, pixel) != (0, 1));
        let found = Denoising::of(&masked, &noisy, &[], 4.0).noisy;
        assert!((found.clean_error - 1.0 / 3.0).abs() < 1e-12);
        assert!((found.psnr.unwrap() - 10.0 * 48f64.log10()).abs() < 1e-12);
    }
}
