//! Some images with their reconstruction by each method.

use nmf_images::images::Outliers;
use nmf_images::metrics::relative_error;
use nmf_images::render::{Reconstruction, Sample};

use super::context::Context;

/// An image with its reconstruction by each method.
pub(super) struct ReconstructedImage {
    pub(super) name: String,
    /// A warning after the name; empty for none.
    pub(super) warning: &'static str,
    pub(super) original: Vec<f32>,
    pub(super) reconstructions: Vec<Reconstruction>,
}

impl ReconstructedImage {
    /// Reconstructs some of the examples of a run, and clips outliers.
    pub(super) fn of_run(context: &Context, chosen: &[usize]) -> Vec<Self> {
        let mut images = Self::unclipped(context, chosen);
        for image in &mut images {
            image.clip(context.outliers);
        }
        images
    }

    /// Clips outliers.
    pub(super) fn clip(&mut self, outliers: Option<&Outliers>) {
        let Some(outliers) = outliers else {
            return;
        };
        outliers.clip(&mut self.original);
        for reconstruction in &mut self.reconstructions {
            outliers.clip(&mut reconstruction.values);
        }
    }

    fn unclipped(context: &Context, chosen: &[usize]) -> Vec<Self> {
        let examples = context.examples();
        let mut images = Vec::new();
        for &index in chosen {
            let original = examples.images.known_f32(index);
            let mut reconstructions = Vec::new();
            for learned in examples.decompositions {
                let values = learned.reconstruct(index).to_vec();
                reconstructions.push(Reconstruction {
                    method: learned.method,
                    error: relative_error(&original, &values),
                    values,
                });
            }
            images.push(Self {
                name: examples.images.names[index].clone(),
                warning: "",
                original,
                reconstructions,
            });
        }
        images
    }

    pub(super) fn sample(&self) -> Sample<'_> {
        Sample {
            name: &self.name,
            warning: self.warning,
            original: &self.original,
            reconstructions: &self.reconstructions,
        }
    }
}
