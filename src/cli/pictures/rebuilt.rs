//! Some images with both reconstructions.

use nmf_images::metrics::relative_error;
use nmf_images::render::Sample;

use super::Context;

/// An image with both reconstructions.
pub(super) struct Rebuilt {
    pub(super) name: String,
    /// What to beware of.
    pub(super) warning: &'static str,
    pub(super) original: Vec<f32>,
    pub(super) nmf: Vec<f32>,
    pub(super) pca: Vec<f32>,
    pub(super) nmf_error: f64,
    pub(super) pca_error: f64,
}

impl Rebuilt {
    /// Some of the images of a run.
    pub(super) fn of_run(context: &Context, chosen: &[usize]) -> Vec<Self> {
        let rebuild = |&index: &usize| {
            let original = context.images.known_f32(index);
            let (nmf, pca) = (
                context.nmf.reconstruct(index).to_vec(),
                context.pca.reconstruct(index).to_vec(),
            );
            let (nmf_error, pca_error) = (
                relative_error(&original, &nmf),
                relative_error(&original, &pca),
            );
            Self {
                name: context.images.names[index].clone(),
                warning: "",
                original,
                nmf,
                pca,
                nmf_error,
                pca_error,
            }
        };
        chosen.iter().map(rebuild).collect()
    }

    pub(super) fn sample(&self) -> Sample<'_> {
        let Self {
            name,
            warning,
            original,
            nmf,
            pca,
            nmf_error,
            pca_error,
        } = self;
        Sample {
            name,
            warning,
            original,
            nmf,
            pca,
            nmf_error: *nmf_error,
            pca_error: *pca_error,
        }
    }
}
