//! Numbers as they are stored in rows of samples: whole ones of any bits, and floats.

use std::fmt;

/// The type of the samples of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NumberType {
    pub kind: NumberKind,
    pub bits: usize,
    pub big_endian: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberKind {
    Unsigned,
    Signed,
    Float,
}

impl fmt::Display for NumberType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.bits;
        match self.kind {
            NumberKind::Unsigned => write!(f, "{bits}-bit values"),
            NumberKind::Signed => write!(f, "signed {bits}-bit values"),
            NumberKind::Float => write!(f, "{bits}-bit floats"),
        }
    }
}

impl NumberType {
    /// Returns the type with this number of the kind in a file.
    ///
    /// # Errors
    /// If it is not supported: its name.
    pub(super) fn of(kind: u64, bits: u64, big_endian: bool) -> Result<Self, String> {
        let kind = match kind {
            1 | 4 => NumberKind::Unsigned,
            2 => NumberKind::Signed,
            3 => NumberKind::Float,
            5 | 6 => {
                return Err("complex values are not supported: save their magnitude".to_owned());
            }
            other => return Err(format!("damaged: values of type {other}")),
        };
        let is_supported = match kind {
            NumberKind::Float => matches!(bits, 16 | 24 | 32 | 64),
            _ => matches!(bits, 1..=32 | 64),
        };
        let numbers = Self {
            kind,
            bits: bits.min(1 << 16) as usize,
            // Whole numbers of 24 bits are packed from the most significant bit on, as those that are not of whole bytes.
            big_endian: big_endian || (bits == 24 && kind != NumberKind::Float),
        };
        if is_supported {
            return Ok(numbers);
        }
        Err(format!(
            "{numbers} are not supported: save it as 8 or 16 bits, or as 32-bit floats"
        ))
    }

    /// Returns the value that means full intensity: the largest unsigned one of this many bits, and 1 for floats.
    pub(super) fn white(self) -> f64 {
        match self.kind {
            NumberKind::Float => 1.0,
            _ => (u64::MAX >> (64 - self.bits)) as f64,
        }
    }

    /// Returns the bytes of a row of `count` samples.
    pub(super) fn row_bytes(self, count: usize) -> usize {
        (count * self.bits).div_ceil(8)
    }

    /// Returns the sample at a place of a row.
    pub(super) fn sample(self, row: &[u8], place: usize) -> f64 {
        if self.bits.is_multiple_of(8) {
            let size = self.bits / 8;
            self.number(self.word(&row[place * size..][..size]))
        } else {
            self.number(self.bits_at(row, place))
        }
    }

    /// Reads the `count` samples of a row, of up to 8 bits, into `values`.
    pub(super) fn unpack_bytes(self, row: &[u8], count: usize, values: &mut Vec<u8>) {
        values.clear();
        if self.bits == 8 {
            values.extend(&row[..count]);
        } else {
            values.extend((0..count).map(|place| self.bits_at(row, place) as u8));
        }
    }

    /// Returns up to 8 bytes as a word.
    fn word(self, bytes: &[u8]) -> u64 {
        let add = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
        if self.big_endian {
            bytes.iter().fold(0, add)
        } else {
            bytes.iter().rev().fold(0, add)
        }
    }

    /// Returns the sample at a place of a row, packed from the most significant bit on.
    pub(super) fn bits_at(self, row: &[u8], place: usize) -> u64 {
        let (first, end) = (place * self.bits, (place + 1) * self.bits);
        let bytes = &row[first / 8..end.div_ceil(8)];
        let word = bytes
            .iter()
            .fold(0, |word, &byte| word << 8 | u64::from(byte));
        let unused = bytes.len() * 8 - (end - first / 8 * 8);
        word >> unused & (u64::MAX >> (64 - self.bits))
    }

    /// Replaces the sample at a place of a row, packed from the most significant bit on.
    pub(super) fn set_bits(self, row: &mut [u8], place: usize, sample: u64) {
        for bit in 0..self.bits {
            let at = place * self.bits + bit;
            let mask = 0x80 >> (at % 8);
            if sample >> (self.bits - 1 - bit) & 1 == 1 {
                row[at / 8] |= mask;
            } else {
                row[at / 8] &= !mask;
            }
        }
    }

    fn number(self, word: u64) -> f64 {
        match (self.kind, self.bits) {
            (NumberKind::Unsigned, _) => word as f64,
            (NumberKind::Signed, bits) => {
                let unused = 64 - bits;
                ((word << unused).cast_signed() >> unused) as f64
            }
            (NumberKind::Float, 16) => small_float(word, 5, 10),
            (NumberKind::Float, 24) => small_float(word, 7, 16),
            (NumberKind::Float, 32) => f64::from(f32::from_bits(word as u32)),
            (NumberKind::Float, _) => f64::from_bits(word),
        }
    }
}

/// Returns a float of a sign bit and these numbers of bits in its exponent and fraction.
fn small_float(word: u64, exponent_bits: u32, fraction_bits: u32) -> f64 {
    let most = (1_u64 << exponent_bits) - 1;
    let exponent = word >> fraction_bits & most;
    let fraction = (word & ((1 << fraction_bits) - 1)) as f64 / (1_u64 << fraction_bits) as f64;
    let bias = (most >> 1) as i32;
    let size = match exponent {
        0 => fraction * 2.0_f64.powi(1 - bias),
        _ if exponent == most && fraction > 0.0 => f64::NAN,
        _ if exponent == most => f64::INFINITY,
        _ => (1.0 + fraction) * 2.0_f64.powi(exponent as i32 - bias),
    };
    if word >> (exponent_bits + fraction_bits) & 1 == 1 {
        -size
    } else {
        size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(kind: NumberKind, bits: usize, big_endian: bool, row: &[u8]) -> Vec<f64> {
        let numbers = NumberType {
            kind,
            bits,
            big_endian,
        };
        (0..row.len() * 8 / bits)
            .map(|place| numbers.sample(row, place))
            .collect()
    }

    #[test]
    fn whole_numbers_of_any_bits_are_unpacked() {
        use NumberKind::{Signed, Unsigned};
        assert_eq!(
            unpacked(Unsigned, 2, false, &[0b0001_1011]),
            [0.0, 1.0, 2.0, 3.0]
        );
        assert_eq!(unpacked(Unsigned, 4, true, &[0x5F]), [5.0, 15.0]);
        assert_eq!(
            unpacked(Unsigned, 12, false, &[0x12, 0x3A, 0xBC]),
            [f64::from(0x123), f64::from(0xABC)]
        );
        assert_eq!(unpacked(Unsigned, 16, false, &[1, 2]), [513.0]);
        assert_eq!(unpacked(Unsigned, 24, true, &[1, 0, 2]), [65538.0]);
        assert_eq!(unpacked(Signed, 16, true, &[0xFC, 0x18]), [-1000.0]);
        assert_eq!(unpacked(Signed, 4, true, &[0x7F]), [7.0, -1.0]);
        assert_eq!(
            unpacked(Unsigned, 64, false, &[3, 0, 0, 0, 0, 0, 0, 1]),
            [2.0_f64.powi(56)]
        );
    }

    #[test]
    fn floats_of_any_bits_are_unpacked() {
        use NumberKind::Float;
        assert_eq!(
            unpacked(Float, 16, true, &[0x3C, 0, 0xC1, 0, 0, 1, 0x7C, 0]),
            [1.0, -2.5, 2.0_f64.powi(-24), f64::INFINITY]
        );
        assert!(unpacked(Float, 16, true, &[0x7E, 0])[0].is_nan());
        // The exponent 63 means 2^0.
        assert_eq!(unpacked(Float, 24, true, &[0x3F, 0x80, 0]), [1.5]);
        assert_eq!(unpacked(Float, 24, false, &[0, 0x80, 0xBF]), [-1.5]);
        assert_eq!(unpacked(Float, 32, false, &0.25_f32.to_le_bytes()), [0.25]);
        assert_eq!(unpacked(Float, 64, true, &0.1_f64.to_be_bytes()), [0.1]);
    }
}
