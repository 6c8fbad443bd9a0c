//! The memory that a PCA takes while it finds eigenimages.

use super::size::{Held, RUN, SetSize, padded};
use super::{FACTOR, RESIDUAL, Workload};

/// The largest side whose Gram matrix a PCA forms.
pub(crate) const LARGEST_GRAM: u64 = 4000;
/// Vectors that the eigenvalue solver iterates beyond those that are wanted.
pub(crate) const GUARD: u64 = 24;

impl Workload {
    /// While eigenimages are found: the matrix, and runs of images that are cut again; the model of NMF; the Gram matrix of
    /// the smaller side, or vectors over both sides; the scores and eigenimages with the products that they are made of; and
    /// what they leave of each image.
    pub(super) fn finding_eigenimages(&self, size: &SetSize, held: Held) -> u64 {
        let rank = self.rank_of(size);
        let (near, far) = (size.images.min(size.pixels), size.images.max(size.pixels));
        let solver = if near <= LARGEST_GRAM {
            let space = most_space(near, rank);
            16 * near * near + 8 * near * (space + rank) + 40 * space * space
        } else {
            let vectors = rank + GUARD.max(rank / 2);
            8 * vectors * (6 * near + 3 * far)
        };
        // Eigenimages of more pixels than images are made orthonormal in f64.
        let far_bytes = if far == size.pixels { 8 * 3 } else { 0 } + 2 * FACTOR;
        let unknown = if size.is_masked {
            5 * self.factors(size)
        } else {
            0
        };
        let is_cut_by_runs = size.images > size.pixels && near <= LARGEST_GRAM && !size.is_masked;
        let runs = if is_cut_by_runs {
            2 * size.block_bytes(RUN)
        } else {
            0
        };
        self.matrix(size, held)
            + runs
            + self.weights(size)
            + self.basis(size)
            + solver
            + far_bytes * padded(far) * rank
            + unknown
            + RESIDUAL * size.images
            + self.recorded(size)
    }
}

/// Returns how many vectors the solver spans at most to find the largest `rank` eigenvalues of a matrix of `size`.
pub(crate) fn most_space(size: u64, rank: u64) -> u64 {
    // With more of them, a complete decomposition takes no longer.
    (size / 4 * 3).min(8 * rank + 1000)
}
