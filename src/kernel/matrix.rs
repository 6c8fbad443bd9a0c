//! The pixel matrix, wherever its pixels are, and sums over it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::known_bits::Known;
use super::scratch::Scratch;
use crate::blocks;

/// A run of consecutive images, one after another, each row by row; borrowed from memory or read for the caller.
#[derive(Debug, Clone)]
pub enum Block<'a> {
    /// The value `v` stands for `v / 255`.
    U8(Cow<'a, [u8]>),
    /// Values as they are.
    F32(Cow<'a, [f32]>),
}

/// Where the pixels are, one image after another.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    U8(&'a [u8]),
    F32(&'a [f32]),
    Stored(&'a dyn BlockReader),
}

/// Images that are read whenever they are needed.
pub(crate) trait BlockReader: Sync {
    /// The images of a range.
    fn read(&self, images: Range<usize>) -> Block<'_>;
}

/// The pixel matrix. What is unknown adds to no sum, whatever stands there.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) images: usize,
    pub(crate) pixels: usize,
    /// Which values are known; all where there is none.
    pub(crate) known: Option<Known<'a>>,
    /// The file for what is made of it; memory where there is none.
    pub(crate) scratch: Option<&'a Arc<Scratch>>,
}

/// Images whose sums one task forms.
pub(crate) const IMAGES_A_TASK: usize = 256;

impl<'a> Matrix<'a> {
    /// The value that stands for 1.
    pub(crate) fn unit(&self) -> f64 {
        match self.block(0..0) {
            Block::U8(_) => 255.0,
            Block::F32(_) => 1.0,
        }
    }

    /// The images of a range, one after another.
    pub(crate) fn block(&self, images: Range<usize>) -> Block<'a> {
        let values = images.start * self.pixels..images.end * self.pixels;
        match self.source {
            Source::U8(bytes) => Block::U8(Cow::Borrowed(&bytes[values])),
            Source::F32(floats) => Block::F32(Cow::Borrowed(&floats[values])),
            Source::Stored(stored) => stored.read(images),
        }
    }

    /// The images of a list, one after another.
    pub(crate) fn gathered(&self, images: &[u32]) -> Block<'a> {
        let mut blocks = runs(images).map(|run| self.block(run));
        let first = blocks.next().unwrap_or_else(|| self.block(0..0));
        blocks.fold(first, |all, block| match (all, block) {
            (Block::U8(mut all), Block::U8(bytes)) => {
                all.to_mut().extend_from_slice(&bytes);
                Block::U8(all)
            }
            (Block::F32(mut all), Block::F32(floats)) => {
                all.to_mut().extend_from_slice(&floats);
                Block::F32(all)
            }
            (all, _) => all,
        })
    }

    /// Runs of images, each of which one task looks at.
    fn tasks(&self) -> Vec<Range<usize>> {
        let starts = (0..self.images).step_by(IMAGES_A_TASK);
        starts
            .map(|start| start..self.images.min(start + IMAGES_A_TASK))
            .collect()
    }

    /// One image, values as they are meant; 0 where they are unknown.
    pub(crate) fn image(&self, index: usize) -> Vec<f32> {
        let mut values: Vec<f32> = match self.block(index..index + 1) {
            Block::U8(bytes) => bytes.iter().map(|&v| f32::from(v) / 255.0).collect(),
            Block::F32(floats) => floats.into_owned(),
        };
        if let Some(known) = self.known {
            known.image(index).clear_unknown(&mut values);
        }
        values
    }

    /// How many values are 0.
    pub(crate) fn zeros(&self) -> usize {
        let zeros = |_, images: &Range<usize>| match self.block(images.clone()) {
            Block::U8(bytes) => self.count(images, &bytes, |v| v == 0),
            Block::F32(floats) => self.count(images, &floats, |v| v == 0.0),
        };
        blocks::map(&self.tasks(), zeros).iter().sum()
    }

    fn count<T: Copy>(
        &self,
        images: &Range<usize>,
        values: &[T],
        is_counted: impl Fn(T) -> bool,
    ) -> usize {
        let Some(known) = self.known else {
            return values.iter().map(|&v| usize::from(is_counted(v))).sum();
        };
        let images = images.clone().zip(values.chunks(self.pixels));
        images
            .map(|(index, image)| {
                known
                    .image(index)
                    .of(image)
                    .filter(|&&v| is_counted(v))
                    .count()
            })
            .sum()
    }

    /// How many images know each pixel.
    pub(crate) fn pixel_counts(&self) -> Vec<usize> {
        let Some(known) = self.known else {
            return vec![self.images; self.pixels];
        };
        let mut counts = vec![0; self.pixels];
        for index in 0..self.images {
            known
                .image(index)
                .of(&mut counts)
                .for_each(|count| *count += 1);
        }
        counts
    }

    /// The sum of the squares of consecutive images, values as they are in memory.
    pub(super) fn squares(&self, images: Range<usize>) -> f64 {
        match self.block(images.clone()) {
            Block::U8(bytes) => {
                self.sum_images(images, &bytes, byte_squares, |&v| f64::from(v).powi(2))
            }
            Block::F32(floats) => {
                self.sum_images(images, &floats, float_squares, |&v| f64::from(v).powi(2))
            }
        }
    }

    fn sum_images<T>(
        &self,
        images: Range<usize>,
        values: &[T],
        whole: impl Fn(&[T]) -> f64,
        of: impl Fn(&T) -> f64,
    ) -> f64 {
        let images = images.zip(values.chunks(self.pixels));
        let sum = |(index, image)| match self.known {
            None => whole(image),
            Some(known) => known.image(index).of(image).map(&of).sum(),
        };
        images.map(sum).sum()
    }

    /// The sum of each pixel over all images, values as they are in memory, as the shares of runs of images.
    pub(crate) fn pixel_sum_shares(&self) -> Vec<Vec<f64>> {
        blocks::map(&self.tasks(), |_, images| {
            match self.block(images.clone()) {
                Block::U8(bytes) => {
                    self.sum_pixels(images, &bytes, |sum: u32, value| sum + u32::from(value))
                }
                Block::F32(floats) => {
                    self.sum_pixels(images, &floats, |sum: f64, value| sum + f64::from(value))
                }
            }
        })
    }

    fn sum_pixels<T: Copy, S: Copy + Default + Into<f64>>(
        &self,
        images: &Range<usize>,
        values: &[T],
        add: impl Fn(S, T) -> S,
    ) -> Vec<f64> {
        let mut sums = vec![S::default(); self.pixels];
        for (index, image) in images.clone().zip(values.chunks(self.pixels)) {
            let pairs = sums.iter_mut().zip(image);
            match self.known {
                None => pairs.for_each(|(sum, &value)| *sum = add(*sum, value)),
                Some(known) => known
                    .image(index)
                    .of(pairs)
                    .for_each(|(sum, &value)| *sum = add(*sum, value)),
            }
        }
        sums.into_iter().map(Into::into).collect()
    }

    /// The images of which any pixel is known: of the others there is nothing to learn.
    pub(crate) fn known_images(&self) -> Vec<u32> {
        let any = |index: &u32| {
            self.known
                .is_none_or(|known| known.image(*index as usize).count() > 0)
        };
        (0..self.images as u32).filter(any).collect()
    }
}

/// The runs of consecutive images in a list.
pub(super) fn runs(images: &[u32]) -> impl Iterator<Item = Range<usize>> {
    images
        .chunk_by(|a, b| a + 1 == *b)
        .map(|run| run[0] as usize..run[0] as usize + run.len())
}

/// The sum of the squares, in whole numbers as long as they fit.
fn byte_squares(bytes: &[u8]) -> f64 {
    let run = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|&v| u32::from(v) * u32::from(v))
            .sum::<u32>()
    };
    bytes
        .chunks(1 << 16)
        .map(|bytes| f64::from(run(bytes)))
        .sum()
}

fn float_squares(floats: &[f32]) -> f64 {
    floats.iter().map(|&v| f64::from(v) * f64::from(v)).sum()
}
