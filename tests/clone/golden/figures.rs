//! What is true of every figure: names escaped, bytes the same, pixels sharp, errors instead of panics.

use ndarray::Array2;
use nmf_images::basis::{Basis, Shape};
use nmf_images::render::{
    Convergence, Figure, Gallery, Reconstructions, Sample, Scale, Scaling, Theme, convergence,
    gallery, reconstructions,
};

use crate::data::{SHAPE, falling};

#[test]
fn hostile_names_reach_the_svg_only_escaped() {
    let title = "<img src=x> & \"a\"\u{0}\n'b'";
    let figure = convergence(
        &Convergence {
            title,
            trace: &falling(3),
            bound: None,
        },
        Theme::Light,
    )
    .expect("drawn");
    let svg = figure.svg().expect("encoded");
    assert!(svg.contains("&lt;img src=x&gt; &amp; &quot;a&quot;"));
    assert!(!svg.contains("<img") && !svg.contains('\0'));
    assert!(figure.png(0.5).is_ok());
}

#[test]
fn one_figure_gives_the_same_bytes_every_time() {
    let draw = || gallery_of_one(&[0.0, 1.0, 1.0, 0.0]);
    assert_eq!(
        draw().svg().expect("encoded"),
        draw().svg().expect("encoded")
    );
    assert_eq!(
        draw().png(1.0).expect("drawn"),
        draw().png(1.0).expect("drawn")
    );
}

fn gallery_of_one(values: &[f32]) -> Figure {
    let rows = Array2::from_shape_vec((1, 4), values.to_vec()).expect("four values");
    gallery(
        &Gallery {
            title: "one",
            caption: "",
            basis: &Basis::new(Shape::new(2, 2), rows),
            above: None,
            mean: None,
            labels: &[],
            scale: Scale::FromZero,
            scaling: Scaling::Shared,
        },
        Theme::Light,
    )
    .expect("drawn")
}

#[test]
fn enlarged_pixels_are_sharp_squares() {
    let png = gallery_of_one(&[0.0, 1.0, 1.0, 0.0])
        .png(2.0)
        .expect("drawn");
    let picture = image::load_from_memory(&png).expect("a PNG").to_rgb8();
    // The tile begins at the left margin and reaches down to the page's lower margin.
    let (left, top) = (128, 348);
    let black: Vec<u32> = (left..picture.width())
        .take_while(|&x| picture.get_pixel(x, top + 4).0 == [0; 3])
        .collect();
    let side = black.len() as u32;
    assert!(side > 200, "the first pixel is black, {side} wide");
    for (x, y) in [
        (0, 0),
        (side - 1, side - 1),
        (side, side),
        (2 * side - 1, 2 * side - 1),
    ] {
        assert_eq!(picture.get_pixel(left + x, top + y).0, [0; 3], "({x}, {y})");
    }
    for (x, y) in [
        (side, 0),
        (2 * side - 1, side - 1),
        (0, side),
        (side - 1, 2 * side - 1),
    ] {
        assert_eq!(
            picture.get_pixel(left + x, top + y).0,
            [255; 3],
            "({x}, {y})"
        );
    }
}

#[test]
fn parts_that_are_zero_and_images_of_the_wrong_size_are_no_panic() {
    gallery_of_one(&[0.0; 4]).png(0.5).expect("drawn");
    let pixel = [0.5];
    let wrong = Sample {
        name: "",
        warning: "",
        original: &pixel,
        reconstructions: &[],
    };
    let drawn = reconstructions(
        &Reconstructions {
            kind: "Training images",
            title: "",
            shape: SHAPE,
            samples: &[wrong],
        },
        Theme::Light,
    );
    let message = drawn
        .expect_err("one pixel is not an image of 8x6")
        .to_string();
    assert!(
        message.contains("1 values") && message.contains("8x6"),
        "{message}"
    );
}

#[test]
fn a_density_that_cannot_be_drawn_is_an_error() {
    let figure = gallery_of_one(&[0.0; 4]);
    for density in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert!(figure.png(density).is_err(), "{density}");
    }
}
