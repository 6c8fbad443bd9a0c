//! Pixels that stay in their file and are read block by block.

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::Disk;
use crate::error::Result;
use crate::kernel::Block;

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
    pub(crate) fn is_exceeded_by(&self, bytes: u64) -> bool {
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
pub(crate) struct Layout {
    pub(crate) images: usize,
    pub(crate) pixels: usize,
    pub(crate) are_of_bytes: bool,
    /// Bytes before the first.
    pub(crate) start: u64,
}

impl Layout {
    pub(crate) fn bytes(&self) -> u64 {
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

impl PartialEq for StoredPixels {
    fn eq(&self, other: &Self) -> bool {
        let same = Arc::ptr_eq(&self.disk, &other.disk) && self.layout == other.layout;
        same && self.chosen == other.chosen && self.white == other.white
    }
}

impl StoredPixels {
    /// All images of an array in a file.
    pub(crate) fn new(disk: Arc<Disk>, layout: Layout, memory: Memory) -> Self {
        Self {
            disk,
            layout,
            chosen: None,
            white: None,
            memory,
        }
    }

    /// Where its images lie, and how many there are.
    pub(crate) fn layout(&self) -> Layout {
        Layout {
            images: self.images(),
            ..self.layout
        }
    }

    pub(crate) fn images(&self) -> usize {
        self.chosen
            .as_ref()
            .map_or(self.layout.images, |chosen| chosen.len())
    }

    pub(crate) fn scratch(&self) -> &Path {
        &self.memory.scratch
    }

    /// How many images there is room for in memory.
    pub(crate) fn room(&self) -> usize {
        let image = self.layout.pixels * self.layout.value();
        (self.memory.bytes / 4 / image as u64) as usize
    }

    pub(crate) fn check(&self) -> Result<()> {
        self.disk.check()
    }

    /// Those of the images.
    pub(crate) fn select(&self, images: &[usize]) -> Self {
        let of = |&image: &usize| self.chosen.as_ref().map_or(image, |chosen| chosen[image]);
        Self {
            chosen: Some(images.iter().map(of).collect()),
            ..self.clone()
        }
    }

    /// Exchanges dark and bright, and tells what becomes black.
    pub(crate) fn invert(&mut self, white: f32) -> f32 {
        let white = if self.layout.are_of_bytes { 1.0 } else { white };
        *self.white.insert(white)
    }

    /// The images of a range.
    pub(crate) fn block(&self, images: Range<usize>) -> Block<'static> {
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
