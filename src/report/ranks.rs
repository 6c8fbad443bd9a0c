//! Every fact of a search for the rank: the keys of `ranks.json` are a contract, too.

use serde::Serialize;

use super::input::{File, Input};
use crate::rank::{RankChoice, RankScores};

/// All of `ranks.json`.
#[derive(Debug, Clone, Serialize)]
pub struct RanksReport {
    /// The version of this program.
    pub version: String,
    /// What was read.
    pub input: Input,
    /// What was to be tried, and how.
    pub settings: RanksSettings,
    /// Which rank to take, and why: `choice` and `reason`.
    #[serde(flatten)]
    pub choice: RankChoice,
    /// Eigenimages of at most 300 images that explain more than chance.
    pub parallel_analysis: Option<usize>,
    /// The ranks that were tried, in ascending order.
    pub ranks: Vec<RankScores>,
    /// What was written.
    pub files: Vec<File>,
    /// What the reader should know before trusting the rest, a sentence each.
    pub warnings: Vec<String>,
}

/// What was to be tried, and how.
#[derive(Debug, Clone, Serialize)]
pub struct RanksSettings {
    /// The ranks.
    pub ranks: Vec<usize>,
    /// Starts of each rank.
    pub restarts: usize,
    /// The seed of the first start, and of what was hidden.
    pub seed: u64,
    /// How many of the images the ranks were tried on, evenly spread.
    pub sampled_images: usize,
    /// How many of their pixels.
    pub sampled_pixels: usize,
    /// Stands for the version, the pixels, the starts and the seed: ranks that were tried under the same are not tried
    /// again.
    pub key: String,
}
