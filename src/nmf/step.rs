//! Half an iteration: one factor improves while the other stays, one panel of rows at a time.

use super::rule::Loss;
use crate::blocks;
use crate::kernel::{Divergence, Factor, FactorPanel, FixedFactor, GramSums, PackedGram, Panels, Quotient, Row};

/// The most panels of a task: while a chunk of the fixed factor is in cache it serves them all.
const PANELS_A_TASK: usize = 8;
/// Columns from which the fixed factor no longer fits the cache, so that tasks are made large rather than many.
const MANY_COLUMNS: usize = 8192;

/// The factor that a half step improves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    /// W, from all pixels of each image.
    Weights,
    /// H, from all images at each pixel.
    Basis,
}

/// What stays during a half step.
pub(crate) struct HalfStep<'a> {
    pub(crate) half: Half,
    /// X with a row for each row of the factor that improves.
    pub(crate) x: &'a Panels,
    /// The other factor.
    pub(crate) fixed: &'a Factor,
    /// Its Gram matrix.
    pub(crate) gram: &'a PackedGram,
    /// The value of X that stands for 1.
    pub(crate) unit: f32,
    /// The root mean square of X: what values are small against.
    pub(crate) brightness: f32,
}

impl HalfStep<'_> {
    /// Calls `improve` for each panel of `own` with its products with the fixed factor, X Hᵀ or Xᵀ W, which may be
    /// worked on; it leaves the new rows in the panel and gives their share of the loss.
    ///
    /// A panel's sums belong to one task alone; what tasks share is added in their order.
    pub(crate) fn by_panel(
        &self,
        own: &mut Factor,
        improve: impl Fn(&mut FactorPanel, &mut [Row]) -> Loss + Sync,
    ) -> (Loss, PackedGram) {
        let rank = own.rank();
        let size = panels_a_task(own.panels.len(), self.fixed.rows());
        let shares = blocks::map_chunks_mut(&mut own.panels, size, |first, panels| {
            let mut products = vec![Row::ZERO; panels.len() * rank];
            self.x.add_products(first, &self.fixed.panels, rank, &mut products);
            let (mut loss, mut gram_sums) = (Loss::default(), GramSums::new(rank));
            for (panel, products) in panels.iter_mut().zip(products.chunks_mut(rank)) {
                loss = loss + improve(panel, products);
                panel.settle(&mut gram_sums);
            }
            (loss, gram_sums)
        });
        let (losses, grams): (Vec<Loss>, Vec<GramSums>) = shares.into_iter().unzip();
        (losses.into_iter().fold(Loss::default(), |sum, loss| sum + loss), PackedGram::new(rank, &grams))
    }

    /// A product below this becomes 0 where a rule multiplies: it could fall for ever, and numbers below the normal range
    /// of f32 slow the processor down.
    pub(crate) fn least(&self) -> f32 {
        f64::EPSILON as f32 * self.brightness.sqrt()
    }

    /// Calls `improve` for the lead of each panel of `own` with its quotient; the lead's new values are the factor's.
    /// Gives the loss as a rule does, and leaves it to the rule to settle `own`.
    pub(crate) fn by_quotient(
        &self,
        own: &mut Factor,
        divergence: Divergence,
        improve: impl Fn(&mut [Row], &Quotient) + Sync,
    ) -> Loss {
        let fixed = FixedFactor::new(self.fixed, self.brightness);
        let shares = blocks::map_chunks_mut(&mut own.panels, 1, |index, panels| {
            let mut loss = Loss::default();
            for panel in panels {
                let quotient = self.x.quotient(index, &panel.lead, &fixed, divergence);
                improve(&mut panel.lead, &quotient);
                panel.values.copy_from_slice(&panel.lead);
                if self.half == Half::Weights {
                    (loss.squared, loss.own) = self.x.distances(index, &panel.lead, &fixed, divergence);
                }
            }
            loss
        });
        shares.into_iter().fold(Loss::default(), |sum, share| sum + share)
    }
}

/// From the sizes of the data alone, so that the sums are cut the same way on every machine.
fn panels_a_task(panels: usize, columns: usize) -> usize {
    (panels / if columns > MANY_COLUMNS { 6 } else { 8 }).clamp(1, PANELS_A_TASK)
}
