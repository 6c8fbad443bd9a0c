//! Files that many threads read and write at their own offsets, and opening of files for every reader.
//!
//! Sums over pixels cannot fail: if a read fails, it returns zeros, and the file keeps the error. Callers must call
//! [`Disk::check`] before they use results.

use std::fs::{self, File, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::error::{Error, Result};

/// Opens a file for reading. Every reader opens its files by this function.
///
/// # Errors
/// If it cannot be opened, and if it is a pipe or another special file: opening or reading one could block for ever.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    check_kind(fs::metadata(path)?.file_type())?;
    File::open(path)
}

/// Checks that this is the type of a file on disk.
///
/// # Errors
/// If it is not: what it is, and what to do.
pub(crate) fn check_kind(kind: FileType) -> io::Result<()> {
    let found = if kind.is_file() {
        return Ok(());
    } else if kind.is_dir() {
        "a folder, not a file"
    } else {
        special_kind(kind)
    };
    Err(io::Error::other(found))
}

/// Returns what a file is that is neither a file on disk nor a folder, and what to do.
#[cfg(unix)]
fn special_kind(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a pipe, not a file: write its content to a file first"
    } else if kind.is_socket() {
        "a socket, not a file: write its content to a file first"
    } else {
        "a device, not a file: write its content to a file first"
    }
}

#[cfg(not(unix))]
fn special_kind(_: FileType) -> &'static str {
    "not a file: write its content to a file first"
}

/// Writes a file, complete or not at all: under a temporary name beside it, which is renamed at the end.
///
/// # Errors
/// If the file cannot be written, or `write` fails; the error names the file.
pub(crate) fn write_whole(path: &Path, write: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let failed = |source: io::Error| Error::Io {
        path: path.to_owned(),
        source,
    };
    let beside = path.parent().filter(|folder| *folder != Path::new(""));
    let mut builder = tempfile::Builder::new();
    // Those of an ordinary file.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(beside.unwrap_or(Path::new(".")));
    // The error of the crate names the temporary file.
    let mut file = file.map_err(|error| failed(error.kind().into()))?;
    write(file.as_file_mut()).map_err(|source| Error::InFile {
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// An open file, and its first error.
#[derive(Debug)]
pub(crate) struct Disk {
    file: File,
    path: PathBuf,
    end: Mutex<End>,
    failure: OnceLock<io::Error>,
}

/// The end of a file that is appended to.
#[derive(Debug, Default)]
struct End {
    /// The number of bytes that are in the file or on their way to it.
    written: u64,
    /// Bytes that are appended next.
    waiting: Vec<u8>,
    /// Memory for other bytes while some are written.
    spare: Vec<u8>,
}

impl End {
    /// Returns the bytes that are appended next, and their offset, to write them.
    fn take(&mut self) -> (u64, Vec<u8>) {
        let place = self.written;
        let spare = std::mem::take(&mut self.spare);
        let bytes = std::mem::replace(&mut self.waiting, spare);
        self.written += bytes.len() as u64;
        (place, bytes)
    }
}

/// Bytes that are written at a time. Systems cache large writes in large pieces, which are read twice as fast.
const WRITE_SIZE: usize = 2 << 20;

impl Disk {
    /// Opens a file for reading.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        Self::new(path, open_file(path))
    }

    /// Creates an empty temporary file in `folder`, without a name, which is removed when it is closed.
    pub(crate) fn scratch(folder: &Path) -> Result<Self> {
        Self::new(folder, tempfile::tempfile_in(folder))
    }

    fn new(path: &Path, file: io::Result<File>) -> Result<Self> {
        let path = path.to_owned();
        let file = file.map_err(|source| Error::Io {
            path: path.clone(),
            source,
        })?;
        Ok(Self {
            file,
            path,
            end: Mutex::default(),
            failure: OnceLock::new(),
        })
    }

    /// Fills `bytes` with those at the offset `place`, or with zeros if they cannot be read.
    pub(crate) fn read(&self, place: u64, bytes: &mut [u8]) {
        if let Err(failure) = read_at(&self.file, place, bytes) {
            bytes.fill(0);
            let _ = self.failure.set(failure);
        }
    }

    /// Appends `bytes`, and returns their offset. They can be read after [`Disk::flush`]. While a thread writes what is full,
    /// others append.
    pub(crate) fn append(&self, bytes: &[u8]) -> u64 {
        let mut end = self.end();
        let is_full = end.waiting.len() + bytes.len() > WRITE_SIZE;
        let full = is_full.then(|| end.take());
        let place = end.written + end.waiting.len() as u64;
        end.waiting.extend_from_slice(bytes);
        drop(end);
        if let Some((place, mut full)) = full {
            self.write(place, &full);
            full.clear();
            self.end().spare = full;
        }
        place
    }

    /// Writes all bytes whose appending has returned, and frees the memory for them.
    pub(crate) fn flush(&self) {
        let (place, bytes) = self.end().take();
        self.write(place, &bytes);
        self.end().waiting = Vec::new();
    }

    fn write(&self, place: u64, bytes: &[u8]) {
        if let Err(failure) = write_at(&self.file, place, bytes) {
            let _ = self.failure.set(failure);
        }
    }

    fn end(&self) -> MutexGuard<'_, End> {
        // A panic cannot leave it half changed.
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks that all reads and writes have succeeded.
    pub(crate) fn check(&self) -> Result<()> {
        match self.failure.get() {
            None => Ok(()),
            Some(failure) => {
                let source = io::Error::new(failure.kind(), failure.to_string());
                Err(Error::Io {
                    path: self.path.clone(),
                    source,
                })
            }
        }
    }
}

#[cfg(unix)]
fn read_at(file: &File, place: u64, bytes: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, place)
}

#[cfg(unix)]
fn write_at(file: &File, place: u64, bytes: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, place)
}

#[cfg(windows)]
fn read_at(file: &File, mut place: u64, mut bytes: &mut [u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_read(file, bytes, place)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes = &mut bytes[count..];
        place += count as u64;
    }
    Ok(())
}

#[cfg(windows)]
fn write_at(file: &File, mut place: u64, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_write(file, bytes, place)?;
        bytes = &bytes[count..];
        place += count as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appended_bytes_are_read_back() {
        let disk = Disk::scratch(&std::env::temp_dir()).expect("a folder for temporary files");
        let places = [disk.append(&[1, 2, 3]), disk.append(&[4, 5])];
        disk.flush();
        let last = [disk.append(&vec![6; WRITE_SIZE]), disk.append(&[7, 8])];
        assert_eq!(last, [5, 5 + WRITE_SIZE as u64]);
        disk.flush();
        let mut bytes = [0; 2];
        disk.read(last[1], &mut bytes);
        assert_eq!(bytes, [7, 8]);
        disk.read(places[1], &mut bytes);
        assert_eq!(bytes, [4, 5]);
        disk.read(places[0] + 1, &mut bytes);
        assert_eq!(bytes, [2, 3]);
        assert!(disk.check().is_ok());
    }

    #[test]
    fn bytes_that_threads_append_at_once_are_read_back() {
        let disk = Disk::scratch(&std::env::temp_dir()).expect("a folder for temporary files");
        // Two blocks fill what is written at a time.
        let size = WRITE_SIZE / 2;
        let places: Vec<(u8, u64)> = std::thread::scope(|scope| {
            let append = |value: u8| (value, disk.append(&vec![value; size]));
            let threads: Vec<_> = (0..4)
                .map(|thread| {
                    scope.spawn(move || {
                        (0..5)
                            .map(|block| append(5 * thread + block))
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            let places = threads
                .into_iter()
                .map(|thread| thread.join().expect("no panic"));
            places.flatten().collect()
        });
        disk.flush();
        let mut bytes = vec![0; size];
        for (value, place) in places {
            disk.read(place, &mut bytes);
            assert!(
                bytes.iter().all(|&byte| byte == value),
                "{value} at {place}"
            );
        }
        assert!(disk.check().is_ok());
    }

    #[test]
    fn a_read_beyond_the_end_returns_zeros_and_fails_the_check() {
        let disk = Disk::scratch(&std::env::temp_dir()).expect("a folder for temporary files");
        disk.append(&[7; 4]);
        disk.flush();
        let mut bytes = [9; 3];
        disk.read(2, &mut bytes);
        assert_eq!(bytes, [0; 3]);
        assert!(disk.check().is_err());
    }
}
