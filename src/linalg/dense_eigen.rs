//! The complete eigenvalue decomposition of a symmetric positive semi-definite matrix, and matrix products.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor as llt;
use faer::linalg::cholesky::llt::factor::LltRegularization;
use faer::linalg::evd;
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par, Spec};

use crate::error::{Error, Result};

/// The same on every machine and for any number of threads, since faer's last bits depend on it.
const PARALLELISM: usize = 8;
/// Products of fewer multiplications are formed on one thread: others would take longer to start and to wait for.
const MANY: usize = 1 << 24;

/// Returns the setting of parallelism for so many multiplications.
fn parallelism(multiplications: usize) -> Par {
    if multiplications < MANY {
        Par::Seq
    } else {
        Par::rayon(PARALLELISM)
    }
}

/// Eigenvalues, largest first, and their vectors as columns; there can be more vectors than values.
pub(super) struct Eigen {
    pub values: Vec<f64>,
    pub vectors: Mat<f64>,
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
pub(super) fn all_values(matrix: Mat<f64>) -> Result<Vec<f64>> {
    decompose(matrix, None)
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
    let par = parallelism(n.pow(3));
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

/// Checks whether a symmetric matrix is positive definite.
pub(super) fn is_positive_definite(mut matrix: Mat<f64>) -> bool {
    let par = parallelism(matrix.nrows().pow(3) / 3);
    let scratch = llt::cholesky_in_place_scratch::<f64>(matrix.nrows(), par, Spec::default());
    llt::cholesky_in_place(
        matrix.as_mut(),
        LltRegularization::default(),
        par,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Spec::default(),
    )
    .is_ok()
}

/// Returns a matrix product, with the fixed setting of parallelism.
pub(super) fn product(a: MatRef<f64>, b: MatRef<f64>) -> Mat<f64> {
    let mut product = Mat::zeros(a.nrows(), b.ncols());
    multiply(&mut product, Accum::Replace, (a, b), 1.0);
    product
}

/// `to ← to + a b`
pub(super) fn add_product(to: &mut Mat<f64>, a: MatRef<f64>, b: MatRef<f64>) {
    multiply(to, Accum::Add, (a, b), 1.0);
}

/// `to ← to − a b`
pub(super) fn subtract_product(to: &mut Mat<f64>, a: MatRef<f64>, b: MatRef<f64>) {
    multiply(to, Accum::Add, (a, b), -1.0);
}

fn multiply(to: &mut Mat<f64>, accum: Accum, (a, b): (MatRef<f64>, MatRef<f64>), scale: f64) {
    let par = parallelism(a.nrows() * a.ncols() * b.ncols());
    matmul(to.as_mut(), accum, a, b, scale, par);
}
