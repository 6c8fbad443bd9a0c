//! One factor of the product, W or Hᵀ, cut into panels of rows, with what the other half step needs of it.

use ndarray::Array2;

use super::arithmetic::dense_product;
use super::{Group, Row, WIDTH, groups};

/// Up to [`WIDTH`] rows of a factor, (rank) columns.
pub(crate) struct FactorPanel {
    /// The factor proper, never negative: what is reported. Column by column.
    pub(crate) values: Vec<Row>,
    /// Where the next step starts and what the other half step sees; the values themselves where nothing is extrapolated.
    pub(crate) lead: Vec<Row>,
    /// How many columns of X each row stands for.
    copies: Row,
    /// `lead` times `copies`, group by group, row by row within a group.
    packed: Vec<f32>,
}

impl FactorPanel {
    fn new(rank: usize, copies: Row) -> Self {
        Self { values: vec![Row::ZERO; rank], lead: vec![Row::ZERO; rank], copies, packed: vec![0.0; rank * WIDTH] }
    }

    /// The packed values of a group: (WIDTH, group.len).
    #[inline]
    pub(super) fn packed_group(&self, group: Group) -> &[f32] {
        &self.packed[group.start * WIDTH..(group.start + group.len) * WIDTH]
    }

    /// Takes the lead back to the factor itself.
    pub(crate) fn fall_back(&mut self) {
        self.lead.copy_from_slice(&self.values);
        self.pack();
    }

    /// Packs the lead for the other half step; to be called after each change of it.
    pub(crate) fn pack(&mut self) {
        for group in groups(self.lead.len()) {
            let packed = &mut self.packed[group.start * WIDTH..(group.start + group.len) * WIDTH];
            for (m, row) in self.lead[group.start..group.start + group.len].iter().enumerate() {
                for (at, (value, copies)) in row.0.iter().zip(&self.copies.0).enumerate() {
                    packed[at * group.len + m] = value * copies;
                }
            }
        }
    }

    /// Adds the panel's share of the Gram matrix of the lead to `sums`: strips of [`WIDTH`] parts, (rank) rows each.
    pub(crate) fn add_gram(&self, sums: &mut [Row]) {
        let rank = self.lead.len();
        for (strip, sums) in self.lead.chunks(WIDTH).zip(sums.chunks_mut(rank)) {
            let mut transposed = [Row::ZERO; WIDTH];
            for (part, row) in strip.iter().enumerate() {
                for (at, value) in row.0.iter().enumerate() {
                    transposed[at].0[part] = *value;
                }
            }
            dense_product(&transposed, std::slice::from_ref(self), sums);
        }
    }
}

/// A factor of (rows, rank) values.
pub(crate) struct Factor {
    pub(crate) panels: Vec<FactorPanel>,
    rows: usize,
    rank: usize,
}

impl Factor {
    /// The factor of (rows, rank) zeros whose row `i` stands for `copies[i]` equal columns of X.
    pub(crate) fn zeros(rank: usize, copies: &[f32]) -> Self {
        let panels = copies.chunks(WIDTH).map(|copies| {
            let mut row = Row::ZERO;
            row.0[..copies.len()].copy_from_slice(copies);
            FactorPanel::new(rank, row)
        });
        Self { panels: panels.collect(), rows: copies.len(), rank }
    }

    /// Sets every value, from a function of row and part, and packs them.
    pub(crate) fn fill(&mut self, value: impl Fn(usize, usize) -> f32) {
        for (p, panel) in self.panels.iter_mut().enumerate() {
            for (part, row) in panel.values.iter_mut().enumerate() {
                for (at, cell) in row.0.iter_mut().enumerate().take(self.rows - p * WIDTH) {
                    *cell = value(p * WIDTH + at, part);
                }
            }
            panel.fall_back();
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn rank(&self) -> usize {
        self.rank
    }

    /// How many rows the sums of [`FactorPanel::add_gram`] take.
    pub(crate) fn gram_rows(&self) -> usize {
        self.rank.div_ceil(WIDTH) * self.rank
    }

    /// How many columns of X each row stands for.
    pub(crate) fn copies(&self) -> Vec<f32> {
        let copies = self.panels.iter().flat_map(|panel| panel.copies.0);
        copies.take(self.rows).collect()
    }

    /// The lead as one matrix, (rows, rank).
    pub(crate) fn lead(&self) -> Array2<f32> {
        self.gather(|panel| &panel.lead)
    }

    /// The values as one matrix, (rows, rank).
    pub(crate) fn values(&self) -> Array2<f32> {
        self.gather(|panel| &panel.values)
    }

    fn gather(&self, side: impl Fn(&FactorPanel) -> &[Row]) -> Array2<f32> {
        Array2::from_shape_fn((self.rows, self.rank), |(row, part)| {
            side(&self.panels[row / WIDTH])[part].0[row % WIDTH]
        })
    }
}

/// The Gram matrix of a factor, packed for the sweeps over the other one.
pub(crate) struct PackedGram {
    rank: usize,
    /// Group by group: (rank, group.len).
    packed: Vec<f32>,
    /// One over the diagonal; 0 for a part that is zero everywhere, which no sweep then moves.
    pub(crate) inverse: Vec<f32>,
}

impl PackedGram {
    /// From sums as [`FactorPanel::add_gram`] leaves them, in f64.
    pub(crate) fn new(rank: usize, sums: &[f64]) -> Self {
        let at = |a: usize, b: usize| sums[((b / WIDTH) * rank + a) * WIDTH + b % WIDTH];
        let largest = (0..rank).map(|l| at(l, l)).fold(0.0, f64::max);
        let inverse = (0..rank).map(|l| if at(l, l) > largest * 1e-12 { (1.0 / at(l, l)) as f32 } else { 0.0 });
        let mut packed = Vec::with_capacity(rank * rank);
        for group in groups(rank) {
            for j in 0..rank {
                packed.extend((group.start..group.start + group.len).map(|l| at(l.min(j), l.max(j)) as f32));
            }
        }
        Self { rank, packed, inverse: inverse.collect() }
    }

    /// The columns of a group: (rank, group.len).
    #[inline]
    pub(super) fn group(&self, group: Group) -> &[f32] {
        &self.packed[group.start * self.rank..(group.start + group.len) * self.rank]
    }
}
