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
use crate::deviates::{laplace, normal};
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
    check_noise(kinds, shape)?;
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

/// Checks that images of this shape have room for every block.
///
/// # Errors
/// If a block is larger than the images.
pub fn check_noise(kinds: &[NoiseKind], shape: Shape) -> Result<()> {
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

#[cfg(test)]
#[allow(
    clippy::float_cmp,
    reason = "black, white and unchanged pixels are exact"
)]
mod tests;
