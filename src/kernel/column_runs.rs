//! Sums over columns as the shares of runs of columns, for whoever adds those of several processes in their order.

use super::factor_panel::FactorPanel;
use super::layout::{CHUNK, Row};
use super::panel_matrix::Panels;
use super::products::add_rows;
use crate::blocks;

impl Panels {
    /// The shares of all runs in sums of all panels, one panel after another: from that of a run in those of some panels,
    /// which are told by the first and their number, `size` a task. `together` they are one share.
    pub(crate) fn run_shares(
        &self,
        size: usize,
        together: bool,
        share: impl Fn(usize, (usize, usize)) -> Vec<Row> + Sync + Send,
    ) -> Vec<Vec<f32>> {
        let added = |mut sums: Vec<Row>, rows: Vec<Row>| {
            add_rows(&mut sums, &rows);
            sums
        };
        let tasks = blocks::map_range(self.len().div_ceil(size), |task| {
            let of = (task * size, size.min(self.len() - task * size));
            let runs = (0..self.runs()).map(|run| share(run, of));
            if together {
                runs.reduce(added).into_iter().collect()
            } else {
                runs.collect::<Vec<_>>()
            }
        });
        let flat = |run: usize| {
            tasks
                .iter()
                .flat_map(|task| &task[run])
                .flat_map(|row| row.0)
                .collect()
        };
        (0..tasks.first().map_or(0, Vec::len)).map(flat).collect()
    }

    /// The share of one run in the products of `count` panels from `first` on, as of [`Panels::add_products`].
    pub(crate) fn product_run(
        &self,
        run: usize,
        (first, count): (usize, usize),
        fixed: &[FactorPanel],
        rank: usize,
    ) -> Vec<Row> {
        let (columns, mut sums) = (self.run(run), vec![Row::ZERO; count * rank]);
        let fixed = &fixed[columns.start / CHUNK..columns.end.div_ceil(CHUNK)];
        self.add_run(first, columns, fixed, rank, &mut sums);
        sums
    }
}
