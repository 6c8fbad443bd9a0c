//! Distinct pixels: pixels that are 0 in every image are ignored, pixels that are equal in every
//! image are merged.
//!
//! Neither changes the best parts. A pixel that is 0 in every image is 0 in every part. Pixels that
//! are equal in every image have the same best value in every part, so one of them can replace all
//! if sums over pixels count it that often.

use std::collections::HashMap;

use ndarray::{Array1, Array2};

use super::shared::Shared;
use crate::blocks;
use crate::communicator::{any_true, ordered_reduce};
use crate::images::set::evenly_spaced;
use crate::kernel::{Block, Factor, IMAGES_PER_TASK, Matrix};

/// Pixels per task that computes hashes.
const STRIP: usize = 64;

/// The most images that are hashed.
const HASHED: usize = 1024;

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
    ///
    /// Hashes over some images give the candidates; all images are compared before a pixel is
    /// ignored or merged.
    pub(crate) fn of(x: &Shared) -> Self {
        let hashes = PixelHashes::new(x);
        let is_dark = dark_pixels(x, &hashes);
        let equal = equal_pixels(x, &hashes, &is_dark);
        Self::merged(&is_dark, &equal)
    }

    /// Returns the pixels that are not dark, merging each with the earlier one that it is `equal`
    /// to.
    fn merged(is_dark: &[bool], equal: &HashMap<u32, u32>) -> Self {
        let mut found = Self::none(is_dark.len());
        for pixel in (0..is_dark.len()).filter(|&pixel| !is_dark[pixel]) {
            let earlier = equal
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

/// A pixel that may be equal to an earlier one, or that may be 0 in every image.
#[derive(Clone, Copy)]
struct PixelCandidate {
    pixel: u32,
    /// `None` if the pixel is compared with 0.
    earlier: Option<u32>,
}

/// Returns for each pixel whether it is 0 in every image.
fn dark_pixels(x: &Shared, hashes: &PixelHashes) -> Vec<bool> {
    let mut candidates = Vec::new();
    for (pixel, &hash) in (0..).zip(&hashes.pixels) {
        if hash == hashes.dark {
            candidates.push(PixelCandidate {
                pixel,
                earlier: None,
            });
        }
    }
    let is_lit = any_true(x.images.communicator, &differ(&x.x, &candidates));
    let mut is_dark = vec![false; x.x.pixels];
    for (candidate, is_lit) in candidates.iter().zip(is_lit) {
        is_dark[candidate.pixel as usize] = !is_lit;
    }
    is_dark
}

/// Returns the earlier pixel that each pixel is equal to in every image; pixels without one are
/// absent.
fn equal_pixels(x: &Shared, hashes: &PixelHashes, is_dark: &[bool]) -> HashMap<u32, u32> {
    let mut first: HashMap<u64, u32> = HashMap::new();
    let mut candidates = Vec::new();
    for (pixel, &hash) in (0..).zip(&hashes.pixels) {
        if is_dark[pixel as usize] {
            continue;
        }
        let earlier = *first.entry(hash).or_insert(pixel);
        if earlier != pixel {
            candidates.push(PixelCandidate {
                pixel,
                earlier: Some(earlier),
            });
        }
    }
    let differ = any_true(x.images.communicator, &differ(&x.x, &candidates));
    let mut equal = HashMap::new();
    for (candidate, differs) in candidates.iter().zip(differ) {
        if let Some(earlier) = candidate.earlier
            && !differs
        {
            equal.insert(candidate.pixel, earlier);
        }
    }
    equal
}

/// Returns which candidates differ in any image of this process from what they are compared with.
fn differ(x: &Matrix, candidates: &[PixelCandidate]) -> Vec<bool> {
    let tasks = if candidates.is_empty() {
        0
    } else {
        x.images.div_ceil(IMAGES_PER_TASK)
    };
    let found = blocks::map_range(tasks, |task| {
        let mut differ = vec![false; candidates.len()];
        match x.block(task * IMAGES_PER_TASK..x.images.min((task + 1) * IMAGES_PER_TASK)) {
            Block::U8(bytes) => compare(&mut differ, &bytes, x.pixels, candidates),
            Block::F32(floats) => compare(&mut differ, &floats, x.pixels, candidates),
        }
        differ
    });
    (0..candidates.len())
        .map(|index| found.iter().any(|differ| differ[index]))
        .collect()
}

/// Sets those of `differ` whose candidate differs in any of the images.
fn compare<T: Copy + PartialEq + Default>(
    differ: &mut [bool],
    images: &[T],
    pixels: usize,
    candidates: &[PixelCandidate],
) {
    let is_lit = lit_pixels(images, pixels);
    for (differs, candidate) in differ.iter_mut().zip(candidates) {
        let pixel = candidate.pixel as usize;
        *differs |= match candidate.earlier {
            None => is_lit[pixel],
            Some(earlier) => {
                let mut images = images.chunks(pixels);
                images.any(|image| image[pixel] != image[earlier as usize])
            }
        };
    }
}

/// Returns for each pixel whether it is not 0 in any of the images.
fn lit_pixels<T: Copy + PartialEq + Default>(images: &[T], pixels: usize) -> Vec<bool> {
    let mut is_lit = vec![false; pixels];
    for image in images.chunks(pixels) {
        for (is_lit, &value) in is_lit.iter_mut().zip(image) {
            *is_lit |= value != T::default();
        }
    }
    is_lit
}

/// Hashes of the values of each pixel in some of the images.
struct PixelHashes {
    /// The hash of a pixel that is 0 in these images.
    dark: u64,
    pixels: Vec<u64>,
}

impl PixelHashes {
    /// Computes the hashes over evenly spread images of all processes, one image after the other.
    fn new(x: &Shared) -> Self {
        let (partition, pixels) = (x.images, x.x.pixels);
        let hashed = evenly_spaced(partition.all, HASHED);
        let own = partition.first..partition.first + partition.own;
        let mut images: Vec<Block> = Vec::new();
        for &image in &hashed {
            if own.contains(&image) {
                let place = image - partition.first;
                images.push(x.x.block(place..place + 1));
            }
        }
        let communicator = partition.communicator;
        let hashes = ordered_reduce(communicator, pixels, pixels, |_, hashes: &mut [u64]| {
            if communicator.rank() == 0 {
                hashes.fill(SEED);
            }
            blocks::map_chunks_mut(hashes, STRIP, |first, hashes| {
                add_images(hashes, &images, first);
            });
        });
        Self {
            dark: hashed.iter().fold(SEED, |sum, _| mix(sum, 0)),
            pixels: hashes,
        }
    }
}

/// Adds the values of the images, from the pixel `first` on, to the hashes.
fn add_images(hashes: &mut [u64], images: &[Block], first: usize) {
    for image in images {
        match image {
            Block::U8(bytes) => {
                for (hash, &byte) in hashes.iter_mut().zip(&bytes[first..]) {
                    *hash = mix(*hash, u64::from(byte));
                }
            }
            Block::F32(floats) => {
                for (hash, float) in hashes.iter_mut().zip(&floats[first..]) {
                    // Adding 0 makes -0 and 0 the same bits.
                    *hash = mix(*hash, (float + 0.0).to_bits().into());
                }
            }
        }
    }
}

/// The Fowler–Noll–Vo hash, one value at a time.
const SEED: u64 = 0xcbf2_9ce4_8422_2325;

fn mix(sum: u64, value: u64) -> u64 {
    (sum ^ value).wrapping_mul(0x0100_0000_01b3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::communicator::{Partition, SingleProcess};
    use crate::kernel::Source;

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
