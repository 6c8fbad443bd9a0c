//! Distinct pixels: pixels that are 0 in every image are ignored, pixels that are equal in every
//! image are merged.
//!
//! Neither changes the best parts. A pixel that is 0 in every image is 0 in every part. Pixels that
//! are equal in every image have the same best value in every part, so one of them can replace all
//! if sums over pixels count it that often.

use ndarray::{Array1, Array2};

use super::equal_pixels::EqualPixels;
use super::shared::Shared;
use crate::kernel::Factor;

/// The pixels that a fit works on, and which of all pixels each of them represents.
pub(crate) struct DistinctPixels {
    /// The index of each among all pixels.
    pub(crate) chosen: Vec<u32>,
    /// How many pixels each represents.
    pub(crate) copies: Vec<f32>,
    /// For every pixel, the place in `chosen` of the one that represents it; `None` if it is 0 in
    /// every image.
    representative: Vec<Option<u32>>,
    /// The roots of the weights of all pixels, by which X is multiplied; `None` if it is not.
    roots: Option<Vec<f32>>,
}

impl DistinctPixels {
    /// Returns all pixels, none of them merged.
    pub(crate) fn all(pixels: usize) -> Self {
        let mut all = Self::none(pixels);
        for pixel in 0..pixels {
            all.add(pixel);
        }
        all
    }

    /// Returns the pixels that are known in some image, none of them merged, without those that are
    /// 0 in every image if `ignore_dark` is set.
    ///
    /// A pixel that is known in no image has no data, so it is ignored like one that is 0 in every
    /// image.
    pub(crate) fn known(x: &Shared, ignore_dark: bool) -> Self {
        let mut found = Self::none(x.x.pixels);
        for (pixel, (sum, count)) in x.pixel_sums().into_iter().zip(x.pixel_counts()).enumerate() {
            if count > 0 && (sum > 0.0 || !ignore_dark) {
                found.add(pixel);
            }
        }
        found
    }

    /// Returns the distinct pixels of all images.
    pub(crate) fn of(x: &Shared) -> Self {
        Self::merged(&EqualPixels::of(x))
    }

    /// Returns the pixels that are not dark, merging each with the earlier one that it is equal to.
    fn merged(EqualPixels { is_dark, earlier }: &EqualPixels) -> Self {
        let mut found = Self::none(is_dark.len());
        for pixel in (0..is_dark.len()).filter(|&pixel| !is_dark[pixel]) {
            let earlier = earlier
                .get(&(pixel as u32))
                .and_then(|&earlier| found.representative[earlier as usize]);
            match earlier {
                None => found.add(pixel),
                Some(place) => {
                    found.copies[place as usize] += 1.0;
                    found.representative[pixel] = Some(place);
                }
            }
        }
        found.most_copies_first()
    }

    /// Returns the same pixels, those that represent the most first, so that they are in few panels: these
    /// are not multiplied as integers (`Factor::use_integers`).
    fn most_copies_first(self) -> Self {
        let mut order: Vec<usize> = (0..self.chosen.len()).collect();
        order.sort_by(|&a, &b| self.copies[b].total_cmp(&self.copies[a]));
        let mut places = vec![0; order.len()];
        for (place, &before) in order.iter().enumerate() {
            places[before] = place as u32;
        }
        let representative = self.representative.into_iter();
        Self {
            chosen: order.iter().map(|&before| self.chosen[before]).collect(),
            copies: order.iter().map(|&before| self.copies[before]).collect(),
            representative: representative
                .map(|before| before.map(|before| places[before as usize]))
                .collect(),
            roots: self.roots,
        }
    }

    /// Checks whether a pixel is ignored.
    pub(crate) fn ignore_any(&self) -> bool {
        self.representative.contains(&None)
    }

    /// Checks that the parts of a basis, (rank, pixels), have equal values at merged pixels, and 0 at ignored ones.
    pub(crate) fn represent(&self, basis: &Array2<f32>) -> bool {
        let mut parts = basis.rows().into_iter();
        parts.all(|part| {
            let mut pixels = part.iter().zip(&self.representative);
            pixels.all(|(&value, representative)| match representative {
                Some(place) => {
                    let chosen = part[self.chosen[*place as usize] as usize];
                    value.to_bits() == chosen.to_bits()
                }
                None => value == 0.0,
            })
        })
    }

    fn none(pixels: usize) -> Self {
        Self {
            chosen: Vec::new(),
            copies: Vec::new(),
            representative: vec![None; pixels],
            roots: None,
        }
    }

    /// Returns the same pixels of an X that is multiplied by the roots of the weights of all pixels.
    pub(crate) fn with_roots(self, roots: Option<Vec<f32>>) -> Self {
        Self { roots, ..self }
    }

    /// Returns whether each pixel represents itself alone.
    pub(crate) fn are_distinct(&self) -> bool {
        self.representative.iter().flatten().count() == self.chosen.len()
    }

    /// Adds a pixel that represents itself.
    fn add(&mut self, pixel: usize) {
        self.representative[pixel] = Some(self.chosen.len() as u32);
        self.chosen.push(pixel as u32);
        self.copies.push(1.0);
    }

    /// Returns a part of a basis of the chosen pixels, (pixels).
    pub(crate) fn part(&self, basis: &Factor, index: usize) -> Vec<f32> {
        self.expand(&basis.part(index))
    }

    /// Returns all parts of a basis of the chosen pixels, (rank, pixels).
    pub(crate) fn basis(&self, basis: &Factor) -> Array2<f32> {
        let mut rows = Array2::zeros((basis.rank(), self.representative.len()));
        for (index, mut row) in rows.rows_mut().into_iter().enumerate() {
            row.assign(&Array1::from(self.part(basis, index)));
        }
        rows
    }

    /// Returns the values of all pixels from those of the chosen ones, divided by the roots of the weights; 0 at pixels of
    /// weight 0.
    fn expand(&self, chosen: &[f32]) -> Vec<f32> {
        let mut values = vec![0.0; self.representative.len()];
        for (value, representative) in values.iter_mut().zip(&self.representative) {
            if let Some(place) = representative {
                *value = chosen[*place as usize];
            }
        }
        if let Some(roots) = &self.roots {
            for (value, root) in values.iter_mut().zip(roots) {
                *value = if *root > 0.0 { *value / root } else { 0.0 };
            }
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::communicator::{Partition, SingleProcess};
    use crate::kernel::{Matrix, Source};

    fn found(source: Source, images: usize, pixels: usize) -> DistinctPixels {
        let x = Matrix {
            source,
            images,
            pixels,
            known: None,
            scratch: None,
        };
        DistinctPixels::of(&Shared {
            x,
            images: Partition::of(&SingleProcess, images),
        })
    }

    #[test]
    fn dark_pixels_are_dropped_and_equal_ones_merged() {
        let images = [1u8, 0, 1, 3, 5, 0, 5, 3];
        let found = found(Source::U8(&images), 2, 4);
        assert_eq!(found.chosen, [0, 3]);
        assert_eq!(found.copies, [2.0, 1.0]);
        assert_eq!(found.expand(&[0.25, 0.5]), [0.25, 0.0, 0.25, 0.5]);
    }

    #[test]
    fn pixels_that_represent_the_most_come_first() {
        let images = [7u8, 2, 9, 2, 4, 4, 4, 0];
        let found = found(Source::U8(&images), 1, 8);
        assert_eq!(found.chosen, [4, 1, 0, 2]);
        assert_eq!(found.copies, [3.0, 2.0, 1.0, 1.0]);
        assert_eq!(
            found.expand(&[0.4, 0.2, 0.7, 0.9]),
            [0.7, 0.2, 0.9, 0.2, 0.4, 0.4, 0.4, 0.0]
        );
    }

    #[test]
    fn pixels_that_differ_in_one_image_stay_apart() {
        let images = [1.0f32, 1.0, 2.0, 2.0, 3.0, 3.5];
        assert_eq!(found(Source::F32(&images), 3, 2).chosen, [0, 1]);
    }
}
