//! The hashes of the images of a run: of all pixels, of the names and of the mask.

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::duplicates;
use crate::images::distributed::ImageShard;
use crate::images::fingerprint::{add_mask, chained};
use crate::images::pixel_matrix::mask;
use crate::images::set::{Images, InputHashes};

/// How the hashes are formed. A hash of each image first, since SHA-256 of all pixels takes eight times as long.
const METHOD: &str = "SHA-256; of pixels, of the XXH3-128 hash of each image";

/// Returns the hashes of the images of all processes, which call this together, on each of them: as they were read, if they
/// were. The same images have the same hashes in memory, in a file, and on any number of threads and processes.
#[must_use]
pub fn input_hashes(images: &ImageShard) -> InputHashes {
    match &images.hashes {
        Some(hashes) => hashes.clone(),
        None => hashed(images, |rows| pixels(images, rows)),
    }
}

/// Returns the hashes of images, given those of the known pixels of each.
pub(super) fn from_image_hashes(
    images: &ImageShard,
    of_images: &[duplicates::Hash],
) -> InputHashes {
    if mask(images).is_some() {
        return hashed(images, |rows| pixels(images, rows));
    }
    hashed(images, |rows| digest(&of_images[rows]))
}

/// Returns the hashes of images; `pixels` returns the digest of the pixels of some of them.
fn hashed(
    images: &ImageShard,
    pixels: impl Fn(Range<usize>) -> [u8; 32] + Sync + Send,
) -> InputHashes {
    let mask = mask(images);
    let of_mask = mask.as_deref().map(|mask| {
        chained(images, |rows| {
            let mut hash = Sha256::new();
            add_mask(&mut hash, mask, rows);
            hash.finalize().into()
        })
    });
    InputHashes {
        method: METHOD.to_owned(),
        pixels: chained(images, pixels),
        names: chained(images, |rows| names(&images.set.names[rows])),
        mask: of_mask,
    }
}

/// Returns the digest of all pixels of some images.
fn pixels(images: &ImageShard, rows: Range<usize>) -> [u8; 32] {
    let pixels = images.shape().pixels();
    let block = images.block(rows.clone());
    let of_image = |index| {
        let values = index * pixels..(index + 1) * pixels;
        duplicates::hash(None, index, &block, values)
    };
    digest(&(0..rows.len()).map(of_image).collect::<Vec<_>>())
}

/// Returns the digest of the hashes of some images.
fn digest(of_images: &[duplicates::Hash]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for image in of_images {
        hash.update(image.to_le_bytes());
    }
    hash.finalize().into()
}

/// Returns the digest of some names.
fn names(names: &[String]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for name in names {
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::basis::Shape;
    use crate::communicator::SingleProcess;
    use crate::images::set::{ImageSet, Mask};

    fn set() -> ImageSet {
        let values = Array2::from_shape_fn((150, 4), |(image, pixel)| (image + 7 * pixel) as u8);
        ImageSet::from_u8(Shape::new(2, 2), values).unwrap()
    }

    fn of(set: ImageSet) -> InputHashes {
        input_hashes(&ImageShard::new(set, &SingleProcess))
    }

    #[test]
    fn a_change_of_one_pixel_one_name_or_the_mask_changes_its_hash_alone() {
        let first = of(set());
        assert_eq!(first.different(&of(set())), Vec::<&str>::new());
        let mut values = set().to_f32().mapv(|value| (255.0 * value).round() as u8);
        values[[149, 3]] += 1;
        let brighter = ImageSet::from_u8(Shape::new(2, 2), values).unwrap();
        assert_eq!(first.different(&of(brighter)), ["pixels"]);
        let mut renamed = set();
        renamed.names.swap(70, 71);
        assert_eq!(first.different(&of(renamed)), ["names"]);
        let mut masked = set();
        masked.mask = Mask::new(150, 4, |image, pixel| (image, pixel) != (100, 2));
        let masked = of(masked);
        assert_eq!(first.different(&masked), ["mask"]);
        let mut other = set();
        other.mask = Mask::new(150, 4, |image, pixel| (image, pixel) != (100, 1));
        assert_eq!(masked.different(&of(other)), ["mask"]);
    }

    #[test]
    fn names_do_not_run_into_one_another() {
        let named = |names: [&str; 2]| super::names(&names.map(str::to_owned));
        assert_ne!(named(["ab", "c"]), named(["a", "bc"]));
    }
}
