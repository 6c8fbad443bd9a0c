//! What rules that do not work panel by panel need: a factor's Gram matrix in f64, sums of whole parts.

use ndarray::Array2;

use super::dispatch::{add_scaled, multiply_add};
use super::factor::Factor;
use super::factor_panel::FactorPanel;
use super::layout::{Row, WIDTH};
use crate::blocks;

/// Panels whose sums one task forms.
const PANELS_A_TASK: usize = 8;

impl Factor {
    /// The Gram matrix of the lead, (rank, rank), each row counted as often as it stands for others; summed in f64.
    pub(crate) fn gram(&self) -> Array2<f64> {
        let mut sums = vec![0.0; self.rank() * self.rank()];
        for share in self.gram_shares() {
            sums.iter_mut()
                .zip(share)
                .for_each(|(sum, share)| *sum += share);
        }
        whole_gram(self.rank(), &sums)
    }

    /// The upper triangle of the same as the shares of its tasks, each row by row, (rank, rank).
    pub(crate) fn gram_shares(&self) -> Vec<Vec<f64>> {
        let tasks: Vec<&[FactorPanel]> = self.panels.chunks(PANELS_A_TASK).collect();
        blocks::map(&tasks, |_, panels| {
            let mut sums = vec![0.0; self.rank() * self.rank()];
            panels.iter().for_each(|panel| panel.add_gram(&mut sums));
            sums
        })
    }
}

/// The Gram matrix whose upper triangle is given row by row.
pub(crate) fn whole_gram(rank: usize, upper: &[f64]) -> Array2<f64> {
    Array2::from_shape_fn((rank, rank), |(a, b)| upper[a.min(b) * rank + a.max(b)])
}

impl FactorPanel {
    /// Adds the upper triangle of the panel's share.
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

/// In eight sums, which the compiler can form side by side.
fn dot(own: &[f64; WIDTH], other: &Row) -> f64 {
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

for_each_level! {
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
