//! The squared residual of a panel: of its known values against the product of both factors.

use super::factor::Factor;
use super::factor_panel::FactorPanel;
use super::fixed_factor::FixedFactor;
use super::known_bits::masks;
use super::layout::{Lanes, WIDTH};
use super::panel_matrix::PanelMatrix;
use super::rebuild::RebuiltChunk;
use crate::blocks;

impl PanelMatrix {
    /// Returns the squared residual of the known values of panel `index` against `factor`, (rank)
    /// entries, times the fixed factor; merged columns count as often as they occur.
    pub(crate) fn residual(&self, index: usize, factor: &[Lanes], fixed: &FixedFactor) -> f64 {
        self.row_residuals(index, factor, fixed).iter().sum()
    }

    /// Returns [`PanelMatrix::row_residuals`] of all panels, for the values of `own`.
    pub(crate) fn all_row_residuals(&self, own: &Factor, fixed: &FixedFactor) -> Vec<[f64; WIDTH]> {
        blocks::map(&own.panels, |index, panel: &FactorPanel| {
            self.row_residuals(index, &panel.values, fixed)
        })
    }

    /// Returns [`PanelMatrix::residual`] of each row.
    pub(crate) fn row_residuals(
        &self,
        index: usize,
        factor: &[Lanes],
        fixed: &FixedFactor,
    ) -> [f64; WIDTH] {
        let mut sums = [0.0; WIDTH];
        self.for_each_rebuilt(index, factor, fixed, |chunk| {
            let RebuiltChunk {
                x,
                rebuilt,
                known,
                copies,
            } = chunk;
            add_squares(x, rebuilt, known, copies, &mut sums);
        });
        sums
    }
}

dispatch! {
    /// Adds the squares of the known differences, in `f64`: `sums ← sums + Σ_j copies[j] (x[j] − rebuilt[j])²`,
    /// row by row.
    add_squares = add_squares_body(x: &[Lanes], rebuilt: &[Lanes], known: &[u64], copies: &[f32], sums: &mut [f64; WIDTH])
}

#[inline(always)]
fn add_squares_body<const L: usize, const FUSED: bool>(
    x: &[Lanes],
    rebuilt: &[Lanes],
    known: &[u64],
    copies: &[f32],
    sums: &mut [f64; WIDTH],
) {
    for (((x, rebuilt), &known), &copies) in x.iter().zip(rebuilt).zip(known).zip(copies) {
        let mut differences = [0.0; WIDTH];
        for lane in (0..WIDTH).step_by(L) {
            let masks = masks::<L>(known, lane);
            for l in 0..L {
                let difference = x.0[lane + l] - rebuilt.0[lane + l];
                differences[lane + l] = f32::from_bits(difference.to_bits() & masks[l]);
            }
        }
        let copies = f64::from(copies);
        for (sum, difference) in sums.iter_mut().zip(differences) {
            *sum += copies * f64::from(difference) * f64::from(difference);
        }
    }
}
