//! The entries of .npz archives, as `numpy.savez` and `numpy.savez_compressed` write them; not what their arrays mean.

use std::io::{self, Read, Seek};

use zip::read::ZipFile;
use zip::result::{ZipError, ZipResult};
use zip::{CompressionMethod, ZipArchive};

/// The first bytes of an archive that holds something.
pub(crate) const MAGIC: &[u8] = b"PK\x03\x04";
/// How many bytes one byte can become at most where it is decompressed.
const MOST_GROWTH: u64 = 1032;

/// Bytes of an archive that is too short for its number of files, which room is reserved for, to fill the memory.
const SHORT: u64 = 1 << 20;
/// The first bytes of what says, with 8 bytes each, how many files there are.
const ZIP64_END: &[u8] = b"PK\x06\x06";
/// Bytes of the smallest header of a file.
const HEADER: u64 = 46;

/// An archive in a file of `length` bytes, unless it claims to hold more files than have room in it.
pub(crate) fn open<R: Read + Seek>(mut file: R, length: u64) -> ZipResult<ZipArchive<R>> {
    if length > SHORT && most_files(&mut file)? > length / HEADER {
        return Err(ZipError::InvalidArchive(
            "more files than there is room for".into(),
        ));
    }
    ZipArchive::new(file)
}

/// The most files that the file says anywhere that it holds, as far as four bytes cannot say it.
fn most_files(file: &mut (impl Read + Seek)) -> io::Result<u64> {
    const AFTER: usize = 40;
    let (mut most, mut bytes) = (0, Vec::new());
    file.rewind()?;
    while file.take(1 << 16).read_to_end(&mut bytes)? > 0 {
        for found in bytes
            .windows(AFTER)
            .filter(|found| found.starts_with(ZIP64_END))
        {
            let count = |at: usize| {
                found[at..at + 8]
                    .iter()
                    .rev()
                    .fold(0, |sum, &byte| sum << 8 | u64::from(byte))
            };
            most = most.max(count(24)).max(count(32));
        }
        // What may begin a record goes with the bytes that follow.
        bytes.drain(..bytes.len().saturating_sub(AFTER - 1));
    }
    Ok(most)
}

/// An archive that is read array by array.
pub(crate) struct Archive<R> {
    archive: ZipArchive<R>,
    /// Bytes of the file.
    length: u64,
}

impl<R: Read + Seek> Archive<R> {
    /// An archive in a file of `length` bytes.
    pub(crate) fn new(file: R, length: u64) -> ZipResult<Self> {
        Ok(Self {
            archive: open(file, length)?,
            length,
        })
    }

    /// What its arrays are called, in their order.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.archive
            .file_names()
            .filter_map(|name| name.strip_suffix(".npy"))
            .map(str::to_owned)
            .collect()
    }

    /// The entry of an array, and how many bytes it has at most: what is stored is no longer than the file, whatever the
    /// archive says.
    pub(crate) fn entry(&mut self, key: &str) -> ZipResult<(ZipFile<'_, R>, u64)> {
        let entry = self.archive.by_name(&format!("{key}.npy"))?;
        let growth = if entry.compression() == CompressionMethod::Stored {
            1
        } else {
            MOST_GROWTH
        };
        let most = entry
            .compressed_size()
            .min(self.length)
            .saturating_mul(growth);
        let length = entry.size().min(most);
        Ok((entry, length))
    }
}
