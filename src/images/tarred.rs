//! The members of a .tar archive, plain or compressed by gzip.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use tar::EntryType;

use super::archive::{self, Kind, Member, Visit};
use super::{ImageSet, LoadOptions, idx};
use crate::error::{Error, InputError, Result};

/// Where a header says what it is, and how.
const MAGIC: (usize, &[u8]) = (257, b"ustar");

/// Whether a file with these first bytes is an archive.
pub(super) fn recognise(head: &[u8]) -> bool {
    head.get(MAGIC.0..).is_some_and(|rest| rest.starts_with(MAGIC.1))
}

/// Whether what is compressed in a file is an archive.
pub(super) fn is_packed(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| MultiGzDecoder::new(file).take(512).read_to_end(&mut head));
    read.is_ok() && recognise(&head)
}

/// Reads the pictures of an archive; `least` must be usable.
pub(super) fn load(path: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    archive::load(path, walk, options, least)
}

fn walk(path: &Path, visit: &mut Visit) -> Result<()> {
    let file = open(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
    let damaged = |error: io::Error| match error.kind() {
        io::ErrorKind::FileTooLarge => InputError::ArchiveTooLarge,
        _ => InputError::Damaged(error),
    };
    let mut archive = tar::Archive::new(file);
    for (place, member) in archive.entries().map_err(damaged)?.enumerate() {
        let mut member = member.map_err(damaged)?;
        let name = String::from_utf8_lossy(&member.path_bytes()).into_owned();
        let kind = match member.header().entry_type() {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => Kind::File,
            EntryType::Directory | EntryType::XGlobalHeader => Kind::Folder,
            _ => Kind::Link,
        };
        visit(place, Member { name, kind, content: &mut member })?;
    }
    Ok(())
}

/// The archive, decompressed where it is compressed.
fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    let mut file = BufReader::new(File::open(path)?);
    let mut head = [0; 2];
    let is_compressed = file.read_exact(&mut head).is_ok() && idx::is_compressed(&head);
    file.rewind()?;
    let length = file.get_ref().metadata()?.len();
    if !is_compressed {
        return Ok(Box::new(file));
    }
    Ok(Box::new(Bounded { file: MultiGzDecoder::new(file), left: archive::most_bytes(length) }))
}

/// What becomes only so long.
struct Bounded<R> {
    file: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(count)
    }
}
