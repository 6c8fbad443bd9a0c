//! The bits of a scan, without the bytes that are stuffed into it.

/// Why a scan cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The data end, or another marker comes, before all blocks are there.
    Cut,
    /// The data have a code that does not exist, or a value out of range.
    Broken,
}

/// The most bytes of padding before a marker.
const MOST_PADDING: usize = 3;

/// A reader of the bits of a scan, which ends at the next marker.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// The place of the next byte that is not in `buffer`.
    at: usize,
    /// The next bits, from the highest on.
    buffer: u64,
    /// How many bits `buffer` holds.
    count: u32,
}

impl<'a> Bits<'a> {
    /// Reads from `at` on.
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self {
            bytes,
            at,
            buffer: 0,
            count: 0,
        }
    }

    /// Returns the next 16 bits without consuming them; zeros follow the last bit.
    pub(super) fn peek(&mut self) -> u16 {
        if self.count < 16 {
            self.fill();
        }
        (self.buffer >> 48) as u16
    }

    /// Consumes up to 16 bits.
    pub(super) fn skip(&mut self, bits: u32) -> Result<(), Fault> {
        if self.count < bits {
            self.fill();
        }
        self.count = self.count.checked_sub(bits).ok_or(Fault::Cut)?;
        self.buffer <<= bits;
        Ok(())
    }

    /// Returns the value of the next bits, up to 15.
    pub(super) fn take(&mut self, bits: u32) -> Result<u32, Fault> {
        let value = u32::from(self.peek()).unbounded_shr(16 - bits);
        self.skip(bits)?;
        Ok(value)
    }

    fn fill(&mut self) {
        while self.count <= 56 {
            let Some(&byte) = self.bytes.get(self.at) else {
                return;
            };
            if byte == 0xFF && self.bytes.get(self.at + 1) != Some(&0) {
                return;
            }
            self.at += if byte == 0xFF { 2 } else { 1 };
            self.buffer |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// Consumes the restart marker of this number, which follows the padding of the last byte.
    pub(super) fn restart(&mut self, number: u8) -> Result<(), Fault> {
        let at = self.end()?;
        match self.bytes.get(at..at + 2) {
            Some(&[_, marker]) if marker == 0xD0 + number => {
                *self = Self::new(self.bytes, at + 2);
                Ok(())
            }
            Some(&[_, 0xD0..=0xD7]) => Err(Fault::Broken),
            _ => Err(Fault::Cut),
        }
    }

    /// Returns the place of the marker that follows, or the length of the file if none does.
    ///
    /// Only a few bytes of equal bits may lie between the last code and that marker, which some cameras align.
    pub(super) fn end(&mut self) -> Result<usize, Fault> {
        let mut padding = 0;
        self.fill();
        while self.count >= 8 {
            let unused = self.count % 8;
            let byte = (self.buffer << unused) >> 56;
            padding += 1;
            if !matches!(byte, 0 | 0xFF) || padding > MOST_PADDING {
                return Err(Fault::Broken);
            }
            self.buffer = (self.buffer << unused) << 8;
            self.count -= unused + 8;
            self.fill();
        }
        while self.bytes.get(self.at..self.at + 2) == Some(&[0xFF, 0xFF]) {
            self.at += 1;
        }
        if self.at + 1 >= self.bytes.len() {
            // A file that was cut is sometimes filled up with zeros.
            return if padding == 0 {
                Ok(self.bytes.len())
            } else {
                Err(Fault::Cut)
            };
        }
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stuffed_zero_is_no_bit_and_a_marker_ends_the_bits() {
        let mut bits = Bits::new(&[0xFF, 0x00, 0b1010_0000, 0xFF, 0xD9], 0);
        assert_eq!(bits.take(8), Ok(0xFF));
        assert_eq!(bits.take(3), Ok(0b101));
        assert_eq!(bits.take(0), Ok(0));
        assert_eq!(bits.end(), Ok(3));
        let mut bits = Bits::new(&[0xAB, 0xFF, 0xD9], 0);
        assert_eq!(bits.skip(9), Err(Fault::Cut));
    }

    #[test]
    fn restart_markers_are_expected_in_their_order() {
        let bytes = [0x0F, 0xFF, 0xFF, 0xD1, 0x0F, 0xFF, 0xD3, 0xFF, 0xD8];
        let mut bits = Bits::new(&bytes, 0);
        bits.skip(4).unwrap();
        assert_eq!(bits.restart(1), Ok(()));
        assert_eq!(bits.take(8), Ok(0x0F));
        assert_eq!(bits.restart(2), Err(Fault::Broken));
        assert_eq!(bits.restart(3), Ok(()));
        assert_eq!(bits.restart(4), Err(Fault::Cut));
    }

    #[test]
    fn a_few_equal_bits_may_lie_before_a_marker_but_not_at_the_end_of_the_file() {
        assert_eq!(Bits::new(&[0, 0, 0xFF, 0xD9], 0).end(), Ok(2));
        assert_eq!(
            Bits::new(&[0, 0, 0, 0, 0xFF, 0xD9], 0).end(),
            Err(Fault::Broken)
        );
        assert_eq!(Bits::new(&[0, 0], 0).end(), Err(Fault::Cut));
        assert_eq!(Bits::new(&[0, 7, 0xFF, 0xD9], 0).end(), Err(Fault::Broken));
        assert_eq!(Bits::new(&[0xFF], 0).end(), Ok(1));
        assert_eq!(Bits::new(&[0xFF, 0, 0xFF, 0xD1], 0).end(), Ok(2));
    }
}
