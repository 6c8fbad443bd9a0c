//! The sums of a half step over all processes. Each process has the weights of its own images: the
//! rows of the updated factor in the half step of the weights, the columns of X in that of the
//! basis.

use std::ops::Range;

use ndarray::Array2;

use super::filling::Filling;
use super::half_step::{Half, HalfStep};
use super::loss::LossSums;
use crate::communicator::{
    Communicator, SingleProcess, ordered_reduce, ordered_sum, values_per_message,
};
use crate::kernel::{
    Divergence, Factor, FactorPanel, FixedFactor, GramSums, Lanes, PackedGram, Quotient, WIDTH,
    gram_from_upper,
};

impl HalfStep<'_> {
    /// Returns the processes that share the rows of the updated factor; every process has the whole
    /// basis.
    fn row_communicator(&self) -> &dyn Communicator {
        if self.half == Half::Weights {
            self.images.communicator
        } else {
            &SingleProcess
        }
    }

    /// Returns the processes that share the rows of the fixed factor.
    fn column_communicator(&self) -> &dyn Communicator {
        if self.half == Half::Basis {
            self.images.communicator
        } else {
            &SingleProcess
        }
    }

    /// Returns whether the columns of X are shared among several processes, so that no task has all
    /// columns of a panel.
    pub(super) fn columns_are_shared(&self) -> bool {
        self.column_communicator().size() > 1
    }

    /// Returns the loss and the Gram matrix from those of the tasks.
    pub(super) fn sum_over_tasks(
        &self,
        rank: usize,
        partials: &[(LossSums, GramSums)],
    ) -> (LossSums, PackedGram) {
        let communicator = self.row_communicator();
        // The loss is the first row of the message, so that it needs no message of its own.
        let totals = ordered_reduce(
            communicator,
            WIDTH + GramSums::len(rank),
            values_per_message(communicator),
            |first, totals: &mut [f64]| {
                for (loss, gram) in partials {
                    if first == 0 {
                        totals[0] += loss.squared;
                        totals[1] += loss.own;
                        gram.add_to(0, &mut totals[WIDTH..]);
                    } else {
                        gram.add_to(first - WIDTH, totals);
                    }
                }
            },
        );
        (
            LossSums {
                squared: totals[0],
                own: totals[1],
            },
            PackedGram::of_totals(rank, &totals[WIDTH..]),
        )
    }

    /// Returns the loss from those of the tasks.
    pub(crate) fn sum_losses(&self, partials: &[LossSums]) -> LossSums {
        let partials: Vec<Vec<f64>> = partials
            .iter()
            .map(|loss| vec![loss.squared, loss.own])
            .collect();
        let totals = ordered_sum(self.row_communicator(), 2, &partials);
        LossSums {
            squared: totals[0],
            own: totals[1],
        }
    }

    /// Packs the updated factor for the other half step and returns its Gram matrix.
    pub(crate) fn pack_and_gram(&self, own: &mut Factor) -> PackedGram {
        pack_and_gram(own, self.row_communicator())
    }

    /// Returns the Gram matrix of the fixed factor in f64.
    pub(crate) fn fixed_gram(&self) -> Array2<f64> {
        let rank = self.fixed.rank();
        gram_from_upper(
            rank,
            &ordered_sum(
                self.column_communicator(),
                rank * rank,
                &self.fixed.partial_grams(),
            ),
        )
    }

    /// Returns the sum of squares of each part of the updated factor.
    pub(crate) fn squares(&self, own: &Factor) -> Vec<f64> {
        ordered_sum(self.row_communicator(), own.rank(), &own.partial_squares())
    }

    /// Returns the fixed factor with its sums, as the sums over `M = W H` need it.
    pub(super) fn fixed_factor(&self) -> FixedFactor<'_> {
        let sums = ordered_sum(
            self.column_communicator(),
            self.fixed.rank(),
            &self.fixed.partial_part_sums(),
        );
        FixedFactor::new(self.fixed, self.brightness).with_part_sums(&sums)
    }

    /// Returns the products of all panels, `rank` rows per panel. `panels` are only read if unknown
    /// values are filled.
    pub(super) fn whole_products(
        &self,
        panels: &[FactorPanel],
        filling: Option<&Filling>,
    ) -> Vec<Lanes> {
        let rank = self.fixed.rank();
        self.over_columns(rank, |run, range| match filling {
            None => self.x.product_run(run, range, &self.fixed.panels, rank),
            Some(filling) => range
                .flat_map(|index| filling.run_products(self.x, run, index, &panels[index].lead))
                .collect(),
        })
    }

    /// Returns the quotients of all panels.
    pub(super) fn whole_quotients(
        &self,
        panels: &[FactorPanel],
        fixed: &FixedFactor,
        divergence: Divergence,
    ) -> Vec<Quotient> {
        let rank = self.fixed.rank();
        let rows = self.over_columns(2 * rank, |run, range| {
            let mut rows = Vec::with_capacity(range.len() * 2 * rank);
            for index in range {
                let rows_of_panel = &panels[index].lead;
                let quotient = self
                    .x
                    .quotient_run(run, index, rows_of_panel, fixed, divergence);
                rows.extend(quotient.into_rows());
            }
            rows
        });
        let mut quotients = Vec::with_capacity(self.x.len());
        for rows in rows.chunks(2 * rank) {
            quotients.push(self.x.finished(Quotient::of_rows(rows), fixed, divergence));
        }
        quotients
    }

    /// Returns sums over all columns of X, `rows` rows per panel. `partial` returns the contribution
    /// of a run of columns to the sums of a range of panels.
    fn over_columns(
        &self,
        rows: usize,
        partial: impl Fn(usize, Range<usize>) -> Vec<Lanes> + Sync + Send,
    ) -> Vec<Lanes> {
        let communicator = self.column_communicator();
        // The sums begin with those of the first process.
        let partials =
            self.x
                .partial_run_sums(self.panels_per_task(), communicator.rank() == 0, partial);
        let totals = ordered_sum(communicator, self.x.len() * rows * WIDTH, &partials);
        totals.as_chunks().0.iter().map(|&row| Lanes(row)).collect()
    }
}

/// Packs a factor whose rows are shared among processes for the other half step and returns its
/// Gram matrix.
pub(super) fn pack_and_gram(factor: &mut Factor, communicator: &dyn Communicator) -> PackedGram {
    let (rank, partials) = (factor.rank(), factor.pack_and_partial_grams());
    let totals = ordered_reduce(
        communicator,
        GramSums::len(rank),
        values_per_message(communicator),
        |first, totals: &mut [f64]| {
            for partial in &partials {
                partial.add_to(first, totals);
            }
        },
    );
    PackedGram::of_totals(rank, &totals)
}
