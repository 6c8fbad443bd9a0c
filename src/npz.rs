//! The entries of .npz archives, as written by `numpy.savez` and `numpy.savez_compressed`.

use std::io::{self, Read, Seek, SeekFrom};

use zip::read::ZipFile;
use zip::result::{ZipError, ZipResult};
use zip::{CompressionMethod, ZipArchive};

use crate::error::PART_OF_ZIP;

/// The first bytes of an archive that is not empty.
pub(crate) const MAGIC: &[u8] = b"PK\x03\x04";
/// The most bytes that one compressed byte can expand to.
const MOST_GROWTH: u64 = 1032;

/// The size of an archive below which its number of files, for which memory is reserved, is not checked.
const SHORT: u64 = 1 << 20;
/// The first bytes of the record at the end of an archive, and the most bytes of that record with its comment.
const END: &[u8] = b"PK\x05\x06";
const LONGEST_END: u64 = 22 + 65535;
/// The first bytes of the record with the number of files in 8 bytes.
const ZIP64_END: &[u8] = b"PK\x06\x06";
/// The size of the smallest header of a file in bytes.
const HEADER: u64 = 46;

/// Opens an archive in a file of `length` bytes.
///
/// # Errors
/// If it is one part of a split archive, or if its header states more files than the length allows.
pub(crate) fn open<R: Read + Seek>(mut file: R, length: u64) -> ZipResult<ZipArchive<R>> {
    // The largest number stands for one in another record.
    let is_part = |end: &EndRecord| end.disk != 0 && end.disk != u16::MAX;
    if end_record(&mut file, length)?.as_ref().is_some_and(is_part) {
        return Err(ZipError::UnsupportedArchive(PART_OF_ZIP));
    }
    if length > SHORT && most_files(&mut file)? > length / HEADER {
        return Err(ZipError::InvalidArchive(
            "more files than there is room for".into(),
        ));
    }
    ZipArchive::new(file)
}

/// The record at the end of an archive.
struct EndRecord {
    /// The number of this part, from 0.
    disk: u16,
    /// How many files the archive has, those of the same name included.
    files: u16,
}

/// Returns how many files an archive in a file of `length` bytes states to have, those of the same name included; `None`
/// if the number is in another record.
pub(crate) fn stated_files(
    file: &mut (impl Read + Seek),
    length: u64,
) -> io::Result<Option<usize>> {
    let end = end_record(file, length)?;
    Ok(end
        .filter(|end| end.files != u16::MAX)
        .map(|end| end.files.into()))
}

/// Reads the record at the end of an archive.
fn end_record(file: &mut (impl Read + Seek), length: u64) -> io::Result<Option<EndRecord>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(length.saturating_sub(LONGEST_END)))?;
    file.read_to_end(&mut bytes)?;
    file.rewind()?;
    let mut ends = bytes.windows(12).filter(|record| record.starts_with(END));
    Ok(ends.next_back().map(|end| EndRecord {
        disk: u16::from_le_bytes([end[4], end[5]]),
        files: u16::from_le_bytes([end[10], end[11]]),
    }))
}

/// Returns the largest number of files that any record of 8-byte numbers states.
fn most_files(file: &mut (impl Read + Seek)) -> io::Result<u64> {
    const AFTER: usize = 40;
    let (mut most, mut bytes) = (0, Vec::new());
    file.rewind()?;
    while file.take(1 << 16).read_to_end(&mut bytes)? > 0 {
        for found in bytes
            .windows(AFTER)
            .filter(|found| found.starts_with(ZIP64_END))
        {
            for at in [24, 32] {
                let mut count = [0; 8];
                count.copy_from_slice(&found[at..at + 8]);
                most = most.max(u64::from_le_bytes(count));
            }
        }
        // The beginning of a record is kept for the bytes that follow.
        bytes.drain(..bytes.len().saturating_sub(AFTER - 1));
    }
    Ok(most)
}

/// An archive of arrays.
pub(crate) struct Archive<R> {
    archive: ZipArchive<R>,
    /// The length of the file in bytes.
    length: u64,
}

impl<R: Read + Seek> Archive<R> {
    /// Opens an archive in a file of `length` bytes.
    pub(crate) fn new(file: R, length: u64) -> ZipResult<Self> {
        Ok(Self {
            archive: open(file, length)?,
            length,
        })
    }

    /// Returns the keys of the arrays, in their order.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.archive
            .file_names()
            .filter_map(|name| name.strip_suffix(".npy"))
            .map(str::to_owned)
            .collect()
    }

    /// Returns the entry of an array, and the most bytes that it can have; header sizes are limited by the length of the
    /// file.
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
