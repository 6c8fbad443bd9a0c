//! Some images with both reconstructions.

use nmf_images::metrics::relative_error;
use nmf_images::render::Sample;

use super::Context;

/// Some images with both reconstructions.
pub(super) struct Rebuilt {
    images: Vec<RebuiltImage>,
}

struct RebuiltImage {
    name: String,
    original: Vec<f32>,
    nmf: Vec<f32>,
    pca: Vec<f32>,
}

impl Rebuilt {
    pub(super) fn new(context: &Context, chosen: &[usize]) -> Self {
        let rebuild = |&index: &usize| RebuiltImage {
            name: context.images.names[index].clone(),
            original: context.images.known_f32(index),
            nmf: context.nmf.reconstruct(index).to_vec(),
            pca: context.pca.reconstruct(index).to_vec(),
        };
        Self { images: chosen.iter().map(rebuild).collect() }
    }

    pub(super) fn samples(&self) -> Vec<Sample<'_>> {
        self.images.iter().map(RebuiltImage::sample).collect()
    }
}

impl RebuiltImage {
    fn sample(&self) -> Sample<'_> {
        let Self { name, original, nmf, pca } = self;
        let (nmf_error, pca_error) = (relative_error(original, nmf), relative_error(original, pca));
        Sample { name, original, nmf, pca, nmf_error, pca_error }
    }
}
