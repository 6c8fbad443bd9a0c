//! What every target does with the bytes that the fuzzer makes up: they become files, are read, and what comes of it must
//! be a sound set of images, or one line that says why there is none.

use std::fs;
use std::path::Path;

use nmf_images::images::{ImageSet, Images, LoadOptions, load_several};
use tempfile::TempDir;

/// An empty folder, in memory where the system has one there.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("room for a folder")
}

/// Reads the bytes as a file with these options.
pub fn read(bytes: &[u8], options: &LoadOptions) {
    let folder = folder();
    let path = folder.path().join("file");
    fs::write(&path, bytes).expect("room for a file");
    check(load_several(&[path], options));
}

/// Fails unless it is a sound set or one line.
pub fn check(read: nmf_images::Result<ImageSet>) {
    match read {
        Err(error) => check_line(&error.to_string()),
        Ok(set) => {
            assert_eq!(set.names.len(), set.len());
            let values = set.to_f32();
            assert_eq!(values.dim(), (set.len(), set.shape.pixels()));
            assert!(values.iter().all(|value| value.is_finite() && *value >= 0.0));
            set.skipped.iter().for_each(|skipped| check_line(&skipped.reason));
            set.notes.iter().for_each(|note| check_line(note));
        }
    }
}

/// Fails unless it is one line of words.
pub fn check_line(said: &str) {
    assert!(!said.is_empty() && !said.contains(char::is_control), "{said:?}");
}
