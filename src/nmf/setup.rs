//! The setup of a fit before its first iteration: which pixels it works on, and the first W and H.

use std::sync::Arc;
use std::time::Instant;

use ndarray::Array2;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::balance::balance_all;
use super::data::Data;
use super::driver::Run;
use super::factors::Factors;
use super::init::Init;
use super::sample_start::{self, SampleStart, SampleView};
use super::settings::Nmf;
use super::solver::Solver;
use super::stop::StopRule;
use crate::communicator::Partition;
use crate::error::{Error, Result};
use crate::images::{
    ChosenPixels, CutMatrix, DistinctPixels, Images, Panels, PreparedImages, Shared,
};
use crate::kernel::{Factor, Selection};

/// Iterations of the default rule that improve a start for another rule.
const DEFAULT_RULE_ITERATIONS: usize = 10;

/// The part of X that a fit works on.
pub(super) struct FitInput<'a> {
    pub(super) x: Shared<'a>,
    pub(super) chosen: Arc<ChosenPixels>,
    /// Where the chosen images stand among those of all processes.
    pub(super) images: Partition<'a>,
    /// The panels of an earlier fit; `None` if they are to be cut.
    panels: Option<Arc<Panels>>,
}

impl<'a> FitInput<'a> {
    /// Returns the images and pixels of X that the fit works on.
    pub(super) fn selection(&self) -> Selection<'_> {
        Selection {
            x: self.x.x,
            images: &self.chosen.known,
            pixels: &self.chosen.pixels.chosen,
        }
    }

    /// Returns the matrix of `data` for other fits.
    pub(super) fn cut(&self, data: &Data) -> CutMatrix {
        CutMatrix {
            chosen: Arc::clone(&self.chosen),
            panels: Arc::clone(data.panels()),
        }
    }

    /// Returns X, cut into panels unless an earlier fit did so.
    pub(super) fn data(&self) -> Result<Data<'a>> {
        let panels = match &self.panels {
            Some(panels) => Arc::clone(panels),
            None => Arc::new(Panels::new(&self.selection(), self.images)),
        };
        let data = Data::of(panels, self.images);
        if data.squared_norm() == 0.0 {
            return Err(Error::AllBlack(self.x.images.all));
        }
        Ok(data)
    }
}

impl Nmf {
    /// Checks the settings against `x` and selects the images and pixels to work on, as an earlier fit
    /// did if its matrix is kept.
    pub(super) fn input<'a, I: Images>(
        &self,
        x: Shared<'a>,
        prepared: &PreparedImages<I>,
    ) -> Result<FitInput<'a>> {
        self.check(&x)?;
        let roots = prepared
            .weighting
            .and_then(|weighting| weighting.roots().pixels.as_ref());
        // Pixels that are equal or 0 in every image can differ in fixed parts.
        let are_merged =
            self.merge_pixels && self.solver.facts().merges_pixels && self.fixed.is_none();
        let (mut chosen, mut panels) = match prepared.kept.merged_as(are_merged) {
            Some(CutMatrix { chosen, panels }) => (chosen, Some(panels)),
            None => (Arc::new(ChosenPixels::of(&x, are_merged, roots)), None),
        };
        if are_merged && !self.init.allows_merging(&chosen.pixels) {
            chosen = Arc::new(ChosenPixels::of(&x, false, roots));
            panels = None;
        }
        if chosen.pixels.chosen.is_empty() {
            return Err(Error::AllBlack(x.images.all));
        }
        Ok(FitInput {
            images: Partition::of(x.images.communicator, chosen.known.len()),
            x,
            chosen,
            panels,
        })
    }

    /// Returns the sizes of the samples that the start is learned on, one after the other; empty if
    /// it is not.
    pub(super) fn sample_sizes(&self, images: usize) -> Vec<usize> {
        if self.sample_start && matches!(self.init, Init::Images | Init::Random) {
            sample_start::sizes(images, self.rank)
        } else {
            Vec::new()
        }
    }

    /// Returns the first W and H; calls `on_sample` in each iteration on a sample.
    pub(super) fn start(
        &self,
        input: &FitInput,
        began: Instant,
        on_sample: &mut dyn FnMut(&SampleView),
    ) -> Result<Factors> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let (x, rank) = (&input.x, self.rank);
        let start = match &self.fixed {
            None => self.init.start(x, rank, &mut rng)?,
            Some(fixed) => fixed.start(&self.init, x, rank, &mut rng)?,
        };
        let selection = input.selection();
        let basis =
            chosen_pixels(&start.basis, &input.chosen.pixels).with_fixed_parts(self.fixed_parts());
        let mut weights = Factor::zeros(self.rank, &vec![1.0; input.images.own]);
        let sizes = self.sample_sizes(input.images.all);
        if !sizes.is_empty() {
            let sampling = SampleStart {
                selection: &selection,
                images: input.images,
                solver: &self.solver,
                rank: self.rank,
                began,
                time_limit: self.stop_rule.time_limit,
            };
            let basis = sampling.learn(&sizes, basis, on_sample);
            return Ok(Factors { weights, basis });
        }
        if let Some(values) = &start.weights {
            let unit = input.x.x.unit() as f32;
            weights.fill(|row, part| values[[selection.images[row] as usize, part]] * unit);
        }
        Ok(Factors { weights, basis })
    }

    /// Changes a start to one from which the rule can iterate.
    pub(super) fn prepare_start(&self, data: &Data, factors: &mut Factors, began: Instant) {
        let facts = self.solver.facts();
        if facts.starts_with_default_rule {
            let stop = StopRule {
                max_iterations: DEFAULT_RULE_ITERATIONS,
                tolerance: 0.0,
                target_error: None,
                ..self.stop_rule
            };
            let mut rule = Solver::default().rule();
            Run::new(data, &mut *rule, factors, began).finish(&stop);
            balance_all(data, factors);
        }
        if facts.keeps_zeros {
            factors.lift_zeros(data.whole_squared_norm(), &data.images);
        }
        if self.exact_start {
            factors.make_exact(data.unit() as f32);
        }
    }
}

impl Init {
    /// Checks that the start has equal values at pixels that are merged, and 0 at those that are ignored. Of other starts than
    /// these two, the values at ignored pixels have no meaning.
    fn allows_merging(&self, pixels: &DistinctPixels) -> bool {
        match self {
            Self::Given { basis, .. } => pixels.represent(basis),
            Self::Uniform => !pixels.ignore_any(),
            _ => true,
        }
    }
}

/// Returns the chosen pixels of a basis, (rank, pixels), as a factor.
fn chosen_pixels(basis: &Array2<f32>, pixels: &DistinctPixels) -> Factor {
    let mut factor = Factor::zeros(basis.nrows(), &pixels.copies);
    factor.fill(|row, part| basis[[part, pixels.chosen[row] as usize]]);
    factor
}
