//! New images as each method of an earlier run reconstructs them.

use anyhow::Result;
use nmf_images::images::Outliers;
use nmf_images::render::{self, Reconstruction, Reconstructions};
use nmf_images::{ImageSet, Model, NMF, Projection};

use super::context::{clipped_sentence, white_of};
use super::picture::Picture;
use super::reconstructed_image::ReconstructedImage;
use super::reconstructions::best_worst_and_even;
use crate::cli::arguments::WritingOptions;

/// New images with their projection.
#[derive(Clone, Copy)]
pub struct ProjectedImages<'a> {
    pub images: &'a ImageSet,
    pub model: &'a Model,
    pub projection: &'a Projection,
    /// The relative error above which an image is flagged.
    pub threshold: f64,
}

impl ProjectedImages<'_> {
    /// Returns whether an image is reconstructed badly.
    pub fn is_flagged(&self, image: usize) -> bool {
        self.projection.methods[&NMF].errors[image] > self.threshold
    }

    fn reconstruct(&self, image: usize) -> ReconstructedImage {
        let mut reconstructions = Vec::new();
        for (method, projected) in self.projection.methods.iter() {
            let learned = self.model.by(method);
            reconstructions.push(Reconstruction {
                method,
                values: learned.combine(&projected.weights, image).to_vec(),
                error: projected.errors[image],
            });
        }
        ReconstructedImage {
            name: self.images.names[image].clone(),
            warning: if self.is_flagged(image) {
                "flagged"
            } else {
                ""
            },
            original: self.images.known_f32(image),
            reconstructions,
        }
    }
}

/// Draws at most `most` images, in order of their NMF errors.
pub fn projection(
    projected: ProjectedImages,
    title: &str,
    writing: &WritingOptions,
    most: usize,
) -> Result<Picture> {
    let chosen = best_worst_and_even(&projected.projection.methods[&NMF].errors, most);
    let outliers = Outliers::of(projected.images);
    let mut reconstructed: Vec<ReconstructedImage> = chosen
        .into_iter()
        .map(|image| projected.reconstruct(image))
        .collect();
    for image in &mut reconstructed {
        image.clip(outliers.as_ref());
    }
    let white = outliers.as_ref().map_or_else(String::new, white_of);
    let figure = render::reconstructions(
        &Reconstructions {
            kind: "New images",
            title: &format!(
                "{title}: new images reconstructed, in order of their NMF errors{white}"
            ),
            shape: projected.images.shape,
            samples: &reconstructed
                .iter()
                .map(ReconstructedImage::sample)
                .collect::<Vec<_>>(),
        },
        writing.theme(),
    )?;
    let caption =
        "New images reconstructed from parts and from eigenimages, in order of their NMF errors.";
    let clipped = outliers.as_ref().map_or_else(String::new, clipped_sentence);
    let caption = caption.to_owned() + &clipped;
    Picture::page(writing, "projection", &caption, &figure)
}
