//! New images as the parts and eigenimages of an earlier run rebuild them.

use anyhow::Result;
use nmf_images::render::{self, Reconstructions};
use nmf_images::{ImageSet, Model, NMF, PCA, Projection};

use super::Picture;
use super::rebuilt::Rebuilt;
use super::reconstructions::best_worst_and_even;
use crate::cli::arguments::WritingOptions;

/// New images with what is known of them.
#[derive(Clone, Copy)]
pub struct Judged<'a> {
    pub images: &'a ImageSet,
    pub model: &'a Model,
    pub projection: &'a Projection,
    /// Above this error an image is flagged.
    pub threshold: f64,
}

impl Judged<'_> {
    /// Whether an image is explained badly.
    pub fn is_flagged(&self, image: usize) -> bool {
        self.projection.methods[&NMF].errors[image] > self.threshold
    }

    fn rebuild(&self, image: usize) -> Rebuilt {
        let Self {
            images,
            model,
            projection,
            ..
        } = self;
        let (nmf, pca) = (&projection.methods[&NMF], &projection.methods[&PCA]);
        Rebuilt {
            name: images.names[image].clone(),
            warning: if self.is_flagged(image) {
                "flagged"
            } else {
                ""
            },
            original: images.known_f32(image),
            nmf: model.by(&NMF).combine(&nmf.weights, image).to_vec(),
            pca: model.by(&PCA).combine(&pca.weights, image).to_vec(),
            nmf_error: nmf.errors[image],
            pca_error: pca.errors[image],
        }
    }
}

/// From the best explained image to the worst, at most `most`.
pub fn projection(
    judged: Judged,
    title: &str,
    writing: &WritingOptions,
    most: usize,
) -> Result<Picture> {
    let chosen = best_worst_and_even(&judged.projection.methods[&NMF].errors, most);
    let rebuilt: Vec<Rebuilt> = chosen
        .into_iter()
        .map(|image| judged.rebuild(image))
        .collect();
    let figure = render::reconstructions(
        &Reconstructions {
            title: &format!("{title}: new images rebuilt, from the best by NMF to the worst"),
            shape: judged.images.shape,
            samples: &rebuilt.iter().map(Rebuilt::sample).collect::<Vec<_>>(),
        },
        writing.theme(),
    )?;
    let caption = "New images, rebuilt from parts and from eigenimages, from the best explained to the worst.";
    Picture::page(writing, "projection", caption, &figure)
}
