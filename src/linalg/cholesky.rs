//! The Cholesky factorisation of a part of a Gram matrix.

use ndarray::{Array1, Array2};

use super::subspace::dot;

/// Returns the inverse of a symmetric positive definite matrix.
pub(crate) fn inverse(matrix: &Array2<f64>) -> Array2<f64> {
    let size = matrix.nrows();
    let values: Vec<f64> = matrix.iter().copied().collect();
    let cholesky = Cholesky::new(&values, &vec![true; size]);
    let mut inverse = Array2::zeros((size, size));
    for (column, mut solution) in inverse.columns_mut().into_iter().enumerate() {
        let mut unit = vec![0.0; size];
        unit[column] = 1.0;
        solution.assign(&Array1::from_vec(cholesky.solve(&unit)));
    }
    inverse
}

/// The factorisation `L Lᵀ` of the selected rows and columns of a symmetric matrix.
pub(super) struct Cholesky {
    /// The selected entries, in ascending order.
    entries: Vec<usize>,
    /// The number of rows of the whole matrix.
    size: usize,
    /// The rows of L up to the diagonal, which is stored inverted.
    rows: Vec<Vec<f64>>,
}

impl Cholesky {
    /// Factorises `matrix`, (size, size), row by row, of which one flag per entry selects the rows and
    /// columns.
    pub(super) fn new(matrix: &[f64], is_selected: &[bool]) -> Self {
        let size = is_selected.len();
        let entries: Vec<usize> = (0..size).filter(|&l| is_selected[l]).collect();
        let mut rows: Vec<Vec<f64>> = Vec::with_capacity(entries.len());
        for (i, &entry) in entries.iter().enumerate() {
            let values = &matrix[entry * size..][..size];
            let mut row = Vec::with_capacity(i + 1);
            for (other, &column) in rows.iter().zip(&entries) {
                let j = row.len();
                row.push((values[column] - dot(&row, &other[..j])) * other[j]);
            }
            row.push(1.0 / (values[entry] - dot(&row, &row)).sqrt());
            rows.push(row);
        }
        Self {
            entries,
            size,
            rows,
        }
    }

    /// Returns the solution for a right-hand side of all entries; 0 at entries that are not selected.
    pub(super) fn solve(&self, products: &[f64]) -> Vec<f64> {
        let mut x: Vec<f64> = Vec::with_capacity(self.rows.len());
        for (row, &entry) in self.rows.iter().zip(&self.entries) {
            let i = x.len();
            x.push((products[entry] - dot(&x, &row[..i])) * row[i]);
        }
        let mut solution = vec![0.0; self.size];
        for (i, row) in self.rows.iter().enumerate().rev() {
            x[i] *= row[i];
            let value = x[i];
            for (x, l) in x.iter_mut().zip(&row[..i]) {
                *x -= l * value;
            }
            solution[self.entries[i]] = value;
        }
        solution
    }
}
