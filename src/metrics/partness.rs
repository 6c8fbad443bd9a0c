//! Whether a basis consists of parts: sparsity, overlap, localisation and cancellation.

use std::ops::Add;

use ndarray::Array1;
use serde::Serialize;

use super::cancellation::{Magnitudes, magnitudes};
use crate::basis::{Basis, Weights};
use crate::images::evenly_spaced;

/// How part-like the basis images are: small, separate, and black elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Partness {
    /// The mean over the parts of `(√p − ‖h‖₁/‖h‖₂) / (√p − 1)`: 0 if all pixels are equal, 1 if only
    /// one is not 0 (P. Hoyer, *Non-negative matrix factorization with sparseness constraints*, 2004).
    pub sparsity: f64,
    /// The mean cosine between the magnitudes of two different parts: 0 if no two share a pixel, 1 if
    /// all are the same.
    pub overlap: f64,
    /// The mean over the parts of 1 − the variance of the intensity about its centroid / that of a
    /// uniform image: 0 for a uniform part, near 1 for a spot, negative for intensity along the edges.
    pub localisation: f64,
    /// The total magnitude of the terms, `Σ (Σ_l |w_l h_l| + |mean|)`, divided by that of their sums,
    /// `Σ |Σ_l w_l h_l + mean|`, over all pixels of the reconstructed images: exactly 1 if no term is
    /// negative, 2 if half of the magnitude cancels. Of more than 1,000 images, 1,000 evenly spaced
    /// ones are used.
    pub cancellation: f64,
    /// The fraction of the magnitude of the terms of these images that cancels, 1 − 1 / `cancellation`: see
    /// [`Magnitudes::cancelled`].
    pub cancelled: f64,
    /// The number of parts that are 0 everywhere.
    pub dead: usize,
}

impl Partness {
    /// Measures a basis and its weights. Parts that are 0 everywhere are counted, and excluded
    /// from the means.
    ///
    /// The mean image of a PCA counts as one more part with weight 1. The reconstructed images are then
    /// comparable with those of NMF, and so are both cancellations.
    ///
    /// # Panics
    /// If the sizes of weights, basis and mean image do not match.
    #[must_use]
    pub fn of(basis: &Basis, weights: &Weights, mean_image: Option<&Array1<f32>>) -> Self {
        let parts: Vec<Vec<f64>> = basis
            .rows()
            .rows()
            .into_iter()
            .map(|part| part.iter().map(|&v| f64::from(v).abs()).collect())
            .collect();
        let alive: Vec<&Vec<f64>> = parts
            .iter()
            .filter(|part| part.iter().any(|&v| v > 0.0))
            .collect();
        let width = basis.shape().width;
        let chosen = evenly_spaced(weights.nrows(), MOST_IMAGES);
        let terms = magnitudes(basis, weights, mean_image, &chosen);
        let terms = terms.into_iter().fold(Magnitudes::default(), Add::add);
        Self {
            sparsity: mean(alive.iter().map(|part| sparsity(part))),
            overlap: overlap(&alive),
            localisation: mean(alive.iter().map(|part| localisation(part, width))),
            cancellation: terms.ratio(),
            cancelled: terms.cancelled(),
            dead: parts.len() - alive.len(),
        }
    }
}

/// Returns the mean of some values, or 0 if there are none.
fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1) as f64;
    // The sum of no values is -0.
    (values.sum::<f64>() + 0.0) / count
}

fn norm(part: &[f64]) -> f64 {
    part.iter().map(|v| v * v).sum::<f64>().sqrt()
}

fn sparsity(part: &[f64]) -> f64 {
    let root = (part.len() as f64).sqrt();
    if part.len() < 2 {
        return 0.0;
    }
    (root - part.iter().sum::<f64>() / norm(part)).max(0.0) / (root - 1.0)
}

/// Computed as `‖Σ h/‖h‖‖² = k + Σ_{a≠b} cos(a, b)`, which takes one sum over the parts.
fn overlap(parts: &[&Vec<f64>]) -> f64 {
    let count = parts.len() as f64;
    if count < 2.0 {
        return 0.0;
    }
    let mut sum = vec![0.0; parts[0].len()];
    for part in parts {
        let norm = norm(part);
        sum.iter_mut()
            .zip(part.iter())
            .for_each(|(sum, v)| *sum += v / norm);
    }
    (sum.iter().map(|v| v * v).sum::<f64>() - count).max(0.0) / (count * (count - 1.0))
}

fn localisation(part: &[f64], width: usize) -> f64 {
    let uniform = variance(&vec![1.0; part.len()], width);
    if uniform == 0.0 {
        0.0
    } else {
        1.0 - variance(part, width) / uniform
    }
}

/// Returns the variance of the intensity about its centroid, in pixels².
fn variance(intensity: &[f64], width: usize) -> f64 {
    let total: f64 = intensity.iter().sum();
    let (mut x1, mut y1, mut squares) = (0.0, 0.0, 0.0);
    for (index, &value) in intensity.iter().enumerate() {
        let (x, y) = ((index % width) as f64, (index / width) as f64);
        x1 += value * x;
        y1 += value * y;
        squares += value * (x * x + y * y);
    }
    let (x, y) = (x1 / total, y1 / total);
    (squares / total - x * x - y * y).max(0.0)
}

/// The number of images that the cancellation is measured on, if there are more.
const MOST_IMAGES: usize = 1000;

#[cfg(test)]
mod tests {
    use ndarray::{Array2, arr2};

    use super::*;
    use crate::basis::Shape;

    fn unused(basis: &Basis) -> Partness {
        Partness::of(basis, &Array2::zeros((2, basis.rank())), None)
    }

    #[test]
    fn single_pixels_are_perfect_parts() {
        let single = unused(&Basis::new(Shape::new(2, 2), Array2::eye(4)));
        assert!((single.sparsity - 1.0).abs() < 1e-12);
        assert!(single.overlap.abs() < 1e-12);
        assert!((single.localisation - 1.0).abs() < 1e-12);
        assert_eq!(single.dead, 0);
    }

    #[test]
    fn equal_flat_parts_are_none() {
        let flat = unused(&Basis::new(Shape::new(2, 2), Array2::ones((3, 4))));
        assert!(flat.sparsity.abs() < 1e-12 && flat.localisation.abs() < 1e-12);
        assert!((flat.overlap - 1.0).abs() < 1e-12);
    }

    #[test]
    fn hand_computed_parts() {
        let basis = Basis::new(
            Shape::new(1, 4),
            arr2(&[[3., 4., 0., 0.], [0., 4., 3., 0.], [0., 0., 0., 0.]]),
        );
        let found = unused(&basis);
        assert!((found.sparsity - 0.6).abs() < 1e-12, "(2 - 7/5) / 1");
        assert!((found.overlap - 16.0 / 25.0).abs() < 1e-12);
        // Light 3 and 4 at neighbours: variance 12/49; a uniform row of four: 5/4.
        assert!((found.localisation - (1.0 - 12.0 / 49.0 / 1.25)).abs() < 1e-12);
        assert_eq!(found.dead, 1);
    }
    fn cancelling(basis: Array2<f32>, weights: &Weights, mean: Option<&Array1<f32>>) -> f64 {
        Partness::of(
            &Basis::new(Shape::new(1, basis.ncols()), basis),
            weights,
            mean,
        )
        .cancellation
    }

    #[test]
    fn what_is_taken_away_again_is_counted() {
        let basis = arr2(&[[1., -1.], [1., 1.]]);
        // Painted 2 + 1 in both pixels, left are -1 and 3.
        assert!((cancelling(basis.clone(), &arr2(&[[-2., 1.]]), None) - 6.0 / 4.0).abs() < 1e-12);
        // A mean of 3 makes it 6 in both, and 2 and 6 are left.
        let mean = Array1::from(vec![3., 3.]);
        assert!(
            (cancelling(basis.clone(), &arr2(&[[-2., 1.]]), Some(&mean)) - 12.0 / 8.0).abs()
                < 1e-12
        );
        assert!(
            (cancelling(basis, &arr2(&[[0., 0.]]), None) - 1.0).abs() < f64::EPSILON,
            "of nothing"
        );
    }

    #[test]
    fn nothing_cancels_where_nothing_is_negative_to_the_last_bit() {
        let value = |(row, column): (usize, usize)| ((row * 7 + column * 13) % 11) as f32 / 7.0;
        let (basis, weights) = (
            Array2::from_shape_fn((9, 50), value),
            Array2::from_shape_fn((3000, 9), value),
        );
        assert_eq!(
            cancelling(basis.clone(), &weights, None).to_bits(),
            1f64.to_bits()
        );
        let by_column = weights
            .t()
            .as_standard_layout()
            .into_owned()
            .reversed_axes();
        assert_eq!(
            cancelling(basis, &by_column, None).to_bits(),
            1f64.to_bits()
        );
    }

    #[test]
    fn of_4000_images_every_fourth_stands_for_all() {
        let basis = arr2(&[[1., 1.], [1., -1.]]);
        let weights = |uses: fn(usize) -> bool| {
            Array2::from_shape_fn((4000, 2), |(image, part)| {
                f32::from(u8::from(part == 0 || uses(image)))
            })
        };
        assert!(
            (cancelling(basis.clone(), &weights(|image| image % 4 > 0), None) - 1.0).abs() < 1e-12
        );
        assert!((cancelling(basis, &weights(|image| image % 4 == 0), None) - 2.0).abs() < 1e-12);
    }
}
