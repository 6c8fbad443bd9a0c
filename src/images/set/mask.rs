//! Masks: one bit per pixel marks which are known. Unknown pixels are not counted, whatever their values.

use crate::error::{MaskError, Result};

/// The known pixels of a set, (images, pixels). At least one pixel is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    images: usize,
    pixels: usize,
    /// The words of each image, 64 pixels each, the first pixel in the lowest bit; 1 = known. Bits after the last pixel are
    /// 0.
    bits: Vec<u64>,
}

impl Mask {
    /// Returns the mask under which pixel `j` of image `i` is known if `known(i, j)`; `None` if all pixels are.
    #[must_use]
    pub fn new(images: usize, pixels: usize, known: impl Fn(usize, usize) -> bool) -> Option<Self> {
        let mut bits = Vec::with_capacity(images * pixels.div_ceil(64));
        for image in 0..images {
            for first in (0..pixels).step_by(64) {
                let mut word = 0;
                for pixel in first..pixels.min(first + 64) {
                    word |= u64::from(known(image, pixel)) << (pixel - first);
                }
                bits.push(word);
            }
        }
        let mask = Self {
            images,
            pixels,
            bits,
        };
        (mask.unknown() > 0).then_some(mask)
    }

    /// Returns the number of images.
    #[must_use]
    pub fn images(&self) -> usize {
        self.images
    }

    /// Returns the number of pixels of each image.
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.pixels
    }

    /// Checks whether pixel `pixel` of image `image` is known.
    ///
    /// # Panics
    /// If there is no such image or pixel.
    #[must_use]
    pub fn is_known(&self, image: usize, pixel: usize) -> bool {
        assert!(pixel < self.pixels, "pixel {pixel} of {}", self.pixels);
        self.words(image)[pixel / 64] >> (pixel % 64) & 1 == 1
    }

    /// Returns which pixels of one image are known, (pixels).
    ///
    /// # Panics
    /// If there is no such image.
    #[must_use]
    pub fn image(&self, image: usize) -> Vec<bool> {
        (0..self.pixels)
            .map(|pixel| self.is_known(image, pixel))
            .collect()
    }

    /// Returns the bits of one image, 64 pixels per word, the first in the lowest bit; 1 = known. Bits after the last pixel
    /// are 0.
    ///
    /// # Panics
    /// If there is no such image.
    #[must_use]
    pub fn words(&self, image: usize) -> &[u64] {
        let words = self.pixels.div_ceil(64);
        &self.bits[image * words..][..words]
    }

    /// Returns a mask under which all pixels are known, for a process while others have unknown ones.
    pub(crate) fn open(images: usize, pixels: usize) -> Self {
        let image: Vec<u64> = (0..pixels)
            .step_by(64)
            .map(|first| u64::MAX >> (64 - (pixels - first).min(64)))
            .collect();
        let bits = image.repeat(images);
        Self {
            images,
            pixels,
            bits,
        }
    }

    /// Checks the size of the mask, (images, pixels).
    pub(crate) fn check(&self, needed: (usize, usize)) -> Result<()> {
        let found = (self.images, self.pixels);
        if found != needed {
            return Err(MaskError::Shape { found, needed }.into());
        }
        Ok(())
    }

    /// Checks that any pixel is known.
    pub(crate) fn check_known(&self) -> Result<()> {
        if self.unknown() == self.images * self.pixels {
            return Err(MaskError::NothingKnown {
                images: self.images,
            }
            .into());
        }
        Ok(())
    }

    /// Returns the words of all images, one after another.
    pub(crate) fn bits(&self) -> &[u64] {
        &self.bits
    }

    /// Returns the number of unknown pixels of all images.
    #[must_use]
    pub fn unknown(&self) -> usize {
        let known: usize = self
            .bits
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum();
        self.images * self.pixels - known
    }

    /// Returns the mask of some of the images; `None` if all of their pixels are known.
    ///
    /// # Panics
    /// If there is no such image.
    #[must_use]
    pub fn select(&self, images: &[usize]) -> Option<Self> {
        let bits = images
            .iter()
            .flat_map(|&image| self.words(image).iter().copied())
            .collect();
        let mask = Self {
            images: images.len(),
            pixels: self.pixels,
            bits,
        };
        (mask.unknown() > 0).then_some(mask)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pixel_has_its_bit() {
        let hidden = [(0, 3), (1, 64), (1, 69)];
        let mask = Mask::new(3, 70, |image, pixel| !hidden.contains(&(image, pixel)))
            .expect("some are hidden");
        assert_eq!((mask.images(), mask.pixels(), mask.unknown()), (3, 70, 3));
        for image in 0..3 {
            for pixel in 0..70 {
                assert_eq!(
                    mask.is_known(image, pixel),
                    !hidden.contains(&(image, pixel)),
                    "{image} {pixel}"
                );
            }
        }
        assert_eq!(mask.words(1), [u64::MAX, 0b01_1110]);
    }

    #[test]
    fn a_mask_without_unknown_pixels_is_none() {
        assert_eq!(Mask::new(2, 5, |_, _| true), None);
        let mask = Mask::new(2, 5, |image, _| image == 0).expect("an image is hidden");
        assert_eq!(mask.select(&[0, 0]), None);
        assert_eq!(mask.select(&[1, 0]).map(|mask| mask.unknown()), Some(5));
    }
}
