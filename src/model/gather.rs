//! Models of images that are distributed over several processes.

use super::data::Model;
use crate::communicator::{Communicator, gather, gather_lines, gather_rows};

impl Model {
    /// Returns the model of the images of all processes on the first process, and one without images on
    /// the others.
    #[must_use]
    pub fn gather(mut self, communicator: &dyn Communicator) -> Self {
        for decomposition in &mut self.decompositions {
            decomposition.weights = gather_rows(communicator, &decomposition.weights);
        }
        for decomposition in &mut self.decompositions {
            decomposition.errors = gather(communicator, &decomposition.errors);
        }
        self.vq = self.vq.map(|vq| vq.gather(communicator));
        Self {
            names: gather_lines(communicator, &self.names),
            labels: gather_lines(communicator, &self.labels),
            ..self
        }
    }

    /// Returns the model of some of its images.
    ///
    /// # Panics
    /// If there is no such image.
    #[must_use]
    pub fn select(&self, images: &[usize]) -> Self {
        Self {
            decompositions: self
                .decompositions
                .iter()
                .map(|decomposition| decomposition.select(images))
                .collect(),
            priors: self.priors.clone(),
            vq: self.vq.as_ref().map(|vq| vq.select(images)),
            names: lines(&self.names, images),
            labels: lines(&self.labels, images),
            reading: self.reading.clone(),
            settings: self.settings.clone(),
        }
    }
}

/// Returns some of the lines; without labels there are none.
fn lines(lines: &[String], indices: &[usize]) -> Vec<String> {
    let lines = indices.iter().filter_map(|&index| lines.get(index));
    lines.cloned().collect()
}
