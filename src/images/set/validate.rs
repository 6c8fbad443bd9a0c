//! Values that nothing can be learned from. Not what is done about them.

use super::mask::Mask;
use super::source::{Images, map_blocks};
use crate::basis::Shape;
use crate::error::{Error, Result};
use crate::kernel::Block;

/// The largest value of a set lies between these: beyond, sums of squares in f32 overflow or vanish.
const LARGEST: std::ops::RangeInclusive<f32> = 1e-15..=1e15;

/// What is wrong with known values.
#[derive(Clone, Copy)]
struct Faults {
    not_finite: Fault,
    negative: Fault,
    minimum: f32,
    largest: f32,
}

/// How many values have a fault, and the image and pixel of the first.
#[derive(Clone, Copy, Default)]
struct Fault {
    count: usize,
    first: (usize, usize),
}

impl Fault {
    fn add(&mut self, other: Self) {
        self.first = if self.count == 0 {
            other.first
        } else {
            self.first
        };
        self.count += other.count;
    }
}

impl Faults {
    const NONE: Self = Self {
        not_finite: Fault {
            count: 0,
            first: (0, 0),
        },
        negative: Fault {
            count: 0,
            first: (0, 0),
        },
        minimum: 0.0,
        largest: 0.0,
    };

    /// Of images from `start` on, one after another.
    fn of(start: usize, pixels: usize, values: &[f32], mask: Option<&Mask>) -> Self {
        let mut found = Self::NONE;
        for (image, values) in (start..).zip(values.chunks(pixels)) {
            for (pixel, &value) in values.iter().enumerate() {
                if value.is_finite() && value >= 0.0 && value <= found.largest {
                    continue;
                }
                if mask.is_none_or(|mask| mask.is_known(image, pixel)) {
                    found.see(value, (image, pixel));
                }
            }
        }
        found
    }

    fn see(&mut self, value: f32, place: (usize, usize)) {
        let one = Fault {
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

    fn and(mut self, later: Self) -> Self {
        self.not_finite.add(later.not_finite);
        self.negative.add(later.negative);
        Self {
            minimum: self.minimum.min(later.minimum),
            largest: self.largest.max(later.largest),
            ..self
        }
    }

    fn check(self, shape: Shape) -> Result<()> {
        let place =
            |(image, pixel): (usize, usize)| (image, pixel / shape.width, pixel % shape.width);
        if self.not_finite.count > 0 {
            let (image, row, column) = place(self.not_finite.first);
            return Err(Error::NotFinite {
                count: self.not_finite.count,
                image,
                row,
                column,
            });
        }
        if self.negative.count > 0 {
            let (image, row, column) = place(self.negative.first);
            return Err(Error::Negative {
                count: self.negative.count,
                minimum: self.minimum,
                image,
                row,
                column,
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

/// Whether all known values, row by row and image by image, are such as parts can be learned from.
pub(crate) fn check_values(shape: Shape, values: &[f32], mask: Option<&Mask>) -> Result<()> {
    Faults::of(0, shape.pixels(), values, mask).check(shape)
}

/// The same of images that are read block by block.
pub(crate) fn check_images(images: &impl Images, mask: Option<&Mask>) -> Result<()> {
    if let Block::U8(_) = images.block(0..0) {
        return Ok(());
    }
    let faults = map_blocks(images, |rows, block| match block {
        Block::U8(_) => Faults::NONE,
        Block::F32(values) => Faults::of(rows.start, images.shape().pixels(), &values, mask),
    });
    faults
        .into_iter()
        .fold(Faults::NONE, Faults::and)
        .check(images.shape())
}
