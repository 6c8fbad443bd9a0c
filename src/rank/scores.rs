//! The scores of one rank.

use serde::{Deserialize, Serialize};

/// The scores of one rank.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RankScores {
    /// Number of parts.
    pub rank: usize,
    /// Seed of the start with the least error.
    pub seed: u64,
    /// ‖X − W H‖ / ‖X‖ of the best start, with all pixels.
    pub relative_error: f64,
    /// The relative error on held-out pixels; `None` if the rank is above half of the images or
    /// pixels.
    pub held_out_error: Option<f64>,
    /// Its standard error over the four held-out blocks.
    pub held_out_spread: Option<f64>,
    /// Mean cosine of the parts of any two starts, matched one to one; `None` for one start.
    pub stability: Option<f64>,
    /// Cophenetic correlation of the consensus of the starts, for at most 300 images; `None` for
    /// one start.
    pub cophenetic: Option<f64>,
    /// The relative error of the PCA, the mean image and as many eigenimages; `None` without a PCA or
    /// if pixels are unknown.
    pub pca_error: Option<f64>,
    /// The least relative error of as many images of any sign, as in [`PcaModel::bound`](crate::PcaModel::bound);
    /// `None` without a PCA or if pixels are unknown.
    pub bound: Option<f64>,
    /// Seconds of all fits.
    pub seconds: f64,
}
