//! The members of a .zip archive.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use zip::CompressionMethod;
use zip::read::ZipFile;

use super::archive::{self, Member, MemberKind, Visit};
use super::walk::{self, is_hidden};
use crate::disk;
use crate::error::{Result, one_line};
use crate::images::reading::common::{archive_error, io_error};
use crate::images::reading::decode;
use crate::images::reading::read_set::ReadSet;
use crate::images::reading::request::Request;
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
    let mut names = archive.file_names().map(with_slashes);
    names.any(|name| is_visible_picture(&name)) || count_arrays(&archive) == 0
}

/// Reads the pictures of an archive.
pub(crate) fn read(path: &Path, request: &Request) -> Result<ReadSet> {
    let mut read = archive::read(path, visit_members, request)?;
    let archive = open(path)?;
    let arrays = count_arrays(&archive);
    read.set.notes.extend(repeated_note(archive, path)?);
    if arrays > 0 {
        read.set.notes.push(
            "the images in the archive are read; to read its arrays, pass --from npz".to_owned(),
        );
    }
    Ok(read)
}

/// Returns a note if names occur more than once. The crate `zip` keeps the last member of each.
fn repeated_note(archive: ZipReader, path: &Path) -> Result<Option<String>> {
    let (known, length) = (archive.len(), file_length(path)?);
    let stated = npz::stated_files(&mut archive.into_inner(), length);
    let stated = stated.map_err(|source| io_error(path, source))?;
    let repeated = stated.map_or(0, |stated| stated.saturating_sub(known));
    Ok(walk::repeated_names_note(repeated))
}

fn file_length(path: &Path) -> Result<u64> {
    let metadata = path.metadata().map_err(|source| io_error(path, source))?;
    Ok(metadata.len())
}

/// Checks whether a visible member has the extension of an image.
fn is_visible_picture(name: &str) -> bool {
    decode::has_image_extension(name.as_ref()) && !name.split('/').any(is_hidden)
}

type ZipReader = zip::ZipArchive<BufReader<File>>;

fn open(path: &Path) -> Result<ZipReader> {
    let file = disk::open_file(path).map_err(|source| io_error(path, source))?;
    let metadata = file.metadata().map_err(|source| io_error(path, source))?;
    let length = metadata.len();
    npz::open(BufReader::new(file), length).map_err(archive_error)
}

/// Returns the number of .npy members.
fn count_arrays(archive: &ZipReader) -> usize {
    archive
        .file_names()
        .filter(|name| name.strip_suffix(".npy").is_some())
        .count()
}

/// Visits all members.
fn visit_members(path: &Path, visit: &mut Visit) -> Result<()> {
    let mut archive = open(path)?;
    for place in 0..archive.len() {
        let (name, mut kind) = name_and_kind(&mut archive, place);
        if matches!(kind, MemberKind::File) {
            match archive.by_index(place) {
                Ok(mut content) => {
                    let size = content.size();
                    let content = &mut content;
                    visit(
                        place,
                        Member {
                            name,
                            kind,
                            size,
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
                size: 0,
                content,
            },
        )?;
    }
    Ok(())
}

/// Returns the name and the kind of a member.
fn name_and_kind(archive: &mut ZipReader, place: usize) -> (String, MemberKind) {
    let fallback = archive.name_for_index(place).unwrap_or_default().to_owned();
    match archive.by_index_raw(place) {
        Ok(member) => {
            let name = with_slashes(readable_name(&member));
            let kind = if name.ends_with('/') {
                MemberKind::Folder
            } else {
                kind(&member)
            };
            (name, kind)
        }
        Err(error) => (
            with_slashes(&fallback),
            MemberKind::Unreadable(one_line(&error.to_string())),
        ),
    }
}

/// Returns the name of a member: UTF-8 if its bytes are, flagged as such or not, or else code page 437.
fn readable_name<'a>(member: &'a ZipFile<BufReader<File>>) -> &'a str {
    std::str::from_utf8(member.name_raw()).unwrap_or(member.name())
}

/// Returns a name with `/` between folders. Some programs on Windows write backslashes; a name with both has a backslash of
/// its own.
fn with_slashes(name: &str) -> String {
    if name.contains('/') {
        name.to_owned()
    } else {
        name.replace('\\', "/")
    }
}

fn kind(member: &ZipFile<BufReader<File>>) -> MemberKind {
    let method = match member.compression() {
        CompressionMethod::Stored | CompressionMethod::Deflated => None,
        method => Some(method_name(method)),
    };
    if member.is_dir() {
        MemberKind::Folder
    } else if member.is_symlink() {
        MemberKind::Link
    } else if member.encrypted() {
        let by = if has_aes_field(member.extra_data().unwrap_or_default()) {
            " by AES"
        } else {
            ""
        };
        MemberKind::Unreadable(format!("encrypted{by}: unpack the archive first"))
    } else if let Some(method) = method {
        MemberKind::Unreadable(format!(
            "compressed by {method}, which is not read: unpack the archive, or pack it by Deflate"
        ))
    } else {
        MemberKind::File
    }
}

/// Checks whether the extra fields of a member, each an identifier, a length and so many bytes, include that of AES.
fn has_aes_field(mut fields: &[u8]) -> bool {
    const AES: [u8; 2] = [0x01, 0x99];
    while let [a, b, low, high, rest @ ..] = fields {
        if [*a, *b] == AES {
            return true;
        }
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        fields = rest.get(length..).unwrap_or_default();
    }
    false
}

/// Returns the name of a compression method that is not read, from APPNOTE.TXT, section 4.4.5.
fn method_name(method: CompressionMethod) -> &'static str {
    #[expect(deprecated, reason = "the only way to the number of other methods")]
    match method.to_u16() {
        1 => "Shrink",
        2..=5 => "Reduce",
        6 => "Implode",
        9 => "Deflate64",
        10 => "PKWARE Implode",
        12 => "bzip2",
        14 => "LZMA",
        16 => "IBM CMPSC",
        18 => "IBM TERSE",
        19 => "IBM LZ77",
        20 | 93 => "Zstandard",
        94 => "MP3",
        95 => "XZ",
        96 => "JPEG recompression",
        97 => "WavPack",
        98 => "PPMd",
        99 => "AES encryption",
        _ => "an unknown method",
    }
}
