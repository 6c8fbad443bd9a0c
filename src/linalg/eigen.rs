//! The largest eigenvalues of a symmetric matrix that has no negative ones, and their vectors.
//!
//! Small matrices are decomposed whole. For the few largest of a large one a block of vectors is multiplied by a
//! Chebyshev polynomial of the matrix, which is small on the eigenvalues that are not wanted and grows fast beyond
//! them, and turned to its best directions after each round (Y. Saad, *Numerical methods for large eigenvalue
//! problems*, 2011; Y. Zhou, Y. Saad, *A Chebyshev–Davidson algorithm for large symmetric eigenproblems*, 2007).

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd;
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par, Spec};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::error::{Error, Result};

/// One setting on every machine, whatever the number of threads: faer's last bits follow it.
const PARALLELISM: usize = 8;
/// Up to this size, or where more than a quarter of the vectors is wanted, a matrix is decomposed whole.
const WHOLE: usize = 300;
/// Vectors beside the wanted ones: the more, the fewer rounds.
const GUARD: usize = 24;
/// The polynomial's highest degree, and the most rounds.
const DEGREE: f64 = 12.0;
const ROUNDS: usize = 60;
/// How much more the polynomial may enlarge the first vector than the last wanted one, as a logarithm: what rounding
/// leaves of the one in the other must stay small.
const SPREAD: f64 = 23.0;

/// Residuals over the largest value, small enough for vectors that are exact in single precision.
const EXACT: f64 = 1e-11;

/// Eigenvalues, largest first, and their vectors as columns; there can be more vectors than values.
pub(super) struct Eigen {
    pub values: Vec<f64>,
    pub vectors: Mat<f64>,
}

/// The `rank` leading eigenpairs of a matrix, and more where they are found as exactly by the way.
pub(super) fn leading(matrix: &Mat<f64>, rank: usize) -> Result<Eigen> {
    let size = matrix.nrows();
    if size <= WHOLE || 4 * rank > size {
        return whole(matrix.clone());
    }
    // Where that is not reached, the matrix is decomposed whole after all.
    let found = subspace(size, rank, EXACT, |vectors| {
        product(matrix.as_ref(), vectors.as_ref())
    })?;
    if found.residual <= EXACT {
        Ok(found.eigen)
    } else {
        whole(matrix.clone())
    }
}

/// What [`subspace`] found.
pub(super) struct Found {
    pub eigen: Eigen,
    /// The largest `‖A v − λ v‖ / λ₁` of the wanted pairs: each λ is that close to a true one.
    pub residual: f64,
}

/// The `rank` leading eigenpairs of a matrix of `size` that is known by its products alone, to residuals of at most
/// `tolerance` or as close as all rounds bring them.
pub(super) fn subspace(
    size: usize,
    rank: usize,
    tolerance: f64,
    apply: impl Fn(&Mat<f64>) -> Mat<f64>,
) -> Result<Found> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let width = (rank + GUARD.max(rank / 2)).min(size);
    let mut vectors = Mat::from_fn(size, width, |_, _| rng.random::<f64>() - 0.5);
    orthonormalise(&mut vectors);
    let mut round = 0;
    loop {
        let images = apply(&vectors);
        let turn = whole(product(vectors.transpose(), images.as_ref()))?;
        vectors = product(vectors.as_ref(), turn.vectors.as_ref());
        let images = product(images.as_ref(), turn.vectors.as_ref());
        let largest = turn.values[0].max(f64::MIN_POSITIVE);
        let residual = residual(&vectors, &images, &turn.values, rank) / largest;
        round += 1;
        if residual <= tolerance || round == ROUNDS {
            let mut values = turn.values;
            // The others only guard these.
            values.truncate(rank);
            return Ok(Found {
                eigen: Eigen { values, vectors },
                residual,
            });
        }
        let bounds = Bounds::new(turn.values[width - 1], turn.values[rank - 1], largest);
        vectors = filter(vectors, &images, &bounds, &apply);
        orthonormalise(&mut vectors);
    }
}

/// The largest `‖A v − λ v‖` of the first `rank` vectors.
fn residual(vectors: &Mat<f64>, images: &Mat<f64>, values: &[f64], rank: usize) -> f64 {
    let of = |l: usize| {
        let rest = |i| images[(i, l)] - values[l] * vectors[(i, l)];
        (0..vectors.nrows())
            .map(|i| rest(i) * rest(i))
            .sum::<f64>()
            .sqrt()
    };
    (0..rank).map(of).fold(0.0, f64::max)
}

/// What a polynomial is made for.
struct Bounds {
    /// Half of the unwanted values' range, which begins at 0.
    half: f64,
    largest: f64,
    degree: usize,
}

impl Bounds {
    /// For unwanted values up to `cut`, wanted ones from `least` to `largest`.
    fn new(cut: f64, least: f64, largest: f64) -> Self {
        let half = (cut / 2.0).max(largest * f64::EPSILON);
        let growth = |value: f64| (value / half - 1.0).max(1.0).acosh();
        let degree = (SPREAD / (growth(largest) - growth(least))).min(DEGREE) as usize;
        Self {
            half,
            largest,
            degree: degree.max(1),
        }
    }
}

/// The Chebyshev polynomial of the matrix that maps the unwanted values to −1..1, times the vectors; scaled so that it
/// is 1 at the largest value, or it would overflow.
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
    let combine =
        |image: &Mat<f64>, now: &Mat<f64>, before: Option<&Mat<f64>>, scale: f64, keep: f64| {
            Mat::from_fn(now.nrows(), now.ncols(), |i, l| {
                let step = scale * (image[(i, l)] - half * now[(i, l)]);
                step - before.map_or(0.0, |before| keep * before[(i, l)])
            })
        };
    let (mut before, mut scale) = (vectors, first);
    let mut now = combine(images, &before, None, first / half, 0.0);
    for _ in 1..degree {
        let next_scale = 1.0 / (2.0 / first - scale);
        let next = combine(
            &apply(&now),
            &now,
            Some(&before),
            2.0 * next_scale / half,
            scale * next_scale,
        );
        (before, now, scale) = (now, next, next_scale);
    }
    now
}

/// Makes the columns orthonormal, one after another (Gram and Schmidt), again where one lost most of itself.
pub(super) fn orthonormalise(vectors: &mut Mat<f64>) {
    for l in 0..vectors.ncols() {
        let mut own = vectors.col_as_slice(l).to_vec();
        let mut norm = dot(&own, &own).sqrt();
        loop {
            let shares: Vec<f64> = (0..l).map(|j| dot(vectors.col_as_slice(j), &own)).collect();
            for (j, share) in shares.into_iter().enumerate() {
                own.iter_mut()
                    .zip(vectors.col_as_slice(j))
                    .for_each(|(own, other)| *own -= share * other);
            }
            let left = dot(&own, &own).sqrt();
            let settled = left > 0.5 * norm || left == 0.0;
            norm = left;
            if settled {
                break;
            }
        }
        let scale = if norm > 0.0 { 1.0 / norm } else { 0.0 };
        vectors
            .col_as_slice_mut(l)
            .iter_mut()
            .zip(own)
            .for_each(|(to, value)| *to = value * scale);
    }
}

/// In eight sums, which the compiler can form side by side.
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

/// A matrix product with the one setting of parallelism.
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

/// All eigenpairs.
pub(super) fn whole(mut matrix: Mat<f64>) -> Result<Eigen> {
    let n = matrix.nrows();
    if n == 0 {
        return Ok(Eigen {
            values: Vec::new(),
            vectors: matrix,
        });
    }
    // faer takes values for equal that differ by less than the rounding of 1, however small they are: bring the largest
    // near 1. A power of two changes no digit.
    let largest = (0..n)
        .map(|i| matrix[(i, i)])
        .fold(f64::MIN_POSITIVE, f64::max);
    let unit = largest.log2().floor().exp2();
    for column in matrix.col_iter_mut() {
        column.iter_mut().for_each(|value| *value /= unit);
    }
    let par = Par::rayon(PARALLELISM);
    let (mut values, mut vectors) = (Diag::zeros(n), Mat::zeros(n, n));
    let scratch = evd::self_adjoint_evd_scratch::<f64>(
        n,
        evd::ComputeEigenvectors::Yes,
        par,
        Spec::default(),
    );
    evd::self_adjoint_evd(
        matrix.as_ref(),
        values.as_mut(),
        Some(vectors.as_mut()),
        par,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Spec::default(),
    )
    .map_err(|_| Error::NoEigenvectors { size: n })?;
    let values: Vec<f64> = (0..n).rev().map(|l| values[l] * unit).collect();
    if values.iter().any(|v| !v.is_finite()) {
        return Err(Error::NoEigenvectors { size: n });
    }
    Ok(Eigen {
        values,
        vectors: Mat::from_fn(n, n, |i, l| vectors[(i, n - 1 - l)]),
    })
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
    fn leading_pairs_are_those_of_the_whole_matrix() {
        let values: Vec<f64> = (0..400).map(|l| 1e6 * 0.97f64.powi(l)).collect();
        let matrix = matrix(&values);
        let found = subspace(400, 30, EXACT, |v| product(matrix.as_ref(), v.as_ref()))
            .unwrap()
            .eigen;
        let expected = whole(matrix.clone()).unwrap();
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
    fn values_that_fall_off_a_cliff_are_found_without_the_whole_decomposition() {
        let values: Vec<f64> = (0..400)
            .map(|l| if l < 40 { 1e7 * 0.7f64.powi(l) } else { 1e-9 })
            .collect();
        let matrix = matrix(&values);
        let found = subspace(400, 28, EXACT, |v| product(matrix.as_ref(), v.as_ref())).unwrap();
        assert!(found.residual <= EXACT, "{}", found.residual);
        assert!((found.eigen.values[27] / values[27] - 1.0).abs() < 1e-8);
    }

    #[test]
    fn a_matrix_of_low_rank_has_values_of_zero() {
        let values: Vec<f64> = (0..400)
            .map(|l| if l < 3 { f64::from(9 - l) } else { 0.0 })
            .collect();
        let found = leading(&matrix(&values), 5).unwrap();
        assert!((found.values[2] - 7.0).abs() < 1e-10);
        assert!(found.values[3..5].iter().all(|v| v.abs() < 1e-12));
    }
}
