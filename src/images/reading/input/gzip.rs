//! Files that may be compressed by gzip. Reading fails if they expand beyond a limit.

use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::limited_reader::{Allowance, LimitedReader};
use crate::disk;

const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// The most bytes that a file may expand to, or so many times its length if that is more.
const MOST_BYTES: u64 = 512 << 20;
const MOST_GROWTH: u64 = 32;

/// Checks whether these are the first bytes of a compressed file.
pub(crate) fn recognise(head: &[u8]) -> bool {
    head.starts_with(&MAGIC)
}

/// Returns the most bytes that a file of `length` bytes may expand to.
pub(crate) fn most_bytes(length: u64) -> u64 {
    MOST_BYTES.max(length.saturating_mul(MOST_GROWTH))
}

/// Opens a file, and returns its length if it is not compressed. A compressed file is decompressed.
pub(crate) fn open(path: &Path) -> io::Result<(Box<dyn Read>, Option<u64>)> {
    let mut file = BufReader::new(disk::open_file(path)?);
    let mut head = [0; MAGIC.len()];
    let is_compressed = file.read_exact(&mut head).is_ok() && recognise(&head);
    file.rewind()?;
    let length = file.get_ref().metadata()?.len();
    if !is_compressed {
        return Ok((Box::new(file), Some(length)));
    }
    let allowance = Allowance::new(most_bytes(length));
    Ok((
        Box::new(LimitedReader::new(
            MultiGzDecoder::new(file),
            &allowance,
            too_large,
        )),
        None,
    ))
}

fn too_large() -> io::Error {
    io::ErrorKind::FileTooLarge.into()
}
