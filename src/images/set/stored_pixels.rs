//! Pixels that stay in their file and are read block by block.

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::Disk;
use crate::error::Result;
use crate::kernel::Block;
use crate::npy::Conversion;

/// How much memory pixels may take, and where a fit stores the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// Bytes of memory. Sets that take more than a quarter stay in their file, since a fit holds pixels three times.
    pub bytes: u64,
    /// The folder for a temporary file of up to four times the size of the pixels, which is removed when a fit ends.
    pub scratch: PathBuf,
}

impl Memory {
    /// Checks whether pixels of so many bytes must stay in their file.
    pub(crate) fn is_exceeded_by(&self, bytes: u64) -> bool {
        bytes > self.bytes / 4
    }

    /// Returns how many images of so many bytes are held beside what is done with them.
    pub(crate) fn room(&self, image: u64) -> usize {
        (self.bytes / 4 / image.max(1)) as usize
    }
}

/// Bytes that are read at a time to be converted; an image that is larger is read at once.
const PIECE: usize = 1 << 20;

/// The pixels of a set in its file.
#[derive(Debug, Clone)]
pub struct StoredPixels {
    disk: Arc<Disk>,
    layout: Layout,
    /// The indices of the images of the set; `None` if it has all.
    chosen: Option<Arc<[usize]>>,
    /// The value that inverting makes black; `None` if pixels are not inverted.
    white: Option<f32>,
    memory: Memory,
    /// How many images memory holds.
    room: usize,
}

/// The layout of an array of images in a file, one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) images: usize,
    pub(crate) pixels: usize,
    /// How values become pixels.
    pub(crate) conversion: Conversion,
    /// The offset of the first image in bytes.
    pub(crate) start: u64,
}

impl Layout {
    /// Returns the size of so many images in bytes.
    pub(crate) fn bytes_of(&self, images: usize) -> u64 {
        (images * self.pixels * self.value()) as u64
    }

    /// Returns the size of a value in bytes.
    fn value(&self) -> usize {
        self.conversion.encoding.size()
    }
}

impl PartialEq for StoredPixels {
    fn eq(&self, other: &Self) -> bool {
        let same = Arc::ptr_eq(&self.disk, &other.disk) && self.layout == other.layout;
        same && self.chosen == other.chosen && self.white == other.white
    }
}

impl StoredPixels {
    /// Returns all images of an array in a file, of which memory holds `room`.
    pub(crate) fn new(disk: Arc<Disk>, layout: Layout, memory: Memory, room: usize) -> Self {
        Self {
            disk,
            layout,
            chosen: None,
            white: None,
            memory,
            room,
        }
    }

    /// Returns the number of images.
    pub(crate) fn images(&self) -> usize {
        self.chosen
            .as_ref()
            .map_or(self.layout.images, |chosen| chosen.len())
    }

    /// Returns the folder for temporary files.
    pub(crate) fn scratch(&self) -> &Path {
        &self.memory.scratch
    }

    /// Returns the bytes of a value in the file.
    pub(crate) fn value_bytes(&self) -> u64 {
        self.layout.value() as u64
    }

    /// Returns how many images memory holds.
    pub(crate) fn room(&self) -> usize {
        self.room
    }

    /// Checks that all pixels could be read.
    pub(crate) fn check(&self) -> Result<()> {
        self.disk.check()
    }

    /// Returns some of the images.
    pub(crate) fn select(&self, images: &[usize]) -> Self {
        let chosen = match &self.chosen {
            Some(chosen) => images.iter().map(|&image| chosen[image]).collect(),
            None => images.into(),
        };
        Self {
            chosen: Some(chosen),
            ..self.clone()
        }
    }

    /// Inverts the pixels, and returns the value that becomes black.
    pub(crate) fn invert(&mut self, white: f32) -> f32 {
        let are_of_bytes = self.layout.conversion.is_to_bytes();
        let white = if are_of_bytes { 1.0 } else { white };
        *self.white.insert(white)
    }

    /// Reads a range of images.
    pub(crate) fn block(&self, images: Range<usize>) -> Block<'static> {
        if self.layout.conversion.is_to_bytes() {
            Block::U8(Cow::Owned(self.bytes(images)))
        } else {
            Block::F32(Cow::Owned(self.floats(images)))
        }
    }

    fn bytes(&self, images: Range<usize>) -> Vec<u8> {
        let conversion = self.layout.conversion;
        let mut pixels = if conversion.is_identity() {
            self.read(images)
        } else {
            self.converted(images, |stored, pixels| conversion.bytes(stored, pixels))
        };
        if self.white.is_some() {
            for value in &mut pixels {
                *value = 255 - *value;
            }
        }
        pixels
    }

    fn floats(&self, images: Range<usize>) -> Vec<f32> {
        let conversion = self.layout.conversion;
        let mut pixels = self.converted(images, |stored, pixels| conversion.floats(stored, pixels));
        if let Some(white) = self.white {
            for value in &mut pixels {
                *value = (white - *value).max(0.0);
            }
        }
        pixels
    }

    /// Reads a range of images, a piece at a time, and converts their values.
    fn converted<T>(&self, images: Range<usize>, convert: impl Fn(&[u8], &mut Vec<T>)) -> Vec<T> {
        let mut pixels = Vec::with_capacity(images.len() * self.layout.pixels);
        let piece = (PIECE / (self.layout.pixels * self.layout.value())).max(1);
        for start in images.clone().step_by(piece) {
            let stored = self.read(start..images.end.min(start + piece));
            convert(&stored, &mut pixels);
        }
        pixels
    }

    /// Reads the bytes of a range of images.
    fn read(&self, images: Range<usize>) -> Vec<u8> {
        let Layout { start, pixels, .. } = self.layout;
        let row = pixels * self.layout.value();
        let mut bytes = vec![0; images.len() * row];
        match &self.chosen {
            None => self
                .disk
                .read(start + (images.start * row) as u64, &mut bytes),
            Some(chosen) => {
                for (&image, bytes) in chosen[images].iter().zip(bytes.chunks_mut(row)) {
                    self.disk.read(start + (image * row) as u64, bytes);
                }
            }
        }
        bytes
    }
}
