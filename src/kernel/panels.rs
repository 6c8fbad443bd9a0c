//! The pixel matrix, cut into panels of [`WIDTH`] images, or, transposed, of [`WIDTH`] pixels.

use std::ops::Range;

use crate::blocks;

use super::bytes::{FITTING, Quads, Vnni, add_columns, add_whole};
use super::factor::FactorPanel;
use super::known::{ALL_KNOWN, Known, clear_unknown};
use super::matrix::{IMAGES_A_TASK, Matrix, Source};
use super::panel::{Panel, Values};
use super::products::{add_wide, fine_panel_product, panel_product, product, residual};
use super::rebuild::FixedFactor;
use super::{CHUNK, Row, WIDTH};

/// Columns that are summed in one go; longer sums in f32 lose digits, so runs are summed apart.
pub(super) const RUN: usize = 64 * CHUNK;

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

/// Which way a matrix is cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// A row is an image, a column a pixel.
    Images,
    /// A row is a pixel, a column an image.
    Pixels,
}

/// What is to be cut: the chosen images and pixels of a source.
#[derive(Clone, Copy)]
pub(crate) struct Selection<'a> {
    pub(crate) x: Matrix<'a>,
    pub(crate) images: &'a [u32],
    pub(crate) pixels: &'a [u32],
}

impl Selection<'_> {
    /// Cuts out one panel.
    fn panel(&self, cut: Cut, index: usize) -> Panel {
        let known = self.x.known.map(|known| self.known(known, cut, index));
        let values = match self.x.source {
            Source::U8(bytes) => Values::U8(self.known_values(bytes, cut, index, known.as_deref())),
            Source::F32(floats) => {
                let columns = self.known_values(floats, cut, index, known.as_deref());
                Values::F32(columns.into_iter().map(Row).collect())
            }
        };
        Panel::new(values, known)
    }

    /// The columns of one panel, unknown values 0.
    fn known_values<T: Copy + Default>(
        &self,
        values: &[T],
        cut: Cut,
        index: usize,
        known: Option<&[u64]>,
    ) -> Vec<[T; WIDTH]> {
        let mut columns = self.gather(values, cut, index);
        if let Some(known) = known {
            clear_unknown(&mut columns, known);
        }
        columns
    }

    /// What is known of each column of one panel, a bit a row; rows beyond the last count as known.
    fn known(&self, known: Known, cut: Cut, index: usize) -> Vec<u64> {
        let first = index * WIDTH;
        let of = |list: &'_ [u32]| first..list.len().min(first + WIDTH);
        match cut {
            Cut::Images => {
                let mut columns = vec![ALL_KNOWN; self.pixels.len()];
                for (row, &image) in self.images[of(self.images)].iter().enumerate() {
                    let image = known.image(image as usize);
                    for (column, &pixel) in columns.iter_mut().zip(self.pixels) {
                        *column ^= u64::from(!image.at(pixel as usize)) << row;
                    }
                }
                columns
            }
            Cut::Pixels => {
                let pixels = &self.pixels[of(self.pixels)];
                let column = |&image: &u32| {
                    let image = known.image(image as usize);
                    let unknown = |(row, &pixel): (usize, &u32)| u64::from(!image.at(pixel as usize)) << row;
                    pixels.iter().enumerate().map(unknown).fold(ALL_KNOWN, |column, unknown| column ^ unknown)
                };
                self.images.iter().map(column).collect()
            }
        }
    }

    /// ‖X‖² of the selected images with all their pixels, values as they are in memory, as the shares of runs of images.
    pub(crate) fn square_shares(&self) -> Vec<f64> {
        let tasks: Vec<&[u32]> = self.images.chunks(IMAGES_A_TASK).collect();
        let share = |_, images: &&[u32]| images.iter().map(|&i| self.x.squares(i as usize)).sum::<f64>();
        blocks::map(&tasks, share)
    }

    /// How many pixels of the selected images are known, those included that are not selected.
    pub(crate) fn count(&self) -> usize {
        let known = |known: Known| self.images.iter().map(|&i| known.image(i as usize).count()).sum();
        self.x.known.map_or(self.images.len() * self.x.pixels, known)
    }

    fn gather<T: Copy + Default>(&self, values: &[T], cut: Cut, index: usize) -> Vec<[T; WIDTH]> {
        let first = index * WIDTH;
        let image = |i: u32| &values[i as usize * self.x.pixels..][..self.x.pixels];
        match cut {
            Cut::Images => {
                let images = &self.images[first..self.images.len().min(first + WIDTH)];
                let mut columns = vec![[T::default(); WIDTH]; self.pixels.len()];
                for (pixels, columns) in self.pixels.chunks(CHUNK).zip(columns.chunks_mut(CHUNK)) {
                    for (lane, &i) in images.iter().enumerate() {
                        let image = image(i);
                        if neighbours(pixels) {
                            let run = &image[pixels[0] as usize..][..pixels.len()];
                            columns.iter_mut().zip(run).for_each(|(column, &value)| column[lane] = value);
                        } else {
                            for (&j, column) in pixels.iter().zip(&mut *columns) {
                                column[lane] = image[j as usize];
                            }
                        }
                    }
                }
                columns
            }
            Cut::Pixels => {
                let pixels = &self.pixels[first..self.pixels.len().min(first + WIDTH)];
                let runs: Vec<&[u32]> = pixels.chunk_by(|a, b| a + 1 == *b).collect();
                let column = |&i: &u32| {
                    let image = image(i);
                    let mut column = [T::default(); WIDTH];
                    if runs.len() <= FEW_RUNS {
                        let mut rest = &mut column[..];
                        for run in &runs {
                            let (cells, after) = rest.split_at_mut(run.len());
                            cells.copy_from_slice(&image[run[0] as usize..][..run.len()]);
                            rest = after;
                        }
                    } else {
                        column.iter_mut().zip(pixels).for_each(|(cell, &j)| *cell = image[j as usize]);
                    }
                    column
                };
                self.images.iter().map(column).collect()
            }
        }
    }
}

/// Up to so many runs of neighbours in a panel are copied run by run, several times as fast as pixel by pixel.
const FEW_RUNS: usize = 8;

/// Whether the indices follow one another: such pixels are read as one run, several times as fast.
fn neighbours(pixels: &[u32]) -> bool {
    pixels.windows(2).all(|pair| pair[0] + 1 == pair[1])
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
        let (rows, columns) = match cut {
            Cut::Images => (selection.images.len(), selection.pixels.len()),
            Cut::Pixels => (selection.pixels.len(), selection.images.len()),
        };
        let cut = blocks::map_range(rows.div_ceil(WIDTH), |index| finish(selection.panel(cut, index)));
        Self { cut, rows, columns, has_unknown: selection.x.known.is_some() }
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

    pub(super) fn chunk(&self, start: usize) -> Range<usize> {
        start..self.columns.min(start + CHUNK)
    }

    /// Adds the products of the panels from `first` on with the packed factor `fixed` of the columns to `sums`,
    /// (rank) rows a panel. A chunk of the factor serves all of the panels while it is in cache.
    pub(crate) fn add_products(&self, first: usize, fixed: &[FactorPanel], rank: usize, sums: &mut [Row]) {
        if self.columns <= RUN {
            return self.add_run(first, 0..self.columns, fixed, rank, sums);
        }
        let mut run = vec![Row::ZERO; sums.len()];
        for (start, fixed) in (0..self.columns).step_by(RUN).zip(fixed.chunks(RUN / CHUNK)) {
            run.fill(Row::ZERO);
            self.add_run(first, start..self.columns.min(start + RUN), fixed, rank, &mut run);
            for (sum, run) in sums.iter_mut().zip(&run) {
                sum.0.iter_mut().zip(&run.0).for_each(|(sum, run)| *sum += run);
            }
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
        for (start, fixed) in columns.step_by(CHUNK).zip(fixed) {
            for (panel, sums) in self.cut[first..].iter().zip(sums.chunks_mut(rank)) {
                let (x, places) = panel.chunk(start / CHUNK, &mut buffer);
                product(x, places, fixed, sums);
            }
        }
    }

    /// One column, (rows).
    pub(crate) fn column(&self, index: usize) -> Vec<f32> {
        let mut buffer = [Row::ZERO];
        let panels = self.cut.iter().flat_map(|panel| panel.columns(index..index + 1, &mut buffer)[0].0);
        panels.take(self.rows).collect()
    }

    /// Which rows of one column are known, (rows).
    pub(crate) fn known(&self, column: usize) -> Vec<bool> {
        let panels = self.cut.iter().map(|panel| panel.known(column..column + 1)[0]);
        panels.flat_map(|known| (0..WIDTH).map(move |row| known >> row & 1 == 1)).take(self.rows).collect()
    }

    /// Squared residual over the known values, in f64, of one panel against its (rank) rows of `factor` times the fixed
    /// one.
    pub(crate) fn residual(&self, index: usize, factor: &[Row], fixed: &FixedFactor) -> f64 {
        let mut buffer = [Row::ZERO; CHUNK];
        let values = fixed.values.chunks(CHUNK * factor.len());
        let chunks = (0..self.columns).step_by(CHUNK).zip(values).zip(fixed.copies.chunks(CHUNK));
        chunks
            .map(|((start, fixed), copies)| {
                let (panel, range) = (&self.cut[index], self.chunk(start));
                residual(panel.columns(range.clone(), &mut buffer), panel.known(range), factor, fixed, copies)
            })
            .sum()
    }

    /// Inner products of the rows of panel `index` with those of every panel from there on: a square tile each,
    /// (rows of the other panel, rows of this one), exact for bytes kept as bytes.
    pub(crate) fn gram_tiles(&self, index: usize) -> Vec<Tile> {
        if let Some(vnni) = Vnni::detect()
            && let Some(own) = self.cut[index].bytes()
        {
            return self.byte_tiles(vnni, index, own);
        }
        let (mut own_buffer, mut buffer) = (vec![Row::ZERO; EXACT], vec![Row::ZERO; EXACT]);
        let mut tiles = vec![[[0.0; WIDTH]; WIDTH]; self.len() - index];
        for start in (0..self.columns).step_by(EXACT) {
            let range = start..self.columns.min(start + EXACT);
            let own = self.cut[index].columns(range.clone(), &mut own_buffer);
            for (panel, tile) in self.cut[index..].iter().zip(&mut tiles) {
                if !panel.is_of_bytes() {
                    fine_panel_product(own, panel.columns(range.clone(), &mut buffer), tile);
                    continue;
                }
                let mut sums = [Row::ZERO; WIDTH];
                for (own, first) in own.chunks(CHUNK).zip(range.clone().step_by(CHUNK)) {
                    panel_product(own, panel.columns(first..first + own.len(), &mut buffer), &mut sums);
                }
                add_wide(&sums, tile);
            }
        }
        tiles
    }

    /// The same, of bytes in whole numbers.
    fn byte_tiles(&self, vnni: Vnni, index: usize, own: &[[u8; WIDTH]]) -> Vec<Tile> {
        let (mut own_quads, mut quads) = (Quads::unsigned(), Quads::signed());
        let mut tiles = vec![[[0.0; WIDTH]; WIDTH]; self.len() - index];
        for run in (0..self.columns).step_by(FITTING).map(|start| start..self.columns.min(start + FITTING)) {
            let mut run_sums = vec![[[0; WIDTH]; WIDTH]; tiles.len()];
            let mut row_sums = [0; WIDTH];
            for range in run.clone().step_by(EXACT).map(|start| start..run.end.min(start + EXACT)) {
                own_quads.fill(&own[range.clone()]);
                add_columns(&own[range.clone()], &mut row_sums);
                for (panel, sums) in self.cut[index..].iter().zip(&mut run_sums) {
                    if let Some(bytes) = panel.bytes() {
                        quads.fill(&bytes[range.clone()]);
                        vnni.add_products(&own_quads, &quads, sums);
                    }
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

    /// By whichever way the processor has.
    #[test]
    fn products_of_bytes_are_whole_numbers() {
        // More rows than a panel, columns that are no multiple of four, the largest products among them.
        let (images, pixels) = (70, 303);
        let value = |i: usize, j: usize| if (i + j).is_multiple_of(5) { 255 } else { (i * 31 + j * 57) as u8 };
        let bytes: Vec<u8> = (0..images * pixels).map(|at| value(at / pixels, at % pixels)).collect();
        let x = Matrix { source: Source::U8(&bytes), images, pixels, known: None };
        let (rows, columns): (Vec<u32>, Vec<u32>) = ((0..70).collect(), (0..303).collect());
        let panels = Panels::new(&Selection { x, images: &rows, pixels: &columns }, Cut::Images);
        let tiles = [panels.gram_tiles(0), panels.gram_tiles(1)];
        for a in 0..images {
            for b in a..images {
                let tile = &tiles[a / WIDTH][b / WIDTH - a / WIDTH];
                let product: u32 = (0..pixels).map(|j| u32::from(value(a, j)) * u32::from(value(b, j))).sum();
                assert!((tile[b % WIDTH][a % WIDTH] - f64::from(product)).abs() < 0.5, "{a}, {b}");
            }
        }
    }
}
