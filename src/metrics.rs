//! Numbers that say whether parts were found, how well each image is rebuilt, and whether weights tell labels apart: of
//! a basis, however it was learned.

mod labels;

pub use labels::{LabelAccuracy, Told};

use ndarray::{Array1, Array2, Axis, s};
use serde::Serialize;

use crate::basis::{Basis, Weights};
use crate::blocks;
use crate::images::{Block, Images};

/// How much the rows of a basis are parts: small, apart from one another, with clear ground around them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Partness {
    /// Mean over the parts of `(√p − ‖h‖₁/‖h‖₂) / (√p − 1)`: 0 where all pixels are equal, 1 where only one is lit
    /// (P. Hoyer, *Non-negative matrix factorization with sparseness constraints*, 2004).
    pub sparsity: f64,
    /// Mean cosine between the magnitudes of two different parts: 0 where no two share a pixel, 1 where all are alike.
    pub overlap: f64,
    /// Mean over the parts of 1 less the spread of its light about its centre of gravity over that of a uniform
    /// picture: 0 for light all over, near 1 for a spot, below 0 for light along the edges.
    pub localisation: f64,
    /// All that is painted, `Σ (Σ_l |w_l h_l| + |mean|)`, over the light that is left of it, `Σ |Σ_l w_l h_l + mean|`,
    /// both summed over all pixels of the rebuilt images: exactly 1 where nothing is taken away, 2 where half of the
    /// paint is lost to cancelling. Where there are more than 1,000 images, of 1,000 that are evenly spread.
    pub cancellation: f64,
    /// Parts that are 0 everywhere.
    pub dead: usize,
}

impl Partness {
    /// Measures a basis and its weights; parts that are 0 everywhere are counted and left out of the means.
    ///
    /// The `mean_image` that a PCA begins with counts as one more part of weight 1: so the rebuilt images are those that NMF
    /// rebuilds, and both cancellations can be compared.
    ///
    /// # Panics
    /// If weights, basis and mean image do not fit together.
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
        let mean = |value: &dyn Fn(&[f64]) -> f64| {
            // An empty sum is -0.
            (alive.iter().map(|part| value(part)).sum::<f64>() + 0.0) / alive.len().max(1) as f64
        };
        Self {
            sparsity: mean(&sparsity),
            overlap: overlap(&alive),
            localisation: mean(&|part| localisation(part, basis.shape().width)),
            cancellation: cancellation(basis, weights, mean_image),
            dead: parts.len() - alive.len(),
        }
    }
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

/// From `‖Σ h/‖h‖‖² = k + Σ_{a≠b} cos(a, b)`, so that the cost is that of one sum over the parts.
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
    let uniform = spread(&vec![1.0; part.len()], width);
    if uniform == 0.0 {
        0.0
    } else {
        1.0 - spread(part, width) / uniform
    }
}

/// Mean squared distance of the light from its centre of gravity, in pixels.
fn spread(light: &[f64], width: usize) -> f64 {
    let total: f64 = light.iter().sum();
    let (mut x1, mut y1, mut squares) = (0.0, 0.0, 0.0);
    for (index, &value) in light.iter().enumerate() {
        let (x, y) = ((index % width) as f64, (index / width) as f64);
        x1 += value * x;
        y1 += value * y;
        squares += value * (x * x + y * y);
    }
    let (x, y) = (x1 / total, y1 / total);
    (squares / total - x * x - y * y).max(0.0)
}

/// Images of which the cancellation is taken, where there are more.
const CANCELLING: usize = 1000;

fn cancellation(basis: &Basis, weights: &Weights, mean: Option<&Array1<f32>>) -> f64 {
    let (images, count) = (weights.nrows(), weights.nrows().min(CANCELLING));
    let chosen: Vec<usize> = (0..count).map(|i| i * images / count).collect();
    let magnitudes = basis.rows().mapv(f32::abs);
    let sums = blocks::map_range(chosen.len().div_ceil(IMAGES_A_TASK), |task| {
        let some = &chosen[task * IMAGES_A_TASK..chosen.len().min((task + 1) * IMAGES_A_TASK)];
        let weights = weights.select(Axis(0), some);
        // Without a negative value both are the same product, bit for bit.
        let mut painted = weights.mapv(f32::abs).dot(&magnitudes);
        let mut left = weights.dot(&basis.rows());
        if let Some(mean) = mean {
            painted += &mean.mapv(f32::abs);
            left += mean;
        }
        let sum = |values: &Array2<f32>| values.iter().map(|&v| f64::from(v).abs()).sum::<f64>();
        (sum(&painted), sum(&left))
    });
    let (painted, left) = sums
        .into_iter()
        .fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
    if left > 0.0 { painted / left } else { 1.0 }
}

/// Images that are rebuilt at a time.
const IMAGES_A_TASK: usize = 256;

/// The relative error ‖x − x̂‖ / ‖x‖ of each image rebuilt from its weights, and the mean where there is one, over its
/// known pixels; 0 for a black image rebuilt as black, infinite for one that is not, NaN for one of which nothing is known.
///
/// # Panics
/// If weights, basis, mean and images do not fit together.
#[must_use]
pub fn relative_errors(
    images: &impl Images,
    weights: &Weights,
    basis: &Basis,
    mean: Option<&Array1<f32>>,
) -> Vec<f64> {
    squares(images, weights, basis, mean, Side::Known)
        .into_iter()
        .map(Squares::relative_error)
        .collect()
}

/// The relative error of all hidden pixels together, against what stands under the mask: worth no more than that is true.
/// None where nothing but black does.
///
/// # Panics
/// If weights, basis, mean and images do not fit together.
#[must_use]
pub fn hidden_error(
    images: &impl Images,
    weights: &Weights,
    basis: &Basis,
    mean: Option<&Array1<f32>>,
) -> Option<f64> {
    images.mask()?;
    let all = Squares::sum(&squares(images, weights, basis, mean, Side::Hidden));
    (all.whole > 0.0).then(|| all.relative_error())
}

/// Which pixels are looked at.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Side {
    Known,
    Hidden,
}

/// The squares ‖x − x̂‖² and ‖x‖² of each image, over its pixels of one side.
pub(crate) fn squares(
    images: &impl Images,
    weights: &Weights,
    basis: &Basis,
    mean: Option<&Array1<f32>>,
    side: Side,
) -> Vec<Squares> {
    let squares = blocks::map_range(images.len().div_ceil(IMAGES_A_TASK), |task| {
        let rows = task * IMAGES_A_TASK..images.len().min((task + 1) * IMAGES_A_TASK);
        let mut rebuilt: Array2<f32> = weights.slice(s![rows.clone(), ..]).dot(&basis.rows());
        if let Some(mean) = mean {
            rebuilt += mean;
        }
        let block = images.block(rows.clone());
        let pixels = basis.shape().pixels();
        let squares =
            rows.zip(rebuilt.outer_iter())
                .enumerate()
                .map(|(place, (image, rebuilt))| {
                    let at = place * pixels..(place + 1) * pixels;
                    let original: Vec<f32> = match &block {
                        Block::U8(bytes) => {
                            bytes[at].iter().map(|&v| f32::from(v) / 255.0).collect()
                        }
                        Block::F32(floats) => floats[at].to_vec(),
                    };
                    let pairs = original.iter().zip(&rebuilt);
                    match images.mask() {
                        None => Squares::of(pairs),
                        Some(mask) => {
                            let looked_at =
                                |pixel: usize| mask.is_known(image, pixel) == (side == Side::Known);
                            Squares::of(
                                pairs
                                    .enumerate()
                                    .filter(|(pixel, _)| looked_at(*pixel))
                                    .map(|(_, pair)| pair),
                            )
                        }
                    }
                });
        squares.collect::<Vec<_>>()
    });
    squares.concat()
}

/// What is missed of an image, and what there is, each as a sum of squares.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Squares {
    pixels: usize,
    missed: f64,
    whole: f64,
}

impl Squares {
    fn of<'a>(pixels: impl Iterator<Item = (&'a f32, &'a f32)>) -> Self {
        pixels.fold(Self::default(), |sum, (&x, &rebuilt)| Self {
            pixels: sum.pixels + 1,
            missed: sum.missed + f64::from(x - rebuilt).powi(2),
            whole: sum.whole + f64::from(x).powi(2),
        })
    }

    /// Of several images together.
    pub(crate) fn sum(all: &[Self]) -> Self {
        let add = |sum: Self, one: &Self| Self {
            pixels: sum.pixels + one.pixels,
            missed: sum.missed + one.missed,
            whole: sum.whole + one.whole,
        };
        all.iter().fold(Self::default(), add)
    }

    pub(crate) fn relative_error(self) -> f64 {
        match self {
            Self { pixels: 0, .. } => f64::NAN,
            Self { missed: 0.0, .. } => 0.0,
            Self { missed, whole, .. } => (missed / whole).sqrt(),
        }
    }
}

/// ‖x − x̂‖ / ‖x‖ of one image over its known pixels, those of x that are not NaN; 0 where both are black, infinite where
/// only the image is, NaN where nothing is known.
#[must_use]
pub fn relative_error(x: &[f32], rebuilt: &[f32]) -> f64 {
    Squares::of(x.iter().zip(rebuilt).filter(|(x, _)| !x.is_nan())).relative_error()
}

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
