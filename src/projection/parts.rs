//! Parts that reconstruct images with given weights: the problem of the weights, on the transpose.

use ndarray::{Array2, Axis, concatenate, s};

use crate::basis::{Basis, Weights};
use crate::blocks;
use crate::error::Result;
use crate::images::Images;
use crate::kernel::IMAGES_PER_TASK;
use crate::linalg::Nnls;

/// Pixels per task that solves for them.
const PIXELS_PER_TASK: usize = 256;

/// Finds the non-negative parts that reconstruct `images` best with these weights, (images, rank).
///
/// The products `Wᵀ X` are summed in f64 in the order of the images, at `n p k` multiplications.
///
/// # Errors
/// If a value is negative or not finite, or an image cannot be read.
///
/// # Panics
/// If there is not one row of weights per image, or a pixel is unknown.
pub fn parts_of(images: &impl Images, weights: &Weights) -> Result<Basis> {
    assert!(images.mask().is_none(), "all pixels are known");
    let weights = weights.mapv(f64::from);
    let shape = images.shape();
    let mut products = Array2::<f64>::zeros((weights.ncols(), shape.pixels()));
    for first in (0..images.len()).step_by(IMAGES_PER_TASK) {
        let rows = first..images.len().min(first + IMAGES_PER_TASK);
        let block = images.block(rows.clone());
        let block = block.matrix(shape, None)?;
        let mut x = Array2::zeros((rows.len(), shape.pixels()));
        for (place, mut row) in x.outer_iter_mut().enumerate() {
            for (to, value) in row.iter_mut().zip(block.image(place)) {
                *to = f64::from(value);
            }
        }
        products += &weights.slice(s![rows, ..]).t().dot(&x);
    }
    images.check()?;
    let problem = Nnls::new(&weights.t().dot(&weights));
    let tasks = blocks::map_range(shape.pixels().div_ceil(PIXELS_PER_TASK), |task| {
        let first = task * PIXELS_PER_TASK;
        let pixels = first..shape.pixels().min(first + PIXELS_PER_TASK);
        let products = products.slice(s![.., pixels]).t().to_owned();
        let mut solutions = Array2::zeros(products.dim());
        problem.solve(&products, &mut solutions);
        solutions.mapv(|value| value as f32)
    });
    let tasks: Vec<_> = tasks.iter().map(|solutions| solutions.view()).collect();
    let parts = concatenate(Axis(0), &tasks).unwrap_or_default();
    Ok(Basis::new(
        shape,
        parts.t().as_standard_layout().into_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;
    use crate::basis::Shape;
    use crate::images::ImageSet;

    #[test]
    fn parts_are_those_of_least_squares_that_are_not_negative() {
        let shape = Shape::new(1, 2);
        let images = ImageSet::from_f32(shape, arr2(&[[0.0, 2.0], [1.0, 1.0]])).unwrap();
        // Unconstrained least squares would give -1 and 1 in the first pixel.
        let weights = arr2(&[[1.0, 1.0], [0.0, 1.0]]);
        let parts = parts_of(&images, &weights).unwrap();
        let expected = arr2(&[[0.0, 1.0], [0.5, 1.0]]);
        assert!(
            (parts.rows().to_owned() - expected)
                .iter()
                .all(|v| v.abs() < 1e-6)
        );
    }
}
