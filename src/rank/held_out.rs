//! The error on held-out pixels: bi-cross-validation.
//!
//! Images and pixels are each split into random halves, and X so into four blocks. Each block A is
//! held out in turn: W and H are fitted to the block D with the other images and pixels; the
//! weights U of the held-out images follow from their other pixels, the block B, the parts V of the
//! held-out pixels from the other images, the block C, both by exact non-negative least squares;
//! their product is the prediction of A.
//!
//! `X = (A B; C D)`, `D ≈ W H`, `B ≈ U H`, `C ≈ W V`, and the error is `‖A − U V‖`. Fitting the
//! noise of D does not help to predict A, so with too many parts the error stops falling, unlike
//! that of a fit.
//!
//! **Cost** of all four blocks: about one fit to X.
//!
//! **Alternative.** Holding out single random pixels (S. Wold, *Cross-validatory estimation of the
//! number of components in factor and principal components models*, 1978) gave the same choice for
//! known ranks. Five folds of it, in which the held-out pixels are imputed again after every few
//! iterations, took six times as long.
//!
//! **Source.** A. B. Owen, P. O. Perry, *Bi-cross-validation of the SVD and the nonnegative matrix
//! factorization*, 2009.

use ndarray::{Array2, ArrayView2, s};

use super::held_out_blocks::Fold;
use crate::basis::{Basis, Weights};
use crate::error::Result;
use crate::images::{ImageSet, PreparedImages};
use crate::linalg::Nnls;

/// The squared error of the prediction of a held-out block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Missed {
    /// ‖A − U V‖² over the known pixels.
    pub(super) squared: f64,
    /// ‖A‖² over the known pixels.
    pub(super) norm: f64,
}

/// The error over all held-out blocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct HeldOutError {
    /// ‖A − U V‖ / ‖A‖ over all blocks together.
    pub(super) error: f64,
    /// The standard error of the errors of the blocks.
    pub(super) standard_error: f64,
}

/// Returns the error over all held-out blocks; `None` if there are none, or all of them are 0.
pub(super) fn held_out_error(folds: &[Missed]) -> Option<HeldOutError> {
    let norm: f64 = folds.iter().map(|fold| fold.norm).sum();
    let squared: f64 = folds.iter().map(|fold| fold.squared).sum();
    let errors: Vec<f64> = folds
        .iter()
        .filter(|fold| fold.norm > 0.0)
        .map(|fold| (fold.squared / fold.norm).sqrt())
        .collect();
    let count = errors.len() as f64;
    let mean = errors.iter().sum::<f64>() / count;
    let squares = errors.iter().map(|error| (error - mean).powi(2));
    let variance = squares.sum::<f64>() / (count - 1.0).max(1.0);
    (norm > 0.0).then(|| HeldOutError {
        error: (squared / norm).sqrt(),
        standard_error: (variance / count).sqrt(),
    })
}

impl Fold<'_> {
    /// Returns the images from which W and H are learned.
    pub(super) fn rest(&self) -> Result<PreparedImages<'_, ImageSet>> {
        PreparedImages::sharing(&self.rest.images, &self.rest.kept)
    }

    /// Returns the error of the prediction 0.
    pub(super) fn all_missed(&self) -> Missed {
        let norm = self.held_out.squared_norm;
        Missed {
            squared: norm,
            norm,
        }
    }

    /// Returns the error of the prediction from W, (images, rank), and H, (rank, pixels), of the
    /// rest.
    pub(super) fn missed(&self, weights: &Weights, basis: &Basis) -> Missed {
        let (beside, above) = (self.same_images, self.same_pixels);
        let known_above = above.known.as_ref().map(|known| known.t().to_owned());
        let own_weights =
            least_squares(&beside.values.view(), beside.known.as_ref(), &basis.rows());
        let own_parts = least_squares(&above.values.t(), known_above.as_ref(), &weights.t());
        let predicted = own_weights.dot(&own_parts.t());
        Missed {
            squared: self.held_out.squared_distance(&predicted),
            ..self.all_missed()
        }
    }
}

/// Returns the non-negative weights, (rows, rank), with the least squared error of weights times
/// `basis`, (rank, columns), at the known `values`, (rows, columns).
fn least_squares(
    values: &ArrayView2<f32>,
    known: Option<&Array2<f32>>,
    basis: &ArrayView2<f32>,
) -> Array2<f32> {
    let Some(known) = known else {
        return solve(values, basis);
    };
    let mut weights = Array2::zeros((values.nrows(), basis.nrows()));
    for (row, mut weights) in weights.rows_mut().into_iter().enumerate() {
        let values = values.slice(s![row..=row, ..]);
        weights.assign(&solve(&values, &(basis * &known.row(row)).view()).row(0));
    }
    weights
}

/// Returns [`least_squares`] if all values are known, or the basis is 0 at the unknown ones.
fn solve(values: &ArrayView2<f32>, basis: &ArrayView2<f32>) -> Array2<f32> {
    let mut weights = Array2::zeros((values.nrows(), basis.nrows()));
    let wide = basis.mapv(f64::from);
    Nnls::new(&wide.dot(&wide.t())).solve(&values.dot(&basis.t()).mapv(f64::from), &mut weights);
    weights.mapv(|weight| weight as f32)
}

#[cfg(test)]
mod tests {
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::basis::Shape;
    use crate::images::Mask;
    use crate::rank::held_out_blocks::{FOLDS, HeldOutBlocks, halves};

    fn noise(seed: u64, shape: (usize, usize)) -> Array2<f32> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        Array2::from_shape_simple_fn(shape, || rng.random())
    }

    fn set(x: Array2<f32>) -> ImageSet {
        ImageSet::from_f32(Shape::new(1, x.ncols()), x).expect("sound")
    }

    /// Returns the best non-negative weights for two parts, by trying each set of parts, in f64.
    fn twin(values: &[f64], basis: &[Vec<f64>]) -> [f64; 2] {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let (a, b, c) = (
            dot(&basis[0], &basis[0]),
            dot(&basis[0], &basis[1]),
            dot(&basis[1], &basis[1]),
        );
        let (x, y) = (dot(values, &basis[0]), dot(values, &basis[1]));
        let all = a * c - b * b;
        let candidates = [
            [0.0, 0.0],
            [x / a, 0.0],
            [0.0, y / c],
            [(c * x - b * y) / all, (a * y - b * x) / all],
        ];
        let error = |w: &[f64; 2]| {
            let rest = values
                .iter()
                .enumerate()
                .map(|(j, v)| v - w[0] * basis[0][j] - w[1] * basis[1][j]);
            rest.map(|rest| rest * rest).sum::<f64>()
        };
        let possible = candidates
            .into_iter()
            .filter(|w| w[0] >= 0.0 && w[1] >= 0.0);
        possible
            .min_by(|a, b| error(a).total_cmp(&error(b)))
            .expect("0 is always possible")
    }

    /// ‖A − U V‖² and ‖A‖² of the known pixels, value by value in f64.
    fn twin_missed(
        x: &Array2<f32>,
        known: impl Fn(usize, usize) -> bool,
        fold: &TwinFold,
    ) -> (f64, f64) {
        let TwinFold {
            rows,
            columns,
            other_rows,
            other_columns,
            weights,
            basis,
        } = fold;
        let value = |i: usize, j: usize| f64::from(x[[i, j]]);
        let of_image = |&i: &usize| {
            let there: Vec<usize> = (0..other_columns.len())
                .filter(|&b| known(i, other_columns[b]))
                .collect();
            let part = |l: usize| there.iter().map(|&b| f64::from(basis[[l, b]])).collect();
            twin(
                &there
                    .iter()
                    .map(|&b| value(i, other_columns[b]))
                    .collect::<Vec<_>>(),
                &[part(0), part(1)],
            )
        };
        let of_pixel = |&j: &usize| {
            let there: Vec<usize> = (0..other_rows.len())
                .filter(|&a| known(other_rows[a], j))
                .collect();
            let part = |l: usize| there.iter().map(|&a| f64::from(weights[[a, l]])).collect();
            twin(
                &there
                    .iter()
                    .map(|&a| value(other_rows[a], j))
                    .collect::<Vec<_>>(),
                &[part(0), part(1)],
            )
        };
        let (u, v): (Vec<_>, Vec<_>) = (
            rows.iter().map(of_image).collect(),
            columns.iter().map(of_pixel).collect(),
        );
        let mut sums = (0.0, 0.0);
        for (a, &i) in rows.iter().enumerate() {
            for (b, &j) in columns.iter().enumerate().filter(|&(_, &j)| known(i, j)) {
                sums.0 += (value(i, j) - u[a][0] * v[b][0] - u[a][1] * v[b][1]).powi(2);
                sums.1 += value(i, j).powi(2);
            }
        }
        sums
    }

    struct TwinFold {
        rows: Vec<usize>,
        columns: Vec<usize>,
        other_rows: Vec<usize>,
        other_columns: Vec<usize>,
        weights: Weights,
        basis: Array2<f32>,
    }

    #[test]
    fn what_is_missed_is_that_of_a_plain_twin_with_and_without_a_mask() {
        let x = noise(1, (15, 12));
        for hidden in [0, 5] {
            let known = |i: usize, j: usize| (7 * i + 11 * j) % 9 >= hidden;
            let mut images = set(x.clone());
            images.mask = Mask::new(15, 12, known);
            assert_eq!(images.mask.is_some(), hidden > 0);
            let blocks = HeldOutBlocks::new(&images, 3)
                .expect("sound")
                .expect("large enough");
            // The same draws in the same order.
            let mut rng = ChaCha8Rng::seed_from_u64(3);
            let (rows, columns) = (halves(15, &mut rng), halves(12, &mut rng));
            for index in 0..FOLDS {
                let (a, b) = (index / 2, index % 2);
                let (weights, basis) = (
                    noise(7, (rows[1 - a].len(), 2)),
                    noise(8, (2, columns[1 - b].len())),
                );
                let model = Basis::new(Shape::new(1, basis.ncols()), basis.clone());
                let missed = blocks.fold(index).missed(&weights, &model);
                let fold = TwinFold {
                    rows: rows[a].clone(),
                    columns: columns[b].clone(),
                    other_rows: rows[1 - a].clone(),
                    other_columns: columns[1 - b].clone(),
                    weights,
                    basis,
                };
                let (squared, norm) = twin_missed(&x, known, &fold);
                assert!(
                    (missed.squared - squared).abs() < 1e-5 * squared,
                    "{index}: {missed:?} is not {squared}"
                );
                assert!(
                    (missed.norm - norm).abs() < 1e-6 * norm,
                    "{index}: {missed:?} is not {norm}"
                );
                assert_eq!(
                    blocks.fold(index).all_missed(),
                    Missed {
                        squared: missed.norm,
                        norm: missed.norm
                    }
                );
            }
        }
    }
}
