//! The Gram matrix of a factor in `f64`, and sums of parts, for rules that do not work panel by panel.

use ndarray::Array2;

use super::dispatch::{add_scaled, multiply_add};
use super::factor::{Factor, PANELS_PER_TASK};
use super::factor_panel::FactorPanel;
use super::layout::{Lanes, WIDTH};
use crate::blocks;

impl Factor {
    /// Returns the Gram matrix of the extrapolated factor over all columns of X, (rank, rank), summed in
    /// `f64`.
    pub(crate) fn gram(&self) -> Array2<f64> {
        let mut sums = vec![0.0; self.rank() * self.rank()];
        for partial in self.partial_grams() {
            for (sum, value) in sums.iter_mut().zip(partial) {
                *sum += value;
            }
        }
        gram_from_upper(self.rank(), &sums)
    }

    /// Returns the upper triangle of the Gram matrix as partial sums of tasks, (rank, rank) each, row by
    /// row.
    pub(crate) fn partial_grams(&self) -> Vec<Vec<f64>> {
        let tasks: Vec<&[FactorPanel]> = self.panels.chunks(PANELS_PER_TASK).collect();
        blocks::map(&tasks, |_, panels| {
            let mut sums = vec![0.0; self.rank() * self.rank()];
            for panel in *panels {
                panel.add_gram(&mut sums);
            }
            sums
        })
    }
}

/// Returns the Gram matrix whose upper triangle is given row by row.
pub(crate) fn gram_from_upper(rank: usize, upper: &[f64]) -> Array2<f64> {
    Array2::from_shape_fn((rank, rank), |(a, b)| upper[a.min(b) * rank + a.max(b)])
}

impl FactorPanel {
    /// Adds the upper triangle of the panel's Gram matrix.
    fn add_gram(&self, sums: &mut [f64]) {
        let rank = self.lead.len();
        for (a, own) in self.lead.iter().enumerate() {
            let weighted = self.weighted(own);
            for (b, other) in self.lead.iter().enumerate().skip(a) {
                sums[a * rank + b] += dot(&weighted, other);
            }
        }
    }
}

/// Returns the inner product, in eight sums that the compiler can vectorise.
fn dot(own: &[f64; WIDTH], other: &Lanes) -> f64 {
    let mut sums = [0.0; 8];
    for (own, other) in own
        .as_chunks::<8>()
        .0
        .iter()
        .zip(other.0.as_chunks::<8>().0)
    {
        for l in 0..8 {
            sums[l] += own[l] * f64::from(other[l]);
        }
    }
    sums.iter().sum()
}

dispatch! {
    /// `sum ← sum + scale part`.
    add_part = add_part_body(sum: &mut [f32], scale: f32, part: &[f32])
}

#[inline(always)]
fn add_part_body<const L: usize, const FUSED: bool>(sum: &mut [f32], scale: f32, part: &[f32]) {
    let ((sums, sums_rest), (parts, parts_rest)) =
        (sum.as_chunks_mut::<L>(), part.as_chunks::<L>());
    for (sum, part) in sums.iter_mut().zip(parts) {
        add_scaled::<L, FUSED>(sum, scale, part);
    }
    for (sum, value) in sums_rest.iter_mut().zip(parts_rest) {
        *sum = multiply_add::<FUSED>(scale, *value, *sum);
    }
}
