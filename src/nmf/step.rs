//! Half an iteration: one factor improves while the other stays, one panel of rows or one whole part at a time.

use std::borrow::Cow;

use ndarray::Array2;

use super::rule::Loss;
use crate::blocks;
use crate::communicator::Partition;
use crate::kernel::{
    Divergence, Factor, FactorPanel, FixedFactor, GramSums, PackedGram, Panels, Quotient, Row,
    WIDTH, add_part, loss_share,
};

/// The most panels of a task: while a chunk of the fixed factor is in cache it serves them all.
const PANELS_A_TASK: usize = 8;
/// Columns from which the fixed factor no longer fits the cache, so that tasks are made large rather than many.
const MANY_COLUMNS: usize = 8192;

/// The most sweeps over whole parts, each of which costs more than one over panels.
const MOST_SWEEPS: usize = 4;
/// Parts are at rest when a sweep's squared change is below this share of the first one's.
const AT_REST: f64 = 0.01;

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
    /// The value of X that stands for 1; it is in the weights too.
    pub(crate) unit: f64,
    /// Images and pixels of the whole of X.
    pub(crate) size: (usize, usize),
    /// ‖X‖² over the known values.
    pub(crate) squared_norm: f64,
    /// The root mean square of X: what values are small against.
    pub(crate) brightness: f32,
    /// The images among those of all processes.
    pub(crate) images: Partition<'a>,
}

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
        improve: impl Fn(&mut FactorPanel, &mut [Row]) -> Loss + Sync,
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

    /// How many panels a task has: from the sizes of the data alone, so that the sums are cut the same way on every machine.
    pub(super) fn panels_a_task(&self) -> usize {
        let (rows, columns) = match self.half {
            Half::Weights => (self.images.all, self.fixed.rows()),
            Half::Basis => (self.x.rows(), self.images.all),
        };
        (rows.div_ceil(WIDTH) / if columns > MANY_COLUMNS { 6 } else { 8 }).clamp(1, PANELS_A_TASK)
    }

    /// The products of the `panels` from the `first` on, (rank) rows a panel.
    fn panel_products(
        &self,
        first: usize,
        panels: &[FactorPanel],
        filling: Option<&FixedFactor>,
    ) -> Vec<Row> {
        let rank = self.fixed.rank();
        let mut products = vec![Row::ZERO; panels.len() * rank];
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

    /// At most `most` sweeps over panels, so many that they take two thirds of the products' steps and thus about their
    /// time: a sweep takes rank² steps a row, the products rank times the columns.
    pub(crate) fn affordable_sweeps(&self, most: usize) -> usize {
        let (images, pixels) = self.size;
        let columns = if self.half == Half::Weights {
            pixels
        } else {
            images
        };
        (2 * columns / (3 * self.fixed.rank())).clamp(1, most)
    }

    /// The loss of a panel's improved rows, from their products over the diagonal of `gram`; there is none to tell of the
    /// basis.
    pub(crate) fn loss(&self, rows: &[Row], scaled: &[Row], gram: &PackedGram) -> Loss {
        let squared = if self.half == Half::Weights {
            loss_share(rows, scaled, gram)
        } else {
            0.0
        };
        Loss { squared, own: 0.0 }
    }

    /// Improves `own` part by part, each as a whole, in sweeps. `gram` is that of the fixed factor, or what stands for
    /// it, and `prepare` makes the products of a panel fit it; `allowed` takes a part's best values without bounds,
    /// `h_l + (a_l − Σ_j G_lj h_j) / G_ll`, to the nearest that it may have: of these, they give the least squared error.
    pub(crate) fn by_part(
        &self,
        own: &mut Factor,
        gram: &Array2<f64>,
        prepare: impl Fn(&mut [Row]) + Sync,
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
    fn products(&self, prepare: impl Fn(&mut [Row]) + Sync) -> Vec<Vec<f32>> {
        let rank = self.fixed.rank();
        let mut products = self.whole_products(&[], None);
        blocks::map_chunks_mut(&mut products, rank, |_, products| prepare(products));
        let of_part = |l: usize| {
            let values = products.chunks(rank).flat_map(|products| products[l].0);
            values.take(self.x.rows()).collect()
        };
        (0..rank).map(of_part).collect()
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
