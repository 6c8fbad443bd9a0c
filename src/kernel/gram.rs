//! The Gram matrix of a factor: its sums, and its packed form for sweeps.

use ndarray::{Array2, aview1, s};

use super::layout::{Group, Lanes, WIDTH, groups};

/// A part whose square is below this fraction of the largest part's is treated as 0 everywhere.
const DEAD: f64 = 1e-30;

/// Partial sums of a Gram matrix, in strips of [`WIDTH`] parts: entry (a, b) is lane `b % WIDTH` of
/// row `a` of strip `b / WIDTH`, complete for `a <= b`.
pub(crate) struct GramSums(Vec<Lanes>);

impl GramSums {
    /// Returns sums of zero.
    pub(crate) fn new(rank: usize) -> Self {
        Self(vec![Lanes::ZERO; Self::len(rank) / WIDTH])
    }

    /// Returns the number of sums.
    pub(crate) fn len(rank: usize) -> usize {
        rank.div_ceil(WIDTH) * rank * WIDTH
    }

    /// Returns the strips, (rank) rows each.
    pub(super) fn strips_mut(&mut self, rank: usize) -> impl Iterator<Item = &mut [Lanes]> {
        self.0.chunks_mut(rank)
    }

    /// Adds the sums from index `first` on, a multiple of [`WIDTH`], to `totals`.
    pub(crate) fn add_to(&self, first: usize, totals: &mut [f64]) {
        for (totals, lanes) in totals.chunks_mut(WIDTH).zip(&self.0[first / WIDTH..]) {
            for (total, value) in totals.iter_mut().zip(&lanes.0) {
                *total += f64::from(*value);
            }
        }
    }
}

/// The Gram matrix G of a factor, packed for sweeps over the other factor.
pub(crate) struct PackedGram {
    rank: usize,
    /// `−G_jl / G_ll`, (rank, group.len) for each group of parts l.
    packed: Vec<f32>,
    /// `G_ll`; 0 for a part that is 0 everywhere.
    pub(crate) diagonal: Vec<f32>,
    /// `1 / G_ll`; 0 for a part that is 0 everywhere, so that no sweep moves it.
    pub(crate) inverse: Vec<f32>,
}

impl PackedGram {
    /// Adds partial sums in order, in `f64`, and packs the result.
    pub(crate) fn new(rank: usize, partials: &[GramSums]) -> Self {
        let mut totals = vec![0.0; GramSums::len(rank)];
        for partial in partials {
            partial.add_to(0, &mut totals);
        }
        Self::of_totals(rank, &totals)
    }

    /// Packs total sums, laid out as in [`GramSums`]; the upper triangle is used.
    pub(crate) fn of_totals(rank: usize, totals: &[f64]) -> Self {
        Self::of(&Array2::from_shape_fn((rank, rank), |(j, l)| {
            let (a, b) = (j.min(l), j.max(l));
            totals[((b / WIDTH) * rank + a) * WIDTH + b % WIDTH]
        }))
    }

    /// Packs a Gram matrix, (rank, rank).
    pub(crate) fn of(gram: &Array2<f64>) -> Self {
        let largest = gram.diag().iter().copied().fold(0.0, f64::max);
        let diagonal: Vec<f64> = gram
            .diag()
            .iter()
            .map(|&d| if d > largest * DEAD { d } else { 0.0 })
            .collect();
        Self::pack(gram, &diagonal)
    }

    /// Packs a Gram matrix, (rank, rank), whose `diagonal` has 0 for dead parts.
    fn pack(gram: &Array2<f64>, diagonal: &[f64]) -> Self {
        let rank = diagonal.len();
        let inverse: Vec<f64> = diagonal
            .iter()
            .map(|&d| if d > 0.0 { 1.0 / d } else { 0.0 })
            .collect();
        let mut packed = Vec::with_capacity(rank * rank);
        for group in groups(rank) {
            for j in 0..rank {
                for l in group.start..group.start + group.len {
                    packed.push((-gram[[j, l]] * inverse[l]) as f32);
                }
            }
        }
        Self {
            rank,
            packed,
            diagonal: diagonal.iter().map(|&v| v as f32).collect(),
            inverse: inverse.iter().map(|&v| v as f32).collect(),
        }
    }

    /// Returns the packed form of `G + added`, (rank, rank).
    pub(crate) fn plus(&self, added: &Array2<f64>) -> Self {
        let sum = self.matrix() + added;
        Self::pack(&sum, &sum.diag().to_vec())
    }

    /// Returns the packed form with which sweeps do not move the first `count` parts.
    pub(crate) fn holding(&self, count: usize) -> Self {
        let mut rows = self.to_rows();
        rows.slice_mut(s![..self.rank, ..count]).fill(0.0);
        rows.slice_mut(s![self.rank + 1, ..count]).fill(0.0);
        Self::from_rows(&rows)
    }

    /// Returns G, (rank, rank).
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

    /// Returns the packed values as rows, (rank + 2, rank): `−G_jl / G_ll`, the diagonal, and its
    /// inverse.
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

    /// Restores the matrix from the rows of [`PackedGram::to_rows`], bit by bit.
    pub(crate) fn from_rows(rows: &Array2<f32>) -> Self {
        let rank = rows.ncols();
        let mut packed = Vec::with_capacity(rank * rank);
        for group in groups(rank) {
            for j in 0..rank {
                for l in group.start..group.start + group.len {
                    packed.push(rows[[j, l]]);
                }
            }
        }
        Self {
            rank,
            packed,
            diagonal: rows.row(rank).to_vec(),
            inverse: rows.row(rank + 1).to_vec(),
        }
    }

    /// Returns the packed columns of a group, (rank, group.len).
    #[inline]
    pub(super) fn group(&self, group: Group) -> &[f32] {
        &self.packed[group.start * self.rank..(group.start + group.len) * self.rank]
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;
    use crate::kernel::sweeps::{scale, sweep_until_converged};

    #[test]
    fn sweeps_with_a_held_part_move_the_other_one_to_its_minimum_beside_it() {
        let gram = PackedGram::of(&arr2(&[[2.0, 1.0], [1.0, 2.0]])).holding(1);
        let mut factor = [Lanes([3.0; WIDTH]), Lanes([1.0; WIDTH])];
        let mut products = [Lanes([10.0; WIDTH]), Lanes([8.0; WIDTH])];
        scale(&mut products, &gram.inverse);
        sweep_until_converged(&mut factor, &products, &gram, 3, 0.4);
        // (8 − 1 · 3) / 2.
        assert_eq!((factor[0].0[5], factor[1].0[5]), (3.0, 2.5));
        assert_eq!(gram.diagonal, [2.0, 2.0]);
    }
}
