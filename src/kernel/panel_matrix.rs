//! The pixel matrix, cut into panels of [`WIDTH`] images, or, transposed, of [`WIDTH`] pixels.

use std::ops::Range;

use super::factor_panel::FactorPanel;
use super::fixed_factor::FixedFactor;
use super::int8_dot::{FITTING, Quads, Vnni, add_columns, add_whole};
use super::layout::{CHUNK, RUN, Row, WIDTH};
use super::panel::{Panel, View};
use super::products::{add_rows, add_wide, fine_panel_product, panel_product, product, residual};
use super::scratch_cut;
use super::selection::{Cut, Selection};
use crate::blocks;

/// Columns whose products of bytes, at most 255² each, add up to less than 2^24: up to there f32 counts every whole
/// number, and nothing is rounded.
const EXACT: usize = 4 * CHUNK;

/// Inner products of the rows of two panels.
pub(crate) type Tile = [[f64; WIDTH]; WIDTH];

/// A matrix in panels of rows.
pub(crate) struct Panels {
    pub(super) cut: Vec<Panel>,
    pub(super) rows: usize,
    pub(super) columns: usize,
    has_unknown: bool,
}

impl Panels {
    /// Cuts the selection into panels.
    pub(crate) fn new(selection: &Selection, cut: Cut) -> Self {
        Self::cut(selection, cut, |panel| panel)
    }

    /// The same for products alone: what is dark in all rows of a panel is not kept.
    pub(crate) fn without_dark(selection: &Selection, cut: Cut) -> Self {
        Self::cut(selection, cut, Panel::without_dark)
    }

    fn cut(selection: &Selection, cut: Cut, finish: impl Fn(Panel) -> Panel + Sync + Send) -> Self {
        let (rows, columns) = selection.size(cut);
        let panels = if let Some(scratch) = selection.x.scratch {
            scratch_cut::cut(selection, cut, scratch)
        } else {
            let block = selection.x.block(0..selection.x.images);
            blocks::map_range(rows.div_ceil(WIDTH), |index| {
                finish(selection.panel(&block, cut, index))
            })
        };
        Self {
            cut: panels,
            rows,
            columns,
            has_unknown: selection.x.known.is_some(),
        }
    }

    /// How many rows the matrix has.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Whether some of the values are unknown.
    pub(crate) fn has_unknown(&self) -> bool {
        self.has_unknown
    }

    /// How many panels there are.
    pub(crate) fn len(&self) -> usize {
        self.cut.len()
    }

    /// How many runs there are.
    pub(crate) fn runs(&self) -> usize {
        self.columns.div_ceil(RUN)
    }

    /// The columns of a run.
    pub(super) fn run(&self, run: usize) -> Range<usize> {
        run * RUN..self.columns.min((run + 1) * RUN)
    }

    /// The columns in runs that are summed in one go.
    pub(super) fn each_run(&self) -> impl Iterator<Item = Range<usize>> {
        (0..self.runs()).map(|run| self.run(run))
    }

    /// The columns in chunks.
    pub(super) fn chunks(&self) -> impl Iterator<Item = Range<usize>> {
        let columns = self.columns;
        (0..columns)
            .step_by(CHUNK)
            .map(move |start| start..columns.min(start + CHUNK))
    }

    /// Columns of panel `index`, read where they are on disk.
    pub(super) fn view(&self, index: usize, columns: Range<usize>) -> View<'_> {
        self.cut[index].view(columns.start / CHUNK..columns.end.div_ceil(CHUNK))
    }

    /// Adds the products of the panels from `first` on with the packed factor `fixed` of the columns to `sums`,
    /// (rank) rows a panel. A chunk of the factor serves all of the panels while it is in cache.
    pub(crate) fn add_products(
        &self,
        first: usize,
        fixed: &[FactorPanel],
        rank: usize,
        sums: &mut [Row],
    ) {
        if self.columns <= RUN {
            return self.add_run(first, 0..self.columns, fixed, rank, sums);
        }
        let mut run = vec![Row::ZERO; sums.len()];
        for (columns, fixed) in self.each_run().zip(fixed.chunks(RUN / CHUNK)) {
            run.fill(Row::ZERO);
            self.add_run(first, columns, fixed, rank, &mut run);
            add_rows(sums, &run);
        }
    }

    pub(super) fn add_run(
        &self,
        first: usize,
        columns: Range<usize>,
        fixed: &[FactorPanel],
        rank: usize,
        sums: &mut [Row],
    ) {
        let mut buffer = [Row::ZERO; CHUNK];
        // What is read for the purpose is best used while it is in cache itself.
        let together = if self.cut.first().is_some_and(Panel::is_stored) {
            1
        } else {
            (sums.len() / rank).max(1)
        };
        for (first, sums) in (first..)
            .step_by(together)
            .zip(sums.chunks_mut(together * rank))
        {
            let panels = first..first + sums.len() / rank;
            let views: Vec<View> = panels
                .map(|panel| self.view(panel, columns.clone()))
                .collect();
            for (chunk, fixed) in (columns.start / CHUNK..).zip(fixed) {
                for (panel, sums) in views.iter().zip(sums.chunks_mut(rank)) {
                    let (x, places) = panel.chunk(chunk, &mut buffer);
                    product(x, places, fixed, sums);
                }
            }
        }
    }

    /// One column, (rows).
    pub(crate) fn column(&self, index: usize) -> Vec<f32> {
        let mut buffer = [Row::ZERO];
        let panels = (0..self.len()).flat_map(|panel| {
            self.view(panel, index..index + 1)
                .columns(index..index + 1, &mut buffer)[0]
                .0
        });
        panels.take(self.rows).collect()
    }

    /// Which rows of one column are known, (rows).
    pub(crate) fn known(&self, column: usize) -> Vec<bool> {
        let panels = self
            .cut
            .iter()
            .map(|panel| panel.known(column..column + 1)[0]);
        panels
            .flat_map(|known| (0..WIDTH).map(move |row| known >> row & 1 == 1))
            .take(self.rows)
            .collect()
    }

    /// Squared residual over the known values, in f64, of one panel against its (rank) rows of `factor` times the fixed
    /// one.
    pub(crate) fn residual(&self, index: usize, factor: &[Row], fixed: &FixedFactor) -> f64 {
        let mut buffer = [Row::ZERO; CHUNK];
        let values = fixed.values.chunks(CHUNK * factor.len());
        let mut chunks = self.chunks().zip(values).zip(fixed.copies.chunks(CHUNK));
        let of_run = |columns: Range<usize>| {
            let view = self.view(index, columns.clone());
            let chunks = chunks.by_ref().take(columns.len().div_ceil(CHUNK));
            let residuals = chunks.map(|((chunk, fixed), copies)| {
                let known = self.cut[index].known(chunk.clone());
                residual(
                    view.columns(chunk, &mut buffer),
                    known,
                    factor,
                    fixed,
                    copies,
                )
            });
            residuals.sum::<f64>()
        };
        self.each_run().map(of_run).sum()
    }

    /// Inner products of the rows of panel `index` with those of every panel from there on: a square tile each,
    /// (rows of the other panel, rows of this one), exact for bytes kept as bytes.
    pub(crate) fn gram_tiles(&self, index: usize) -> Vec<Tile> {
        if let Some(vnni) = Vnni::detect()
            && self.cut[index].is_of_bytes()
        {
            return self.byte_tiles(vnni, index);
        }
        let (mut own_buffer, mut buffer) = (vec![Row::ZERO; EXACT], vec![Row::ZERO; EXACT]);
        let mut tiles = vec![[[0.0; WIDTH]; WIDTH]; self.len() - index];
        for start in (0..self.columns).step_by(EXACT) {
            let range = start..self.columns.min(start + EXACT);
            let own = self.view(index, range.clone());
            let own = own.columns(range.clone(), &mut own_buffer);
            for (panel, tile) in (index..).zip(&mut tiles) {
                let panel = self.view(panel, range.clone());
                if !self.cut[index].is_of_bytes() {
                    fine_panel_product(own, panel.columns(range.clone(), &mut buffer), tile);
                    continue;
                }
                let mut sums = [Row::ZERO; WIDTH];
                for (own, first) in own.chunks(CHUNK).zip(range.clone().step_by(CHUNK)) {
                    panel_product(
                        own,
                        panel.columns(first..first + own.len(), &mut buffer),
                        &mut sums,
                    );
                }
                add_wide(&sums, tile);
            }
        }
        tiles
    }

    /// The same, of bytes in whole numbers.
    fn byte_tiles(&self, vnni: Vnni, index: usize) -> Vec<Tile> {
        let (mut own_quads, mut quads) = (Quads::unsigned(), Quads::signed());
        let mut tiles = vec![[[0.0; WIDTH]; WIDTH]; self.len() - index];
        for run in (0..self.columns)
            .step_by(FITTING)
            .map(|start| start..self.columns.min(start + FITTING))
        {
            let mut run_sums = vec![[[0; WIDTH]; WIDTH]; tiles.len()];
            let mut row_sums = [0; WIDTH];
            for range in run
                .clone()
                .step_by(EXACT)
                .map(|start| start..run.end.min(start + EXACT))
            {
                let own = self.view(index, range.clone());
                let own = own.bytes(range.clone());
                own_quads.fill(&own);
                add_columns(&own, &mut row_sums);
                for (panel, sums) in (index..).zip(&mut run_sums) {
                    quads.fill(&self.view(panel, range.clone()).bytes(range.clone()));
                    vnni.add_products(&own_quads, &quads, sums);
                }
            }
            for (sums, tile) in run_sums.iter().zip(&mut tiles) {
                add_whole(sums, &row_sums, tile);
            }
        }
        tiles
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Matrix, Source};

    /// By whichever way the processor has.
    #[test]
    fn products_of_bytes_are_whole_numbers() {
        // More rows than a panel, columns that are no multiple of four, the largest products among them.
        let (images, pixels) = (70, 303);
        let value = |i: usize, j: usize| {
            if (i + j).is_multiple_of(5) {
                255
            } else {
                (i * 31 + j * 57) as u8
            }
        };
        let bytes: Vec<u8> = (0..images * pixels)
            .map(|at| value(at / pixels, at % pixels))
            .collect();
        let x = Matrix {
            source: Source::U8(&bytes),
            images,
            pixels,
            known: None,
            scratch: None,
        };
        let (rows, columns): (Vec<u32>, Vec<u32>) = ((0..70).collect(), (0..303).collect());
        let panels = Panels::new(
            &Selection {
                x,
                images: &rows,
                pixels: &columns,
            },
            Cut::Images,
        );
        let tiles = [panels.gram_tiles(0), panels.gram_tiles(1)];
        for a in 0..images {
            for b in a..images {
                let tile = &tiles[a / WIDTH][b / WIDTH - a / WIDTH];
                let product: u32 = (0..pixels)
                    .map(|j| u32::from(value(a, j)) * u32::from(value(b, j)))
                    .sum();
                assert!(
                    (tile[b % WIDTH][a % WIDTH] - f64::from(product)).abs() < 0.5,
                    "{a}, {b}"
                );
            }
        }
    }
}
