//! Images with unknown pixels, filled in by each method.

use anyhow::Result;
use nmf_images::images::{Images, Mask, Outliers, evenly_spaced_centres};
use nmf_images::metrics::relative_error;
use nmf_images::render::{self, Inpainting, InpaintingSample, Reconstruction};

use super::context::Context;
use super::picture::Picture;
use crate::cli::input;

/// An image with holes, its filling by each method, and the image in the file.
struct Filling {
    index: usize,
    holes: Vec<f32>,
    fillings: Vec<Reconstruction>,
    image: Vec<f32>,
}

pub(super) fn inpainting(context: &Context) -> Result<Vec<Picture>> {
    let Context {
        images, arguments, ..
    } = context;
    let Some(mask) = images.mask() else {
        return Ok(Vec::new());
    };
    let holed: Vec<usize> = (0..images.len())
        .filter(|&index| mask.image(index).contains(&false))
        .collect();
    let chosen = evenly_spaced_centres(holed.len(), arguments.pictures.show);
    let fillings: Vec<Filling> = chosen
        .into_iter()
        .map(|at| Filling::new(context, mask, holed[at]))
        .collect();
    let is_truth_known = input::knows_hidden(&arguments.reading);
    let samples: Vec<InpaintingSample> = fillings
        .iter()
        .map(|filling| filling.sample(context, is_truth_known))
        .collect();
    let title = format!(
        "{}: unknown pixels filled in from the known ones{}",
        context.title,
        context.white()
    );
    let data = Inpainting {
        title: &title,
        shape: images.shape,
        samples: &samples,
    };
    let caption = "Images with unknown pixels, filled in from parts and from eigenimages.";
    context.page(
        "inpainting",
        caption,
        &render::inpainting(&data, context.theme)?,
    )
}

impl Filling {
    fn new(context: &Context, mask: &Mask, index: usize) -> Self {
        let (image, known) = (context.images.image_f32(index), mask.image(index));
        let mut hidden = image.clone();
        for (pixel, &is_known) in hidden.iter_mut().zip(&known) {
            if is_known {
                *pixel = f32::NAN;
            }
        }
        let mut fillings = Vec::new();
        for learned in &context.model.decompositions {
            let mut values = learned.reconstruct(index).to_vec();
            for (pixel, (&original, &is_known)) in values.iter_mut().zip(image.iter().zip(&known)) {
                if is_known {
                    *pixel = original;
                }
            }
            fillings.push(Reconstruction {
                method: learned.method,
                error: relative_error(&hidden, &values),
                values,
            });
        }
        let mut filling = Self {
            index,
            holes: context.images.known_f32(index),
            fillings,
            image,
        };
        if let Some(outliers) = context.outliers {
            filling.clip(outliers);
        }
        filling
    }

    fn clip(&mut self, outliers: &Outliers) {
        outliers.clip(&mut self.holes);
        outliers.clip(&mut self.image);
        for filling in &mut self.fillings {
            outliers.clip(&mut filling.values);
        }
    }

    fn sample<'a>(&'a self, context: &'a Context, is_truth_known: bool) -> InpaintingSample<'a> {
        InpaintingSample {
            name: &context.images.names[self.index],
            holes: &self.holes,
            inpaintings: &self.fillings,
            truth: is_truth_known.then_some(&self.image),
        }
    }
}
