//! Input files on a desk: reading them, and the message of those that are refused.

use std::io::{Cursor, Write};

use ndarray_npy::WriteNpyExt;

use nmf_images::images::{ImageSet, LoadOptions, load};

use zip::write::SimpleFileOptions;

use zip::{CompressionMethod, ZipWriter};

use crate::command::Desk;

/// A file of bytes with the header of a list of images.
pub fn idx(sides: [u32; 3], values: &[u8]) -> Vec<u8> {
    [
        &[0, 0, 8, 3][..],
        sides.map(u32::to_be_bytes).as_flattened(),
        values,
    ]
    .concat()
}

pub fn labels(count: u32, values: &[u8]) -> Vec<u8> {
    [&[0, 0, 8, 1][..], &count.to_be_bytes(), values].concat()
}

/// Four images of 3x2: 1 to 6, 11 to 16, and so on.
pub fn four() -> Vec<u8> {
    let values: Vec<u8> = (0..4)
        .flat_map(|image| (1..=6).map(move |pixel| 10 * image + pixel))
        .collect();
    idx([4, 2, 3], &values)
}

pub fn read(desk: &Desk, name: &str, options: &LoadOptions) -> ImageSet {
    load(&desk.path(name), options).unwrap()
}

/// What is said of a file that cannot be read, without its name.
pub fn said_of(bytes: &[u8]) -> String {
    said_with(bytes, &LoadOptions::default())
}

pub fn said_with(bytes: &[u8], options: &LoadOptions) -> String {
    let desk = Desk::empty();
    desk.write("file", bytes);
    let said = load(&desk.path("file"), options).unwrap_err().to_string();
    assert_eq!(said.lines().count(), 1, "{said}");
    let name = desk.path("file").display().to_string();
    said.strip_prefix(&name)
        .unwrap_or_else(|| panic!("{said} does not begin with the file"))
        .to_owned()
}

/// An archive of entries, each a name and its bytes.
pub fn archive(method: CompressionMethod, entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        archive
            .start_file(
                *name,
                SimpleFileOptions::default().compression_method(method),
            )
            .unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

pub fn npy(array: &impl WriteNpyExt) -> Vec<u8> {
    let mut bytes = Vec::new();
    array.write_npy(&mut bytes).unwrap();
    bytes
}

pub fn keyed(key: &str) -> LoadOptions {
    LoadOptions {
        key: Some(key.to_owned()),
        ..LoadOptions::default()
    }
}
