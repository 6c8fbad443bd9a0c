//! One factor of the product, W or Hᵀ, in panels of rows.

use ndarray::Array2;

use super::factor_panel::{FactorPanel, PackedPanel};
use super::gram::{GramSums, PackedGram};
use super::integer_panel::IntegerPanel;
use super::layout::{Lanes, WIDTH};
use super::products::{gram_product, pack, transpose};
use super::sweeps::scale;
use crate::blocks;

/// Panels per task that sums a Gram matrix.
pub(super) const PANELS_PER_TASK: usize = 8;

/// The most columns of X that a row represents in a panel of integers.
const MOST_COPIES: f32 = 2.0;

/// A factor of (rows, rank) values.
pub(crate) struct Factor {
    pub(crate) panels: Vec<FactorPanel>,
    rows: usize,
    rank: usize,
    fixed_parts: usize,
}

impl Factor {
    /// Returns (rows, rank) zeros whose row `i` represents `copies[i]` equal columns of X.
    pub(crate) fn zeros(rank: usize, copies: &[f32]) -> Self {
        let chunks: Vec<&[f32]> = copies.chunks(WIDTH).collect();
        Self {
            panels: blocks::map(&chunks, |_, copies| FactorPanel::new(rank, copies)),
            rows: copies.len(),
            rank,
            fixed_parts: 0,
        }
    }

    /// Returns the factor with its first `count` parts fixed: no update changes them.
    pub(crate) fn with_fixed_parts(self, count: usize) -> Self {
        Self {
            fixed_parts: count,
            ..self
        }
    }

    /// Sets every value to `value(row, part)`, without extrapolation.
    pub(crate) fn fill(&mut self, value: impl Fn(usize, usize) -> f32) {
        for (p, panel) in self.panels.iter_mut().enumerate() {
            let rows = self.rows - p * WIDTH;
            for (part, lanes) in panel.values.iter_mut().enumerate() {
                for (row, cell) in lanes.0.iter_mut().enumerate().take(rows) {
                    *cell = value(p * WIDTH + row, part);
                }
            }
        }
        self.reset_extrapolation();
    }

    /// Replaces every value by `new(value)`, where 0 stays 0, without extrapolation.
    pub(crate) fn map(&mut self, new: impl Fn(f32) -> f32) {
        for panel in &mut self.panels {
            for lanes in &mut panel.values {
                lanes.0 = lanes.0.map(&new);
            }
        }
        self.reset_extrapolation();
    }

    /// Sets one part to `value(row)`, without extrapolation.
    pub(crate) fn fill_part(&mut self, part: usize, value: impl Fn(usize) -> f32) {
        for (p, panel) in self.panels.iter_mut().enumerate() {
            let rows = self.rows - p * WIDTH;
            for (row, cell) in panel.values[part].0.iter_mut().enumerate().take(rows) {
                *cell = value(p * WIDTH + row);
            }
            panel.lead[part] = panel.values[part];
        }
    }

    /// Restores what [`Factor::values`] and [`Factor::extrapolated`] returned, (rows, rank) each.
    pub(crate) fn restore(&mut self, values: &Array2<f32>, extrapolated: &Array2<f32>) {
        self.fill(|row, part| extrapolated[[row, part]]);
        for ((row, part), &value) in values.indexed_iter() {
            self.panels[row / WIDTH].values[part].0[row % WIDTH] = value;
        }
    }

    /// Sets the extrapolated factor to the values.
    pub(crate) fn reset_extrapolation(&mut self) {
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

    /// Packs the extrapolated factor for products with known bytes, now and whenever it is packed:
    /// they take less time as integers, and are off by some millionths. Panels with a row that
    /// represents many columns of X, whose rounding would count as often, stay floats.
    pub(crate) fn use_integers(&mut self) {
        let rank = self.rank;
        self.pack_panels(|panel| {
            let mut copies = panel.copies.0.iter();
            if copies.all(|&copies| copies <= MOST_COPIES) {
                let mut integers = IntegerPanel::new(rank);
                integers.cut(&panel.lead, &panel.copies);
                panel.packed = PackedPanel::Integers(integers);
            }
        });
    }

    /// Packs the extrapolated factor for all other products, now and whenever it is packed.
    pub(crate) fn use_floats(&mut self) {
        let rank = self.rank;
        self.pack_panels(|panel| {
            if let PackedPanel::Integers(_) = panel.packed {
                let mut floats = vec![0.0; rank * WIDTH];
                pack(&panel.lead, &panel.copies, &mut floats);
                panel.packed = PackedPanel::Floats(floats);
            }
        });
    }

    fn pack_panels(&mut self, pack: impl Fn(&mut FactorPanel) + Sync) {
        blocks::map_chunks_mut(&mut self.panels, PANELS_PER_TASK, |_, panels| {
            panels.iter_mut().for_each(&pack);
        });
    }

    /// Packs the extrapolated factor for the other half step, and returns its Gram matrix.
    pub(crate) fn pack_and_gram(&mut self) -> PackedGram {
        PackedGram::new(self.rank, &self.pack_and_partial_grams())
    }

    /// Packs the extrapolated factor for the other half step, and returns the partial sums of its Gram
    /// matrix, one per task.
    pub(crate) fn pack_and_partial_grams(&mut self) -> Vec<GramSums> {
        let rank = self.rank;
        blocks::map_chunks_mut(&mut self.panels, PANELS_PER_TASK, |_, panels| {
            let mut sums = GramSums::new(rank);
            for panel in panels {
                panel.pack_and_gram(&mut sums);
            }
            sums
        })
    }

    /// Returns the number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Returns the number of parts.
    pub(crate) fn rank(&self) -> usize {
        self.rank
    }

    /// Sets how many columns of X each row represents, or how much it counts, to `copies(row)`; the
    /// factor must be packed afterwards, as floats if these are fractions or large.
    pub(crate) fn set_copies(&mut self, copies: impl Fn(usize) -> f32) {
        for (p, panel) in self.panels.iter_mut().enumerate() {
            let rows = self.rows - p * WIDTH;
            for (row, cell) in panel.copies.0.iter_mut().enumerate().take(rows) {
                *cell = copies(p * WIDTH + row);
            }
        }
    }

    /// Returns the number of fixed parts, which are the first.
    pub(crate) fn fixed_parts(&self) -> usize {
        self.fixed_parts
    }

    /// Returns the number of columns of X that each row represents, (rows).
    pub(crate) fn copies(&self) -> Vec<f32> {
        self.panels
            .iter()
            .flat_map(|panel| panel.copies.0)
            .take(self.rows)
            .collect()
    }

    /// Returns the sum of squares of each part's values over all columns of X, as partial sums:
    /// (panels) times (rank).
    pub(crate) fn partial_squares(&self) -> Vec<Vec<f64>> {
        let mut squares = Vec::with_capacity(self.panels.len());
        for panel in &self.panels {
            let values = panel.values.iter();
            squares.push(
                values
                    .map(|lanes| weighted_squares(lanes, &panel.copies))
                    .collect(),
            );
        }
        squares
    }

    /// Returns the sum of each extrapolated part over all columns of X, (rank).
    pub(crate) fn part_sums(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.rank];
        for partial in self.partial_part_sums() {
            for (sum, value) in sums.iter_mut().zip(partial) {
                *sum += value;
            }
        }
        sums
    }

    /// Returns the partial sums of [`Factor::part_sums`]: (panels) times (rank).
    pub(crate) fn partial_part_sums(&self) -> Vec<Vec<f64>> {
        let mut sums = Vec::with_capacity(self.panels.len());
        for panel in &self.panels {
            let lead = panel.lead.iter();
            sums.push(
                lead.map(|lanes| weighted_sum(lanes, &panel.copies))
                    .collect(),
            );
        }
        sums
    }

    /// Returns the extrapolated values, (rows, rank).
    pub(crate) fn extrapolated(&self) -> Array2<f32> {
        Array2::from_shape_fn((self.rows, self.rank), |(row, part)| {
            self.panels[row / WIDTH].lead[part].0[row % WIDTH]
        })
    }

    /// Returns the values of one row, (rank).
    pub(crate) fn row(&self, index: usize) -> impl Iterator<Item = f32> {
        let panel = &self.panels[index / WIDTH];
        panel.values.iter().map(move |lanes| lanes.0[index % WIDTH])
    }

    /// Returns the values, (rows, rank).
    pub(crate) fn values(&self) -> Array2<f32> {
        Array2::from_shape_fn((self.rows, self.rank), |(row, part)| {
            self.panels[row / WIDTH].values[part].0[row % WIDTH]
        })
    }

    /// Returns one extrapolated part, (rows).
    pub(crate) fn part(&self, index: usize) -> Vec<f32> {
        self.panels
            .iter()
            .flat_map(|panel| panel.lead[index].0)
            .take(self.rows)
            .collect()
    }

    /// Returns the extrapolated parts, (rank) times (rows).
    pub(crate) fn parts(&self) -> Vec<Vec<f32>> {
        (0..self.rank).map(|part| self.part(part)).collect()
    }
}

/// Returns the sum of `copies value²`.
fn weighted_squares(values: &Lanes, copies: &Lanes) -> f64 {
    values
        .0
        .iter()
        .zip(&copies.0)
        .map(|(&value, &copies)| f64::from(copies) * f64::from(value).powi(2))
        .sum()
}

/// Returns the sum of `value copies`.
fn weighted_sum(values: &Lanes, copies: &Lanes) -> f64 {
    values
        .0
        .iter()
        .zip(&copies.0)
        .map(|(&value, &copies)| f64::from(value) * f64::from(copies))
        .sum()
}

impl FactorPanel {
    /// Packs the extrapolated values for the other half step and adds the panel's part of the Gram
    /// matrix to `sums`; needed after each change of `lead`.
    pub(crate) fn pack_and_gram(&mut self, sums: &mut GramSums) {
        let mut beside = Vec::new();
        let floats = match &mut self.packed {
            PackedPanel::Floats(floats) => floats,
            PackedPanel::Integers(integers) => {
                integers.cut(&self.lead, &self.copies);
                beside.resize(self.lead.len() * WIDTH, 0.0);
                &mut beside
            }
        };
        pack(&self.lead, &self.copies, floats);
        let mut transposed = [Lanes::ZERO; WIDTH];
        let strips = self.lead.chunks(WIDTH);
        let firsts = (0..).step_by(WIDTH);
        for ((strip, first), sums) in strips.zip(firsts).zip(sums.strips_mut(self.lead.len())) {
            transpose(strip, &mut transposed);
            gram_product(&transposed, first, floats, sums);
        }
    }
}
