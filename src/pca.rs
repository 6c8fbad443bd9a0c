//! Principal component analysis of the images: orthogonal, signed eigenimages.
//!
//! **Objective.** `‖X − 1 mᵀ − T V‖²` over scores T and orthonormal rows V, with the mean image m:
//! the least error of all sums of one image that is the same for all and k images of any sign.
//!
//! **Bound.** The mean image is an image more than k, so that the error of PCA is no fair measure of k
//! images. The least error of k images of any sign, without a mean, is that of the truncated singular
//! value decomposition of X ([`PcaModel::bound`]); no NMF of the same rank is below it.
//!
//! **Method.** Eigenvectors of the Gram matrix of the smaller side, exact up to rounding, by block Lanczos
//! iteration if they are few. If both sides are longer than 4,000, subspace iteration with X itself, to a
//! millionth of the largest variance.
//!
//! **Unknown pixels** are filled with their reconstruction from mean, scores and eigenimages, which
//! are fitted to the filled X, and so on, until the error on the known pixels converges: `10 n p k`
//! per round, at most 200 rounds. The result is a local minimum (N. Srebro, T. Jaakkola, *Weighted
//! low-rank approximations*, 2003).
//!
//! **Weights** of images and pixels, r and c: `Σ r_i c_j (x_ij − m_j − (T V)_ij)²` is minimised by the mean image with the
//! weights r and by the singular vectors of `√r_i (x_ij − m_j) √c_j`, divided by the roots: rows of V are orthonormal in the
//! metric c (M. J. Greenacre, *Theory and applications of correspondence analysis*, 1984, appendix A).
//!
//! **Cost.** `min(n, p) n p`, and about `10 k min(n, p)² + min(n, p)³ / 3` for k eigenvectors of a large
//! Gram matrix.
//!
//! **Source.** H. Hotelling, *Analysis of a complex of statistical variables into principal
//! components*, 1933; L. Sirovich, M. Kirby, *Low-dimensional procedure for the characterization of
//! human faces*, 1987 (the smaller side); C. Eckart, G. Young, *The approximation of one matrix by
//! another of lower rank*, 1936 (the bound).

mod axes;
mod residuals;

use std::time::Instant;

use ndarray::Array1;

use crate::basis::{Basis, Shape, Weights, check_rank};
use crate::communicator::propagate_error;
use crate::error::Result;
use crate::images::{ErrorWeights, Images, PreparedImages, Reading, Shared, Weighted, Weighting};
use crate::kernel::CutPixels;
use crate::linalg::{self, LowRank, MeanRow};

use self::axes::{Axes, weighted_mean};
use self::residuals::residuals;

/// The settings of a PCA.
///
/// ```
/// use nmf_images::{ImageSet, Pca, Shape};
///
/// let table = ndarray::arr2(&[[1., 2.], [2., 4.], [3., 6.]]);
/// let model = Pca::new(1).fit(&ImageSet::from_f32(Shape::new(1, 2), table)?)?;
/// assert!(model.relative_error < 1e-6);
/// # Ok::<(), nmf_images::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pca {
    rank: usize,
    weights: ErrorWeights,
}

/// The mean image, the eigenimages and the scores.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PcaModel {
    /// The mean of all images, (pixels).
    pub mean: Array1<f32>,
    /// Eigenimages, (rank, pixels): orthonormal, sorted by variance, largest first; the pixel of
    /// largest magnitude of each (the first of equal ones) is positive. Directions without variance
    /// beyond rounding are 0.
    pub basis: Basis,
    /// Scores, (images, rank): the signed weight of each eigenimage in each image minus the mean.
    pub weights: Weights,
    /// What has weights in mean, variance and errors: see [`Pca::pixel_weights`] and [`Pca::image_weights`].
    pub weighted: Weighted,
    /// The fraction of the variance about the mean that each eigenimage explains.
    pub explained_variance_ratio: Vec<f64>,
    /// ‖X − X̂‖ / ‖X‖ of the reconstructions, mean included; with weights, both norms are weighted.
    pub relative_error: f64,
    /// The relative error of every rank from 0 (the mean only) to this one, and of higher ones if
    /// they are known without more work. If pixels are unknown, they are the errors of this model
    /// truncated, and eigenimages learned for a lower rank have lower errors.
    pub errors: Vec<f64>,
    /// ‖x − x̂‖² of each image, if they are known without more work.
    pub residuals: Option<Vec<f64>>,
    /// The least relative error of every sum of 0, 1, … images of any sign, up to the rank at least:
    /// that of the truncated singular value decomposition of X. No factorisation of the same rank has a
    /// lower error. `None` if pixels are unknown: the least error is not known then.
    pub bound: Option<Vec<f64>>,
    /// Seconds for the mean, the Gram matrix and the eigenvectors.
    pub seconds: f64,
}

impl Pca {
    /// Returns the settings for `rank` eigenimages.
    #[must_use]
    pub fn new(rank: usize) -> Self {
        Self {
            rank,
            weights: ErrorWeights::default(),
        }
    }

    /// Sets how much each pixel counts in variance and errors, (pixels): finite non-negative weights, of which only the ratios
    /// matter. Eigenimages are then orthonormal in sums that these weights multiply, scaled to a maximum of 1; a pixel of
    /// weight 0 is 0 in the mean and in every eigenimage. All pixels must be known.
    #[must_use]
    pub fn pixel_weights(mut self, weights: Array1<f32>) -> Self {
        self.weights.pixels = Some(weights);
        self
    }

    /// Sets how much each image counts in mean, variance and errors, (images), as [`Pca::pixel_weights`] does for pixels. An
    /// image of weight 0 influences neither mean nor eigenimages; its scores are the best ones.
    ///
    /// ```
    /// use ndarray::{arr1, arr2};
    /// use nmf_images::{ImageSet, Pca, Shape};
    ///
    /// let table = arr2(&[[1., 2.], [2., 4.], [9., 0.]]);
    /// let images = ImageSet::from_f32(Shape::new(1, 2), table)?;
    /// let model = Pca::new(1).image_weights(arr1(&[3., 1., 0.])).fit(&images)?;
    /// assert_eq!(model.mean, arr1(&[1.25, 2.5]));
    /// # Ok::<(), nmf_images::Error>(())
    /// ```
    #[must_use]
    pub fn image_weights(mut self, weights: Array1<f32>) -> Self {
        self.weights.images = Some(weights);
        self
    }

    /// Finds the eigenimages from the pixels that are known in [`Images::mask`]: only these are
    /// reconstructed and counted in the errors. An image without known pixels has scores of 0.
    ///
    /// # Errors
    /// If the rank is 0 or above `min(images, pixels)`, a known value is negative or not finite,
    /// none is known, weights cannot be used, or the eigenvectors do not converge.
    pub fn fit(&self, images: &impl Images) -> Result<PcaModel> {
        self.fit_prepared(&PreparedImages::new(images)?)
    }

    /// Finds the eigenimages as [`Pca::fit`] from images that other fits share.
    ///
    /// # Errors
    /// As [`Pca::fit`].
    pub fn fit_prepared<I: Images>(&self, prepared: &PreparedImages<I>) -> Result<PcaModel> {
        match self.weights.scale(prepared.images)? {
            None => self.fit_read(prepared),
            Some(images) => self.fit_read(&PreparedImages::weighted(&images)?),
        }
    }

    fn fit_read<I: Images>(&self, prepared: &PreparedImages<I>) -> Result<PcaModel> {
        let began = Instant::now();
        let PreparedImages {
            images,
            reading,
            kept,
            weighting,
        } = prepared;
        let kept = kept.with_all_images(images.len());
        let source = Source {
            cut: kept
                .as_ref()
                .and_then(|kept| kept.of_all_images(images.len())),
            weighting: *weighting,
        };
        let model = reading
            .shared()
            .and_then(|x| self.fit_shared(images.shape(), &x, source, began));
        // A block that cannot be read counts as 0, which can cause an error of its own.
        propagate_error(images.communicator(), reading.check())?;
        model
    }

    /// Fits to images that may be scaled with weights.
    fn fit_shared(
        &self,
        shape: Shape,
        shared: &Shared,
        source: Source,
        began: Instant,
    ) -> Result<PcaModel> {
        let Shared { x, images } = *shared;
        check_rank(self.rank, images.all, x.pixels)?;
        if x.known.is_some() {
            return self.fit_known(shape, shared, began);
        }
        let Source { cut, weighting } = source;
        let row = match weighting.and_then(|weighting| weighting.roots().images.as_ref()) {
            Some(roots) => weighted_mean(shared, roots),
            None => mean_row(shared, cut),
        };
        let svd = linalg::svd(&x, cut, images, self.rank, Some(&row))?;
        let variance = svd.squared_norm;
        let squared_norm = variance + row.squared_norm(images.all) / x.unit().powi(2);
        let (errors, bound) = (
            relative_errors(&svd.values, variance, squared_norm),
            relative_errors(&svd.uncentred_values, squared_norm, squared_norm),
        );
        let axes = Axes {
            scores: scores(svd.left, &svd.values),
            rows: svd.right,
            mean: row.values.iter().map(|m| m / x.unit()).collect(),
        };
        let centred = svd.centred_squares.as_deref();
        let residuals = cut.map(|cut| residuals(cut, centred, &axes, x.unit()));
        let Axes { scores, rows, mean } = match weighting {
            Some(weighting) => axes.unscaled(weighting),
            None => axes,
        };
        Ok(PcaModel {
            mean: mean.into_iter().map(|v| v as f32).collect(),
            basis: Basis::new(shape, rows),
            weights: scores,
            weighted: self.weights.weighted(),
            explained_variance_ratio: explained(&svd.values[..self.rank], variance),
            relative_error: errors[self.rank],
            errors,
            residuals,
            bound: Some(bound),
            seconds: began.elapsed().as_secs_f64(),
        })
    }

    /// Returns the fraction of the variance that each eigenimage explains, as a fit of the highest rank
    /// does, of at most some hundred images: without the eigenimages, where all pixels are known.
    ///
    /// # Errors
    /// As [`Pca::fit`].
    pub(crate) fn all_explained(images: &impl Images) -> Result<Vec<f64>> {
        if images.mask().is_some() {
            let most = images.len().min(images.shape().pixels());
            return Ok(Self::new(most).fit(images)?.explained_variance_ratio);
        }
        let reading = Reading::new(images)?;
        let x = reading.shared()?;
        let explained = linalg::explained_fractions(&x.x, x.images, &mean_of(&x))?;
        propagate_error(images.communicator(), reading.check())?;
        Ok(explained)
    }

    /// Fits to the known pixels only.
    fn fit_known(&self, shape: Shape, shared: &Shared, began: Instant) -> Result<PcaModel> {
        let LowRank {
            mean,
            scores,
            rows,
            squares,
            errors,
        } = linalg::low_rank(&shared.x, shared.images, &shared.pixel_means(), self.rank)?;
        let (squared_norm, left) = (errors.squared_norm, errors.squares[self.rank]);
        // An unknown pixel counts as its reconstruction, so its residual is 0.
        let variance = squares.iter().sum::<f64>() + left;
        let errors: Vec<f64> = errors
            .squares
            .iter()
            .map(|&left| ratio(left, squared_norm).sqrt())
            .collect();
        Ok(PcaModel {
            mean: mean.into_iter().map(|m| m as f32).collect(),
            basis: Basis::new(shape, rows),
            weights: scores,
            weighted: Weighted::default(),
            explained_variance_ratio: squares
                .iter()
                .map(|&square| ratio(square, variance))
                .collect(),
            relative_error: errors[self.rank],
            errors,
            residuals: None,
            bound: None,
            seconds: began.elapsed().as_secs_f64(),
        })
    }
}

/// What is known of X besides its values.
#[derive(Clone, Copy)]
struct Source<'a> {
    /// X in panels, if it was cut before.
    cut: Option<CutPixels<'a>>,
    /// The weights that the images are scaled with, if they are.
    weighting: Option<&'a dyn Weighting>,
}

/// Returns the left singular vectors times their singular values.
fn scores(mut left: Weights, values: &[f64]) -> Weights {
    linalg::for_each_row(&mut left, |_, row| {
        for (score, value) in row.iter_mut().zip(values) {
            *score = (f64::from(*score) * value) as f32;
        }
    });
    left
}

/// Returns the fraction of the variance that each singular value explains.
fn explained(values: &[f64], variance: f64) -> Vec<f64> {
    let values = values.iter();
    values.map(|v| ratio(v * v, variance)).collect()
}

/// Returns the mean of each pixel, of values as in memory, if all are known.
fn mean_of(x: &Shared) -> Vec<f64> {
    means(&x.pixel_sums(), x.images.all)
}

/// Returns the mean row of X, which may have been cut before.
fn mean_row(x: &Shared, cut: Option<CutPixels>) -> MeanRow {
    MeanRow {
        values: match cut {
            Some(cut) => means(cut.pixel_sums, x.images.all),
            None => mean_of(x),
        },
        multiples: None,
    }
}

/// Returns the mean of each pixel from its sum over so many images.
fn means(sums: &[f64], images: usize) -> Vec<f64> {
    sums.iter().map(|sum| sum / images as f64).collect()
}

/// Returns the relative error that is left of `variance` by 0, 1, … singular values.
fn relative_errors(values: &[f64], variance: f64, squared_norm: f64) -> Vec<f64> {
    let mut explained = 0.0;
    let mut errors = vec![ratio(variance.max(0.0), squared_norm).sqrt()];
    for value in values {
        explained += value * value;
        errors.push(ratio((variance - explained).max(0.0), squared_norm).sqrt());
    }
    errors
}

/// Returns `part / whole`, or 0 if `whole` is not positive.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

impl PcaModel {
    /// Returns the reconstruction of image `index`, (pixels).
    ///
    /// # Panics
    /// If there is no such image.
    #[must_use]
    pub fn reconstruct(&self, index: usize) -> Array1<f32> {
        self.basis.combine(&self.weights.row(index)) + &self.mean
    }

    /// Returns the number of eigenimages that are 0 for lack of variance.
    #[must_use]
    pub fn empty(&self) -> usize {
        self.explained_variance_ratio
            .iter()
            .filter(|&&ratio| ratio == 0.0)
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rank_leaves_what_its_values_do_not_explain() {
        // Of a square of 25 the mean takes 9, then 9, 4 and 3 follow; the last 3 are not all found.
        let found = relative_errors(&[3.0, 2.0, 1.0], 16.0, 25.0);
        let expected = [16.0, 7.0, 3.0, 2.0].map(|left: f64| (left / 25.0).sqrt());
        assert!(
            found
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-12)
                && found.len() == 4,
            "{found:?}"
        );
        assert_eq!(
            relative_errors(&[0.0], 0.0, 0.0),
            [0.0, 0.0],
            "nothing is left of nothing"
        );
    }
}
