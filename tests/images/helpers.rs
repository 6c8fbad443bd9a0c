//! Image files in a temporary folder, and how they are read.

use std::fs;

use std::path::Path;

use nmf_images::error::Error;

use nmf_images::images::{ImageSet, LoadOptions, load};

use tempfile::TempDir;

pub fn folder(files: &[(&str, Vec<u8>)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

pub fn read(folder: &TempDir) -> ImageSet {
    load(folder.path(), &LoadOptions::default()).unwrap()
}

/// Why this file is skipped beside two good ones.
pub fn reason(name: &str, bytes: Vec<u8>) -> String {
    let set = read(&folder(&[
        ("g1.pgm", dot(1)),
        (name, bytes),
        ("g2.pgm", dot(2)),
    ]));
    assert_eq!(set.names, ["g1.pgm", "g2.pgm"]);
    assert_eq!(set.skipped.len(), 1, "{:?}", set.skipped);
    assert_eq!(set.skipped[0].path, name);
    set.skipped[0].reason.clone()
}

pub fn message(path: &Path, options: &LoadOptions) -> String {
    let message = load(path, options).unwrap_err().to_string();
    assert_eq!(message.lines().count(), 1, "one line: {message}");
    message
}

/// A set of nothing but this file, twice.
pub fn twice(name: &str, bytes: Vec<u8>) -> ImageSet {
    let first = format!("1{name}");
    let second = format!("2{name}");
    let set = read(&folder(&[(&first, bytes.clone()), (&second, bytes)]));
    assert_eq!(set.names, [first, second]);
    set
}

pub fn values(name: &str, bytes: Vec<u8>) -> Vec<f32> {
    twice(name, bytes).image_f32(0)
}

pub fn pgm(width: usize, height: usize, values: &[u8]) -> Vec<u8> {
    let mut bytes = format!("P5\n{width} {height}\n255\n").into_bytes();
    bytes.extend_from_slice(values);
    bytes
}

pub fn dot(value: u8) -> Vec<u8> {
    pgm(1, 1, &[value])
}

pub fn units(values: &[u8]) -> Vec<f32> {
    values
        .iter()
        .map(|&value| f32::from(value) / 255.0)
        .collect()
}

pub fn png(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in chunks {
        bytes.extend((data.len() as u32).to_be_bytes());
        let checked = [kind.as_slice(), data].concat();
        bytes.extend(&checked);
        bytes.extend(crc32(&checked).to_be_bytes());
    }
    bytes
}

pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    })
}

pub fn npy(descr: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}");
    let header = format!("{header:<117}\n");
    [
        b"\x93NUMPY\x01\x00",
        &(header.len() as u16).to_le_bytes()[..],
        header.as_bytes(),
        data,
    ]
    .concat()
}

pub fn load_npy(bytes: Vec<u8>, options: &LoadOptions) -> Result<ImageSet, Error> {
    // The name says nothing: the content decides.
    let folder = folder(&[("array.data", bytes)]);
    load(&folder.path().join("array.data"), options)
}
