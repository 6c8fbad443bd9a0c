//! Checks that pixel values can be factorised.

use super::mask::Mask;
use super::source::{Images, map_blocks};
use crate::basis::Shape;
use crate::error::{Error, Result};
use crate::kernel::Block;

/// The range of the largest value of a set: beyond it, sums of squares in f32 overflow or vanish.
const LARGEST: std::ops::RangeInclusive<f32> = 1e-15..=1e15;

/// Checks that all known values, (images, pixels), are non-negative, finite and neither too large nor too small.
///
/// # Errors
/// If a value is not, with the number of such values and the first of them.
pub(crate) fn check_values(shape: Shape, values: &[f32], mask: Option<&Mask>) -> Result<()> {
    ValueFaults::of(0, shape.pixels(), values, mask).check(shape)
}

/// Checks the values of images as [`check_values`] does, block by block.
///
/// # Errors
/// As [`check_values`].
pub(crate) fn check_images(images: &impl Images, mask: Option<&Mask>) -> Result<()> {
    if let Block::U8(_) = images.block(0..0) {
        return Ok(());
    }
    let blocks = map_blocks(images, |rows, block| match block {
        Block::U8(_) => ValueFaults::default(),
        Block::F32(values) => ValueFaults::of(rows.start, images.shape().pixels(), &values, mask),
    });
    let mut faults = ValueFaults::default();
    for later in blocks {
        faults.add(later);
    }
    faults.check(images.shape())
}

/// The faults of known values.
#[derive(Clone, Copy, Default)]
struct ValueFaults {
    not_finite: FaultCount,
    negative: FaultCount,
    minimum: f32,
    largest: f32,
}

/// The number of values with a fault, and the first of them.
#[derive(Clone, Copy, Default)]
struct FaultCount {
    count: usize,
    /// The image and pixel of the first.
    first: (usize, usize),
}

impl FaultCount {
    fn add(&mut self, later: Self) {
        if self.count == 0 {
            self.first = later.first;
        }
        self.count += later.count;
    }
}

impl ValueFaults {
    /// Finds the faults of images from `start` on, one after another.
    fn of(start: usize, pixels: usize, values: &[f32], mask: Option<&Mask>) -> Self {
        let mut found = Self::default();
        for (image, values) in (start..).zip(values.chunks(pixels)) {
            for (pixel, &value) in values.iter().enumerate() {
                if value.is_finite() && value >= 0.0 && value <= found.largest {
                    continue;
                }
                if mask.is_none_or(|mask| mask.is_known(image, pixel)) {
                    found.add_value(value, (image, pixel));
                }
            }
        }
        found
    }

    fn add_value(&mut self, value: f32, place: (usize, usize)) {
        let one = FaultCount {
            count: 1,
            first: place,
        };
        if !value.is_finite() {
            self.not_finite.add(one);
        } else if value < 0.0 {
            self.negative.add(one);
            self.minimum = self.minimum.min(value);
        } else {
            self.largest = self.largest.max(value);
        }
    }

    fn add(&mut self, later: Self) {
        self.not_finite.add(later.not_finite);
        self.negative.add(later.negative);
        self.minimum = self.minimum.min(later.minimum);
        self.largest = self.largest.max(later.largest);
    }

    fn check(self, shape: Shape) -> Result<()> {
        if self.not_finite.count > 0 {
            let (image, pixel) = self.not_finite.first;
            return Err(Error::NotFinite {
                count: self.not_finite.count,
                image,
                row: pixel / shape.width,
                column: pixel % shape.width,
            });
        }
        if self.negative.count > 0 {
            let (image, pixel) = self.negative.first;
            return Err(Error::Negative {
                count: self.negative.count,
                minimum: self.minimum,
                image,
                row: pixel / shape.width,
                column: pixel % shape.width,
            });
        }
        if self.largest > 0.0 && !LARGEST.contains(&self.largest) {
            return Err(Error::LightOutOfRange {
                largest: self.largest,
            });
        }
        Ok(())
    }
}
