//! The leading eigenpairs of a symmetric positive semi-definite matrix.
//!
//! Small matrices are decomposed completely. The few largest eigenvalues of a large matrix are found by
//! subspace iteration: a block of vectors is multiplied by a Chebyshev polynomial of the matrix, which is
//! small on the unwanted eigenvalues and grows fast beyond them, followed by a Rayleigh–Ritz step in each
//! round (Y. Saad, *Numerical methods for large eigenvalue problems*, 2011; Y. Zhou, Y. Saad, *A
//! Chebyshev–Davidson algorithm for large symmetric eigenproblems*, 2007).

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd;
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par, Spec};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::error::{Error, Result};
use crate::memory;

/// The same on every machine and for any number of threads, since faer's last bits depend on it.
const PARALLELISM: usize = 8;
/// Up to this size, or if more than a quarter of the vectors is wanted, a matrix is decomposed completely.
const MAX_DENSE_SIZE: usize = 300;
/// Vectors in addition to the wanted ones; more vectors need fewer rounds.
const GUARD: usize = memory::GUARD as usize;
/// The maximum degree of the polynomial.
const MAX_DEGREE: f64 = 12.0;
/// The maximum number of rounds.
const MAX_ROUNDS: usize = 60;
/// The logarithm of how much more the polynomial may enlarge the first vector than the last wanted one:
/// rounding leaves a component of the former in the latter, which must stay small.
const MAX_LOG_GROWTH: f64 = 23.0;

/// The residual, divided by the largest eigenvalue, at which vectors are exact in single precision.
const EXACT: f64 = 1e-11;
/// The residual at which values are as exact: their error is of the order of its square.
const EXACT_VALUES: f64 = 1e-7;

/// Eigenvalues, largest first, and their vectors as columns; there can be more vectors than values.
pub(super) struct Eigen {
    pub values: Vec<f64>,
    pub vectors: Mat<f64>,
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
        return all_values(matrix.clone());
    }
    let found = search(matrix, rank, EXACT_VALUES, None)?;
    if found.residual <= EXACT_VALUES {
        Ok(found.into())
    } else {
        all_values(matrix.clone())
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

/// Eigenvalues, largest first, and vectors close to theirs.
pub(super) struct LeadingValues {
    pub values: Vec<f64>,
    /// `None` if the matrix was decomposed without vectors.
    pub vectors: Option<Mat<f64>>,
}

/// What [`subspace`] searches, and from where.
pub(super) struct Wanted {
    /// The number of pairs.
    pub rank: usize,
    /// The residual that ends the search.
    pub tolerance: f64,
    /// Vectors to start from, at least `rank`; `None` for random ones.
    pub start: Option<Mat<f64>>,
}

/// The result of [`subspace`].
pub(super) struct SubspaceResult {
    pub eigen: Eigen,
    /// The largest `‖A v − λ v‖ / λ₁` of the wanted pairs, a bound on the relative error of each λ.
    pub residual: f64,
}

impl From<SubspaceResult> for LeadingValues {
    fn from(found: SubspaceResult) -> Self {
        Self {
            values: found.eigen.values,
            vectors: Some(found.eigen.vectors),
        }
    }
}

/// Returns the leading eigenpairs of a matrix of `size` that is given by its products with vectors, to
/// residuals of at most the tolerance or to those reached after the maximum number of rounds.
pub(super) fn subspace(
    size: usize,
    wanted: Wanted,
    apply: impl Fn(&Mat<f64>) -> Mat<f64>,
) -> Result<SubspaceResult> {
    let Wanted {
        rank,
        tolerance,
        start,
    } = wanted;
    let width = (rank + GUARD.max(rank / 2)).min(size);
    let mut vectors = start.unwrap_or_else(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        Mat::from_fn(size, width, |_, _| rng.random::<f64>() - 0.5)
    });
    orthonormalise(&mut vectors);
    let mut round = 0;
    loop {
        let images = apply(&vectors);
        let ritz = all_pairs(product(vectors.transpose(), images.as_ref()))?;
        vectors = product(vectors.as_ref(), ritz.vectors.as_ref());
        let images = product(images.as_ref(), ritz.vectors.as_ref());
        let largest = ritz.values[0].max(f64::MIN_POSITIVE);
        let residual = residual(&vectors, &images, &ritz.values, rank) / largest;
        round += 1;
        if residual <= tolerance || round == MAX_ROUNDS {
            let mut values = ritz.values;
            // The other values are not converged.
            values.truncate(rank);
            return Ok(SubspaceResult {
                eigen: Eigen { values, vectors },
                residual,
            });
        }
        let bounds = Bounds::new(ritz.values[width - 1], ritz.values[rank - 1], largest);
        vectors = filter(vectors, &images, &bounds, &apply);
        orthonormalise(&mut vectors);
    }
}

/// Returns the largest `‖A v − λ v‖` of the first `rank` vectors.
fn residual(vectors: &Mat<f64>, images: &Mat<f64>, values: &[f64], rank: usize) -> f64 {
    let mut largest = 0.0;
    for l in 0..rank {
        let squares = (0..vectors.nrows()).map(|i| {
            let residual = images[(i, l)] - values[l] * vectors[(i, l)];
            residual * residual
        });
        largest = f64::max(largest, squares.sum::<f64>().sqrt());
    }
    largest
}

/// The eigenvalue range of a Chebyshev polynomial, and its degree.
struct Bounds {
    /// Half of the range of the unwanted values, which begins at 0.
    half: f64,
    largest: f64,
    degree: usize,
}

impl Bounds {
    /// Returns the bounds for unwanted values up to `cut` and wanted ones from `least` to `largest`.
    fn new(cut: f64, least: f64, largest: f64) -> Self {
        let half = (cut / 2.0).max(largest * f64::EPSILON);
        let log_growth = growth_rate(largest, half) - growth_rate(least, half);
        let degree = (MAX_LOG_GROWTH / log_growth).min(MAX_DEGREE) as usize;
        Self {
            half,
            largest,
            degree: degree.max(1),
        }
    }
}

/// Returns the logarithm of the growth of a Chebyshev polynomial at `value`, per degree.
fn growth_rate(value: f64, half: f64) -> f64 {
    (value / half - 1.0).max(1.0).acosh()
}

/// Returns the product of the Chebyshev polynomial of the matrix that maps the unwanted values to −1..1
/// with the vectors. The polynomial is scaled to 1 at the largest value to avoid overflow; `images` are
/// the products of the matrix with the vectors.
fn filter(
    vectors: Mat<f64>,
    images: &Mat<f64>,
    bounds: &Bounds,
    apply: impl Fn(&Mat<f64>) -> Mat<f64>,
) -> Mat<f64> {
    let Bounds {
        half,
        largest,
        degree,
    } = *bounds;
    let first = half / (largest - half);
    let (rows, columns) = (vectors.nrows(), vectors.ncols());
    let factor = first / half;
    let mut scale = first;
    let mut previous = vectors;
    let mut current = Mat::from_fn(rows, columns, |i, l| {
        factor * (images[(i, l)] - half * previous[(i, l)])
    });
    for _ in 1..degree {
        let next_scale = 1.0 / (2.0 / first - scale);
        let factor = 2.0 * next_scale / half;
        let kept = scale * next_scale;
        let images = apply(&current);
        let next = Mat::from_fn(rows, columns, |i, l| {
            let step = factor * (images[(i, l)] - half * current[(i, l)]);
            step - kept * previous[(i, l)]
        });
        previous = current;
        current = next;
        scale = next_scale;
    }
    current
}

/// Orthonormalises the columns one after another (Gram–Schmidt); a column that loses most of its norm
/// is processed again.
pub(super) fn orthonormalise(vectors: &mut Mat<f64>) {
    for l in 0..vectors.ncols() {
        let mut own = vectors.col_as_slice(l).to_vec();
        let mut norm = dot(&own, &own).sqrt();
        loop {
            let projections: Vec<f64> =
                (0..l).map(|j| dot(vectors.col_as_slice(j), &own)).collect();
            for (j, projection) in projections.into_iter().enumerate() {
                for (own, other) in own.iter_mut().zip(vectors.col_as_slice(j)) {
                    *own -= projection * other;
                }
            }
            let new_norm = dot(&own, &own).sqrt();
            let is_orthogonal = new_norm > 0.5 * norm || new_norm == 0.0;
            norm = new_norm;
            if is_orthogonal {
                break;
            }
        }
        let scale = if norm > 0.0 { 1.0 / norm } else { 0.0 };
        for (to, value) in vectors.col_as_slice_mut(l).iter_mut().zip(own) {
            *to = value * scale;
        }
    }
}

/// Returns the inner product, in eight sums that the compiler can vectorise.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a, a_rest) = a.as_chunks::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for l in 0..8 {
            sums[l] += a[l] * b[l];
        }
    }
    sums.iter().sum::<f64>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f64>()
}

/// Returns a matrix product, with the fixed setting of parallelism.
fn product(a: MatRef<f64>, b: MatRef<f64>) -> Mat<f64> {
    let mut product = Mat::zeros(a.nrows(), b.ncols());
    matmul(
        product.as_mut(),
        Accum::Replace,
        a,
        b,
        1.0,
        Par::rayon(PARALLELISM),
    );
    product
}

/// Returns all eigenpairs.
///
/// # Errors
/// [`Error::NoEigenvectors`] if the decomposition does not converge.
pub(super) fn all_pairs(matrix: Mat<f64>) -> Result<Eigen> {
    let n = matrix.nrows();
    let mut vectors = Mat::zeros(n, n);
    let values = decompose(matrix, Some(vectors.as_mut()))?;
    Ok(Eigen {
        values,
        vectors: Mat::from_fn(n, n, |i, l| vectors[(i, n - 1 - l)]),
    })
}

/// Returns all eigenvalues, several times as fast as with their vectors.
///
/// # Errors
/// [`Error::NoEigenvectors`] if the decomposition does not converge.
fn all_values(matrix: Mat<f64>) -> Result<LeadingValues> {
    Ok(LeadingValues {
        values: decompose(matrix, None)?,
        vectors: None,
    })
}

/// Returns all eigenvalues, largest first, and writes their vectors in the opposite order.
fn decompose(mut matrix: Mat<f64>, vectors: Option<MatMut<f64>>) -> Result<Vec<f64>> {
    let n = matrix.nrows();
    if n == 0 {
        return Ok(Vec::new());
    }
    // faer treats values as equal that differ by less than the rounding error of 1, however small they
    // are, so the largest is scaled to about 1. A power of two changes no digit.
    let unit = power_of_two_of_largest(&matrix);
    for column in matrix.col_iter_mut() {
        column.iter_mut().for_each(|value| *value /= unit);
    }
    let par = Par::rayon(PARALLELISM);
    let wanted = match vectors {
        Some(_) => evd::ComputeEigenvectors::Yes,
        None => evd::ComputeEigenvectors::No,
    };
    let scratch = evd::self_adjoint_evd_scratch::<f64>(n, wanted, par, Spec::default());
    let mut values = Diag::zeros(n);
    evd::self_adjoint_evd(
        matrix.as_ref(),
        values.as_mut(),
        vectors,
        par,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Spec::default(),
    )
    .map_err(|_| Error::NoEigenvectors { size: n })?;
    let values: Vec<f64> = (0..n).rev().map(|l| values[l] * unit).collect();
    if values.iter().any(|v| !v.is_finite()) {
        return Err(Error::NoEigenvectors { size: n });
    }
    Ok(values)
}

/// Returns the largest power of two up to the largest diagonal entry.
fn power_of_two_of_largest(matrix: &Mat<f64>) -> f64 {
    let largest = (0..matrix.nrows())
        .map(|i| matrix[(i, i)])
        .fold(f64::MIN_POSITIVE, f64::max);
    largest.log2().floor().exp2()
}

#[cfg(test)]
mod tests {
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
