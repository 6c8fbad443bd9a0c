//! Transposition of pixels, from images to the columns of a panel.

use super::layout::WIDTH;
use super::pick::{Chosen, pick, pick_bytes};

/// A value of X as it is stored.
pub(super) trait Value: Copy + Default {
    /// Appends one row of chosen pixels per image.
    fn pick(chosen: &Chosen<Self>, rows: &mut Vec<[Self; WIDTH]>);

    /// Writes up to [`WIDTH`] columns of `rows`.
    fn transpose(rows: &[[Self; WIDTH]; WIDTH], columns: &mut [[Self; WIDTH]]);
}

impl Value for u8 {
    fn pick(chosen: &Chosen<u8>, rows: &mut Vec<[u8; WIDTH]>) {
        pick_bytes(chosen, rows);
    }

    fn transpose(rows: &[[u8; WIDTH]; WIDTH], columns: &mut [[u8; WIDTH]]) {
        transpose_bytes(rows, columns);
    }
}

impl Value for f32 {
    fn pick(chosen: &Chosen<f32>, rows: &mut Vec<[f32; WIDTH]>) {
        pick(chosen, rows);
    }

    fn transpose(rows: &[[f32; WIDTH]; WIDTH], columns: &mut [[f32; WIDTH]]) {
        for (at, column) in columns.iter_mut().enumerate() {
            for (value, row) in column.iter_mut().zip(rows) {
                *value = row[at];
            }
        }
    }
}

/// Bytes per word, and words per row of [`WIDTH`] bytes.
const EIGHT: usize = 8;
const _: () = assert!(WIDTH == EIGHT * EIGHT);

dispatch! {
    /// Writes columns of bytes, in squares of eight by eight, of which a row is a word.
    transpose_bytes = transpose_bytes_body(rows: &[[u8; WIDTH]; WIDTH], columns: &mut [[u8; WIDTH]])
}

#[inline(always)]
fn transpose_bytes_body<const L: usize, const FUSED: bool>(
    rows: &[[u8; WIDTH]; WIDTH],
    columns: &mut [[u8; WIDTH]],
) {
    for first in (0..WIDTH).step_by(EIGHT) {
        let mut words = [[0; EIGHT]; EIGHT];
        for (words, row) in words.iter_mut().zip(&rows[first..first + EIGHT]) {
            for (word, bytes) in words.iter_mut().zip(row.as_chunks::<EIGHT>().0) {
                *word = u64::from_le_bytes(*bytes);
            }
        }
        swap_halves(&mut words, 4, 0x0000_0000_FFFF_FFFF);
        swap_halves(&mut words, 2, 0x0000_FFFF_0000_FFFF);
        swap_halves(&mut words, 1, 0x00FF_00FF_00FF_00FF);
        for (at, column) in columns.iter_mut().enumerate() {
            let word = words[at % EIGHT][at / EIGHT];
            column[first..first + EIGHT].copy_from_slice(&word.to_le_bytes());
        }
    }
}

/// Swaps the upper half of each group of `2 size` bytes of a row with the lower half of the row that is
/// `size` rows further; `lower` masks the lower halves of a word.
#[inline(always)]
fn swap_halves(words: &mut [[u64; EIGHT]; EIGHT], size: usize, lower: u64) {
    for row in (0..EIGHT).filter(|row| row & size == 0) {
        for square in 0..EIGHT {
            let (upper_row, lower_row) = (words[row][square], words[row + size][square]);
            words[row][square] = upper_row & lower | (lower_row & lower) << (8 * size);
            words[row + size][square] = upper_row >> (8 * size) & lower | lower_row & !lower;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_columns() {
        let rows: [[u8; WIDTH]; WIDTH] =
            std::array::from_fn(|i| std::array::from_fn(|j| (i * 67 + j * 31 + i * j) as u8));
        for count in [0, 1, 13, WIDTH] {
            let mut columns = vec![[0; WIDTH]; count];
            u8::transpose(&rows, &mut columns);
            let mut floats = vec![[0.0; WIDTH]; count];
            f32::transpose(&rows.map(|row| row.map(f32::from)), &mut floats);
            for j in 0..count {
                let expected = rows.map(|row| row[j]);
                assert_eq!(columns[j], expected, "{j} of {count}");
                let bits = floats[j].map(f32::to_bits);
                let expected = expected.map(|value| f32::from(value).to_bits());
                assert_eq!(bits, expected, "{j} of {count}");
            }
        }
    }
}
