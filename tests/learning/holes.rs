//! Patterns of unknown pixels.

use ndarray::Array2;

use nmf_images::images::Mask;

use nmf_images::{ImageSet, NmfModel};

use crate::common::Noise;

use crate::unknown_pixels_twin::Matrix;

/// A pattern of holes: 1 where a pixel is known, 0 for `share` of them, spread at random.
pub fn holes(seed: u64, (images, pixels): (usize, usize), share: f32) -> Matrix {
    Noise::new(seed)
        .matrix(images, pixels)
        .mapv(|v| if v < share { 0.0 } else { 1.0 })
}

pub fn hide(images: ImageSet, known: &Matrix) -> ImageSet {
    ImageSet {
        mask: Mask::new(known.nrows(), known.ncols(), |i, j| known[[i, j]] > 0.0),
        ..images
    }
}

pub fn wide(matrix: &Array2<f32>) -> Matrix {
    matrix.mapv(f64::from)
}

/// Root mean square of the differences, over the known pixels and over the hidden ones.
pub fn misses(x: &Array2<f32>, known: &Matrix, rebuilt: &Matrix) -> (f64, f64) {
    let squares = (wide(x) - rebuilt).mapv(|v| v * v);
    let mean = |which: &Matrix| ((which * &squares).sum() / which.sum()).sqrt();
    (mean(known), mean(&(1.0 - known)))
}

pub fn rebuilt(model: &NmfModel) -> Matrix {
    wide(&model.weights).dot(&wide(&model.basis.rows().to_owned()))
}

pub fn bits(model: &NmfModel) -> Vec<u64> {
    let floats = model
        .weights
        .iter()
        .chain(&model.basis.rows())
        .map(|v| u64::from(v.to_bits()))
        .collect::<Vec<_>>();
    floats
        .into_iter()
        .chain(model.trace.iter().map(|at| at.objective.to_bits()))
        .collect()
}
