//! Numbers that say whether parts were found, and how well each image is rebuilt: of a basis, however it was learned.

use ndarray::{Array1, Array2, s};
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
    /// Parts that are 0 everywhere.
    pub dead: usize,
}

impl Partness {
    /// Measures a basis; parts that are 0 everywhere are counted and left out of the means.
    #[must_use]
    pub fn of(basis: &Basis) -> Self {
        let parts: Vec<Vec<f64>> =
            basis.rows().rows().into_iter().map(|part| part.iter().map(|&v| f64::from(v).abs()).collect()).collect();
        let alive: Vec<&Vec<f64>> = parts.iter().filter(|part| part.iter().any(|&v| v > 0.0)).collect();
        let mean = |value: &dyn Fn(&[f64]) -> f64| {
            alive.iter().map(|part| value(part)).sum::<f64>() / alive.len().max(1) as f64
        };
        Self {
            sparsity: mean(&sparsity),
            overlap: overlap(&alive),
            localisation: mean(&|part| localisation(part, basis.shape().width)),
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
        sum.iter_mut().zip(part.iter()).for_each(|(sum, v)| *sum += v / norm);
    }
    (sum.iter().map(|v| v * v).sum::<f64>() - count).max(0.0) / (count * (count - 1.0))
}

fn localisation(part: &[f64], width: usize) -> f64 {
    let uniform = spread(&vec![1.0; part.len()], width);
    if uniform == 0.0 { 0.0 } else { 1.0 - spread(part, width) / uniform }
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

/// Images that are rebuilt at a time.
const IMAGES_A_TASK: usize = 256;

/// The relative error ‖x − x̂‖ / ‖x‖ of each image rebuilt from its weights, and the mean where there is one; 0 for a
/// black image rebuilt as black, infinite for one that is not.
///
/// # Panics
/// If weights, basis, mean and images do not fit together.
#[must_use]
pub fn relative_errors(images: &impl Images, weights: &Weights, basis: &Basis, mean: Option<&Array1<f32>>) -> Vec<f64> {
    let errors = blocks::map_range(images.len().div_ceil(IMAGES_A_TASK), |task| {
        let rows = task * IMAGES_A_TASK..images.len().min((task + 1) * IMAGES_A_TASK);
        let mut rebuilt: Array2<f32> = weights.slice(s![rows.clone(), ..]).dot(&basis.rows());
        if let Some(mean) = mean {
            rebuilt += mean;
        }
        let block = images.block(rows);
        let pixels = basis.shape().pixels();
        let errors = rebuilt.outer_iter().enumerate().map(|(image, rebuilt)| {
            let at = image * pixels..(image + 1) * pixels;
            let original: Vec<f32> = match &block {
                Block::U8(bytes) => bytes[at].iter().map(|&v| f32::from(v) / 255.0).collect(),
                Block::F32(floats) => floats[at].to_vec(),
            };
            relative_error(&original, &rebuilt.to_vec())
        });
        errors.collect::<Vec<_>>()
    });
    errors.concat()
}

/// ‖x − x̂‖ / ‖x‖ of one image; 0 where both are black, infinite where only the image is.
#[must_use]
pub fn relative_error(x: &[f32], rebuilt: &[f32]) -> f64 {
    let missed: f64 = x.iter().zip(rebuilt).map(|(a, b)| f64::from(a - b).powi(2)).sum();
    let whole: f64 = x.iter().map(|&v| f64::from(v).powi(2)).sum();
    if missed == 0.0 { 0.0 } else { (missed / whole).sqrt() }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, arr2};

    use super::*;
    use crate::basis::Shape;

    #[test]
    fn single_pixels_are_perfect_parts() {
        let single = Partness::of(&Basis::new(Shape::new(2, 2), Array2::eye(4)));
        assert!((single.sparsity - 1.0).abs() < 1e-12);
        assert!(single.overlap.abs() < 1e-12);
        assert!((single.localisation - 1.0).abs() < 1e-12);
        assert_eq!(single.dead, 0);
    }

    #[test]
    fn equal_flat_parts_are_none() {
        let flat = Partness::of(&Basis::new(Shape::new(2, 2), Array2::ones((3, 4))));
        assert!(flat.sparsity.abs() < 1e-12 && flat.localisation.abs() < 1e-12);
        assert!((flat.overlap - 1.0).abs() < 1e-12);
    }

    #[test]
    fn hand_computed_parts() {
        let basis = Basis::new(Shape::new(1, 4), arr2(&[[3., 4., 0., 0.], [0., 4., 3., 0.], [0., 0., 0., 0.]]));
        let found = Partness::of(&basis);
        assert!((found.sparsity - 0.6).abs() < 1e-12, "(2 - 7/5) / 1");
        assert!((found.overlap - 16.0 / 25.0).abs() < 1e-12);
        // Light 3 and 4 at neighbours: variance 12/49; a uniform row of four: 5/4.
        assert!((found.localisation - (1.0 - 12.0 / 49.0 / 1.25)).abs() < 1e-12);
        assert_eq!(found.dead, 1);
    }
}
