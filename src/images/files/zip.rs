//! The members of a .zip archive.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use super::archive::{self, Kind, Member, Visit};
use super::walk::is_hidden;
use crate::error::{InputError, Result, one_line};
use crate::images::decode;
use crate::images::options::LoadOptions;
use crate::images::set::{ImageSet, io_error};
use crate::npz;

/// Whether a file with these first bytes is an archive, empty or not.
pub(crate) fn recognise(head: &[u8]) -> bool {
    head.starts_with(npz::MAGIC) || head.starts_with(b"PK\x05\x06")
}

/// Whether an archive is one of pictures rather than of arrays, as far as names tell.
pub(crate) fn holds_pictures(path: &Path) -> bool {
    let Ok(archive) = open(path) else {
        return false;
    };
    let is_picture =
        |name: &str| decode::is_called_as_image(name.as_ref()) && !name.split('/').any(is_hidden);
    archive.file_names().any(is_picture) || arrays(&archive) == 0
}

/// Reads the pictures of an archive; `least` must be usable.
pub(crate) fn load(path: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    let mut set = archive::load(path, walk, options, least)?;
    if arrays(&open(path)?) > 0 {
        set.notes.push(
            "the pictures in it are read; for the arrays beside them, pass --from npz".to_owned(),
        );
    }
    Ok(set)
}

type Archive = zip::ZipArchive<BufReader<File>>;

fn open(path: &Path) -> Result<Archive> {
    let io_error = |source| io_error(path, source);
    let file = File::open(path).map_err(io_error)?;
    let length = file.metadata().map_err(io_error)?.len();
    Ok(npz::open(BufReader::new(file), length).map_err(InputError::Archive)?)
}

fn arrays(archive: &Archive) -> usize {
    archive
        .file_names()
        .filter(|name| name.strip_suffix(".npy").is_some())
        .count()
}

fn walk(path: &Path, visit: &mut Visit) -> Result<()> {
    let mut archive = open(path)?;
    for place in 0..archive.len() {
        let name = archive.name_for_index(place).unwrap_or_default().to_owned();
        match kind(&mut archive, place) {
            Kind::File => match archive.by_index(place) {
                Ok(mut content) => visit(
                    place,
                    Member {
                        name,
                        kind: Kind::File,
                        content: &mut content,
                    },
                )?,
                Err(error) => {
                    let kind = Kind::Unreadable(one_line(&error.to_string()));
                    visit(
                        place,
                        Member {
                            name,
                            kind,
                            content: &mut io::empty(),
                        },
                    )?;
                }
            },
            kind => visit(
                place,
                Member {
                    name,
                    kind,
                    content: &mut io::empty(),
                },
            )?,
        }
    }
    Ok(())
}

fn kind(archive: &mut Archive, place: usize) -> Kind {
    match archive.by_index_raw(place) {
        Ok(member) if member.is_dir() => Kind::Folder,
        Ok(member) if member.is_symlink() => Kind::Link,
        Ok(member) if member.encrypted() => {
            Kind::Unreadable("encrypted: unpack the archive with its password".to_owned())
        }
        Ok(_) => Kind::File,
        Err(error) => Kind::Unreadable(one_line(&error.to_string())),
    }
}
