//! How well images are reconstructed: relative errors over their known or their hidden pixels.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, s};

use crate::basis::{Basis, Weights};
use crate::blocks;
use crate::communicator::Partition;
use crate::images::{Images, map_blocks};
use crate::kernel::{Block, IMAGES_PER_TASK, byte_squares, row_squares};

/// The most values of reconstructed images per task, 256 kB: they stay in the second-level cache.
const VALUES_PER_TASK: usize = 1 << 16;
/// The fewest images per task, however large: each task reads the whole basis.
const FEWEST_IMAGES: usize = 8;

/// Returns the relative error ‖x − x̂‖ / ‖x‖ of each reconstructed image over its known pixels: 0 for a
/// black image reconstructed as black, infinite for one that is not, NaN if no pixel is known.
///
/// # Panics
/// If the sizes of weights, basis, mean and images do not match.
#[must_use]
pub fn relative_errors(
    images: &impl Images,
    weights: &Weights,
    basis: &Basis,
    mean: Option<&Array1<f32>>,
) -> Vec<f64> {
    squares(images, weights, basis, mean, PixelSubset::Known)
        .into_iter()
        .map(Squares::relative_error)
        .collect()
}

/// Returns the relative error of all hidden pixels together, against the pixel values under the mask,
/// or `None` if no pixel is hidden or all hidden ones are black.
///
/// # Panics
/// If the sizes of weights, basis, mean and images do not match.
#[must_use]
pub fn hidden_error(
    images: &impl Images,
    weights: &Weights,
    basis: &Basis,
    mean: Option<&Array1<f32>>,
) -> Option<f64> {
    images.mask()?;
    let all = Squares::sum(&squares(images, weights, basis, mean, PixelSubset::Hidden));
    (all.original > 0.0).then(|| all.relative_error())
}

/// Which pixels of an image count.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum PixelSubset {
    Known,
    Hidden,
}

/// Returns the squares ‖x − x̂‖² and ‖x‖² of each image, over the pixels of the subset.
pub(crate) fn squares(
    images: &impl Images,
    weights: &Weights,
    basis: &Basis,
    mean: Option<&Array1<f32>>,
    subset: PixelSubset,
) -> Vec<Squares> {
    let pixels = basis.shape().pixels();
    let images_per_task = (VALUES_PER_TASK / pixels.max(1)).clamp(FEWEST_IMAGES, IMAGES_PER_TASK);
    let squares = blocks::map_range(images.len().div_ceil(images_per_task), |task| {
        let first = task * images_per_task;
        let rows = first..images.len().min(first + images_per_task);
        let reconstructed = reconstruct(&weights.slice(s![rows.clone(), ..]), basis, mean);
        let block = images.block(rows.clone());
        let mut buffer = Vec::new();
        let mut squares = Vec::with_capacity(rows.len());
        for (row, reconstructed) in reconstructed.chunks(pixels).enumerate() {
            let original = block.image_in(row, pixels, &mut buffer);
            let known = images.mask().map(|mask| mask.image(first + row));
            squares.push(Squares::over(
                subset,
                known.as_deref(),
                original,
                reconstructed,
            ));
        }
        squares
    });
    squares.concat()
}

/// Returns the squares ‖x‖² of each image over its known pixels.
pub(crate) fn image_squares(images: &impl Images) -> Vec<Squares> {
    let pixels = images.shape().pixels();
    let squares = map_blocks(images, |rows, block| match (&block, images.mask()) {
        (Block::U8(bytes), None) => bytes.chunks(pixels).map(Squares::of_bytes).collect(),
        (_, mask) => {
            let mut buffer = Vec::new();
            let mut squares = Vec::with_capacity(rows.len());
            for (row, image) in rows.enumerate() {
                let x = block.image_in(row, pixels, &mut buffer);
                let known = mask.map(|mask| mask.image(image));
                squares.push(Squares::over(PixelSubset::Known, known.as_deref(), x, x));
            }
            squares
        }
    });
    squares.concat()
}

/// Returns the squares ‖x − y‖² and ‖x‖² of each image x, and the image y of the same index in `others`, over its known pixels.
pub(crate) fn squared_differences(images: &impl Images, others: &impl Images) -> Vec<Squares> {
    let pixels = images.shape().pixels();
    let squares = map_blocks(images, |rows, block| {
        let other = others.block(rows.clone());
        let (mut buffer, mut other_buffer) = (Vec::new(), Vec::new());
        let mut squares = Vec::with_capacity(rows.len());
        for (row, image) in rows.enumerate() {
            let x = block.image_in(row, pixels, &mut buffer);
            let y = other.image_in(row, pixels, &mut other_buffer);
            let known = images.mask().map(|mask| mask.image(image));
            squares.push(Squares::over(PixelSubset::Known, known.as_deref(), x, y));
        }
        squares
    });
    squares.concat()
}

/// Returns the reconstructions of some images, one after another.
fn reconstruct(weights: &ArrayView2<f32>, basis: &Basis, mean: Option<&Array1<f32>>) -> Vec<f32> {
    let size = (weights.nrows(), basis.shape().pixels());
    let values = match mean {
        Some(mean) => mean.to_vec().repeat(size.0),
        None => vec![0.0; size.0 * size.1],
    };
    let mut images = Array2::from_shape_vec(size, values).expect("a value for each pixel");
    general_mat_mul(1.0, weights, &basis.rows(), 1.0, &mut images);
    images.into_raw_vec_and_offset().0
}

/// Sums of squares over some pixels.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Squares {
    pixels: usize,
    /// ‖x − x̂‖².
    residual: f64,
    /// ‖x‖².
    original: f64,
}

impl Squares {
    /// Returns the sums over the pixels of a subset; `known` has the known pixels, if any is unknown.
    fn over(subset: PixelSubset, known: Option<&[bool]>, original: &[f32], other: &[f32]) -> Self {
        match known {
            None if subset == PixelSubset::Hidden => Self::default(),
            None => Self::of(original, other),
            Some(known) => Self::of_some(original, other, |pixel| {
                known[pixel] == (subset == PixelSubset::Known)
            }),
        }
    }

    /// Returns the sums over all pixels.
    fn of(original: &[f32], reconstructed: &[f32]) -> Self {
        let [residual, square] = row_squares(original, reconstructed);
        Self {
            pixels: original.len(),
            residual,
            original: square,
        }
    }

    /// Returns the sums over all pixels of an image of bytes, without a residual.
    fn of_bytes(bytes: &[u8]) -> Self {
        let square = byte_squares(bytes) / f64::from(u8::MAX).powi(2);
        Self::of_whole(bytes.len(), square)
    }

    /// Returns the sums over the pixels that are `counted`. They are formed in the order of all pixels, so that an
    /// image has the same bits beside one with unknown pixels.
    fn of_some(original: &[f32], reconstructed: &[f32], counted: impl Fn(usize) -> bool) -> Self {
        let (mut original, mut reconstructed) = (original.to_vec(), reconstructed.to_vec());
        let mut pixels = 0;
        for (pixel, (x, y)) in original.iter_mut().zip(&mut reconstructed).enumerate() {
            if counted(pixel) {
                pixels += 1;
            } else {
                (*x, *y) = (0.0, 0.0);
            }
        }
        Self {
            pixels,
            ..Self::of(&original, &reconstructed)
        }
    }

    /// Returns the sums over all pixels of an image with this ‖x‖², without a residual.
    pub(crate) fn of_whole(pixels: usize, original: f64) -> Self {
        Self {
            pixels,
            residual: 0.0,
            original,
        }
    }

    /// Returns the sums of another reconstruction of the same image, with this ‖x − x̂‖².
    pub(crate) fn with_residual(self, residual: f64) -> Self {
        Self { residual, ..self }
    }

    fn add(&mut self, original: f32, reconstructed: f32) {
        self.pixels += 1;
        self.residual += f64::from(original - reconstructed).powi(2);
        self.original += f64::from(original).powi(2);
    }

    /// Returns the sums over all images of all processes, which call this together.
    pub(crate) fn whole_sum(all: &[Self], images: Partition) -> Self {
        let sum = |of: fn(&Self) -> f64| images.sum(&all.iter().map(of).collect::<Vec<_>>());
        Self {
            pixels: images.count(all.iter().map(|one| one.pixels).sum()),
            residual: sum(|one| one.residual),
            original: sum(|one| one.original),
        }
    }

    /// Returns the sums over several images.
    pub(crate) fn sum(all: &[Self]) -> Self {
        let mut sum = Self::default();
        for one in all {
            sum.pixels += one.pixels;
            sum.residual += one.residual;
            sum.original += one.original;
        }
        sum
    }

    /// Returns the peak signal-to-noise ratio in dB; `None` without a difference.
    pub(crate) fn psnr(self, white: f32) -> Option<f64> {
        let mean = self.residual / self.pixels as f64;
        (self.residual > 0.0).then(|| 10.0 * (f64::from(white).powi(2) / mean).log10())
    }

    pub(crate) fn relative_error(self) -> f64 {
        if self.pixels == 0 {
            f64::NAN
        } else if self.residual == 0.0 {
            0.0
        } else {
            (self.residual / self.original).sqrt()
        }
    }
}

/// Returns ‖x − x̂‖ / ‖x‖ of one image over its known pixels, which are those of x that are not NaN: 0 if
/// both are black, infinite if only the image is, NaN if no pixel is known.
#[must_use]
pub fn relative_error(x: &[f32], reconstructed: &[f32]) -> f64 {
    let mut squares = Squares::default();
    for (&x, &y) in x.iter().zip(reconstructed) {
        if !x.is_nan() {
            squares.add(x, y);
        }
    }
    squares.relative_error()
}
