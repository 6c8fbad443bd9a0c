//! The loops of a half step: over panels of rows, over whole parts, and over panels with the
//! quotients of a divergence.

use std::borrow::Cow;

use ndarray::Array2;

use super::filling::Filling;
use super::half_step::{Half, HalfStep};
use super::loss::LossSums;
use crate::blocks;
use crate::kernel::{
    Divergence, Factor, FactorPanel, FixedFactor, GramSums, Lanes, PackedGram, Quotient, add_part,
};

/// The most sweeps over whole parts, which cost more than sweeps over panels.
const MOST_SWEEPS: usize = 4;
/// Sweeps over parts end when their squared change is below this fraction of the first sweep's.
const AT_REST: f64 = 0.01;

impl HalfStep<'_> {
    /// Updates `own` panel by panel. `improve` gets a panel and its products with the fixed factor,
    /// X Hᵀ or Xᵀ W, which it can overwrite; it leaves the new rows in the panel's `values` and the
    /// rows to continue from in `lead`, and returns the contribution of the new rows to the loss.
    ///
    /// Unknown values of X are first filled with the product of the extrapolated factors. The error
    /// on the filled X is the error on the known values at this point and nowhere less, so that
    /// lowering it lowers the error on the known values too (H. A. L. Kiers, *Weighted least
    /// squares fitting using ordinary least squares algorithms*, 1997). The returned loss is that
    /// of the known values.
    ///
    /// The sums of a panel belong to one task, unless they are over the images of several
    /// processes; the results of tasks are added in order.
    pub(crate) fn by_panel(
        &self,
        own: &mut Factor,
        improve: impl Fn(&mut FactorPanel, &mut [Lanes]) -> LossSums + Sync,
    ) -> (LossSums, PackedGram) {
        let filling = self.x.has_unknown().then(|| Filling {
            fixed: FixedFactor::new(self.fixed, self.brightness),
            threshold: None,
        });
        self.by_filled_panel(own, filling.as_ref(), improve)
    }

    /// Updates `own` by sweeps after values of X that are farther than `threshold` from the product
    /// of the factors are brought to that distance. The squared error on the filled X bounds Huber's
    /// loss from above, up to a constant, and equals it at this point: lowering it lowers the loss,
    /// which is the returned one.
    pub(crate) fn by_clipped_sweeps(
        &self,
        own: &mut Factor,
        threshold: f64,
    ) -> (LossSums, PackedGram) {
        let filling = Filling {
            fixed: FixedFactor::new(self.fixed, self.brightness),
            threshold: Some(threshold),
        };
        self.by_filled_panel(own, Some(&filling), |panel, products| {
            self.sweep(panel, products);
            LossSums::default()
        })
    }

    /// Updates `own` panel by panel with the values of X that are left by `filling`.
    fn by_filled_panel(
        &self,
        own: &mut Factor,
        filling: Option<&Filling>,
        improve: impl Fn(&mut FactorPanel, &mut [Lanes]) -> LossSums + Sync,
    ) -> (LossSums, PackedGram) {
        let rank = own.rank();
        let size = self.panels_per_task();
        let whole = self
            .columns_are_shared()
            .then(|| self.whole_products(&own.panels, filling));
        let partials = blocks::map_chunks_mut(&mut own.panels, size, |first, panels| {
            let mut products = match &whole {
                Some(products) => products[first * rank..][..panels.len() * rank].to_vec(),
                None => self.panel_products(first, panels, filling),
            };
            let (mut loss, mut gram_sums) = (LossSums::default(), GramSums::new(rank));
            for (index, (panel, products)) in
                panels.iter_mut().zip(products.chunks_mut(rank)).enumerate()
            {
                let mut panel_loss = improve(panel, products);
                if let Some(filling) = filling
                    && self.half == Half::Weights
                {
                    let added = panel_loss.own;
                    panel_loss = filling.loss(self.x, first + index, &panel.values, added);
                }
                loss = loss + panel_loss;
                panel.pack_and_gram(&mut gram_sums);
            }
            (loss, gram_sums)
        });
        let (mut loss, gram) = self.sum_over_tasks(rank, &partials);
        if filling.is_some() {
            loss.squared -= self.squared_norm;
        }
        (loss, gram)
    }

    /// Returns the products of `panels`, of which the first has the index `first`; `rank` rows per
    /// panel.
    fn panel_products(
        &self,
        first: usize,
        panels: &[FactorPanel],
        filling: Option<&Filling>,
    ) -> Vec<Lanes> {
        let rank = self.fixed.rank();
        let mut products = vec![Lanes::ZERO; panels.len() * rank];
        let Some(filling) = filling else {
            self.x
                .add_products(first, &self.fixed.panels, rank, &mut products);
            return products;
        };
        for (index, (panel, products)) in panels.iter().zip(products.chunks_mut(rank)).enumerate() {
            filling.add_products(self.x, first + index, &panel.lead, products);
        }
        products
    }

    /// Updates `own` part by part in sweeps. `gram` is the Gram matrix of the fixed factor,
    /// possibly transformed, and `prepare` applies the same transformation to the products of a
    /// panel. `project` gets the unconstrained minimum of a part,
    /// `h_l + (a_l − Σ_j G_lj h_j) / G_ll`, and returns the nearest values that satisfy the rule's
    /// constraints, which have the least squared error of all such values.
    pub(crate) fn by_part(
        &self,
        own: &mut Factor,
        gram: &Array2<f64>,
        prepare: impl Fn(&mut [Lanes]) + Sync,
        project: impl Fn(&[f32]) -> Vec<f32>,
    ) -> (LossSums, PackedGram) {
        let (products, inverse) = (self.products(prepare), PackedGram::of(gram).inverse);
        let mut parts = own.parts();
        let mut first = 0.0;
        for sweep in 0..MOST_SWEEPS {
            let mut change = 0.0;
            for l in (0..parts.len()).filter(|&l| inverse[l] > 0.0) {
                let mut best = parts[l].clone();
                add_part(&mut best, inverse[l], &products[l]);
                for (part, value) in parts.iter().zip(gram.row(l)) {
                    add_part(&mut best, -(value * f64::from(inverse[l])) as f32, part);
                }
                let new = project(&best);
                change += squared_distance(&new, &parts[l]);
                parts[l] = new;
            }
            if sweep == 0 {
                first = change;
            } else if change <= AT_REST * first {
                break;
            }
        }
        own.fill(|row, part| parts[part][row]);
        let squared = if self.half == Half::Weights {
            squared(&parts, &products, gram)
        } else {
            0.0
        };
        (LossSums { squared, own: 0.0 }, self.pack_and_gram(own))
    }

    /// Returns the products of all rows with the fixed factor, part by part.
    fn products(&self, prepare: impl Fn(&mut [Lanes]) + Sync) -> Vec<Vec<f32>> {
        let rank = self.fixed.rank();
        let mut products = self.whole_products(&[], None);
        blocks::map_chunks_mut(&mut products, rank, |_, products| prepare(products));
        let mut parts = Vec::with_capacity(rank);
        for l in 0..rank {
            let values = products.chunks(rank).flat_map(|products| products[l].0);
            parts.push(values.take(self.x.rows()).collect());
        }
        parts
    }

    /// Updates `own` panel by panel with a divergence. `improve` gets the rows of a panel and its
    /// quotients, and overwrites the rows. Returns the loss; the caller packs `own`.
    pub(crate) fn by_quotient(
        &self,
        own: &mut Factor,
        divergence: Divergence,
        improve: impl Fn(&mut [Lanes], &Quotient) + Sync,
    ) -> LossSums {
        let fixed = self.fixed_factor();
        let whole = self
            .columns_are_shared()
            .then(|| self.whole_quotients(&own.panels, &fixed, divergence));
        let partials = blocks::map_chunks_mut(&mut own.panels, 1, |index, panels| {
            let mut loss = LossSums::default();
            for panel in panels {
                let quotient = match &whole {
                    Some(whole) => Cow::Borrowed(&whole[index]),
                    None => Cow::Owned(self.x.quotient(index, &panel.lead, &fixed, divergence)),
                };
                improve(&mut panel.lead, &quotient);
                panel.values.copy_from_slice(&panel.lead);
                if self.half == Half::Weights {
                    (loss.squared, loss.own) =
                        self.x.distances(index, &panel.lead, &fixed, divergence);
                }
            }
            loss
        });
        self.sum_losses(&partials)
    }
}

fn squared_distance(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum()
}

/// Returns `‖X − W H‖² − ‖X‖² = Σ_l w_l · (Σ_j G_lj w_j − 2 a_l)`.
fn squared(parts: &[Vec<f32>], products: &[Vec<f32>], gram: &Array2<f64>) -> f64 {
    let mut squared = Vec::with_capacity(parts.len());
    for (l, part) in parts.iter().enumerate() {
        let gram_product: f64 = parts
            .iter()
            .zip(gram.row(l))
            .map(|(other, value)| value * inner_product(part, other))
            .sum();
        squared.push(gram_product - 2.0 * inner_product(part, &products[l]));
    }
    squared.iter().sum()
}

fn inner_product(a: &[f32], b: &[f32]) -> f64 {
    let products = a.iter().zip(b);
    products.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}
