//! The leading eigenpairs of a symmetric positive semi-definite matrix: small matrices are decomposed completely, and the
//! few largest eigenvalues of a large one are found by block Lanczos iteration.

use faer::Mat;

use super::change::{BothSpectra, Change};
use super::dense_eigen::{all_pairs, all_values};
use super::krylov;
use crate::error::Result;

/// Matrices of up to this size are decomposed completely.
const MAX_DENSE_SIZE: usize = 200;

/// Returns the `rank` leading eigenpairs of a matrix, and as many eigenvalues of the changed one; more if it is decomposed
/// completely.
pub(super) fn leading(
    matrix: &Mat<f64>,
    change: Option<&Change>,
    rank: usize,
) -> Result<BothSpectra> {
    let size = matrix.nrows();
    if size > MAX_DENSE_SIZE
        && krylov::is_worthwhile(size, rank)
        && let Some(found) = krylov::search(matrix, change, rank)?
    {
        return Ok(found);
    }
    let eigen = all_pairs(matrix.clone())?;
    let changed = match change {
        Some(change) => all_values(change.added_to(matrix, &change.directions))?,
        None => eigen.values.clone(),
    };
    Ok(BothSpectra { eigen, changed })
}

#[cfg(test)]
mod tests {
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::super::dense_eigen::product;
    use super::super::subspace::{dot, orthonormalise};
    use super::*;

    const SIZE: usize = 400;

    fn random(rows: usize, columns: usize) -> Mat<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        Mat::from_fn(rows, columns, |_, _| rng.random::<f64>() - 0.5)
    }

    /// `Q diag(values) Qᵀ` with random orthonormal Q.
    fn matrix(value: impl Fn(i32) -> f64) -> Mat<f64> {
        let mut q = random(SIZE, SIZE);
        orthonormalise(&mut q);
        let scaled = Mat::from_fn(SIZE, SIZE, |i, l| {
            q[(i, l)] * value(i32::try_from(l).unwrap())
        });
        product(scaled.as_ref(), q.transpose())
    }

    fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
        for (l, (found, expected)) in found.iter().zip(expected).enumerate() {
            assert!(
                (found / expected - 1.0).abs() < tolerance,
                "{l}: {found} for {expected}"
            );
        }
    }

    #[test]
    fn leading_pairs_match_the_complete_decomposition() {
        let matrix = matrix(|l| 1e6 * 0.97f64.powi(l));
        let found = krylov::search(&matrix, None, 30)
            .unwrap()
            .expect("a small space")
            .eigen;
        let expected = all_pairs(matrix.clone()).unwrap();
        assert_eq!((found.values.len(), found.vectors.ncols()), (30, 30));
        assert_close(&found.values, &expected.values, 1e-10);
        for l in 0..30 {
            let [found, expected] = [&found, &expected].map(|eigen| eigen.vectors.col_as_slice(l));
            let cosine = dot(found, expected).abs();
            assert!((cosine - 1.0).abs() < 1e-9, "{l}: {cosine}");
        }
    }

    #[test]
    fn eigenvalues_of_a_changed_matrix_match_its_complete_decomposition() {
        let matrix = matrix(|l| 1e6 * 0.97f64.powi(l));
        let change = Change {
            directions: random(SIZE, 2),
            core: Mat::from_fn(2, 2, |i, j| [[-2e3, 9e4], [9e4, 5e4]][i][j]),
        };
        let found = krylov::search(&matrix, Some(&change), 30)
            .unwrap()
            .expect("a small space");
        let expected = all_values(change.added_to(&matrix, &change.directions)).unwrap();
        assert_close(&found.changed, &expected[..30], 1e-10);
        let dense = leading(&matrix, Some(&change), 200).unwrap();
        assert_close(&dense.changed, &expected[..200], 1e-10);
        assert_close(&found.eigen.values, &dense.eigen.values[..30], 1e-10);
    }

    #[test]
    fn a_sharp_drop_in_eigenvalues_needs_no_complete_decomposition() {
        let value = |l| if l < 40 { 1e7 * 0.7f64.powi(l) } else { 1e-9 };
        let found = krylov::search(&matrix(value), None, 28)
            .unwrap()
            .expect("a small space");
        assert_close(&found.eigen.values[27..], &[value(27)], 1e-8);
    }

    #[test]
    fn every_copy_of_an_equal_eigenvalue_is_found() {
        let value = |l| {
            if l < 20 {
                3.0
            } else {
                2.0 * 0.8f64.powi(l - 20)
            }
        };
        let found = leading(&matrix(value), None, 25).unwrap().eigen;
        let expected: Vec<f64> = (0..25).map(value).collect();
        assert_close(&found.values[..25], &expected, 1e-10);
    }

    #[test]
    fn a_matrix_of_low_rank_has_values_of_zero() {
        let value = |l: i32| if l < 3 { f64::from(9 - l) } else { 0.0 };
        let found = leading(&matrix(value), None, 5).unwrap().eigen;
        assert!((found.values[2] - 7.0).abs() < 1e-10);
        assert!(found.values[3..5].iter().all(|v| v.abs() < 1e-12));
    }
}
