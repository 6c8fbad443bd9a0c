//! Synthetic images with known parts, to test whether a method recovers them: the Swimmer and the bars.

mod bars;
mod swimmer;

pub use bars::Bars;
use ndarray::Array2;
pub use swimmer::Swimmer;

use super::set::ImageSet;
use crate::basis::{Basis, Shape};
use crate::error::{Error, Result};

/// The longest side of a synthetic image.
const MOST_SIDE: usize = 1024;
/// The most pixels of all images of a set.
const MOST_PIXELS: usize = 1 << 30;
/// Images and the parts whose sums they are.
#[derive(Debug, Clone)]
pub struct Synthetic {
    /// The images, 8-bit, (images, pixels).
    pub images: ImageSet,
    /// The parts, (parts, pixels), with values 0 and 1.
    pub parts: Basis,
}

/// Checks the size and the number of images.
fn check_size(shape: Shape, images: usize) -> Result<()> {
    let Shape { width, height } = shape;
    if !(1..=MOST_SIDE).contains(&width) || !(1..=MOST_SIDE).contains(&height) {
        return Err(Error::SizeOutOfRange {
            width,
            height,
            most: MOST_SIDE,
        });
    }
    let most = MOST_PIXELS / shape.pixels();
    match images {
        0 => Err(Error::NoPixels),
        images if images > most => Err(Error::TooManyImages { images, most }),
        _ => Ok(()),
    }
}

/// Returns images that are sums of the parts with the given indices, each part of the given intensity.
fn sums_of_parts(
    shape: Shape,
    parts: &Array2<u8>,
    intensity: u8,
    images: &[Vec<usize>],
) -> Result<Synthetic> {
    let mut pixels = Array2::zeros((images.len(), shape.pixels()));
    for (mut image, chosen) in pixels.rows_mut().into_iter().zip(images) {
        for &part in chosen {
            image.scaled_add(intensity, &parts.row(part));
        }
    }
    Ok(Synthetic {
        images: ImageSet::from_u8(shape, pixels)?,
        parts: Basis::new(shape, parts.mapv(f32::from)),
    })
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use crate::images::{ImageSet, Pixels};

    /// Returns the pixels of 8-bit images.
    pub(super) fn bytes(images: &ImageSet) -> &Array2<u8> {
        match &images.pixels {
            Pixels::U8(bytes) => bytes,
            _ => panic!("images of 8 bit"),
        }
    }
}
