//! Images and pixels that count more or less than others in the squared error.
//!
//! With the weights r of the images and c of the pixels, `Σ r_i c_j (x_ij − (W H)_ij)²` is the plain squared error of the
//! scaled images `√r_i x_ij √c_j` and the scaled factors `√r_i W` and `H √c_j`. A fit therefore learns from scaled images, and
//! what it learns is divided by the roots.
//!
//! **Source.** V. D. Blondel, N.-D. Ho, P. Van Dooren, *Weighted nonnegative matrix factorization and face feature
//! extraction*, 2008.

use std::ops::Range;
use std::path::Path;

use ndarray::Array1;
use serde::Serialize;

use super::set::{Images, Mask};
use crate::basis::Shape;
use crate::blocks;
use crate::communicator::Communicator;
use crate::error::{CommunicatorError, Result, WeightsError};
use crate::kernel::{Block, IMAGES_PER_TASK};

/// The least weight above 0, as a fraction of the largest: below it, the scaled values lose their digits.
const LEAST: f64 = 1e-12;

/// What has weights in the errors of a fit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Weighted {
    /// Whether pixels have weights.
    pub pixels: bool,
    /// Whether images have weights.
    pub images: bool,
}

impl Weighted {
    /// Returns whether pixels or images have weights.
    #[must_use]
    pub fn any(self) -> bool {
        self.pixels || self.images
    }
}

/// The weights of pixels and images, as they were given; those of a side without any are 1.
#[derive(Debug, Clone, Default)]
pub(crate) struct ErrorWeights {
    /// (pixels).
    pub(crate) pixels: Option<Array1<f32>>,
    /// (images).
    pub(crate) images: Option<Array1<f32>>,
}

impl ErrorWeights {
    /// Returns what has weights.
    pub(crate) fn weighted(&self) -> Weighted {
        Weighted {
            pixels: self.pixels.is_some(),
            images: self.images.is_some(),
        }
    }

    /// Returns the scaled images; `None` without weights.
    ///
    /// # Errors
    /// If weights cannot be used for these images.
    pub(crate) fn scale<'a, I: Images>(
        &self,
        images: &'a I,
    ) -> Result<Option<WeightedImages<'a, I>>> {
        if !self.weighted().any() {
            return Ok(None);
        }
        if images.communicator().size() > 1 {
            return Err(CommunicatorError::NeedsOneProcess {
                what: "weights of pixels or images".to_owned(),
                try_instead: "learn with one process",
            }
            .into());
        }
        if images.mask().is_some() {
            return Err(WeightsError::UnknownPixels.into());
        }
        let pixels = self.pixels.as_ref();
        let of_images = self.images.as_ref();
        let roots = Roots {
            pixels: pixels
                .map(|weights| roots("pixels", weights, images.shape().pixels()))
                .transpose()?,
            images: of_images
                .map(|weights| roots("images", weights, images.len()))
                .transpose()?,
        };
        Ok(Some(WeightedImages { images, roots }))
    }
}

/// Checks the weights of all `what`, and returns the largest.
pub(crate) fn check_weights(
    what: &'static str,
    weights: &Array1<f32>,
    needed: usize,
) -> std::result::Result<f32, WeightsError> {
    if weights.len() != needed {
        return Err(WeightsError::Count {
            what,
            found: weights.len(),
            needed,
        });
    }
    let is_allowed = |weight: f32| weight.is_finite() && weight >= 0.0;
    let mut all = weights.iter().enumerate();
    if let Some((index, &value)) = all.find(|(_, weight)| !is_allowed(**weight)) {
        return Err(WeightsError::Value { what, index, value });
    }
    let largest = weights.iter().fold(0.0, |largest: f32, &w| largest.max(w));
    if largest == 0.0 {
        return Err(WeightsError::AllZero { what });
    }
    let fraction = |weight: f32| f64::from(weight) / f64::from(largest);
    let mut all = weights.iter().enumerate();
    let is_too_small = |weight: f32| weight > 0.0 && fraction(weight) < LEAST;
    if let Some((index, &value)) = all.find(|(_, weight)| is_too_small(**weight)) {
        return Err(WeightsError::TooSmall {
            what,
            index,
            value,
            largest,
        });
    }
    Ok(largest)
}

/// Returns the roots of the weights of all `what`, as fractions of the largest weight, since only their ratios matter.
fn roots(
    what: &'static str,
    weights: &Array1<f32>,
    needed: usize,
) -> std::result::Result<Vec<f32>, WeightsError> {
    let largest = f64::from(check_weights(what, weights, needed)?);
    let fractions = weights.iter().map(|&weight| f64::from(weight) / largest);
    Ok(fractions.map(|fraction| fraction.sqrt() as f32).collect())
}

/// The roots of the weights of pixels and images; those of a side without any are 1.
#[derive(Debug, Clone)]
pub(crate) struct Roots {
    /// (pixels).
    pub(crate) pixels: Option<Vec<f32>>,
    /// (images).
    pub(crate) images: Option<Vec<f32>>,
}

impl Roots {
    /// Returns the root of the weight of a pixel.
    pub(crate) fn of_pixel(&self, pixel: usize) -> f32 {
        self.pixels.as_ref().map_or(1.0, |roots| roots[pixel])
    }

    /// Returns the root of the weight of an image.
    pub(crate) fn of_image(&self, image: usize) -> f32 {
        self.images.as_ref().map_or(1.0, |roots| roots[image])
    }
}

/// Images whose values are multiplied by the roots of the weights of image and pixel.
pub(crate) struct WeightedImages<'a, I> {
    images: &'a I,
    roots: Roots,
}

impl<I: Images> WeightedImages<'_, I> {
    /// Writes an image with its values multiplied by the roots.
    fn scale(&self, index: usize, image: &[f32], scaled: &mut [f32]) {
        let of_image = self.roots.of_image(index);
        for (pixel, (scaled, value)) in scaled.iter_mut().zip(image).enumerate() {
            *scaled = value * (of_image * self.roots.of_pixel(pixel));
        }
    }
}

impl<I: Images> Images for WeightedImages<'_, I> {
    fn len(&self) -> usize {
        self.images.len()
    }

    fn shape(&self) -> Shape {
        self.images.shape()
    }

    fn block(&self, rows: Range<usize>) -> Block<'_> {
        let pixels = self.shape().pixels();
        let block = self.images.block(rows.clone());
        let mut values = vec![0.0; rows.len() * pixels];
        blocks::map_chunks_mut(&mut values, IMAGES_PER_TASK * pixels, |start, values| {
            let mut buffer = Vec::new();
            for (index, values) in (start / pixels..).zip(values.chunks_exact_mut(pixels)) {
                let image = block.image_in(index, pixels, &mut buffer);
                self.scale(rows.start + index, image, values);
            }
        });
        Block::F32(values.into())
    }

    fn mask(&self) -> Option<&Mask> {
        self.images.mask()
    }

    fn scratch(&self) -> Option<&Path> {
        self.images.scratch()
    }

    fn check(&self) -> Result<()> {
        self.images.check()
    }

    fn communicator(&self) -> &dyn Communicator {
        self.images.communicator()
    }
}

/// The weights that images were scaled with, to divide by them what a fit learned.
pub(crate) trait Weighting: Sync {
    fn roots(&self) -> &Roots;

    /// Returns an image, normalised, multiplied by the roots of the weights of its pixels alone.
    fn image(&self, index: usize) -> Vec<f32>;
}

impl<I: Images> Weighting for WeightedImages<'_, I> {
    fn roots(&self) -> &Roots {
        &self.roots
    }

    fn image(&self, index: usize) -> Vec<f32> {
        let block = self.images.block(index..index + 1);
        let mut image = block.image(0, self.shape().pixels());
        for (pixel, value) in image.iter_mut().enumerate() {
            *value *= self.roots.of_pixel(pixel);
        }
        image
    }
}
