//! Sums of a half step over all images, wherever they are: a factor's rows are images of this process alone where it is
//! the weights, columns of X are where the basis improves.

use std::ops::Range;

use ndarray::Array2;

use super::half_step::{Half, HalfStep};
use super::loss::Loss;
use crate::communicator::{
    Communicator, SingleProcess, ordered_reduce, ordered_sum, values_per_message,
};
use crate::kernel::{
    Divergence, Factor, FactorPanel, FixedFactor, GramSums, Lanes, PackedGram, Quotient, WIDTH,
    gram_from_upper,
};

impl HalfStep<'_> {
    /// Who has the other rows of the factor that improves: nobody, if that is the basis, which all have.
    fn rows_team(&self) -> &dyn Communicator {
        if self.half == Half::Weights {
            self.images.communicator
        } else {
            &SingleProcess
        }
    }

    /// Who has the other rows of the factor that stays.
    fn columns_team(&self) -> &dyn Communicator {
        if self.half == Half::Basis {
            self.images.communicator
        } else {
            &SingleProcess
        }
    }

    /// Whether the columns of X are images of several processes, so that no task has all of a panel's.
    pub(super) fn columns_are_shared(&self) -> bool {
        self.columns_team().size() > 1
    }

    /// The loss and the Gram matrix from the shares of tasks.
    pub(super) fn add_shares(
        &self,
        rank: usize,
        shares: &[(Loss, GramSums)],
    ) -> (Loss, PackedGram) {
        let communicator = self.rows_team();
        // The loss has the first row of what is sent, so that it needs no message of its own.
        let totals = ordered_reduce(
            communicator,
            WIDTH + GramSums::len(rank),
            values_per_message(communicator),
            |first, totals: &mut [f64]| {
                for (loss, gram) in shares {
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
            Loss {
                squared: totals[0],
                own: totals[1],
            },
            PackedGram::of_totals(rank, &totals[WIDTH..]),
        )
    }

    /// The loss from the shares of tasks.
    pub(super) fn add_losses(&self, shares: &[Loss]) -> Loss {
        let shares: Vec<Vec<f64>> = shares
            .iter()
            .map(|loss| vec![loss.squared, loss.own])
            .collect();
        let totals = ordered_sum(self.rows_team(), 2, &shares);
        Loss {
            squared: totals[0],
            own: totals[1],
        }
    }

    /// Readies the factor that improves for the other half step, and gives its Gram matrix.
    pub(crate) fn pack_and_gram(&self, own: &mut Factor) -> PackedGram {
        pack_and_gram(own, self.rows_team())
    }

    /// The Gram matrix of the factor that stays, in f64.
    pub(crate) fn fixed_gram(&self) -> Array2<f64> {
        let rank = self.fixed.rank();
        gram_from_upper(
            rank,
            &ordered_sum(self.columns_team(), rank * rank, &self.fixed.gram_shares()),
        )
    }

    /// The sum of the squares of each part of the factor that improves.
    pub(crate) fn squares(&self, own: &Factor) -> Vec<f64> {
        ordered_sum(self.rows_team(), own.rank(), &own.squares())
    }

    /// The factor that stays, as sums over `M = W H` read it.
    pub(super) fn fixed_factor(&self) -> FixedFactor<'_> {
        let sums = ordered_sum(
            self.columns_team(),
            self.fixed.rank(),
            &self.fixed.part_sum_shares(),
        );
        FixedFactor::new(self.fixed, self.brightness).with_part_sums(&sums)
    }

    /// The products of all panels, whose leads are needed where unknown values are filled: (rank) rows a panel.
    pub(super) fn whole_products(
        &self,
        panels: &[FactorPanel],
        filling: Option<&FixedFactor>,
    ) -> Vec<Lanes> {
        let rank = self.fixed.rank();
        self.over_columns(rank, |run, range| match filling {
            None => self.x.product_run(run, range, &self.fixed.panels, rank),
            Some(fixed) => {
                let of_panel =
                    |index: usize| self.x.filled_run(run, index, &panels[index].lead, fixed);
                range.flat_map(of_panel).collect()
            }
        })
    }

    /// The quotients of all panels.
    pub(super) fn whole_quotients(
        &self,
        panels: &[FactorPanel],
        fixed: &FixedFactor,
        divergence: Divergence,
    ) -> Vec<Quotient> {
        let rank = self.fixed.rank();
        let rows = self.over_columns(2 * rank, |run, range| {
            let of_panel = |index: usize| {
                self.x
                    .quotient_run(run, index, &panels[index].lead, fixed, divergence)
                    .into_rows()
            };
            range.flat_map(of_panel).collect()
        });
        let finished = |rows: &[Lanes]| self.x.finished(Quotient::of_rows(rows), fixed, divergence);
        rows.chunks(2 * rank).map(finished).collect()
    }

    /// Sums over all columns of X, so many rows a panel, from the partial sums of a run of columns for a range of
    /// panels.
    fn over_columns(
        &self,
        rows: usize,
        share: impl Fn(usize, Range<usize>) -> Vec<Lanes> + Sync + Send,
    ) -> Vec<Lanes> {
        let communicator = self.columns_team();
        // The first rank's sums begin with its own.
        let shares = self
            .x
            .run_shares(self.panels_a_task(), communicator.rank() == 0, share);
        let totals = ordered_sum(communicator, self.x.len() * rows * WIDTH, &shares);
        totals.as_chunks().0.iter().map(|&row| Lanes(row)).collect()
    }
}

/// Readies a factor whose rows are spread over a team for the other half step, and gives its Gram matrix.
pub(super) fn pack_and_gram(factor: &mut Factor, communicator: &dyn Communicator) -> PackedGram {
    let (rank, shares) = (factor.rank(), factor.pack_and_partial_grams());
    let totals = ordered_reduce(
        communicator,
        GramSums::len(rank),
        values_per_message(communicator),
        |first, totals: &mut [f64]| {
            for share in &shares {
                share.add_to(first, totals);
            }
        },
    );
    PackedGram::of_totals(rank, &totals)
}
