//! The singular vectors of the pixel matrix, from the eigenvectors of its smaller side.

use faer::Mat;
use ndarray::{Array2, ArrayView1};

use super::centred_matrix::CentredMatrix;
use super::dense_eigen::Eigen;
use super::subspace::orthonormalise;
use crate::blocks;
use crate::kernel::{IMAGES_PER_TASK, Orientation};

/// Returns the singular vectors of the smaller side, the same on all ranks.
pub(super) fn near_vectors(
    centred: &CentredMatrix,
    eigen: &Eigen,
    values: &[f64],
    rank: usize,
) -> Mat<f64> {
    let mut near = Mat::from_fn(centred.near_side.size(), rank, |i, l| {
        if values[l] > 0.0 {
            eigen.vectors[(i, l)]
        } else {
            0.0
        }
    });
    // Processors of different kinds may round differently.
    for l in 0..rank {
        centred
            .images
            .broadcast_from_first(near.col_as_slice_mut(l));
    }
    near
}

/// The singular vectors of the larger side, and what their products have left.
pub(super) struct FarVectors {
    pub(super) vectors: Array2<f32>,
    /// ‖x − m‖² of each image of this rank, if the vectors are of images.
    pub(super) centred_squares: Option<Vec<f64>>,
}

/// Returns the singular vectors of the larger side; `image_squares` are ‖x‖², if they are known.
pub(super) fn far_vectors(
    centred: &CentredMatrix,
    near: &Mat<f64>,
    values: &[f64],
    image_squares: Option<&[f64]>,
) -> FarVectors {
    match centred.near {
        Orientation::ImageRows => FarVectors {
            vectors: right_vectors(centred, near),
            centred_squares: None,
        },
        Orientation::PixelRows => left_vectors(centred, near, values, image_squares),
    }
}

/// Returns the right vectors: products in single precision are not exactly orthogonal, least of all at low contrast.
fn right_vectors(centred: &CentredMatrix, left: &Mat<f64>) -> Array2<f32> {
    let mut right = centred.to_far(left).to_mat();
    orthonormalise(&mut right);
    Array2::from_shape_fn((right.nrows(), right.ncols()), |(i, l)| {
        right[(i, l)] as f32
    })
}

/// Returns the left vectors and, if the ‖x‖² of images are known, their ‖x − m‖².
fn left_vectors(
    centred: &CentredMatrix,
    right: &Mat<f64>,
    values: &[f64],
    image_squares: Option<&[f64]>,
) -> FarVectors {
    let rank = right.ncols();
    // The products with the mean row cost little beside the others.
    let known = image_squares.zip(centred.mean());
    let products = match known {
        Some((_, mean)) => centred.to_far(&with_column(right, mean)),
        None => centred.to_far(right),
    };
    let mut scales = vec![0.0; rank];
    for (scale, &value) in scales.iter_mut().zip(values) {
        if value > 0.0 {
            *scale = 1.0 / value;
        }
    }
    let mut vectors = Array2::zeros((products.rows, rank));
    for_each_row(&mut vectors, |i, row| {
        for (l, value) in row.iter_mut().enumerate() {
            *value = (products.at(i, l) * scales[l]) as f32;
        }
    });
    let centred_squares = known.map(|(squares, mean)| {
        let of_mean: f64 = mean.iter().map(|m| m * m).sum();
        let images = squares.iter().enumerate();
        let squares = images.map(|(i, square)| square - of_mean - 2.0 * products.at(i, rank));
        squares.collect()
    });
    FarVectors {
        vectors,
        centred_squares,
    }
}

/// Returns a matrix with one more column.
fn with_column(matrix: &Mat<f64>, last: &[f64]) -> Mat<f64> {
    Mat::from_fn(matrix.nrows(), matrix.ncols() + 1, |i, l| {
        if l < matrix.ncols() {
            matrix[(i, l)]
        } else {
            last[i]
        }
    })
}

/// Flips signs so that the value of largest magnitude in each row of `right` is positive.
pub(crate) fn fix_signs(left: &mut Array2<f32>, right: &mut Array2<f32>) {
    let mut signs = Vec::with_capacity(right.nrows());
    for mut row in right.rows_mut() {
        let sign = if largest_magnitude(&row.view()) < 0.0 {
            -1.0
        } else {
            1.0
        };
        row.mapv_inplace(|v| v * sign);
        signs.push(sign);
    }
    for_each_row(left, |_, row| {
        for (value, sign) in row.iter_mut().zip(&signs) {
            *value *= sign;
        }
    });
}

/// Applies `work` to each row of a matrix and its index, in parallel.
pub(crate) fn for_each_row(matrix: &mut Array2<f32>, work: impl Fn(usize, &mut [f32]) + Sync) {
    let rank = matrix.ncols().max(1);
    blocks::for_rows_mut(matrix, IMAGES_PER_TASK, |first, rows| {
        for (index, row) in rows.chunks_mut(rank).enumerate() {
            work(first + index, row);
        }
    });
}

/// Returns the value of largest magnitude, the first if several are equal.
fn largest_magnitude(row: &ArrayView1<f32>) -> f32 {
    row.iter().fold(
        0.0f32,
        |best, &v| if v.abs() > best.abs() { v } else { best },
    )
}
