//! The members of a .tar archive, plain or compressed by gzip.

use std::io::{self, Read};
use std::path::Path;

use tar::EntryType;

use super::archive::{self, Kind, Member, Visit};
use crate::error::{InputError, Result};
use crate::images::input::gzip;
use crate::images::input::limited_reader::{Allowance, LimitedReader};
use crate::images::options::LoadOptions;
use crate::images::set::{ImageSet, io_error};

/// Bytes between two members, headers and long names among them: those are held in memory.
const MOST_BETWEEN: u64 = 1 << 20;
/// Where a header says what it is, and how.
const MAGIC: (usize, &[u8]) = (257, b"ustar");

/// Whether a file with these first bytes is an archive.
pub(crate) fn recognise(head: &[u8]) -> bool {
    head.get(MAGIC.0..)
        .is_some_and(|rest| rest.starts_with(MAGIC.1))
}

/// Whether what is compressed in a file is an archive.
pub(crate) fn is_packed(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = gzip::open(path).and_then(|(file, _)| file.take(512).read_to_end(&mut head));
    read.is_ok() && recognise(&head)
}

/// Reads the pictures of an archive; `least` must be usable.
pub(crate) fn load(path: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    archive::load(path, walk, options, least)
}

fn walk(path: &Path, visit: &mut Visit) -> Result<()> {
    let (file, _) = gzip::open(path).map_err(|source| io_error(path, source))?;
    let damaged = |error: io::Error| match error.kind() {
        io::ErrorKind::FileTooLarge => InputError::ArchiveTooLarge,
        _ => InputError::Damaged(error),
    };
    let allowance = Allowance::new(MOST_BETWEEN);
    let beyond = || io::Error::other("a name in it is longer than any can be");
    let mut archive = tar::Archive::new(LimitedReader::new(file, &allowance, beyond));
    for (place, member) in archive.entries().map_err(damaged)?.enumerate() {
        let mut member = member.map_err(damaged)?;
        // What is left of a member is read before the next one is found.
        allowance.set(
            member
                .header()
                .entry_size()
                .map_err(damaged)?
                .saturating_add(MOST_BETWEEN),
        );
        let name = String::from_utf8_lossy(&member.path_bytes()).into_owned();
        let kind = match member.header().entry_type() {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => Kind::File,
            EntryType::Directory | EntryType::XGlobalHeader => Kind::Folder,
            _ => Kind::Link,
        };
        visit(
            place,
            Member {
                name,
                kind,
                content: &mut member,
            },
        )?;
    }
    Ok(())
}
