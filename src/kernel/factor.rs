//! One factor of the product, W or Hᵀ, cut into panels of rows, and what the other half step reads of it.

use ndarray::Array2;

use super::arithmetic::{dense_product, scale};
use super::{CHUNK, Group, Row, WIDTH, groups};
use crate::blocks;

/// Panels of a chunk.
const PANELS: usize = CHUNK / WIDTH;
/// The most chunks of a task.
const CHUNKS_A_TASK: usize = 8;

/// A part whose square is below this share of the largest part's is taken for 0 everywhere.
const DEAD: f64 = 1e-20;

/// Up to [`WIDTH`] rows of a factor, (rank) columns.
pub(crate) struct FactorPanel {
    /// The factor proper, never negative: what is reported. Column by column.
    pub(crate) values: Vec<Row>,
    /// Where the next step starts and what the other half step sees; the values themselves where nothing is extrapolated.
    pub(crate) lead: Vec<Row>,
}

/// A factor of (rows, rank) values.
pub(crate) struct Factor {
    pub(crate) panels: Vec<FactorPanel>,
    /// The lead, [`CHUNK`] rows at a time, as the other half step reads it.
    packed: Vec<PackedChunk>,
    /// How many columns of X each row stands for.
    copies: Vec<f32>,
    rank: usize,
}

/// Up to [`CHUNK`] rows of a factor, times how often each counts; group by group, row by row within a group.
pub(crate) struct PackedChunk(Vec<f32>);

impl PackedChunk {
    /// The values of a group: (CHUNK, group.len).
    #[inline]
    pub(super) fn group(&self, group: Group) -> &[f32] {
        &self.0[group.start * CHUNK..(group.start + group.len) * CHUNK]
    }

    fn pack(&mut self, panels: &[FactorPanel], copies: &[f32]) {
        let rank = self.0.len() / CHUNK;
        for group in groups(rank) {
            let packed = &mut self.0[group.start * CHUNK..(group.start + group.len) * CHUNK];
            for ((panel, copies), packed) in
                panels.iter().zip(copies.chunks(WIDTH)).zip(packed.chunks_exact_mut(WIDTH * group.len))
            {
                for (m, row) in panel.lead[group.start..group.start + group.len].iter().enumerate() {
                    for (at, (value, copies)) in row.0.iter().zip(copies).enumerate() {
                        packed[at * group.len + m] = value * copies;
                    }
                }
            }
        }
    }

    /// Adds this chunk's share of the Gram matrix to `sums`: strips of [`WIDTH`] parts, (rank) rows each.
    fn add_gram(&self, panels: &[FactorPanel], sums: &mut [Row]) {
        let rank = self.0.len() / CHUNK;
        let mut strip = [Row::ZERO; CHUNK];
        for (index, sums) in sums.chunks_mut(rank).enumerate() {
            for (panel, strip) in panels.iter().zip(strip.chunks_mut(WIDTH)) {
                for (part, row) in panel.lead[index * WIDTH..].iter().take(WIDTH).enumerate() {
                    for (at, value) in row.0.iter().enumerate() {
                        strip[at].0[part] = *value;
                    }
                }
            }
            dense_product(&strip[..panels.len() * WIDTH], self, sums);
        }
    }
}

impl Factor {
    /// The factor of (rows, rank) zeros whose row `i` stands for `copies[i]` equal columns of X.
    pub(crate) fn zeros(rank: usize, copies: Vec<f32>) -> Self {
        let count = copies.len().div_ceil(WIDTH);
        let panel = |_| FactorPanel { values: vec![Row::ZERO; rank], lead: vec![Row::ZERO; rank] };
        let chunk = |_| PackedChunk(vec![0.0; rank * CHUNK]);
        Self {
            panels: (0..count).map(panel).collect(),
            packed: (0..count.div_ceil(PANELS)).map(chunk).collect(),
            copies,
            rank,
        }
    }

    /// Sets every value, from a function of row and part.
    pub(crate) fn fill(&mut self, value: impl Fn(usize, usize) -> f32) {
        let rows = self.rows();
        for (p, panel) in self.panels.iter_mut().enumerate() {
            for (part, row) in panel.values.iter_mut().enumerate() {
                for (at, cell) in row.0.iter_mut().enumerate().take(rows - p * WIDTH) {
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
        blocks::map_chunks_mut(&mut self.panels, CHUNKS_A_TASK, |_, panels| {
            for panel in panels {
                scale(&mut panel.values, scales);
                scale(&mut panel.lead, scales);
            }
        });
    }

    /// Readies the lead for the other half step, and gives its Gram matrix; to be called after each change of it.
    pub(crate) fn settle(&mut self) -> PackedGram {
        let Self { panels, packed, copies, rank } = self;
        let strips = rank.div_ceil(WIDTH) * *rank;
        // From the sizes of the data alone, so that the sums are cut the same way on every machine.
        let size = (packed.len() / 16).clamp(1, CHUNKS_A_TASK);
        let shares = blocks::map_chunks_mut(packed, size, |first, chunks| {
            let mut sums = vec![Row::ZERO; strips];
            for (index, chunk) in (first..).zip(chunks) {
                let panels = &panels[index * PANELS..panels.len().min((index + 1) * PANELS)];
                chunk.pack(panels, &copies[index * CHUNK..]);
                chunk.add_gram(panels, &mut sums);
            }
            sums
        });
        let mut sums = vec![0.0; strips * WIDTH];
        for share in &shares {
            for (sum, value) in sums.iter_mut().zip(share.iter().flat_map(|row| &row.0)) {
                *sum += f64::from(*value);
            }
        }
        PackedGram::new(*rank, &sums)
    }

    /// The packed lead.
    pub(crate) fn packed(&self) -> &[PackedChunk] {
        &self.packed
    }

    pub(crate) fn rows(&self) -> usize {
        self.copies.len()
    }

    pub(crate) fn rank(&self) -> usize {
        self.rank
    }

    /// How many columns of X each row stands for.
    pub(crate) fn copies(&self) -> &[f32] {
        &self.copies
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
        Array2::from_shape_fn((self.rows(), self.rank), |(row, part)| {
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
    /// From strips of [`WIDTH`] parts, (rank, WIDTH) each.
    fn new(rank: usize, strips: &[f64]) -> Self {
        let at = |a: usize, b: usize| strips[((b / WIDTH) * rank + a) * WIDTH + b % WIDTH];
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
