//! The report of a search for the rank. The keys of `ranks.json` are a contract.

use serde::Serialize;

use super::input::{File, Input};
use crate::rank::{RankChoice, RankScores};

/// The contents of `ranks.json`.
#[derive(Debug, Clone, Serialize)]
pub struct RanksReport {
    /// The version of this program.
    pub version: String,
    /// The input.
    pub input: Input,
    /// The ranks to try, and how.
    pub settings: RanksSettings,
    /// The recommended rank, and why: `choice` and `reason`.
    #[serde(flatten)]
    pub choice: RankChoice,
    /// The number of eigenimages that explain more than chance, of at most 300 images.
    pub parallel_analysis: Option<usize>,
    /// The ranks that were tried, in ascending order.
    pub ranks: Vec<RankScores>,
    /// The files that were written.
    pub files: Vec<File>,
    /// Reasons for caution with the other figures, one sentence each.
    pub warnings: Vec<String>,
}

/// The settings of a search for the rank.
#[derive(Debug, Clone, Serialize)]
pub struct RanksSettings {
    /// The ranks.
    pub ranks: Vec<usize>,
    /// The number of starts per rank.
    pub restarts: usize,
    /// The seed of the first start, and of the choice of hidden pixels.
    pub seed: u64,
    /// The number of images that the ranks were tried on, evenly spread.
    pub sampled_images: usize,
    /// The number of their pixels.
    pub sampled_pixels: usize,
    /// A hash of the version, the pixels, the starts and the seed. Ranks that were tried with the same key
    /// are not tried again.
    pub key: String,
}
