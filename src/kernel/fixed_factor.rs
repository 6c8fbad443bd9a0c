//! The fixed factor of a half step, in the form that computing values of `M = W H` needs.

use super::factor::Factor;
use super::factor_panel::FactorPanel;
use super::layout::WIDTH;
use crate::blocks;

/// The fixed factor and the sums over it.
pub(crate) struct FixedFactor<'a> {
    pub(super) panels: &'a [FactorPanel],
    /// The extrapolated values, (columns of X, rank).
    pub(super) values: Vec<f32>,
    /// The number of columns of X that each row of the factor represents.
    pub(super) copies: Vec<f32>,
    /// The sum of each part over all columns of X.
    pub(super) part_sums: Vec<f32>,
    /// The root mean square of X.
    pub(super) brightness: f32,
}

impl<'a> FixedFactor<'a> {
    /// Copies a factor; `brightness` is the root mean square of X.
    pub(crate) fn new(factor: &'a Factor, brightness: f32) -> Self {
        let mut values = blocks::map(&factor.panels, |_, panel| row_major(panel)).concat();
        values.truncate(factor.rows() * factor.rank());
        Self {
            panels: &factor.panels,
            values,
            copies: factor.copies(),
            part_sums: to_f32(&factor.part_sums()),
            brightness,
        }
    }

    /// Replaces the part sums by those over the factors of all ranks.
    pub(crate) fn with_part_sums(self, sums: &[f64]) -> Self {
        Self {
            part_sums: to_f32(sums),
            ..self
        }
    }
}

/// Returns the extrapolated values of a panel, (rows, rank).
fn row_major(panel: &FactorPanel) -> Vec<f32> {
    (0..WIDTH)
        .flat_map(|row| panel.lead.iter().map(move |lanes| lanes.0[row]))
        .collect()
}

fn to_f32(sums: &[f64]) -> Vec<f32> {
    sums.iter().map(|&sum| sum as f32).collect()
}
