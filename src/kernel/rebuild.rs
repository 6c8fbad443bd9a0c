//! What the factors give for values of X: the product of a panel's factor with chunks of the fixed one, and products of
//! panels whose unknown values are filled with it.

use std::ops::Range;

use super::dispatch::{add_scaled, part};
use super::fixed_factor::FixedFactor;
use super::known_bits::{ALL_KNOWN, keeping};
use super::layout::{CHUNK, CHUNKS_A_RUN, Row, WIDTH, groups};
use super::panel::{Panel, View};
use super::panel_matrix::Panels;
use super::products::{add_rows, product};

impl Panels {
    /// As [`Panels::add_products`] for the one panel `index`, unknown values filled with what its (rank) rows of
    /// `factor` and the fixed factor give for them.
    pub(crate) fn add_filled_products(
        &self,
        index: usize,
        factor: &[Row],
        fixed: &FixedFactor,
        sums: &mut [Row],
    ) {
        for run in 0..self.runs() {
            add_rows(sums, &self.filled_run(run, index, factor, fixed));
        }
    }

    /// The share of one run of columns, (rank) rows.
    pub(crate) fn filled_run(
        &self,
        run: usize,
        index: usize,
        factor: &[Row],
        fixed: &FixedFactor,
    ) -> Vec<Row> {
        let rank = factor.len();
        let chunks = self
            .chunks()
            .zip(fixed.values.chunks(CHUNK * rank))
            .zip(fixed.panels);
        let (view, mut filling) = (self.view(index, self.run(run)), Filling::default());
        let mut sums = vec![Row::ZERO; rank];
        for ((chunk, values), packed) in chunks.skip(run * CHUNKS_A_RUN).take(CHUNKS_A_RUN) {
            let (x, places) = filling.filled((&self.cut[index], &view, chunk), factor, values);
            product(x, places, packed, &mut sums);
        }
        sums
    }
}

/// Room for a chunk that is being filled.
struct Filling {
    x: [Row; CHUNK],
    rebuilt: [Row; CHUNK],
    /// Which columns have unknown values: where they stand among those that are there, and their places in the chunk.
    columns: Vec<u8>,
    places: Vec<u8>,
}

impl Default for Filling {
    fn default() -> Self {
        let list = || Vec::with_capacity(CHUNK);
        Self {
            x: [Row::ZERO; CHUNK],
            rebuilt: [Row::ZERO; CHUNK],
            columns: list(),
            places: list(),
        }
    }
}

impl Filling {
    /// The columns of a chunk that are there, filled, with their places in it; those of which every row is known cost no
    /// more than without a mask.
    fn filled<'a>(
        &'a mut self,
        (panel, view, chunk): (&'a Panel, &'a View<'a>, Range<usize>),
        factor: &[Row],
        values: &[f32],
    ) -> (&'a [Row], &'a [u8]) {
        let (index, known) = (chunk.start / CHUNK, panel.known(chunk));
        let (range, places) = panel.places(index);
        self.columns.clear();
        self.places.clear();
        for (column, &place) in places.iter().enumerate() {
            if known[usize::from(place)] != ALL_KNOWN {
                self.columns.push(column as u8);
                self.places.push(place);
            }
        }
        if self.columns.is_empty() {
            return view.chunk(index, &mut self.x);
        }
        let x = &mut self.x[..range.len()];
        view.copy(range, x);
        let rebuilt = &mut self.rebuilt[..self.columns.len()];
        rebuild(factor, values, &self.places, rebuilt);
        fill(x, &self.columns, &self.places, known, rebuilt);
        (x, places)
    }
}

for_each_level! {
    /// Unknown values of the columns at `columns` become those of `rebuilt`.
    fill = fill_body(x: &mut [Row], columns: &[u8], places: &[u8], known: &[u64], rebuilt: &[Row])
}

#[inline(always)]
fn fill_body<const L: usize, const FUSED: bool>(
    x: &mut [Row],
    columns: &[u8],
    places: &[u8],
    known: &[u64],
    rebuilt: &[Row],
) {
    for ((&column, &place), rebuilt) in columns.iter().zip(places).zip(rebuilt) {
        let (column, known) = (&mut x[usize::from(column)], known[usize::from(place)]);
        for lane in (0..WIDTH).step_by(L) {
            let keeping = keeping::<L>(known, lane);
            for l in 0..L {
                // Unknown values are 0.
                let bits =
                    column.0[lane + l].to_bits() | rebuilt.0[lane + l].to_bits() & !keeping[l];
                column.0[lane + l] = f32::from_bits(bits);
            }
        }
    }
}

for_each_level! {
    /// Columns of a chunk of M: `rebuilt[j] ← Σ_l factor[l] fixed[places[j]][l]`, with (columns, rank) values in `fixed`.
    rebuild = rebuild_body(factor: &[Row], fixed: &[f32], places: &[u8], rebuilt: &mut [Row])
}

#[inline(always)]
fn rebuild_body<const L: usize, const FUSED: bool>(
    factor: &[Row],
    fixed: &[f32],
    places: &[u8],
    rebuilt: &mut [Row],
) {
    for group in groups(rebuilt.len()) {
        let of = group.start..group.start + group.len;
        let (places, rebuilt) = (&places[of.clone()], &mut rebuilt[of]);
        for_group!(
            group.len,
            rebuild_group,
            L,
            FUSED,
            (factor, fixed, places, rebuilt)
        );
    }
}

#[inline(always)]
fn rebuild_group<const M: usize, const L: usize, const FUSED: bool>(
    factor: &[Row],
    fixed: &[f32],
    places: &[u8],
    rebuilt: &mut [Row],
) {
    let rank = factor.len();
    let mut columns = [fixed; M];
    for m in 0..M {
        columns[m] = &fixed[usize::from(places[m]) * rank..][..rank];
    }
    for lane in (0..WIDTH).step_by(L) {
        let mut register = [[0.0; L]; M];
        for (l, row) in factor.iter().enumerate() {
            let row = part::<L>(row, lane);
            for m in 0..M {
                add_scaled::<L, FUSED>(&mut register[m], columns[m][l], &row);
            }
        }
        for m in 0..M {
            rebuilt[m].0[lane..lane + L].copy_from_slice(&register[m]);
        }
    }
}
