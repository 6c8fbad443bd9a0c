//! Block Lanczos iteration: the leading eigenpairs of a symmetric positive semi-definite matrix from the space that it
//! spans with a few vectors (G. H. Golub, R. Underwood, *The block Lanczos method for computing eigenvalues*, 1977).
//!
//! A matrix that differs in a few known directions spans the same space if these are among the first vectors: its
//! eigenvalues take one more decomposition of the small matrix.
//!
//! An eigenvalue that occurs more often than the first vectors can resolve would be missed. Therefore the result counts
//! only if the matrix without its pairs has no larger eigenvalue, which a Cholesky decomposition proves.

use faer::{Mat, MatRef};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::change::{BothSpectra, Change};
use super::dense_eigen::{
    Eigen, add_product, all_pairs, all_values, is_positive_definite, product, subtract_product,
};
use super::subspace::orthonormalise;
use crate::error::Result;
use crate::memory;

/// The vectors that are multiplied at a time. More of them need a larger space.
const BLOCK: usize = 8;
/// The residual, divided by the largest eigenvalue, at which vectors are exact in single precision.
const EXACT: f64 = 1e-11;
/// How far above the least wanted eigenvalue others may be, divided by the largest one.
const ROUNDING: f64 = 1e-10;

/// Returns the number of vectors that a search spans at least.
fn least_space(rank: usize) -> usize {
    (5 * rank / 2).next_multiple_of(BLOCK) + 2 * BLOCK
}

/// Returns the number of vectors that a search spans at most.
fn most_space(size: usize, rank: usize) -> usize {
    memory::most_space(size as u64, rank as u64) as usize
}

/// Returns whether a search of `rank` pairs can be faster than a complete decomposition of a matrix of this size.
pub(super) fn is_worthwhile(size: usize, rank: usize) -> bool {
    least_space(rank) <= most_space(size, rank)
}

/// Searches the `rank` leading eigenpairs of a matrix, and as many eigenvalues of the changed one; `None` if that needs a
/// space nearly as large as the matrix.
pub(super) fn search(
    matrix: &Mat<f64>,
    change: Option<&Change>,
    rank: usize,
) -> Result<Option<BothSpectra>> {
    let most = most_space(matrix.nrows(), rank);
    let mut space = Space::new(matrix, change);
    let mut wanted = least_space(rank);
    while wanted <= most {
        while space.len() < wanted {
            space.extend();
        }
        let ritz = all_pairs(space.projected())?;
        let residual = space.residual(&ritz, rank) / ritz.values[0].max(f64::MIN_POSITIVE);
        if residual <= EXACT {
            return space.result(ritz, change, rank);
        }
        // Residuals fall by about the same factor per vector.
        let per_vector = residual.ln().min(-1.0) / (space.len() - rank) as f64;
        let needed = rank + (EXACT.ln() / per_vector) as usize;
        wanted = needed
            .clamp(space.len() + 1, 2 * space.len())
            .next_multiple_of(BLOCK);
    }
    Ok(None)
}

/// The space that was spanned so far.
struct Space<'a> {
    matrix: &'a Mat<f64>,
    /// Orthonormal vectors, of which the last [`BLOCK`] are not yet multiplied.
    basis: Mat<f64>,
    /// The matrix in terms of the multiplied vectors: blocks on and above the diagonal.
    upper: Vec<Mat<f64>>,
    /// The inner products of what the last multiplied vectors left outside of the space.
    outside: Mat<f64>,
}

impl<'a> Space<'a> {
    /// Begins with the directions and random vectors.
    fn new(matrix: &'a Mat<f64>, change: Option<&Change>) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let directions = change.map(|change| &change.directions);
        let mut basis = Mat::from_fn(matrix.nrows(), BLOCK, |i, l| match directions {
            Some(directions) if l < directions.ncols() => directions[(i, l)],
            _ => rng.random::<f64>() - 0.5,
        });
        orthonormalise(&mut basis);
        Self {
            matrix,
            basis,
            upper: Vec::new(),
            outside: Mat::zeros(BLOCK, BLOCK),
        }
    }

    /// Returns the number of multiplied vectors.
    fn len(&self) -> usize {
        self.upper.len() * BLOCK
    }

    /// Multiplies the last vectors, and adds what is outside of the space to it.
    fn extend(&mut self) {
        let last = self.basis.subcols(self.len(), BLOCK);
        let mut next = product(self.matrix.as_ref(), last);
        self.upper.push(self.remove_inside(&mut next));
        self.outside = product(next.transpose(), next.as_ref());
        orthonormalise(&mut next);
        // What rounding left inside is enlarged if little was outside.
        self.remove_inside(&mut next);
        orthonormalise(&mut next);
        let columns = self.basis.ncols();
        self.basis
            .resize_with(next.nrows(), columns + BLOCK, |i, l| next[(i, l - columns)]);
    }

    /// Subtracts the part of vectors inside the space; returns it in terms of the basis.
    fn remove_inside(&self, vectors: &mut Mat<f64>) -> Mat<f64> {
        let inside = product(self.basis.transpose(), vectors.as_ref());
        subtract_product(vectors, self.basis.as_ref(), inside.as_ref());
        inside
    }

    /// Returns the multiplied vectors.
    fn vectors(&self) -> MatRef<'_, f64> {
        self.basis.subcols(0, self.len())
    }

    /// Returns the matrix in terms of the multiplied vectors.
    fn projected(&self) -> Mat<f64> {
        Mat::from_fn(self.len(), self.len(), |i, j| {
            let (row, column) = (i.min(j), i.max(j));
            self.upper[column / BLOCK][(row, column % BLOCK)]
        })
    }

    /// Returns the largest `‖A v − λ v‖` of the first `rank` pairs of the projected matrix.
    fn residual(&self, ritz: &Eigen, rank: usize) -> f64 {
        let last = ritz.vectors.subrows(self.len() - BLOCK, BLOCK);
        let last = last.subcols(0, rank);
        let products = product(self.outside.as_ref(), last);
        let squares = (0..rank).map(|l| (0..BLOCK).map(|i| last[(i, l)] * products[(i, l)]).sum());
        squares.fold(0.0, f64::max).sqrt()
    }

    /// Returns the first `rank` pairs and the changed eigenvalues; `None` if there are other pairs with a larger
    /// eigenvalue.
    fn result(
        &self,
        ritz: Eigen,
        change: Option<&Change>,
        rank: usize,
    ) -> Result<Option<BothSpectra>> {
        let mut values = ritz.values;
        values.truncate(rank);
        let eigen = Eigen {
            vectors: product(self.vectors(), ritz.vectors.subcols(0, rank)),
            values,
        };
        if !has_no_larger_value(self.matrix, &eigen) {
            return Ok(None);
        }
        let changed = match change {
            Some(change) => self.changed_values(change, rank)?,
            None => eigen.values.clone(),
        };
        Ok(Some(BothSpectra { eigen, changed }))
    }

    /// Returns the first `rank` eigenvalues of the changed matrix.
    fn changed_values(&self, change: &Change, rank: usize) -> Result<Vec<f64>> {
        let directions = product(self.vectors().transpose(), change.directions.as_ref());
        let mut values = all_values(change.added_to(&self.projected(), &directions))?;
        values.truncate(rank);
        Ok(values)
    }
}

/// Checks that the matrix without the pairs has no eigenvalue above theirs.
fn has_no_larger_value(matrix: &Mat<f64>, pairs: &Eigen) -> bool {
    let largest = pairs.values[0];
    let limit = pairs.values[pairs.values.len() - 1] + ROUNDING * largest;
    let mut rest = Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| {
        let diagonal = if i == j { limit } else { 0.0 };
        diagonal - matrix[(i, j)]
    });
    let scaled = Mat::from_fn(matrix.nrows(), pairs.values.len(), |i, l| {
        pairs.vectors[(i, l)] * pairs.values[l].max(0.0).sqrt()
    });
    add_product(&mut rest, scaled.as_ref(), scaled.transpose());
    is_positive_definite(rest)
}
