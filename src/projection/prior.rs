//! What a method knows of an image before it sees one: how its weights and the rest, which they leave
//! unexplained, are distributed among the training images. Weights that the known pixels of an image do
//! not determine are then guessed from it.
//!
//! **Objective** over the known pixels of an image x, with w ≥ 0 for parts:
//! `‖x − m − w H‖² + s ν (w − w̄) C⁻¹ (w − w̄)ᵀ`, with the mean w̄ and the covariance C of the training
//! weights, the variance ν of the rest, and the fraction s of it that lies on the unknown pixels. Scores
//! of PCA are uncorrelated with mean 0: C is then the diagonal matrix of their variances.
//!
//! **The variance of the rest** is that in a direction in which it varies, `Σ λ² / Σ λ` over the
//! eigenvalues λ of its covariance. Neighbouring pixels have similar rests, so it is larger than the
//! variance of a single pixel, which would count every pixel as independent evidence.
//!
//! **The fraction s.** Over all pixels, the rest is orthogonal to the eigenimages (and to the parts that an
//! image uses) and does not disturb the weights. It does so only as far as it is hidden. If every pixel
//! is known, s is 0, and the weights are those of plain least squares.
//!
//! **Source.** M. Tipping, C. Bishop, *Probabilistic principal component analysis*, 1999, which this resembles
//! for PCA: there s is 1, pixels are independent, and the variance of the rest is subtracted from those of the scores.

use ndarray::{Array1, Array2};

use crate::decomposition::Decomposition;
use crate::linalg;

/// Added to each variance, as a fraction of it, so that dependent weights have a precision.
const RIDGE: f64 = 1e-4;
/// The smallest deviation of a weight, as a fraction of its mean, and of the largest deviation.
const LEAST_DEVIATION: f64 = 1e-3;

/// The distribution of the weights of a method, and of the rest that they leave unexplained.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Prior {
    /// The mean weights of the training images, (rank).
    pub mean: Array1<f64>,
    /// Their covariance, (rank, rank).
    pub covariance: Array2<f64>,
    /// The variance of the rest of an image, in squared pixel units, in a direction in which it varies.
    pub noise: f64,
    /// The fraction of the squared rest of all training images on each pixel, (pixels).
    pub rest: Array1<f32>,
}

/// The terms that a prior adds to the least squares of an image whose rest is hidden throughout; of
/// other images, the hidden fraction of them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PriorTerms {
    /// `ν C⁻¹`, which is added to the Gram matrix, (rank, rank).
    pub precision: Array2<f64>,
    /// `ν C⁻¹ w̄`, which is added to the products, (rank).
    pub pull: Array1<f64>,
}

impl Prior {
    /// Estimates the prior of a model that lacks one from its weights and its errors: the rests of
    /// pixels count as independent and equally large.
    #[must_use]
    pub fn of_errors(learned: &Decomposition) -> Self {
        let weights = learned.weights.mapv(f64::from);
        let (images, pixels) = (weights.nrows(), learned.basis.shape().pixels());
        let mean = weights.sum_axis(ndarray::Axis(0)) / images as f64;
        let deviations = weights - &mean;
        let mut squares = 0.0;
        for (image, &error) in learned.errors.iter().enumerate() {
            let square = learned.reconstruct(image).mapv(|v| f64::from(v).powi(2));
            // The rest is orthogonal to the reconstruction (of PCA, on average over the images): ‖x‖² = ‖x̂‖² + ‖x − x̂‖².
            let error = f64::from(error).powi(2);
            if error < 1.0 {
                squares += square.sum() * error / (1.0 - error);
            }
        }
        Self {
            covariance: deviations.t().dot(&deviations) / images as f64,
            mean,
            noise: squares / (images * pixels) as f64,
            rest: Array1::from_elem(pixels, 1.0 / pixels as f32),
        }
    }

    /// Returns the terms that are added to the least squares of an image.
    #[must_use]
    pub fn terms(&self) -> PriorTerms {
        let deviations = self.deviations();
        let inverses = deviations.mapv(|d| if d > 0.0 { 1.0 / d } else { 0.0 });
        let mut correlation = self.covariance.clone();
        for ((a, b), value) in correlation.indexed_iter_mut() {
            *value *= inverses[a] * inverses[b];
            if a == b {
                // A weight that does not vary, or not beyond the smallest deviation, has a variance of 1 here.
                *value = value.max(1.0) + RIDGE;
            }
        }
        let mut precision = linalg::inverse(&correlation);
        for ((a, b), value) in precision.indexed_iter_mut() {
            *value *= self.noise * inverses[a] * inverses[b];
        }
        let pull = precision.dot(&self.mean);
        PriorTerms { precision, pull }
    }

    /// Returns the deviation of each weight; 0 if it is 0 in every image.
    fn deviations(&self) -> Array1<f64> {
        let measured = self.covariance.diag().mapv(|v| v.max(0.0).sqrt());
        let largest = measured.iter().copied().fold(0.0, f64::max);
        let mut deviations = measured;
        for (deviation, mean) in deviations.iter_mut().zip(&self.mean) {
            if *deviation > 0.0 || *mean != 0.0 {
                let least = LEAST_DEVIATION * mean.abs().max(LEAST_DEVIATION * largest);
                *deviation = deviation.max(least);
            }
        }
        deviations
    }

    /// Returns the fraction of the rest on the pixels that are not known.
    pub(super) fn hidden(&self, known: impl Iterator<Item = bool>) -> f64 {
        let rests = self.rest.iter().zip(known);
        rests
            .filter(|(_, is_known)| !is_known)
            .map(|(&rest, _)| f64::from(rest))
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{arr1, arr2};

    use super::*;

    fn close(found: &Array2<f64>, expected: &Array2<f64>) {
        let largest = (found - expected)
            .mapv(f64::abs)
            .into_iter()
            .fold(0.0, f64::max);
        assert!(largest < 1e-3, "{found} {expected}");
    }

    #[test]
    fn the_precision_is_the_inverse_covariance_times_the_noise() {
        let prior = Prior {
            mean: arr1(&[1., 2.]),
            covariance: arr2(&[[2., 1.], [1., 2.]]),
            noise: 3.0,
            rest: arr1(&[0.25, 0.75]),
        };
        let PriorTerms { precision, pull } = prior.terms();
        // The inverse of (2 1; 1 2) is (2 −1; −1 2) / 3.
        close(&precision, &arr2(&[[2., -1.], [-1., 2.]]));
        close(&pull.insert_axis(ndarray::Axis(0)), &arr2(&[[0., 3.]]));
        let hidden = |known: [bool; 2]| prior.hidden(known.into_iter());
        assert!(hidden([true, true]).abs() < 1e-12);
        assert!((hidden([true, false]) - 0.75).abs() < 1e-12);
    }

    #[test]
    fn weights_that_do_not_vary_are_held_at_their_mean_and_unused_ones_are_free() {
        let prior = Prior {
            mean: arr1(&[1., 2., 0.]),
            covariance: arr2(&[[4., 0., 0.], [0., 0., 0.], [0., 0., 0.]]),
            noise: 4.0,
            rest: arr1(&[1.]),
        };
        let PriorTerms { precision, pull } = prior.terms();
        assert!((precision[[0, 0]] - 1.0).abs() < 1e-3, "{precision}");
        assert!(precision[[1, 1]] > 1e5, "{precision}");
        assert!((pull[1] / precision[[1, 1]] - 2.0).abs() < 1e-9, "{pull}");
        assert!(precision[[2, 2]].abs() < 1e-300 && pull[2].abs() < 1e-300);
    }
}
