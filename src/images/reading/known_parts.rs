//! Reading of known parts from a .npy file.

use std::path::Path;

use super::common::{in_file, io_error};
use super::decode;
use super::formats::npy;
use crate::basis::{Basis, Shape};
use crate::error::{Error, Result, TruthError};
use crate::placeholders;

/// Reads known parts, (parts, height, width) or (parts, pixels), from the array in a .npy file.
///
/// # Errors
/// If the file cannot be read or is not a .npy file, if it has no part or parts of another size than `shape`, if a part
/// is black, and if a value is negative or not finite.
pub fn load_parts(path: &Path, shape: Shape) -> Result<Basis> {
    placeholders::check(path)?;
    let head = decode::head(path).map_err(|source| io_error(path, source))?;
    read_parts(path, &head, shape).map_err(|source| in_file(path, source))
}

fn read_parts(path: &Path, head: &[u8], shape: Shape) -> Result<Basis> {
    if !npy::recognise(head) {
        return Err(Error::NpyHeader);
    }
    let parts = npy::read_whole(path, shape)?;
    if parts.is_empty() {
        return Err(TruthError::NoParts.into());
    }
    if parts.shape != shape {
        return Err(TruthError::PartsSize {
            found: (parts.shape.width, parts.shape.height),
            images: (shape.width, shape.height),
        }
        .into());
    }
    let parts = parts.to_f32();
    let mut rows = parts.rows().into_iter();
    match rows.position(|part| part.iter().all(|&value| value == 0.0)) {
        Some(part) => Err(TruthError::BlackPart(part).into()),
        None => Ok(Basis::new(shape, parts)),
    }
}
