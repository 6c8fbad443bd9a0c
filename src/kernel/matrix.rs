//! The pixel matrix as it lies in memory, and sums over it.

use super::known::Known;
use crate::blocks;

/// Pixels as they lie in memory, one image after another.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    U8(&'a [u8]),
    F32(&'a [f32]),
}

/// The pixel matrix as it lies in memory. What is unknown adds to no sum, whatever stands there.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) images: usize,
    pub(crate) pixels: usize,
    /// Which values are known; all where there is none.
    pub(crate) known: Option<Known<'a>>,
}

/// Images whose sums one task forms.
pub(super) const IMAGES_A_TASK: usize = 256;

impl Matrix<'_> {
    /// The value that stands for 1.
    pub(crate) fn unit(&self) -> f64 {
        match self.source {
            Source::U8(_) => 255.0,
            Source::F32(_) => 1.0,
        }
    }

    /// One image, values as they are meant; 0 where they are unknown.
    pub(crate) fn image(&self, index: usize) -> Vec<f32> {
        let range = index * self.pixels..(index + 1) * self.pixels;
        let mut values: Vec<f32> = match self.source {
            Source::U8(bytes) => bytes[range].iter().map(|&v| f32::from(v) / 255.0).collect(),
            Source::F32(floats) => floats[range].to_vec(),
        };
        if let Some(known) = self.known {
            known.image(index).clear_unknown(&mut values);
        }
        values
    }

    /// How many values are 0.
    pub(crate) fn zeros(&self) -> usize {
        match self.source {
            Source::U8(bytes) => self.sum_images(bytes, |v| v == 0),
            Source::F32(floats) => self.sum_images(floats, |v| v == 0.0),
        }
    }

    fn sum_images<T: Copy>(&self, values: &[T], is_counted: impl Fn(T) -> bool) -> usize {
        let Some(known) = self.known else { return values.iter().map(|&v| usize::from(is_counted(v))).sum() };
        let images = values.chunks(self.pixels).enumerate();
        images.map(|(index, image)| known.image(index).of(image).filter(|&&v| is_counted(v)).count()).sum()
    }

    /// How many images know each pixel.
    pub(crate) fn pixel_counts(&self) -> Vec<usize> {
        let Some(known) = self.known else { return vec![self.images; self.pixels] };
        let mut counts = vec![0; self.pixels];
        for index in 0..self.images {
            known.image(index).of(&mut counts).for_each(|count| *count += 1);
        }
        counts
    }

    /// The sum of the squares of one image, values as they are in memory.
    pub(super) fn squares(&self, index: usize) -> f64 {
        let range = index * self.pixels..(index + 1) * self.pixels;
        let square = |value: f64| value * value;
        match (self.source, self.known) {
            (Source::U8(bytes), None) => byte_squares(&bytes[range]),
            (Source::F32(floats), None) => float_squares(&floats[range]),
            (Source::U8(bytes), Some(known)) => known.image(index).of(&bytes[range]).map(|&v| square(v.into())).sum(),
            (Source::F32(floats), Some(known)) => {
                known.image(index).of(&floats[range]).map(|&v| square(v.into())).sum()
            }
        }
    }

    /// The sum of each pixel over all images, values as they are in memory, as the shares of runs of images.
    pub(crate) fn pixel_sum_shares(&self) -> Vec<Vec<f64>> {
        match self.source {
            Source::U8(bytes) => self.sum_runs(bytes, |sum: u32, value| sum + u32::from(value)),
            Source::F32(floats) => self.sum_runs(floats, |sum: f64, value| sum + f64::from(value)),
        }
    }

    fn sum_runs<T: Copy + Sync, S: Copy + Default + Into<f64>>(
        &self,
        values: &[T],
        add: impl Fn(S, T) -> S + Sync,
    ) -> Vec<Vec<f64>> {
        let tasks: Vec<&[T]> = values.chunks(self.pixels * IMAGES_A_TASK).collect();
        blocks::map(&tasks, |task, values| {
            let mut sums = vec![S::default(); self.pixels];
            for (row, image) in values.chunks(self.pixels).enumerate() {
                let pairs = sums.iter_mut().zip(image);
                match self.known {
                    None => pairs.for_each(|(sum, &value)| *sum = add(*sum, value)),
                    Some(known) => {
                        let known = known.image(task * IMAGES_A_TASK + row);
                        known.of(pairs).for_each(|(sum, &value)| *sum = add(*sum, value));
                    }
                }
            }
            sums.into_iter().map(Into::into).collect()
        })
    }

    /// The images of which any pixel is known: of the others there is nothing to learn.
    pub(crate) fn known_images(&self) -> Vec<u32> {
        let any = |index: &u32| self.known.is_none_or(|known| known.image(*index as usize).count() > 0);
        (0..self.images as u32).filter(any).collect()
    }
}

/// The sum of the squares, in whole numbers as long as they fit.
fn byte_squares(bytes: &[u8]) -> f64 {
    let run = |bytes: &[u8]| bytes.iter().map(|&v| u32::from(v) * u32::from(v)).sum::<u32>();
    bytes.chunks(1 << 16).map(|bytes| f64::from(run(bytes))).sum()
}

fn float_squares(floats: &[f32]) -> f64 {
    floats.iter().map(|&v| f64::from(v) * f64::from(v)).sum()
}
