//! Clean, noisy and reconstructed images: how the page looks, and that nothing on it collides.

use nmf_images::basis::Shape;
use nmf_images::render::{Denoised, DenoisedSample, Figure, Theme, denoised};

use crate::data::{Reconstructed, SHAPE, SHAPES, images, titles};
use crate::look::{assert_keeps_apart, assert_looks_like};

/// With a black and a white pixel in every image, at other places in each.
fn drawn(title: &str, images: &[Reconstructed], shape: Shape, theme: Theme) -> Figure {
    let with_noise = |index: usize, image: &Reconstructed| {
        let mut noisy = image.original.clone();
        let pixels = noisy.len();
        noisy[(7 * index + 3) % pixels] = 0.0;
        noisy[(5 * index + 13) % pixels] = 1.0;
        noisy
    };
    let noisy = images.iter().enumerate();
    let noisy: Vec<Vec<f32>> = noisy
        .map(|(index, image)| with_noise(index, image))
        .collect();
    let samples: Vec<DenoisedSample> = images
        .iter()
        .zip(&noisy)
        .map(|(image, noisy)| DenoisedSample {
            name: &image.name,
            clean: &image.original,
            noisy,
            noisy_error: 0.5,
            reconstructions: &image.reconstructions,
        })
        .collect();
    let data = Denoised {
        title,
        caption: "All training images: noisy 50.0 % (PSNR 12.3 dB), NMF 25.0 % (18.3 dB), PCA 12.5 % (24.3 dB).",
        shape,
        white: 1.0,
        samples: &samples,
    };
    denoised(&data, theme).expect("drawn")
}

fn arrows(theme: Theme) -> Figure {
    let title = "arrows + salt:0.04: relative errors against clean images";
    drawn(title, &images(4, SHAPE.pixels()), SHAPE, theme)
}

#[test]
fn denoised_images_look_as_before() {
    assert_looks_like(&arrows(Theme::Light), "denoise.png");
}

#[test]
fn denoised_images_look_as_before_on_dark() {
    assert_looks_like(&arrows(Theme::Dark), "denoise-dark.png");
}

#[test]
fn texts_and_tiles_of_denoised_images_keep_apart_at_every_number_and_shape() {
    for (height, width) in SHAPES {
        let shape = Shape::new(height, width);
        for count in [0, 1, 2, 3, 8, 30] {
            let (title, images) = (&titles()[count % 5], images(count, shape.pixels()));
            let figure = drawn(title, &images, shape, Theme::Light);
            assert_keeps_apart(&figure, &format!("{count} denoised images of {shape}"));
        }
    }
}
