//! A change of a symmetric matrix in a few directions, and the spectra before and after it.

use faer::Mat;

use super::dense_eigen::{Eigen, add_product, product};

/// A matrix plus a change in a few directions: `A + D C Dᵀ`.
pub(super) struct Change {
    /// D, (size, directions).
    pub directions: Mat<f64>,
    /// C, (directions, directions).
    pub core: Mat<f64>,
}

impl Change {
    /// Returns the changed matrix; it and the directions can be expressed in another basis.
    pub(super) fn added_to(&self, matrix: &Mat<f64>, directions: &Mat<f64>) -> Mat<f64> {
        let changed = product(directions.as_ref(), self.core.as_ref());
        let mut sum = matrix.clone();
        add_product(&mut sum, changed.as_ref(), directions.transpose());
        sum
    }
}

/// The leading eigenpairs of a matrix, and the leading eigenvalues of the changed one, largest first.
pub(super) struct BothSpectra {
    pub eigen: Eigen,
    pub changed: Vec<f64>,
}
