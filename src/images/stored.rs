//! Pixels that stay in their file and are read block by block; where that file is one array of bytes or floats.

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::array::select;
use super::shared::{self, Shared};
use super::{Block, ImageSet, Images, LoadOptions, Mask, Order, Pixels, faults};
use crate::basis::Shape;
use crate::communicator::{any, propagate_error};
use crate::disk::Disk;
use crate::error::{Error, InputError, Result};
use crate::kernel::{BlockReader, Known, Matrix, Scratch, Source};

/// How much of the pixels may be in memory, and where the rest goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// Bytes for all that is held at once. Sets that take more than a quarter of them stay in their file, since a fit has
    /// pixels three times.
    pub bytes: u64,
    /// A folder for a file of up to four times the size of the pixels, which is gone when a fit ends.
    pub scratch: PathBuf,
}

impl Memory {
    /// Whether pixels of so many bytes are to stay in their file.
    fn is_exceeded_by(&self, bytes: u64) -> bool {
        bytes > self.bytes / 4
    }
}

/// Where the pixels of a set begin in its file, and what they are.
#[derive(Debug, Clone)]
pub struct StoredPixels {
    disk: Arc<Disk>,
    layout: Layout,
    /// The images that are taken of all; every one where there is none.
    chosen: Option<Arc<[usize]>>,
    /// What dark and bright are exchanged about.
    white: Option<f32>,
    memory: Memory,
}

/// An array of images in a file, one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) images: usize,
    pub(super) pixels: usize,
    pub(super) are_of_bytes: bool,
    /// Bytes before the first.
    pub(super) start: u64,
}

impl Layout {
    fn bytes(&self) -> u64 {
        (self.images * self.pixels * self.value()) as u64
    }

    fn value(&self) -> usize {
        if self.are_of_bytes {
            size_of::<u8>()
        } else {
            size_of::<f32>()
        }
    }
}

/// The set of an array that is to stay in its file; none where it fits memory.
///
/// # Errors
/// If what is asked for can only be done in memory, and if a value is negative or not finite.
pub(super) fn set(
    path: &Path,
    shape: Shape,
    layout: Layout,
    options: &LoadOptions,
) -> Result<Option<ImageSet>> {
    let Some(memory) = options
        .memory
        .as_ref()
        .filter(|memory| memory.is_exceeded_by(layout.bytes()))
    else {
        return Ok(None);
    };
    let asked = [
        (options.size.is_some_and(|size| size != shape), "--size"),
        (options.missing.is_some(), "--missing"),
        (options.order == Order::Column, "--order column"),
    ];
    if let Some((_, asked)) = asked.iter().find(|(is_asked, _)| *is_asked) {
        return Err(InputError::LargerThanMemory {
            bytes: layout.bytes(),
            memory: memory.bytes,
            asked,
        }
        .into());
    }
    let disk = Arc::new(Disk::open(path)?);
    let pixels = StoredPixels {
        disk,
        layout,
        chosen: None,
        white: None,
        memory: memory.clone(),
    };
    Ok(Some(ImageSet::named_by_index(
        shape,
        Pixels::Stored(pixels),
    )))
}

/// The set of some of its images, which are to stay in the file; none where they fit memory.
///
/// # Errors
/// As [`set`].
pub(super) fn some(
    path: &Path,
    shape: Shape,
    layout: Layout,
    chosen: &[usize],
    options: &LoadOptions,
) -> Result<Option<ImageSet>> {
    let bytes = Layout {
        images: chosen.len(),
        ..layout
    }
    .bytes();
    if !options
        .memory
        .as_ref()
        .is_some_and(|memory| memory.is_exceeded_by(bytes))
    {
        return Ok(None);
    }
    let set = set(path, shape, layout, options)?.map(|set| select(&set, chosen));
    set.map(|set| in_memory_if_it_fits(set, options))
        .transpose()
}

/// The set in memory where there is room for what is left of it; otherwise it is checked where it is, and says so.
pub(super) fn in_memory_if_it_fits(set: ImageSet, options: &LoadOptions) -> Result<ImageSet> {
    let (Pixels::Stored(stored), Some(memory)) = (&set.pixels, &options.memory) else {
        return Ok(set);
    };
    let layout = Layout {
        images: stored.images(),
        ..stored.layout
    };
    if !memory.is_exceeded_by(layout.bytes()) {
        return set.into_memory();
    }
    faults::check(&set, set.mask())?;
    set.check()?;
    let note = format!(
        "{:.1} GB of pixels stay in the file and are read block by block",
        layout.bytes() as f64 / 1e9
    );
    Ok(ImageSet {
        notes: [set.notes, vec![note]].concat(),
        ..set
    })
}

impl PartialEq for StoredPixels {
    fn eq(&self, other: &Self) -> bool {
        let same = Arc::ptr_eq(&self.disk, &other.disk) && self.layout == other.layout;
        same && self.chosen == other.chosen && self.white == other.white
    }
}

impl StoredPixels {
    pub(super) fn images(&self) -> usize {
        self.chosen
            .as_ref()
            .map_or(self.layout.images, |chosen| chosen.len())
    }

    pub(super) fn scratch(&self) -> &Path {
        &self.memory.scratch
    }

    /// How many images there is room for in memory.
    pub(super) fn room(&self) -> usize {
        let image = self.layout.pixels * self.layout.value();
        (self.memory.bytes / 4 / image as u64) as usize
    }

    pub(super) fn check(&self) -> Result<()> {
        self.disk.check()
    }

    /// Those of the images.
    pub(super) fn select(&self, images: &[usize]) -> Self {
        let of = |&image: &usize| self.chosen.as_ref().map_or(image, |chosen| chosen[image]);
        Self {
            chosen: Some(images.iter().map(of).collect()),
            ..self.clone()
        }
    }

    /// Exchanges dark and bright, and tells what becomes black.
    pub(super) fn invert(&mut self, white: f32) -> f32 {
        let white = if self.layout.are_of_bytes { 1.0 } else { white };
        *self.white.insert(white)
    }

    /// The images of a range.
    pub(super) fn block(&self, images: Range<usize>) -> Block<'static> {
        let row = self.layout.pixels * self.layout.value();
        let mut bytes = vec![0; images.len() * row];
        match &self.chosen {
            None => self
                .disk
                .read(self.layout.start + (images.start * row) as u64, &mut bytes),
            Some(chosen) => {
                for (&image, bytes) in chosen[images].iter().zip(bytes.chunks_mut(row)) {
                    self.disk
                        .read(self.layout.start + (image * row) as u64, bytes);
                }
            }
        }
        if self.layout.are_of_bytes {
            if self.white.is_some() {
                for value in &mut bytes {
                    *value = 255 - *value;
                }
            }
            return Block::U8(Cow::Owned(bytes));
        }
        let mut floats: Vec<f32> = bytes
            .as_chunks()
            .0
            .iter()
            .map(|&bytes| f32::from_le_bytes(bytes))
            .collect();
        if let Some(white) = self.white {
            for value in &mut floats {
                *value = (white - *value).max(0.0);
            }
        }
        Block::F32(Cow::Owned(floats))
    }
}

/// Images as the kernel reads them: all at once where they are in memory, block by block where they are not.
pub(crate) struct Reading<'a, I> {
    images: &'a I,
    whole: Option<Block<'a>>,
    mask: Option<Cow<'a, Mask>>,
    scratch: Option<Arc<Scratch>>,
    /// Whether any process reads while it learns.
    is_late: bool,
}

impl<'a, I: Images> Reading<'a, I> {
    /// # Errors
    /// If none of what is to be read block by block can be kept beside memory, by any process.
    pub(crate) fn new(images: &'a I) -> Result<Self> {
        let scratch = images
            .scratch()
            .map(|folder| Scratch::new(folder).map(Arc::new))
            .transpose();
        let scratch = propagate_error(images.communicator(), scratch)?;
        let whole = scratch.is_none().then(|| images.block(0..images.len()));
        let is_late = any(images.communicator(), &[scratch.is_some()])[0];
        Ok(Self {
            images,
            whole,
            mask: shared::mask(images),
            scratch,
            is_late,
        })
    }

    /// Which pixels are known, where any process has unknown ones.
    pub(crate) fn mask(&self) -> Option<&Mask> {
        self.mask.as_deref()
    }

    /// The pixel matrix, of all processes.
    ///
    /// # Errors
    /// If there is no image, if nothing is known, or if a known value of any process is negative, not finite, or too large
    /// or small to be worked with.
    pub(crate) fn shared(&self) -> Result<Shared<'_>> {
        let communicator = self.images.communicator();
        Shared::new(propagate_error(communicator, self.share())?, communicator)
    }

    /// The pixel matrix of this process.
    fn share(&self) -> Result<Matrix<'_>> {
        let (shape, mask) = (self.images.shape(), self.mask());
        if let Some(block) = &self.whole {
            return block.share(shape, mask);
        }
        let (images, pixels) = (self.images.len(), shape.pixels());
        mask.map_or(Ok(()), |mask| mask.check((images, pixels)))?;
        faults::check(self.images, mask)?;
        let known = mask.map(|mask| Known::new(mask.bits(), mask.pixels()));
        Ok(Matrix {
            source: Source::Stored(self),
            images,
            pixels,
            known,
            scratch: self.scratch.as_ref(),
        })
    }

    /// Whether something could not be read or written by any process, so that it is in vain to go on.
    pub(crate) fn has_failed(&self) -> bool {
        let communicator = self.images.communicator();
        (self.is_late || communicator.size() == 1) && any(communicator, &[self.check().is_err()])[0]
    }

    /// Whether all was read and written that this process asked for; until then nothing that came of it is to be believed.
    ///
    /// # Errors
    /// If a file could not be read or written.
    pub(crate) fn check(&self) -> Result<()> {
        self.images.check()?;
        self.scratch
            .as_ref()
            .map_or(Ok(()), |scratch| scratch.check())
    }
}

impl<I: Images> BlockReader for Reading<'_, I> {
    fn read(&self, images: Range<usize>) -> Block<'_> {
        self.images.block(images)
    }
}

impl Block<'_> {
    /// All images of a source, as the kernel sees them.
    ///
    /// # Errors
    /// If there is none, or a known value is negative, not finite, or too large or small to be worked with.
    pub(crate) fn matrix<'a>(&'a self, shape: Shape, mask: Option<&'a Mask>) -> Result<Matrix<'a>> {
        let x = self.share(shape, mask)?;
        if x.images == 0 {
            return Err(Error::NoPixels);
        }
        mask.map_or(Ok(()), Mask::check_known)?;
        Ok(x)
    }

    /// The same of a share of the images, which may be none, or wholly unknown.
    ///
    /// # Errors
    /// If a known value is negative, not finite, or too large or small to be worked with.
    fn share<'a>(&'a self, shape: Shape, mask: Option<&'a Mask>) -> Result<Matrix<'a>> {
        let (source, len) = match self {
            Block::U8(bytes) => (Source::U8(bytes), bytes.len()),
            Block::F32(floats) => (Source::F32(floats), floats.len()),
        };
        let (images, pixels) = (len / shape.pixels(), shape.pixels());
        mask.map_or(Ok(()), |mask| mask.check((images, pixels)))?;
        if let Block::F32(floats) = self {
            faults::check_values(shape, floats, mask)?;
        }
        let known = mask.map(|mask| Known::new(mask.bits(), mask.pixels()));
        Ok(Matrix {
            source,
            images,
            pixels,
            known,
            scratch: None,
        })
    }
}
