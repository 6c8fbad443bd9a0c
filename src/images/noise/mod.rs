//! Noise on images, seeded per image.
//!
//! **Algorithm.** Each image has a stream of random numbers of its own, so that its noise depends on the seed and on its index
//! alone: any number of threads or processes adds the same noise. The kinds are added in their order to unrounded values,
//! which are then clipped to 0 and white, and rounded if pixels are bytes.
//!
//! **Source.** White blocks of b x b pixels: D. Kong, C. Ding, H. Huang, *Robust nonnegative matrix factorization using
//! L21-norm*, 2011.

mod kind;

use ndarray::Array2;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

pub use kind::{BlockSize, NoiseKind};

use super::distributed::ImageShard;
use super::set::{Images, Mask, Pixels};
use crate::basis::Shape;
use crate::blocks;
use crate::communicator::{Partition, ordered_reduce};
use crate::error::{Error, NoiseError, Result};
use crate::kernel::Block;

/// Images per task.
const IMAGES_PER_TASK: usize = 16;
/// The stream of the first image. Stream 0 of the same seed draws starts and held-out images.
const FIRST_STREAM: u64 = 1;

/// Images with noise.
#[non_exhaustive]
pub struct NoisyShard<'a> {
    /// The images with noise, in memory.
    pub images: ImageShard<'a>,
    /// The value of white: 1 for 8-bit images and others without values above 1. Otherwise it is the value that became black
    /// when the images were inverted, or the largest known value that is not an outlier.
    pub white: f32,
}

/// Adds noise to the known pixels of all images. All processes call this together.
///
/// Bytes stay bytes. Names, labels and masks are those of the clean images.
///
/// ```
/// use nmf_images::communicator::SingleProcess;
/// use nmf_images::images::{ImageShard, NoiseKind, add_noise, synthetic::Bars};
///
/// let clean = ImageShard::new(Bars::default().draw()?.images, &SingleProcess);
/// let noisy = add_noise(&clean, &[NoiseKind::Gaussian(0.1)], 0)?.images;
/// assert_eq!(noisy.set.names, clean.set.names);
/// assert_ne!(noisy.set.pixels, clean.set.pixels);
/// # Ok::<(), nmf_images::Error>(())
/// ```
///
/// # Errors
/// If a block is larger than the images, or if they are in a file that cannot be read.
pub fn add_noise<'a>(
    clean: &ImageShard<'a>,
    kinds: &[NoiseKind],
    seed: u64,
) -> Result<NoisyShard<'a>> {
    let shape = clean.shape();
    check_blocks(kinds, shape)?;
    let white = white_of(clean);
    let mut set = clean.set.clone().into_memory()?;
    let source = NoiseSource {
        kinds,
        seed,
        shape,
        first_image: Partition::of(clean.communicator(), clean.len()).first,
        mask: set.mask.as_ref(),
    };
    match &mut set.pixels {
        Pixels::U8(values) => source.add(rows_of(values), 255.0, |value| value.round() as u8),
        Pixels::F32(values) => source.add(rows_of(values), white, |value| value),
        Pixels::Stored(_) => return Err(Error::NoPixels),
    }
    Ok(NoisyShard {
        images: ImageShard::new(set, clean.processes()),
        white,
    })
}

fn check_blocks(kinds: &[NoiseKind], shape: Shape) -> Result<()> {
    let Shape { height, width } = shape;
    for kind in kinds {
        if let NoiseKind::Block(size) = kind
            && size.side(shape) > height.min(width)
        {
            let side = size.side(shape);
            return Err(NoiseError::BlockTooLarge {
                side,
                width,
                height,
            }
            .into());
        }
    }
    Ok(())
}

/// Returns the value of white of the images of all processes.
fn white_of(images: &ImageShard) -> f32 {
    let largest = match (images.set.white, &images.set.outliers) {
        (Some(white), _) => white,
        (None, Some(outliers)) => outliers.limit,
        (None, None) => largest_known(images),
    };
    largest.max(1.0)
}

/// Returns the largest known value of the images of all processes.
fn largest_known(images: &ImageShard) -> f32 {
    let of_image = |image: usize| {
        let values = images.set.known_f32(image).into_iter();
        values.fold(0.0, f32::max)
    };
    let largest = match images.block(0..0) {
        Block::U8(_) => 1.0,
        Block::F32(_) => {
            let of_images = blocks::map_range(images.len(), of_image);
            of_images.into_iter().fold(0.0, f32::max)
        }
    };
    ordered_reduce(images.communicator(), 1, 1, |_, whole: &mut [f32]| {
        whole[0] = whole[0].max(largest);
    })[0]
}

/// Returns the values of an array, row by row.
fn rows_of<T: Clone>(values: &mut Array2<T>) -> &mut [T] {
    if !values.is_standard_layout() {
        *values = values.as_standard_layout().into_owned();
    }
    values
        .as_slice_mut()
        .expect("the array is laid out by rows")
}

/// The noise of the images of this process.
struct NoiseSource<'a> {
    kinds: &'a [NoiseKind],
    seed: u64,
    shape: Shape,
    /// The index of the first image among those of all processes.
    first_image: usize,
    mask: Option<&'a Mask>,
}

impl NoiseSource<'_> {
    /// Adds noise to `values`, one image after another; `stored` converts a value of 0 to `white` to that of a pixel.
    fn add<T>(&self, values: &mut [T], white: f32, stored: impl Fn(f32) -> T + Sync)
    where
        T: Copy + Send + Into<f32>,
    {
        let pixels = self.shape.pixels();
        blocks::map_chunks_mut(values, IMAGES_PER_TASK * pixels, |first, values| {
            for (place, image) in values.chunks_mut(pixels).enumerate() {
                let index = first / pixels + place;
                let noisy = self.noisy(index, image.iter().map(|&value| value.into()), white);
                let known = |pixel| self.mask.is_none_or(|mask| mask.is_known(index, pixel));
                for (pixel, (value, noisy)) in image.iter_mut().zip(noisy).enumerate() {
                    if known(pixel) {
                        *value = stored(noisy.clamp(0.0, white));
                    }
                }
            }
        });
    }

    /// Returns an image with noise. The random numbers do not depend on its mask.
    fn noisy(&self, index: usize, image: impl Iterator<Item = f32>, white: f32) -> Vec<f32> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(FIRST_STREAM + (self.first_image + index) as u64);
        let mut values: Vec<f32> = image.collect();
        for kind in self.kinds {
            match *kind {
                NoiseKind::Gaussian(deviation) => {
                    add_draws(&mut values, deviation * f64::from(white), || {
                        normal(&mut rng)
                    });
                }
                NoiseKind::Laplace(scale) => {
                    add_draws(&mut values, scale * f64::from(white), || laplace(&mut rng));
                }
                NoiseKind::Salt(share) => salt(&mut values, share, white, &mut rng),
                NoiseKind::Block(size) => self.block(&mut values, size, white, &mut rng),
            }
        }
        values
    }

    /// Makes a square white whose place is uniformly distributed.
    fn block(&self, values: &mut [f32], size: BlockSize, white: f32, rng: &mut ChaCha8Rng) {
        let Shape { height, width } = self.shape;
        let side = size.side(self.shape);
        let top = rng.random_range(0..=height - side);
        let left = rng.random_range(0..=width - side);
        for row in top..top + side {
            values[row * width + left..][..side].fill(white);
        }
    }
}

/// Adds a draw times `scale` to each value.
fn add_draws(values: &mut [f32], scale: f64, mut draw: impl FnMut() -> f64) {
    for value in values {
        *value += (scale * draw()) as f32;
    }
}

/// Makes each pixel black or white, with equal probability, with probability `share`.
fn salt(values: &mut [f32], share: f64, white: f32, rng: &mut ChaCha8Rng) {
    for value in values {
        let draw: f64 = rng.random();
        if draw < share / 2.0 {
            *value = 0.0;
        } else if draw < share {
            *value = white;
        }
    }
}

/// Returns a normal deviate (G. Box, M. Muller, *A note on the generation of random normal deviates*, 1958).
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let (radius, angle): (f64, f64) = (1.0 - rng.random::<f64>(), rng.random());
    (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}

/// Returns a Laplace deviate of scale 1: an exponential deviate with a random sign.
fn laplace(rng: &mut ChaCha8Rng) -> f64 {
    let magnitude = -(1.0 - rng.random::<f64>()).ln();
    if rng.random() { magnitude } else { -magnitude }
}

#[cfg(test)]
#[allow(
    clippy::float_cmp,
    reason = "black, white and unchanged pixels are exact"
)]
mod tests {
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
        let white =
            |clean: &ImageShard| add_noise(clean, &[NoiseKind::Salt(1.0)], 0).unwrap().white;
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
}
