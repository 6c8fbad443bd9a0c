//! Checks of BMP files before they are decoded.
//!
//! The crate `image` fills up with black what the codes of a compressed file leave out, also if it was cut and closed
//! again, and reads pixels from wherever the header states.

use super::unsupported::unsupported;

/// The compressions by run lengths, of 8 and of 4 bits per pixel.
const RLE8: u32 = 1;
const RLE4: u32 = 2;

/// The fields of the headers.
struct Header {
    /// Where the pixels begin.
    start: u32,
    /// The length of the second header.
    length: u32,
    width: u32,
    height: u32,
    bits: u16,
    compression: u32,
    /// Colours of the palette; 0 = as many as the bits allow.
    colours: u32,
}

impl Header {
    /// Reads the headers; `None` if the second one is that of OS/2 1.x, or truncated.
    fn read(bytes: &[u8]) -> Option<Self> {
        let field = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let header = Self {
            start: field(10)?,
            length: field(14)?,
            width: field(18)?,
            height: field(22)?,
            bits: (field(26)? >> 16) as u16,
            compression: field(30)?,
            colours: field(46)?,
        };
        (header.length >= 40).then_some(header)
    }

    /// Names what is not supported.
    fn unsupported(&self) -> Option<&'static str> {
        match self.compression {
            _ if self.length == 64 => Some("OS/2 2.x bitmap"),
            4 => Some("BMP with JPEG inside"),
            5 => Some("BMP with PNG inside"),
            6 => Some("BMP with alpha bit fields"),
            11..=13 => Some("CMYK BMP"),
            RLE8 | RLE4 if self.height.cast_signed() < 0 => {
                Some("compressed BMP from top to bottom")
            }
            _ => None,
        }
    }

    /// Returns where the palette ends, if the header states its length.
    fn palette_end(&self) -> Option<u32> {
        let is_stated = self.bits <= 8 && (1..=256).contains(&self.colours);
        is_stated.then(|| 14 + self.length + 4 * self.colours)
    }
}

/// Checks that a file is of a supported kind, that its pixels do not begin in the palette, and that its codes, if it is
/// compressed, set every pixel.
///
/// # Errors
/// If it is not.
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    let Some(header) = Header::read(bytes) else {
        return Ok(());
    };
    if let Some(kind) = header.unsupported() {
        return Err(unsupported(kind, "PNG"));
    }
    let start = header.start;
    if let Some(end) = header.palette_end().filter(|&end| start < end) {
        return Err(format!(
            "damaged: the pixels begin at byte {start}, inside the palette, which ends at {end}"
        ));
    }
    if !matches!(header.compression, RLE8 | RLE4) {
        return Ok(());
    }
    let size = Size {
        width: u64::from(header.width),
        height: u64::from(header.height.cast_signed().unsigned_abs()),
    };
    let codes = bytes.get(start as usize..).unwrap_or_default();
    let (set, all) = (
        size.pixels_set(codes, header.compression == RLE4),
        size.width * size.height,
    );
    if set >= all {
        return Ok(());
    }
    Err(format!(
        "truncated or incomplete: the run lengths set {set} of {all} pixels; save it without compression"
    ))
}

struct Size {
    width: u64,
    height: u64,
}

impl Size {
    /// Returns how many pixels are set by the codes up to their end.
    fn pixels_set(&self, mut codes: &[u8], is_packed: bool) -> u64 {
        let (mut set, mut row, mut column) = (0, 0, 0);
        while let [count, value, rest @ ..] = codes {
            codes = rest;
            let pixels = match (count, value) {
                (0, 0) => {
                    (row, column) = (row + 1, 0);
                    0
                }
                (0, 1) => return set,
                (0, 2) => {
                    let [right, down, rest @ ..] = codes else {
                        return set;
                    };
                    codes = rest;
                    row += u64::from(*down);
                    column += u64::from(*right);
                    0
                }
                (0, count) => {
                    let length = usize::from(*count).div_ceil(if is_packed { 2 } else { 1 });
                    let length = length.next_multiple_of(2);
                    if codes.len() < length {
                        return set;
                    }
                    codes = &codes[length..];
                    u64::from(*count)
                }
                (count, _) => u64::from(*count),
            };
            if row >= self.height {
                return set;
            }
            set += pixels.min(self.width.saturating_sub(column));
            column += pixels;
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of 4x2 pixels with these codes.
    fn bmp(compression: u8, codes: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 54];
        bytes[10] = 54;
        bytes[14] = 40;
        bytes[18] = 4;
        bytes[22] = 2;
        bytes[30] = compression;
        bytes.extend(codes);
        bytes
    }

    #[test]
    fn codes_must_set_every_pixel() {
        let whole: [(u8, &[u8]); 4] = [
            (1, &[4, 7, 0, 0, 4, 8, 0, 1]),
            (1, &[0, 4, 1, 2, 3, 4, 0, 0, 1, 9, 3, 8]),
            (2, &[0, 4, 0x12, 0x34, 0, 0, 4, 0x55, 0, 1]),
            (0, &[]),
        ];
        for (compression, codes) in whole {
            assert_eq!(check(&bmp(compression, codes)), Ok(()), "{codes:?}");
        }
        let incomplete: [(&[u8], u64); 5] = [
            (&[4, 7, 0, 0, 2, 8, 0, 1], 6),
            (&[4, 7, 0, 0], 4),
            (&[4, 7, 0, 2, 1, 1, 4, 8, 0, 1], 4),
            (&[2, 7, 0, 2, 1, 0, 9, 8, 0, 0, 4, 1], 7),
            (&[4, 7, 0, 0, 0, 4, 1, 2], 4),
        ];
        for (codes, set) in incomplete {
            let reason = check(&bmp(1, codes)).unwrap_err();
            assert!(
                reason.contains(&format!("set {set} of 8 pixels")),
                "{codes:?}: {reason}"
            );
        }
    }
}
