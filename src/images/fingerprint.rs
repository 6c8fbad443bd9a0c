//! Fingerprints: of a set of images, its size, its pixels and its mask, by which a checkpoint knows its images; and of a given
//! start. Also the hash of a matrix.

use std::ops::Range;

use ndarray::{Array2, Axis};
use sha2::{Digest, Sha256};

use crate::blocks;
use crate::communicator::{Communicator, IMAGES_PER_PANEL, Partition, ordered_reduce};
use crate::images::pixel_matrix::mask;
use crate::images::set::{Images, Mask};
use crate::kernel::Block;

/// Images per digest.
const IMAGES: usize = 64;
const _: () = assert!(
    IMAGES_PER_PANEL.is_multiple_of(IMAGES),
    "no digest extends over two processes"
);

/// Returns the SHA-256 of the images of all processes, on each of them, in hexadecimal digits.
pub(crate) fn fingerprint(images: &impl Images) -> String {
    let mask = mask(images);
    chained(images, |rows| digest(images, mask.as_deref(), rows))
}

/// Returns a hash of the images of all processes, on each of them, in hexadecimal digits: of the digests of 64 images each, in
/// their order, and of the number of images and their size.
pub(super) fn chained(
    images: &impl Images,
    digest: impl Fn(Range<usize>) -> [u8; 32] + Sync + Send,
) -> String {
    let (count, shape) = (images.len(), images.shape());
    let digests = blocks::map_range(count.div_ceil(IMAGES), |task| {
        digest(task * IMAGES..count.min((task + 1) * IMAGES))
    });
    let mut hash = Sha256::new().chain_update(chain(&digests, images.communicator()));
    for side in [
        Partition::of(images.communicator(), count).all,
        shape.height,
        shape.width,
    ] {
        hash.update((side as u64).to_le_bytes());
    }
    in_digits(hash)
}

/// Returns the SHA-256 of H and of the W of all processes, on each of them, in hexadecimal digits.
pub(crate) fn fingerprint_of_start(
    weights: &Array2<f32>,
    basis: &Array2<f32>,
    communicator: &dyn Communicator,
) -> String {
    let digests: Vec<[u8; 32]> = weights
        .axis_chunks_iter(Axis(0), IMAGES)
        .map(|rows| add_floats(Sha256::new(), rows.iter()).finalize().into())
        .collect();
    let hash = Sha256::new().chain_update(chain(&digests, communicator));
    in_digits(add_floats(hash, basis.iter()))
}

/// Returns the first bytes of the SHA-256 of the number of columns of a matrix and of its values.
pub(crate) fn hash_of_values(matrix: &Array2<f32>) -> u64 {
    let columns = Sha256::new().chain_update((matrix.ncols() as u64).to_le_bytes());
    let digest = add_floats(columns, matrix.iter()).finalize();
    let first = digest.iter().take(8);
    first.fold(0, |bits, &byte| bits << 8 | u64::from(byte))
}

fn add_floats<'a>(mut hash: Sha256, floats: impl Iterator<Item = &'a f32>) -> Sha256 {
    for float in floats {
        hash.update(float.to_le_bytes());
    }
    hash
}

/// Returns the hash of the digests of all processes, in their order.
fn chain(digests: &[[u8; 32]], communicator: &dyn Communicator) -> [u8; 32] {
    ordered_reduce(communicator, 1, 1, |_, chain: &mut [[u8; 32]]| {
        for digest in digests {
            chain[0] = Sha256::new()
                .chain_update(chain[0])
                .chain_update(digest)
                .finalize()
                .into();
        }
    })[0]
}

fn in_digits(hash: Sha256) -> String {
    hash.finalize()
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Returns the digest of some images and of their mask.
fn digest(images: &impl Images, mask: Option<&Mask>, rows: Range<usize>) -> [u8; 32] {
    let mut hash = Sha256::new();
    match images.block(rows.clone()) {
        Block::U8(bytes) => hash.update(bytes),
        Block::F32(floats) => {
            let bytes: Vec<u8> = floats
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect();
            hash.update(bytes);
        }
    }
    if let Some(mask) = mask {
        add_mask(&mut hash, mask, rows);
    }
    hash.finalize().into()
}

/// Adds the mask of some images to a hash.
pub(super) fn add_mask(hash: &mut Sha256, mask: &Mask, rows: Range<usize>) {
    for word in rows.flat_map(|image| mask.words(image)) {
        hash.update(word.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;
    use crate::basis::Shape;
    use crate::images::ImageSet;

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
