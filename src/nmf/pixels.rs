//! Which pixels say something of their own: those that are dark everywhere are left out, equal ones merged.
//!
//! Neither changes the best parts. A pixel that is 0 in every image is 0 in every part; pixels that agree in every image have the same
//! best value in every part, so one of them can stand for all if the sums over pixels count it that often.

use std::collections::HashMap;

use ndarray::{Array1, Array2};

use crate::blocks;
use crate::kernel::{Factor, Matrix, Source};

/// Pixels of a strip that one task reads: a cache line of bytes.
const STRIP: usize = 64;

/// Images that are hashed at the most.
const HASHED: usize = 1024;

/// The pixels that stand for all.
pub(crate) struct DistinctPixels {
    /// Index of each among all pixels.
    pub(crate) chosen: Vec<u32>,
    /// How many pixels each stands for.
    pub(crate) copies: Vec<f32>,
    /// For every pixel, who stands for it; nobody where all is dark.
    stand_in: Vec<Option<u32>>,
}

impl DistinctPixels {
    /// Every pixel for itself.
    pub(crate) fn all(pixels: usize) -> Self {
        let chosen: Vec<u32> = (0..pixels as u32).collect();
        Self { copies: vec![1.0; pixels], stand_in: chosen.iter().copied().map(Some).collect(), chosen }
    }

    /// The pixels that some image knows, each for itself, and of these those alone that are lit where dark ones may be left
    /// out.
    ///
    /// Where nothing is known of a pixel there is nothing to learn: no image tells it from a dark one.
    pub(crate) fn known(x: &Matrix, leave_out_dark: bool) -> Self {
        let mut found = Self { chosen: Vec::new(), copies: Vec::new(), stand_in: vec![None; x.pixels] };
        for (pixel, (sum, count)) in x.pixel_sums().into_iter().zip(x.pixel_counts()).enumerate() {
            if count > 0 && (sum > 0.0 || !leave_out_dark) {
                found.stand_in[pixel] = Some(found.chosen.len() as u32);
                found.chosen.push(pixel as u32);
                found.copies.push(1.0);
            }
        }
        found
    }

    /// Compares the pixels of all images.
    pub(crate) fn of(x: &Matrix) -> Self {
        match x.source {
            Source::U8(values) => Self::compare(values, x.pixels, u64::from),
            Source::F32(values) => Self::compare(values, x.pixels, |v| u64::from((v + 0.0).to_bits())),
        }
    }

    /// Hashes of some images tell which pixels may be equal; what is merged has been compared in all of them.
    fn compare<T: Copy + PartialEq + Default + Sync>(
        values: &[T],
        pixels: usize,
        bits: impl Fn(T) -> u64 + Sync,
    ) -> Self {
        let equal = |a: usize, b: usize| values.chunks(pixels).all(|image| image[a] == image[b]);
        let is_dark = |pixel: usize| values.chunks(pixels).all(|image| image[pixel] == T::default());
        let images = values.len() / pixels;
        let hashed = images.min(HASHED);
        let dark = (0..hashed).fold(SEED, |sum, _| mix(sum, bits(T::default())));
        let mut found = Self { chosen: Vec::new(), copies: Vec::new(), stand_in: vec![None; pixels] };
        let mut known: HashMap<u64, usize> = HashMap::new();
        let sample: Vec<&[T]> = (0..hashed).map(|i| &values[i * images / hashed * pixels..][..pixels]).collect();
        for (pixel, hash) in hashes(&sample, pixels, bits).into_iter().enumerate() {
            if hash == dark && is_dark(pixel) {
                continue;
            }
            let next = found.chosen.len();
            let mut place = *known.entry(hash).or_insert(next);
            if place < next && !equal(found.chosen[place] as usize, pixel) {
                place = next;
            }
            if place == next {
                found.chosen.push(pixel as u32);
                found.copies.push(0.0);
            }
            found.copies[place] += 1.0;
            found.stand_in[pixel] = Some(place as u32);
        }
        found
    }

    /// A part of a basis of the chosen pixels, (pixels).
    pub(crate) fn part(&self, basis: &Factor, index: usize) -> Vec<f32> {
        self.spread(&basis.part(index))
    }

    /// All parts of a basis of the chosen pixels, (rank, pixels).
    pub(crate) fn basis(&self, basis: &Factor) -> Array2<f32> {
        let mut rows = Array2::zeros((basis.rank(), self.stand_in.len()));
        for (index, mut row) in rows.rows_mut().into_iter().enumerate() {
            row.assign(&Array1::from(self.part(basis, index)));
        }
        rows
    }

    /// Values of the chosen pixels spread over all of them.
    fn spread(&self, chosen: &[f32]) -> Vec<f32> {
        let value = |place: &Option<u32>| place.map_or(0.0, |place| chosen[place as usize]);
        self.stand_in.iter().map(value).collect()
    }
}

/// One hash a pixel, over its values in the images.
fn hashes<T: Copy + Sync>(images: &[&[T]], pixels: usize, bits: impl Fn(T) -> u64 + Sync) -> Vec<u64> {
    let strip = |index: usize| {
        let (first, end) = (index * STRIP, pixels.min((index + 1) * STRIP));
        let mut sums = vec![SEED; end - first];
        for image in images {
            for (sum, &value) in sums.iter_mut().zip(&image[first..end]) {
                *sum = mix(*sum, bits(value));
            }
        }
        sums
    };
    blocks::map_range(pixels.div_ceil(STRIP), strip).concat()
}

/// The Fowler–Noll–Vo hash, a whole value at a time.
const SEED: u64 = 0xcbf2_9ce4_8422_2325;

fn mix(sum: u64, value: u64) -> u64 {
    (sum ^ value).wrapping_mul(0x0100_0000_01b3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dark_pixels_are_dropped_and_equal_ones_merged() {
        let images = [1u8, 0, 1, 3, 5, 0, 5, 3];
        let found = DistinctPixels::of(&Matrix { source: Source::U8(&images), images: 2, pixels: 4, known: None });
        assert_eq!(found.chosen, [0, 3]);
        assert_eq!(found.copies, [2.0, 1.0]);
        assert_eq!(found.spread(&[0.25, 0.5]), [0.25, 0.0, 0.25, 0.5]);
    }

    #[test]
    fn pixels_that_differ_in_one_image_stay_apart() {
        let images = [1.0f32, 1.0, 2.0, 2.0, 3.0, 3.5];
        let x = Matrix { source: Source::F32(&images), images: 3, pixels: 2, known: None };
        assert_eq!(DistinctPixels::of(&x).chosen, [0, 1]);
    }
}
