//! One factor of the product, W or Hᵀ, cut into panels of rows, and what the other half step reads of it.

use ndarray::{Array2, aview1};

use super::panel::ALL;
use super::products::{pack, product, transpose};
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

    /// Readies the lead for the other half step and adds its share of the Gram matrix to `sums`; to be called after
    /// each change of it.
    pub(crate) fn pack_and_gram(&mut self, sums: &mut GramSums) {
        pack(&self.lead, &self.copies, &mut self.packed);
        let mut transposed = [Row::ZERO; WIDTH];
        for (strip, sums) in self
            .lead
            .chunks(WIDTH)
            .zip(sums.0.chunks_mut(self.lead.len()))
        {
            transpose(strip, &mut transposed);
            product(&transposed, &ALL, self, sums);
        }
    }
}

/// Sums of a Gram matrix: strips of [`WIDTH`] parts, (rank) rows each.
pub(crate) struct GramSums(Vec<Row>);

impl GramSums {
    pub(crate) fn new(rank: usize) -> Self {
        Self(vec![Row::ZERO; Self::len(rank) / WIDTH])
    }

    /// How many sums there are.
    pub(crate) fn len(rank: usize) -> usize {
        rank.div_ceil(WIDTH) * rank * WIDTH
    }

    /// Adds the sums from `first` on, a whole number of rows, to as many totals as there are.
    pub(crate) fn add_to(&self, first: usize, totals: &mut [f64]) {
        for (totals, row) in totals.chunks_mut(WIDTH).zip(&self.0[first / WIDTH..]) {
            for (total, value) in totals.iter_mut().zip(&row.0) {
                *total += f64::from(*value);
            }
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
        let mut totals = vec![0.0; GramSums::len(rank)];
        for share in shares {
            share.add_to(0, &mut totals);
        }
        Self::of_totals(rank, &totals)
    }

    /// Of the sums of all shares, [`GramSums::len`] of them.
    pub(crate) fn of_totals(rank: usize, totals: &[f64]) -> Self {
        let at = |a: usize, b: usize| totals[((b / WIDTH) * rank + a) * WIDTH + b % WIDTH];
        Self::of(&Array2::from_shape_fn((rank, rank), |(a, b)| {
            at(a.min(b), a.max(b))
        }))
    }

    /// Of a matrix (rank, rank) that is there already.
    pub(crate) fn of(gram: &Array2<f64>) -> Self {
        let (rank, at) = (gram.nrows(), |a, b| gram[[a, b]]);
        let largest = (0..rank).map(|l| at(l, l)).fold(0.0, f64::max);
        let diagonal: Vec<f64> = (0..rank)
            .map(|l| {
                if at(l, l) > largest * DEAD {
                    at(l, l)
                } else {
                    0.0
                }
            })
            .collect();
        Self::pack(&diagonal, at)
    }

    /// From the diagonal and all of G.
    fn pack(diagonal: &[f64], at: impl Fn(usize, usize) -> f64) -> Self {
        let rank = diagonal.len();
        let inverse: Vec<f64> = diagonal
            .iter()
            .map(|&d| if d > 0.0 { 1.0 / d } else { 0.0 })
            .collect();
        let mut packed = Vec::with_capacity(rank * rank);
        for group in groups(rank) {
            for j in 0..rank {
                packed.extend(
                    (group.start..group.start + group.len).map(|l| (-at(j, l) * inverse[l]) as f32),
                );
            }
        }
        let narrow = |values: &[f64]| values.iter().map(|&v| v as f32).collect();
        Self {
            rank,
            packed,
            diagonal: narrow(diagonal),
            inverse: narrow(&inverse),
        }
    }

    /// G with `added`, (rank, rank), on top.
    pub(crate) fn plus(&self, added: &Array2<f64>) -> Self {
        let sum = self.matrix() + added;
        Self::pack(&sum.diag().to_vec(), |j, l| sum[[j, l]])
    }

    /// G itself, (rank, rank).
    pub(crate) fn matrix(&self) -> Array2<f64> {
        let mut matrix = Array2::zeros((self.rank, self.rank));
        for group in groups(self.rank) {
            for (at, &value) in self.group(group).iter().enumerate() {
                let (j, l) = (at / group.len, group.start + at % group.len);
                matrix[[j, l]] = -f64::from(value) * f64::from(self.diagonal[l]);
            }
        }
        matrix
    }

    /// All that it holds, (rank + 2, rank): `−G_jl / G_ll`, the diagonal, and its inverse.
    pub(crate) fn to_rows(&self) -> Array2<f32> {
        let mut rows = Array2::zeros((self.rank + 2, self.rank));
        for group in groups(self.rank) {
            for (at, &value) in self.group(group).iter().enumerate() {
                rows[[at / group.len, group.start + at % group.len]] = value;
            }
        }
        rows.row_mut(self.rank).assign(&aview1(&self.diagonal));
        rows.row_mut(self.rank + 1).assign(&aview1(&self.inverse));
        rows
    }

    /// What [`PackedGram::to_rows`] was made of, bit by bit.
    pub(crate) fn from_rows(rows: &Array2<f32>) -> Self {
        let rank = rows.ncols();
        let of_group = |group: Group| {
            (0..rank).flat_map(move |j| {
                (group.start..group.start + group.len).map(move |l| rows[[j, l]])
            })
        };
        let packed = groups(rank).flat_map(of_group).collect();
        Self {
            rank,
            packed,
            diagonal: rows.row(rank).to_vec(),
            inverse: rows.row(rank + 1).to_vec(),
        }
    }

    /// The columns of a group: (rank, group.len).
    #[inline]
    pub(super) fn group(&self, group: Group) -> &[f32] {
        &self.packed[group.start * self.rank..(group.start + group.len) * self.rank]
    }
}
