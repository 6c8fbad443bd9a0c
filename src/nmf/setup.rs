//! What a fit does before its first iteration: which pixels it works on, and what W and H begin with.

use std::time::Instant;

use ndarray::Array2;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::balance::balance_all;
use super::data::Data;
use super::distinct_pixels::DistinctPixels;
use super::driver::Run;
use super::factors::Factors;
use super::init::Init;
use super::sample_start;
use super::settings::Nmf;
use super::solver::Solver;
use super::stop::StopRule;
use crate::communicator::Partition;
use crate::error::{Error, Result};
use crate::images::Shared;
use crate::kernel::{Factor, Selection};

/// Iterations of the rule that improves a start for another.
const OPENING: usize = 10;

/// What a fit works on.
pub(super) struct Work<'a> {
    pub(super) x: Shared<'a>,
    /// This process's images of which something is known, and where they stand among those of all.
    pub(super) known: Vec<u32>,
    pub(super) images: Partition<'a>,
    pub(super) pixels: DistinctPixels,
}

impl Work<'_> {
    /// The part of X that is worked on.
    pub(super) fn selection(&self) -> Selection<'_> {
        Selection {
            x: self.x.x,
            images: &self.known,
            pixels: &self.pixels.chosen,
        }
    }
}

impl Nmf {
    /// What there is to work on, if these settings allow it.
    pub(super) fn work<'a>(&self, x: Shared<'a>) -> Result<Work<'a>> {
        self.check(&x)?;
        let pixels = self.pixels(&x);
        if pixels.chosen.is_empty() {
            return Err(Error::AllBlack(x.images.all));
        }
        let known = x.x.known_images();
        Ok(Work {
            images: Partition::of(x.images.communicator, known.len()),
            x,
            known,
            pixels,
        })
    }

    /// The pixels that are worked on.
    fn pixels(&self, x: &Shared) -> DistinctPixels {
        let merge = self.merge_pixels && self.solver.facts().merges_pixels;
        match (x.x.known, merge) {
            (Some(_), merge) => DistinctPixels::known(x, merge),
            (None, true) => DistinctPixels::of(x),
            (None, false) => DistinctPixels::all(x.x.pixels),
        }
    }

    /// The sizes of the samples that a start for so many images is learned on, one after the other.
    pub(super) fn samples(&self, images: usize) -> Vec<usize> {
        let may_be = self.sample_start && matches!(self.init, Init::Images | Init::Random);
        if may_be {
            sample_start::sizes(images, self.rank)
        } else {
            Vec::new()
        }
    }

    /// W and H to begin with.
    pub(super) fn start(&self, work: &Work, began: Instant) -> Result<Factors> {
        let (
            Work {
                x, images, pixels, ..
            },
            selection,
        ) = (work, work.selection());
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let basis_factor = |basis: &Array2<f32>| {
            let mut factor = Factor::zeros(self.rank, &pixels.copies);
            factor.fill(|row, part| basis[[part, pixels.chosen[row] as usize]]);
            factor
        };
        let start = self.init.start(x, self.rank, &mut rng)?;
        let (mut weights, basis) = (
            Factor::zeros(self.rank, &vec![1.0; images.own]),
            basis_factor(&start.basis),
        );
        let sizes = self.samples(images.all);
        if !sizes.is_empty() {
            let (solver, rank, time_limit) = (&self.solver, self.rank, self.stop.time_limit);
            let sampling = sample_start::Sampling {
                selection: &selection,
                images: *images,
                solver,
                rank,
                began,
                time_limit,
            };
            return Ok(Factors {
                weights,
                basis: sampling.learn(&sizes, basis),
            });
        }
        if let Some(values) = &start.weights {
            let unit = x.x.unit() as f32;
            weights.fill(|row, part| values[[selection.images[row] as usize, part]] * unit);
        }
        Ok(Factors { weights, basis })
    }

    /// Makes of a start one that the rule can begin with.
    pub(super) fn open(&self, data: &Data, factors: &mut Factors, began: Instant) {
        let facts = self.solver.facts();
        if facts.starts_with_default_rule {
            let stop = StopRule {
                max_iterations: OPENING,
                tolerance: 0.0,
                target_error: None,
                ..self.stop
            };
            let mut rule = Solver::default().rule();
            Run::new(data, &mut *rule, factors, began).to_end(&stop);
            balance_all(data, factors);
        }
        if facts.keeps_zeros {
            factors.lift_zeros(data.whole_squared_norm(), &data.images);
        }
    }
}
