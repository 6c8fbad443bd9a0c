//! What is done to pixels once they are read, and what the pixels say about themselves. Not how they were read.

use super::{ImageSet, Pixels};
use crate::error::one_line;

/// A mean above this, on a set of nearly two levels, is paper rather than light.
const PAPER_MEAN: f64 = 0.7;
/// The share of pixels near black or white that makes a set one of nearly two levels.
const TWO_LEVEL_SHARE: f64 = 0.8;

/// `limit` places spread evenly over `count`, the first always among them; all of them if there are no more.
pub(super) fn spread(count: usize, limit: Option<usize>) -> Vec<usize> {
    let wanted = limit.map_or(count, |limit| limit.min(count));
    (0..wanted).map(|place| place * count / wanted).collect()
}

/// Dark becomes light: `255 - v` of bytes, or else `white - v`, and 0 where that is below; returns white. Where it is not
/// given, it is 1, or the largest value of a set that goes above.
pub(super) fn invert(pixels: &mut Pixels, white: Option<f32>) -> f32 {
    match pixels {
        Pixels::U8(values) => {
            values.mapv_inplace(|value| 255 - value);
            1.0
        }
        Pixels::F32(values) => {
            let white = white.unwrap_or_else(|| values.iter().copied().fold(1.0, f32::max));
            values.mapv_inplace(|value| (white - value).max(0.0));
            white
        }
    }
}

/// What is worth saying about the pixels of a set that was prepared as asked.
pub(super) fn notes(set: &ImageSet, inverted: bool) -> Vec<String> {
    let levels = match &set.pixels {
        Pixels::U8(values) => Levels::of(values.iter().map(|&value| f64::from(value) / 255.0)),
        Pixels::F32(values) => Levels::of(values.iter().map(|&value| f64::from(value))),
    };
    let ink = !inverted && levels.largest <= 1.0 && levels.mean > PAPER_MEAN && levels.extreme > TWO_LEVEL_SHARE;
    let ink = ink.then(|| format!("the mean is {:.2}: dark ink on paper? try --invert", levels.mean));
    let bright = (levels.largest > 1.0)
        .then(|| format!("values go up to {:.4}, not 1: pictures are drawn up to that", levels.largest));
    [black(set), bright, ink].into_iter().flatten().collect()
}

struct Levels {
    mean: f64,
    largest: f64,
    /// The share of values in the darkest or lightest fifth.
    extreme: f64,
}

impl Levels {
    fn of(values: impl ExactSizeIterator<Item = f64>) -> Self {
        let count = values.len().max(1) as f64;
        let (sum, extreme, largest) = values.fold((0.0, 0.0, 0.0_f64), |(sum, extreme, largest), value| {
            let outer = f64::from(u8::from(!(0.2..=0.8).contains(&value)));
            (sum + value, extreme + outer, largest.max(value))
        });
        Self { mean: sum / count, largest, extreme: extreme / count }
    }
}

/// Images and pixels that are zero throughout: they come back as zeros whatever is learned.
fn black(set: &ImageSet) -> Option<String> {
    let (images, dark) = match &set.pixels {
        Pixels::U8(values) => zeros(values, 0),
        Pixels::F32(values) => zeros(values, 0.0),
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

/// The rows that are zero throughout, and how many columns are.
fn zeros<T: Copy + PartialEq>(values: &ndarray::Array2<T>, zero: T) -> (Vec<usize>, usize) {
    let mut lit = vec![false; values.ncols()];
    let mut black = Vec::new();
    for (image, row) in values.outer_iter().enumerate() {
        let mut any = false;
        for (lit, &value) in lit.iter_mut().zip(row) {
            let light = value != zero;
            *lit |= light;
            any |= light;
        }
        if !any {
            black.push(image);
        }
    }
    (black, lit.iter().filter(|lit| !**lit).count())
}
