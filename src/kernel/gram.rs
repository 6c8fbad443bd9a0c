//! The Gram matrix of a factor.

use ndarray::{Array2, aview1};

use super::layout::{Group, Row, WIDTH, groups};

/// A part whose square is below this share of the largest part's is taken for 0 everywhere.
const DEAD: f64 = 1e-30;

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

    /// The strips, (rank) rows each.
    pub(super) fn strips_mut(&mut self, rank: usize) -> impl Iterator<Item = &mut [Row]> {
        self.0.chunks_mut(rank)
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
