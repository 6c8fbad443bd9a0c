//! One pass over the pixel values of a set: how often each value occurs, what is black, and the hash of each image.

use std::ops::{Range, RangeInclusive};

use super::duplicates::{Hash, hashes};
use crate::blocks;
use crate::communicator::{Partition, any_true, ordered_reduce, ordered_sum};
use crate::images::set::unit::unit;
use crate::images::set::{ImageSet, Images};
use crate::kernel::{Block, IMAGES_PER_TASK};

/// The maximum number of runs of images that are surveyed on their own.
const RUNS: usize = 64;
/// Bits of a value that its bin ignores: 32 bins remain for each doubling of a value.
const IGNORED_BITS: u32 = 18;
/// The number of bins of non-negative finite values.
const BINS: usize = (f32::INFINITY.to_bits() >> IGNORED_BITS) as usize;
/// Values within are neither dark nor bright.
const MIDDLE: RangeInclusive<f32> = 0.2..=0.8;

/// What was seen of the known values of the images of all processes.
pub(super) struct Survey {
    /// How many values each [`bin`] has.
    pub bins: Vec<u64>,
    pub levels: Levels,
    /// The images of this process that are 0 wherever they are known.
    pub black_images: Vec<usize>,
    /// How many pixels are 0 in every image in which they are known.
    pub black_pixels: usize,
    /// The hashes of the known pixels of each image of this process.
    pub hashes: Vec<Hash>,
}

/// Statistics of known values.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Levels {
    pub mean: f64,
    pub largest: f64,
    /// The fraction of values in the darkest or brightest fifth.
    pub extreme: f64,
}

impl Survey {
    /// Surveys the images of all processes.
    pub(super) fn of(set: &ImageSet, images: Partition) -> Self {
        let mut own = RunSurvey::new(set.shape.pixels());
        for run in map_runs(set, |rows| RunSurvey::of(set, rows)) {
            own.join(run);
        }
        let is_known: Vec<bool> = own.pixels.iter().map(|seen| seen.known).collect();
        let is_lit: Vec<bool> = own.pixels.iter().map(|seen| seen.lit).collect();
        let is_known = any_true(images.communicator, &is_known);
        let is_lit = any_true(images.communicator, &is_lit);
        let black = is_known
            .iter()
            .zip(is_lit)
            .filter(|&(&known, lit)| known && !lit);
        Self {
            black_pixels: black.count(),
            levels: own.sums.of_all(images),
            bins: ordered_sum(images.communicator, BINS, &[own.bins]),
            black_images: own.black_images,
            hashes: own.hashes,
        }
    }
}

/// What was seen of some images.
struct RunSurvey {
    bins: Vec<u64>,
    sums: LevelSums,
    black_images: Vec<usize>,
    pixels: Vec<Seen>,
    hashes: Vec<Hash>,
}

impl RunSurvey {
    fn new(pixels: usize) -> Self {
        Self {
            bins: vec![0; BINS],
            sums: LevelSums::default(),
            black_images: Vec::new(),
            pixels: vec![Seen::default(); pixels],
            hashes: Vec::new(),
        }
    }

    fn of(set: &ImageSet, images: Range<usize>) -> Self {
        let mut run = Self::new(set.shape.pixels());
        let mut counts = [0; 256];
        for rows in tasks(images) {
            let block = set.block(rows.clone());
            run.hashes.extend(hashes(set, rows.clone(), &block));
            match &block {
                Block::U8(bytes) if set.mask.is_none() => {
                    run.add_bytes(rows.start, bytes, &mut counts);
                }
                block => run.add_known(set, rows, block),
            }
        }
        for (value, &count) in (0..=255).zip(&counts) {
            run.add_value(unit(value), count);
        }
        run
    }

    /// Adds images of bytes that are all known; `counts` has the number of each byte.
    fn add_bytes(&mut self, first: usize, bytes: &[u8], counts: &mut [u64; 256]) {
        let mut lit = vec![0; self.pixels.len()];
        for (image, bytes) in (first..).zip(bytes.chunks(lit.len())) {
            if bytes.iter().fold(0, |any, &byte| any | byte) == 0 {
                self.black_images.push(image);
            }
            for (lit, &byte) in lit.iter_mut().zip(bytes) {
                *lit |= byte;
            }
        }
        for (seen, lit) in self.pixels.iter_mut().zip(lit) {
            seen.add(lit != 0);
        }
        count_bytes(bytes, counts);
    }

    /// Adds the known values of images.
    fn add_known(&mut self, set: &ImageSet, images: Range<usize>, block: &Block) {
        let mut seen = vec![Seen::default(); images.len()];
        for_each_known_of(set, images.clone(), block, |image, pixel, value| {
            self.add_value(value, 1);
            seen[image - images.start].add(value != 0.0);
            self.pixels[pixel].add(value != 0.0);
        });
        let black = images.zip(seen).filter(|(_, seen)| seen.is_black());
        self.black_images.extend(black.map(|(image, _)| image));
    }

    fn add_value(&mut self, value: f32, count: u64) {
        if count > 0 {
            self.bins[bin(value)] += count;
            self.sums.add(value, count);
        }
    }

    fn join(&mut self, later: Self) {
        for (own, count) in self.bins.iter_mut().zip(later.bins) {
            *own += count;
        }
        for (own, seen) in self.pixels.iter_mut().zip(later.pixels) {
            own.known |= seen.known;
            own.lit |= seen.lit;
        }
        self.sums = self.sums.and(later.sums);
        self.black_images.extend(later.black_images);
        self.hashes.extend(later.hashes);
    }
}

/// Counts how often each byte occurs, in four tables, so that no count waits for its own previous one. Zeros, which are
/// most bytes of some sets, are counted by eight.
fn count_bytes(bytes: &[u8], counts: &mut [u64; 256]) {
    let mut tables = [[0u32; 256]; 4];
    // A table counts fewer bytes than its numbers hold.
    for bytes in bytes.chunks(1 << 31) {
        let (eights, rest) = bytes.as_chunks::<8>();
        for eight in eights {
            if u64::from_ne_bytes(*eight) == 0 {
                tables[0][0] += 8;
                continue;
            }
            for four in eight.as_chunks::<4>().0 {
                for (table, &byte) in tables.iter_mut().zip(four) {
                    table[usize::from(byte)] += 1;
                }
            }
        }
        for &byte in rest {
            tables[0][usize::from(byte)] += 1;
        }
        for table in &mut tables {
            for (sum, count) in counts.iter_mut().zip(table) {
                *sum += u64::from(std::mem::take(count));
            }
        }
    }
}

/// What was seen of the values of an image, or of a pixel.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// Whether any value is known.
    known: bool,
    /// Whether any known value is not 0.
    lit: bool,
}

impl Seen {
    fn add(&mut self, is_lit: bool) {
        self.known = true;
        self.lit |= is_lit;
    }

    fn is_black(self) -> bool {
        self.known && !self.lit
    }
}

/// Sums over known values.
#[derive(Clone, Copy, Default)]
struct LevelSums {
    count: u64,
    sum: f64,
    extreme: u64,
    largest: f64,
}

impl LevelSums {
    fn add(&mut self, value: f32, count: u64) {
        self.count += count;
        self.sum += f64::from(value) * count as f64;
        if !MIDDLE.contains(&value) {
            self.extreme += count;
        }
        self.largest = self.largest.max(value.into());
    }

    fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            extreme: self.extreme + other.extreme,
            largest: self.largest.max(other.largest),
        }
    }

    /// Returns the statistics of the values of all processes.
    fn of_all(self, images: Partition) -> Levels {
        let largest = ordered_reduce(images.communicator, 1, 1, |_, largest: &mut [f64]| {
            largest[0] = largest[0].max(self.largest);
        });
        let counts = ordered_sum(images.communicator, 2, &[vec![self.count, self.extreme]]);
        let count = counts[0].max(1) as f64;
        Levels {
            mean: images.sum(&[self.sum]) / count,
            largest: largest[0],
            extreme: counts[1] as f64 / count,
        }
    }
}

/// Applies `work` to at most [`RUNS`] runs of images in parallel, and returns the results in their order.
pub(super) fn map_runs<R: Send>(
    set: &ImageSet,
    work: impl Fn(Range<usize>) -> R + Sync + Send,
) -> Vec<R> {
    let len = set.len().div_ceil(RUNS).max(IMAGES_PER_TASK);
    blocks::map_range(set.len().div_ceil(len), |run| {
        work(run * len..set.len().min((run + 1) * len))
    })
}

/// Divides a range of images into those that are read at a time.
fn tasks(images: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = images.end;
    images
        .step_by(IMAGES_PER_TASK)
        .map(move |first| first..end.min(first + IMAGES_PER_TASK))
}

/// Calls `visit` with image, pixel and normalised value of each known value of some images.
pub(super) fn for_each_known(
    set: &ImageSet,
    images: Range<usize>,
    mut visit: impl FnMut(usize, usize, f32),
) {
    for rows in tasks(images) {
        let block = set.block(rows.clone());
        for_each_known_of(set, rows, &block, &mut visit);
    }
}

/// Calls `visit` with image, pixel and normalised value of each known value of a block.
fn for_each_known_of(
    set: &ImageSet,
    images: Range<usize>,
    block: &Block,
    mut visit: impl FnMut(usize, usize, f32),
) {
    let pixels = set.shape.pixels();
    let mut visit_known = |at: usize, value: f32| {
        let (image, pixel) = (images.start + at / pixels, at % pixels);
        let mask = set.mask.as_ref();
        if mask.is_none_or(|mask| mask.is_known(image, pixel)) {
            visit(image, pixel, value);
        }
    };
    match block {
        Block::U8(values) => {
            for (at, &value) in values.iter().enumerate() {
                visit_known(at, unit(value));
            }
        }
        Block::F32(values) => {
            for (at, &value) in values.iter().enumerate() {
                visit_known(at, value);
            }
        }
    }
}

/// Returns the bin of a value; equal values share one.
pub(super) fn bin(value: f32) -> usize {
    ((value.max(0.0).to_bits() >> IGNORED_BITS) as usize).min(BINS - 1)
}

/// Returns the lower end of a bin.
pub(super) fn lower_end(bin: usize) -> f32 {
    f32::from_bits((bin as u32) << IGNORED_BITS)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, arr2};

    use super::*;
    use crate::basis::Shape;
    use crate::communicator::SingleProcess;
    use crate::images::Mask;

    fn survey(set: &ImageSet) -> Survey {
        Survey::of(set, Partition::of(&SingleProcess, set.len()))
    }

    /// Image 1 and pixel 2 are black; 51 is 0.2, 255 is 1.
    fn bytes() -> ImageSet {
        let values = arr2(&[[51u8, 0, 0], [0, 0, 0], [255, 204, 0]]);
        ImageSet::from_u8(Shape::new(1, 3), values).unwrap()
    }

    #[test]
    fn black_images_and_pixels_are_found_and_values_counted() {
        let found = survey(&bytes());
        assert_eq!((found.black_images, found.black_pixels), (vec![1], 1));
        let counted: Vec<(usize, u64)> = (0..BINS)
            .map(|bin| (bin, found.bins[bin]))
            .filter(|&(_, count)| count > 0)
            .collect();
        assert_eq!(
            counted,
            [(0, 6), (bin(0.2), 1), (bin(0.8), 1), (bin(1.0), 1)]
        );
        assert!((found.levels.mean - 2.0 / 9.0).abs() < 1e-7);
        assert!((found.levels.largest - 1.0).abs() < 1e-12);
        // Six values are 0, one is 1; 0.2 and 0.8 are neither dark nor bright.
        assert!((found.levels.extreme - 7.0 / 9.0).abs() < 1e-12);
    }

    #[test]
    fn floats_and_masked_bytes_are_surveyed_as_bytes_are() {
        let bytes = bytes();
        let floats = ImageSet::from_f32(bytes.shape, bytes.to_f32()).unwrap();
        let (one, other) = (survey(&bytes), survey(&floats));
        assert_eq!(one.bins, other.bins);
        assert_eq!(one.black_images, other.black_images);
        assert!((one.levels.mean - other.levels.mean).abs() < 1e-12);
        // The only lit values of image 0 and of pixel 0 are hidden.
        let hidden = ImageSet {
            mask: Mask::new(3, 3, |_, pixel| pixel != 0),
            ..bytes
        };
        let found = survey(&hidden);
        assert_eq!((found.black_images, found.black_pixels), (vec![0, 1], 1));
        assert_eq!(found.bins.iter().sum::<u64>(), 6);
    }

    #[test]
    fn more_bytes_than_a_task_has_are_counted() {
        let values =
            Array2::from_shape_fn((1000, 5), |(image, pixel)| ((image + pixel) % 251) as u8);
        let mut expected = [0u64; 256];
        for &value in &values {
            expected[usize::from(value)] += 1;
        }
        let set = ImageSet::from_u8(Shape::new(1, 5), values).unwrap();
        let found = survey(&set);
        for value in 0..=255u8 {
            let same_bin = (0..=255u8).filter(|&other| bin(unit(other)) == bin(unit(value)));
            let count: u64 = same_bin.map(|other| expected[usize::from(other)]).sum();
            assert_eq!(found.bins[bin(unit(value))], count, "{value}");
        }
    }
}
