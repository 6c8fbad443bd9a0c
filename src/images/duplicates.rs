//! Images of a set that are copies of one another.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hasher};

use super::set::{ImageSet, Images};
use crate::blocks;
use crate::communicator::{Partition, gather};
use crate::kernel::Block;

/// How many images of a set differ.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Different {
    /// The number of different images of all processes.
    pub count: usize,
    /// The positions of an image and of its first copy among those of all processes.
    pub pair: Option<(usize, usize)>,
}

/// Counts the images of all processes that differ from one another in a known pixel.
pub(super) fn different(set: &ImageSet, images: Partition) -> Different {
    if images.communicator.size() == 1 {
        return compared(set);
    }
    // Images of other processes cannot be compared: a second hash replaces that.
    let hashes = hashes(set, 0).into_iter().zip(hashes(set, 1));
    let own: Vec<u64> = hashes.flat_map(|(one, other)| [one, other]).collect();
    let mut first: HashMap<&[u64], usize> = HashMap::new();
    let mut pair = None;
    let all = gather(images.communicator, &own);
    for (image, hash) in all.chunks(2).enumerate() {
        match first.entry(hash) {
            Entry::Vacant(entry) => {
                entry.insert(image);
            }
            Entry::Occupied(entry) => {
                pair.get_or_insert((*entry.get(), image));
            }
        }
    }
    // Only the first process has all hashes, so that sums over all are its own.
    let (original, copy) = pair.unwrap_or_default();
    let pair = (images.count(original), images.count(copy));
    Different {
        count: images.count(first.len()),
        pair: (pair.1 > 0).then_some(pair),
    }
}

/// Returns how many images of a set differ from one another in a known pixel, counted up to `most`.
#[must_use]
pub fn count_different(set: &ImageSet, most: usize) -> usize {
    let mut found = Found::default();
    for image in 0..set.len() {
        if found.count == most {
            break;
        }
        found.add(set, image, hash(set, image, 0));
    }
    found.count
}

/// Counts the different images of a single process; images of equal hashes are compared.
fn compared(set: &ImageSet) -> Different {
    let mut found = Found::default();
    let mut pair = None;
    for (image, hash) in hashes(set, 0).into_iter().enumerate() {
        if let Some(other) = found.add(set, image, hash) {
            pair.get_or_insert((other, image));
        }
    }
    Different {
        count: found.count,
        pair,
    }
}

/// The different images that were found so far.
#[derive(Default)]
struct Found {
    by_hash: HashMap<u64, Vec<usize>>,
    count: usize,
}

impl Found {
    /// Adds an image; returns an earlier image of which it is a copy.
    fn add(&mut self, set: &ImageSet, image: usize, hash: u64) -> Option<usize> {
        let others = self.by_hash.entry(hash).or_default();
        let copied = others
            .iter()
            .copied()
            .find(|&other| known_bits(set, other) == known_bits(set, image));
        if copied.is_none() {
            others.push(image);
            self.count += 1;
        }
        copied
    }
}

/// Returns a hash of each image of this process.
fn hashes(set: &ImageSet, salt: u8) -> Vec<u64> {
    blocks::map_range(set.len(), |image| hash(set, image, salt))
}

/// Returns a hash of the known pixels of an image, which does not depend on the masks of other images.
fn hash(set: &ImageSet, image: usize, salt: u8) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write_u8(salt);
    let mask = set.mask.as_ref();
    let is_known = mask.is_none_or(|mask| !mask.image(image).contains(&false));
    if let (true, Block::U8(values)) = (is_known, set.block(image..image + 1)) {
        hasher.write(&values);
    } else {
        for bits in known_bits(set, image) {
            hasher.write_u64(bits);
        }
    }
    hasher.finish()
}

/// Returns the bits of each pixel of an image; unknown pixels are equal whatever their value.
fn known_bits(set: &ImageSet, image: usize) -> Vec<u64> {
    let mask = set.mask.as_ref();
    let bits: Vec<u32> = match set.block(image..image + 1) {
        Block::U8(values) => values.iter().map(|&value| u32::from(value)).collect(),
        Block::F32(values) => values.iter().map(|value| value.to_bits()).collect(),
    };
    bits.into_iter()
        .enumerate()
        .map(|(pixel, bits)| match mask {
            Some(mask) if !mask.is_known(image, pixel) => u64::MAX,
            _ => u64::from(bits),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, arr2};

    use super::*;
    use crate::basis::Shape;
    use crate::communicator::SingleProcess;
    use crate::images::Mask;

    const SHAPE: Shape = Shape::new(2, 2);

    fn of(set: &ImageSet) -> Different {
        different(set, Partition::of(&SingleProcess, set.len()))
    }

    #[test]
    fn copies_are_counted_once_among_bytes_and_floats() {
        let bytes = arr2(&[[1u8, 2, 3, 4], [4, 3, 2, 1], [1, 2, 3, 4], [1, 2, 3, 4]]);
        let expected = Different {
            count: 2,
            pair: Some((0, 2)),
        };
        let floats = bytes.mapv(f32::from);
        let set = ImageSet::from_u8(SHAPE, bytes).unwrap();
        assert_eq!(of(&set), expected);
        assert_eq!(of(&ImageSet::from_f32(SHAPE, floats).unwrap()), expected);
        assert_eq!([1, 2, 3].map(|most| count_different(&set, most)), [1, 2, 2]);
    }

    #[test]
    fn unknown_pixels_make_no_difference() {
        let values = arr2(&[[1u8, 2, 3, 4], [1, 2, 3, 5], [1, 2, 3, 6]]);
        let mut set = ImageSet::from_u8(SHAPE, values).unwrap();
        assert_eq!(of(&set).count, 3);
        set.mask = Mask::new(3, 4, |image, pixel| image == 0 || pixel != 3);
        let last_two = Different {
            count: 2,
            pair: Some((1, 2)),
        };
        assert_eq!(of(&set), last_two);
    }

    #[test]
    fn more_images_than_a_task_has_are_compared() {
        let values = Array2::from_shape_fn((600, 4), |(image, pixel)| {
            ((image % 300) >> (2 * pixel)) as u8 & 3
        });
        let set = ImageSet::from_u8(SHAPE, values).unwrap();
        assert_eq!(of(&set).count, 256, "four pixels of four levels");
    }
}
