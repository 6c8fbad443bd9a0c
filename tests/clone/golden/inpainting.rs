//! Images with holes and what fills them: how the page looks, and that nothing on it collides.

use nmf_images::basis::Shape;
use nmf_images::render::{Figure, Inpainting, InpaintingSample, Theme, inpainting};

use crate::data::{Reconstructed, SHAPE, SHAPES, images, titles};
use crate::look::{assert_keeps_apart, assert_looks_like};

/// With a hole in every image, of another size in each.
fn drawn(
    title: &str,
    images: &[Reconstructed],
    shape: Shape,
    has_truth: bool,
    theme: Theme,
) -> Figure {
    let hole = |index: usize, at: usize| (at * 5 + index) % shape.pixels() < 1 + shape.pixels() / 4;
    let holes: Vec<Vec<f32>> = images
        .iter()
        .enumerate()
        .map(|(index, image)| {
            let pixels = image.original.iter().enumerate();
            pixels
                .map(|(at, &value)| if hole(index, at) { f32::NAN } else { value })
                .collect()
        })
        .collect();
    let samples: Vec<InpaintingSample> = images
        .iter()
        .zip(&holes)
        .map(|(image, holes)| InpaintingSample {
            name: &image.name,
            holes,
            with_mean: &image.reconstructions[0].values,
            mean_error: 0.75,
            inpaintings: &image.reconstructions,
            truth: has_truth.then_some(&image.original[..]),
        })
        .collect();
    inpainting(
        &Inpainting {
            title,
            shape,
            samples: &samples,
        },
        theme,
    )
    .expect("drawn")
}

#[test]
fn inpainted_images_look_as_before() {
    assert_looks_like(
        &drawn(
            "arrows",
            &images(4, SHAPE.pixels()),
            SHAPE,
            true,
            Theme::Light,
        ),
        "inpainting.png",
    );
}

#[test]
fn inpainted_images_without_originals_look_as_before_on_dark() {
    assert_looks_like(
        &drawn(
            "arrows",
            &images(3, SHAPE.pixels()),
            SHAPE,
            false,
            Theme::Dark,
        ),
        "inpainting-dark.png",
    );
}

#[test]
fn texts_and_tiles_of_filled_images_keep_apart_at_every_number_and_shape() {
    for (height, width) in SHAPES {
        let shape = Shape::new(height, width);
        for count in [0, 1, 2, 3, 8, 30] {
            let title = &titles()[count % 5];
            let figure = drawn(
                title,
                &images(count, shape.pixels()),
                shape,
                count % 2 == 0,
                Theme::Light,
            );
            assert_keeps_apart(&figure, &format!("{count} filled images of {shape}"));
        }
    }
}
