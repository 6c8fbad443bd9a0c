//! The sums of the images of each prototype, in integers: exact, so that they are the same in any order of additions.

use ndarray::Array2;

use crate::blocks;
use crate::communicator::{ordered_reduce, ordered_sum};
use crate::images::Shared;
use crate::kernel::{Block, KnownPixels, Matrix};

/// No prototype: that of every image before the first iteration.
pub(super) const NONE: u32 = u32::MAX;

/// The sums over the images of this process, and of all.
pub(super) struct Clusters<'a> {
    x: Shared<'a>,
    /// What one unit of a pixel in memory is in the sums.
    scale: f64,
    /// For each prototype, of this process: the sum of each pixel; the number of its known values, once for all pixels if
    /// every pixel is known; the number of images.
    own: Vec<i64>,
    /// The same of all processes.
    all: Vec<i64>,
}

impl<'a> Clusters<'a> {
    /// Returns the sums of no images.
    pub(super) fn new(x: Shared<'a>, prototypes: usize) -> Self {
        let values = vec![0; prototypes * row_len(&x.x)];
        Self {
            scale: scale(&x),
            own: values.clone(),
            all: values,
            x,
        }
    }

    /// Moves the images whose prototype is another in `after` than in `before`.
    pub(super) fn reassign(&mut self, before: &[u32], after: &[u32]) {
        let row_len = row_len(&self.x.x);
        let mut moves = vec![Moves::default(); self.own.len() / row_len];
        for (image, (&from, &to)) in before.iter().zip(after).enumerate() {
            if from != to {
                moves[to as usize].joined.push(image);
                if from != NONE {
                    moves[from as usize].left.push(image);
                }
            }
        }
        let (x, scale) = (self.x.x, self.scale);
        blocks::map_chunks_mut(&mut self.own, row_len, |first, row| {
            let moves = &moves[first / row_len];
            for &image in &moves.joined {
                add(&x, scale, row, image, 1);
            }
            for &image in &moves.left {
                add(&x, scale, row, image, -1);
            }
        });
        self.all = ordered_sum(
            self.x.images.communicator,
            self.own.len(),
            std::slice::from_ref(&self.own),
        );
    }

    /// Returns the number of images of each prototype.
    pub(super) fn sizes(&self) -> Vec<i64> {
        let rows = self.all.chunks(row_len(&self.x.x));
        rows.map(|row| row[row.len() - 1]).collect()
    }

    /// Returns the mean of the known values of each prototype, (prototypes, pixels); that of `before` where there is none.
    pub(super) fn means(&self, before: &Array2<f32>) -> Array2<f32> {
        let mut means = before.clone();
        for (mean, row) in means.iter_mut().zip(self.pixels()) {
            if row.count > 0 {
                *mean = (row.sum / row.count as f64) as f32;
            }
        }
        means
    }

    /// Returns the part of ‖X‖² that the means of the prototypes explain.
    pub(super) fn explained(&self) -> f64 {
        self.pixels()
            .filter(|pixel| pixel.count > 0)
            .map(|pixel| pixel.sum * pixel.sum / pixel.count as f64)
            .sum()
    }

    /// Returns ‖X − 1 mᵀ‖² per value with the mean image m: the mean variance of a pixel.
    pub(super) fn mean_variance(&self, squared_norm: f64) -> f64 {
        let pixels = self.x.x.pixels;
        let (mut sums, mut counts) = (vec![0.0; pixels], vec![0; pixels]);
        for (at, pixel) in self.pixels().enumerate() {
            sums[at % pixels] += pixel.sum;
            counts[at % pixels] += pixel.count;
        }
        let explained: f64 = sums
            .iter()
            .zip(&counts)
            .filter(|(_, count)| **count > 0)
            .map(|(sum, &count)| sum * sum / count as f64)
            .sum();
        (squared_norm - explained).max(0.0) / counts.iter().sum::<i64>().max(1) as f64
    }

    /// Returns the sums of all pixels of all prototypes.
    fn pixels(&self) -> impl Iterator<Item = PixelSum> {
        let pixels = self.x.x.pixels;
        self.all.chunks(row_len(&self.x.x)).flat_map(move |row| {
            let (sums, counts) = row[..row.len() - 1].split_at(pixels);
            let sums = sums.iter().enumerate();
            sums.map(move |(pixel, &sum)| PixelSum {
                sum: sum as f64 / self.scale,
                count: counts[pixel.min(counts.len() - 1)],
            })
        })
    }
}

/// Returns the number of values per prototype.
fn row_len(x: &Matrix) -> usize {
    let counts = if x.known.is_some() { x.pixels } else { 1 };
    x.pixels + counts + 1
}

/// The images that a prototype gains and loses.
#[derive(Clone, Default)]
struct Moves {
    joined: Vec<usize>,
    left: Vec<usize>,
}

/// The sum of a pixel over the images of a prototype.
struct PixelSum {
    /// In the unit of the pixels in memory.
    sum: f64,
    /// How many values it has.
    count: i64,
}

/// Adds an image of this process to a row of sums, or with `sign` -1, removes it.
fn add(x: &Matrix, scale: f64, row: &mut [i64], image: usize, sign: i64) {
    let known = x.known.map(|known| known.image(image));
    match x.block(image..image + 1) {
        Block::U8(bytes) => add_values(row, &bytes, known, sign, i64::from),
        Block::F32(floats) => add_values(row, &floats, known, sign, |value| {
            (f64::from(value) * scale + 0.5) as i64
        }),
    }
}

fn add_values<T: Copy>(
    row: &mut [i64],
    values: &[T],
    known: Option<KnownPixels>,
    sign: i64,
    integer: impl Fn(T) -> i64,
) {
    let (sums, counts) = row.split_at_mut(values.len());
    let images = counts.len() - 1;
    counts[images] += sign;
    let Some(known) = known else {
        counts[0] += sign;
        for (sum, &value) in sums.iter_mut().zip(values) {
            *sum += sign * integer(value);
        }
        return;
    };
    let pixels = sums.iter_mut().zip(counts).zip(values);
    for ((sum, count), &value) in known.of(pixels) {
        *sum += sign * integer(value);
        *count += sign;
    }
}

/// Returns what one unit of a pixel in memory is in sums that cannot overflow: a power of two, or 1 for bytes.
fn scale(x: &Shared) -> f64 {
    let Some(largest) = largest(x) else {
        return 1.0;
    };
    let bits = f64::from(largest).log2().ceil() + (x.images.all as f64).log2().ceil();
    (f64::from(i64::BITS - 3) - bits).exp2()
}

/// Returns the largest known value of all processes; `None` if it is 0, or values are bytes.
fn largest(x: &Shared) -> Option<f32> {
    let images: Vec<usize> = (0..x.x.images).collect();
    let of_images = blocks::map(&images, |_, &image| match x.x.block(image..image + 1) {
        Block::U8(_) => 0.0,
        Block::F32(floats) => match x.x.known {
            None => floats.iter().copied().fold(0.0, f32::max),
            Some(known) => {
                let known = known.image(image).of(floats.iter().copied());
                known.fold(0.0, f32::max)
            }
        },
    });
    let own = of_images.into_iter().fold(0.0, f32::max);
    // Of non-negative numbers, the larger one has the larger bits.
    let bits = ordered_reduce(x.images.communicator, 1, 1, |_, most: &mut [u32]| {
        most[0] = most[0].max(own.to_bits());
    });
    Some(f32::from_bits(bits[0])).filter(|&largest| largest > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::communicator::{Partition, SingleProcess};
    use crate::kernel::Source;

    fn with_floats<R>(floats: &[f32], images: usize, check: impl FnOnce(Shared) -> R) -> R {
        let x = Matrix {
            source: Source::F32(floats),
            images,
            pixels: floats.len() / images,
            known: None,
            scratch: None,
        };
        let images = Partition::of(&SingleProcess, images);
        check(Shared { x, images })
    }

    #[test]
    fn an_image_that_leaves_takes_all_that_it_brought() {
        let floats = [0.1, 0.7, 1e-9, 0.3, 0.2, 0.9];
        with_floats(&floats, 3, |x| {
            let mut clusters = Clusters::new(x, 2);
            clusters.reassign(&[NONE; 3], &[0, 1, 0]);
            let start = Array2::from_elem((2, 2), 7.0);
            let means = clusters.means(&start);
            let expected = [0.15, 0.8, 1e-9, 0.3];
            let close = |(a, b): (&f32, f32)| (a - b).abs() <= 1e-6 * b;
            assert!(means.iter().zip(expected).all(close), "{means}");
            clusters.reassign(&[0, 1, 0], &[0, 0, 0]);
            clusters.reassign(&[0, 0, 0], &[1, 1, 1]);
            assert!(clusters.all[..4].iter().all(|&value| value == 0));
            assert_eq!(clusters.sizes(), [0, 3]);
            assert_eq!(clusters.means(&start).row(0).to_vec(), [7.0, 7.0]);
        });
    }

    #[test]
    fn sums_of_the_largest_values_do_not_overflow() {
        let floats = vec![3e38_f32; 5000];
        with_floats(&floats, 5000, |x| {
            let mut clusters = Clusters::new(x, 1);
            clusters.reassign(&vec![NONE; 5000], &vec![0; 5000]);
            assert!(clusters.all[0] > i64::MAX / 16);
        });
    }
}
