//! What is done to pixels once they are read, and what the pixels say about themselves. Not how they were read.

use std::ops::Range;

use super::set::{ImageSet, Pixels, map_blocks};
use crate::error::one_line;
use crate::kernel::Block;

/// A mean above this, on a set of nearly two levels, is paper rather than light.
const PAPER_MEAN: f64 = 0.7;
/// The share of pixels near black or white that makes a set one of nearly two levels.
const TWO_LEVEL_SHARE: f64 = 0.8;

/// Dark becomes light: `255 - v` of bytes, or else `white - v`, and 0 where that is below; returns white. Where it is not
/// given, it is 1, or the largest known value of a set that goes above.
pub(super) fn invert(set: &mut ImageSet, white: Option<f32>) -> f32 {
    let white = white.unwrap_or_else(|| largest(set).max(1.0));
    match &mut set.pixels {
        Pixels::U8(values) => {
            values.mapv_inplace(|value| 255 - value);
            1.0
        }
        Pixels::F32(values) => {
            values.mapv_inplace(|value| (white - value).max(0.0));
            white
        }
        Pixels::Stored(stored) => stored.invert(white),
    }
}

/// What is worth saying about the pixels of a set that was prepared as asked.
pub(super) fn notes(set: &ImageSet, inverted: bool) -> Vec<String> {
    let levels = Levels::of(set);
    let ink = !inverted
        && levels.largest <= 1.0
        && levels.mean > PAPER_MEAN
        && levels.extreme > TWO_LEVEL_SHARE;
    let ink = ink.then(|| {
        format!(
            "the mean is {:.2}: dark ink on paper? try --invert",
            levels.mean
        )
    });
    let bright = (levels.largest > 1.0).then(|| {
        format!(
            "values go up to {:.4}, not 1: pictures are drawn up to that",
            levels.largest
        )
    });
    [black(set), bright, ink].into_iter().flatten().collect()
}

/// The largest known value.
pub(super) fn largest(set: &ImageSet) -> f32 {
    Levels::of(set).largest as f32
}

struct Levels {
    mean: f64,
    largest: f64,
    /// The share of values in the darkest or lightest fifth.
    extreme: f64,
}

impl Levels {
    /// Of the known pixels.
    fn of(set: &ImageSet) -> Self {
        let sums = map_blocks(set, |images, block| match block {
            Block::U8(values) => {
                Sums::of(known(set, images, &values).map(|(_, &value)| f64::from(value) / 255.0))
            }
            Block::F32(values) => {
                Sums::of(known(set, images, &values).map(|(_, &value)| f64::from(value)))
            }
        });
        let Sums {
            count,
            sum,
            extreme,
            largest,
        } = sums.into_iter().fold(Sums::default(), Sums::and);
        let count = count.max(1) as f64;
        Self {
            mean: sum / count,
            largest,
            extreme: extreme as f64 / count,
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Sums {
    count: usize,
    sum: f64,
    extreme: usize,
    largest: f64,
}

impl Sums {
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

    fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            extreme: self.extreme + other.extreme,
            largest: self.largest.max(other.largest),
        }
    }
}

/// Images and pixels that are zero throughout: they come back as zeros whatever is learned.
fn black(set: &ImageSet) -> Option<String> {
    let (images, dark) = zeros(set);
    let mut facts = Vec::new();
    if let Some(name) = images.first().and_then(|&first| set.names.get(first)) {
        let more = if images.len() > 1 { ", …" } else { "" };
        let noun = if images.len() == 1 { "image" } else { "images" };
        facts.push(format!(
            "{} black {noun} ({}{more})",
            images.len(),
            one_line(name)
        ));
    }
    if dark > 0 {
        facts.push(format!(
            "{dark} {} never lit (black in every image, which does no harm)",
            if dark == 1 { "pixel" } else { "pixels" }
        ));
    }
    (!facts.is_empty()).then(|| facts.join(", "))
}

/// The known values of consecutive images, with their places, (image, pixel).
fn known<'a, T>(
    set: &'a ImageSet,
    images: Range<usize>,
    values: &'a [T],
) -> impl Iterator<Item = ((usize, usize), &'a T)> {
    let pixels = set.shape.pixels();
    let place = move |at: usize| (images.start + at / pixels, at % pixels);
    let is_known = |(image, pixel)| {
        set.mask
            .as_ref()
            .is_none_or(|mask| mask.is_known(image, pixel))
    };
    values
        .iter()
        .enumerate()
        .map(move |(at, value)| (place(at), value))
        .filter(move |(place, _)| is_known(*place))
}

/// Whether any value is known, and whether any of these is light.
type Seen = (bool, bool);

/// The images that are zero wherever they are known, and how many pixels are; not those of which nothing is known.
fn zeros(set: &ImageSet) -> (Vec<usize>, usize) {
    let seen = map_blocks(set, |images, block| match block {
        Block::U8(values) => seen(set, images, &values, 0),
        Block::F32(values) => seen(set, images, &values, 0.0),
    });
    let black = |seen: &Seen| *seen == (true, false);
    let images = seen.iter().flat_map(|(images, _)| images).enumerate();
    let images = images
        .filter(|(_, seen)| black(seen))
        .map(|(image, _)| image)
        .collect();
    let mut pixels = vec![(false, false); set.shape.pixels()];
    for (_, of_block) in &seen {
        pixels
            .iter_mut()
            .zip(of_block)
            .for_each(|(sum, seen)| *sum = (sum.0 || seen.0, sum.1 || seen.1));
    }
    (images, pixels.iter().filter(|seen| black(seen)).count())
}

/// What is seen of each of consecutive images, and of each pixel in them.
fn seen<T: Copy + PartialEq>(
    set: &ImageSet,
    images: Range<usize>,
    values: &[T],
    zero: T,
) -> (Vec<Seen>, Vec<Seen>) {
    let mut seen = (
        vec![(false, false); images.len()],
        vec![(false, false); set.shape.pixels()],
    );
    for ((image, pixel), &value) in known(set, images.clone(), values) {
        for seen in [&mut seen.0[image - images.start], &mut seen.1[pixel]] {
            *seen = (true, seen.1 || value != zero);
        }
    }
    seen
}
