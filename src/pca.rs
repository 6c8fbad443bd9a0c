//! Principal component analysis of the images: orthogonal, signed eigenimages.
//!
//! **Objective** `‖X − 1 mᵀ − T V‖²` over scores T and orthonormal rows V, with the mean image m: no other method of
//! the same rank comes closer. **Way:** eigenvectors of the Gram matrix of the smaller side, exact up to rounding; where
//! both sides are longer than 4,000, subspace iteration with X itself, to a millionth of the largest variance.
//! **Unknown pixels** are filled with what mean, scores and eigenimages give for them, which are fitted to the filled X, and
//! so on, until the error on the known pixels has settled: `10 n p k` a round, at most 200 rounds. It is a minimum of its
//! neighbourhood, not always the least (N. Srebro, T. Jaakkola, *Weighted low-rank approximations*, 2003).
//! **Cost** `min(n, p) n p`, and about `100 k min(n, p)²` for k eigenvectors of a large Gram matrix. **Source.** H. Hotelling, *Analysis of a complex of statistical variables
//! into principal components*, 1933; L. Sirovich, M. Kirby, *Low-dimensional procedure for the characterization of
//! human faces*, 1987 (through the smaller side).

use std::time::Instant;

use ndarray::Array1;

use crate::basis::{Basis, Shape, Weights};
use crate::communicator::propagate_error;
use crate::error::{Error, Result};
use crate::images::{Images, Reading, Shared};
use crate::linalg::{self, LowRank};

/// Settings of a PCA.
///
/// ```
/// use nmf_images::{ImageSet, Pca, Shape};
///
/// let table = ndarray::arr2(&[[1., 2.], [2., 4.], [3., 6.]]);
/// let model = Pca::new(1).fit(&ImageSet::from_f32(Shape::new(1, 2), table)?)?;
/// assert!(model.relative_error < 1e-6);
/// # Ok::<(), nmf_images::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pca {
    rank: usize,
}

/// The mean image, the eigenimages, and how much of each is in every image.
#[derive(Debug, Clone)]
pub struct PcaModel {
    /// The mean of all images, (pixels).
    pub mean: Array1<f32>,
    /// Eigenimages, (rank, pixels): orthonormal, largest variance first; in each the pixel of largest magnitude (the
    /// first of equals) is positive. Directions in which the images do not vary beyond rounding are 0.
    pub components: Basis,
    /// Scores, (images, rank): how much of each eigenimage, with its sign, makes the image from the mean.
    pub scores: Weights,
    /// Each eigenimage's share of the variance about the mean.
    pub explained_variance_ratio: Vec<f64>,
    /// ‖X − X̂‖ / ‖X‖ of the reconstructions, mean included.
    pub relative_error: f64,
    /// The same of every rank from 0, the mean alone, to this one, and of higher ones where they are known without more
    /// work. No factorisation into as many parts comes closer (C. Eckart, G. Young, *The approximation of one matrix by
    /// another of lower rank*, 1936). Where pixels are unknown, all are of this model cut short, and eigenimages learned for
    /// a lower rank come closer.
    pub errors: Vec<f64>,
    /// Mean, Gram matrix and eigenvectors.
    pub seconds: f64,
}

impl Pca {
    /// A PCA with `rank` eigenimages.
    #[must_use]
    pub fn new(rank: usize) -> Self {
        Self { rank }
    }

    /// Finds the eigenimages, of the pixels that [`Images::mask`] leaves known: only these are rebuilt, and counted in
    /// every error. An image of which nothing is known has scores of 0.
    ///
    /// # Errors
    /// If the rank is 0 or above `min(images, pixels)`, a known value is negative or not finite, none is known, or the
    /// eigenvectors are not found.
    pub fn fit(&self, images: &impl Images) -> Result<PcaModel> {
        let began = Instant::now();
        let reading = Reading::new(images)?;
        let model = reading
            .shared()
            .and_then(|x| self.fit_shared(images.shape(), &x, began));
        // What cannot be read is 0, which may be an error of its own.
        propagate_error(images.communicator(), reading.check())?;
        model
    }

    fn fit_shared(self, shape: Shape, shared: &Shared, began: Instant) -> Result<PcaModel> {
        let Shared { x, images: spread } = *shared;
        let most = spread.all.min(x.pixels);
        match self.rank {
            0 => return Err(Error::RankZero),
            rank if rank > most => {
                return Err(Error::RankTooLarge {
                    rank,
                    images: spread.all,
                    pixels: x.pixels,
                    most,
                });
            }
            _ => {}
        }
        if x.known.is_some() {
            return self.fit_known(shape, shared, began);
        }
        let count = spread.all as f64;
        let mean: Vec<f64> = shared.pixel_sums().iter().map(|sum| sum / count).collect();
        let svd = linalg::svd(&x, spread, self.rank, Some(&mean))?;
        let mean = Array1::from_iter(mean.iter().map(|m| m / x.unit()));
        let mut scores = svd.left;
        for mut row in scores.rows_mut() {
            row.iter_mut()
                .zip(&svd.values)
                .for_each(|(v, value)| *v = (f64::from(*v) * value) as f32);
        }
        let variance = svd.squared_norm;
        let errors = errors(&svd.values, variance, variance + count * mean.dot(&mean));
        Ok(PcaModel {
            mean: mean.mapv(|v| v as f32),
            components: Basis::new(shape, svd.right),
            scores,
            explained_variance_ratio: svd.values[..self.rank]
                .iter()
                .map(|v| share(v * v, variance))
                .collect(),
            relative_error: errors[self.rank],
            errors,
            seconds: began.elapsed().as_secs_f64(),
        })
    }

    /// The same from the known pixels alone.
    fn fit_known(self, shape: Shape, shared: &Shared, began: Instant) -> Result<PcaModel> {
        let LowRank {
            mean,
            scores,
            rows,
            squares,
            errors,
        } = linalg::low_rank(&shared.x, shared.images, &shared.pixel_means(), self.rank)?;
        let (squared_norm, left) = (errors.squared_norm, errors.squares[self.rank]);
        // Where a pixel is unknown it is taken to be as the eigenimages say, so that nothing is left there.
        let variance = squares.iter().sum::<f64>() + left;
        let errors: Vec<f64> = errors
            .squares
            .iter()
            .map(|&left| share(left, squared_norm).sqrt())
            .collect();
        Ok(PcaModel {
            mean: mean.into_iter().map(|m| m as f32).collect(),
            components: Basis::new(shape, rows),
            scores,
            explained_variance_ratio: squares
                .iter()
                .map(|&square| share(square, variance))
                .collect(),
            relative_error: errors[self.rank],
            errors,
            seconds: began.elapsed().as_secs_f64(),
        })
    }
}

/// The relative error of each rank from 0, the mean alone.
fn errors(values: &[f64], variance: f64, squared_norm: f64) -> Vec<f64> {
    let explained = values.iter().scan(0.0, |sum, value| {
        *sum += value * value;
        Some(*sum)
    });
    let error = |explained: f64| share((variance - explained).max(0.0), squared_norm).sqrt();
    std::iter::once(0.0).chain(explained).map(error).collect()
}

/// `part / whole`; 0 of nothing.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

impl PcaModel {
    /// Image `index` as mean and eigenimages give it, (pixels).
    ///
    /// # Panics
    /// If there is no such image.
    #[must_use]
    pub fn reconstruct(&self, index: usize) -> Array1<f32> {
        self.scores.row(index).dot(&self.components.rows()) + &self.mean
    }

    /// Eigenimages that are 0, for want of variance.
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
        let found = errors(&[3.0, 2.0, 1.0], 16.0, 25.0);
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
            errors(&[0.0], 0.0, 0.0),
            [0.0, 0.0],
            "nothing is left of nothing"
        );
    }
}
