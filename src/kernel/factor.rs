//! One factor of the product, W or Hᵀ, cut into panels of rows, and what the other half step reads of it.

use ndarray::Array2;

use super::products::{dense_product, pack, transpose};
use super::sweeps::scale;
use super::{Group, Row, WIDTH, groups};
use crate::blocks;

/// The most panels of a task.
const PANELS_A_TASK: usize = 8;
/// A part whose square is below this share of the largest part's is taken for 0 everywhere.
const DEAD: f64 = 1e-30;

/// Up to [`WIDTH`] rows of a factor, (rank) columns.
pub(crate) struct FactorPanel {
    /// The factor proper, never negative: what is reported. Column by column.
    pub(crate) values: Vec<Row>,
    /// Where the next step starts and what the other half step sees; the values themselves where nothing is extrapolated.
    pub(crate) lead: Vec<Row>,
    /// How many columns of X each row stands for.
    copies: Row,
    /// `lead` times `copies`, as the other half step reads it: group by group, row by row within a group.
    packed: Vec<f32>,
}

impl FactorPanel {
    fn new(rank: usize, copies: &[f32]) -> Self {
        let mut row = Row::ZERO;
        row.0[..copies.len()].copy_from_slice(copies);
        Self {
            values: vec![Row::ZERO; rank],
            lead: vec![Row::ZERO; rank],
            copies: row,
            packed: vec![0.0; rank * WIDTH],
        }
    }

    /// The packed values of a group: (WIDTH, group.len).
    #[inline]
    pub(super) fn group(&self, group: Group) -> &[f32] {
        &self.packed[group.start * WIDTH..(group.start + group.len) * WIDTH]
    }

    /// Readies the lead for the other half step and adds its share of the Gram matrix to `sums`; to be called after
    /// each change of it.
    pub(crate) fn settle(&mut self, sums: &mut GramSums) {
        pack(&self.lead, &self.copies, &mut self.packed);
        let mut transposed = [Row::ZERO; WIDTH];
        for (strip, sums) in self.lead.chunks(WIDTH).zip(sums.0.chunks_mut(self.lead.len())) {
            transpose(strip, &mut transposed);
            dense_product(&transposed, self, sums);
        }
    }
}

/// Sums of a Gram matrix: strips of [`WIDTH`] parts, (rank) rows each.
pub(crate) struct GramSums(Vec<Row>);

impl GramSums {
    pub(crate) fn new(rank: usize) -> Self {
        Self(vec![Row::ZERO; rank.div_ceil(WIDTH) * rank])
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
        let panels = copies.chunks(WIDTH).map(|copies| FactorPanel::new(rank, copies));
        Self { panels: panels.collect(), rows: copies.len(), rank }
    }

    /// Sets every value, from a function of row and part.
    pub(crate) fn fill(&mut self, value: impl Fn(usize, usize) -> f32) {
        for (p, panel) in self.panels.iter_mut().enumerate() {
            for (part, row) in panel.values.iter_mut().enumerate() {
                for (at, cell) in row.0.iter_mut().enumerate().take(self.rows - p * WIDTH) {
                    *cell = value(p * WIDTH + at, part);
                }
            }
        }
        self.fall_back();
    }

    /// Takes the lead back to the values.
    pub(crate) fn fall_back(&mut self) {
        for panel in &mut self.panels {
            panel.lead.copy_from_slice(&panel.values);
        }
    }

    /// Multiplies part `l` by `scales[l]`.
    pub(crate) fn scale(&mut self, scales: &[f32]) {
        for panel in &mut self.panels {
            scale(&mut panel.values, scales);
            scale(&mut panel.lead, scales);
        }
    }

    /// Readies the whole lead for the other half step, and gives its Gram matrix.
    pub(crate) fn settle(&mut self) -> PackedGram {
        let rank = self.rank;
        let shares = blocks::map_chunks_mut(&mut self.panels, PANELS_A_TASK, |_, panels| {
            let mut sums = GramSums::new(rank);
            for panel in panels {
                panel.settle(&mut sums);
            }
            sums
        });
        PackedGram::new(rank, &shares)
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn rank(&self) -> usize {
        self.rank
    }

    /// How many columns of X each row stands for.
    pub(crate) fn copies(&self) -> Vec<f32> {
        self.panels.iter().flat_map(|panel| panel.copies.0).take(self.rows).collect()
    }

    /// The sum of each part of the lead over all columns of X.
    pub(crate) fn part_sums(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.rank];
        for panel in &self.panels {
            for (sum, row) in sums.iter_mut().zip(&panel.lead) {
                let values = row.0.iter().zip(&panel.copies.0);
                *sum += values.map(|(&value, &copies)| f64::from(value) * f64::from(copies)).sum::<f64>();
            }
        }
        sums
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

/// The Gram matrix G of a factor, made ready for sweeps over the other one.
pub(crate) struct PackedGram {
    rank: usize,
    /// `−G_jl / G_ll`, group by group of l: (rank, group.len).
    packed: Vec<f32>,
    /// `G_ll`; 0 for a part that is zero everywhere.
    pub(crate) diagonal: Vec<f32>,
    /// `1 / G_ll`; 0 for a part that is zero everywhere, which no sweep then moves.
    pub(crate) inverse: Vec<f32>,
}

impl PackedGram {
    /// Adds shares in their order, in f64.
    pub(crate) fn new(rank: usize, shares: &[GramSums]) -> Self {
        let mut strips = vec![[0.0; WIDTH]; rank.div_ceil(WIDTH) * rank];
        for share in shares {
            for (sums, row) in strips.iter_mut().zip(&share.0) {
                for (sum, value) in sums.iter_mut().zip(&row.0) {
                    *sum += f64::from(*value);
                }
            }
        }
        let at = |a: usize, b: usize| strips[(b / WIDTH) * rank + a][b % WIDTH];
        let largest = (0..rank).map(|l| at(l, l)).fold(0.0, f64::max);
        let diagonal: Vec<f64> = (0..rank).map(|l| if at(l, l) > largest * DEAD { at(l, l) } else { 0.0 }).collect();
        let inverse: Vec<f64> = diagonal.iter().map(|&d| if d > 0.0 { 1.0 / d } else { 0.0 }).collect();
        let mut packed = Vec::with_capacity(rank * rank);
        for group in groups(rank) {
            for j in 0..rank {
                let scaled = |l: usize| (-at(l.min(j), l.max(j)) * inverse[l]) as f32;
                packed.extend((group.start..group.start + group.len).map(scaled));
            }
        }
        let narrow = |values: Vec<f64>| values.into_iter().map(|v| v as f32).collect();
        Self { rank, packed, diagonal: narrow(diagonal), inverse: narrow(inverse) }
    }

    /// The columns of a group: (rank, group.len).
    #[inline]
    pub(super) fn group(&self, group: Group) -> &[f32] {
        &self.packed[group.start * self.rank..(group.start + group.len) * self.rank]
    }
}
