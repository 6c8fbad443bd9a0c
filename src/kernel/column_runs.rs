//! Sums over columns as partial sums of runs of columns, for columns that are distributed over ranks.

use std::ops::Range;

use super::factor_panel::FactorPanel;
use super::layout::{CHUNK, Lanes};
use super::panel_matrix::PanelMatrix;
use super::products::add_lanes;
use crate::blocks;

impl PanelMatrix {
    /// Returns the partial sums of each run over all panels, one panel after another.
    ///
    /// `partial` computes the sums of a run for a range of panels; it is called in parallel for ranges
    /// of `panels_per_task`. If `merge` is set, the runs are added in order to a single partial sum.
    pub(crate) fn partial_run_sums(
        &self,
        panels_per_task: usize,
        merge: bool,
        partial: impl Fn(usize, Range<usize>) -> Vec<Lanes> + Sync + Send,
    ) -> Vec<Vec<f32>> {
        let tasks = blocks::map_range(self.len().div_ceil(panels_per_task), |task| {
            let first = task * panels_per_task;
            let panels = first..self.len().min(first + panels_per_task);
            let mut partials: Vec<Vec<Lanes>> = Vec::new();
            for run in 0..self.runs() {
                let sums = partial(run, panels.clone());
                match partials.first_mut() {
                    Some(total) if merge => add_lanes(total, &sums),
                    _ => partials.push(sums),
                }
            }
            partials
        });
        let count = tasks.first().map_or(0, Vec::len);
        let mut flat = Vec::with_capacity(count);
        for run in 0..count {
            let lanes = tasks.iter().flat_map(|task| &task[run]);
            flat.push(lanes.flat_map(|lanes| lanes.0).collect());
        }
        flat
    }

    /// Returns the sums of one run in the products of some panels, as [`PanelMatrix::add_products`]
    /// forms them.
    pub(crate) fn product_run(
        &self,
        run: usize,
        panels: Range<usize>,
        fixed: &[FactorPanel],
        rank: usize,
    ) -> Vec<Lanes> {
        let columns = self.run(run);
        let mut sums = vec![Lanes::ZERO; panels.len() * rank];
        let fixed = &fixed[columns.start / CHUNK..columns.end.div_ceil(CHUNK)];
        self.add_run(panels.start, columns, fixed, rank, &mut sums);
        sums
    }
}
