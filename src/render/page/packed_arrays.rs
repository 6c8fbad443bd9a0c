//! The arrays of a page, one after another.

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde::Serialize;

use crate::error::{Error, Result};

/// Values that a page reads as they are.
pub(super) enum Array {
    U8(Vec<u8>),
    F32(Vec<f32>),
}

/// Where an array stands among the bytes of all.
#[derive(Debug, Serialize)]
pub(super) struct Place {
    name: String,
    kind: &'static str,
    /// The first byte; a multiple of 4.
    at: usize,
    /// How many values.
    length: usize,
}

/// Arrays one after another.
#[derive(Default)]
pub(super) struct Packed {
    bytes: Vec<u8>,
    places: Vec<Place>,
}

impl Packed {
    pub(super) fn add(&mut self, name: String, array: Array) {
        let at = self.bytes.len();
        let (kind, length) = match array {
            Array::U8(values) => {
                self.bytes.extend(&values);
                ("u8", values.len())
            }
            Array::F32(values) => {
                self.bytes
                    .extend(values.iter().flat_map(|value| value.to_le_bytes()));
                ("f32", values.len())
            }
        };
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self.places.push(Place {
            name,
            kind,
            at,
            length,
        });
    }

    pub(super) fn places(&self) -> &[Place] {
        &self.places
    }

    /// The bytes, deflated, as base64.
    pub(super) fn text(&self) -> Result<String> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        let packed = encoder
            .write_all(&self.bytes)
            .and_then(|()| encoder.finish());
        Ok(STANDARD.encode(packed.map_err(failed)?))
    }
}

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
        let mut packed = Packed::default();
        packed.add("a".to_owned(), Array::U8(vec![1, 2, 3, 4, 5]));
        packed.add("b".to_owned(), Array::F32(vec![1.0]));
        let places: Vec<_> = packed
            .places()
            .iter()
            .map(|place| (place.name.as_str(), place.kind, place.at, place.length))
            .collect();
        assert_eq!(places, [("a", "u8", 0, 5), ("b", "f32", 8, 1)]);
        assert_eq!(packed.bytes, [1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 128, 63]);
    }
}
