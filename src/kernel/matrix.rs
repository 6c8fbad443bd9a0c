//! The pixel matrix X, wherever its pixels are, and sums over it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::known_bits::KnownBits;
use super::layout::RUN;
use super::row_squares::normalise;
use super::scratch::Scratch;
use crate::blocks;
use crate::memory;

/// Consecutive images, one after another, each row by row; borrowed from memory or read for the
/// caller.
#[derive(Debug, Clone)]
pub enum Block<'a> {
    /// Bytes; the value `v` represents `v / 255`.
    U8(Cow<'a, [u8]>),
    /// Normalised values.
    F32(Cow<'a, [f32]>),
}

impl Block<'_> {
    /// Returns where the pixels are.
    pub(crate) fn source(&self) -> Source<'_> {
        match self {
            Self::U8(bytes) => Source::U8(bytes),
            Self::F32(floats) => Source::F32(floats),
        }
    }

    /// Returns some of the images of the block, of so many pixels each.
    pub(super) fn part(&self, images: Range<usize>, pixels: usize) -> Block<'_> {
        let values = images.start * pixels..images.end * pixels;
        match self {
            Self::U8(bytes) => Block::U8(Cow::Borrowed(&bytes[values])),
            Self::F32(floats) => Block::F32(Cow::Borrowed(&floats[values])),
        }
    }

    /// Returns image `index` of the block, of so many pixels, normalised.
    pub(crate) fn image(&self, index: usize, pixels: usize) -> Vec<f32> {
        let values = index * pixels..(index + 1) * pixels;
        match self {
            Self::U8(bytes) => bytes[values]
                .iter()
                .map(|&v| f32::from(v) / 255.0)
                .collect(),
            Self::F32(floats) => floats[values].to_vec(),
        }
    }

    /// Returns image `index` of the block, of so many pixels, normalised; bytes are converted into `buffer`.
    pub(crate) fn image_in<'a>(
        &'a self,
        index: usize,
        pixels: usize,
        buffer: &'a mut Vec<f32>,
    ) -> &'a [f32] {
        let values = index * pixels..(index + 1) * pixels;
        match self {
            Self::U8(bytes) => {
                buffer.resize(pixels, 0.0);
                normalise(&bytes[values], buffer);
                buffer
            }
            Self::F32(floats) => &floats[values],
        }
    }
}

/// Where the pixels are, one image after another.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    U8(&'a [u8]),
    F32(&'a [f32]),
    Stored(&'a dyn BlockReader),
}

/// Images that are read each time they are needed.
pub(crate) trait BlockReader: Sync {
    /// Reads a range of images.
    fn read(&self, images: Range<usize>) -> Block<'_>;
}

/// The pixel matrix, (images, pixels). Unknown values do not take part in any sum.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) images: usize,
    pub(crate) pixels: usize,
    /// The known values; `None` if all are known.
    pub(crate) known: Option<KnownBits<'a>>,
    /// The file for the panels; `None` to keep them in memory.
    pub(crate) scratch: Option<&'a Arc<Scratch>>,
}

/// Images per task: partial sums over images are formed for so many at a time.
pub(crate) const IMAGES_PER_TASK: usize = memory::BLOCK as usize;
const _: () = assert!(
    RUN.is_multiple_of(IMAGES_PER_TASK),
    "no task extends over two runs, which may be on two ranks"
);

impl<'a> Matrix<'a> {
    /// Returns the value in memory that represents 1.
    pub(crate) fn unit(&self) -> f64 {
        if self.is_bytes() { 255.0 } else { 1.0 }
    }

    /// Returns whether values are bytes.
    pub(crate) fn is_bytes(&self) -> bool {
        matches!(self.block(0..0), Block::U8(_))
    }

    /// Returns a range of images, one after another.
    pub(crate) fn block(&self, images: Range<usize>) -> Block<'a> {
        let values = images.start * self.pixels..images.end * self.pixels;
        match self.source {
            Source::U8(bytes) => Block::U8(Cow::Borrowed(&bytes[values])),
            Source::F32(floats) => Block::F32(Cow::Borrowed(&floats[values])),
            Source::Stored(stored) => stored.read(images),
        }
    }

    /// Returns a list of images, one after another.
    pub(crate) fn gathered(&self, images: &[u32]) -> Block<'a> {
        let mut blocks = consecutive(images).map(|range| self.block(range));
        let mut all = blocks.next().unwrap_or_else(|| self.block(0..0));
        for block in blocks {
            match (&mut all, block) {
                (Block::U8(all), Block::U8(bytes)) => all.to_mut().extend_from_slice(&bytes),
                (Block::F32(all), Block::F32(floats)) => all.to_mut().extend_from_slice(&floats),
                // A source has values of one type.
                _ => {}
            }
        }
        all
    }

    /// Returns the images of each task.
    fn tasks(&self) -> Vec<Range<usize>> {
        let starts = (0..self.images).step_by(IMAGES_PER_TASK);
        starts
            .map(|start| start..self.images.min(start + IMAGES_PER_TASK))
            .collect()
    }

    /// Returns the normalised values of one image; 0 where they are unknown.
    pub(crate) fn image(&self, index: usize) -> Vec<f32> {
        let mut values = self.block(index..index + 1).image(0, self.pixels);
        if let Some(known) = self.known {
            known.image(index).clear_unknown(&mut values);
        }
        values
    }

    /// Returns the number of known values that are 0.
    pub(crate) fn zeros(&self) -> usize {
        let counts = blocks::map(&self.tasks(), |_, images| {
            match self.block(images.clone()) {
                Block::U8(bytes) => self.count(images, &bytes, |v| v == 0),
                Block::F32(floats) => self.count(images, &floats, |v| v == 0.0),
            }
        });
        counts.iter().sum()
    }

    /// Returns how many known values of some images satisfy a condition.
    fn count<T: Copy>(
        &self,
        images: &Range<usize>,
        values: &[T],
        is_counted: impl Fn(T) -> bool,
    ) -> usize {
        let Some(known) = self.known else {
            return values.iter().map(|&v| usize::from(is_counted(v))).sum();
        };
        let mut count = 0;
        for (index, image) in images.clone().zip(values.chunks(self.pixels)) {
            let values = known.image(index).of(image);
            count += values.filter(|&&v| is_counted(v)).count();
        }
        count
    }

    /// Returns the number of images in which each pixel is known, (pixels).
    pub(crate) fn pixel_counts(&self) -> Vec<usize> {
        let Some(known) = self.known else {
            return vec![self.images; self.pixels];
        };
        let mut counts = vec![0; self.pixels];
        for index in 0..self.images {
            for count in known.image(index).of(&mut counts) {
                *count += 1;
            }
        }
        counts
    }

    /// Returns the sum of squares of each of the images in a block, of values as they are in memory.
    pub(super) fn image_squares(&self, images: &[u32], block: &Block) -> Vec<f64> {
        match block {
            Block::U8(bytes) => self.squares_of(images, bytes, byte_squares),
            Block::F32(floats) => self.squares_of(images, floats, float_squares),
        }
    }

    /// Returns the sum of squares of each image; `of_image` returns that of an image without unknown values.
    fn squares_of<T: Copy + Into<f64>>(
        &self,
        images: &[u32],
        values: &[T],
        of_image: impl Fn(&[T]) -> f64,
    ) -> Vec<f64> {
        let images = images.iter().zip(values.chunks(self.pixels));
        let squares = images.map(|(&index, image)| match self.known {
            None => of_image(image),
            Some(known) => {
                let values = known.image(index as usize).of(image);
                values.map(|&value| Into::<f64>::into(value).powi(2)).sum()
            }
        });
        squares.collect()
    }

    /// Returns the sum of each pixel over all images, of values as they are in memory, as partial sums
    /// of tasks: (tasks) times (pixels).
    pub(crate) fn partial_pixel_sums(&self) -> Vec<Vec<f64>> {
        blocks::map(&self.tasks(), |_, images| {
            let indices: Vec<u32> = (images.start as u32..images.end as u32).collect();
            self.pixel_sums(&indices, &self.block(images.clone()))
        })
    }

    /// Returns the sum of each pixel over the images in a block, of values as they are in memory, (pixels).
    pub(super) fn pixel_sums(&self, images: &[u32], block: &Block) -> Vec<f64> {
        match block {
            Block::U8(bytes) => {
                self.sum_pixels(images, bytes, |sum: u32, value| sum + u32::from(value))
            }
            Block::F32(floats) => {
                self.sum_pixels(images, floats, |sum: f64, value| sum + f64::from(value))
            }
        }
    }

    /// Returns the sum over images of each pixel times the multiple of its image, normalised, for each task, all values being
    /// known.
    pub(crate) fn partial_multiple_sums(&self, multiples: &[f64]) -> Vec<Vec<f64>> {
        blocks::map(&self.tasks(), |_, images| {
            let (block, mut buffer) = (self.block(images.clone()), Vec::new());
            let mut sums = vec![0.0; self.pixels];
            for (index, multiple) in multiples[images.clone()].iter().enumerate() {
                let image = block.image_in(index, self.pixels, &mut buffer);
                for (sum, &value) in sums.iter_mut().zip(image) {
                    *sum += multiple * f64::from(value);
                }
            }
            sums
        })
    }

    fn sum_pixels<T: Copy, S: Copy + Default + Into<f64>>(
        &self,
        images: &[u32],
        values: &[T],
        add: impl Fn(S, T) -> S,
    ) -> Vec<f64> {
        let mut sums = vec![S::default(); self.pixels];
        for (&index, image) in images.iter().zip(values.chunks(self.pixels)) {
            let pairs = sums.iter_mut().zip(image);
            match self.known {
                None => pairs.for_each(|(sum, &value)| *sum = add(*sum, value)),
                Some(known) => known
                    .image(index as usize)
                    .of(pairs)
                    .for_each(|(sum, &value)| *sum = add(*sum, value)),
            }
        }
        sums.into_iter().map(Into::into).collect()
    }

    /// Returns the images that have at least one known pixel; the others carry no information.
    pub(crate) fn known_images(&self) -> Vec<u32> {
        let images = 0..self.images as u32;
        match self.known {
            None => images.collect(),
            Some(known) => images
                .filter(|&index| known.image(index as usize).count() > 0)
                .collect(),
        }
    }
}

/// Returns the ranges of consecutive images in a list.
fn consecutive(images: &[u32]) -> impl Iterator<Item = Range<usize>> {
    images
        .chunk_by(|a, b| a + 1 == *b)
        .map(|range| range[0] as usize..range[0] as usize + range.len())
}

/// Returns the sum of squares, in integers as long as they fit.
pub(crate) fn byte_squares(bytes: &[u8]) -> f64 {
    let mut sum = 0.0;
    for bytes in bytes.chunks(1 << 16) {
        let squares = bytes.iter().map(|&v| u32::from(v) * u32::from(v));
        sum += f64::from(squares.sum::<u32>());
    }
    sum
}

/// Returns the sum of squares.
fn float_squares(floats: &[f32]) -> f64 {
    floats.iter().map(|&v| f64::from(v) * f64::from(v)).sum()
}
