//! The inner loops of a fit for benchmarks, with the feature `bench`; not part of the stable API.

use super::data::Data;
use super::factors::Factors;
use super::half_step::Half;
use super::rule::UpdateRule;
use super::rules::hals::{Hals, HalsRule};
use crate::blocks;
use crate::communicator::{Partition, SingleProcess};
use crate::error::Result;
use crate::images::Images;
use crate::kernel::{Factor, Lanes, PackedGram, Selection, sweep_until_converged};

pub use crate::kernel::Level;

/// Hides all instruction sets above `highest` from this process.
pub fn hide_above(highest: Level) {
    crate::kernel::hide_above(highest);
}

/// X cut both ways, with W and H.
pub struct Inner {
    data: Data<'static>,
    factors: Factors,
    weights_gram: PackedGram,
    basis_gram: PackedGram,
}

impl Inner {
    /// Returns all pixels of the images, and factors of made-up values.
    ///
    /// # Errors
    /// If a pixel is negative or not finite.
    pub fn new(images: &impl Images, rank: usize) -> Result<Self> {
        let block = images.block(0..images.len());
        let x = block.matrix(images.shape(), images.mask())?;
        let (rows, pixels): (Vec<u32>, Vec<u32>) = (
            (0..x.images as u32).collect(),
            (0..x.pixels as u32).collect(),
        );
        let images = Partition::of(&SingleProcess, x.images);
        let data = Data::new(
            &Selection {
                x,
                images: &rows,
                pixels: &pixels,
            },
            images,
        );
        let mut factors = Factors {
            weights: made_up(x.images, rank),
            basis: made_up(x.pixels, rank),
        };
        if data.has_known_bytes() {
            factors.weights.use_integers();
            factors.basis.use_integers();
        }
        let (weights_gram, basis_gram) = (
            factors.weights.pack_and_gram(),
            factors.basis.pack_and_gram(),
        );
        Ok(Self {
            data,
            factors,
            weights_gram,
            basis_gram,
        })
    }

    /// Computes the products only: X Hᵀ and Xᵀ W, panel by panel.
    pub fn products(&self) {
        let rank = self.factors.basis.rank();
        for (x, fixed) in [
            (&self.data.panels().by_image, &self.factors.basis),
            (&self.data.panels().by_pixel, &self.factors.weights),
        ] {
            blocks::map_range(x.len(), |index| {
                let mut sums = vec![Lanes::ZERO; rank];
                x.add_products(index, &fixed.panels, rank, &mut sums);
                std::hint::black_box(sums);
            });
        }
    }

    /// Sweeps once over each factor, with made-up products.
    pub fn sweeps(&mut self) {
        for (factor, gram) in [
            (&mut self.factors.weights, &self.basis_gram),
            (&mut self.factors.basis, &self.weights_gram),
        ] {
            blocks::map_chunks_mut(&mut factor.panels, 1, |_, panels| {
                for panel in panels {
                    let products = panel.values.clone();
                    sweep_until_converged(&mut panel.lead, &products, gram, 1, 0.0);
                }
            });
        }
    }

    /// Makes both half steps, with one sweep each.
    pub fn half_steps(&mut self) {
        let rule = HalsRule::new(Hals::plain());
        let Factors { weights, basis } = &mut self.factors;
        let step = self.data.step(Half::Weights, basis, &self.basis_gram);
        self.weights_gram = rule.half_step(&step, weights).1;
        let step = self.data.step(Half::Basis, weights, &self.weights_gram);
        self.basis_gram = rule.half_step(&step, basis).1;
    }
}

/// Returns a factor, (rows, rank), of made-up values.
fn made_up(rows: usize, rank: usize) -> Factor {
    let mut factor = Factor::zeros(rank, &vec![1.0; rows]);
    factor.fill(|row, part| ((row * 7 + part * 13) % 17) as f32 / 17.0);
    factor
}
