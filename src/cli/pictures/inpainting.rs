//! Images with holes, and what fills them.

use anyhow::Result;
use nmf_images::images::{Images, Mask};
use nmf_images::metrics::relative_error;
use nmf_images::render::{self, Inpainting, InpaintingSample, InpaintingTruth};

use super::{Context, Picture, evenly};
use crate::cli::input;

/// An image as it is learned from, as it is filled, and as the file has it.
struct Filling {
    index: usize,
    holes: Vec<f32>,
    nmf: Vec<f32>,
    pca: Vec<f32>,
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
    let chosen = evenly(holed.len(), arguments.pictures.show);
    let fillings: Vec<Filling> = chosen
        .into_iter()
        .map(|at| Filling::new(context, mask, holed[at]))
        .collect();
    let is_told = input::knows_hidden(&arguments.reading);
    let samples: Vec<InpaintingSample> = fillings
        .iter()
        .map(|filling| filling.sample(context, is_told))
        .collect();
    let title = format!(
        "{}: what the known pixels say of the unknown ones",
        context.title
    );
    let data = Inpainting {
        title: &title,
        shape: images.shape,
        samples: &samples,
    };
    let caption = "Images with holes, as parts and eigenimages fill them.";
    context.page(
        "inpainting",
        caption,
        &render::inpainting(&data, context.theme)?,
    )
}

impl Filling {
    fn new(context: &Context, mask: &Mask, index: usize) -> Self {
        let (image, known) = (context.images.image_f32(index), mask.image(index));
        let filled = |rebuilt: Vec<f32>| -> Vec<f32> {
            let pixels = image.iter().zip(rebuilt).zip(&known);
            pixels
                .map(|((&x, rebuilt), &known)| if known { x } else { rebuilt })
                .collect()
        };
        Self {
            index,
            holes: context.images.known_f32(index),
            nmf: filled(context.nmf.reconstruct(index).to_vec()),
            pca: filled(context.pca.reconstruct(index).to_vec()),
            image,
        }
    }

    fn sample<'a>(&'a self, context: &'a Context, is_told: bool) -> InpaintingSample<'a> {
        let Self {
            index,
            holes,
            nmf,
            pca,
            image,
        } = self;
        let hidden: Vec<f32> = image
            .iter()
            .zip(holes)
            .map(|(&x, hole)| if hole.is_nan() { x } else { f32::NAN })
            .collect();
        let truth = is_told.then(|| InpaintingTruth {
            image,
            nmf_error: relative_error(&hidden, nmf),
            pca_error: relative_error(&hidden, pca),
        });
        InpaintingSample {
            name: &context.images.names[*index],
            holes,
            nmf,
            pca,
            truth,
        }
    }
}
