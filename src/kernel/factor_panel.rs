//! One panel of a factor.

use super::integer_panel::IntegerPanel;
use super::layout::{Lanes, WIDTH};

/// Up to [`WIDTH`] rows of a factor; one entry of each list per part.
pub(crate) struct FactorPanel {
    /// The non-negative factor that is reported.
    pub(crate) values: Vec<Lanes>,
    /// The extrapolated factor, where the next step starts and which the other half step reads;
    /// equal to `values` without extrapolation.
    pub(crate) lead: Vec<Lanes>,
    /// The number of columns of X that each row represents, or how much it counts; 0 in lanes without
    /// a row.
    pub(super) copies: Lanes,
    /// `lead` times `copies`, packed for products.
    pub(super) packed: PackedPanel,
}

/// A panel as products need it.
pub(super) enum PackedPanel {
    /// Group by group, row by row within a group.
    Floats(Vec<f32>),
    /// For products with bytes.
    Integers(IntegerPanel),
}

impl FactorPanel {
    /// Returns a panel of zeros, one row for each of `copies`.
    pub(super) fn new(rank: usize, copies: &[f32]) -> Self {
        let mut lanes = Lanes::ZERO;
        lanes.0[..copies.len()].copy_from_slice(copies);
        Self {
            values: vec![Lanes::ZERO; rank],
            lead: vec![Lanes::ZERO; rank],
            copies: lanes,
            packed: PackedPanel::Floats(vec![0.0; rank * WIDTH]),
        }
    }

    /// Returns the packed values.
    ///
    /// # Panics
    /// If they are integers: only products with known bytes are made with these.
    pub(super) fn floats(&self) -> &[f32] {
        match &self.packed {
            PackedPanel::Floats(packed) => packed,
            PackedPanel::Integers(_) => {
                panic!("a factor of integers is multiplied with bytes alone")
            }
        }
    }

    /// Returns `lanes` times the panel's copies.
    pub(super) fn weighted(&self, lanes: &Lanes) -> [f64; WIDTH] {
        std::array::from_fn(|row| f64::from(lanes.0[row]) * f64::from(self.copies.0[row]))
    }
}
