//! One factor of the product, W or Hᵀ, cut into panels of rows, and what the other half step reads of it.

use ndarray::Array2;

use super::factor_panel::FactorPanel;
use super::gram::{GramSums, PackedGram};
use super::layout::{ALL, Row, WIDTH};
use super::products::{pack, product, transpose};
use super::sweeps::scale;
use crate::blocks;

/// The most panels of a task.
const PANELS_A_TASK: usize = 8;
/// A factor of (rows, rank) values.
pub(crate) struct Factor {
    pub(crate) panels: Vec<FactorPanel>,
    rows: usize,
    rank: usize,
}

impl Factor {
    /// The factor of (rows, rank) zeros whose row `i` stands for `copies[i]` equal columns of X.
    pub(crate) fn zeros(rank: usize, copies: &[f32]) -> Self {
        let panels = copies
            .chunks(WIDTH)
            .map(|copies| FactorPanel::new(rank, copies));
        Self {
            panels: panels.collect(),
            rows: copies.len(),
            rank,
        }
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

    /// Takes values and lead, (rows, rank) each, as [`Factor::values`] and [`Factor::lead`] gave them.
    pub(crate) fn restore(&mut self, values: &Array2<f32>, lead: &Array2<f32>) {
        self.fill(|row, part| lead[[row, part]]);
        for ((row, part), &value) in values.indexed_iter() {
            self.panels[row / WIDTH].values[part].0[row % WIDTH] = value;
        }
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
    pub(crate) fn pack_and_gram(&mut self) -> PackedGram {
        PackedGram::new(self.rank, &self.settle_panels())
    }

    /// The same, as the shares that the Gram matrix is the sum of.
    pub(crate) fn settle_panels(&mut self) -> Vec<GramSums> {
        let rank = self.rank;
        blocks::map_chunks_mut(&mut self.panels, PANELS_A_TASK, |_, panels| {
            let mut sums = GramSums::new(rank);
            for panel in panels {
                panel.pack_and_gram(&mut sums);
            }
            sums
        })
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn rank(&self) -> usize {
        self.rank
    }

    /// How many columns of X each row stands for.
    pub(crate) fn copies(&self) -> Vec<f32> {
        self.panels
            .iter()
            .flat_map(|panel| panel.copies.0)
            .take(self.rows)
            .collect()
    }

    /// The sum of the squares of each part's values, (rank), each row as often as it stands for others.
    /// As the shares of its panels, (panels) times (rank).
    pub(crate) fn squares(&self) -> Vec<Vec<f64>> {
        let square = |(&value, &copies): (&f32, &f32)| f64::from(copies) * f64::from(value).powi(2);
        let of_row = |row: &Row, copies: &Row| row.0.iter().zip(&copies.0).map(square).sum();
        self.panels
            .iter()
            .map(|panel| {
                panel
                    .values
                    .iter()
                    .map(|row| of_row(row, &panel.copies))
                    .collect()
            })
            .collect()
    }

    /// The sum of each part of the lead over all columns of X.
    pub(crate) fn part_sums(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.rank];
        for share in self.part_sum_shares() {
            sums.iter_mut()
                .zip(share)
                .for_each(|(sum, share)| *sum += share);
        }
        sums
    }

    /// The same as the shares of its panels, (panels) times (rank).
    pub(crate) fn part_sum_shares(&self) -> Vec<Vec<f64>> {
        let value = |(&value, &copies): (&f32, &f32)| f64::from(value) * f64::from(copies);
        let of_row = |row: &Row, copies: &Row| row.0.iter().zip(&copies.0).map(value).sum();
        self.panels
            .iter()
            .map(|panel| {
                panel
                    .lead
                    .iter()
                    .map(|row| of_row(row, &panel.copies))
                    .collect()
            })
            .collect()
    }

    /// Gives a part other values, from a function of the row.
    pub(crate) fn fill_part(&mut self, part: usize, value: impl Fn(usize) -> f32) {
        for (p, panel) in self.panels.iter_mut().enumerate() {
            for (at, cell) in panel.values[part]
                .0
                .iter_mut()
                .enumerate()
                .take(self.rows - p * WIDTH)
            {
                *cell = value(p * WIDTH + at);
            }
            panel.lead[part] = panel.values[part];
        }
    }

    /// The lead as one matrix, (rows, rank).
    pub(crate) fn extrapolated(&self) -> Array2<f32> {
        self.gather(|panel| &panel.lead)
    }

    /// The values as one matrix, (rows, rank).
    pub(crate) fn values(&self) -> Array2<f32> {
        self.gather(|panel| &panel.values)
    }

    /// A part of the lead, (rows).
    pub(crate) fn part(&self, index: usize) -> Vec<f32> {
        self.panels
            .iter()
            .flat_map(|panel| panel.lead[index].0)
            .take(self.rows)
            .collect()
    }

    /// The lead part by part, (rank) times (rows).
    pub(crate) fn parts(&self) -> Vec<Vec<f32>> {
        (0..self.rank).map(|l| self.part(l)).collect()
    }

    fn gather(&self, side: impl Fn(&FactorPanel) -> &[Row]) -> Array2<f32> {
        Array2::from_shape_fn((self.rows, self.rank), |(row, part)| {
            side(&self.panels[row / WIDTH])[part].0[row % WIDTH]
        })
    }
}

impl FactorPanel {
    /// Readies the lead for the other half step and adds its share of the Gram matrix to `sums`; to be called after
    /// each change of it.
    pub(crate) fn pack_and_gram(&mut self, sums: &mut GramSums) {
        pack(&self.lead, &self.copies, &mut self.packed);
        let mut transposed = [Row::ZERO; WIDTH];
        for (strip, sums) in self
            .lead
            .chunks(WIDTH)
            .zip(sums.strips_mut(self.lead.len()))
        {
            transpose(strip, &mut transposed);
            product(&transposed, &ALL, self, sums);
        }
    }
}
