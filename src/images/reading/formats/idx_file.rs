//! The header of an IDX file, also compressed by gzip.

use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::error::{InputError, Result};
use crate::images::reading::common::io_error;
use crate::images::reading::input::gzip;
use crate::placeholders;

/// The first bytes of a file of labels.
pub(super) const LABELS: [u8; 4] = [0, 0, 8, 1];

/// Checks whether these are the first bytes of an IDX file, or of a compressed file.
pub(crate) fn recognise(head: &[u8]) -> bool {
    gzip::recognise(head) || matches!(head, [0, 0, kind, 1..=4, ..] if kind_name(*kind).is_some())
}

/// A file, decompressed if it is compressed.
pub(super) struct Opened {
    pub reader: Box<dyn Read>,
    /// The length in bytes; `None` if the file is compressed.
    pub length: Option<u64>,
}

impl Opened {
    pub(super) fn at(path: &Path) -> Result<Self> {
        placeholders::check(path)?;
        let (reader, length) = gzip::open(path).map_err(|source| io_error(path, source))?;
        Ok(Self { reader, length })
    }
}

/// Returns the error of reading a file that may be compressed.
pub(super) fn damaged(error: io::Error) -> InputError {
    match error.kind() {
        ErrorKind::FileTooLarge => InputError::TooLargeUnpacked,
        _ => InputError::Damaged(error),
    }
}

/// Returns the name of a type of values.
pub(super) fn kind_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        0x08 => "u8",
        0x09 => "i8",
        0x0b => "i16",
        0x0c => "i32",
        0x0d => "f32",
        0x0e => "f64",
        _ => return None,
    })
}

/// Reads the sides of an array, the outermost first.
pub(super) fn sides<const N: usize>(reader: &mut impl Read) -> io::Result<[usize; N]> {
    let mut sides = [0; N];
    for side in &mut sides {
        let mut bytes = [0; 4];
        reader.read_exact(&mut bytes)?;
        *side = u32::from_be_bytes(bytes) as usize;
    }
    Ok(sides)
}
