//! Principal component analysis of the images: orthogonal, signed eigenimages.
//!
//! **Objective** `‖X − 1 mᵀ − T V‖²` over scores T and orthonormal rows V, with the mean image m: no other method of
//! the same rank comes closer. **Way:** eigenvectors of the Gram matrix of the smaller side, exact up to rounding; where
//! both sides are longer than 4,000, subspace iteration with X itself, to a millionth of the largest variance.
//! **Cost** `min(n, p) n p`, and about `100 k min(n, p)²` for k eigenvectors of a large Gram matrix. **Source.** H. Hotelling, *Analysis of a complex of statistical variables
//! into principal components*, 1933; L. Sirovich, M. Kirby, *Low-dimensional procedure for the characterization of
//! human faces*, 1987 (through the smaller side).

use std::time::Instant;

use ndarray::Array1;

use crate::basis::{Basis, Weights};
use crate::error::{Error, Result};
use crate::images::Images;
use crate::linalg;

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
    /// Mean, Gram matrix and eigenvectors.
    pub seconds: f64,
}

impl Pca {
    /// A PCA with `rank` eigenimages.
    #[must_use]
    pub fn new(rank: usize) -> Self {
        Self { rank }
    }

    /// Finds the eigenimages.
    ///
    /// # Errors
    /// If the rank is 0 or above `min(images, pixels)`, a value is negative or not finite, or the eigenvectors are not
    /// found.
    pub fn fit(&self, images: &impl Images) -> Result<PcaModel> {
        let began = Instant::now();
        let block = images.block(0..images.len());
        let x = block.matrix(images.shape())?;
        let most = x.images.min(x.pixels);
        match self.rank {
            0 => return Err(Error::RankZero),
            rank if rank > most => return Err(Error::RankTooLarge { rank, images: x.images, pixels: x.pixels, most }),
            _ => {}
        }
        let count = x.images as f64;
        let mean: Vec<f64> = x.pixel_sums().iter().map(|sum| sum / count).collect();
        let svd = linalg::svd(&x, self.rank, Some(&mean))?;
        let mean = Array1::from_iter(mean.iter().map(|m| m / x.unit()));
        let mut scores = svd.left;
        for mut row in scores.rows_mut() {
            row.iter_mut().zip(&svd.values).for_each(|(v, value)| *v = (f64::from(*v) * value) as f32);
        }
        let explained: f64 = svd.values.iter().map(|v| v * v).sum();
        let variance = svd.squared_norm;
        let squared_norm = variance + count * mean.dot(&mean);
        Ok(PcaModel {
            mean: mean.mapv(|v| v as f32),
            components: Basis::new(images.shape(), svd.right),
            scores,
            explained_variance_ratio: svd.values.iter().map(|v| share(v * v, variance)).collect(),
            relative_error: share((variance - explained).max(0.0), squared_norm).sqrt(),
            seconds: began.elapsed().as_secs_f64(),
        })
    }
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
        self.explained_variance_ratio.iter().filter(|&&ratio| ratio == 0.0).count()
    }
}
