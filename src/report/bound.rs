//! The section `bound` of a report.

use serde::Serialize;

use crate::pca::PcaModel;
use crate::plural::by_count;

/// The least error of every sum of as many images as there are parts, whatever their signs: that of the
/// truncated singular value decomposition of X (C. Eckart, G. Young, *The approximation of one matrix by
/// another of lower rank*, 1936). The error of an NMF is never below it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoundReport {
    /// The number of images.
    pub rank: usize,
    /// ‖X − X̂‖ / ‖X‖.
    pub relative_error: f64,
    /// 1 − the squared relative error.
    pub explained: f64,
    /// The least relative error of every number of images from 0, as far as known.
    pub errors: Vec<f64>,
}

impl BoundReport {
    /// Reports the bound at the rank of a PCA; `None` if pixels are unknown.
    #[must_use]
    pub fn new(model: &PcaModel) -> Option<Self> {
        let rank = model.basis.rank();
        let errors = model.bound.clone()?;
        Some(Self {
            rank,
            relative_error: errors[rank],
            explained: 1.0 - errors[rank].powi(2),
            errors,
        })
    }

    /// Returns what has this error: `best 16 images of any sign`.
    #[must_use]
    pub fn name(&self) -> String {
        Self::name_at(self.rank)
    }

    /// Returns what has the least error of `rank` images: `best 16 images of any sign`.
    #[must_use]
    pub fn name_at(rank: usize) -> String {
        format!(
            "best {rank} {} of any sign",
            by_count(rank, "image", "images")
        )
    }
}
