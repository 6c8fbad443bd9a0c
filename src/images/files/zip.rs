//! The members of a .zip archive.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use super::archive::{self, Member, MemberKind, Visit};
use super::walk::is_hidden;
use crate::error::{InputError, Result, one_line};
use crate::images::decode;
use crate::images::read_set::ReadSet;
use crate::images::request::Request;
use crate::images::set::io_error;
use crate::npz;

/// Checks whether these are the first bytes of an archive, empty or not.
pub(crate) fn recognise(head: &[u8]) -> bool {
    head.starts_with(npz::MAGIC) || head.starts_with(b"PK\x05\x06")
}

/// Checks whether an archive contains pictures rather than arrays, judged from the names of its members.
pub(crate) fn holds_pictures(path: &Path) -> bool {
    let Ok(archive) = open(path) else {
        return false;
    };
    archive.file_names().any(is_visible_picture) || count_arrays(&archive) == 0
}

/// Reads the pictures of an archive.
pub(crate) fn read(path: &Path, request: &Request) -> Result<ReadSet> {
    let mut read = archive::read(path, walk, request)?;
    if count_arrays(&open(path)?) > 0 {
        read.set.notes.push(
            "the images in the archive are read; to read its arrays, pass --from npz".to_owned(),
        );
    }
    Ok(read)
}

/// Checks whether a visible member has the extension of an image.
fn is_visible_picture(name: &str) -> bool {
    decode::has_image_extension(name.as_ref()) && !name.split('/').any(is_hidden)
}

type ZipReader = zip::ZipArchive<BufReader<File>>;

fn open(path: &Path) -> Result<ZipReader> {
    let file = File::open(path).map_err(|source| io_error(path, source))?;
    let metadata = file.metadata().map_err(|source| io_error(path, source))?;
    let length = metadata.len();
    Ok(npz::open(BufReader::new(file), length).map_err(InputError::Archive)?)
}

/// Returns the number of .npy members.
fn count_arrays(archive: &ZipReader) -> usize {
    archive
        .file_names()
        .filter(|name| name.strip_suffix(".npy").is_some())
        .count()
}

/// Visits all members.
fn walk(path: &Path, visit: &mut Visit) -> Result<()> {
    let mut archive = open(path)?;
    for place in 0..archive.len() {
        let name = archive.name_for_index(place).unwrap_or_default().to_owned();
        let mut kind = kind(&mut archive, place);
        if matches!(kind, MemberKind::File) {
            match archive.by_index(place) {
                Ok(mut content) => {
                    let content = &mut content;
                    visit(
                        place,
                        Member {
                            name,
                            kind,
                            content,
                        },
                    )?;
                    continue;
                }
                Err(error) => kind = MemberKind::Unreadable(one_line(&error.to_string())),
            }
        }
        let content = &mut io::empty();
        visit(
            place,
            Member {
                name,
                kind,
                content,
            },
        )?;
    }
    Ok(())
}

/// Returns the kind of a member.
fn kind(archive: &mut ZipReader, place: usize) -> MemberKind {
    match archive.by_index_raw(place) {
        Ok(member) if member.is_dir() => MemberKind::Folder,
        Ok(member) if member.is_symlink() => MemberKind::Link,
        Ok(member) if member.encrypted() => {
            MemberKind::Unreadable("encrypted: unpack the archive first".to_owned())
        }
        Ok(_) => MemberKind::File,
        Err(error) => MemberKind::Unreadable(one_line(&error.to_string())),
    }
}
