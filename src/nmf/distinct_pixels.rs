//! Which pixels say something of their own: those that are dark everywhere are left out, equal ones merged.
//!
//! Neither changes the best parts. A pixel that is 0 in every image is 0 in every part; pixels that agree in every image have the same
//! best value in every part, so one of them can stand for all if the sums over pixels count it that often.

use std::collections::HashMap;

use ndarray::{Array1, Array2};

use crate::blocks;
use crate::communicator::{Partition, any_true, ordered_reduce};
use crate::images::Shared;
use crate::kernel::{Block, Factor, IMAGES_PER_TASK, Matrix};

/// Pixels of a strip that one task hashes.
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
        Self {
            copies: vec![1.0; pixels],
            stand_in: chosen.iter().copied().map(Some).collect(),
            chosen,
        }
    }

    /// The pixels that some image knows, each for itself, and of these those alone that are lit where dark ones may be left
    /// out.
    ///
    /// Where nothing is known of a pixel there is nothing to learn: no image tells it from a dark one.
    pub(crate) fn known(x: &Shared, leave_out_dark: bool) -> Self {
        let mut found = Self {
            chosen: Vec::new(),
            copies: Vec::new(),
            stand_in: vec![None; x.x.pixels],
        };
        for (pixel, (sum, count)) in x.pixel_sums().into_iter().zip(x.pixel_counts()).enumerate() {
            if count > 0 && (sum > 0.0 || !leave_out_dark) {
                found.stand_in[pixel] = Some(found.chosen.len() as u32);
                found.chosen.push(pixel as u32);
                found.copies.push(1.0);
            }
        }
        found
    }

    /// Compares the pixels of all images: hashes over some images tell which pixels may be dark or equal; what is left
    /// out or merged has been seen to be so in all of them.
    pub(crate) fn of(x: &Shared) -> Self {
        let (pixels, communicator) = (x.x.pixels, x.images.communicator);
        let (dark, hashes) = hashes(x);
        let may_be_dark = (0..).zip(&hashes).filter(|(_, hash)| **hash == dark);
        let may_be_dark: Vec<Pair> = may_be_dark.map(|(pixel, _)| (pixel, None)).collect();
        let is_lit = any_true(communicator, &differ(&x.x, &may_be_dark));
        let mut is_dark = vec![false; pixels];
        may_be_dark
            .iter()
            .zip(is_lit)
            .for_each(|(&(pixel, _), is_lit)| is_dark[pixel as usize] = !is_lit);

        let mut first: HashMap<u64, u32> = HashMap::new();
        let lit = |pixel: &u32| !is_dark[*pixel as usize];
        let with_first = |pixel: u32| {
            (
                pixel,
                Some(*first.entry(hashes[pixel as usize]).or_insert(pixel)),
            )
        };
        let pairs = (0..pixels as u32).filter(lit).map(with_first);
        let may_be_equal: Vec<Pair> = pairs
            .filter(|&(pixel, first)| first != Some(pixel))
            .collect();
        let differ = any_true(communicator, &differ(&x.x, &may_be_equal));
        let equal = may_be_equal
            .into_iter()
            .zip(differ)
            .filter(|(_, differ)| !differ);
        let equal = equal.filter_map(|((pixel, first), _)| Some((pixel, first?)));
        Self::merged(pixels, lit, &equal.collect())
    }

    /// The pixels that are lit, less those that equal an earlier one.
    fn merged(pixels: usize, lit: impl Fn(&u32) -> bool, equal: &HashMap<u32, u32>) -> Self {
        let mut found = Self {
            chosen: Vec::new(),
            copies: Vec::new(),
            stand_in: vec![None; pixels],
        };
        for pixel in (0..pixels as u32).filter(lit) {
            let earlier = equal
                .get(&pixel)
                .and_then(|&earlier| found.stand_in[earlier as usize]);
            let place = earlier.unwrap_or(found.chosen.len() as u32);
            if earlier.is_none() {
                found.chosen.push(pixel);
                found.copies.push(0.0);
            }
            found.copies[place as usize] += 1.0;
            found.stand_in[pixel as usize] = Some(place);
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

/// A pixel with the one that it may be equal to, or alone where it may be dark.
type Pair = (u32, Option<u32>);

/// Which of the pixels differ in any image from what they may be.
fn differ(x: &Matrix, pairs: &[Pair]) -> Vec<bool> {
    fn compare<T: Copy + PartialEq + Default>(
        differ: &mut [bool],
        images: &[T],
        pixels: usize,
        pairs: &[Pair],
    ) {
        for image in images.chunks(pixels) {
            for (differs, &(pixel, other)) in differ.iter_mut().zip(pairs) {
                *differs |= image[pixel as usize]
                    != other.map_or(T::default(), |other| image[other as usize]);
            }
        }
    }
    let tasks = if pairs.is_empty() {
        0
    } else {
        x.images.div_ceil(IMAGES_PER_TASK)
    };
    let found = blocks::map_range(tasks, |task| {
        let mut differ = vec![false; pairs.len()];
        match x.block(task * IMAGES_PER_TASK..x.images.min((task + 1) * IMAGES_PER_TASK)) {
            Block::U8(bytes) => compare(&mut differ, &bytes, x.pixels, pairs),
            Block::F32(floats) => compare(&mut differ, &floats, x.pixels, pairs),
        }
        differ
    });
    (0..pairs.len())
        .map(|pair| found.iter().any(|differ| differ[pair]))
        .collect()
}

/// The hash of a dark pixel, and that of each pixel, over its values in some of all images, one after another.
fn hashes(x: &Shared) -> (u64, Vec<u64>) {
    let (
        pixels,
        Partition {
            communicator,
            first,
            own,
            all,
        },
    ) = (x.x.pixels, x.images);
    let hashed = all.min(HASHED);
    let own = (0..hashed)
        .map(|i| i * all / hashed)
        .filter(|image| (first..first + own).contains(image));
    let images: Vec<Block> = own
        .map(|image| x.x.block(image - first..image - first + 1))
        .collect();
    let hashes = ordered_reduce(communicator, pixels, pixels, |_, hashes: &mut [u64]| {
        if communicator.rank() == 0 {
            hashes.fill(SEED);
        }
        blocks::map_chunks_mut(hashes, STRIP, |first, hashes| {
            for image in &images {
                match image {
                    Block::U8(bytes) => add(hashes, &bytes[first..], u64::from),
                    // 0 for both of the zeros.
                    Block::F32(floats) => add(hashes, &floats[first..], |float| {
                        (float + 0.0).to_bits().into()
                    }),
                }
            }
        });
    });
    ((0..hashed).fold(SEED, |sum, _| mix(sum, 0)), hashes)
}

/// Adds a value to each hash, as a number that is equal where values are.
fn add<T: Copy>(hashes: &mut [u64], values: &[T], bits: impl Fn(T) -> u64) {
    hashes
        .iter_mut()
        .zip(values)
        .for_each(|(hash, &value)| *hash = mix(*hash, bits(value)));
}

/// The Fowler–Noll–Vo hash, a whole value at a time.
const SEED: u64 = 0xcbf2_9ce4_8422_2325;

fn mix(sum: u64, value: u64) -> u64 {
    (sum ^ value).wrapping_mul(0x0100_0000_01b3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::communicator::SingleProcess;
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
        assert_eq!(found.spread(&[0.25, 0.5]), [0.25, 0.0, 0.25, 0.5]);
    }

    #[test]
    fn pixels_that_differ_in_one_image_stay_apart() {
        let images = [1.0f32, 1.0, 2.0, 2.0, 3.0, 3.5];
        assert_eq!(found(Source::F32(&images), 3, 2).chosen, [0, 1]);
    }
}
