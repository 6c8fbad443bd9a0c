//! Values that are stored as differences from the pixel on the left.

use super::numbers::{NumberKind, NumberType};

/// The rows of a strip or tile whose values are differences.
#[derive(Clone, Copy)]
pub(super) struct PredictedRows {
    /// 1 for none, 2 for whole numbers, 3 for floats.
    pub predictor: u64,
    pub numbers: NumberType,
    /// Samples per pixel.
    pub samples: usize,
    /// Bytes of a row.
    pub row_bytes: usize,
}

/// Replaces differences by values.
///
/// # Errors
/// If the predictor is not supported for these numbers.
pub(super) fn undo(rows: &mut [u8], how: PredictedRows) -> Result<(), String> {
    let bits = how.numbers.bits;
    let undo_row = match (how.predictor, how.numbers.kind) {
        (1, _) => return Ok(()),
        (2, _) if bits.is_multiple_of(8) => add_words,
        (2, _) => add_packed,
        (3, NumberKind::Float) => add_bytes,
        (other, _) => {
            return Err(format!(
                "predictor {other} is not supported: save it without a predictor"
            ));
        }
    };
    for row in rows.chunks_exact_mut(how.row_bytes) {
        undo_row(row, how);
    }
    Ok(())
}

/// Adds to each word that of the pixel on the left.
fn add_words(row: &mut [u8], how: PredictedRows) {
    let size = how.numbers.bits / 8;
    let step = size * how.samples;
    for at in (step..row.len() / size * size).step_by(size) {
        let mut carry = 0;
        for digit in 0..size {
            let place = if how.numbers.big_endian {
                at + size - 1 - digit
            } else {
                at + digit
            };
            let sum = u16::from(row[place]) + u16::from(row[place - step]) + carry;
            row[place] = sum as u8;
            carry = sum >> 8;
        }
    }
}

/// Adds to each sample, packed in bits, that of the pixel on the left.
fn add_packed(row: &mut [u8], how: PredictedRows) {
    let numbers = how.numbers;
    for place in how.samples..row.len() * 8 / numbers.bits {
        let left = numbers.bits_at(row, place - how.samples);
        let sum = left + numbers.bits_at(row, place);
        numbers.set_bits(row, place, sum);
    }
}

/// Adds to each byte that of the pixel on the left, and brings the bytes of each float together: they are stored apart, the
/// most significant of all floats first.
fn add_bytes(row: &mut [u8], how: PredictedRows) {
    for at in how.samples..row.len() {
        row[at] = row[at].wrapping_add(row[at - how.samples]);
    }
    let size = how.numbers.bits / 8;
    let count = row.len() / size;
    let apart = row.to_vec();
    for (float, bytes) in row.chunks_exact_mut(size).enumerate() {
        for (digit, byte) in bytes.iter_mut().enumerate() {
            let rank = if how.numbers.big_endian {
                digit
            } else {
                size - 1 - digit
            };
            *byte = apart[rank * count + float];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undone(predictor: u64, numbers: NumberType, samples: usize, row: &[u8]) -> Vec<u8> {
        let mut row = row.to_vec();
        let how = PredictedRows {
            predictor,
            numbers,
            samples,
            row_bytes: row.len(),
        };
        undo(&mut row, how).unwrap();
        row
    }

    #[test]
    fn differences_of_whole_numbers_are_added_with_their_carry() {
        let numbers = |bits, big_endian| NumberType {
            kind: NumberKind::Unsigned,
            bits,
            big_endian,
        };
        assert_eq!(undone(2, numbers(8, false), 1, &[250, 10, 1]), [250, 4, 5]);
        // Two samples per pixel.
        assert_eq!(undone(2, numbers(8, false), 2, &[1, 2, 3, 4]), [1, 2, 4, 6]);
        // 1, 1 + 2, 3 + 15 = 18, which is 2 in 4 bits.
        assert_eq!(undone(2, numbers(4, false), 1, &[0x12, 0xF0]), [0x13, 0x22]);
        // 0x00FF + 0x0001 = 0x0100.
        assert_eq!(
            undone(2, numbers(16, true), 1, &[0, 255, 0, 1]),
            [0, 255, 1, 0]
        );
        assert_eq!(
            undone(2, numbers(16, false), 1, &[255, 0, 1, 0]),
            [255, 0, 0, 1]
        );
    }

    #[test]
    fn bytes_of_floats_that_are_stored_apart_are_brought_together() {
        let floats = |big_endian| NumberType {
            kind: NumberKind::Float,
            bits: 32,
            big_endian,
        };
        // The bytes 1 5, 2 6, 3 7, 4 8 as differences: floats 1 2 3 4 and 5 6 7 8.
        let row = [1, 4, 253, 4, 253, 4, 253, 4];
        assert_eq!(undone(3, floats(true), 1, &row), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(undone(3, floats(false), 1, &row), [4, 3, 2, 1, 8, 7, 6, 5]);
    }
}
