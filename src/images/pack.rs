//! Images written as one .npy array, a run at a time, with their names in a file beside it: what is read block by block
//! where memory does not hold it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::folder::one_shape;
use super::pictures::labels;
use super::{Block, ImageSet, Images, LoadOptions, Skipped, folder, format, options};
use crate::basis::Shape;
use crate::error::{InputError, Result, one_line};
use crate::lines;

/// Bytes of the header: the numbers in it are known when all images are.
const HEADER: usize = 128;
/// Bytes of a name: no path is longer.
const LONGEST_NAME: usize = 4096;
/// Images of an array that are written at once.
const RUN: usize = 4096;

/// What was packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// The size of every image.
    pub shape: Shape,
    /// The name of each image.
    pub names: Vec<String>,
    /// Whether values are bytes, or else f32.
    pub are_of_bytes: bool,
    /// Files that look like images and could not be used.
    pub skipped: Vec<Skipped>,
    /// Facts worth one line each.
    pub notes: Vec<String>,
}

/// Writes the images that [`load`](super::load) reads from `path` to an empty `file` as an array, (images, height, width),
/// of bytes where all are 8-bit, or else of f32; of a folder only some images are ever in memory.
///
/// ```
/// use std::io::Cursor;
/// use nmf_images::images::{LoadOptions, pack};
///
/// let mut file = Cursor::new(Vec::new());
/// let packed = pack("assets/digits/3".as_ref(), &LoadOptions::default(), &mut file)?;
/// assert_eq!(file.get_ref().len(), 128 + packed.names.len() * 28 * 28);
/// # Ok::<(), nmf_images::Error>(())
/// ```
///
/// # Errors
/// As [`load`](super::load), if the file cannot be written, and if pixels are to be inverted or unknown, of which an array
/// of bytes says nothing.
pub fn pack(path: &Path, options: &LoadOptions, file: &mut (impl Write + Seek)) -> Result<Packed> {
    options::check(options)?;
    if options.invert || options.mask.is_some() || options.missing.is_some() {
        return Err(InputError::NotPacked.into());
    }
    match write(path, options, true, file)? {
        Some(packed) => Ok(packed),
        None => write(path, options, false, file)?.ok_or_else(|| InputError::NotPacked.into()),
    }
}

/// As bytes or as floats; nothing where an image is finer than bytes.
fn write(path: &Path, options: &LoadOptions, bytes: bool, file: &mut (impl Write + Seek)) -> Result<Option<Packed>> {
    let empty = Shape::new(0, 0);
    let packed =
        Packed { shape: empty, names: Vec::new(), are_of_bytes: bytes, skipped: Vec::new(), notes: Vec::new() };
    let mut writer = Writer { file, packed, is_finer: false };
    writer.seek(0)?;
    writer.put(&[0; HEADER])?;
    if path.is_dir() {
        folder::in_runs(path, options, &mut |set| {
            writer.add(&set.block(0..set.len()), set.shape, &set.names)?;
            writer.remark(set.skipped, set.notes);
            Ok(())
        })?;
    } else {
        let set = format::read(path, options, 1)?;
        for start in (0..set.len()).step_by(RUN) {
            let run = start..set.len().min(start + RUN);
            writer.add(&set.block(run.clone()), set.shape, &set.names[run])?;
        }
        set.check()?;
        writer.remark(set.skipped, set.notes);
    }
    if writer.is_finer { Ok(None) } else { writer.finish(path).map(Some) }
}

struct Writer<'a, F> {
    file: &'a mut F,
    packed: Packed,
    is_finer: bool,
}

impl<F: Write + Seek> Writer<'_, F> {
    fn add(&mut self, block: &Block, shape: Shape, names: &[String]) -> Result<()> {
        self.is_finer |= self.packed.are_of_bytes && matches!(block, Block::F32(_)) && !names.is_empty();
        if self.is_finer || names.is_empty() {
            return Ok(());
        }
        let first = self.packed.names.first().map(|name| (name, self.packed.shape));
        self.packed.shape = one_shape(first.into_iter().chain([(&names[0], shape)]))?;
        match block {
            Block::U8(values) if self.packed.are_of_bytes => self.put(values)?,
            Block::U8(values) => {
                let floats = values.iter().map(|&v| f32::from(v) / 255.0);
                self.put(&floats.flat_map(f32::to_le_bytes).collect::<Vec<u8>>())?;
            }
            Block::F32(values) => self.put(&values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>())?,
        }
        self.packed.names.extend_from_slice(names);
        Ok(())
    }

    fn remark(&mut self, skipped: Vec<Skipped>, notes: Vec<String>) {
        self.packed.skipped.extend(skipped);
        for note in notes {
            if !self.packed.notes.contains(&note) {
                self.packed.notes.push(note);
            }
        }
    }

    fn finish(mut self, path: &Path) -> Result<Packed> {
        if self.packed.names.is_empty() {
            return Err(InputError::NothingToPack(path.to_owned()).into());
        }
        let Shape { width, height } = self.packed.shape;
        let kind = if self.packed.are_of_bytes { "|u1" } else { "<f4" };
        let sides = format!("({}, {height}, {width})", self.packed.names.len());
        let text = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {sides}, }}");
        let start = [&b"\x93NUMPY\x01\x00"[..], &((HEADER - 10) as u16).to_le_bytes()].concat();
        let line = format!("{text:<width$}\n", width = HEADER - start.len() - 1);
        self.seek(0)?;
        self.put(&[start, line.into_bytes()].concat())?;
        self.file.flush().map_err(InputError::Packing)?;
        Ok(self.packed)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.file.write_all(bytes).map_err(InputError::Packing)?)
    }

    fn seek(&mut self, place: u64) -> Result<()> {
        self.file.seek(SeekFrom::Start(place)).map_err(InputError::Packing)?;
        Ok(())
    }
}

impl Packed {
    /// What is written beside the array: a name a line, a line break or backslash within it as `\n` or `\\`.
    #[must_use]
    pub fn lines(&self) -> String {
        self.names.iter().map(|name| lines::escaped(name) + "\n").collect()
    }
}

/// The set with the names, and the labels that follow from them, in the file beside its array, if there is one: it has those
/// images `of` all that the array has.
pub(super) fn named(set: ImageSet, array: &Path, of: (&[usize], usize)) -> ImageSet {
    let (chosen, all) = of;
    let path = array.with_extension("names");
    let file = one_line(&path.file_name().unwrap_or_default().to_string_lossy());
    let (names, note) = match read_names(&path, all) {
        Ok(names) if names.len() == all => {
            let names: Vec<String> = chosen.iter().map(|&image| names[image].clone()).collect();
            (Some(names), format!("names are read from {file}"))
        }
        Ok(names) => (None, format!("{file} is left out: it has {} names for {all} images", names.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return set,
        Err(error) => (None, format!("{file} is left out: {error}")),
    };
    let notes = [set.notes, vec![note]].concat();
    match names {
        Some(names) => ImageSet { labels: labels(&names), names, notes, ..set },
        None => ImageSet { notes, ..set },
    }
}

/// A name a line; no more than so many can take.
fn read_names(path: &Path, images: usize) -> io::Result<Vec<String>> {
    let mut text = String::new();
    File::open(path)?.take((LONGEST_NAME * images) as u64).read_to_string(&mut text)?;
    Ok(text.split_terminator('\n').map(lines::unescaped).collect())
}
