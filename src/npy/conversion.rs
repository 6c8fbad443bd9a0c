//! What stored values mean as pixels: the one place that converts them, whether an array is read into memory or block by
//! block.

use serde::{Deserialize, Serialize};

use super::encoding::{Encoding, Kind};

/// What a stored value means as a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum PixelScale {
    /// 0 is black, anything else white, as bytes.
    BlackOrWhite,
    /// An 8-bit grey level.
    Grey,
    /// A 16-bit grey level: the value is divided by 65,535.
    FineGrey,
    /// The value itself.
    AsStored,
}

/// White in 16 bits.
const WHITE_SHORT: f32 = 65535.0;

/// How stored values become pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Conversion {
    pub(crate) encoding: Encoding,
    pub(crate) scale: PixelScale,
}

/// The smallest and the largest of some integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IntegerRange {
    pub(crate) least: i64,
    /// At most `i64::MAX`.
    pub(crate) largest: i64,
}

impl IntegerRange {
    /// The range of no integers.
    pub(crate) const EMPTY: Self = Self {
        least: i64::MAX,
        largest: i64::MIN,
    };

    /// Extends the range by more integers.
    pub(crate) fn add(&mut self, values: &[i64]) {
        for &value in values {
            self.least = self.least.min(value);
            self.largest = self.largest.max(value);
        }
    }

    /// Checks whether all integers are 8-bit grey levels.
    fn is_grey(self) -> bool {
        self.least >= 0 && self.largest <= 255
    }
}

impl PixelScale {
    /// Returns the stored value of a pixel, normalised (`u8 / 255`); `None` if no stored value is this pixel.
    pub(crate) fn stored(self, pixel: f32) -> Option<f32> {
        let stored = match self {
            Self::Grey => (pixel * 255.0).round(),
            Self::FineGrey => (pixel * WHITE_SHORT).round(),
            Self::BlackOrWhite | Self::AsStored => pixel,
        };
        // The grey of a colour may lie between two levels.
        let is_between = self == Self::FineGrey && self.pixel(stored).to_bits() != pixel.to_bits();
        (!is_between).then_some(stored)
    }

    /// Returns the pixel, as bytes or f32, that this value is stored as.
    pub(crate) fn pixel(self, stored: f32) -> f32 {
        match self {
            Self::BlackOrWhite => stored * 255.0,
            Self::FineGrey => stored / WHITE_SHORT,
            Self::Grey | Self::AsStored => stored,
        }
    }
}

impl Conversion {
    /// The conversion of bytes that are grey levels.
    pub(crate) const GREY: Self = Self {
        encoding: Encoding {
            kind: Kind::U8,
            big_endian: false,
        },
        scale: PixelScale::Grey,
    };

    /// Returns the conversion of values. Integers other than u8 and u16 are 8-bit grey levels if all integers of the array,
    /// of this `range`, are 0 to 255.
    pub(crate) fn new(encoding: Encoding, range: Option<IntegerRange>) -> Self {
        let scale = match encoding.kind {
            Kind::Bool => PixelScale::BlackOrWhite,
            Kind::U8 => PixelScale::Grey,
            Kind::U16 => PixelScale::FineGrey,
            _ if range.is_some_and(IntegerRange::is_grey) => PixelScale::Grey,
            _ => PixelScale::AsStored,
        };
        Self { encoding, scale }
    }

    /// Checks whether pixels are bytes; otherwise they are f32.
    pub(crate) fn is_to_bytes(self) -> bool {
        matches!(self.scale, PixelScale::BlackOrWhite | PixelScale::Grey)
    }

    /// Checks whether pixels are stored as they are used: bytes or little-endian f32.
    pub(crate) fn is_identity(self) -> bool {
        match self.encoding.kind {
            Kind::U8 => self.scale == PixelScale::Grey,
            Kind::F32 => !self.encoding.big_endian,
            _ => false,
        }
    }

    /// Returns the bytes of a pixel in memory.
    pub(crate) fn pixel_bytes(self) -> usize {
        if self.is_to_bytes() {
            size_of::<u8>()
        } else {
            size_of::<f32>()
        }
    }

    /// Appends stored values as bytes of pixels.
    pub(crate) fn bytes(self, stored: &[u8], pixels: &mut Vec<u8>) {
        let size = self.encoding.size();
        if self.scale == PixelScale::BlackOrWhite {
            let lit = stored.iter().map(|&value| if value == 0 { 0 } else { 255 });
            pixels.extend(lit);
            return;
        }
        if size == 1 {
            pixels.extend_from_slice(stored);
            return;
        }
        let low = if self.encoding.big_endian {
            size - 1
        } else {
            0
        };
        pixels.extend(stored.chunks_exact(size).map(|value| value[low]));
    }

    /// Appends stored values as f32 pixels.
    pub(crate) fn floats(self, stored: &[u8], pixels: &mut Vec<f32>) {
        let start = pixels.len();
        self.encoding.floats(stored, pixels);
        if self.scale == PixelScale::FineGrey {
            for pixel in &mut pixels[start..] {
                *pixel /= WHITE_SHORT;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversion(descr: &str, values: &[i64]) -> Conversion {
        let mut range = IntegerRange::EMPTY;
        range.add(values);
        Conversion::new(Encoding::parse(descr).expect("a type"), Some(range))
    }

    #[test]
    fn integers_from_0_to_255_are_bytes_in_both_orders() {
        for (descr, stored) in [
            ("<i2", [0, 0, 255, 0]),
            (">i2", [0, 0, 0, 255]),
            ("<u4", [7, 0, 0, 0]),
        ] {
            let conversion = conversion(descr, &[0, 255]);
            let mut pixels = Vec::new();
            conversion.bytes(&stored, &mut pixels);
            let expected: &[u8] = if descr == "<u4" { &[7] } else { &[0, 255] };
            assert!(conversion.is_to_bytes());
            assert_eq!(pixels, expected, "{descr}");
        }
        assert!(!conversion("<i2", &[0, 256]).is_to_bytes());
        assert!(!conversion("<i2", &[-1, 0]).is_to_bytes());
    }

    #[test]
    fn unsigned_16_bits_are_divided_by_their_largest_value() {
        let conversion = conversion(">u2", &[0, 255]);
        let mut pixels = Vec::new();
        conversion.floats(&[255, 255, 0, 0], &mut pixels);
        assert_eq!(
            (conversion.is_to_bytes(), &pixels[..]),
            (false, &[1.0, 0.0][..])
        );
    }

    #[test]
    fn a_pixel_is_the_value_that_it_is_stored_as() {
        for (scale, stored, pixel, unit) in [
            (PixelScale::Grey, 51.0, 51.0, 0.2),
            (PixelScale::FineGrey, 13107.0, 0.2, 0.2),
            (PixelScale::BlackOrWhite, 1.0, 255.0, 1.0),
            (PixelScale::AsStored, 7.5, 7.5, 7.5),
        ] {
            assert_eq!(
                (scale.pixel(stored), scale.stored(unit)),
                (pixel, Some(stored)),
                "{scale:?}"
            );
        }
        assert_eq!(PixelScale::FineGrey.stored(0.200_001), None);
    }
}
