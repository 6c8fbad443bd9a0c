//! What is known of the images of a comparison besides their pixels, and the figures that it adds.

use ndarray::{Array1, Array2};

use super::{Learned, RuleSummary};
use crate::basis::{Basis, Weights};
use crate::error::Result;
use crate::images::{Images, Labels};
use crate::metrics::{CleanError, Clustering, clusters_of, dominant_parts, score_clusters};
use crate::pca::PcaModel;
use crate::vq::VqModel;

/// What is known of the images of some runs besides their pixels.
#[derive(Debug, Clone, Copy)]
pub struct RunImages<'a, I> {
    /// The noise that was added, or [`NO_NOISE`](super::NO_NOISE).
    pub noise: &'a str,
    /// The images without noise, if noise was added.
    pub clean: Option<CleanImages<'a, I>>,
    /// The labels of the images, if there are any.
    pub labels: Option<&'a Labels>,
}

/// Images without noise.
#[derive(Debug, Clone, Copy)]
pub struct CleanImages<'a, I> {
    /// The images.
    pub images: &'a I,
    /// The value of white, as in [`NoisyShard`](crate::images::NoisyShard).
    pub white: f32,
}

impl<I: Images> RunImages<'_, I> {
    /// Returns the row of a rule.
    #[must_use]
    pub fn of_rule(&self, learned: &Learned) -> RuleSummary {
        let model = &learned.model;
        RuleSummary {
            clean_error: self.clean_error(&model.weights, &model.basis, None),
            ..self.with_clusters(RuleSummary::of_rule(learned), || {
                dominant_parts(&model.weights, &model.basis)
            })
        }
    }

    /// Returns the row of a vector quantisation.
    #[must_use]
    pub fn of_vq(&self, model: &VqModel) -> RuleSummary {
        let clean_error = self.clean.as_ref().and_then(|_| {
            let mut weights = Array2::zeros((model.assignments.len(), model.prototypes.rank()));
            for (image, &prototype) in model.assignments.iter().enumerate() {
                weights[[image, prototype as usize]] = 1.0;
            }
            self.clean_error(&weights, &model.prototypes, None)
        });
        RuleSummary {
            clean_error,
            ..self.with_clusters(RuleSummary::of_vq(model), || {
                clusters_of(&model.assignments)
            })
        }
    }

    /// Returns the row of a PCA; `seed` is that of the k-means on its scores.
    ///
    /// # Errors
    /// As [`score_clusters`].
    pub fn of_pca(&self, model: &PcaModel, seed: u64) -> Result<RuleSummary> {
        let summary = RuleSummary {
            clean_error: self.clean_error(&model.weights, &model.basis, Some(&model.mean)),
            ..self.named(RuleSummary::of_pca(model))
        };
        if self.divided_labels().is_none() {
            return Ok(summary);
        }
        let clusters = score_clusters(&model.weights, seed)?;
        Ok(self.with_clusters(summary, || clusters))
    }

    /// Returns the error of reconstructions against the images without noise, if noise was added.
    fn clean_error(
        &self,
        weights: &Weights,
        basis: &Basis,
        mean: Option<&Array1<f32>>,
    ) -> Option<f64> {
        let CleanImages { images, white } = self.clean.as_ref()?;
        Some(CleanError::of(*images, weights, basis, mean, *white).clean_error)
    }

    /// Returns a row with the name of the noise.
    fn named(&self, row: RuleSummary) -> RuleSummary {
        RuleSummary {
            noise: self.noise.to_owned(),
            ..row
        }
    }

    /// Returns a row with the name of the noise and the agreement of clusters with labels, if there are labels.
    fn with_clusters(
        &self,
        row: RuleSummary,
        clusters: impl FnOnce() -> Vec<usize>,
    ) -> RuleSummary {
        let clustering = self
            .divided_labels()
            .map(|labels| Clustering::new(&clusters(), &labels.indices));
        RuleSummary {
            accuracy: clustering.map(|found| found.accuracy),
            nmi: clustering.map(|found| found.nmi),
            ..self.named(row)
        }
    }

    /// Returns the labels if there are two or more.
    fn divided_labels(&self) -> Option<&Labels> {
        self.labels.filter(|labels| labels.names.len() > 1)
    }
}
