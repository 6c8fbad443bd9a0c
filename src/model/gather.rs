//! Models of images that are distributed over several processes.

use super::data::Model;
use crate::communicator::{Communicator, gather, gather_lines, gather_rows};
use crate::decomposition::Decomposition;

impl Model {
    /// Returns the model of the images of all processes on the first process, and one without images on
    /// the others.
    #[must_use]
    pub fn gather(mut self, communicator: &dyn Communicator) -> Self {
        let decompositions = self.decompositions.into_iter();
        self.decompositions = decompositions
            .map(|decomposition| decomposition.gather(communicator))
            .collect();
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
            provenance: self.provenance.clone(),
        }
    }
}

impl Decomposition {
    /// Returns the decomposition of the images of all processes on the first process, and one without images on the
    /// others.
    #[must_use]
    pub fn gather(self, communicator: &dyn Communicator) -> Self {
        Self {
            weights: gather_rows(communicator, &self.weights),
            errors: gather(communicator, &self.errors),
            ..self
        }
    }
}

/// Returns some of the lines; without labels there are none.
fn lines(lines: &[String], indices: &[usize]) -> Vec<String> {
    let lines = indices.iter().filter_map(|&index| lines.get(index));
    lines.cloned().collect()
}
