//! Which pixels say something of their own: those that are dark everywhere are left out, equal ones merged.
//!
//! Neither changes the best parts. A pixel that is 0 in every image is 0 in every part; pixels that agree in every image have the same
//! best value in every part, so one of them can stand for all if the sums over pixels count it that often.

use std::collections::{HashMap, HashSet};

use crate::blocks;
use crate::images::Shared;
use crate::kernel::{Factor, Source};
use crate::team::{Spread, any, carry};

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
    pub(crate) fn known(x: &Shared, leave_out_dark: bool) -> Self {
        let mut found = Self { chosen: Vec::new(), copies: Vec::new(), stand_in: vec![None; x.x.pixels] };
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
    pub(crate) fn of(x: &Shared) -> Self {
        match x.x.source {
            Source::U8(values) => Self::compare(x, values, u64::from),
            Source::F32(values) => Self::compare(x, values, |v| u64::from((v + 0.0).to_bits())),
        }
    }

    /// Hashes of some images tell which pixels may be equal; what is merged has been compared in all of them.
    fn compare<T: Copy + PartialEq + Default + Sync>(x: &Shared, values: &[T], bits: impl Fn(T) -> u64 + Sync) -> Self {
        let (pixels, team) = (x.x.pixels, x.images.team);
        let differ = |a: usize, b: usize| values.chunks(pixels).any(|image| image[a] != image[b]);
        let is_lit = |pixel: usize| values.chunks(pixels).any(|image| image[pixel] != T::default());
        let (dark, hashes) = hashes(x, values, bits);
        let may_be_dark: Vec<usize> = (0..pixels).filter(|&pixel| hashes[pixel] == dark).collect();
        let lit = any(team, &may_be_dark.iter().map(|&pixel| is_lit(pixel)).collect::<Vec<_>>());
        let is_dark: HashSet<usize> =
            may_be_dark.into_iter().zip(lit).filter(|(_, lit)| !lit).map(|(pixel, _)| pixel).collect();
        let mut first: HashMap<u64, usize> = HashMap::new();
        let pairs = (0..pixels).filter(|pixel| !is_dark.contains(pixel));
        let pairs: Vec<(usize, usize)> =
            pairs.map(|pixel| (*first.entry(hashes[pixel]).or_insert(pixel), pixel)).collect();
        let differ = any(team, &pairs.iter().map(|&(a, b)| a != b && differ(a, b)).collect::<Vec<_>>());
        Self::merge(pixels, pairs.into_iter().zip(differ))
    }

    /// From each pixel that is not dark, with the one it may be merged with and whether they differ.
    fn merge(pixels: usize, pairs: impl Iterator<Item = ((usize, usize), bool)>) -> Self {
        let mut found = Self { chosen: Vec::new(), copies: Vec::new(), stand_in: vec![None; pixels] };
        for ((first, pixel), differ) in pairs {
            let place = if first == pixel || differ {
                found.chosen.push(pixel as u32);
                found.copies.push(0.0);
                found.chosen.len() as u32 - 1
            } else {
                found.stand_in[first].unwrap_or_default()
            };
            found.copies[place as usize] += 1.0;
            found.stand_in[pixel] = Some(place);
        }
        found
    }

    /// A part of a basis of the chosen pixels, (pixels).
    pub(crate) fn part(&self, basis: &Factor, index: usize) -> Vec<f32> {
        self.spread(&basis.part(index))
    }

    /// Values of the chosen pixels spread over all of them.
    fn spread(&self, chosen: &[f32]) -> Vec<f32> {
        let value = |place: &Option<u32>| place.map_or(0.0, |place| chosen[place as usize]);
        self.stand_in.iter().map(value).collect()
    }
}

/// The hash of a dark pixel, and that of each pixel, over its values in some of all images, one after another.
fn hashes<T: Copy + Default + Sync>(x: &Shared, values: &[T], bits: impl Fn(T) -> u64 + Sync) -> (u64, Vec<u64>) {
    let (pixels, Spread { team, first, own, all }) = (x.x.pixels, x.images);
    let hashed = all.min(HASHED);
    let own = (0..hashed).map(|i| i * all / hashed).filter(|image| (first..first + own).contains(image));
    let images: Vec<&[T]> = own.map(|image| &values[(image - first) * pixels..][..pixels]).collect();
    let hashes = carry(team, pixels, pixels, |_, hashes: &mut [u64]| {
        if team.rank() == 0 {
            hashes.fill(SEED);
        }
        blocks::map_chunks_mut(hashes, STRIP, |first, hashes| {
            for image in &images {
                for (hash, &value) in hashes.iter_mut().zip(&image[first..]) {
                    *hash = mix(*hash, bits(value));
                }
            }
        });
    });
    ((0..hashed).fold(SEED, |sum, _| mix(sum, bits(T::default()))), hashes)
}

/// The Fowler–Noll–Vo hash, a whole value at a time.
const SEED: u64 = 0xcbf2_9ce4_8422_2325;

fn mix(sum: u64, value: u64) -> u64 {
    (sum ^ value).wrapping_mul(0x0100_0000_01b3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Matrix;
    use crate::team::Alone;

    fn found(source: Source, images: usize, pixels: usize) -> DistinctPixels {
        let x = Matrix { source, images, pixels, known: None };
        DistinctPixels::of(&Shared { x, images: Spread::of(&Alone, images) })
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
