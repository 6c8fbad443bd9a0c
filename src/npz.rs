//! The entries of .npz archives, as `numpy.savez` and `numpy.savez_compressed` write them; not what their arrays mean.

use std::io::{Read, Seek};

use zip::read::ZipFile;
use zip::result::ZipResult;
use zip::{CompressionMethod, ZipArchive};

/// The first bytes of an archive that holds something.
pub(crate) const MAGIC: &[u8] = b"PK\x03\x04";
/// How many bytes one byte can become at most where it is decompressed.
const MOST_GROWTH: u64 = 1032;

/// An archive that is read array by array.
pub(crate) struct Archive<R> {
    archive: ZipArchive<R>,
    /// Bytes of the file.
    length: u64,
}

impl<R: Read + Seek> Archive<R> {
    /// An archive in a file of `length` bytes.
    pub(crate) fn new(file: R, length: u64) -> ZipResult<Self> {
        Ok(Self { archive: ZipArchive::new(file)?, length })
    }

    /// What its arrays are called, in their order.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.archive.file_names().filter_map(|name| name.strip_suffix(".npy")).map(str::to_owned).collect()
    }

    /// The entry of an array, and how many bytes it has at most: what is stored is no longer than the file, whatever the
    /// archive says.
    pub(crate) fn entry(&mut self, key: &str) -> ZipResult<(ZipFile<'_, R>, u64)> {
        let entry = self.archive.by_name(&format!("{key}.npy"))?;
        let growth = if entry.compression() == CompressionMethod::Stored { 1 } else { MOST_GROWTH };
        let most = entry.compressed_size().min(self.length).saturating_mul(growth);
        let length = entry.size().min(most);
        Ok((entry, length))
    }
}
