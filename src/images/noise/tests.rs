//! Noise has the distributions that it is named after, and depends on seed and index alone.

use std::collections::BTreeSet;

use super::*;
use crate::blocks::with_threads;
use crate::communicator::SingleProcess;
use crate::images::{ImageSet, Outliers};

const IMAGES: usize = 40;
const SHAPE: Shape = Shape {
    height: 50,
    width: 40,
};
/// The number of pixels of all images.
const COUNT: f64 = 80_000.0;

/// Returns images of this value throughout.
fn grey(value: f32) -> ImageShard<'static> {
    let values = Array2::from_elem((IMAGES, SHAPE.pixels()), value);
    ImageShard::new(ImageSet::from_f32(SHAPE, values).unwrap(), &SingleProcess)
}

fn noisy(clean: &ImageShard, kinds: &[&str], seed: u64) -> Array2<f32> {
    let kinds: Vec<NoiseKind> = kinds.iter().map(|kind| kind.parse().unwrap()).collect();
    add_noise(clean, &kinds, seed).unwrap().images.set.to_f32()
}

/// Returns the mean of a function of the noise on grey images of 0.5.
fn mean_of(kind: &str, of: impl Fn(f64) -> f64) -> f64 {
    let values = noisy(&grey(0.5), &[kind], 7);
    values
        .iter()
        .map(|&value| of(f64::from(value) - 0.5))
        .sum::<f64>()
        / COUNT
}

/// The bounds are five standard errors, from the moments of each distribution: a mean of n values with variance v has the
/// variance v / n.
#[test]
fn gaussian_noise_has_its_mean_deviation_and_tails() {
    let deviation = 0.08;
    let error = deviation / COUNT.sqrt();
    assert!(mean_of("gaussian:0.08", |noise| noise).abs() < 5.0 * error);
    // The variance of a square is 2 σ⁴.
    let variance = mean_of("gaussian:0.08", |noise| noise * noise);
    let bound = 5.0 * (2.0 / COUNT).sqrt() * deviation.powi(2);
    assert!((variance - deviation.powi(2)).abs() < bound, "{variance}");
    // 4.55 % are beyond two standard deviations.
    let beyond = mean_of("gaussian:0.08", |noise| {
        f64::from(noise.abs() > 2.0 * deviation)
    });
    assert!(
        (beyond - 0.0455).abs() < 5.0 * (0.0455 / COUNT).sqrt(),
        "{beyond}"
    );
}

#[test]
fn laplace_noise_has_its_mean_magnitude_and_deviation() {
    let scale = 0.03;
    let error = 2f64.sqrt() * scale / COUNT.sqrt();
    assert!(mean_of("laplace:0.03", |noise| noise).abs() < 5.0 * error);
    let magnitude = mean_of("laplace:0.03", f64::abs);
    assert!(
        (magnitude - scale).abs() < 5.0 * scale / COUNT.sqrt(),
        "{magnitude}"
    );
    // E[x⁴] − E[x²]² = (24 − 4) b⁴.
    let variance = mean_of("laplace:0.03", |noise| noise * noise);
    let bound = 5.0 * (20.0 / COUNT).sqrt() * scale.powi(2);
    assert!((variance - 2.0 * scale.powi(2)).abs() < bound, "{variance}");
}

#[test]
fn salt_makes_its_share_of_pixels_black_or_white_half_each() {
    let black = mean_of("salt:0.2", |noise| f64::from(noise == -0.5));
    let white = mean_of("salt:0.2", |noise| f64::from(noise == 0.5));
    let unchanged = mean_of("salt:0.2", |noise| f64::from(noise == 0.0));
    let bound = 5.0 * (0.1 * 0.9 / COUNT).sqrt();
    assert!(
        (black - 0.1).abs() < bound && (white - 0.1).abs() < bound,
        "{black} {white}"
    );
    assert!((black + white + unchanged - 1.0).abs() < 1e-9);
}

#[test]
fn a_block_is_a_white_square_at_any_place() {
    assert!(add_noise(&grey(0.5), &[NoiseKind::Block(BlockSize::Side(41))], 0).is_err());
    let mut corners = BTreeSet::new();
    for image in noisy(&grey(0.5), &["block:38"], 0).outer_iter() {
        let white: Vec<usize> = (0..SHAPE.pixels())
            .filter(|&pixel| image[pixel] == 1.0)
            .collect();
        assert_eq!(white.len(), 38 * 38);
        let (top, left) = (white[0] / SHAPE.width, white[0] % SHAPE.width);
        for pixel in white {
            let (row, column) = (pixel / SHAPE.width, pixel % SHAPE.width);
            assert!((top..top + 38).contains(&row) && (left..left + 38).contains(&column));
        }
        corners.insert((top, left));
    }
    // 40 draws of 13 x 3 places: fewer than 15 different ones have a probability below 1e-6.
    assert!(corners.len() >= 15, "{}", corners.len());
}

#[test]
fn noise_depends_on_seed_and_index_and_not_on_threads_or_other_images() {
    let kinds = ["gaussian:0.2", "salt:0.1", "block:3", "laplace:0.05"];
    let all = with_threads(Some(1), || noisy(&grey(0.5), &kinds, 3));
    assert_eq!(with_threads(Some(3), || noisy(&grey(0.5), &kinds, 3)), all);
    assert_ne!(noisy(&grey(0.5), &kinds, 4), all);
    assert_ne!(all.row(0), all.row(1));
    assert!(all.iter().all(|value| (0.0..=1.0).contains(value)));
    let mut few = grey(0.5);
    few.set = crate::images::select(&few.set, &[0, 1, 2]);
    assert_eq!(noisy(&few, &kinds, 3).row(2), all.row(2));
}

#[test]
fn kinds_are_added_in_their_order() {
    let block_last = noisy(&grey(0.0), &["salt:1", "block:40"], 0);
    let salt_last = noisy(&grey(0.0), &["block:40", "salt:1"], 0);
    let white = |values: &Array2<f32>| values.iter().filter(|&&value| value == 1.0).count();
    assert!(white(&block_last) >= IMAGES * 1600 && white(&salt_last) < IMAGES * 1600);
}

#[test]
fn bytes_stay_bytes_and_unknown_pixels_stay_as_they_are() {
    let values = Array2::from_elem((IMAGES, SHAPE.pixels()), 128u8);
    let mut set = ImageSet::from_u8(SHAPE, values).unwrap();
    set.mask = Mask::new(IMAGES, SHAPE.pixels(), |image, pixel| {
        (image + pixel) % 3 > 0
    });
    let clean = ImageShard::new(set, &SingleProcess);
    let found = add_noise(&clean, &[NoiseKind::Gaussian(0.1)], 0).unwrap();
    assert!(matches!(found.images.set.pixels, Pixels::U8(_)) && found.white == 1.0);
    let bytes = found.images.set.to_f32();
    let of_floats = noisy(&grey(128.0 / 255.0), &["gaussian:0.1"], 0);
    for ((image, pixel), &value) in bytes.indexed_iter() {
        let expected = if (image + pixel) % 3 > 0 {
            of_floats[[image, pixel]]
        } else {
            128.0 / 255.0
        };
        assert!(
            (value - expected).abs() < 0.51 / 255.0,
            "{value} for {expected}"
        );
    }
    assert_eq!(found.images.set.mask, clean.set.mask);
}

#[test]
fn white_is_the_largest_value_that_is_no_outlier() {
    let white = |clean: &ImageShard| add_noise(clean, &[NoiseKind::Salt(1.0)], 0).unwrap().white;
    assert_eq!(white(&grey(0.25)), 1.0);
    assert_eq!(white(&grey(4.0)), 4.0);
    let mut clean = grey(0.5);
    clean.set.outliers = Some(Outliers {
        limit: 2.0,
        largest: 9.0,
        smallest: 9.0,
        count: 1,
        pixels: vec![false; SHAPE.pixels()],
        first: "0".to_owned(),
    });
    assert_eq!(white(&clean), 2.0);
    let values = noisy(&grey(4.0), &["salt:0.5"], 0);
    assert!(values.iter().all(|&value| value == 0.0 || value == 4.0));
    clean.set.white = Some(3.0);
    assert_eq!(white(&clean), 3.0);
}
