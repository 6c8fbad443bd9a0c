//! One image by vector quantisation, NMF and PCA.

use anyhow::Result;
use nmf_images::plural::by_count;
use nmf_images::render::{self, ThreeWays, Way};
use nmf_images::{Basis, Decomposition, NMF, VQ};

use super::context::{Context, clipped_basis};
use super::picture::Picture;
use super::recipe;

pub(super) fn three_ways(context: &Context) -> Result<Vec<Picture>> {
    let Some(quantised) = &context.model.vq else {
        return Ok(Vec::new());
    };
    let images = context.images;
    let index = recipe::of_report(context).index;
    let rank = quantised.prototypes.rank();
    let caption = format!(
        "{} by {rank} basis images of each method; beside them, in the same places, their weights.",
        recipe::which(context)
    );
    let drawn_caption = context.drawn_caption(&caption);
    let caption = caption + &context.clipped();
    let prototypes = clipped_basis(quantised.prototypes.clone(), context.outliers);
    let one = [index];
    let mut ways = vec![WayData::of(&quantised.decomposition(&one), &prototypes)];
    for learned in &context.model.decompositions {
        let basis = context.drawn(learned.method);
        ways.push(WayData::of(&learned.select(&one), basis));
    }
    let ways: Vec<Way> = ways.iter().map(WayData::way).collect();
    let figure = render::three_ways(
        &ThreeWays {
            title: &format!("{}: three ways to {}", context.title, images.names[index]),
            caption: &drawn_caption,
            shape: images.shape,
            original: &images.known_f32(index),
            white: context.outliers.map(|outliers| outliers.limit),
            scaling: context.scaling,
            ways: &ways,
        },
        context.theme,
    )?;
    context.page("three-ways", &caption, &figure)
}

/// What a method makes of the image.
struct WayData<'a> {
    /// Of the image alone.
    learned: Decomposition,
    /// As it is drawn.
    basis: &'a Basis,
    sentence: String,
    weights: Vec<f32>,
    result: Vec<f32>,
}

impl<'a> WayData<'a> {
    fn of(learned: &Decomposition, basis: &'a Basis) -> Self {
        let weights = learned.weights.row(0).to_vec();
        Self {
            sentence: sentence(learned, &weights),
            result: learned.reconstruct(0).to_vec(),
            learned: learned.clone(),
            basis,
            weights,
        }
    }

    fn way(&self) -> Way<'_> {
        let mean = self.learned.mean.as_ref();
        Way {
            method: self.learned.method,
            sentence: &self.sentence,
            basis: self.basis,
            weights: &self.weights,
            mean: mean.and_then(|mean| mean.as_slice()),
            result: &self.result,
            error: self.learned.errors[0].into(),
        }
    }
}

/// Returns what the result of a method is.
fn sentence(learned: &Decomposition, weights: &[f32]) -> String {
    let (method, rank) = (learned.method, weights.len());
    if *method == VQ {
        return format!("One prototype, a mean of images: the nearest of {rank}.");
    }
    let units = by_count(rank, method.unit, method.units);
    if *method == NMF {
        let used = weights.iter().filter(|&&weight| weight > 0.0).count();
        return format!("A sum of parts: weights above 0 for {used} of {rank}.");
    }
    format!("The mean plus a signed sum of {rank} {units}.")
}
