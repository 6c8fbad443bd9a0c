//! Packing of images into one .npy array, one run of images at a time. The array can be read block by block if memory does
//! not hold it.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Seek, Write};
use std::path::{Path, PathBuf};

use super::common::check;
use super::common::{SameSize, common_size, has_names_file};
use super::files::walk::Listing;
use super::files::{folder, list};
use super::formats::detect;
use super::label_names::read_all;
use super::min_count::{Found, check_found, first_of_skipped};
use super::read_set::{FileFacts, ReadSet};
use super::request::Request;
use crate::basis::Shape;
use crate::error::{InputError, Result};
use crate::images::options::LoadOptions;
use crate::images::set::unit::unit;
use crate::images::set::{ImageSet, Images, Skipped};
use crate::kernel::Block;
use crate::npy::Header;
use crate::{disk, names, npy};

/// Images of an array that are written at a time.
const RUN: usize = 4096;
/// Bytes that are written at a time.
const PIECE: usize = 1 << 20;

/// The images that were packed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Packed {
    /// The size of every image.
    pub shape: Shape,
    /// The name of each image.
    pub names: Vec<String>,
    /// The type of the values.
    pub values: ValueType,
    /// Files that look like images and cannot be used.
    pub skipped: Vec<Skipped>,
    /// Notes about the images, one line each.
    pub notes: Vec<String>,
}

/// The type of the values of a packed array, the smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueType {
    /// Integers of 8 bits, of which 255 is white.
    Bytes,
    /// Integers of 16 bits, of which 65,535 is white.
    Shorts,
    /// Floats of 32 bits.
    Floats,
}

/// Writes the images that [`load`](super::load) reads from `path` to an empty `file` as an array, (images, height, width),
/// of bytes if all images are 8-bit, of u16 if integers of 16 bits represent every value exactly, or else of f32. Only some images of a folder are in memory at a time.
///
/// ```
/// use std::io::Cursor;
/// use nmf_images::images::{LoadOptions, pack};
///
/// # let folder = std::env::temp_dir().join("packed-images");
/// # std::fs::create_dir_all(&folder)?;
/// # std::fs::write(folder.join("a.pgm"), "P2 2 1 255 0 9")?;
/// # std::fs::write(folder.join("b.pgm"), "P2 2 1 255 9 0")?;
/// let mut file = Cursor::new(Vec::new());
/// let packed = pack(&folder, &LoadOptions::default(), &mut file)?;
/// // A header, and one byte per pixel.
/// assert_eq!(file.get_ref().len(), 128 + packed.names.len() * 2);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`load`](super::load), if the file cannot be written, and if the options invert images or make pixels unknown, which
/// an array of bytes cannot represent.
pub fn pack(path: &Path, options: &LoadOptions, file: &mut (impl Write + Seek)) -> Result<Packed> {
    write(&PackInput::Path(path), options, file)
}

/// Packs the image files that `list` names, one path per line, as [`load_listed`](super::load_listed) reads them; `name` is
/// the name of the list in errors.
///
/// # Errors
/// As [`pack`], and if the list cannot be read or is not text.
pub fn pack_listed(
    name: &Path,
    list: impl BufRead,
    options: &LoadOptions,
    file: &mut (impl Write + Seek),
) -> Result<Packed> {
    detect::check(name, None, options)?;
    write(
        &PackInput::Listed(name, list::paths(name, list)?),
        options,
        file,
    )
}

/// Checks whether `array` is an array of images with a file of as many names beside it, as [`pack`] leaves both.
#[must_use]
pub fn is_packed(array: &Path) -> bool {
    let header = disk::open_file(array).ok().and_then(|file| {
        let length = file.metadata().ok()?.len();
        Header::read(&mut BufReader::new(file), length).ok()
    });
    let images = header.and_then(|header| header.shape.first().copied());
    images.is_some_and(|images| has_names_file(array, images))
}

/// The input that is packed.
enum PackInput<'a> {
    Path(&'a Path),
    /// A list of this name with these paths.
    Listed(&'a Path, Vec<PathBuf>),
}

impl PackInput<'_> {
    /// Returns the name of the input in errors.
    fn name(&self) -> &Path {
        match self {
            Self::Path(path) | Self::Listed(path, _) => path,
        }
    }

    /// Returns the image files of a folder or list; `None` for any other input.
    fn files(&self) -> Result<Option<Listing>> {
        Ok(match self {
            Self::Path(path) if path.is_dir() => Some(Listing::below(path)?),
            Self::Path(_) => None,
            Self::Listed(_, paths) => Some(Listing::of(folder::named_by_paths(paths))),
        })
    }
}

/// Packs an input.
fn write(
    input: &PackInput,
    options: &LoadOptions,
    file: &mut (impl Write + Seek),
) -> Result<Packed> {
    check(options)?;
    if options.invert || options.mask.is_some() || options.missing.is_some() {
        return Err(InputError::NotPacked.into());
    }
    let (mut packed, needed) = write_as(ValueType::Bytes, input, options, file)?;
    if needed > ValueType::Bytes {
        (packed, _) = write_as(needed, input, options, file)?;
    }
    Ok(packed)
}

impl ValueType {
    /// Returns the smallest type that represents a block exactly.
    fn of(block: &Block) -> Self {
        match block {
            Block::U8(_) => Self::Bytes,
            Block::F32(values) if values.iter().all(|&value| short(value).is_some()) => {
                Self::Shorts
            }
            Block::F32(_) => Self::Floats,
        }
    }

    /// Returns the type as spelled in headers.
    fn descr(self) -> &'static str {
        match self {
            Self::Bytes => "|u1",
            Self::Shorts => "<u2",
            Self::Floats => "<f4",
        }
    }
}

/// Returns the integer of 16 bits from which a value is read back exactly; `None` if there is none.
fn short(value: f32) -> Option<u16> {
    let nearest = (value * 65535.0).round();
    let is_exact = (0.0..=65535.0).contains(&nearest)
        && (nearest / 65535.0).partial_cmp(&value) == Some(Ordering::Equal);
    is_exact.then_some(nearest as u16)
}

/// Packs an input as values of a type, and returns the type that is needed for all of them; the array is complete unless
/// that is a larger one.
fn write_as(
    values: ValueType,
    input: &PackInput,
    options: &LoadOptions,
    file: &mut (impl Write + Seek),
) -> Result<(Packed, ValueType)> {
    let mut writer = ArrayWriter::new(file, values);
    writer.put_header()?;
    let request = Request::of_all(options, 1);
    if let Some(listing) = input.files()? {
        folder::read_in_runs(input.name(), listing, &request, &mut |run| {
            writer.add_run(run)
        })?;
        if writer.needed <= writer.values {
            writer.check_count(input.name(), request.needed)?;
        }
    } else {
        writer.add_set(read_all(input.name(), &request)?)?;
    }
    // Only now is the number of images known.
    writer.put_header()?;
    let file_notes = writer.facts.file_notes(options);
    writer.packed.notes.splice(0..0, file_notes);
    Ok((writer.packed, writer.needed))
}

/// Checks that all pixels are known.
fn check_known(set: &ImageSet) -> Result<()> {
    let mask = set.mask.as_ref();
    let unknown = mask.and_then(|mask| {
        (0..set.len())
            .find(|&image| (0..set.shape.pixels()).any(|pixel| !mask.is_known(image, pixel)))
    });
    match unknown {
        Some(image) => Err(InputError::UnknownNotPacked(set.names[image].clone()).into()),
        None => Ok(()),
    }
}

/// A writer of one array.
struct ArrayWriter<'a, F> {
    file: &'a mut F,
    packed: Packed,
    values: ValueType,
    /// The type that the images so far need.
    needed: ValueType,
    facts: FileFacts,
    /// The files of a folder that are not images, by extension.
    ignored: BTreeMap<String, usize>,
}

impl<'a, F: Write + Seek> ArrayWriter<'a, F> {
    fn new(file: &'a mut F, values: ValueType) -> Self {
        Self {
            file,
            packed: Packed {
                shape: Shape::new(0, 0),
                names: Vec::new(),
                values,
                skipped: Vec::new(),
                notes: Vec::new(),
            },
            values,
            needed: ValueType::Bytes,
            facts: FileFacts::default(),
            ignored: BTreeMap::new(),
        }
    }

    /// Writes a set, one run of images at a time, and keeps what is reported of it.
    fn add_set(&mut self, set: ImageSet) -> Result<()> {
        check_known(&set)?;
        for start in (0..set.len()).step_by(RUN) {
            let run = start..set.len().min(start + RUN);
            self.add(&set.block(run.clone()), set.shape, &set.names[run])?;
        }
        set.check()?;
        self.packed.skipped = set.skipped;
        self.packed.notes = set.notes;
        Ok(())
    }

    /// Writes a run of images, and keeps what is reported of it.
    fn add_run(&mut self, run: ReadSet) -> Result<()> {
        let set = run.set;
        check_known(&set)?;
        self.add(&set.block(0..set.len()), set.shape, &set.names)?;
        self.facts.add(run.facts);
        self.packed.skipped.extend(set.skipped);
        self.packed.notes.extend(set.notes);
        self.ignored.extend(run.ignored.unwrap_or_default());
        Ok(())
    }

    /// Checks that there is an image.
    fn check_count(&self, name: &Path, needed: usize) -> Result<()> {
        let found = Found {
            usable: self.packed.names.len(),
            skipped: self.packed.skipped.len(),
            first: first_of_skipped(&self.packed.skipped),
            ignored: Some(&self.ignored),
        };
        check_found(name, needed, found)
    }

    /// Writes a block of images.
    fn add(&mut self, block: &Block, shape: Shape, names: &[String]) -> Result<()> {
        if names.is_empty() {
            return Ok(());
        }
        self.needed = self.needed.max(ValueType::of(block));
        if self.needed > self.values {
            return Ok(());
        }
        let first = self
            .packed
            .names
            .first()
            .map(|name| SameSize::one(name, self.packed.shape));
        let sizes = first.into_iter().chain([SameSize::one(&names[0], shape)]);
        self.packed.shape = common_size(sizes)?;
        match (block, self.values) {
            (Block::U8(values), ValueType::Bytes) => self.put(values)?,
            (Block::U8(values), _) => {
                let floats = values.iter().map(|&value| unit(value));
                self.put_floats(floats)?;
            }
            (Block::F32(values), _) => self.put_floats(values.iter().copied())?,
        }
        self.packed.names.extend_from_slice(names);
        Ok(())
    }

    /// Writes the header for the images so far to the beginning of the file.
    fn put_header(&mut self) -> Result<()> {
        let Shape { height, width } = self.packed.shape;
        self.file.rewind().map_err(InputError::Packing)?;
        self.put(&npy::header(
            self.values.descr(),
            &[self.packed.names.len(), height, width],
        ))
    }

    /// Writes values as integers of 16 bits or as floats, some at a time.
    fn put_floats(&mut self, values: impl Iterator<Item = f32>) -> Result<()> {
        let mut bytes = Vec::with_capacity(PIECE);
        for value in values {
            if self.values == ValueType::Shorts {
                bytes.extend(short(value).unwrap_or_default().to_le_bytes());
            } else {
                bytes.extend(value.to_le_bytes());
            }
            if bytes.len() == PIECE {
                self.put(&bytes)?;
                bytes.clear();
            }
        }
        self.put(&bytes)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.file.write_all(bytes).map_err(InputError::Packing)?)
    }
}

impl Packed {
    /// Returns the text of the file beside the array: one name per line, with line breaks and backslashes escaped as `\n` and
    /// `\\`.
    #[must_use]
    pub fn lines(&self) -> String {
        self.names
            .iter()
            .map(|name| names::escaped(name) + "\n")
            .collect()
    }
}
