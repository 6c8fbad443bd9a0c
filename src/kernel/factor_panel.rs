//! One panel of a factor.

use super::layout::{Group, Row, WIDTH};

/// Up to [`WIDTH`] rows of a factor, (rank) columns.
pub(crate) struct FactorPanel {
    /// The factor proper, never negative: what is reported. Column by column.
    pub(crate) values: Vec<Row>,
    /// Where the next step starts and what the other half step sees; the values themselves where nothing is extrapolated.
    pub(crate) lead: Vec<Row>,
    /// How many columns of X each row stands for.
    pub(super) copies: Row,
    /// `lead` times `copies`, as the other half step reads it: group by group, row by row within a group.
    pub(super) packed: Vec<f32>,
}

impl FactorPanel {
    pub(super) fn new(rank: usize, copies: &[f32]) -> Self {
        let mut row = Row::ZERO;
        row.0[..copies.len()].copy_from_slice(copies);
        Self {
            values: vec![Row::ZERO; rank],
            lead: vec![Row::ZERO; rank],
            copies: row,
            packed: vec![0.0; rank * WIDTH],
        }
    }

    /// The packed values of a group of M parts.
    #[inline]
    pub(super) fn group<const M: usize>(&self, group: Group) -> &[[f32; M]; WIDTH] {
        let (packed, _) = self.packed[group.start * WIDTH..(group.start + M) * WIDTH].as_chunks();
        packed.first_chunk().unwrap_or(&[[0.0; M]; WIDTH])
    }

    /// A row times the panel's copies.
    pub(super) fn weighted(&self, row: &Row) -> [f64; WIDTH] {
        std::array::from_fn(|at| f64::from(row.0[at]) * f64::from(self.copies.0[at]))
    }
}
