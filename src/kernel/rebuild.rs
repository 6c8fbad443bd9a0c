//! Reconstruction of chunks from both factors, and products of panels whose unknown values are replaced
//! by their reconstruction.

use std::ops::Range;

use super::dispatch::{add_scaled, load};
use super::fixed_factor::FixedFactor;
use super::known_bits::{ALL_KNOWN, masks};
use super::layout::{ALL_PLACES, CHUNK, CHUNKS_PER_RUN, Lanes, WIDTH, groups};
use super::panel::{Panel, PanelView};
use super::panel_matrix::PanelMatrix;
use super::products::{add_lanes, product};

impl PanelMatrix {
    /// Adds the products of panel `index` to `sums` as [`PanelMatrix::add_products`] does, with unknown
    /// values replaced by the product of `factor`, (rank) entries, and the fixed factor.
    pub(crate) fn add_filled_products(
        &self,
        index: usize,
        factor: &[Lanes],
        fixed: &FixedFactor,
        sums: &mut [Lanes],
    ) {
        for run in 0..self.runs() {
            add_lanes(sums, &self.filled_run(run, index, factor, fixed));
        }
    }

    /// Returns the sums of one run in [`PanelMatrix::add_filled_products`], (rank) entries.
    pub(crate) fn filled_run(
        &self,
        run: usize,
        index: usize,
        factor: &[Lanes],
        fixed: &FixedFactor,
    ) -> Vec<Lanes> {
        let rank = factor.len();
        let chunks = self
            .chunks()
            .zip(fixed.values.chunks(CHUNK * rank))
            .zip(fixed.panels);
        let view = self.view(index, self.run(run));
        let mut filler = ChunkFiller::new(&self.panels[index], &view, factor);
        let mut sums = vec![Lanes::ZERO; rank];
        for ((chunk, values), packed) in chunks.skip(run * CHUNKS_PER_RUN).take(CHUNKS_PER_RUN) {
            let (x, places) = filler.filled(chunk, values);
            product(x, places, packed.floats(), &mut sums);
        }
        sums
    }
}

/// A chunk of a panel, and what both factors make of it.
pub(super) struct RebuiltChunk<'a> {
    /// The values, 0 where they are unknown.
    pub(super) x: &'a [Lanes],
    pub(super) rebuilt: &'a [Lanes],
    /// The known rows of each column, one bit per row.
    pub(super) known: &'a [u64],
    /// The number of columns of X that each column represents.
    pub(super) copies: &'a [f32],
}

impl PanelMatrix {
    /// Calls `visit` with each chunk of panel `index`, rebuilt from `factor`, (rank) entries, times the fixed factor.
    pub(super) fn for_each_rebuilt(
        &self,
        index: usize,
        factor: &[Lanes],
        fixed: &FixedFactor,
        mut visit: impl FnMut(RebuiltChunk),
    ) {
        let [mut buffer, mut rebuilt] = [[Lanes::ZERO; CHUNK]; 2];
        let values = fixed.values.chunks(CHUNK * factor.len());
        let mut chunks = self.chunks().zip(values).zip(fixed.copies.chunks(CHUNK));
        for run in 0..self.runs() {
            let view = self.view(index, self.run(run));
            for ((chunk, values), copies) in chunks.by_ref().take(CHUNKS_PER_RUN) {
                let known = self.panels[index].known(chunk.clone());
                let x = view.columns(chunk, &mut buffer);
                let rebuilt = &mut rebuilt[..x.len()];
                rebuild(factor, values, &ALL_PLACES[..x.len()], rebuilt);
                visit(RebuiltChunk {
                    x,
                    rebuilt,
                    known,
                    copies,
                });
            }
        }
    }
}

/// Replaces unknown values of a panel's chunks by their reconstruction.
struct ChunkFiller<'a> {
    panel: &'a Panel,
    view: &'a PanelView<'a>,
    /// The panel's rows of the factor, (rank).
    factor: &'a [Lanes],
    x: [Lanes; CHUNK],
    rebuilt: [Lanes; CHUNK],
    /// The stored columns of the chunk that have unknown values: their positions among the stored
    /// columns, and their places in the chunk.
    columns: Vec<u8>,
    places: Vec<u8>,
}

impl<'a> ChunkFiller<'a> {
    fn new(panel: &'a Panel, view: &'a PanelView<'a>, factor: &'a [Lanes]) -> Self {
        Self {
            panel,
            view,
            factor,
            x: [Lanes::ZERO; CHUNK],
            rebuilt: [Lanes::ZERO; CHUNK],
            columns: Vec::with_capacity(CHUNK),
            places: Vec::with_capacity(CHUNK),
        }
    }

    /// Returns the stored columns of a chunk, filled, with their places in it; `values` are the fixed
    /// factor's, (columns, rank). Columns without unknown values cost no more than without a mask.
    fn filled(&mut self, chunk: Range<usize>, values: &[f32]) -> (&[Lanes], &[u8]) {
        let index = chunk.start / CHUNK;
        let known = self.panel.known(chunk);
        let (range, places) = self.panel.places(index);
        self.columns.clear();
        self.places.clear();
        for (column, &place) in places.iter().enumerate() {
            if known[usize::from(place)] != ALL_KNOWN {
                self.columns.push(column as u8);
                self.places.push(place);
            }
        }
        if self.columns.is_empty() {
            return self.view.chunk(index, &mut self.x);
        }
        let x = &mut self.x[..range.len()];
        self.view.copy(range, x);
        let rebuilt = &mut self.rebuilt[..self.columns.len()];
        rebuild(self.factor, values, &self.places, rebuilt);
        fill(x, &self.columns, &self.places, known, rebuilt);
        (x, places)
    }
}

dispatch! {
    /// Replaces the unknown values of the columns of `x` at the positions `columns` by those of
    /// `rebuilt`.
    fill = fill_body(x: &mut [Lanes], columns: &[u8], places: &[u8], known: &[u64], rebuilt: &[Lanes])
}

#[inline(always)]
fn fill_body<const L: usize, const FUSED: bool>(
    x: &mut [Lanes],
    columns: &[u8],
    places: &[u8],
    known: &[u64],
    rebuilt: &[Lanes],
) {
    for ((&column, &place), rebuilt) in columns.iter().zip(places).zip(rebuilt) {
        let (column, known) = (&mut x[usize::from(column)], known[usize::from(place)]);
        for lane in (0..WIDTH).step_by(L) {
            let masks = masks::<L>(known, lane);
            for l in 0..L {
                // Unknown values are 0.
                let bits = column.0[lane + l].to_bits() | rebuilt.0[lane + l].to_bits() & !masks[l];
                column.0[lane + l] = f32::from_bits(bits);
            }
        }
    }
}

dispatch! {
    /// Computes columns of M: `rebuilt[j] ← Σ_l factor[l] fixed[places[j]][l]`; `fixed` is
    /// (columns, rank).
    rebuild = rebuild_body(factor: &[Lanes], fixed: &[f32], places: &[u8], rebuilt: &mut [Lanes])
}

#[inline(always)]
fn rebuild_body<const L: usize, const FUSED: bool>(
    factor: &[Lanes],
    fixed: &[f32],
    places: &[u8],
    rebuilt: &mut [Lanes],
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
    factor: &[Lanes],
    fixed: &[f32],
    places: &[u8],
    rebuilt: &mut [Lanes],
) {
    let rank = factor.len();
    let mut columns = [fixed; M];
    for m in 0..M {
        columns[m] = &fixed[usize::from(places[m]) * rank..][..rank];
    }
    for lane in (0..WIDTH).step_by(L) {
        let mut register = [[0.0; L]; M];
        for (l, row) in factor.iter().enumerate() {
            let row = load::<L>(row, lane);
            for m in 0..M {
                add_scaled::<L, FUSED>(&mut register[m], columns[m][l], &row);
            }
        }
        for m in 0..M {
            rebuilt[m].0[lane..lane + L].copy_from_slice(&register[m]);
        }
    }
}
