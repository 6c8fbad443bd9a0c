//! Pictures in an archive as one set, as if it had been unpacked into a folder; nothing is. Not how archives are laid out.

use std::collections::{HashMap, HashSet};
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::decode_files::{self as pictures, Entry};
use super::min_count::check_count;
use super::own_output::is_own;
use super::walk::{self, Candidate};
use crate::basis::Shape;
use crate::blocks;
use crate::error::{InputError, Result, one_line};
use crate::images::decode::{self, Decoded, Pages};
use crate::images::input::gzip;
use crate::images::options::LoadOptions;
use crate::images::set::{ImageSet, Skipped, io_error};

/// Bytes of files and of their pixels that are decoded at a time.
const BATCH: u64 = 64 << 20;

/// Something in an archive, as it comes.
pub(crate) struct Member<'a> {
    /// What the archive calls it.
    pub name: String,
    pub kind: Kind,
    pub content: &'a mut dyn Read,
}

/// What it is.
pub(crate) enum Kind {
    File,
    Folder,
    Link,
    /// A file that cannot be read, and why.
    Unreadable(String),
}

/// What is done with each member, whose place in the archive is given.
pub(crate) type Visit<'a> = dyn FnMut(usize, Member) -> Result<()> + 'a;
/// Visits all members of the archive at a path.
pub(crate) type Walk = fn(&Path, &mut Visit) -> Result<()>;

/// Reads the pictures of the archive at `path`; `least` must be usable.
pub(crate) fn load(
    path: &Path,
    walk: Walk,
    options: &LoadOptions,
    least: usize,
) -> Result<ImageSet> {
    let length = path
        .metadata()
        .map_err(|source| io_error(path, source))?
        .len();
    let mut listing = Listing::default();
    let mut budget = Budget(gzip::most_bytes(length));
    walk(path, &mut |place, member| {
        listing.add(place, member, &mut budget)
    })?;
    let Listed { files, mut found } = listing.sorted();
    let mut pictures = pictures::Found::default();
    for file in &files {
        pictures.add(&file.candidate, &file.pages);
    }
    found.skipped.append(&mut pictures.broken);
    let (images, pages) = pictures.chosen(options, |chosen| chosen);
    let places = files
        .iter()
        .map(|file| (file.candidate.name.as_str(), file.place))
        .collect();
    let decoded = decode_all(path, walk, &images, &places, options)?;
    let mut set = pictures::gather(
        &images,
        decoded.into_iter(),
        std::mem::take(&mut found.skipped),
        options,
    )?;
    set.notes.extend(pages.into_iter().chain(found.lines()));
    set.passed_over = found.passed_over;
    check_count(path, &set, least, found.other)?;
    Ok(set)
}

/// What has been found in an archive.
#[derive(Default)]
struct Listing {
    files: Vec<Packed>,
    /// Which of them has a name.
    by_name: HashMap<String, usize>,
    /// All names of files, pictures or not.
    names: HashSet<PathBuf>,
    found: walk::Found,
}

/// A file that is worth decoding.
struct Packed {
    candidate: Candidate,
    place: usize,
    pages: Pages,
}

/// The files in natural order, and what there is to say of the others.
struct Listed {
    files: Vec<Packed>,
    found: walk::Found,
}

impl Listing {
    fn add(&mut self, place: usize, member: Member, budget: &mut Budget) -> Result<()> {
        let name = harmless(&member.name);
        let path = PathBuf::from(&name);
        match member.kind {
            _ if name.is_empty() => {}
            Kind::Folder => {}
            Kind::Link => self.found.links_within += 1,
            _ if name.split('/').any(walk::is_hidden) => self.found.passed_over += 1,
            Kind::Unreadable(reason) if decode::is_called_as_image(&path) => {
                self.found.skipped.push(Skipped { path: name, reason });
            }
            Kind::Unreadable(_) => self.found.pass_over(&path),
            Kind::File => {
                return self.add_file(Candidate { name, path }, place, member.content, budget);
            }
        }
        Ok(())
    }

    fn add_file(
        &mut self,
        file: Candidate,
        place: usize,
        content: &mut dyn Read,
        budget: &mut Budget,
    ) -> Result<()> {
        self.names.insert(file.path.clone());
        let mut head = Vec::new();
        // What cannot be read is said of the images alone, where they are decoded.
        let _ = content.take(decode::HEAD).read_to_end(&mut head);
        if !(decode::is_called_as_image(&file.path) || decode::recognise(&head).is_some()) {
            self.found.pass_over(&file.path);
            return Ok(());
        }
        let mut pages = Pages::default();
        if decode::is_tiff(&head) {
            let whole = read(&mut head.chain(content), budget)?.unwrap_or_default();
            pages = Pages::of(Cursor::new(&whole), whole.len() as u64);
        }
        let packed = Packed {
            candidate: file,
            place,
            pages,
        };
        if let Some(&earlier) = self.by_name.get(&packed.candidate.name) {
            // As if it had been unpacked: the later one replaces the earlier.
            self.found.repeated_within += 1;
            self.files[earlier] = packed;
        } else {
            self.by_name
                .insert(packed.candidate.name.clone(), self.files.len());
            self.files.push(packed);
        }
        Ok(())
    }

    fn sorted(mut self) -> Listed {
        let names = &self.names;
        let (own, mut files): (Vec<_>, Vec<_>) = self
            .files
            .into_iter()
            .partition(|file| is_own(&file.candidate.path, |path| names.contains(path)));
        for file in &own {
            self.found.pass_over(&file.candidate.path);
        }
        self.found.own = own.len();
        files.sort_by(|left, right| walk::by_name(&left.candidate, &right.candidate));
        Listed {
            files,
            found: self.found,
        }
    }
}

/// A name that leads nowhere else: below the archive, whatever it says.
fn harmless(name: &str) -> String {
    let inside: Vec<&str> = name
        .split('/')
        .filter(|part| !["", ".", ".."].contains(part))
        .collect();
    inside.join("/")
}

/// Bytes that may still be unpacked.
struct Budget(u64);

impl Budget {
    fn spend(&mut self, bytes: u64) -> Result<()> {
        self.0 = self
            .0
            .checked_sub(bytes)
            .ok_or(InputError::ArchiveTooLarge)?;
        Ok(())
    }
}

/// All bytes of a file, or why they cannot be had.
fn read(
    content: &mut dyn Read,
    budget: &mut Budget,
) -> Result<std::result::Result<Vec<u8>, String>> {
    let mut bytes = Vec::new();
    let read = content.take(decode::MOST_BYTES + 1).read_to_end(&mut bytes);
    let length = bytes.len() as u64;
    budget.spend(length)?;
    let read = read.map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => "cut short".to_owned(),
        _ => format!("damaged: {}", one_line(&error.to_string())),
    });
    Ok(read
        .and_then(|_| decode::check_length(length))
        .map(|()| bytes))
}

/// Decodes the images, each from the file of its name, which has its place in the archive.
fn decode_all(
    path: &Path,
    walk: Walk,
    images: &[Entry],
    places: &HashMap<&str, usize>,
    options: &LoadOptions,
) -> Result<Vec<std::result::Result<Decoded, String>>> {
    let length = path
        .metadata()
        .map_err(|source| io_error(path, source))?
        .len();
    let (mut unpacked, mut weighed) = (
        Budget(gzip::most_bytes(length)),
        Budget(gzip::most_bytes(length)),
    );
    let mut batch = Batch::new(pictures::by_file(images), options);
    let name = |images: &[Entry]| places[images[0].file.name.as_str()];
    let wanted: HashMap<usize, usize> = (0..)
        .zip(&batch.files)
        .map(|(index, images)| (name(images), index))
        .collect();
    walk(path, &mut |place, member| {
        let Some(&file) = wanted.get(&place) else {
            return Ok(());
        };
        let bytes = read(member.content, &mut unpacked)?;
        let weight = bytes.as_ref().map_or(0, |bytes| decode::weight(bytes));
        weighed.spend(weight)?;
        batch.add(file, bytes, weight);
        Ok(())
    })?;
    batch.decode();
    Ok(batch.decoded.into_iter().flatten().collect())
}

/// Files that are decoded together, so that all threads have something to do and little is held at a time.
struct Batch<'a> {
    files: Vec<&'a [Entry<'a>]>,
    options: &'a LoadOptions,
    first_shape: OnceLock<Shape>,
    waiting: Vec<(usize, std::result::Result<Vec<u8>, String>)>,
    weight: u64,
    /// The images of each file.
    decoded: Vec<Vec<std::result::Result<Decoded, String>>>,
}

impl<'a> Batch<'a> {
    fn new(files: Vec<&'a [Entry<'a>]>, options: &'a LoadOptions) -> Self {
        let gone = |images: &&[Entry]| {
            images
                .iter()
                .map(|_| Err("no longer there".to_owned()))
                .collect()
        };
        let decoded = files.iter().map(gone).collect();
        Self {
            files,
            options,
            first_shape: OnceLock::new(),
            waiting: Vec::new(),
            weight: 0,
            decoded,
        }
    }

    fn add(&mut self, file: usize, bytes: std::result::Result<Vec<u8>, String>, weight: u64) {
        self.weight += weight + bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
        self.waiting.push((file, bytes));
        if self.weight > BATCH {
            self.decode();
        }
    }

    fn decode(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let decoded = blocks::map(&waiting, |_, (file, bytes)| {
            pictures::decode_file(bytes, self.files[*file], &self.first_shape, self.options)
        });
        waiting
            .iter()
            .zip(decoded)
            .for_each(|((file, _), decoded)| self.decoded[*file] = decoded);
        self.weight = 0;
    }
}
