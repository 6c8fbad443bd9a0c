//! Inner products of all pairs of rows of a panel matrix, in square tiles.

use std::ops::Range;

use super::byte_dot::{ByteDot, FITTING, add_columns, add_to_tile};
use super::columns::is_zero;
use super::int8_dot::Vnni;
use super::int16_dot::PairDot;
use super::layout::{CHUNK, Lanes, WIDTH};
use super::panel::{Panel, PanelView};
use super::panel_matrix::PanelMatrix;
use super::products::panel_product_f64;
use crate::blocks;

/// Columns per step of floats: those of two panels stay in cache.
const STEP: usize = 4 * CHUNK;

/// Inner products of the rows of two panels.
type GramTile = [[f64; WIDTH]; WIDTH];

/// Inner products of all pairs of rows of panel matrices, summed over their columns.
pub(crate) struct GramTiles {
    /// For each panel, one tile for it and one for every later panel, (rows of the other panel, rows of
    /// this one).
    tiles: Vec<Vec<GramTile>>,
}

impl GramTiles {
    /// Returns sums of zero for so many rows.
    pub(crate) fn zeros(rows: usize) -> Self {
        let panels = rows.div_ceil(WIDTH);
        let tiles = (0..panels).map(|index| vec![[[0.0; WIDTH]; WIDTH]; panels - index]);
        Self {
            tiles: tiles.collect(),
        }
    }

    /// Adds the products over the columns of a panel matrix, exact for bytes; over one run of columns after the other, so
    /// that all panels find them in the last-level cache.
    pub(crate) fn add(&mut self, rows: &PanelMatrix) {
        for run in 0..rows.runs() {
            match (rows.is_u8(), Vnni::detect()) {
                (false, _) => self.add_floats(rows, rows.run(run)),
                (true, Some(vnni)) => self.add_bytes(vnni, rows, rows.run(run)),
                (true, None) => self.add_bytes(PairDot, rows, rows.run(run)),
            }
        }
    }

    fn add_floats(&mut self, rows: &PanelMatrix, columns: Range<usize>) {
        blocks::map_chunks_mut(&mut self.tiles, 1, |index, tiles| {
            for tiles in tiles {
                rows.add_tiles_of_floats(columns.clone(), index, tiles);
            }
        });
    }

    fn add_bytes<D: ByteDot>(&mut self, dot: D, rows: &PanelMatrix, columns: Range<usize>) {
        let views: Vec<PanelView> = (0..rows.len())
            .map(|index| rows.view(index, columns.clone()))
            .collect();
        let panels = blocks::map_range(views.len(), |index| views[index].bytes(columns.clone()));
        blocks::map_chunks_mut(&mut self.tiles, 1, |index, tiles| {
            for tiles in tiles {
                add_tiles_of_bytes(dot, &panels[index..], tiles);
            }
        });
    }

    /// Returns the inner product of two rows.
    pub(crate) fn at(&self, a: usize, b: usize) -> f64 {
        let (a, b) = (a.min(b), a.max(b));
        self.tiles[a / WIDTH][b / WIDTH - a / WIDTH][b % WIDTH][a % WIDTH]
    }
}

impl PanelMatrix {
    /// Returns whether values are bytes.
    fn is_u8(&self) -> bool {
        self.panels.iter().all(Panel::is_u8)
    }

    /// Adds the inner products, over some columns, of the rows of panel `index` with those of every panel from there on.
    fn add_tiles_of_floats(&self, all: Range<usize>, index: usize, tiles: &mut [GramTile]) {
        let mut own_buffer = vec![Lanes::ZERO; STEP];
        let mut buffer = vec![Lanes::ZERO; STEP];
        for columns in steps(all, STEP) {
            let own = self.view(index, columns.clone());
            let own = own.columns(columns.clone(), &mut own_buffer);
            for (panel, tile) in (index..).zip(tiles.iter_mut()) {
                let other = self.view(panel, columns.clone());
                panel_product_f64(own, other.columns(columns.clone(), &mut buffer), tile);
            }
        }
    }
}

/// The columns of a panel of bytes.
type ByteColumns<'a> = Vec<&'a [u8; WIDTH]>;

/// Adds the inner products of the rows of the first panel with those of every panel.
fn add_tiles_of_bytes<D: ByteDot>(dot: D, panels: &[ByteColumns], tiles: &mut [GramTile]) {
    let (mut own_columns, mut other_columns) = (D::Columns::default(), D::Columns::default());
    for fitting in steps(0..panels[0].len(), FITTING) {
        let mut sums = vec![[[0; WIDTH]; WIDTH]; tiles.len()];
        let mut row_sums = [0; WIDTH];
        for columns in steps(fitting, D::STEP) {
            let own = &panels[0][columns.clone()];
            let lit = lit_columns(own);
            D::arrange_own(own, &lit, &mut own_columns);
            add_columns(own, &mut row_sums);
            for (other, sums) in panels.iter().zip(&mut sums) {
                D::arrange_other(&other[columns.clone()], &lit, &mut other_columns);
                dot.add_products(&own_columns, &other_columns, sums);
            }
        }
        for (sums, tile) in sums.iter().zip(tiles.iter_mut()) {
            add_to_tile(sums, &row_sums, D::OFFSET, tile);
        }
    }
}

/// Returns the places of the columns that are not 0 in every row: others add nothing to a product.
fn lit_columns(columns: &[&[u8; WIDTH]]) -> Vec<usize> {
    let places = 0..columns.len();
    places.filter(|&at| !is_zero(columns[at])).collect()
}

/// Divides a range of columns into ranges of `size`.
fn steps(columns: Range<usize>, size: usize) -> impl Iterator<Item = Range<usize>> {
    let end = columns.end;
    columns
        .step_by(size)
        .map(move |start| start..end.min(start + size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Matrix, Orientation, Selection, Source};

    /// Returns the inner products of all rows, formed with the instruction of `dot`.
    fn tiles_with<D: ByteDot>(panels: &PanelMatrix, dot: D) -> GramTiles {
        let mut all = GramTiles::zeros(panels.rows());
        all.add_bytes(dot, panels, 0..panels.columns);
        all
    }

    /// With pairs of 16-bit integers, and with bytes if the processor multiplies them.
    #[test]
    fn products_of_bytes_are_exact() {
        // More rows than a panel, columns that are no multiple of four, some of them 0, the largest products.
        let (images, pixels) = (70, 303);
        let value = |i: usize, j: usize| {
            if j.is_multiple_of(11) {
                0
            } else if (i + j).is_multiple_of(5) {
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
        let panels = PanelMatrix::new(
            &Selection {
                x,
                images: &rows,
                pixels: &columns,
            },
            Orientation::ImageRows,
        );
        let ways = [
            Some(tiles_with(&panels, PairDot)),
            Vnni::detect().map(|vnni| tiles_with(&panels, vnni)),
        ];
        for (way, tiles) in ways.iter().flatten().enumerate() {
            for a in 0..images {
                for b in a..images {
                    let product: u32 = (0..pixels)
                        .map(|j| u32::from(value(a, j)) * u32::from(value(b, j)))
                        .sum();
                    assert!(
                        (tiles.at(a, b) - f64::from(product)).abs() < 0.5,
                        "{way}: {a}, {b}"
                    );
                }
            }
        }
    }
}
