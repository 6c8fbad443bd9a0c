//! The pixel matrix in panels of [`WIDTH`] images or, transposed, of [`WIDTH`] pixels, and its
//! products with a factor.

use std::ops::Range;

use super::factor_panel::{FactorPanel, PackedPanel};
use super::int16_dot::{Pair, byte_product};
use super::layout::{CHUNK, CHUNKS_PER_RUN, Lanes, PAIRS, RUN, WIDTH};
use super::panel::{Panel, PanelView};
use super::products::{add_lanes, product};
use super::selection::{Orientation, Selection};

/// The selected rows and columns of the pixel matrix, in panels of rows.
pub(crate) struct PanelMatrix {
    pub(super) panels: Vec<Panel>,
    pub(super) rows: usize,
    pub(super) columns: usize,
    has_unknown: bool,
}

/// All images of the pixel matrix, cut both ways: each pixel that is not 0 in every image once.
#[derive(Clone, Copy)]
pub(crate) struct CutPixels<'a> {
    pub(crate) by_image: &'a PanelMatrix,
    pub(crate) by_pixel: &'a PanelMatrix,
    /// The pixels, in the order of the panels.
    pub(crate) pixels: &'a [u32],
    /// ‖x‖² of each image of this rank, of values as they are in memory.
    pub(crate) image_squares: &'a [f64],
    /// ‖X‖² of the images of all ranks, of values as they are in memory.
    pub(crate) squared_norm: f64,
    /// The sum of each of all pixels over the images of all ranks, of values as they are in memory.
    pub(crate) pixel_sums: &'a [f64],
}

impl PanelMatrix {
    /// Returns the matrix of panels that a selection was copied into.
    pub(super) fn of_panels(
        panels: Vec<Panel>,
        selection: &Selection,
        orientation: Orientation,
    ) -> Self {
        let (rows, columns) = selection.size(orientation);
        Self {
            panels,
            rows,
            columns,
            has_unknown: selection.x.known.is_some(),
        }
    }

    /// Returns the number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Returns whether some of the values are unknown.
    pub(crate) fn has_unknown(&self) -> bool {
        self.has_unknown
    }

    /// Returns whether the panels are on disk.
    pub(crate) fn is_on_disk(&self) -> bool {
        self.panels.first().is_some_and(Panel::is_on_disk)
    }

    /// Returns the number of panels.
    pub(crate) fn len(&self) -> usize {
        self.panels.len()
    }

    /// Returns the number of runs of columns.
    pub(crate) fn runs(&self) -> usize {
        self.columns.div_ceil(RUN)
    }

    /// Returns the columns of a run.
    pub(super) fn run(&self, run: usize) -> Range<usize> {
        run * RUN..self.columns.min((run + 1) * RUN)
    }

    /// Returns the columns of each chunk.
    pub(super) fn chunks(&self) -> impl Iterator<Item = Range<usize>> {
        let columns = self.columns;
        (0..columns)
            .step_by(CHUNK)
            .map(move |start| start..columns.min(start + CHUNK))
    }

    /// Returns a view of some columns of panel `index`, which are read now if they are on disk.
    pub(super) fn view(&self, index: usize, columns: Range<usize>) -> PanelView<'_> {
        self.panels[index].view(columns.start / CHUNK..columns.end.div_ceil(CHUNK))
    }

    /// Adds the products of the panels from `first` on with the packed factor `fixed` to `sums`, (rank)
    /// entries per panel.
    pub(crate) fn add_products(
        &self,
        first: usize,
        fixed: &[FactorPanel],
        rank: usize,
        sums: &mut [Lanes],
    ) {
        if self.columns <= RUN {
            return self.add_run(first, 0..self.columns, fixed, rank, sums);
        }
        let mut run_sums = vec![Lanes::ZERO; sums.len()];
        for (run, fixed) in (0..self.runs()).zip(fixed.chunks(CHUNKS_PER_RUN)) {
            run_sums.fill(Lanes::ZERO);
            self.add_run(first, self.run(run), fixed, rank, &mut run_sums);
            add_lanes(sums, &run_sums);
        }
    }

    /// Adds the products over the columns of one run, with the panels of `fixed` for these columns.
    pub(super) fn add_run(
        &self,
        first: usize,
        columns: Range<usize>,
        fixed: &[FactorPanel],
        rank: usize,
        sums: &mut [Lanes],
    ) {
        let mut buffer = [Lanes::ZERO; CHUNK];
        let mut pair_buffer = [Pair::ZERO; PAIRS];
        // In memory, a chunk of the factor serves all panels while it is in cache. Columns that are
        // read from disk are best used while they are in cache themselves.
        let panels_at_once = if self.is_on_disk() {
            1
        } else {
            (sums.len() / rank).max(1)
        };
        for (first, sums) in (first..)
            .step_by(panels_at_once)
            .zip(sums.chunks_mut(panels_at_once * rank))
        {
            let views: Vec<PanelView> = (first..first + sums.len() / rank)
                .map(|panel| self.view(panel, columns.clone()))
                .collect();
            for (chunk, fixed) in (columns.start / CHUNK..).zip(fixed) {
                for (view, sums) in views.iter().zip(sums.chunks_mut(rank)) {
                    if let PackedPanel::Integers(fixed) = &fixed.packed
                        && let Some((x, places)) = view.pairs(chunk, &mut pair_buffer)
                    {
                        byte_product(x, places, fixed, sums);
                    } else {
                        let (x, places) = view.chunk(chunk, &mut buffer);
                        product(x, places, fixed.floats(), sums);
                    }
                }
            }
        }
    }

    /// Returns one column, (rows).
    pub(crate) fn column(&self, index: usize) -> Vec<f32> {
        let mut column = Vec::with_capacity(self.len() * WIDTH);
        let mut buffer = [Lanes::ZERO];
        for panel in 0..self.len() {
            let view = self.view(panel, index..index + 1);
            column.extend(view.columns(index..index + 1, &mut buffer)[0].0);
        }
        column.truncate(self.rows);
        column
    }

    /// Returns which rows of one column are known, (rows).
    pub(crate) fn known(&self, column: usize) -> Vec<bool> {
        let mut is_known = Vec::with_capacity(self.len() * WIDTH);
        for panel in &self.panels {
            let known = panel.known(column..column + 1)[0];
            is_known.extend((0..WIDTH).map(|row| known >> row & 1 == 1));
        }
        is_known.truncate(self.rows);
        is_known
    }
}
