//! A fit at one of its iterations, to go on from later: to the same bits as if it had never stopped.

use std::collections::BTreeMap;

use ndarray::Array2;

use super::distinct_pixels::DistinctPixels;
use super::driver::RunState;
use super::factors::Factors;
use super::fingerprint::fingerprint;
use super::progress::FitProgress;
use super::rule::UpdateRule;
use super::rules::hals::Hals;
use super::settings::Nmf;
use super::solver::Solver;
use super::starts::{Ended, Starts};
use super::stop::Iteration;
use crate::communicator::{Communicator, Partition, gather_rows};
use crate::error::{CheckpointError, Result};
use crate::images::Images;
use crate::kernel::{Factor, PackedGram};

/// A fit between the update of the weights and that of the basis in one of its iterations.
///
/// It is taken by [`FitProgress::checkpoint`], kept in a file by [`Checkpoint::to_npz`] and [`Checkpoint::read`], and
/// [`Nmf::resume`] goes on from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// What steps follow from, each setting as text: all but when to stop.
    pub(crate) settings: BTreeMap<String, String>,
    /// Stands for the images.
    pub(crate) fingerprint: String,
    /// W, (images of which something is known, rank).
    pub(crate) weights: Side,
    /// Hᵀ, (pixels that say something of their own, rank).
    pub(crate) basis: Side,
    /// As [`PackedGram::to_rows`].
    pub(crate) weights_gram: Array2<f32>,
    /// As [`UpdateRule::state`].
    pub(crate) rule_state: Vec<f64>,
    /// How many parts may still begin anew.
    pub(crate) revivals: usize,
    /// Every iteration of this start.
    pub(crate) trace: Vec<Iteration>,
    /// The starts before this one.
    pub(crate) starts: Starts,
    /// What the caller wants to find again, such as where the images come from; empty unless it says so.
    pub note: String,
}

/// One factor, (rows, rank).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Side {
    /// The factor proper.
    pub(crate) values: Array2<f32>,
    /// Where its next update starts.
    pub(crate) lead: Array2<f32>,
}

impl Side {
    fn of(factor: &Factor) -> Self {
        Self {
            values: factor.values(),
            lead: factor.extrapolated(),
        }
    }

    /// The rows of all processes, on the first of them.
    fn gathered(self, communicator: &dyn Communicator) -> Self {
        if communicator.size() == 1 {
            return self;
        }
        Self {
            values: gather_rows(communicator, &self.values),
            lead: gather_rows(communicator, &self.lead),
        }
    }

    /// The rows of this process.
    fn share(&self, rows: Partition) -> Self {
        Self {
            values: rows.share(&self.values),
            lead: rows.share(&self.lead),
        }
    }

    fn restore(&self, copies: &[f32]) -> Factor {
        let mut factor = Factor::zeros(self.values.ncols(), copies);
        factor.restore(&self.values, &self.lead);
        factor.pack_and_gram();
        factor
    }
}

impl FitProgress<'_> {
    /// All that it takes to go on from here. It costs a copy of the factors, and the first time in a start a look at every
    /// pixel. Of several processes all have to ask for it at the same moment: the first gets it, the others one without
    /// weights.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        let RunState {
            trace,
            weights_gram,
            revivals,
        } = self.view.state;
        Checkpoint {
            settings: self.nmf.spelled(),
            fingerprint: (self.fingerprint)(),
            weights: Side::of(&self.view.factors.weights).gathered(self.communicator),
            basis: Side::of(&self.view.factors.basis),
            weights_gram: weights_gram.to_rows(),
            rule_state: self.view.rule.state(),
            revivals: *revivals,
            trace: trace.clone(),
            starts: self
                .starts
                .map(|starts| starts.gathered(self.communicator))
                .unwrap_or_default(),
            note: String::new(),
        }
    }
}

impl Nmf {
    /// What steps follow from, each setting as text.
    fn spelled(&self) -> BTreeMap<String, String> {
        let penalties = self
            .solver
            .penalties()
            .map(|penalties| penalties.to_string())
            .unwrap_or_default();
        let mut settings = vec![
            ("rank", self.rank.to_string()),
            ("solver", self.solver.to_string()),
            (
                "penalties",
                if penalties.is_empty() {
                    "none".to_owned()
                } else {
                    penalties
                },
            ),
            ("init", self.init.to_string()),
            ("seed", self.seed.to_string()),
            ("restarts", self.restarts.max(1).to_string()),
            ("sample_start", self.sample_start.to_string()),
            ("merge_pixels", self.merge_pixels.to_string()),
        ];
        if let Solver::Hals(Hals {
            sweeps,
            extrapolation,
            ..
        }) = self.solver
        {
            settings.extend([
                ("sweeps", sweeps.to_string()),
                ("extrapolation", extrapolation.to_string()),
            ]);
        }
        settings
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

impl Checkpoint {
    /// The iteration that it was taken in.
    #[must_use]
    pub fn at(&self) -> Iteration {
        self.trace[self.trace.len() - 1]
    }

    /// How many parts are learned.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.weights_gram.ncols()
    }

    /// Whether it is one of a fit with these settings of these images.
    pub(super) fn check(&self, nmf: &Nmf, images: &impl Images) -> Result<()> {
        let now = nmf.spelled();
        for (name, now) in &now {
            let then = self.settings.get(name).map_or("nothing", String::as_str);
            if then != now {
                let (name, then, now) = (name.clone(), then.to_owned(), now.clone());
                return Err(CheckpointError::Setting { name, then, now }.into());
            }
        }
        let all = Partition::of(images.communicator(), images.len()).all;
        if self.fingerprint != fingerprint(images) {
            return Err(CheckpointError::OtherImages { images: all }.into());
        }
        let fits = |start: &Ended| start.basis.shape() == images.shape();
        let best = self
            .starts
            .best
            .as_ref()
            .is_none_or(|best| best.weights.nrows() == all);
        if self.rank() == nmf.rank && best && self.starts.ended.iter().all(fits) {
            return Ok(());
        }
        Err(CheckpointError::Inconsistent.into())
    }

    /// W and H of `images` and `pixels` that are worked on; of W this process's rows.
    pub(super) fn factors(&self, images: Partition, pixels: &DistinctPixels) -> Result<Factors> {
        if (self.weights.values.nrows(), self.basis.values.nrows())
            != (images.all, pixels.copies.len())
        {
            return Err(CheckpointError::Inconsistent.into());
        }
        let weights = self.weights.share(images).restore(&vec![1.0; images.own]);
        Ok(Factors {
            weights,
            basis: self.basis.restore(&pixels.copies),
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
