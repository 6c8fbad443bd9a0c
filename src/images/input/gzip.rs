//! Files that are compressed by gzip, and end with an error where they become longer than is sensible. Not what they hold.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::limited_reader::{Allowance, LimitedReader};

const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// Bytes that a file may become, or so many times its own if that is more.
const MOST_BYTES: u64 = 512 << 20;
const MOST_GROWTH: u64 = 32;

/// Whether a file with these first bytes is compressed.
pub(crate) fn recognise(head: &[u8]) -> bool {
    head.starts_with(&MAGIC)
}

/// How many bytes a file of `length` bytes may become.
pub(crate) fn most_bytes(length: u64) -> u64 {
    MOST_BYTES.max(length.saturating_mul(MOST_GROWTH))
}

/// The file at a path, decompressed where it is compressed, and its length where it is not.
pub(crate) fn open(path: &Path) -> io::Result<(Box<dyn Read>, Option<u64>)> {
    let mut file = BufReader::new(File::open(path)?);
    let mut head = [0; MAGIC.len()];
    let is_compressed = file.read_exact(&mut head).is_ok() && recognise(&head);
    file.rewind()?;
    let length = file.get_ref().metadata()?.len();
    if !is_compressed {
        return Ok((Box::new(file), Some(length)));
    }
    let allowance = Allowance::new(most_bytes(length));
    let beyond = || io::ErrorKind::FileTooLarge.into();
    Ok((
        Box::new(LimitedReader::new(
            MultiGzDecoder::new(file),
            &allowance,
            beyond,
        )),
        None,
    ))
}
