//! Images as a source of blocks: where pixels come from and how they are kept, not what is learned from them.

use std::borrow::Cow;
use std::ops::Range;

use ndarray::Array2;

use crate::basis::Shape;

/// Pixels as they were on disk, one image a row, (images, pixels).
#[derive(Debug, Clone, PartialEq)]
pub enum Pixels {
    /// 8-bit files; the value `v` stands for `v / 255`.
    U8(Array2<u8>),
    /// Everything finer; values as they are.
    F32(Array2<f32>),
}

/// A run of consecutive images, one after another, each row by row; borrowed from memory or read for the caller.
#[derive(Debug, Clone)]
pub enum Block<'a> {
    /// The value `v` stands for `v / 255`.
    U8(Cow<'a, [u8]>),
    /// Values as they are.
    F32(Cow<'a, [f32]>),
}

/// A source of images that an algorithm reads block by block, wherever the pixels live.
pub trait Images: Sync {
    /// How many images there are.
    fn len(&self) -> usize;

    /// The size of every image.
    fn shape(&self) -> Shape;

    /// The images `rows`.
    fn block(&self, rows: Range<usize>) -> Block<'_>;

    /// Whether there is no image at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A set of images in memory: pixels, what they are called, and what was left out.
#[derive(Debug, Clone)]
pub struct ImageSet {
    /// The pixels, (images, pixels).
    pub pixels: Pixels,
    /// The size of every image.
    pub shape: Shape,
    /// The name of each image: its path below the input folder.
    pub names: Vec<String>,
}
