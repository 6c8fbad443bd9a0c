//! How one image is composed, and which one is shown.

use anyhow::Result;
use nmf_images::ndarray::Axis;
use nmf_images::render::{self, Mixture, Recipe};
use nmf_images::report::RecipeReport;
use nmf_images::{Basis, Model, NMF, Weights};

use super::chosen_images;
use super::context::Context;
use super::picture::Picture;
use crate::cli::arguments::Arguments;

pub(super) fn recipe(context: &Context) -> Result<Vec<Picture>> {
    let images = context.images;
    let report = of_report(context);
    let index = report.index;
    let caption = format!(
        "{} as a sum of terms, the largest intensity first; below, the partial sums.",
        which(context)
    );
    let drawn_caption = context.drawn_caption(&caption);
    let caption = caption + &context.clipped();
    let learned = &context.model.decompositions;
    let weights: Vec<Vec<f32>> = learned
        .iter()
        .map(|learned| learned.weights.row(index).to_vec())
        .collect();
    let mixtures = mixtures(context, report, &weights);
    let figure = render::recipe(
        &Recipe {
            title: &format!("{}: composition of {}", context.title, images.names[index]),
            caption: &drawn_caption,
            shape: images.shape,
            original: &images.known_f32(index),
            white: context.outliers.map(|outliers| outliers.limit),
            mixtures: &mixtures,
        },
        context.theme,
    )?;
    context.page("recipe", &caption, &figure)
}

/// Returns the image as the sum of the terms of each method, with the figures of the report.
fn mixtures<'a>(
    context: &'a Context,
    report: &RecipeReport,
    weights: &'a [Vec<f32>],
) -> Vec<Mixture<'a>> {
    let figures = &report.methods;
    let pairs = context.model.decompositions.iter().zip(weights);
    pairs
        .map(|(learned, weights)| Mixture {
            method: learned.method,
            basis: &learned.basis,
            weights,
            mean: learned.mean.as_ref().and_then(|mean| mean.as_slice()),
            error: figures[learned.method].relative_error,
            cancelled: figures[learned.method].cancelled,
        })
        .collect()
}

/// Returns which image the recipe is of.
pub(super) fn which(context: &Context) -> &'static str {
    if chosen_images::is_recipe_chosen(&context.arguments.pictures) {
        "The training image"
    } else {
        "The most typical training image"
    }
}

/// Returns the image of the recipe with its figures.
pub(super) fn of_report<'a>(context: &Context<'a>) -> &'a RecipeReport {
    let recipe = context.report.recipe.as_ref();
    recipe.expect("a run reports its recipe before its pictures")
}

/// Returns the image that was asked for, or else the most typical one.
///
/// # Errors
/// If there is no such image.
pub fn image(arguments: &Arguments, names: &[String], model: &Model) -> Result<usize> {
    if let Some(chosen) = chosen_images::recipe(&arguments.pictures, names)? {
        return Ok(chosen);
    }
    let learned = model.by(&NMF);
    Ok(typical(&learned.basis, &learned.weights, &learned.errors))
}

/// Returns the most typical image: of the tenth of the images whose errors are nearest the median, the one whose
/// intensity is distributed over the parts most nearly as on average.
fn typical(basis: &Basis, weights: &Weights, errors: &[f32]) -> usize {
    let part_sums = basis.rows().sum_axis(Axis(1));
    let mean = weights.mean_axis(Axis(0)).unwrap_or_default() * &part_sums;
    let far = |index: usize| -> f64 {
        let intensities = weights.row(index).into_iter().zip(&part_sums);
        let both = intensities.map(|(weight, sum)| weight * sum).zip(&mean);
        both.map(|(one, mean)| f64::from(one - mean).powi(2)).sum()
    };
    let by_error = |a: &usize, b: &usize| errors[*a].total_cmp(&errors[*b]).then(a.cmp(b));
    let mut order: Vec<usize> = (0..errors.len()).collect();
    let tenth = errors.len().div_ceil(10);
    let first = (errors.len() - tenth) / 2;
    // Of a million errors, sorting all takes ten times as long as selecting the tenth.
    order.select_nth_unstable_by(first, by_error);
    let rest = &mut order[first..];
    rest.select_nth_unstable_by(tenth - 1, by_error);
    let middle = &mut rest[..tenth];
    middle.sort_unstable_by(by_error);
    let distances = middle.iter().map(|&index| (far(index), index));
    let nearest = distances.min_by(|(one, _), (other, _)| one.total_cmp(other));
    nearest.map_or(0, |(_, index)| index)
}

#[cfg(test)]
mod tests {
    use nmf_images::Shape;
    use nmf_images::ndarray::{Array2, arr2, s};

    use super::*;

    #[test]
    fn the_typical_image_has_a_middling_error_and_uses_parts_as_all_do() {
        let basis = Basis::new(Shape::new(1, 3), arr2(&[[1., 1., 0.], [0., 0., 1.]]));
        // Part 0 is used alike; of part 1 there is 1 on average, and exactly so much in images 7, 13 and 20.
        let uses = |image: usize| match image {
            7 | 13 | 20 => 1.0,
            even if even % 2 == 0 => 0.5,
            _ => 1.5,
        };
        let weights = Array2::from_shape_fn(
            (30, 2),
            |(image, part)| if part == 0 { 0.5 } else { uses(image) },
        );
        // Errors in the order of the images: the middling three are 13, 14 and 15.
        let errors: Vec<f32> = (0..30u8).map(f32::from).collect();
        assert_eq!(typical(&basis, &weights, &errors), 13);
        assert_eq!(
            typical(&basis, &weights.slice(s![..1, ..]).to_owned(), &[f32::NAN]),
            0
        );
    }
}
