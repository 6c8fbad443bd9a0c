//! What stands for a set of images: its size, its pixels and which of them are known, as one short text.

use sha2::{Digest, Sha256};

use crate::images::{Block, Images};

/// Images that are read at once.
const IMAGES: usize = 256;

/// The SHA-256 of all that is learned from, in hexadecimal digits.
pub(super) fn fingerprint(images: &impl Images) -> String {
    let (count, shape) = (images.len(), images.shape());
    let mut hash = Sha256::new();
    for side in [count, shape.height, shape.width] {
        hash.update((side as u64).to_le_bytes());
    }
    for first in (0..count).step_by(IMAGES) {
        match images.block(first..count.min(first + IMAGES)) {
            Block::U8(bytes) => hash.update(bytes),
            Block::F32(floats) => {
                let bytes: Vec<u8> = floats.iter().flat_map(|value| value.to_le_bytes()).collect();
                hash.update(bytes);
            }
        }
    }
    if let Some(mask) = images.mask() {
        for word in mask.bits() {
            hash.update(word.to_le_bytes());
        }
    }
    hash.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, arr2};

    use super::*;
    use crate::basis::Shape;
    use crate::images::{ImageSet, Mask};

    #[test]
    fn every_pixel_counts_and_so_does_what_is_known_of_it() {
        let shape = Shape::new(1, 2);
        let of = |values: Array2<u8>| fingerprint(&ImageSet::from_u8(shape, values).unwrap());
        let first = of(arr2(&[[1, 2], [3, 4]]));
        assert_eq!(first, of(arr2(&[[1, 2], [3, 4]])));
        assert_eq!(first.len(), 64);
        let mut masked = ImageSet::from_u8(shape, arr2(&[[1, 2], [3, 4]])).unwrap();
        masked.mask = Mask::new(2, 2, |image, pixel| (image, pixel) != (1, 0));
        let high = ImageSet::from_u8(Shape::new(2, 1), arr2(&[[1, 2], [3, 4]])).unwrap();
        let floats = |last| ImageSet::from_f32(shape, arr2(&[[1., 2.], [3., last]])).unwrap();
        let others = [
            of(arr2(&[[1, 2], [3, 5]])),
            of(arr2(&[[1, 2], [3, 4], [0, 0]])),
            fingerprint(&masked),
            fingerprint(&high),
            fingerprint(&floats(4.0)),
            fingerprint(&floats(5.0)),
        ];
        let all: std::collections::BTreeSet<&String> = others.iter().chain([&first]).collect();
        assert_eq!(all.len(), 7);
    }
}
