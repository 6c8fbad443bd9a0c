//! Images written as one .npy array, a run at a time, with their names in a file beside it: what is read block by block
//! where memory does not hold it.

use std::io::{BufRead, Seek, Write};
use std::path::Path;

use super::files::walk::Found;
use super::files::{folder, list};
use super::formats::detect;
use super::options::{self, LoadOptions};
use super::set::{Images, Skipped, one_shape, unit};
use crate::basis::Shape;
use crate::error::{InputError, Result};
use crate::kernel::Block;
use crate::{names, npy};

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
    write(&Input::Path(path), options, file)
}

/// The same of the image files that `list` names, one path a line, as [`load_listed`](super::load_listed) reads them; `name`
/// is what errors call the list.
///
/// # Errors
/// As [`pack`], and if the list cannot be read or is no text.
pub fn pack_listed(
    name: &Path,
    list: impl BufRead,
    options: &LoadOptions,
    file: &mut (impl Write + Seek),
) -> Result<Packed> {
    detect::check(name, None, options)?;
    write(
        &Input::Listed(name, list::paths(name, list)?),
        options,
        file,
    )
}

/// Where the images are.
enum Input<'a> {
    Path(&'a Path),
    /// At the paths in a list.
    Listed(&'a Path, Vec<String>),
}

impl Input<'_> {
    fn name(&self) -> &Path {
        match self {
            Self::Path(path) | Self::Listed(path, _) => path,
        }
    }

    /// Image files of which only some are to be in memory; none where the input is another one.
    fn files(&self) -> Result<Option<Found>> {
        Ok(match self {
            Self::Path(path) if path.is_dir() => Some(Found::below(path)?),
            Self::Path(_) => None,
            Self::Listed(_, paths) => {
                let candidates = paths
                    .iter()
                    .map(|path| folder::named_by_path(path.as_ref()))
                    .collect();
                Some(Found::of(candidates))
            }
        })
    }
}

fn write(input: &Input, options: &LoadOptions, file: &mut (impl Write + Seek)) -> Result<Packed> {
    options::check(options)?;
    if options.invert || options.mask.is_some() || options.missing.is_some() {
        return Err(InputError::NotPacked.into());
    }
    let mut packed = write_as(true, input, options, file)?;
    if packed.is_none() {
        packed = write_as(false, input, options, file)?;
    }
    let packed = packed.filter(|packed| !packed.names.is_empty());
    packed.ok_or_else(|| InputError::NothingToPack(input.name().to_owned()).into())
}

/// As bytes or as floats; nothing where bytes are asked for and an image is finer.
fn write_as(
    are_of_bytes: bool,
    input: &Input,
    options: &LoadOptions,
    file: &mut (impl Write + Seek),
) -> Result<Option<Packed>> {
    let (names, skipped, notes) = (Vec::new(), Vec::new(), Vec::new());
    let packed = Packed {
        shape: Shape::new(0, 0),
        names,
        are_of_bytes,
        skipped,
        notes,
    };
    let mut writer = Writer {
        file,
        packed,
        is_finer: false,
    };
    writer.put_header()?;
    if let Some(found) = input.files()? {
        folder::in_runs(found, options, &mut |set| {
            writer.add(&set.block(0..set.len()), set.shape, &set.names)?;
            writer.remark(set.skipped, set.notes);
            Ok(())
        })?;
    } else {
        let set = detect::read(input.name(), options, 1)?;
        for start in (0..set.len()).step_by(RUN) {
            let run = start..set.len().min(start + RUN);
            writer.add(&set.block(run.clone()), set.shape, &set.names[run])?;
        }
        set.check()?;
        writer.remark(set.skipped, set.notes);
    }
    // Only now is it known how many there are.
    writer.put_header()?;
    Ok((!writer.is_finer).then_some(writer.packed))
}

struct Writer<'a, F> {
    file: &'a mut F,
    packed: Packed,
    is_finer: bool,
}

impl<F: Write + Seek> Writer<'_, F> {
    fn add(&mut self, block: &Block, shape: Shape, names: &[String]) -> Result<()> {
        self.is_finer |=
            self.packed.are_of_bytes && matches!(block, Block::F32(_)) && !names.is_empty();
        if self.is_finer || names.is_empty() {
            return Ok(());
        }
        let first = self
            .packed
            .names
            .first()
            .map(|name| (name, self.packed.shape));
        self.packed.shape = one_shape(first.into_iter().chain([(&names[0], shape)]))?;
        match block {
            Block::U8(values) if self.packed.are_of_bytes => self.put(values)?,
            Block::U8(values) => {
                let floats = values.iter().map(|&value| unit(value));
                self.put(&floats.flat_map(f32::to_le_bytes).collect::<Vec<u8>>())?;
            }
            Block::F32(values) => self.put(
                &values
                    .iter()
                    .flat_map(|v| v.to_le_bytes())
                    .collect::<Vec<u8>>(),
            )?,
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

    /// Writes the header, of as many images as there are by now, to the beginning.
    fn put_header(&mut self) -> Result<()> {
        let Shape { height, width } = self.packed.shape;
        let descr = if self.packed.are_of_bytes {
            "|u1"
        } else {
            "<f4"
        };
        self.file.rewind().map_err(InputError::Packing)?;
        self.put(&npy::header(
            descr,
            &[self.packed.names.len(), height, width],
        ))
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.file.write_all(bytes).map_err(InputError::Packing)?)
    }
}

impl Packed {
    /// What is written beside the array: a name a line, a line break or backslash within it as `\n` or `\\`.
    #[must_use]
    pub fn lines(&self) -> String {
        self.names
            .iter()
            .map(|name| names::escaped(name) + "\n")
            .collect()
    }
}
