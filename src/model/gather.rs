//! The model of images that several processes hold.

use ndarray::Axis;

use super::Model;
use crate::communicator::{Communicator, gather, gather_lines, gather_rows};

impl Model {
    /// On the first process the model of all images, from those of each one's share; on the others of none.
    #[must_use]
    pub fn gather(self, communicator: &dyn Communicator) -> Self {
        Self {
            weights: gather_rows(communicator, &self.weights),
            scores: gather_rows(communicator, &self.scores),
            nmf_errors: gather(communicator, &self.nmf_errors),
            pca_errors: gather(communicator, &self.pca_errors),
            names: gather_lines(communicator, &self.names),
            labels: gather_lines(communicator, &self.labels),
            ..self
        }
    }

    /// The model of some of its images.
    ///
    /// # Panics
    /// If there is none of such an index.
    #[must_use]
    pub fn select(&self, images: &[usize]) -> Self {
        let pick = |values: &[f32]| images.iter().map(|&image| values[image]).collect();
        let lines = |lines: &[String]| {
            images
                .iter()
                .filter_map(|&image| lines.get(image).cloned())
                .collect()
        };
        Self {
            weights: self.weights.select(Axis(0), images),
            scores: self.scores.select(Axis(0), images),
            nmf_errors: pick(&self.nmf_errors),
            pca_errors: pick(&self.pca_errors),
            names: lines(&self.names),
            labels: lines(&self.labels),
            ..self.clone()
        }
    }
}
