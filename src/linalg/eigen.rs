//! The leading eigenpairs of a symmetric positive semi-definite matrix: small matrices are decomposed completely,
//! and the few largest eigenvalues of a large one are found by subspace iteration.

use faer::Mat;

use super::dense_eigen::{Eigen, all_pairs, all_values, product};
use super::subspace::{SubspaceResult, Wanted, subspace};
use crate::error::Result;

/// Up to this size, or if more than a quarter of the vectors is wanted, a matrix is decomposed completely.
const MAX_DENSE_SIZE: usize = 300;
/// The residual, divided by the largest eigenvalue, at which vectors are exact in single precision.
const EXACT: f64 = 1e-11;
/// The residual at which values are as exact: their error is of the order of its square.
const EXACT_VALUES: f64 = 1e-7;

/// Eigenvalues, largest first, and vectors close to theirs.
pub(super) struct LeadingValues {
    pub values: Vec<f64>,
    /// `None` if the matrix was decomposed without vectors.
    pub vectors: Option<Mat<f64>>,
}

impl LeadingValues {
    /// Decomposes a matrix without vectors.
    fn alone(matrix: &Mat<f64>) -> Result<Self> {
        Ok(Self {
            values: all_values(matrix.clone())?,
            vectors: None,
        })
    }
}

impl From<SubspaceResult> for LeadingValues {
    fn from(found: SubspaceResult) -> Self {
        Self {
            values: found.eigen.values,
            vectors: Some(found.eigen.vectors),
        }
    }
}

/// Returns the `rank` leading eigenpairs of a matrix; more if it is decomposed completely. A search
/// starts from `start`, the vectors of a similar matrix.
pub(super) fn leading(matrix: &Mat<f64>, rank: usize, start: Option<Mat<f64>>) -> Result<Eigen> {
    if is_decomposed(matrix.nrows(), rank) {
        return all_pairs(matrix.clone());
    }
    let found = search(matrix, rank, EXACT, start)?;
    if found.residual <= EXACT {
        Ok(found.eigen)
    } else {
        all_pairs(matrix.clone())
    }
}

/// Returns the `rank` leading eigenvalues of a matrix; more if it is decomposed completely. Their vectors,
/// if there are any, are less exact.
pub(super) fn leading_values(matrix: &Mat<f64>, rank: usize) -> Result<LeadingValues> {
    if is_decomposed(matrix.nrows(), rank) {
        return LeadingValues::alone(matrix);
    }
    let found = search(matrix, rank, EXACT_VALUES, None)?;
    if found.residual <= EXACT_VALUES {
        Ok(found.into())
    } else {
        LeadingValues::alone(matrix)
    }
}

/// Returns whether a matrix is decomposed completely.
fn is_decomposed(size: usize, rank: usize) -> bool {
    size <= MAX_DENSE_SIZE || 4 * rank > size
}

/// Searches the `rank` leading eigenpairs of a matrix by subspace iteration.
fn search(
    matrix: &Mat<f64>,
    rank: usize,
    tolerance: f64,
    start: Option<Mat<f64>>,
) -> Result<SubspaceResult> {
    let wanted = Wanted {
        rank,
        tolerance,
        start,
    };
    subspace(matrix.nrows(), wanted, |vectors| {
        product(matrix.as_ref(), vectors.as_ref())
    })
}

#[cfg(test)]
mod tests {
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::super::subspace::{dot, orthonormalise};
    use super::*;

    /// `Q diag(values) Qᵀ` with random orthonormal Q.
    fn matrix(values: &[f64]) -> Mat<f64> {
        let n = values.len();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut q = Mat::from_fn(n, n, |_, _| rng.random::<f64>() - 0.5);
        orthonormalise(&mut q);
        let scaled = Mat::from_fn(n, n, |i, l| q[(i, l)] * values[l]);
        product(scaled.as_ref(), q.transpose())
    }

    #[test]
    fn leading_pairs_match_the_complete_decomposition() {
        let values: Vec<f64> = (0..400).map(|l| 1e6 * 0.97f64.powi(l)).collect();
        let matrix = matrix(&values);
        let found = search(&matrix, 30, EXACT, None).unwrap().eigen;
        let expected = all_pairs(matrix.clone()).unwrap();
        for (l, value) in values[..30].iter().enumerate() {
            assert!(
                (found.values[l] / value - 1.0).abs() < 1e-10,
                "{l}: {} for {value}",
                found.values[l]
            );
            let cosine = dot(
                found.vectors.col_as_slice(l),
                expected.vectors.col_as_slice(l),
            )
            .abs();
            assert!((cosine - 1.0).abs() < 1e-9, "{l}: {cosine}");
        }
    }

    #[test]
    fn values_alone_are_as_exact_and_their_vectors_are_a_good_start() {
        for (size, rank) in [(400, 30), (200, 30)] {
            let values: Vec<f64> = (0..size).map(|l| 1e6 * 0.97f64.powi(l)).collect();
            let matrix = matrix(&values);
            let found = leading_values(&matrix, rank).unwrap();
            for (l, value) in values[..rank].iter().enumerate() {
                let found = found.values[l];
                assert!(
                    (found / value - 1.0).abs() < 1e-10,
                    "{l}: {found} for {value}"
                );
            }
            assert_eq!(found.vectors.is_some(), size == 400);
            // The same matrix without its first direction.
            let first = all_pairs(matrix.clone()).unwrap().vectors;
            let less = Mat::from_fn(size as usize, size as usize, |i, j| {
                matrix[(i, j)] - values[0] * first[(i, 0)] * first[(j, 0)]
            });
            let found = leading(&less, rank - 1, found.vectors).unwrap();
            for (l, value) in values[1..rank].iter().enumerate() {
                let found = found.values[l];
                assert!(
                    (found / value - 1.0).abs() < 1e-10,
                    "{l}: {found} for {value}"
                );
            }
        }
    }

    #[test]
    fn a_sharp_drop_in_eigenvalues_needs_no_complete_decomposition() {
        let values: Vec<f64> = (0..400)
            .map(|l| if l < 40 { 1e7 * 0.7f64.powi(l) } else { 1e-9 })
            .collect();
        let matrix = matrix(&values);
        let found = search(&matrix, 28, EXACT, None).unwrap();
        assert!(found.residual <= EXACT, "{}", found.residual);
        assert!((found.eigen.values[27] / values[27] - 1.0).abs() < 1e-8);
    }

    #[test]
    fn a_matrix_of_low_rank_has_values_of_zero() {
        let values: Vec<f64> = (0..400)
            .map(|l| if l < 3 { f64::from(9 - l) } else { 0.0 })
            .collect();
        let found = leading(&matrix(&values), 5, None).unwrap();
        assert!((found.values[2] - 7.0).abs() < 1e-10);
        assert!(found.values[3..5].iter().all(|v| v.abs() < 1e-12));
    }
}
