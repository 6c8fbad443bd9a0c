//! The loops of a half step: over panels of rows, over whole parts, and over panels with a divergence's quotients.

use std::borrow::Cow;

use ndarray::Array2;

use super::half_step::{Half, HalfStep};
use super::loss::Loss;
use crate::blocks;
use crate::kernel::{
    Divergence, Factor, FactorPanel, FixedFactor, GramSums, Lanes, PackedGram, Quotient, add_part,
};

/// The most sweeps over whole parts, each of which costs more than one over panels.
const MOST_SWEEPS: usize = 4;
/// Parts are at rest when a sweep's squared change is below this share of the first one's.
const AT_REST: f64 = 0.01;

impl HalfStep<'_> {
    /// Calls `improve` for each panel of `own` with its products with the fixed factor, X Hᵀ or Xᵀ W, which may be
    /// worked on; it leaves the new rows in the panel's values and gives their share of the loss.
    ///
    /// Unknown values of X are first filled with what the leads of both factors give for them: the error on the filled X
    /// is then the error on the known values, and nowhere less, so that what lowers it lowers both (H. A. L. Kiers,
    /// *Weighted least squares fitting using ordinary least squares algorithms*, 1997). The loss is that of the known
    /// values.
    ///
    /// A panel's sums belong to one task alone, unless they are over images of several processes; what tasks share is added
    /// in their order.
    pub(crate) fn by_panel(
        &self,
        own: &mut Factor,
        improve: impl Fn(&mut FactorPanel, &mut [Lanes]) -> Loss + Sync,
    ) -> (Loss, PackedGram) {
        let rank = own.rank();
        let size = self.panels_a_task();
        let filling = self
            .x
            .has_unknown()
            .then(|| FixedFactor::new(self.fixed, self.brightness));
        let whole = self
            .columns_are_shared()
            .then(|| self.whole_products(&own.panels, filling.as_ref()));
        let shares = blocks::map_chunks_mut(&mut own.panels, size, |first, panels| {
            let mut products = match &whole {
                Some(products) => products[first * rank..][..panels.len() * rank].to_vec(),
                None => self.panel_products(first, panels, filling.as_ref()),
            };
            let (mut loss, mut gram_sums) = (Loss::default(), GramSums::new(rank));
            for (index, (panel, products)) in
                panels.iter_mut().zip(products.chunks_mut(rank)).enumerate()
            {
                let mut share = improve(panel, products);
                if let Some(fixed) = filling.as_ref().filter(|_| self.half == Half::Weights) {
                    share.squared = self.x.residual(first + index, &panel.values, fixed);
                }
                loss = loss + share;
                panel.pack_and_gram(&mut gram_sums);
            }
            (loss, gram_sums)
        });
        let (mut loss, gram) = self.add_shares(rank, &shares);
        if filling.is_some() {
            loss.squared -= self.squared_norm;
        }
        (loss, gram)
    }

    /// The products of the `panels` from the `first` on, (rank) rows a panel.
    fn panel_products(
        &self,
        first: usize,
        panels: &[FactorPanel],
        filling: Option<&FixedFactor>,
    ) -> Vec<Lanes> {
        let rank = self.fixed.rank();
        let mut products = vec![Lanes::ZERO; panels.len() * rank];
        let Some(fixed) = filling else {
            self.x
                .add_products(first, &self.fixed.panels, rank, &mut products);
            return products;
        };
        for (index, (panel, products)) in panels.iter().zip(products.chunks_mut(rank)).enumerate() {
            self.x
                .add_filled_products(first + index, &panel.lead, fixed, products);
        }
        products
    }

    /// Improves `own` part by part, each as a whole, in sweeps. `gram` is that of the fixed factor, or what stands for
    /// it, and `prepare` makes the products of a panel fit it; `allowed` takes a part's best values without bounds,
    /// `h_l + (a_l − Σ_j G_lj h_j) / G_ll`, to the nearest that it may have: of these, they give the least squared error.
    pub(crate) fn by_part(
        &self,
        own: &mut Factor,
        gram: &Array2<f64>,
        prepare: impl Fn(&mut [Lanes]) + Sync,
        allowed: impl Fn(&[f32]) -> Vec<f32>,
    ) -> (Loss, PackedGram) {
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
                let new = allowed(&best);
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
        (Loss { squared, own: 0.0 }, self.pack_and_gram(own))
    }

    /// The products of all rows with the fixed factor, part by part.
    fn products(&self, prepare: impl Fn(&mut [Lanes]) + Sync) -> Vec<Vec<f32>> {
        let rank = self.fixed.rank();
        let mut products = self.whole_products(&[], None);
        blocks::map_chunks_mut(&mut products, rank, |_, products| prepare(products));
        let of_part = |l: usize| {
            let values = products.chunks(rank).flat_map(|products| products[l].0);
            values.take(self.x.rows()).collect()
        };
        (0..rank).map(of_part).collect()
    }

    /// Calls `improve` for the lead of each panel of `own` with its quotient; the lead's new values are the factor's.
    /// Gives the loss as a rule does, and leaves it to the rule to settle `own`.
    pub(crate) fn by_quotient(
        &self,
        own: &mut Factor,
        divergence: Divergence,
        improve: impl Fn(&mut [Lanes], &Quotient) + Sync,
    ) -> Loss {
        let fixed = self.fixed_factor();
        let whole = self
            .columns_are_shared()
            .then(|| self.whole_quotients(&own.panels, &fixed, divergence));
        let shares = blocks::map_chunks_mut(&mut own.panels, 1, |index, panels| {
            let mut loss = Loss::default();
            for panel in panels {
                let own = || self.x.quotient(index, &panel.lead, &fixed, divergence);
                let quotient = whole
                    .as_ref()
                    .map_or_else(|| Cow::Owned(own()), |whole| Cow::Borrowed(&whole[index]));
                improve(&mut panel.lead, &quotient);
                panel.values.copy_from_slice(&panel.lead);
                if self.half == Half::Weights {
                    (loss.squared, loss.own) =
                        self.x.distances(index, &panel.lead, &fixed, divergence);
                }
            }
            loss
        });
        self.add_losses(&shares)
    }
}

fn squared_distance(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum()
}

/// `‖X − W H‖² − ‖X‖² = Σ_l w_l · (Σ_j G_lj w_j − 2 a_l)`.
fn squared(parts: &[Vec<f32>], products: &[Vec<f32>], gram: &Array2<f64>) -> f64 {
    let inner = |a: &[f32], b: &[f32]| {
        a.iter()
            .zip(b)
            .map(|(&a, &b)| f64::from(a) * f64::from(b))
            .sum::<f64>()
    };
    let of_part = |(l, part): (usize, &Vec<f32>)| {
        let overlap: f64 = parts
            .iter()
            .zip(gram.row(l))
            .map(|(other, value)| value * inner(part, other))
            .sum();
        overlap - 2.0 * inner(part, &products[l])
    };
    parts.iter().enumerate().map(of_part).sum()
}
