//! What is done to pixels once they are read, and what the pixels say about themselves. Not how they were read.

use ndarray::Array2;

use super::{ImageSet, LoadOptions, Pixels};
use crate::error::one_line;

/// A mean above this, on a set of nearly two levels, is paper rather than light.
const PAPER_MEAN: f64 = 0.7;
/// The share of pixels near black or white that makes a set one of nearly two levels.
const TWO_LEVEL_SHARE: f64 = 0.8;

/// `most` places spread evenly over `count`, the first always among them; all of them if there are no more.
pub(crate) fn spread(count: usize, most: usize) -> Vec<usize> {
    let wanted = most.min(count);
    (0..wanted).map(|place| place * count / wanted).collect()
}

impl LoadOptions {
    /// Which of so many images are taken.
    pub(super) fn spread(&self, count: usize) -> Vec<usize> {
        spread(count, self.limit.unwrap_or(count))
    }
}

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
    }
}

/// What is worth saying about the pixels of a set that was prepared as asked.
pub(super) fn notes(set: &ImageSet, inverted: bool) -> Vec<String> {
    let levels = Levels::of(set);
    let ink = !inverted && levels.largest <= 1.0 && levels.mean > PAPER_MEAN && levels.extreme > TWO_LEVEL_SHARE;
    let ink = ink.then(|| format!("the mean is {:.2}: dark ink on paper? try --invert", levels.mean));
    let bright = (levels.largest > 1.0)
        .then(|| format!("values go up to {:.4}, not 1: pictures are drawn up to that", levels.largest));
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
        match &set.pixels {
            Pixels::U8(values) => Self::of_values(known(set, values).map(|(_, &value)| f64::from(value) / 255.0)),
            Pixels::F32(values) => Self::of_values(known(set, values).map(|(_, &value)| f64::from(value))),
        }
    }

    fn of_values(values: impl Iterator<Item = f64>) -> Self {
        let start = (0_usize, 0.0, 0.0, 0.0_f64);
        let (count, sum, extreme, largest) = values.fold(start, |(count, sum, extreme, largest), value| {
            let outer = f64::from(u8::from(!(0.2..=0.8).contains(&value)));
            (count + 1, sum + value, extreme + outer, largest.max(value))
        });
        let count = count.max(1) as f64;
        Self { mean: sum / count, largest, extreme: extreme / count }
    }
}

/// Images and pixels that are zero throughout: they come back as zeros whatever is learned.
fn black(set: &ImageSet) -> Option<String> {
    let (images, dark) = match &set.pixels {
        Pixels::U8(values) => zeros(set, values, 0),
        Pixels::F32(values) => zeros(set, values, 0.0),
    };
    let mut facts = Vec::new();
    if let Some(name) = images.first().and_then(|&first| set.names.get(first)) {
        let more = if images.len() > 1 { ", …" } else { "" };
        let noun = if images.len() == 1 { "image" } else { "images" };
        facts.push(format!("{} black {noun} ({}{more})", images.len(), one_line(name)));
    }
    if dark > 0 {
        facts.push(format!(
            "{dark} {} never lit (black in every image, which does no harm)",
            if dark == 1 { "pixel" } else { "pixels" }
        ));
    }
    (!facts.is_empty()).then(|| facts.join(", "))
}

/// The known values with their places, (image, pixel).
fn known<'a, T>(set: &'a ImageSet, values: &'a Array2<T>) -> impl Iterator<Item = ((usize, usize), &'a T)> {
    let is_known = |(image, pixel)| set.mask.as_ref().is_none_or(|mask| mask.is_known(image, pixel));
    values.indexed_iter().filter(move |(place, _)| is_known(*place))
}

/// The rows that are zero wherever they are known, and how many columns are; not those of which nothing is known.
fn zeros<T: Copy + PartialEq>(set: &ImageSet, values: &Array2<T>, zero: T) -> (Vec<usize>, usize) {
    // Whether any value is known, and whether any is light.
    let (mut columns, mut rows) = (vec![(false, false); values.ncols()], vec![(false, false); values.nrows()]);
    for ((image, pixel), &value) in known(set, values) {
        for seen in [&mut columns[pixel], &mut rows[image]] {
            *seen = (true, seen.1 || value != zero);
        }
    }
    let black = |seen: &(bool, bool)| *seen == (true, false);
    ((0..rows.len()).filter(|&row| black(&rows[row])).collect(), columns.iter().filter(|seen| black(seen)).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_evenly_spread() {
        assert_eq!(spread(10, 4), [0, 2, 5, 7]);
        assert_eq!(spread(3, 4), [0, 1, 2]);
    }
}
