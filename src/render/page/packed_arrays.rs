//! The arrays of a page, packed one after another.

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde::Serialize;

use crate::error::{Error, Result};

/// The values of an array of a page.
pub(super) enum PageArray {
    U8(Vec<u8>),
    F32(Vec<f32>),
}

/// The position of an array among the packed bytes.
#[derive(Debug, Serialize)]
pub(super) struct ArrayEntry {
    name: String,
    kind: &'static str,
    /// The offset of the first byte, a multiple of 4.
    at: usize,
    /// The number of values.
    length: usize,
}

/// Arrays, packed one after another.
#[derive(Default)]
pub(super) struct PackedArrays {
    bytes: Vec<u8>,
    entries: Vec<ArrayEntry>,
}

impl PackedArrays {
    /// Adds an array, padded to a multiple of 4 bytes.
    pub(super) fn add(&mut self, name: String, array: PageArray) {
        let at = self.bytes.len();
        let (kind, length) = match array {
            PageArray::U8(values) => {
                self.bytes.extend(&values);
                ("u8", values.len())
            }
            PageArray::F32(values) => {
                self.bytes
                    .extend(values.iter().flat_map(|value| value.to_le_bytes()));
                ("f32", values.len())
            }
        };
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self.entries.push(ArrayEntry {
            name,
            kind,
            at,
            length,
        });
    }

    /// Returns the positions of all arrays.
    pub(super) fn entries(&self) -> &[ArrayEntry] {
        &self.entries
    }

    /// Returns the bytes before compression.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the bytes, compressed with zlib, as base64.
    pub(super) fn base64(&self) -> Result<String> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        let packed = encoder
            .write_all(&self.bytes)
            .and_then(|()| encoder.finish());
        Ok(STANDARD.encode(packed.map_err(failed)?))
    }
}

/// Returns an error of writing the page as an error of this crate.
pub(super) fn failed(error: impl std::error::Error) -> Error {
    Error::Picture {
        reason: format!("the page: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_begin_at_multiples_of_four() {
        let mut packed = PackedArrays::default();
        packed.add("a".to_owned(), PageArray::U8(vec![1, 2, 3, 4, 5]));
        packed.add("b".to_owned(), PageArray::F32(vec![1.0]));
        let entries: Vec<_> = packed
            .entries()
            .iter()
            .map(|entry| (entry.name.as_str(), entry.kind, entry.at, entry.length))
            .collect();
        assert_eq!(entries, [("a", "u8", 0, 5), ("b", "f32", 8, 1)]);
        assert_eq!(packed.bytes, [1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 128, 63]);
    }
}
