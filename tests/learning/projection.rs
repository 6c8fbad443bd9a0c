//! Projection onto a learned basis: against `SciPy`, against the optimality conditions, and bit for
//! bit.

use std::path::Path;

use ndarray::{Array1, Array2, Axis, arr2};
use nmf_images::images::{LoadOptions, Mask, Pixels, load};
use nmf_images::projection::{Projected, onto_eigenimages, onto_parts, threshold};
use nmf_images::{Basis, ImageSet, Nmf, Pca, Shape, Solver, StopRule};
use serde::Deserialize;

fn faces() -> ImageSet {
    load(Path::new("assets/faces"), &LoadOptions::default()).unwrap()
}

fn digits() -> ImageSet {
    load(Path::new("assets/digits"), &LoadOptions::default()).unwrap()
}

fn select(images: &ImageSet, chosen: &[usize]) -> ImageSet {
    let pixels = match &images.pixels {
        Pixels::U8(values) => Pixels::U8(values.select(Axis(0), chosen)),
        Pixels::F32(values) => Pixels::F32(values.select(Axis(0), chosen)),
        _ => panic!("all of these fit memory"),
    };
    let mask = images.mask.as_ref().and_then(|mask| mask.select(chosen));
    ImageSet {
        pixels,
        mask,
        names: chosen
            .iter()
            .map(|&image| images.names[image].clone())
            .collect(),
        ..images.clone()
    }
}

/// Hides other rows in each image; every seventh image is known throughout.
fn masked(images: ImageSet) -> ImageSet {
    let (count, Shape { width, height }) = (images.len(), images.shape);
    let known = |image: usize, pixel: usize| {
        image.is_multiple_of(7) || !(image + pixel / width).is_multiple_of(5)
    };
    ImageSet {
        mask: Mask::new(count, width * height, known),
        ..images
    }
}

/// `data/projection.json`, made by `data/make_projection.py`.
#[derive(Deserialize)]
struct Figures {
    faces: Vec<usize>,
    weights: Vec<Vec<f32>>,
    masked_weights: Vec<Vec<f32>>,
    scores: Vec<Vec<f32>>,
    masked_scores: Vec<Vec<f32>>,
}

#[test]
fn weights_and_scores_are_those_of_scipy() {
    let figures: Figures = serde_json::from_str(include_str!("../data/projection.json")).unwrap();
    let picture = image::open("tests/data/projection-parts.png")
        .unwrap()
        .into_luma8()
        .into_raw();
    let shape = Shape::new(64, 48);
    let rows = picture
        .chunks(shape.pixels())
        .flatten()
        .map(|&value| f32::from(value) / 255.0)
        .collect();
    let basis = Basis::new(
        shape,
        Array2::from_shape_vec((28, shape.pixels()), rows).unwrap(),
    );
    let faces = select(&faces(), &figures.faces);
    let rows = |image: usize, pixel: usize| !(image + pixel / 48).is_multiple_of(5);
    let hidden = ImageSet {
        mask: Mask::new(20, shape.pixels(), rows),
        ..faces.clone()
    };
    let mean = faces.to_f32().mean_axis(Axis(0)).unwrap();
    let scores = |images: &ImageSet| onto_eigenimages(images, &basis, &mean).unwrap();
    let cases = [
        (
            "weights",
            onto_parts(&faces, &basis).unwrap(),
            figures.weights,
        ),
        (
            "masked weights",
            onto_parts(&hidden, &basis).unwrap(),
            figures.masked_weights,
        ),
        ("scores", scores(&faces), figures.scores),
        ("masked scores", scores(&hidden), figures.masked_scores),
    ];
    for (what, Projected { weights, .. }, expected) in cases {
        let differences = weights
            .iter()
            .zip(expected.iter().flatten())
            .map(|(a, b)| (a - b).abs());
        assert_eq!((weights.dim(), expected.len()), ((20, 28), 20), "{what}");
        assert!(differences.fold(0.0, f32::max) < 1e-4, "{what}");
    }
}

/// By how much the conditions of a minimum over values of 0 or more are missed at worst, against each image's largest
/// product: no gradient below 0, and none but 0 where a weight is not.
fn missed(images: &ImageSet, basis: &Basis, weights: &Array2<f32>) -> f64 {
    let (x, h) = (
        images.to_f32().mapv(f64::from),
        basis.rows().mapv(f64::from),
    );
    let missed = |image: usize| {
        let known = |pixel: usize| {
            images
                .mask
                .as_ref()
                .is_none_or(|mask| mask.is_known(image, pixel))
        };
        let known: Vec<usize> = (0..h.ncols()).filter(|&pixel| known(pixel)).collect();
        let h = h.select(Axis(1), &known);
        let weights = weights.row(image).mapv(f64::from);
        let products = h.dot(&x.row(image).select(Axis(0), &known));
        let gradient: Array1<f64> = h.dot(&weights.dot(&h)) - &products;
        let largest = products.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let worst = gradient
            .iter()
            .zip(&weights)
            .map(|(&g, &w)| if w > 0.0 { g.abs() } else { -g });
        worst.fold(0.0, f64::max) / largest
    };
    (0..images.len()).map(missed).fold(0.0, f64::max)
}

#[test]
fn weights_are_a_minimum_to_a_millionth_with_and_without_a_mask() {
    for (what, images, rank) in [("faces", faces(), 28), ("digits", digits(), 36)] {
        let parts = Nmf::new(rank).fit(&images).unwrap().basis;
        for images in [images.clone(), masked(images)] {
            let Projected { weights, .. } = onto_parts(&images, &parts).unwrap();
            assert!(
                weights.iter().all(|&weight| weight >= 0.0)
                    && weights.iter().any(|&weight| weight == 0.0)
            );
            let missed = missed(&images, &parts, &weights);
            assert!(
                missed < 1e-6,
                "{what}, mask {}: {missed:e}",
                images.mask.is_some()
            );
        }
    }
}

#[test]
fn images_that_were_learned_from_are_rebuilt_no_worse_than_in_the_run() {
    for (images, rank) in [(faces(), 28), (digits(), 36)] {
        for (solver, max_iterations) in [("hals", 500), ("mu:kl", 10)] {
            let nmf = Nmf::new(rank).solver(solver.parse::<Solver>().unwrap());
            let nmf = nmf
                .stop_rule(StopRule {
                    max_iterations,
                    ..StopRule::default()
                })
                .fit(&images)
                .unwrap();
            let found = onto_parts(&images, &nmf.basis).unwrap().relative_error;
            assert!(
                found <= nmf.relative_error + 1e-6,
                "{solver}: {found} {}",
                nmf.relative_error
            );
            // Of the squared error there is little left to gain, of the divergence much.
            assert!(
                solver != "hals" || found > 0.98 * nmf.relative_error,
                "{found} {}",
                nmf.relative_error
            );
        }
        let pca = Pca::new(rank).fit(&images).unwrap();
        let found = onto_eigenimages(&images, &pca.basis, &pca.mean).unwrap();
        assert!((found.relative_error - pca.relative_error).abs() < 1e-6);
        let differences = (&found.weights - &pca.weights).mapv(f32::abs);
        assert!(
            differences.iter().all(|&difference| difference < 1e-4),
            "scores are those of the run"
        );
    }
}

#[test]
fn one_image_alone_has_the_bits_that_it_has_in_any_batch_and_order() {
    let digits = masked(select(&digits(), &(0..300).collect::<Vec<_>>()));
    let nmf = Nmf::new(20)
        .fit(&select(&digits, &[0, 7, 14, 21].repeat(20)))
        .unwrap()
        .basis;
    let pca = Pca::new(12)
        .fit(&ImageSet {
            mask: None,
            ..digits.clone()
        })
        .unwrap();
    let project = |images: &ImageSet| {
        [
            onto_parts(images, &nmf).unwrap(),
            onto_eigenimages(images, &pca.basis, &pca.mean).unwrap(),
        ]
    };
    let all = project(&digits);
    let backwards: Vec<usize> = (0..300).rev().collect();
    let reversed = project(&select(&digits, &backwards));
    for image in [0, 1, 7, 131, 255, 256, 299] {
        let alone = project(&select(&digits, &[image]));
        for ((all, reversed), alone) in all.iter().zip(&reversed).zip(&alone) {
            let at = |projected: &Projected, image: usize| {
                let bits = projected
                    .weights
                    .row(image)
                    .iter()
                    .map(|weight| weight.to_bits())
                    .collect::<Vec<_>>();
                (bits, projected.errors[image].to_bits())
            };
            assert_eq!(at(alone, 0), at(all, image), "image {image} alone");
            assert_eq!(
                at(reversed, 299 - image),
                at(all, image),
                "image {image} in another order"
            );
        }
    }
}

#[test]
fn what_is_unknown_is_not_looked_at() {
    let shape = Shape::new(1, 3);
    let parts = Basis::new(shape, arr2(&[[1., 1., 0.], [0., 0., 1.]]));
    let set = |values: Array2<f32>| ImageSet::from_f32(shape, values).unwrap();
    let known = |image: usize, pixel: usize| pixel > 0 && image < 2;
    let images = ImageSet {
        mask: Mask::new(3, 3, known),
        ..set(arr2(&[[9., 2., 3.], [0., 2., 3.], [1., 1., 1.]]))
    };
    let Projected {
        weights,
        errors,
        relative_error,
        ..
    } = onto_parts(&images, &parts).unwrap();
    assert!(
        (weights - arr2(&[[2., 3.], [2., 3.], [0., 0.]]))
            .iter()
            .all(|difference| difference.abs() < 1e-6)
    );
    assert!(
        [errors[0], errors[1], relative_error]
            .iter()
            .all(|error| *error < 1e-6),
        "{errors:?}"
    );
    assert!(
        errors[2].is_nan(),
        "of an image of which nothing is known there is no error"
    );
    let black = onto_parts(&set(arr2(&[[0., 0., 0.], [1., 1., 0.]])), &parts).unwrap();
    assert_eq!(
        (
            black.errors[0].to_bits(),
            black.weights.row(0).sum().to_bits()
        ),
        (0, 0)
    );
}

#[test]
fn images_of_another_size_are_refused() {
    let parts = Basis::new(Shape::new(2, 3), Array2::ones((1, 6)));
    let images = ImageSet::from_f32(Shape::new(3, 2), Array2::ones((1, 6))).unwrap();
    let said = onto_parts(&images, &parts).unwrap_err().to_string();
    assert!(
        said.contains("the images are 2x3, those of the model 3x2"),
        "{said}"
    );
}

#[test]
fn an_error_is_far_outside_where_it_is_above_the_usual_and_above_every_one_seen() {
    let close = |found: f64, expected: f64| {
        assert!((found - expected - 1e-6).abs() < 1e-7, "{found} {expected}");
    };
    // Median 0.3; deviations 0.2 0.1 0 0.1 0.2, their median 0.1.
    close(
        threshold(&[0.1, 0.2, 0.3, 0.4, 0.5]),
        0.3 + 3.5 * 1.4826 * 0.1,
    );
    close(
        threshold(&[0.5, 0.1, 0.3, 0.2, 0.9]),
        0.3 + 3.5 * 1.4826 * 0.2,
    );
    // Above what is usual, the largest counts: all but one are alike.
    close(threshold(&[0.1, 0.1, 0.1, 0.1, 0.9]), 0.9);
    // Even counts: median 0.25, deviations 0.15 0.05 0.05 0.15.
    close(threshold(&[0.4, 0.1, 0.2, 0.3]), 0.25 + 3.5 * 1.4826 * 0.1);
    close(threshold(&[f32::INFINITY, 0.2]), 0.2);
    close(threshold(&[]), 0.0);
}
