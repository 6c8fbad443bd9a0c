//! Which values of the pixel matrix are known: one bit each, 1 is known.

use super::layout::{Row, WIDTH};

/// The bits of the pixel matrix: whole words an image, its first pixel the lowest bit.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    bits: &'a [u64],
    words: usize,
}

/// The bits of one image.
#[derive(Clone, Copy)]
pub(crate) struct KnownPixels<'a>(&'a [u64]);

impl<'a> Known<'a> {
    /// Of `bits` as a mask keeps them, for images of so many pixels.
    pub(crate) fn new(bits: &'a [u64], pixels: usize) -> Self {
        Self {
            bits,
            words: pixels.div_ceil(64),
        }
    }

    /// All of them, and how many words an image has.
    pub(crate) fn bits(&self) -> (&'a [u64], usize) {
        (self.bits, self.words)
    }

    pub(crate) fn image(&self, index: usize) -> KnownPixels<'a> {
        KnownPixels(&self.bits[index * self.words..][..self.words])
    }
}

impl KnownPixels<'_> {
    pub(crate) fn at(self, pixel: usize) -> bool {
        self.0[pixel / 64] >> (pixel % 64) & 1 == 1
    }

    /// How many pixels are known.
    pub(crate) fn count(self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Of one item a pixel, those of the known ones.
    pub(crate) fn of<T>(self, items: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        items
            .into_iter()
            .enumerate()
            .filter(move |(pixel, _)| self.at(*pixel))
            .map(|(_, item)| item)
    }

    /// Makes unknown values 0.
    pub(crate) fn clear_unknown(self, values: &mut [f32]) {
        values
            .iter_mut()
            .enumerate()
            .filter(|(pixel, _)| !self.at(*pixel))
            .for_each(|(_, value)| *value = 0.0);
    }
}

/// What is known of a column of a panel where nothing is hidden, a bit a row.
pub(super) const ALL_KNOWN: u64 = u64::MAX;
const _: () = assert!(WIDTH == u64::BITS as usize, "a column's bits are one word");

/// Makes the unknown values of columns 0.
pub(super) fn clear_unknown<T: Copy + Default>(columns: &mut [[T; WIDTH]], known: &[u64]) {
    for (column, &known) in columns.iter_mut().zip(known) {
        clear_column(column, known);
    }
}

/// The same of columns that products read.
pub(super) fn clear_unknown_rows(known: &[u64], columns: &mut [Row]) {
    for (column, &known) in columns.iter_mut().zip(known) {
        clear_column(&mut column.0, known);
    }
}

fn clear_column<T: Copy + Default>(column: &mut [T; WIDTH], known: u64) {
    if known != ALL_KNOWN {
        for (row, value) in column.iter_mut().enumerate() {
            *value = if known >> row & 1 == 1 {
                *value
            } else {
                T::default()
            };
        }
    }
}

/// All bits of a value where it is known, none where it is not: vectors of eight, by a column's byte.
const KEEPING: [[u32; 8]; 256] = {
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

/// What keeps the known values of the `L` rows of a column from `lane` on: all bits, or none.
#[inline(always)]
pub(super) fn keeping<const L: usize>(known: u64, lane: usize) -> [u32; L] {
    let mut keeping = [0; L];
    for (eight, byte) in keeping
        .as_chunks_mut::<8>()
        .0
        .iter_mut()
        .zip((known >> lane).to_le_bytes())
    {
        *eight = KEEPING[usize::from(byte)];
    }
    keeping
}
