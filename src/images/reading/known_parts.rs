//! Reading of parts that are known, from a .npy file or a model.

use std::path::Path;

use super::common::{in_file, io_error};
use super::decode;
use super::formats::{npy, npz};
use crate::basis::{Basis, Shape};
use crate::decomposition::{Array, NMF};
use crate::error::{Error, Result, TruthError};
use crate::images::set::ImageSet;
use crate::npz::MAGIC;
use crate::placeholders;

/// Reads known parts from the array in a .npy file, (parts, height, width), (parts, pixels) or, of one part,
/// (height, width); or the parts of a model from its .npz file.
///
/// # Errors
/// If the file cannot be read or has another format, if it has no part or parts of another size than `shape`, if a part
/// is black, and if a value is negative or not finite.
pub fn load_parts(path: &Path, shape: Shape) -> Result<Basis> {
    placeholders::check(path)?;
    let head = decode::head(path).map_err(|source| io_error(path, source))?;
    read_parts(path, &head, shape).map_err(|source| in_file(path, source))
}

fn read_parts(path: &Path, head: &[u8], shape: Shape) -> Result<Basis> {
    let parts = read_images(path, head, shape).map_err(in_parts)?;
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

/// Reads parts as images.
fn read_images(path: &Path, head: &[u8], shape: Shape) -> Result<ImageSet> {
    if npy::recognise(head) {
        return npy::read_whole(path, shape);
    }
    match NMF.key_of(Array::Basis) {
        Some(key) if head.starts_with(MAGIC) => npz::read_table(path, key, shape),
        _ => Err(Error::NpyHeader),
    }
}

/// Returns an error about images as one about parts.
fn in_parts(error: Error) -> Error {
    let (count, fault, part, row, column) = match error {
        Error::NotFinite {
            count,
            image,
            row,
            column,
        } => (count, "NaN or infinite", image, row, column),
        Error::Negative {
            count,
            image,
            row,
            column,
            ..
        } => (count, "negative", image, row, column),
        other => return other,
    };
    TruthError::PartValues {
        count,
        fault,
        part,
        row,
        column,
    }
    .into()
}
