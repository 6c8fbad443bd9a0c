//! Known parts, read from a .npy file.

use std::path::Path;

use super::decode;
use super::formats::npy;
use super::set::{Images, in_file, io_error};
use crate::basis::{Basis, Shape};
use crate::error::{Error, Result};

/// Reads known parts, (parts, height, width) or (parts, pixels), from the array in a .npy file.
///
/// # Errors
/// If the file cannot be read or is no .npy file, if it holds no part or parts of another size than `shape`, and if a
/// value is negative or not finite.
pub fn load_parts(path: &Path, shape: Shape) -> Result<Basis> {
    let head = decode::head(path).map_err(|source| io_error(path, source))?;
    read_parts(path, &head, shape).map_err(|source| in_file(path, source))
}

fn read_parts(path: &Path, head: &[u8], shape: Shape) -> Result<Basis> {
    if !npy::recognise(head) {
        return Err(Error::NpyHeader);
    }
    let parts = npy::read(path, shape)?;
    if parts.is_empty() {
        return Err(Error::NoParts);
    }
    if parts.shape != shape {
        let size = |shape: Shape| (shape.width, shape.height);
        return Err(Error::PartsSize {
            found: size(parts.shape),
            images: size(shape),
        });
    }
    let parts = parts.to_f32();
    match parts
        .rows()
        .into_iter()
        .position(|part| part.iter().all(|&value| value == 0.0))
    {
        Some(part) => Err(Error::BlackPart(part)),
        None => Ok(Basis::new(shape, parts)),
    }
}
