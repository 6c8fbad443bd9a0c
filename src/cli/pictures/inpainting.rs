//! Images with unknown pixels, filled in by each method.

use anyhow::Result;
use nmf_images::Projection;
use nmf_images::images::{Images, Mask, Outliers, evenly_spaced_centres, select};
use nmf_images::metrics::relative_error;
use nmf_images::ndarray::Array1;
use nmf_images::render::{self, Inpainting, InpaintingSample, Reconstruction};

use super::context::Context;
use super::picture::Picture;
use crate::cli::input;

/// An image with holes, its filling by each method, and the image in the file.
struct Filling {
    index: usize,
    holes: Vec<f32>,
    with_mean: Vec<f32>,
    mean_error: f64,
    fillings: Vec<Reconstruction>,
    image: Vec<f32>,
}

pub(super) fn inpainting(context: &Context) -> Result<Vec<Picture>> {
    let Some(mask) = context.images.mask() else {
        return Ok(Vec::new());
    };
    let fillings = fillings(context, mask)?;
    let is_truth_known = input::knows_hidden(&context.arguments.reading.files);
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
        shape: context.images.shape,
        samples: &samples,
    };
    let caption = "Training images with unknown pixels, filled in from the mean image, from parts and from eigenimages.";
    context.page(
        "inpainting",
        caption,
        &render::inpainting(&data, context.theme)?,
    )
}

/// Fills in evenly spaced images of those with unknown pixels.
fn fillings(context: &Context, mask: &Mask) -> Result<Vec<Filling>> {
    let images = context.images;
    let holed: Vec<usize> = (0..images.len())
        .filter(|&index| mask.image(index).contains(&false))
        .collect();
    let chosen: Vec<usize> = evenly_spaced_centres(holed.len(), context.arguments.pictures.show)
        .into_iter()
        .map(|at| holed[at])
        .collect();
    let projection = context.model.project(&select(images, &chosen))?;
    let mut fillings = Vec::with_capacity(chosen.len());
    for (row, index) in chosen.into_iter().enumerate() {
        let mut filling = Filling::new(
            context,
            index,
            Guess {
                projection: &projection,
                row,
            },
        );
        if let Some(outliers) = context.outliers {
            filling.clip(outliers);
        }
        fillings.push(filling);
    }
    Ok(fillings)
}

/// A row of the weights that were guessed from known pixels.
#[derive(Clone, Copy)]
struct Guess<'a> {
    projection: &'a Projection,
    row: usize,
}

impl Filling {
    fn new(context: &Context, index: usize, guess: Guess) -> Self {
        let image = context.images.image_f32(index);
        let holes = context.images.known_f32(index);
        let mut hidden = image.clone();
        for (pixel, known) in hidden.iter_mut().zip(&holes) {
            if !known.is_nan() {
                *pixel = f32::NAN;
            }
        }
        let filled = |values: &Array1<f32>| -> Vec<f32> {
            let pairs = holes.iter().zip(values);
            pairs
                .map(|(&known, &value)| if known.is_nan() { value } else { known })
                .collect()
        };
        let mean = context.model.mean_image().expect("PCA has a mean image");
        let with_mean = filled(mean);
        let mut fillings = Vec::new();
        for (method, projected) in guess.projection.methods.iter() {
            let learned = context.model.by(method);
            let values = filled(&learned.combine(&projected.weights, guess.row));
            fillings.push(Reconstruction {
                method,
                error: relative_error(&hidden, &values),
                values,
            });
        }
        Self {
            index,
            mean_error: relative_error(&hidden, &with_mean),
            holes,
            with_mean,
            fillings,
            image,
        }
    }

    fn clip(&mut self, outliers: &Outliers) {
        outliers.clip(&mut self.holes);
        outliers.clip(&mut self.image);
        outliers.clip(&mut self.with_mean);
        for filling in &mut self.fillings {
            outliers.clip(&mut filling.values);
        }
    }

    fn sample<'a>(&'a self, context: &'a Context, is_truth_known: bool) -> InpaintingSample<'a> {
        InpaintingSample {
            name: &context.images.names[self.index],
            holes: &self.holes,
            with_mean: &self.with_mean,
            mean_error: self.mean_error,
            inpaintings: &self.fillings,
            truth: is_truth_known.then_some(&self.image),
        }
    }
}
