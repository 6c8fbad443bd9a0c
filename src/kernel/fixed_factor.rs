//! The fixed factor of a half step, as sums over `M = W H` read it.

use super::factor::Factor;
use super::factor_panel::FactorPanel;
use super::layout::WIDTH;
use crate::blocks;

/// The factor that stays, as sums over `M = W H` read it.
pub(crate) struct FixedFactor<'a> {
    pub(super) panels: &'a [FactorPanel],
    /// (columns of X, rank).
    pub(super) values: Vec<f32>,
    pub(super) copies: Vec<f32>,
    pub(super) part_sums: Vec<f32>,
    /// The root mean square of X.
    pub(super) brightness: f32,
}

impl<'a> FixedFactor<'a> {
    pub(crate) fn new(factor: &'a Factor, brightness: f32) -> Self {
        let by_column = |_, panel: &FactorPanel| -> Vec<f32> {
            (0..WIDTH)
                .flat_map(|at| panel.lead.iter().map(move |row| row.0[at]))
                .collect()
        };
        let mut values = blocks::map(&factor.panels, by_column).concat();
        values.truncate(factor.rows() * factor.rank());
        Self {
            panels: &factor.panels,
            values,
            copies: factor.copies(),
            part_sums: narrow(&factor.part_sums()),
            brightness,
        }
    }

    /// The same where the factor is but a share of the rows that its part sums are of.
    pub(crate) fn with_part_sums(self, sums: &[f64]) -> Self {
        Self {
            part_sums: narrow(sums),
            ..self
        }
    }
}

fn narrow(sums: &[f64]) -> Vec<f32> {
    sums.iter().map(|&sum| sum as f32).collect()
}
