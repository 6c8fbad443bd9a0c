//! The memory that reading a part of an array takes.

use crate::basis::Shape;
use crate::images::options::{LoadOptions, Order};
use crate::memory::SetSize;
use crate::npy::Conversion;

/// The part of an array that this process uses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ArrayPart {
    /// The number of images of the array.
    pub images: usize,
    /// The number of images that this process uses.
    pub used: usize,
    /// The number of images that all processes use.
    pub whole_images: usize,
    /// Whether all images are read before those that are used are chosen.
    pub is_read_whole: bool,
    /// The size of an image.
    pub shape: Shape,
    /// How values become pixels.
    pub conversion: Conversion,
    /// How many values per pixel are held at a time until it is grey and in its place.
    pub values_per_pixel: u64,
}

impl ArrayPart {
    /// Returns the size of the set.
    pub(super) fn size(&self, options: &LoadOptions) -> SetSize {
        let is_chosen = self.used < self.images;
        // Grey values of another type are converted, unknown ones marked, and those of another order moved.
        let of_grey = [
            !self.conversion.is_identity(),
            options.missing.is_some(),
            options.missing.is_some() && is_chosen && self.is_read_whole,
            options.order == Order::Column,
        ];
        let of_used = [
            is_chosen,
            options.size.is_some_and(|size| size != self.shape),
        ];
        let read = if self.is_read_whole {
            self.images
        } else {
            self.used
        };
        let copies = self.values_per_pixel.max(1 + count(&of_grey));
        SetSize {
            images: self.used as u64,
            whole_images: self.whole_images as u64,
            pixels: self.shape.pixels() as u64,
            value_bytes: self.conversion.pixel_bytes() as u64,
            stored_bytes: self.conversion.encoding.size() as u64,
            reading_copies: (copies * read as u64).div_ceil(self.used.max(1) as u64)
                + count(&of_used),
            is_masked: options.mask.is_some() || options.missing.is_some(),
            ..SetSize::default()
        }
    }
}

/// Returns how many of these are true.
fn count(facts: &[bool]) -> u64 {
    facts.iter().map(|&fact| u64::from(fact)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::missing::Missing;

    /// A hundred images of 3x2 bytes, of which all or some are used.
    fn part(used: usize, values_per_pixel: u64, is_read_whole: bool) -> ArrayPart {
        ArrayPart {
            images: 100,
            used,
            whole_images: used,
            is_read_whole,
            shape: Shape::new(2, 3),
            conversion: Conversion::GREY,
            values_per_pixel,
        }
    }

    #[test]
    fn all_channels_and_all_images_that_are_read_count() {
        let plain = LoadOptions::default();
        for (part, copies) in [
            (part(100, 1, false), 1),
            // Colour with alpha: four channels and the grey value.
            (part(100, 5, false), 5),
            // Some images, read one run after another.
            (part(10, 1, false), 2),
            (part(10, 5, false), 6),
            // In column-major order, twice a hundred images for ten, and these.
            (part(10, 2, true), 21),
            // A third of a hundred images: 200 / 33 is 6.06.
            (part(33, 2, true), 8),
        ] {
            let size = part.size(&plain);
            assert_eq!(size.reading_copies, copies, "{part:?}");
            assert_eq!((size.images, size.pixels), (part.used as u64, 6));
        }
    }

    #[test]
    fn options_count_where_they_copy() {
        let missing = LoadOptions {
            missing: Some(Missing::Nan),
            ..LoadOptions::default()
        };
        let resized = LoadOptions {
            size: Some(Shape::new(1, 1)),
            ..LoadOptions::default()
        };
        assert_eq!(part(100, 1, true).size(&missing).reading_copies, 2);
        assert_eq!(part(50, 1, true).size(&missing).reading_copies, 7);
        assert_eq!(part(100, 1, false).size(&resized).reading_copies, 2);
        assert!(part(100, 1, false).size(&missing).is_masked);
    }
}
