//! Which pixels are known: one bit each. What is unknown is neither black nor counted, whatever the pixels hold there.

use crate::error::{MaskError, Result};

/// The known pixels of a set, (images, pixels); never one that hides nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    images: usize,
    pixels: usize,
    /// Words of each image, the first pixel the lowest bit; 1 is known. Bits past the last pixel are 0.
    bits: Vec<u64>,
}

impl Mask {
    /// The mask under which pixel `j` of image `i` is known where `known(i, j)`; none where all are.
    #[must_use]
    pub fn new(images: usize, pixels: usize, known: impl Fn(usize, usize) -> bool) -> Option<Self> {
        let word = |image: usize, first: usize| {
            let bit =
                |word: u64, pixel: usize| word | u64::from(known(image, pixel)) << (pixel - first);
            (first..pixels.min(first + 64)).fold(0, bit)
        };
        let bits =
            (0..images).flat_map(|image| (0..pixels).step_by(64).map(move |first| (image, first)));
        let mask = Self {
            images,
            pixels,
            bits: bits.map(|(image, first)| word(image, first)).collect(),
        };
        (mask.unknown() > 0).then_some(mask)
    }

    /// How many images it is for.
    #[must_use]
    pub fn images(&self) -> usize {
        self.images
    }

    /// How many pixels each image has.
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.pixels
    }

    /// Whether pixel `pixel` of image `image` is known.
    ///
    /// # Panics
    /// If there is no such image or pixel.
    #[must_use]
    pub fn is_known(&self, image: usize, pixel: usize) -> bool {
        assert!(pixel < self.pixels, "pixel {pixel} of {}", self.pixels);
        self.words(image)[pixel / 64] >> (pixel % 64) & 1 == 1
    }

    /// Which pixels of one image are known, (pixels).
    ///
    /// # Panics
    /// If there is no such image.
    #[must_use]
    pub fn image(&self, image: usize) -> Vec<bool> {
        (0..self.pixels)
            .map(|pixel| self.is_known(image, pixel))
            .collect()
    }

    /// The bits of one image, 64 pixels a word, the first the lowest bit; 1 is known, bits past the last pixel are 0.
    ///
    /// # Panics
    /// If there is no such image.
    #[must_use]
    pub fn words(&self, image: usize) -> &[u64] {
        let words = self.pixels.div_ceil(64);
        &self.bits[image * words..][..words]
    }

    /// One that hides nothing: of a share of images that are known, beside others that are not.
    pub(crate) fn open(images: usize, pixels: usize) -> Self {
        let word = |first: usize| u64::MAX >> (64 - (pixels - first).min(64));
        let bits = (0..images)
            .flat_map(|_| (0..pixels).step_by(64).map(word))
            .collect();
        Self {
            images,
            pixels,
            bits,
        }
    }

    /// Whether it is for so many images of so many pixels.
    pub(crate) fn check(&self, needed: (usize, usize)) -> Result<()> {
        let found = (self.images, self.pixels);
        if found != needed {
            return Err(MaskError::Shape { found, needed }.into());
        }
        Ok(())
    }

    /// Whether anything is known.
    pub(crate) fn check_known(&self) -> Result<()> {
        if self.unknown() == self.images * self.pixels {
            return Err(MaskError::NothingKnown {
                images: self.images,
            }
            .into());
        }
        Ok(())
    }

    /// The bits of all images, one after another.
    pub(crate) fn bits(&self) -> &[u64] {
        &self.bits
    }

    /// How many pixels are unknown, over all images.
    #[must_use]
    pub fn unknown(&self) -> usize {
        let known: usize = self
            .bits
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum();
        self.images * self.pixels - known
    }

    /// The mask of some of the images; none where it hides nothing of them.
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
    fn a_mask_that_hides_nothing_is_none() {
        assert_eq!(Mask::new(2, 5, |_, _| true), None);
        let mask = Mask::new(2, 5, |image, _| image == 0).expect("an image is hidden");
        assert_eq!(mask.select(&[0, 0]), None);
        assert_eq!(mask.select(&[1, 0]).map(|mask| mask.unknown()), Some(5));
    }
}
