//! How many parts: ranks tried one by one, with what tells for and against each.
//!
//! The error of a fit falls with every part, so it cannot tell. What can:
//!
//! | figure | what it is | at the right rank |
//! | --- | --- | --- |
//! | held-out error | error on pixels that were hidden while learning (see below) | stops falling |
//! | stability | mean cosine of the parts from different starts, matched one to one | still near 1 |
//! | cophenetic | how clearly starts agree on which images belong together (Brunet and others, 2004) | still near 1 |
//! | parallel analysis | eigenimages that explain more than chance (Horn, 1965) | near it, often |
//!
//! The held-out error decides: [`choose`] takes the smallest rank whose held-out error is as good as the least. The
//! others stand beside it, to be judged by whoever looks. Photographs and hand-drawn digits have no rank of their own:
//! there the held-out error falls as far as one looks, and the reason says so.
//!
//! # What is held out
//!
//! A quarter of X at a time: half of the pixels of half of the images (A. B. Owen, P. O. Perry, *Bi-cross-validation of
//! the SVD and the nonnegative matrix factorization*, 2009). Parts are learned from the quarter that shares neither
//! images nor pixels with it, which takes a quarter of a fit's time, and no rank is above half of the images or pixels.
//!
//! # What is sampled
//!
//! Ranks are tried on at most [`RankSearch::MOST_IMAGES`] images and [`RankSearch::MOST_PIXELS`] of their pixels, evenly
//! spread; each fit ends when its error has settled to a thousandth, or after [`RankSearch::MOST_ITERATIONS`]
//! iterations. Each rank is tried by itself, from starts of its own: so the order does not matter, and ranks can be
//! added later.

mod choice;
mod held_out;
mod parallel;
mod sample;
mod stability;

use std::ops::ControlFlow;
use std::time::Instant;

use serde::{Deserialize, Serialize};

pub use choice::{RankChoice, choose};
use held_out::{Blocks, FOLDS, Missed};
use sample::cut;

use crate::basis::Basis;
use crate::blocks;
use crate::error::{Error, Result};
use crate::images::{ImageSet, Images, spread};
use crate::nmf::{Nmf, NmfModel, StopReason, StopRule};
use crate::pca::Pca;

/// The most images of the cophenetic correlation and of parallel analysis.
const MOST_COMPARED: usize = 300;

/// Settings: which ranks are tried, and how.
///
/// ```
/// use nmf_images::{RankSearch, images::{LoadOptions, load}};
///
/// let faces = load("assets/faces".as_ref(), &LoadOptions { limit: Some(100), ..LoadOptions::default() })?;
/// let found = RankSearch::new(1..=6).restarts(2).fit(&faces)?;
/// println!("{} parts: {}", found.choice.choice, found.choice.reason);
/// assert_eq!(found.ranks.len(), 6);
/// # Ok::<(), nmf_images::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankSearch {
    ranks: Vec<usize>,
    restarts: usize,
    seed: u64,
    beside: bool,
}

/// What was found of one rank.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RankScores {
    /// Number of parts.
    pub rank: usize,
    /// ‖X − W H‖ / ‖X‖ of the best start, nothing hidden.
    pub relative_error: f64,
    /// The same of hidden pixels; none where the rank is above half of the images or pixels.
    pub held_out_error: Option<f64>,
    /// Its standard error, over the four blocks that were hidden.
    pub held_out_spread: Option<f64>,
    /// Mean cosine of the parts of any two starts, matched one to one; none of a single start.
    pub stability: Option<f64>,
    /// Cophenetic correlation of the consensus of the starts; none of a single start. Of at most 300 images.
    pub cophenetic: Option<f64>,
    /// PCA's relative error at this rank, below which no factorisation gets; none where no PCA was asked for or pixels
    /// are unknown.
    pub pca_error: Option<f64>,
    /// All of these fits.
    pub seconds: f64,
}

/// What was found of all ranks, and which to take.
#[derive(Debug, Clone, PartialEq)]
pub struct RankModel {
    /// The ranks that were tried, in ascending order.
    pub ranks: Vec<RankScores>,
    /// Which to take, and why.
    pub choice: RankChoice,
    /// Eigenimages of at most 300 images that explain more than chance; none where no PCA was asked for.
    pub parallel_analysis: Option<usize>,
}

/// A search that is ready to try ranks.
#[derive(Debug)]
pub struct RankTrials {
    images: ImageSet,
    blocks: Option<Blocks>,
    restarts: usize,
    seed: u64,
    pca_errors: Vec<f64>,
    /// As in [`RankModel`].
    pub parallel_analysis: Option<usize>,
}

impl RankSearch {
    /// The most images that ranks are tried on.
    pub const MOST_IMAGES: usize = 2000;
    /// The most pixels of each that are looked at.
    pub const MOST_PIXELS: usize = 4096;
    /// The most iterations of a fit.
    pub const MOST_ITERATIONS: usize = 60;
    /// When a fit has settled.
    pub const TOLERANCE: f64 = 1e-3;

    /// Tries these ranks, each from three starts.
    #[must_use]
    pub fn new(ranks: impl IntoIterator<Item = usize>) -> Self {
        let mut ranks: Vec<usize> = ranks.into_iter().collect();
        ranks.sort_unstable();
        ranks.dedup();
        Self {
            ranks,
            restarts: 3,
            seed: 0,
            beside: true,
        }
    }

    /// How many starts each rank has, at least one; from one alone, nothing is known of stability.
    #[must_use]
    pub fn restarts(self, restarts: usize) -> Self {
        Self {
            restarts: restarts.max(1),
            ..self
        }
    }

    /// The seed of the first start, of the halves that are hidden, and of the dealing.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Whether a PCA and its parallel analysis stand beside; on by default.
    #[must_use]
    pub fn pca(self, on: bool) -> Self {
        Self { beside: on, ..self }
    }

    /// The ranks that are tried, in ascending order.
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
        let scores = |&rank| trials.scores(rank, &|| ControlFlow::Continue(()));
        let ranks: Vec<RankScores> = self
            .ranks
            .iter()
            .map(scores)
            .filter_map(Result::transpose)
            .collect::<Result<_>>()?;
        let choice = choose(&ranks, trials.parallel_analysis).ok_or(Error::RankZero)?;
        Ok(RankModel {
            ranks,
            choice,
            parallel_analysis: trials.parallel_analysis,
        })
    }

    /// Samples the images, hides what is to be hidden, and learns the PCA.
    ///
    /// # Errors
    /// If there is no rank, one is 0 or above `min(images, pixels)`, or the images are none to learn from.
    pub fn prepare(&self, images: &impl Images) -> Result<RankTrials> {
        let (count, pixels) = (images.len(), images.shape().pixels());
        let rows = spread(count, Self::MOST_IMAGES);
        let columns = spread(pixels, Self::MOST_PIXELS);
        let most = rows.len().min(columns.len());
        let highest = match (self.ranks.first(), self.ranks.last()) {
            (None | Some(0), _) | (_, None) => return Err(Error::RankZero),
            (_, Some(&highest)) if highest > most => {
                return Err(Error::RankTooLarge {
                    rank: highest,
                    images: rows.len(),
                    pixels: columns.len(),
                    most,
                });
            }
            (_, Some(&highest)) => highest,
        };
        let images = cut(images, &rows, &columns)?;
        // With unknown pixels, the first eigenimages of many are not the best few.
        let pca = (self.beside && images.mask.is_none())
            .then(|| Pca::new(highest).fit(&images))
            .transpose()?;
        let few = cut(
            &images,
            &spread(rows.len(), MOST_COMPARED),
            &spread(columns.len(), columns.len()),
        )?;
        let parallel_analysis = self
            .beside
            .then(|| parallel::parallel_analysis(&few, self.seed))
            .transpose()?;
        Ok(RankTrials {
            blocks: Blocks::new(&images, self.seed)?,
            images,
            restarts: self.restarts,
            seed: self.seed,
            pca_errors: pca.map(|pca| pca.errors).unwrap_or_default(),
            parallel_analysis,
        })
    }
}

impl RankTrials {
    /// How many images and pixels the ranks are tried on.
    #[must_use]
    pub fn sample(&self) -> (usize, usize) {
        (self.images.len(), self.images.shape().pixels())
    }

    /// Tries one rank; nothing where `go_on`, which is asked in each iteration, ended it.
    ///
    /// # Errors
    /// If the images are none to learn from.
    pub fn scores(
        &self,
        rank: usize,
        go_on: &(impl Fn() -> ControlFlow<()> + Sync),
    ) -> Result<Option<RankScores>> {
        let began = Instant::now();
        let Some(starts) = all(blocks::map_range(self.restarts, |start| {
            self.start(rank, start, go_on)
        }))?
        else {
            return Ok(None);
        };
        let folds = match self.blocks.as_ref().filter(|blocks| rank <= blocks.most()) {
            None => Some(Vec::new()),
            Some(blocks) => all(blocks::map_range(FOLDS, |fold| {
                self.fold(rank, blocks, fold, go_on)
            }))?,
        };
        let Some(folds) = folds else { return Ok(None) };
        let bases: Vec<&Basis> = starts.iter().map(|start| &start.basis).collect();
        let leading: Vec<Vec<usize>> = starts.iter().map(leading_parts).collect();
        let held_out = held_out(&folds);
        Ok(Some(RankScores {
            rank,
            relative_error: starts
                .iter()
                .map(|start| start.relative_error)
                .fold(f64::INFINITY, f64::min),
            held_out_error: held_out.map(|(error, _)| error),
            held_out_spread: held_out.map(|(_, spread)| spread),
            stability: stability::stability(&bases),
            cophenetic: stability::cophenetic(&leading),
            pca_error: self.pca_errors.get(rank).copied(),
            seconds: began.elapsed().as_secs_f64(),
        }))
    }

    /// Learns from one start; nothing where that was ended.
    fn start(
        &self,
        rank: usize,
        start: usize,
        go_on: &impl Fn() -> ControlFlow<()>,
    ) -> Result<Option<NmfModel>> {
        learn(
            &self.images,
            rank,
            self.seed.wrapping_add(start as u64),
            go_on,
        )
    }

    /// Hides one block; nothing where that was ended.
    fn fold(
        &self,
        rank: usize,
        blocks: &Blocks,
        fold: usize,
        go_on: &impl Fn() -> ControlFlow<()>,
    ) -> Result<Option<Missed>> {
        let fold = blocks.fold(fold);
        match learn(fold.rest(), rank, self.seed, go_on) {
            Ok(model) => Ok(model.map(|model| fold.missed(&model.weights, &model.basis))),
            // Nothing is learned from black pixels, and nothing predicted.
            Err(Error::AllBlack { .. }) => Ok(Some(fold.all_missed())),
            Err(error) => Err(error),
        }
    }
}

fn learn(
    images: &ImageSet,
    rank: usize,
    seed: u64,
    go_on: &impl Fn() -> ControlFlow<()>,
) -> Result<Option<NmfModel>> {
    let stop = StopRule {
        max_iterations: RankSearch::MOST_ITERATIONS,
        tolerance: RankSearch::TOLERANCE,
        ..StopRule::default()
    };
    let model = Nmf::new(rank)
        .seed(seed)
        .stop(stop)
        .fit_with(images, |_| go_on())?;
    Ok((model.stop != StopReason::Interrupted).then_some(model))
}

/// All of some results; nothing where one was ended.
fn all<T>(results: Vec<Result<Option<T>>>) -> Result<Option<Vec<T>>> {
    results
        .into_iter()
        .map(Result::transpose)
        .collect::<Option<Result<Vec<T>>>>()
        .transpose()
}

/// The part that gives each of some images most light.
fn leading_parts(model: &NmfModel) -> Vec<usize> {
    let light = model.basis.rows().sum_axis(ndarray::Axis(1));
    let leading = |image: usize| {
        let lights = &model.weights.row(image) * &light;
        let brighter = |most, next: (usize, f32)| if next.1 > lights[most] { next.0 } else { most };
        lights.iter().copied().enumerate().fold(0, brighter)
    };
    spread(model.weights.nrows(), MOST_COMPARED)
        .into_iter()
        .map(leading)
        .collect()
}

/// The error over all hidden blocks, and the standard error of those of each; nothing where none was hidden.
fn held_out(folds: &[Missed]) -> Option<(f64, f64)> {
    let norm: f64 = folds.iter().map(|fold| fold.norm).sum();
    let squared: f64 = folds.iter().map(|fold| fold.squared).sum();
    let errors: Vec<f64> = folds
        .iter()
        .filter(|fold| fold.norm > 0.0)
        .map(|fold| (fold.squared / fold.norm).sqrt())
        .collect();
    let count = errors.len() as f64;
    let mean = errors.iter().sum::<f64>() / count;
    let variance = errors
        .iter()
        .map(|error| (error - mean).powi(2))
        .sum::<f64>()
        / (count - 1.0).max(1.0);
    (norm > 0.0).then(|| ((squared / norm).sqrt(), (variance / count).sqrt()))
}
