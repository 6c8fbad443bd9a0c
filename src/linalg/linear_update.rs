//! The least-squares update of one factor from the products with the other.

use faer::Mat;
use ndarray::{Array2, s};

use super::dense_eigen::{Eigen, all_pairs};
use crate::blocks;
use crate::communicator::{Communicator, ordered_sum};
use crate::error::Result;
use crate::kernel::{Factor, FixedFactor, Lanes, PanelMatrix, WIDTH, gram_from_upper};

/// Directions whose square is at most this fraction of the largest are treated as 0.
pub(super) const MIN_SQUARE: f64 = 1e-12;

/// New values of a factor as a linear function of the products with the other:
/// `constant + coefficients products`.
pub(super) struct LinearUpdate {
    /// (1 + rank), one per column of the factor.
    constant: Vec<f64>,
    /// (1 + rank, 1 + rank), one row per column of the factor.
    coefficients: Array2<f64>,
}

impl LinearUpdate {
    /// Returns the update of the scores, `T ← (X V − 1 mᵀ V) (Vᵀ V)⁻¹`, from the products X [m V]. The
    /// column of ones beside T stays.
    pub(super) fn of_scores(rows: &Factor) -> Result<Self> {
        let gram = rows.gram();
        let size = gram.nrows();
        let inner = inverse(&gram.slice(s![1.., 1..]).to_owned())?;
        let mut coefficients = Array2::zeros((size, size));
        coefficients.slice_mut(s![1.., 1..]).assign(&inner);
        let mut constant = (-coefficients.dot(&gram.row(0))).to_vec();
        constant[0] = 1.0;
        Ok(Self {
            constant,
            coefficients,
        })
    }

    /// Returns the update of the rows, `[m V] ← ([1 T]ᵀ [1 T])⁻¹ [1 T]ᵀ X`, from the products Xᵀ [1 T].
    pub(super) fn of_rows(scores: &Factor, communicator: &dyn Communicator) -> Result<Self> {
        let rank = scores.rank();
        let gram = ordered_sum(communicator, rank * rank, &scores.partial_grams());
        let coefficients = inverse(&gram_from_upper(rank, &gram))?;
        Ok(Self {
            constant: vec![0.0; coefficients.nrows()],
            coefficients,
        })
    }

    /// Updates the extrapolated values of `own` from the products of the filled X with the fixed factor,
    /// whose rows are distributed over the ranks of `communicator`.
    pub(super) fn apply(
        &self,
        x: &PanelMatrix,
        own: &mut Factor,
        fixed: &FixedFactor,
        communicator: &dyn Communicator,
    ) {
        let (rank, rows) = (own.rank(), own.rows());
        let partials = x.partial_run_sums(1, communicator.rank() == 0, |run, panels| {
            let index = panels.start;
            x.filled_run(run, index, &own.panels[index].lead, fixed)
        });
        let products = ordered_sum(communicator, own.panels.len() * rank * WIDTH, &partials);
        blocks::map_chunks_mut(&mut own.panels, 1, |index, panels| {
            let products = &products[index * rank * WIDTH..][..rank * WIDTH];
            for (part, lead) in panels[0].lead.iter_mut().enumerate() {
                let values = self.new_values(part, products);
                *lead = Lanes::ZERO;
                for (lead, value) in lead.0.iter_mut().zip(values).take(rows - index * WIDTH) {
                    *lead = value as f32;
                }
            }
        });
    }

    /// Returns the new values of one column of the factor for the rows of a panel.
    fn new_values(&self, column: usize, products: &[f32]) -> [f64; WIDTH] {
        let mut values = [self.constant[column]; WIDTH];
        let coefficients = self.coefficients.row(column);
        for (products, coefficient) in products.chunks(WIDTH).zip(coefficients) {
            for (value, &product) in values.iter_mut().zip(products) {
                *value += coefficient * f64::from(product);
            }
        }
        values
    }
}

/// Returns the pseudo-inverse of a Gram matrix.
fn inverse(gram: &Array2<f64>) -> Result<Array2<f64>> {
    let scale: Vec<f64> = gram
        .diag()
        .iter()
        .map(|&d| if d > 0.0 { 1.0 / d.sqrt() } else { 0.0 })
        .collect();
    let size = gram.nrows();
    let scaled = Mat::from_fn(size, size, |a, b| gram[[a, b]] * scale[a] * scale[b]);
    let Eigen { values, vectors } = all_pairs(scaled)?;
    let least = MIN_SQUARE * values.first().copied().unwrap_or_default();
    let half = Array2::from_shape_fn((size, size), |(a, l)| {
        if values[l] > least {
            scale[a] * vectors[(a, l)] / values[l].sqrt()
        } else {
            0.0
        }
    });
    Ok(half.dot(&half.t()))
}
