//! Checkpoints: the state of a fit in one of its iterations, from which it continues to the same
//! bits.

use std::collections::BTreeMap;

use ndarray::{Array1, Array2, Axis};

use super::driver::RunState;
use super::factors::Factors;
use super::fixed_parts::FixedParts;
use super::init::Init;
use super::progress::FitProgress;
use super::rule::UpdateRule;
use super::settings::Nmf;
use super::starts::Starts;
use super::stop::Iteration;
use crate::communicator::{Communicator, Partition, gather_rows};
use crate::error::{CheckpointError, Result};
use crate::images::{DistinctPixels, Images, fingerprint, fingerprint_of_start, hash_of_values};
use crate::kernel::{Factor, PackedGram};

/// The value of a setting that a checkpoint does not have.
const NOTHING: &str = "nothing";

/// A fit between the update of the weights and that of the basis in one of its iterations.
///
/// [`FitProgress::checkpoint`] takes it, [`Checkpoint::to_npz`] writes it, [`Checkpoint::read`]
/// reads it, and [`Nmf::resume`] continues from it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Checkpoint {
    /// Every setting that the steps depend on, as text: all but the stop rule.
    pub(crate) settings: BTreeMap<String, String>,
    /// The hash of the images, as of [`fingerprint`].
    pub(crate) fingerprint: String,
    /// W, (images with a known pixel, rank).
    pub(crate) weights: FactorState,
    /// Hᵀ, (distinct pixels, rank).
    pub(crate) basis: FactorState,
    /// As [`PackedGram::to_rows`].
    pub(crate) weights_gram: Array2<f32>,
    /// As [`UpdateRule::state`].
    pub(crate) rule_state: Vec<f64>,
    /// How many dead parts can still be replaced.
    pub(crate) revivals: usize,
    /// Every iteration of this start.
    pub(crate) trace: Vec<Iteration>,
    /// The starts before this one.
    pub(crate) starts: Starts,
    /// A note of the caller, such as the path of the images; empty by default.
    pub note: String,
}

/// One factor, (rows, rank).
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct FactorState {
    /// The values of the factor.
    pub(crate) values: Array2<f32>,
    /// The extrapolated values from which its next update starts.
    pub(crate) lead: Array2<f32>,
}

impl FactorState {
    /// Returns a copy of the factor.
    fn of(factor: &Factor) -> Self {
        Self {
            values: factor.values(),
            lead: factor.extrapolated(),
        }
    }

    /// Returns the rows of all processes, on the first one.
    fn gathered(self, communicator: &dyn Communicator) -> Self {
        if communicator.size() == 1 {
            return self;
        }
        Self {
            values: gather_rows(communicator, &self.values),
            lead: gather_rows(communicator, &self.lead),
        }
    }

    /// Returns the rows of this process.
    fn share(&self, rows: Partition) -> Self {
        Self {
            values: rows.share(&self.values),
            lead: rows.share(&self.lead),
        }
    }

    /// Returns the factor, ready for the next half step.
    fn restore(&self, copies: &[f32]) -> Factor {
        let mut factor = Factor::zeros(self.values.ncols(), copies);
        factor.restore(&self.values, &self.lead);
        factor.pack_and_gram();
        factor
    }
}

impl FitProgress<'_> {
    /// Returns a checkpoint of this iteration. It takes a copy of the factors, and on the first
    /// call in a start one pass over all pixels. If several processes share the images, all of them
    /// must call it in the same iteration; the weights of all images are in the checkpoint of the
    /// first process only.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            weights: FactorState::of(&self.view.factors.weights).gathered(self.communicator),
            ..self.checkpoint_without_weights()
        }
    }

    /// Returns a checkpoint without the weights, which take most of its memory.
    pub(crate) fn checkpoint_without_weights(&self) -> Checkpoint {
        let RunState {
            trace,
            weights_gram,
            revivals,
        } = self.view.state;
        Checkpoint {
            settings: self.nmf.as_text(self.communicator),
            fingerprint: (self.fingerprint)(),
            weights: FactorState::default(),
            basis: FactorState::of(&self.view.factors.basis),
            weights_gram: weights_gram.to_rows(),
            rule_state: self.view.rule.state(),
            revivals: *revivals,
            trace: trace.clone(),
            starts: match self.starts {
                Some(starts) => starts.gathered(self.communicator),
                None => Starts::default(),
            },
            note: String::new(),
        }
    }

    /// Returns W of the images of this process that have a known pixel, (images, rank).
    pub(crate) fn weights(&self) -> Array2<f32> {
        self.view.factors.weights.values()
    }

    /// Returns the extrapolated W, from which its next update starts.
    pub(crate) fn extrapolated_weights(&self) -> Array2<f32> {
        self.view.factors.weights.extrapolated()
    }

    /// Returns whether one process has all images.
    #[must_use]
    pub fn is_of_one_process(&self) -> bool {
        self.communicator.size() == 1
    }
}

/// Returns the number of weights and a hash of their values, as text.
fn weights_as_text(weights: Option<&Array1<f32>>) -> String {
    let Some(weights) = weights else {
        return NOTHING.to_owned();
    };
    let hash = hash_of_values(&weights.clone().insert_axis(Axis(1)));
    format!("{} (hash {hash:016x})", weights.len())
}

impl Nmf {
    /// Returns every setting that the steps depend on, as text.
    fn as_text(&self, communicator: &dyn Communicator) -> BTreeMap<String, String> {
        let penalties = self.solver.penalties().map(|added| added.to_string());
        let penalties = penalties.filter(|text| !text.is_empty());
        let fixed = self.fixed.as_ref().map(FixedParts::as_text);
        let mut settings = vec![
            ("rank", self.rank.to_string()),
            ("solver", self.solver.to_string()),
            ("penalties", penalties.unwrap_or_else(|| "none".to_owned())),
            ("init", self.start_as_text(communicator)),
            ("seed", self.seed.to_string()),
            ("restarts", self.restarts.max(1).to_string()),
            ("sample_start", self.sample_start.to_string()),
            ("merge_pixels", self.merge_pixels.to_string()),
            // As what a checkpoint of a version without this setting has.
            ("fixed parts", fixed.unwrap_or_else(|| NOTHING.to_owned())),
            (
                "weights of pixels",
                weights_as_text(self.weights.pixels.as_ref()),
            ),
            (
                "weights of images",
                weights_as_text(self.weights.images.as_ref()),
            ),
        ];
        settings.extend(self.solver.rule().unwritten_settings());
        settings
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// Returns the start as text, a given one with the hash of its values.
    fn start_as_text(&self, communicator: &dyn Communicator) -> String {
        let mut text = self.init.to_string();
        if let Init::Given { weights, basis } = &self.init {
            text = format!(
                "{text} {:.16}",
                fingerprint_of_start(weights, basis, communicator)
            );
        }
        if self.exact_start {
            text.push_str(", exactly");
        }
        text
    }
}

impl Checkpoint {
    /// Returns the iteration of the checkpoint.
    #[must_use]
    pub fn at(&self) -> Iteration {
        self.trace[self.trace.len() - 1]
    }

    /// Returns the number of parts.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.weights_gram.ncols()
    }

    /// Returns the bytes of its factors.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let best = self.starts.best.as_ref();
        let values = 2 * (self.weights.values.len() + self.basis.values.len())
            + best.map_or(0, |best| best.weights.len());
        values * size_of::<f32>()
    }

    /// Checks that this is a checkpoint of a fit with these settings to these images.
    pub(super) fn check(&self, nmf: &Nmf, images: &impl Images) -> Result<()> {
        let now = nmf.as_text(images.communicator());
        for (name, now) in &now {
            let then = self.settings.get(name).map_or(NOTHING, String::as_str);
            if then != now {
                let (name, then, now) = (name.clone(), then.to_owned(), now.clone());
                return Err(CheckpointError::Setting { name, then, now }.into());
            }
        }
        let all = Partition::of(images.communicator(), images.len()).all;
        if self.fingerprint != fingerprint(images) {
            return Err(CheckpointError::OtherImages { images: all }.into());
        }
        let best = self.starts.best.as_ref();
        let weights_fit = best.is_none_or(|best| best.weights.nrows() == all);
        let mut shapes = self.starts.ended.iter().map(|start| start.basis.shape());
        if self.rank() == nmf.rank && weights_fit && shapes.all(|shape| shape == images.shape()) {
            return Ok(());
        }
        Err(CheckpointError::Inconsistent.into())
    }

    /// Returns W and H for the `images` and `pixels` that the fit works on; of W this process's
    /// rows. The first `fixed_parts` parts are fixed.
    pub(super) fn factors(
        &self,
        images: Partition,
        pixels: &DistinctPixels,
        fixed_parts: usize,
    ) -> Result<Factors> {
        if (self.weights.values.nrows(), self.basis.values.nrows())
            != (images.all, pixels.copies.len())
        {
            return Err(CheckpointError::Inconsistent.into());
        }
        let weights = self.weights.share(images).restore(&vec![1.0; images.own]);
        Ok(Factors {
            weights,
            basis: self
                .basis
                .restore(&pixels.copies)
                .with_fixed_parts(fixed_parts),
        })
    }

    /// Returns the state of the run, and restores that of the rule.
    pub(super) fn run_state(&self, rule: &mut dyn UpdateRule) -> Result<RunState> {
        if !rule.restore(&self.rule_state) {
            return Err(CheckpointError::Inconsistent.into());
        }
        let weights_gram = PackedGram::from_rows(&self.weights_gram);
        Ok(RunState {
            trace: self.trace.clone(),
            weights_gram,
            revivals: self.revivals,
        })
    }
}
