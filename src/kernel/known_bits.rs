//! Which values of the pixel matrix are known: one bit per value, 1 if known.

use super::layout::{Lanes, WIDTH};

/// The bits of the pixel matrix: a whole number of words per image, the first pixel in the lowest
/// bit.
#[derive(Clone, Copy)]
pub(crate) struct KnownBits<'a> {
    bits: &'a [u64],
    words_per_image: usize,
}

/// The bits of one image.
#[derive(Clone, Copy)]
pub(crate) struct KnownPixels<'a>(&'a [u64]);

impl<'a> KnownBits<'a> {
    /// Wraps the bits of a mask of images of `pixels` pixels.
    pub(crate) fn new(bits: &'a [u64], pixels: usize) -> Self {
        Self {
            bits,
            words_per_image: pixels.div_ceil(64),
        }
    }

    /// Returns all bits and the number of words per image.
    pub(crate) fn bits(&self) -> (&'a [u64], usize) {
        (self.bits, self.words_per_image)
    }

    /// Returns the bits of one image.
    pub(crate) fn image(&self, index: usize) -> KnownPixels<'a> {
        KnownPixels(&self.bits[index * self.words_per_image..][..self.words_per_image])
    }
}

impl KnownPixels<'_> {
    /// Returns whether a pixel is known.
    pub(crate) fn at(self, pixel: usize) -> bool {
        self.0[pixel / 64] >> (pixel % 64) & 1 == 1
    }

    /// Returns the number of known pixels.
    pub(crate) fn count(self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Returns the items of the known pixels, from one item per pixel.
    pub(crate) fn of<T>(self, items: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        items
            .into_iter()
            .enumerate()
            .filter(move |(pixel, _)| self.at(*pixel))
            .map(|(_, item)| item)
    }

    /// Sets unknown values to 0.
    pub(crate) fn clear_unknown(self, values: &mut [f32]) {
        for (pixel, value) in values.iter_mut().enumerate() {
            if !self.at(pixel) {
                *value = 0.0;
            }
        }
    }
}

/// The bits of a panel's column in which every row is known, one bit per row.
pub(super) const ALL_KNOWN: u64 = u64::MAX;
const _: () = assert!(
    WIDTH == u64::BITS as usize,
    "the bits of a column are one word"
);

/// Sets the unknown values of columns to 0.
pub(super) fn clear_unknown<T: Copy + Default>(columns: &mut [[T; WIDTH]], known: &[u64]) {
    for (column, &known) in columns.iter_mut().zip(known) {
        clear_column(column, known);
    }
}

/// Sets the unknown values of columns to 0.
pub(super) fn clear_unknown_lanes(columns: &mut [Lanes], known: &[u64]) {
    for (column, &known) in columns.iter_mut().zip(known) {
        clear_column(&mut column.0, known);
    }
}

fn clear_column<T: Copy + Default>(column: &mut [T; WIDTH], known: u64) {
    if known == ALL_KNOWN {
        return;
    }
    for (row, value) in column.iter_mut().enumerate() {
        *value = if known >> row & 1 == 1 {
            *value
        } else {
            T::default()
        };
    }
}

/// For each byte, eight words with all bits set where the byte has a 1, and no bits where it has a 0.
const MASKS: [[u32; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut at = 0;
    while at < 8 * 256 {
        table[at / 8][at % 8] = if (at / 8) >> (at % 8) & 1 == 1 {
            u32::MAX
        } else {
            0
        };
        at += 1;
    }
    table
};

/// Returns a mask for each of the L rows of a column from `lane` on: all bits if known, else none.
#[inline(always)]
pub(super) fn masks<const L: usize>(known: u64, lane: usize) -> [u32; L] {
    let mut masks = [0; L];
    for (eight, byte) in masks
        .as_chunks_mut::<8>()
        .0
        .iter_mut()
        .zip((known >> lane).to_le_bytes())
    {
        *eight = MASKS[usize::from(byte)];
    }
    masks
}
