//! PNG files, written row by row.

use std::io::Write as _;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use super::errors::failed;
use crate::error::Result;

/// The level of the compression. Pages are mostly even: higher levels take twice the time for a tenth of
/// the size.
const LEVEL: u32 = 2;
/// The first bytes of a PNG file.
const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// The filter of every row: the differences from the row above.
const UP: u8 = 2;

/// The meaning of the bytes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PngColour {
    Grey,
    Rgb,
}

/// A PNG file with 8 bits per sample that gets its rows one by one.
pub(super) struct PngWriter {
    file: Vec<u8>,
    compressed: ZlibEncoder<Vec<u8>>,
    /// The row above the next one.
    above: Vec<u8>,
    /// The filter and the filtered bytes of a row.
    filtered: Vec<u8>,
}

impl PngWriter {
    pub(super) fn new(width: u32, height: u32, colour: PngColour) -> Self {
        let (colour_type, samples) = match colour {
            PngColour::Grey => (0, 1),
            PngColour::Rgb => (2, 3),
        };
        let mut header = Vec::with_capacity(13);
        header.extend(width.to_be_bytes());
        header.extend(height.to_be_bytes());
        // 8 bits per sample, and the only methods of compression, filtering and order.
        header.extend([8, colour_type, 0, 0, 0]);
        let mut file = SIGNATURE.to_vec();
        write_chunk(&mut file, *b"IHDR", &header);
        let bytes = samples * width as usize;
        let mut filtered = vec![0; 1 + bytes];
        filtered[0] = UP;
        Self {
            file,
            compressed: ZlibEncoder::new(Vec::new(), Compression::new(LEVEL)),
            above: vec![0; bytes],
            filtered,
        }
    }

    /// Adds a row of samples.
    pub(super) fn row(&mut self, row: &[u8]) -> Result<()> {
        let differences = self.filtered[1..].iter_mut().zip(row).zip(&self.above);
        for ((difference, &new), &old) in differences {
            *difference = new.wrapping_sub(old);
        }
        self.above.copy_from_slice(row);
        self.compressed.write_all(&self.filtered).map_err(failed)
    }

    /// Adds the row above once more.
    pub(super) fn repeat_row(&mut self) -> Result<()> {
        self.filtered[1..].fill(0);
        self.compressed.write_all(&self.filtered).map_err(failed)
    }

    /// Returns the file, all of whose rows were added.
    pub(super) fn finish(self) -> Result<Vec<u8>> {
        let Self {
            mut file,
            compressed,
            ..
        } = self;
        write_chunk(&mut file, *b"IDAT", &compressed.finish().map_err(failed)?);
        write_chunk(&mut file, *b"IEND", &[]);
        Ok(file)
    }
}

/// Writes a chunk of a PNG file: its length, its name, its content and a check sum.
fn write_chunk(file: &mut Vec<u8>, name: [u8; 4], content: &[u8]) {
    let mut sum = Crc::new();
    sum.update(&name);
    sum.update(content);
    file.extend((content.len() as u32).to_be_bytes());
    file.extend(name);
    file.extend(content);
    file.extend(sum.sum().to_be_bytes());
}
