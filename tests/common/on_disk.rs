//! Image sets that stay in their file because the memory limit is 0.

use std::path::Path;

use ndarray::{Array, Array2, Dimension};
use ndarray_npy::WritableElement;
use nmf_images::images::{ImageSet, LoadOptions, Memory, Pixels, load};

/// Options with which every array stays in its file.
pub fn no_room(scratch: &Path) -> LoadOptions {
    LoadOptions {
        memory: Some(Memory {
            bytes: 0,
            scratch: scratch.to_owned(),
        }),
        ..LoadOptions::default()
    }
}

/// A table as a set that stays in the file `name` of `folder`.
pub fn on_disk<T: WritableElement>(folder: &Path, name: &str, table: &Array2<T>) -> ImageSet {
    let file = write(folder, name, table);
    let set = load(&file, &no_room(folder)).unwrap();
    assert!(
        matches!(set.pixels, Pixels::Stored(_)),
        "{name} is read into memory"
    );
    set
}

pub fn write<T: WritableElement, D: Dimension>(
    folder: &Path,
    name: &str,
    array: &Array<T, D>,
) -> std::path::PathBuf {
    let file = folder.join(name);
    ndarray_npy::write_npy(&file, array).unwrap();
    file
}
