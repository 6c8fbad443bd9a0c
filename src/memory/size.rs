//! The sizes of a set of images, and of the buffers that hold it.

/// Rows of a panel.
pub(crate) const PANEL: u64 = 64;
/// Images that are read at a time to cut pixels into panels on disk.
pub(crate) const RUN: u64 = 4096;
/// Bytes of a file that are read at a time to be converted.
pub(super) const PIECE: u64 = 1 << 20;
/// Bytes of the name of an image and its place among all, while models are learned.
const NAME: u64 = 72;
/// The most images on which ranks are tried.
pub(crate) const MOST_TRIED_IMAGES: u64 = 2000;
/// The most pixels on which ranks are tried.
pub(crate) const MOST_TRIED_PIXELS: u64 = 4096;

/// The sizes of a set of images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SetSize {
    /// The number of images of this process.
    pub images: u64,
    /// The number of images of all processes.
    pub whole_images: u64,
    /// The number of pixels per image.
    pub pixels: u64,
    /// Bytes of a pixel in memory: 1, or 4.
    pub value_bytes: u64,
    /// Bytes of a pixel in the file, if it is an array of values.
    pub stored_bytes: u64,
    /// How often all pixels are held while they are read, their final place included.
    pub reading_copies: u64,
    /// Bytes that decoding the largest image takes beside its pixels in the set.
    pub decoding: u64,
    /// Bytes of the files that wait in memory to be decoded.
    pub waiting: u64,
    /// Whether pixels are unknown.
    pub is_masked: bool,
}

/// Where the pixels of a set are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// In memory.
    InMemory,
    /// In their file, read block by block.
    InFile,
}

impl SetSize {
    /// Returns the bytes of all pixels in memory.
    pub(crate) fn bytes(&self) -> u64 {
        self.images * self.pixels * self.value_bytes
    }

    /// Returns the bytes of the pixels in panels of images and, transposed, in panels of pixels.
    pub(super) fn panel_bytes(&self) -> u64 {
        let (images, pixels) = (padded(self.images), padded(self.pixels));
        (images * self.pixels + self.images * pixels) * self.value_bytes
    }

    /// Returns the bytes of the index of columns in panels on disk: one per column and panel, and its place in the file.
    pub(super) fn index_bytes(&self) -> u64 {
        let columns =
            padded(self.images) / PANEL * self.pixels + padded(self.pixels) / PANEL * self.images;
        columns + columns / 4
    }

    /// Returns the bytes of so many images that are read at a time, with a piece of them as it is stored.
    pub(super) fn block_bytes(&self, images: u64) -> u64 {
        self.images.min(images) * self.pixels * self.value_bytes
            + PIECE.max(self.pixels * self.stored_bytes)
    }

    /// Returns the bytes of the marks of known pixels: of the set, and of the panels of both kinds.
    pub(super) fn mask_bytes(&self) -> u64 {
        if self.is_masked {
            3 * padded(self.images) * padded(self.pixels) / 8
        } else {
            0
        }
    }

    /// Returns the bytes of the names of the images.
    pub(super) fn name_bytes(&self) -> u64 {
        self.images * NAME
    }

    /// Returns the size of the part on which ranks are tried.
    pub(super) fn tried(&self) -> Self {
        Self {
            pixels: self.pixels.min(MOST_TRIED_PIXELS),
            ..self.part(self.images.min(MOST_TRIED_IMAGES))
        }
    }

    /// Returns the size of so many of these images alone.
    pub(super) fn part(&self, images: u64) -> Self {
        Self {
            images,
            whole_images: images,
            ..*self
        }
    }
}

/// Returns a number of rows rounded up to whole panels.
pub(super) fn padded(rows: u64) -> u64 {
    rows.div_ceil(PANEL) * PANEL
}

/// What the ladder shows, as far as its memory depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LadderSize {
    /// The number of images.
    pub images: u64,
    /// The number of ranks.
    pub ranks: u64,
    /// The largest rank.
    pub largest_rank: u64,
}

impl LadderSize {
    /// Four images at 1, 4, 9, 16, 25, 36 and 49 parts and eigenimages.
    pub const USUAL: Self = Self {
        images: 4,
        ranks: 7,
        largest_rank: 49,
    };

    /// Returns the values per pixel of the images, each with two reconstructions at every rank.
    pub(super) fn values(self) -> u64 {
        self.images * (1 + 2 * self.ranks)
    }
}
