//! Inversion of images, and notes about their pixel values.

use std::ops::Range;

use super::distributed::first_of;
use super::duplicates::{Different, different};
use super::set::{ImageSet, Pixels, map_blocks};
use crate::communicator::{Partition, any_true, ordered_reduce};
use crate::error::one_line;
use crate::kernel::Block;
use crate::plural::counted;

/// The mean above which a set of nearly two levels is taken for ink on paper.
const PAPER_MEAN: f64 = 0.7;
/// The fraction of pixels near black or white above which a set has nearly two levels.
const TWO_LEVEL_FRACTION: f64 = 0.8;

/// Inverts the images: `255 - v` for bytes, or else `white - v`, but at least 0.
///
/// If `white` is not given, it is 1, or the largest known value of all processes if that is larger.
pub(super) fn invert(set: &mut ImageSet, white: Option<f32>, images: Partition) {
    let white = white.unwrap_or_else(|| (Levels::of(set, images).largest as f32).max(1.0));
    set.white = Some(match &mut set.pixels {
        Pixels::U8(values) => {
            values.mapv_inplace(|value| 255 - value);
            1.0
        }
        Pixels::F32(values) => {
            values.mapv_inplace(|value| (white - value).max(0.0));
            white
        }
        Pixels::Stored(stored) => stored.invert(white),
    });
}

/// Notes about the pixel values of all processes.
pub(super) struct PixelNotes {
    /// Why the result may be wrong, the most important first.
    pub cautions: Vec<String>,
    pub facts: Vec<String>,
}

/// Returns notes about the pixel values of all processes.
pub(super) fn notes(set: &ImageSet, is_inverted: bool, images: Partition) -> PixelNotes {
    let levels = Levels::of(set, images);
    let mut cautions = Vec::new();
    if !is_inverted && levels.are_ink_on_paper() {
        cautions.push(format!(
            "the mean intensity is {:.2}; if this is dark ink on paper, pass --invert",
            levels.mean
        ));
    }
    cautions.extend(copies_note(set, images));
    let mut facts: Vec<String> = black_note(set, images).into_iter().collect();
    if levels.largest > 1.0 {
        facts.push(format!(
            "the largest value is {:.4}, not 1: pictures are drawn on that scale",
            levels.largest
        ));
    }
    PixelNotes { cautions, facts }
}

/// Returns a note about pictures that are copies of others. Rows of numbers are often equal, and two images may be.
fn copies_note(set: &ImageSet, images: Partition) -> Option<String> {
    if set.shape.height.min(set.shape.width) < 2 || images.all < 3 {
        return None;
    }
    let Different { count, pair } = different(set, images);
    if count == images.all {
        return None;
    }
    let example = pair.map_or_else(String::new, |(first, copy)| {
        let [first, copy] = [first, copy].map(|image| one_line(&name_of(set, image, images)));
        format!(" ({copy} is a copy of {first})")
    });
    Some(format!(
        "{} images, {count} of them different{example}: each copy counts in the fit; remove unintended copies",
        images.all
    ))
}

/// Returns the name of an image at a position among those of all processes.
fn name_of(set: &ImageSet, image: usize, images: Partition) -> String {
    let own = (images.first..images.first + images.own).contains(&image);
    let name = own.then(|| set.names[image - images.first].clone());
    first_of(images.communicator, name).unwrap_or_default()
}

/// Statistics of the known pixel values of all processes.
struct Levels {
    mean: f64,
    largest: f64,
    /// The fraction of values in the darkest or brightest fifth.
    extreme: f64,
}

impl Levels {
    fn of(set: &ImageSet, images: Partition) -> Self {
        let sums = map_blocks(set, |images, block| match block {
            Block::U8(values) => LevelSums::of(
                known(set, images, &values).map(|(_, &value)| f64::from(value) / 255.0),
            ),
            Block::F32(values) => {
                LevelSums::of(known(set, images, &values).map(|(_, &value)| f64::from(value)))
            }
        });
        let own = sums.into_iter().fold(LevelSums::default(), LevelSums::and);
        let LevelSums {
            count,
            sum,
            extreme,
            largest,
        } = own.of_all(images);
        let count = count.max(1) as f64;
        Self {
            mean: sum / count,
            largest,
            extreme: extreme as f64 / count,
        }
    }

    /// Checks whether nearly all pixels are white or black, and most of them white.
    fn are_ink_on_paper(&self) -> bool {
        self.largest <= 1.0 && self.mean > PAPER_MEAN && self.extreme > TWO_LEVEL_FRACTION
    }
}

#[derive(Clone, Copy, Default)]
/// Sums over known values.
struct LevelSums {
    count: usize,
    sum: f64,
    extreme: usize,
    largest: f64,
}

impl LevelSums {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        values.fold(Self::default(), |sums, value| {
            let extreme = usize::from(!(0.2..=0.8).contains(&value));
            sums.and(Self {
                count: 1,
                sum: value,
                extreme,
                largest: value,
            })
        })
    }

    /// Returns the sums over all processes.
    fn of_all(self, images: Partition) -> Self {
        let largest = ordered_reduce(images.communicator, 1, 1, |_, largest: &mut [f64]| {
            largest[0] = largest[0].max(self.largest);
        });
        Self {
            count: images.count(self.count),
            sum: images.sum(&[self.sum]),
            extreme: images.count(self.extreme),
            largest: largest[0],
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            extreme: self.extreme + other.extreme,
            largest: self.largest.max(other.largest),
        }
    }
}

/// Returns a note about images and pixels that are 0 throughout: they are reconstructed as 0, whatever is learned.
fn black_note(set: &ImageSet, all: Partition) -> Option<String> {
    let black = find_black(set, all);
    let count = all.count(black.images.len());
    let first = black.images.first().map(|&first| set.names[first].clone());
    let mut facts = Vec::new();
    if let Some(first) = first_of(all.communicator, first) {
        let more = if count > 1 { ", …" } else { "" };
        let images = counted(count, "black image", "black images");
        facts.push(format!("{images} ({}{more})", one_line(&first)));
    }
    if black.pixels > 0 {
        let pixels = counted(black.pixels, "pixel", "pixels");
        facts.push(format!("{pixels} black in every image, which does no harm"));
    }
    (!facts.is_empty()).then(|| facts.join(", "))
}

/// Returns the known values of consecutive images with their places, (image, pixel).
fn known<'a, T>(
    set: &'a ImageSet,
    images: Range<usize>,
    values: &'a [T],
) -> impl Iterator<Item = ((usize, usize), &'a T)> {
    let pixels = set.shape.pixels();
    values
        .iter()
        .enumerate()
        .map(move |(at, value)| ((images.start + at / pixels, at % pixels), value))
        .filter(move |&((image, pixel), _)| {
            let mask = set.mask.as_ref();
            mask.is_none_or(|mask| mask.is_known(image, pixel))
        })
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

/// What is 0 wherever it is known.
struct Black {
    /// The images of this process.
    images: Vec<usize>,
    /// How many pixels are, in the images of all processes.
    pixels: usize,
}

/// Finds the images and counts the pixels that are 0 wherever they are known.
fn find_black(set: &ImageSet, all: Partition) -> Black {
    let blocks = map_blocks(set, |images, block| match block {
        Block::U8(values) => BlockSeen::of(set, images, &values, 0),
        Block::F32(values) => BlockSeen::of(set, images, &values, 0.0),
    });
    let mut images = Vec::new();
    let (mut known, mut lit) = (
        vec![false; set.shape.pixels()],
        vec![false; set.shape.pixels()],
    );
    for block in &blocks {
        let black = (block.first..)
            .zip(&block.images)
            .filter(|(_, seen)| seen.is_black());
        images.extend(black.map(|(image, _)| image));
        for (pixel, seen) in block.pixels.iter().enumerate() {
            known[pixel] |= seen.known;
            lit[pixel] |= seen.lit;
        }
    }
    let (known, lit) = (
        any_true(all.communicator, &known),
        any_true(all.communicator, &lit),
    );
    let pixels = known
        .into_iter()
        .zip(lit)
        .filter(|&(known, lit)| Seen { known, lit }.is_black())
        .count();
    Black { images, pixels }
}

/// What was seen in a block of images.
struct BlockSeen {
    /// The first image.
    first: usize,
    images: Vec<Seen>,
    pixels: Vec<Seen>,
}

impl BlockSeen {
    fn of<T: Copy + PartialEq>(
        set: &ImageSet,
        images: Range<usize>,
        values: &[T],
        zero: T,
    ) -> Self {
        let mut seen = Self {
            first: images.start,
            images: vec![Seen::default(); images.len()],
            pixels: vec![Seen::default(); set.shape.pixels()],
        };
        for ((image, pixel), &value) in known(set, images.clone(), values) {
            let is_lit = value != zero;
            seen.images[image - images.start].add(is_lit);
            seen.pixels[pixel].add(is_lit);
        }
        seen
    }
}
