//! Images of a set that are copies of one another.

use std::collections::HashSet;
use std::ops::Range;

use bytemuck::cast_slice;
use twox_hash::XxHash3_128;

use crate::blocks;
use crate::communicator::{Partition, gather};
use crate::images::set::{ImageSet, Images, Mask};
use crate::kernel::{Block, IMAGES_PER_TASK};

/// A hash of the known pixels of an image, long enough to be equal for copies alone: images of other processes cannot be
/// compared, and those in a file would be read twice.
pub(super) type Hash = u128;

/// How many images of a set differ.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Different {
    /// The number of different images of all processes.
    pub count: usize,
    /// The positions of an image and of its first copy among those of all processes.
    pub pair: Option<(usize, usize)>,
}

/// Counts the images of all processes that differ from one another in a known pixel, from their hashes.
pub(super) fn different(own: &[Hash], images: Partition) -> Different {
    if images.communicator.size() == 1 {
        return counted(own);
    }
    // Only the first process has all hashes, so that sums over all are its own.
    let Different { count, pair } = counted(&gather(images.communicator, own));
    let (original, copy) = pair.unwrap_or_default();
    let pair = (images.count(original), images.count(copy));
    Different {
        count: images.count(count),
        pair: (pair.1 > 0).then_some(pair),
    }
}

/// Returns how many images of a set differ from one another in a known pixel, counted up to `most`.
#[must_use]
pub fn count_different(set: &ImageSet, most: usize) -> usize {
    let mut found = HashSet::new();
    let mut first = 0;
    while first < set.len() && found.len() < most {
        let images = first..set.len().min(first + IMAGES_PER_TASK);
        first = images.end;
        found.extend(hashes(set, images.clone(), &set.block(images)));
    }
    found.len().min(most)
}

/// Counts the different hashes of images in the order of these.
fn counted(hashes: &[Hash]) -> Different {
    let mut order: Vec<(Hash, usize)> = hashes.iter().copied().zip(0..).collect();
    blocks::sort(&mut order);
    let mut different = Different {
        count: 0,
        pair: None,
    };
    for copies in order.chunk_by(|(one, _), (other, _)| one == other) {
        different.count += 1;
        if let [(_, image), (_, copy), ..] = *copies
            && different.pair.is_none_or(|(_, earliest)| copy < earliest)
        {
            different.pair = Some((image, copy));
        }
    }
    different
}

/// Returns the hashes of the known pixels of consecutive images.
pub(super) fn hashes(set: &ImageSet, images: Range<usize>, block: &Block) -> Vec<Hash> {
    let pixels = set.shape().pixels();
    images
        .enumerate()
        .map(|(index, image)| {
            let values = index * pixels..(index + 1) * pixels;
            hash(set.mask.as_ref(), image, block, values)
        })
        .collect()
}

/// Returns the hashes of the known pixels of an image, which do not depend on the masks of other images.
pub(super) fn hash(mask: Option<&Mask>, image: usize, block: &Block, values: Range<usize>) -> Hash {
    let known = mask.map(|mask| mask.image(image));
    let known = known.filter(|known| known.contains(&false));
    match (known, block) {
        (None, Block::U8(bytes)) => XxHash3_128::oneshot(&bytes[values]),
        (None, Block::F32(floats)) => XxHash3_128::oneshot(cast_slice(&floats[values])),
        (Some(known), block) => {
            // Unknown pixels are equal whatever their value.
            let bits = known.into_iter().zip(values).map(|(is_known, value)| {
                let bits = is_known.then(|| bits(block, value));
                bits.map_or(u64::MAX, u64::from)
            });
            XxHash3_128::oneshot(cast_slice(&bits.collect::<Vec<u64>>()))
        }
    }
}

/// Returns the bits of a value.
fn bits(block: &Block, value: usize) -> u32 {
    match block {
        Block::U8(values) => u32::from(values[value]),
        Block::F32(values) => values[value].to_bits(),
    }
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
        let own = hashes(set, 0..set.len(), &set.block(0..set.len()));
        different(&own, Partition::of(&SingleProcess, set.len()))
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
    fn the_earliest_copy_is_named_with_the_first_of_its_kind() {
        let values = arr2(&[[9u8, 9, 9, 9], [1, 2, 3, 4], [1, 2, 3, 4], [9, 9, 9, 9]]);
        let found = of(&ImageSet::from_u8(SHAPE, values).unwrap());
        assert_eq!((found.count, found.pair), (2, Some((1, 2))));
        let none = of(&ImageSet::from_u8(SHAPE, Array2::eye(4)).unwrap());
        assert_eq!((none.count, none.pair), (4, None));
    }

    #[test]
    fn more_images_than_a_task_has_are_compared() {
        let values = Array2::from_shape_fn((600, 4), |(image, pixel)| {
            ((image % 300) >> (2 * pixel)) as u8 & 3
        });
        let set = ImageSet::from_u8(SHAPE, values).unwrap();
        assert_eq!(of(&set).count, 256, "four pixels of four levels");
        assert_eq!([256, 300].map(|most| count_different(&set, most)), [256; 2]);
    }
}
