//! Values of X that a half step replaces, wholly or in part, by the product of the factors.

use super::loss::LossSums;
use crate::kernel::{FixedFactor, Lanes, PanelMatrix};

/// What is replaced: unknown values by the product of the factors, and with a threshold δ also known
/// values that are farther from the product than δ, by the nearest that are not.
pub(super) struct Filling<'a> {
    pub(super) fixed: FixedFactor<'a>,
    pub(super) threshold: Option<f64>,
}

impl Filling<'_> {
    /// Adds the products of panel `index` of the filled X with the fixed factor to `products`;
    /// `rows` are those of the updated factor.
    pub(super) fn add_products(
        &self,
        x: &PanelMatrix,
        index: usize,
        rows: &[Lanes],
        products: &mut [Lanes],
    ) {
        match self.threshold {
            None => x.add_filled_products(index, rows, &self.fixed, products),
            Some(threshold) => {
                x.add_clipped_products(index, rows, &self.fixed, threshold, products);
            }
        }
    }

    /// Returns the sums of one run of columns in [`Filling::add_products`].
    pub(super) fn run_products(
        &self,
        x: &PanelMatrix,
        run: usize,
        index: usize,
        rows: &[Lanes],
    ) -> Vec<Lanes> {
        match self.threshold {
            None => x.filled_run(run, index, rows, &self.fixed),
            Some(threshold) => x.clipped_run(run, index, rows, &self.fixed, threshold),
        }
    }

    /// Returns the loss of panel `index` over its known values, with ‖X − W H‖² itself as
    /// [`LossSums::squared`]; `added` is what the rule adds to the squared error.
    pub(super) fn loss(
        &self,
        x: &PanelMatrix,
        index: usize,
        rows: &[Lanes],
        added: f64,
    ) -> LossSums {
        let [squared, own] = match self.threshold {
            None => [x.residual(index, rows, &self.fixed), added],
            Some(threshold) => x.huber_sums(index, rows, &self.fixed, threshold),
        };
        LossSums { squared, own }
    }
}
