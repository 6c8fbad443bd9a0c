//! What options give a fit besides the images: parts that are not learned, and weights of pixels and images.

use anyhow::Result;
use nmf_images::images::{ImageShard, Images};
use nmf_images::{Basis, Nmf, Pca};

use super::fixed;
use super::weights::{self, GivenWeights};
use crate::cli::arguments::Arguments;

/// The parts that are not learned, if there are any, and how much pixels and images count.
pub struct Given {
    fixed: Option<Basis>,
    weights: GivenWeights,
}

/// Checks that nothing is asked for that does without them, of a run on so many processes.
pub fn check(arguments: &Arguments, processes: usize) -> Result<()> {
    fixed::check(arguments)?;
    weights::check(arguments, processes)
}

impl Given {
    /// Reads the files that the options name, for these images.
    pub fn read(arguments: &Arguments, shard: &ImageShard) -> Result<Self> {
        Ok(Self {
            fixed: fixed::read(arguments, shard.shape())?,
            weights: GivenWeights::read(arguments, shard)?,
        })
    }

    /// Returns the settings of the NMF.
    pub fn nmf(&self, arguments: &Arguments, rank: usize) -> nmf_images::Result<Nmf> {
        let nmf = fixed::settings(arguments, rank, self.fixed.as_ref())?;
        Ok(self.weights.nmf(nmf))
    }

    /// Returns the settings of the PCA.
    pub fn pca(&self, rank: usize) -> Pca {
        self.weights.pca(Pca::new(rank))
    }
}
