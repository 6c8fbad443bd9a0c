//! The members of a .tar archive, plain or compressed by gzip.

use std::io::{self, Read};
use std::path::Path;

use tar::{Entry, EntryType};

use super::archive::{self, Member, MemberKind, Visit};
use super::sparse::SparseHeader;
use crate::error::{InputError, Result};
use crate::images::reading::common::io_error;
use crate::images::reading::input::gzip;
use crate::images::reading::input::limited_reader::{Allowance, LimitedReader};
use crate::images::reading::read_set::ReadSet;
use crate::images::reading::request::Request;

/// The most bytes between two members, for headers and long names, which are held in memory.
const MOST_BETWEEN: u64 = 1 << 20;
/// The offset of the magic bytes in a header, and these bytes.
const MAGIC: (usize, &[u8]) = (257, b"ustar");

/// Checks whether these are the first bytes of an archive.
pub(crate) fn recognise(head: &[u8]) -> bool {
    head.get(MAGIC.0..)
        .is_some_and(|rest| rest.starts_with(MAGIC.1))
}

/// Checks whether a compressed file contains an archive.
pub(crate) fn is_packed(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = gzip::open(path).and_then(|(file, _)| file.take(512).read_to_end(&mut head));
    read.is_ok() && recognise(&head)
}

/// Reads the pictures of an archive.
pub(crate) fn read(path: &Path, request: &Request) -> Result<ReadSet> {
    archive::read(path, walk, request)
}

/// Visits all members.
fn walk(path: &Path, visit: &mut Visit) -> Result<()> {
    let (file, _) = gzip::open(path).map_err(|source| io_error(path, source))?;
    let allowance = Allowance::new(MOST_BETWEEN);
    let mut archive = tar::Archive::new(LimitedReader::new(file, &allowance, name_too_long));
    for (place, member) in archive.entries().map_err(damaged)?.enumerate() {
        let mut member = member.map_err(damaged)?;
        // The rest of a member is read before the next one is found.
        allowance.set(
            member
                .header()
                .entry_size()
                .map_err(damaged)?
                .saturating_add(MOST_BETWEEN),
        );
        visit_member(place, &mut member, visit)?;
    }
    Ok(())
}

/// Visits a member under its true name, and with its zeros if it is stored without them.
fn visit_member(place: usize, member: &mut Entry<impl Read>, visit: &mut Visit) -> Result<()> {
    let mut sparse = SparseHeader::default();
    let records = member.pax_extensions().map_err(damaged)?;
    // A record that cannot be parsed, such as a binary attribute with a line break, is none of these.
    for record in records.into_iter().flatten().flatten() {
        sparse.add(record.key_bytes(), record.value_bytes());
    }
    let name = sparse
        .name
        .clone()
        .unwrap_or_else(|| String::from_utf8_lossy(&member.path_bytes()).into_owned());
    let kind = match member.header().entry_type() {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => MemberKind::File,
        EntryType::Directory | EntryType::XGlobalHeader => MemberKind::Folder,
        _ => MemberKind::Link,
    };
    let size = member.size();
    let mut expanded;
    let (kind, content): (_, &mut dyn Read) = match sparse.file(&mut *member) {
        Ok(None) => (kind, member),
        Ok(Some(file)) => {
            expanded = file;
            (kind, &mut expanded)
        }
        Err(error) => (
            MemberKind::Unreadable(format!("a damaged sparse file: {error}")),
            &mut io::empty(),
        ),
    };
    visit(
        place,
        Member {
            name,
            kind,
            size,
            content,
        },
    )
}

/// Returns the error of reading a damaged archive, or one that expands too far.
fn damaged(error: io::Error) -> InputError {
    match error.kind() {
        io::ErrorKind::FileTooLarge => InputError::ArchiveTooLarge,
        _ => InputError::Damaged(error),
    }
}

fn name_too_long() -> io::Error {
    io::Error::other("a name in it is longer than any can be")
}
