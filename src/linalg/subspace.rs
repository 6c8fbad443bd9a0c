//! Subspace iteration: a block of vectors is multiplied by a Chebyshev polynomial of the matrix, which is small on
//! the unwanted eigenvalues and grows fast beyond them, followed by a Rayleigh–Ritz step in each round (Y. Saad,
//! *Numerical methods for large eigenvalue problems*, 2011; Y. Zhou, Y. Saad, *A Chebyshev–Davidson algorithm for
//! large symmetric eigenproblems*, 2007).

use faer::Mat;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::dense_eigen::{Eigen, all_pairs, product};
use crate::error::Result;
use crate::memory;

/// Vectors in addition to the wanted ones; more vectors need fewer rounds.
const GUARD: usize = memory::GUARD as usize;
/// The maximum degree of the polynomial.
const MAX_DEGREE: f64 = 12.0;
/// The maximum number of rounds.
const MAX_ROUNDS: usize = 60;
/// The logarithm of how much more the polynomial may enlarge the first vector than the last wanted one:
/// rounding leaves a component of the former in the latter, which must stay small.
const MAX_LOG_GROWTH: f64 = 23.0;

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
