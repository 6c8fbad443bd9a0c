//! The pictures of an archive as one set, as if the archive had been unpacked into a folder. Nothing is unpacked to disk.

use std::collections::{HashMap, HashSet};
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::decode_files::{DecodeResult, FileBytes, decode_file, read_entries};
use super::entries::{Entries, Entry, group_by_file};
use super::own_output::is_own;
use super::walk::{self, Candidate, Listing};
use crate::basis::Shape;
use crate::blocks;
use crate::error::{InputError, Result, one_line};
use crate::images::options::LoadOptions;
use crate::images::reading::common::{DecodingCost, io_error, labels_below_common_folder};
use crate::images::reading::decode::{self, Pages};
use crate::images::reading::input::gzip;
use crate::images::reading::memory_check::check_decoding;
use crate::images::reading::read_set::ReadSet;
use crate::images::reading::request::Request;
use crate::images::set::Skipped;

/// The bytes of files and of their pixels that are decoded at a time.
const BATCH: u64 = 64 << 20;

/// A member of an archive, in the order of the archive.
pub(crate) struct Member<'a> {
    /// The name in the archive.
    pub name: String,
    pub kind: MemberKind,
    /// The bytes of its content, as the archive states them.
    pub size: u64,
    pub content: &'a mut dyn Read,
}

/// The kind of a member.
pub(crate) enum MemberKind {
    File,
    Folder,
    Link,
    /// A file that cannot be read, and the reason.
    Unreadable(String),
}

/// A visitor of members, which gets the index of each in the archive.
pub(crate) type Visit<'a> = dyn FnMut(usize, Member) -> Result<()> + 'a;
/// A function that visits all members of the archive at a path.
pub(crate) type ArchiveWalk = fn(&Path, &mut Visit) -> Result<()>;

/// Reads the pictures of the archive at `path`.
pub(crate) fn read(path: &Path, walk: ArchiveWalk, request: &Request) -> Result<ReadSet> {
    let limit = unpacked_limit(path)?;
    let mut contents = Contents::default();
    let mut budget = Budget(limit);
    walk(path, &mut |place, member| {
        contents.add(place, member, &mut budget)
    })?;
    let largest = contents.largest_cost.take();
    let (files, listing) = contents.sorted();
    let pages: Vec<_> = files
        .iter()
        .map(|file| (&file.candidate, &file.pages))
        .collect();
    let entries = Entries::of_pages(&pages, request);
    entries.check_channel(path, request.options.channel.as_deref())?;
    let places: HashMap<&str, usize> = files
        .iter()
        .map(|file| (file.candidate.name.as_str(), file.place))
        .collect();
    let mut read = read_entries(listing, entries, request, |images| {
        let waiting = largest.map(|cost| with_waiting(cost, images.len()));
        check_decoding(images.len(), images.len(), waiting, request.options)?;
        decode_members(path, walk, images, &places, request.options)
    })?;
    // An archive is often of one folder, which distinguishes no images.
    read.set.labels = labels_below_common_folder(&read.set.names);
    Ok(read)
}

/// Returns the cost of decoding so many images with the files that are read before they are decoded together.
fn with_waiting(cost: DecodingCost, images: usize) -> DecodingCost {
    DecodingCost {
        waiting: BATCH.min(cost.bytes.saturating_mul(images as u64)),
        ..cost
    }
}

/// Returns how many bytes the archive at `path` may be unpacked to.
fn unpacked_limit(path: &Path) -> Result<u64> {
    let metadata = path.metadata().map_err(|source| io_error(path, source))?;
    Ok(gzip::most_bytes(metadata.len()))
}

/// The contents of an archive.
#[derive(Default)]
struct Contents {
    files: Vec<PackedFile>,
    /// The index of each file by its name.
    by_name: HashMap<String, usize>,
    /// The names of all files, pictures or not.
    names: HashSet<PathBuf>,
    listing: Listing,
    /// The bytes of the largest file that was measured.
    largest_file: u64,
    /// What decoding the largest of the measured files takes.
    largest_cost: Option<DecodingCost>,
}

/// An image file in an archive.
struct PackedFile {
    candidate: Candidate,
    /// Its index in the archive.
    place: usize,
    pages: Pages,
}

/// A file that is about to be read.
struct MemberFile<'a> {
    candidate: Candidate,
    /// Its length in bytes.
    size: u64,
    content: &'a mut dyn Read,
}

impl Contents {
    fn add(&mut self, place: usize, member: Member, budget: &mut Budget) -> Result<()> {
        let name = inside_archive(&member.name);
        let path = PathBuf::from(&name);
        match member.kind {
            _ if name.is_empty() => {}
            MemberKind::Folder => {}
            MemberKind::Link => self.listing.archive_links += 1,
            _ if name.split('/').any(walk::is_hidden) => self.listing.passed_over += 1,
            MemberKind::Unreadable(reason) if decode::has_image_extension(&path) => {
                self.listing.skipped.push(Skipped { path: name, reason });
            }
            MemberKind::Unreadable(_) => self.listing.ignore(&path),
            MemberKind::File => {
                let file = Candidate { name, path };
                let file = MemberFile {
                    candidate: file,
                    size: member.size,
                    content: member.content,
                };
                return self.add_file(file, place, budget);
            }
        }
        Ok(())
    }

    fn add_file(&mut self, file: MemberFile, place: usize, budget: &mut Budget) -> Result<()> {
        let MemberFile {
            candidate: file,
            size,
            content,
        } = file;
        self.names.insert(file.path.clone());
        let mut head = Vec::new();
        // If an image cannot be read, its decoding fails.
        let _ = content.take(decode::HEAD).read_to_end(&mut head);
        if !(decode::has_image_extension(&file.path) || decode::is_image(&file.path, &head)) {
            self.listing.ignore(&file.path);
            return Ok(());
        }
        let mut pages = Pages::default();
        let has_pages = decode::has_pages(&file.path, &head);
        if has_pages || size > self.largest_file {
            let whole = read_member(&mut head.chain(content), budget)?.unwrap_or_default();
            self.measure(&whole, size);
            if has_pages {
                pages = Pages::of(Cursor::new(&whole), whole.len() as u64);
            }
        }
        let packed = PackedFile {
            candidate: file,
            place,
            pages,
        };
        if let Some(&earlier) = self.by_name.get(&packed.candidate.name) {
            // As when unpacking, the later file replaces the earlier one.
            self.listing.repeated_names += 1;
            self.files[earlier] = packed;
        } else {
            self.by_name
                .insert(packed.candidate.name.clone(), self.files.len());
            self.files.push(packed);
        }
        Ok(())
    }

    /// Measures a file. Images of one size differ little in the bytes of their files, so that the files larger than all before
    /// are enough.
    fn measure(&mut self, whole: &[u8], size: u64) {
        self.largest_file = self.largest_file.max(size);
        let costs = [self.largest_cost, decode::cost_in_memory(whole)];
        self.largest_cost = costs.into_iter().flatten().reduce(DecodingCost::max);
    }

    /// Returns the files in natural order without pictures of earlier runs, and what else the archive holds.
    fn sorted(mut self) -> (Vec<PackedFile>, Listing) {
        let names = &self.names;
        let (own, mut files): (Vec<_>, Vec<_>) = self
            .files
            .into_iter()
            .partition(|file| is_own(&file.candidate.path, |path| names.contains(path)));
        for file in &own {
            self.listing.ignore(&file.candidate.path);
        }
        self.listing.own_pictures = own.len();
        files.sort_by(|left, right| walk::by_name(&left.candidate, &right.candidate));
        (files, self.listing)
    }
}

/// Returns a name without parts that would lead out of the archive.
fn inside_archive(name: &str) -> String {
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

/// Reads all bytes of a member, or returns why they cannot be read.
///
/// # Errors
/// If the budget is spent.
fn read_member(content: &mut dyn Read, budget: &mut Budget) -> Result<FileBytes> {
    let mut bytes = Vec::new();
    let read = content.take(decode::MOST_BYTES + 1).read_to_end(&mut bytes);
    let length = bytes.len() as u64;
    budget.spend(length)?;
    if let Err(error) = read {
        return Ok(Err(match error.kind() {
            io::ErrorKind::UnexpectedEof => "truncated".to_owned(),
            _ => format!("damaged: {}", one_line(&error.to_string())),
        }));
    }
    Ok(decode::check_length(length).map(|()| bytes))
}

/// Decodes images whose files have these `places` in the archive.
fn decode_members(
    path: &Path,
    walk: ArchiveWalk,
    images: &[Entry],
    places: &HashMap<&str, usize>,
    options: &LoadOptions,
) -> Result<Vec<DecodeResult>> {
    let limit = unpacked_limit(path)?;
    let (mut unpacked, mut decoded) = (Budget(limit), Budget(limit));
    let mut batch = Batch::new(group_by_file(images), options);
    let wanted: HashMap<usize, usize> = batch
        .files
        .iter()
        .enumerate()
        .map(|(index, images)| (places[images[0].file.name.as_str()], index))
        .collect();
    walk(path, &mut |place, member| {
        let Some(&file) = wanted.get(&place) else {
            return Ok(());
        };
        let bytes = read_member(member.content, &mut unpacked)?;
        let decoded_bytes = bytes
            .as_ref()
            .map_or(0, |bytes| decode::decoded_bytes(bytes));
        decoded.spend(decoded_bytes)?;
        batch.add(file, bytes, decoded_bytes);
        Ok(())
    })?;
    batch.decode();
    Ok(batch.decoded.into_iter().flatten().collect())
}

/// Files that are decoded together, so that all threads are busy while few files are in memory.
struct Batch<'a> {
    files: Vec<&'a [Entry<'a>]>,
    options: &'a LoadOptions,
    first_shape: OnceLock<Shape>,
    waiting: Vec<(usize, FileBytes)>,
    /// Bytes of the waiting files and of their decoded pixels.
    waiting_bytes: u64,
    /// The images of each file.
    decoded: Vec<Vec<DecodeResult>>,
}

impl<'a> Batch<'a> {
    fn new(files: Vec<&'a [Entry<'a>]>, options: &'a LoadOptions) -> Self {
        // Until the member of each file is visited again.
        let decoded = files
            .iter()
            .map(|images| missing_images(images.len()))
            .collect();
        Self {
            files,
            options,
            first_shape: OnceLock::new(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            decoded,
        }
    }

    fn add(&mut self, file: usize, bytes: FileBytes, decoded_bytes: u64) {
        self.waiting_bytes += decoded_bytes + bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
        self.waiting.push((file, bytes));
        if self.waiting_bytes > BATCH {
            self.decode();
        }
    }

    fn decode(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let decoded = blocks::map(&waiting, |_, (file, bytes)| {
            decode_file(bytes, self.files[*file], &self.first_shape, self.options)
        });
        for ((file, _), decoded) in waiting.iter().zip(decoded) {
            self.decoded[*file] = decoded;
        }
        self.waiting_bytes = 0;
    }
}

/// Returns the results of images whose file is not there when it is to be decoded.
fn missing_images(images: usize) -> Vec<DecodeResult> {
    (0..images)
        .map(|_| Err("no longer exists".to_owned()))
        .collect()
}
