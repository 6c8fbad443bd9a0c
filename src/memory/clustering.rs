//! The memory of clusters of images by the scores of a PCA.

use super::size::{Held, SetSize, padded};
use super::{Workload, pixels_of};

impl Workload {
    /// While images are clustered by the scores of a PCA: the pixels and the PCA; the scores from 0, their panels and their
    /// products with the prototypes; the prototypes; and for each image its squares and the draws of the start.
    pub(super) fn clustering_scores(&self, size: &SetSize, held: Held) -> u64 {
        let rank = self.rank_of(size);
        let draws = 2 + u64::from(rank.max(1).ilog2());
        pixels_of(size, held)
            + size.mask_bytes()
            + 4 * self.weights(size)
            + self.basis(size)
            + 56 * rank * padded(rank)
            + (72 + 16 * draws) * size.images
    }
}
