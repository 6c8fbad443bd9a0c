//! A low-rank approximation of the pixel matrix, and its residuals.

use ndarray::Array2;

use crate::blocks;
use crate::kernel::{IMAGES_PER_TASK, Matrix};

/// The approximation `X ≈ 1 mᵀ + T V` with a mean row m, scores T and orthonormal rows V.
pub(crate) struct LowRank {
    /// The mean row, (pixels), normalised; 0 where no value is known.
    pub(crate) mean: Vec<f64>,
    /// Scores, (images, rank); 0 for an image without known values.
    pub(crate) scores: Array2<f32>,
    /// Orthonormal rows, (rank, pixels), in descending order of `squares`.
    pub(crate) rows: Array2<f32>,
    /// The sum of squares of each row's scores.
    pub(crate) squares: Vec<f64>,
    /// The residuals on the known values.
    pub(crate) errors: ResidualSquares,
}

/// Sums of squares of normalised known values.
pub(crate) struct ResidualSquares {
    /// ‖X‖².
    pub(crate) squared_norm: f64,
    /// ‖X − X̂‖², where X̂ is the mean row alone, the mean row and the first row of scores, and so on.
    pub(crate) squares: Vec<f64>,
}

impl LowRank {
    /// Returns the partial sums of tasks in [`ResidualSquares::squares`]: (tasks) times (1 + rank).
    pub(super) fn partial_residual_squares(&self, x: &Matrix) -> Vec<Vec<f64>> {
        blocks::map_range(x.images.div_ceil(IMAGES_PER_TASK), |task| {
            let first = task * IMAGES_PER_TASK;
            let mut sums = vec![0.0; 1 + self.rows.nrows()];
            for image in first..x.images.min(first + IMAGES_PER_TASK) {
                self.add_residual_squares(x, image, &mut sums);
            }
            sums
        })
    }

    fn add_residual_squares(&self, x: &Matrix, image: usize, sums: &mut [f64]) {
        // 1 for a known value, 0 for an unknown one.
        let mut counts = vec![1.0; x.pixels];
        if let Some(known) = x.known {
            known.image(image).clear_unknown(&mut counts);
        }
        let mut residuals = x.image(image);
        for (residual, &mean) in residuals.iter_mut().zip(&self.mean) {
            *residual -= mean as f32;
        }
        sums[0] += weighted_squares(&residuals, &counts);
        for ((sum, row), score) in sums[1..]
            .iter_mut()
            .zip(self.rows.rows())
            .zip(self.scores.row(image))
        {
            for (residual, value) in residuals.iter_mut().zip(row) {
                *residual -= score * value;
            }
            *sum += weighted_squares(&residuals, &counts);
        }
    }
}

/// Returns the sum of `counts values²`, in runs that `f32` can sum.
fn weighted_squares(values: &[f32], counts: &[f32]) -> f64 {
    let runs = values.chunks(1024).zip(counts.chunks(1024));
    runs.map(|(values, counts)| weighted_squares_of_run(values, counts))
        .sum()
}

/// Returns the sum of `counts values²`, in sixteen sums that the compiler can vectorise.
fn weighted_squares_of_run(values: &[f32], counts: &[f32]) -> f64 {
    let mut sums = [0.0; 16];
    for (values, counts) in values.chunks(16).zip(counts.chunks(16)) {
        for ((sum, value), count) in sums.iter_mut().zip(values).zip(counts) {
            *sum += count * value * value;
        }
    }
    sums.iter().map(|&sum| f64::from(sum)).sum()
}
