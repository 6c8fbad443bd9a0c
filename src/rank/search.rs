//! The search: which ranks are tried, and the scores of each.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use super::choice::{RankChoice, choose};
use super::held_out::{Missed, held_out_error};
use super::held_out_blocks::{FOLDS, HeldOutBlocks};
use super::parallel::parallel_analysis;
use super::sample::cut;
use super::scores::RankScores;
use super::stability;
use crate::basis::{Basis, check_rank};
use crate::blocks;
use crate::error::{Error, Result};
use crate::images::{ImageSet, Images, KeptMatrix, PreparedImages, evenly_spaced};
use crate::memory;
use crate::nmf::{FitProgress, Nmf, NmfModel, StopReason, StopRule};
use crate::pca::Pca;

/// The most images of the cophenetic correlation and of parallel analysis.
const MOST_COMPARED: usize = 300;

/// The settings of a search: which ranks are tried, and how.
///
/// ```
/// use nmf_images::{RankSearch, images::synthetic::Bars};
///
/// let bars = Bars { images: 100, ..Bars::default() }.draw()?.images;
/// let found = RankSearch::new(1..=6).restarts(2).fit(&bars)?;
/// println!("{} parts: {}", found.choice.choice, found.choice.reason);
/// assert_eq!(found.ranks.len(), 6);
/// # Ok::<(), nmf_images::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankSearch {
    ranks: Vec<usize>,
    restarts: usize,
    seed: u64,
    with_pca: bool,
}

/// The scores of all ranks, and the choice among them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RankModel {
    /// The scores of the ranks, in ascending order.
    pub ranks: Vec<RankScores>,
    /// The chosen rank, and why.
    pub choice: RankChoice,
    /// Number of eigenimages, of at most 300 images, that explain more than chance; `None` without
    /// a PCA.
    pub parallel_analysis: Option<usize>,
}

/// A search that is ready to try ranks.
#[derive(Debug)]
#[non_exhaustive]
pub struct RankTrials {
    images: ImageSet,
    kept: Arc<KeptMatrix>,
    blocks: Option<HeldOutBlocks>,
    restarts: usize,
    seed: u64,
    pca_errors: Vec<f64>,
    bound: Vec<f64>,
    /// As in [`RankModel`].
    pub parallel_analysis: Option<usize>,
}

impl RankSearch {
    /// The most images that ranks are tried on.
    pub const MOST_IMAGES: usize = memory::MOST_TRIED_IMAGES as usize;
    /// The most pixels per image that ranks are tried on.
    pub const MOST_PIXELS: usize = memory::MOST_TRIED_PIXELS as usize;
    /// The most iterations per fit.
    pub const MOST_ITERATIONS: usize = 60;
    /// The tolerance of each fit, as in [`StopRule::tolerance`].
    pub const TOLERANCE: f64 = 1e-3;

    /// Returns a search over `ranks` with three starts each.
    #[must_use]
    pub fn new(ranks: impl IntoIterator<Item = usize>) -> Self {
        let mut ranks: Vec<usize> = ranks.into_iter().collect();
        ranks.sort_unstable();
        ranks.dedup();
        Self {
            ranks,
            restarts: 3,
            seed: 0,
            with_pca: true,
        }
    }

    /// Sets the number of starts per rank; 0 counts as 1. One start gives no stability.
    #[must_use]
    pub fn restarts(self, restarts: usize) -> Self {
        Self {
            restarts: restarts.max(1),
            ..self
        }
    }

    /// Sets the seed of the first start, of the held-out blocks and of the permutations.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Sets whether a PCA and its parallel analysis are added; on by default.
    #[must_use]
    pub fn pca(self, on: bool) -> Self {
        Self {
            with_pca: on,
            ..self
        }
    }

    /// Returns the ranks in ascending order.
    #[must_use]
    pub fn ranks(&self) -> &[usize] {
        &self.ranks
    }

    /// Tries all ranks.
    ///
    /// # Errors
    /// As [`RankSearch::prepare`] and [`RankTrials::scores`].
    pub fn fit(&self, images: &impl Images) -> Result<RankModel> {
        let trials = self.prepare(images)?;
        let mut ranks = Vec::new();
        for &rank in &self.ranks {
            ranks.extend(trials.scores(rank, &|| ControlFlow::Continue(()))?);
        }
        let choice = choose(&ranks, trials.parallel_analysis).ok_or(Error::RankZero)?;
        Ok(RankModel {
            ranks,
            choice,
            parallel_analysis: trials.parallel_analysis,
        })
    }

    /// Samples the images, cuts them into blocks to hold out, and fits the PCA.
    ///
    /// # Errors
    /// If there is no rank, one is 0 or above `min(images, pixels)`, or no fit is possible to the
    /// images.
    pub fn prepare(&self, images: &impl Images) -> Result<RankTrials> {
        let rows = evenly_spaced(images.len(), Self::MOST_IMAGES);
        let columns = evenly_spaced(images.shape().pixels(), Self::MOST_PIXELS);
        let highest = self.highest_rank(rows.len(), columns.len())?;
        let images = cut(images, &rows, &columns)?;
        let (mut pca_errors, mut bound) = (Vec::new(), Vec::new());
        // With unknown pixels the first eigenimages of a PCA are not the best ones for a lower
        // rank.
        if self.with_pca && images.mask.is_none() {
            let pca = Pca::new(highest).fit(&images)?;
            (pca_errors, bound) = (pca.errors, pca.bound.unwrap_or_default());
        }
        let mut chance = None;
        if self.with_pca {
            let few = evenly_spaced(rows.len(), MOST_COMPARED);
            let all_columns: Vec<usize> = (0..columns.len()).collect();
            let few = cut(&images, &few, &all_columns)?;
            chance = Some(parallel_analysis(&few, self.seed)?);
        }
        Ok(RankTrials {
            blocks: HeldOutBlocks::new(&images, self.seed)?,
            images,
            kept: Arc::default(),
            restarts: self.restarts,
            seed: self.seed,
            pca_errors,
            bound,
            parallel_analysis: chance,
        })
    }

    /// Checks the ranks and returns the highest one.
    fn highest_rank(&self, images: usize, pixels: usize) -> Result<usize> {
        let highest = match self.ranks[..] {
            [] | [0, ..] => return Err(Error::RankZero),
            [.., highest] => highest,
        };
        check_rank(highest, images, pixels)?;
        Ok(highest)
    }
}

impl RankTrials {
    /// Returns the numbers of images and pixels that the ranks are tried on.
    #[must_use]
    pub fn sample(&self) -> (usize, usize) {
        (self.images.len(), self.images.shape().pixels())
    }

    /// Tries one rank; returns `None` if `go_on`, which is called in each iteration, breaks.
    ///
    /// # Errors
    /// If no fit is possible to the images.
    pub fn scores(
        &self,
        rank: usize,
        go_on: &(impl Fn() -> ControlFlow<()> + Sync),
    ) -> Result<Option<RankScores>> {
        let began = Instant::now();
        let (starts, folds) = blocks::both(|| self.starts(rank, go_on), || self.folds(rank, go_on));
        let (Some(starts), Some(folds)) = (starts?, folds?) else {
            return Ok(None);
        };
        let bases: Vec<&Basis> = starts.iter().map(|start| &start.basis).collect();
        let leading: Vec<Vec<usize>> = starts.iter().map(leading_parts).collect();
        let best = starts
            .iter()
            .min_by(|a, b| a.relative_error.total_cmp(&b.relative_error));
        let held_out = held_out_error(&folds);
        Ok(Some(RankScores {
            rank,
            seed: best.map_or(self.seed, |best| best.seed),
            relative_error: best.map_or(f64::INFINITY, |best| best.relative_error),
            held_out_error: held_out.map(|held_out| held_out.error),
            held_out_spread: held_out.map(|held_out| held_out.standard_error),
            stability: stability::stability(&bases),
            cophenetic: stability::cophenetic(&leading),
            pca_error: self.pca_errors.get(rank).copied(),
            bound: self.bound.get(rank).copied(),
            seconds: began.elapsed().as_secs_f64(),
        }))
    }

    /// Fits from each start; returns `None` if a fit was interrupted.
    fn starts(
        &self,
        rank: usize,
        go_on: &(impl Fn() -> ControlFlow<()> + Sync),
    ) -> Result<Option<Vec<NmfModel>>> {
        let starts = blocks::map_range(self.restarts, |start| {
            let seed = self.seed.wrapping_add(start as u64);
            let images = PreparedImages::sharing(&self.images, &self.kept)?;
            learn(&images, rank, seed, go_on)
        });
        unless_interrupted(starts)
    }

    /// Holds out each block in turn; returns `None` if a fit was interrupted, nothing if the rank
    /// is too high for a block.
    fn folds(
        &self,
        rank: usize,
        go_on: &(impl Fn() -> ControlFlow<()> + Sync),
    ) -> Result<Option<Vec<Missed>>> {
        match &self.blocks {
            Some(blocks) if rank <= blocks.most_rank() => {
                let folds = blocks::map_range(FOLDS, |fold| self.fold(rank, blocks, fold, go_on));
                unless_interrupted(folds)
            }
            _ => Ok(Some(Vec::new())),
        }
    }

    /// Holds out one block; returns `None` if the fit was interrupted.
    fn fold(
        &self,
        rank: usize,
        blocks: &HeldOutBlocks,
        fold: usize,
        go_on: &impl Fn() -> ControlFlow<()>,
    ) -> Result<Option<Missed>> {
        let fold = blocks.fold(fold);
        match learn(&fold.rest()?, rank, self.seed, go_on) {
            Ok(Some(model)) => Ok(Some(fold.missed(&model.weights, &model.basis))),
            Ok(None) => Ok(None),
            // Black pixels give no factors, so the prediction is 0.
            Err(Error::AllBlack { .. }) => Ok(Some(fold.all_missed())),
            Err(error) => Err(error),
        }
    }
}

/// Fits once; returns `None` if the fit was interrupted.
fn learn(
    images: &PreparedImages<ImageSet>,
    rank: usize,
    seed: u64,
    go_on: &impl Fn() -> ControlFlow<()>,
) -> Result<Option<NmfModel>> {
    let stop = StopRule {
        max_iterations: RankSearch::MOST_ITERATIONS,
        tolerance: RankSearch::TOLERANCE,
        ..StopRule::default()
    };
    let nmf = Nmf::new(rank).seed(seed).stop_rule(stop);
    let model = nmf.fit_prepared(images, None, &mut |_: &FitProgress| go_on())?;
    Ok((model.stop_reason != StopReason::Interrupted).then_some(model))
}

/// Returns all results; `None` if one of them was interrupted before the first error.
fn unless_interrupted<T>(results: Vec<Result<Option<T>>>) -> Result<Option<Vec<T>>> {
    let mut all = Vec::new();
    for result in results {
        match result? {
            Some(result) => all.push(result),
            None => return Ok(None),
        }
    }
    Ok(Some(all))
}

/// Returns the part with the largest share of the intensity of each of some images, the first of
/// equal ones.
fn leading_parts(model: &NmfModel) -> Vec<usize> {
    let part_sums = model.basis.rows().sum_axis(ndarray::Axis(1));
    let mut leading = Vec::new();
    for image in evenly_spaced(model.weights.nrows(), MOST_COMPARED) {
        let shares = &model.weights.row(image) * &part_sums;
        let mut most = 0;
        for (part, &share) in shares.iter().enumerate() {
            if share > shares[most] {
                most = part;
            }
        }
        leading.push(most);
    }
    leading
}
