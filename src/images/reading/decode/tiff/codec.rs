//! Decompression of strips and tiles.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::ZlibDecoder;

use super::compression::Compression;
use super::fax::{self, FaxRows};
use super::jpeg_chunk::{self, JpegSize};
use super::lzw;

/// What a strip or tile holds.
#[derive(Clone, Copy)]
pub(super) struct ChunkContent<'a> {
    pub compression: Compression,
    pub width: usize,
    pub rows: usize,
    /// Samples per pixel.
    pub samples: usize,
    /// Its length without compression.
    pub bytes: usize,
    pub jpeg_tables: &'a [u8],
    pub group_3_options: u64,
}

/// Decompresses a strip or tile.
///
/// # Errors
/// If it is damaged, or shorter than it should be.
pub(super) fn decompress<'a>(
    data: &'a [u8],
    content: ChunkContent,
) -> Result<Cow<'a, [u8]>, String> {
    let ChunkContent {
        width,
        rows,
        samples,
        bytes,
        ..
    } = content;
    let mut unpacked = match content.compression {
        Compression::None => {
            let pixels = data.get(..bytes).map(Cow::Borrowed);
            return pixels.ok_or_else(|| "truncated".to_owned());
        }
        Compression::PackBits => unpack_bits(data, bytes),
        Compression::Lzw => lzw::decompress(data, bytes)?,
        Compression::Deflate => inflate(data, bytes)?,
        Compression::Jpeg => {
            let size = JpegSize {
                width,
                rows,
                samples,
            };
            jpeg_chunk::decompress(content.jpeg_tables, data, size)?
        }
        Compression::Fax(scheme) => {
            let how = FaxRows {
                scheme,
                width,
                rows,
                group_3_options: content.group_3_options,
            };
            fax::decompress(data, how)?
        }
    };
    if unpacked.len() < bytes {
        return Err("truncated".to_owned());
    }
    unpacked.truncate(bytes);
    Ok(Cow::Owned(unpacked))
}

/// Decompresses runs of bytes, up to `length`.
fn unpack_bits(mut data: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let [head, rest @ ..] = data
        && bytes.len() < length
    {
        data = match (head.cast_signed(), rest) {
            (-128, _) => rest,
            (run @ ..0, [value, rest @ ..]) => {
                bytes.extend([*value].repeat(1 + usize::from(run.unsigned_abs())));
                rest
            }
            (run @ 0.., _) => {
                let (run, rest) = rest.split_at(rest.len().min(run as usize + 1));
                bytes.extend(run);
                rest
            }
            _ => &[],
        };
    }
    bytes
}

fn inflate(data: &[u8], length: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    ZlibDecoder::new(data)
        .take(length as u64)
        .read_to_end(&mut bytes)
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => "truncated".to_owned(),
            _ => format!("damaged: Deflate data ({error})"),
        })?;
    Ok(bytes)
}
