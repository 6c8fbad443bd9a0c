//! The types of the values of an array, and the conversion of stored bytes to numbers.

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F16,
    F32,
    F64,
    /// So many characters of 4 bytes.
    Unicode(usize),
    /// So many characters of 1 byte.
    Ascii(usize),
}

/// How a value is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Encoding {
    pub(crate) kind: Kind,
    pub(crate) big_endian: bool,
}

impl Encoding {
    /// Parses a type such as `<f4`; `None` if it is not supported.
    pub(crate) fn parse(descr: &str) -> Option<Self> {
        let kind = match descr.trim_start_matches(['<', '>', '|', '=']) {
            "b1" | "?" => Kind::Bool,
            "u1" => Kind::U8,
            "i1" => Kind::I8,
            "u2" => Kind::U16,
            "i2" => Kind::I16,
            "u4" => Kind::U32,
            "i4" => Kind::I32,
            "u8" => Kind::U64,
            "i8" => Kind::I64,
            "f2" => Kind::F16,
            "f4" => Kind::F32,
            "f8" => Kind::F64,
            text => text_kind(text)?,
        };
        Some(Self {
            kind,
            big_endian: descr.starts_with('>'),
        })
    }

    /// Returns the size of a value in bytes.
    pub(crate) fn size(self) -> usize {
        match self.kind {
            Kind::Bool | Kind::U8 | Kind::I8 => 1,
            Kind::U16 | Kind::I16 | Kind::F16 => 2,
            Kind::U32 | Kind::I32 | Kind::F32 => 4,
            Kind::U64 | Kind::I64 | Kind::F64 => 8,
            Kind::Unicode(characters) => 4 * characters,
            Kind::Ascii(characters) => characters,
        }
    }

    /// Checks whether values are integers; booleans are not.
    pub(crate) fn is_whole(self) -> bool {
        matches!(
            self.kind,
            Kind::U8
                | Kind::I8
                | Kind::U16
                | Kind::I16
                | Kind::U32
                | Kind::I32
                | Kind::U64
                | Kind::I64
        )
    }

    /// Checks whether values are text.
    pub(crate) fn is_text(self) -> bool {
        matches!(self.kind, Kind::Unicode(_) | Kind::Ascii(_))
    }

    /// Returns the name of the type in `NumPy`.
    pub(crate) fn name(self) -> &'static str {
        match self.kind {
            Kind::Bool => "bool",
            Kind::U8 => "uint8",
            Kind::I8 => "int8",
            Kind::U16 => "uint16",
            Kind::I16 => "int16",
            Kind::U32 => "uint32",
            Kind::I32 => "int32",
            Kind::U64 => "uint64",
            Kind::I64 => "int64",
            Kind::F16 => "float16",
            Kind::F32 => "float32",
            Kind::F64 => "float64",
            Kind::Unicode(_) | Kind::Ascii(_) => "text",
        }
    }

    /// Appends stored numbers as f32, rounded to the nearest one where they are finer; booleans are 0 or 1.
    pub(crate) fn floats(self, stored: &[u8], values: &mut Vec<f32>) {
        let big = self.big_endian;
        match self.kind {
            Kind::Bool => extend(values, stored, big, |[byte]| f32::from(u8::from(byte != 0))),
            Kind::U8 => extend(values, stored, big, |[byte]| f32::from(byte)),
            Kind::I8 => extend(values, stored, big, |bytes| {
                f32::from(i8::from_le_bytes(bytes))
            }),
            Kind::U16 => extend(values, stored, big, |bytes| {
                f32::from(u16::from_le_bytes(bytes))
            }),
            Kind::I16 => extend(values, stored, big, |bytes| {
                f32::from(i16::from_le_bytes(bytes))
            }),
            Kind::U32 => extend(values, stored, big, |bytes| {
                u32::from_le_bytes(bytes) as f32
            }),
            Kind::I32 => extend(values, stored, big, |bytes| {
                i32::from_le_bytes(bytes) as f32
            }),
            Kind::U64 => extend(values, stored, big, |bytes| {
                u64::from_le_bytes(bytes) as f32
            }),
            Kind::I64 => extend(values, stored, big, |bytes| {
                i64::from_le_bytes(bytes) as f32
            }),
            Kind::F16 => extend(values, stored, big, |bytes| half(u16::from_le_bytes(bytes))),
            Kind::F32 => extend(values, stored, big, f32::from_le_bytes),
            Kind::F64 => extend(values, stored, big, |bytes| {
                f64::from_le_bytes(bytes) as f32
            }),
            Kind::Unicode(_) | Kind::Ascii(_) => {}
        }
    }

    /// Appends stored integers, at most `i64::MAX`; nothing for other types.
    pub(crate) fn integers(self, stored: &[u8], values: &mut Vec<i64>) {
        let big = self.big_endian;
        match self.kind {
            Kind::U8 => extend(values, stored, big, |[byte]| i64::from(byte)),
            Kind::I8 => extend(values, stored, big, |bytes| {
                i64::from(i8::from_le_bytes(bytes))
            }),
            Kind::U16 => extend(values, stored, big, |bytes| {
                i64::from(u16::from_le_bytes(bytes))
            }),
            Kind::I16 => extend(values, stored, big, |bytes| {
                i64::from(i16::from_le_bytes(bytes))
            }),
            Kind::U32 => extend(values, stored, big, |bytes| {
                i64::from(u32::from_le_bytes(bytes))
            }),
            Kind::I32 => extend(values, stored, big, |bytes| {
                i64::from(i32::from_le_bytes(bytes))
            }),
            Kind::U64 => extend(values, stored, big, |bytes| {
                i64::try_from(u64::from_le_bytes(bytes)).unwrap_or(i64::MAX)
            }),
            Kind::I64 => extend(values, stored, big, i64::from_le_bytes),
            _ => {}
        }
    }

    /// Appends stored texts without their padding; nothing for other types.
    pub(crate) fn texts(self, stored: &[u8], values: &mut Vec<String>) {
        let padded = stored.chunks_exact(self.size());
        match self.kind {
            Kind::Ascii(_) => values.extend(padded.map(|text| {
                let text = String::from_utf8_lossy(text);
                text.trim_end_matches('\0').to_owned()
            })),
            Kind::Unicode(_) => values.extend(padded.map(|text| {
                let mut points = Vec::new();
                extend(&mut points, text, self.big_endian, u32::from_le_bytes);
                let text: String = points
                    .into_iter()
                    .map(|point| char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect();
                text.trim_end_matches('\0').to_owned()
            })),
            _ => {}
        }
    }
}

/// Parses the type of a text, such as `U5`.
fn text_kind(text: &str) -> Option<Kind> {
    let characters = text.get(1..)?.parse().ok();
    let characters = characters.filter(|count| (1..=1 << 16).contains(count))?;
    match text.as_bytes()[0] {
        b'U' => Some(Kind::Unicode(characters)),
        b'S' | b'a' => Some(Kind::Ascii(characters)),
        _ => None,
    }
}

/// Appends values of `N` bytes each, in the given order; `convert` gets the lowest byte first.
fn extend<const N: usize, T>(
    values: &mut Vec<T>,
    stored: &[u8],
    big_endian: bool,
    convert: impl Fn([u8; N]) -> T,
) {
    let stored = stored.as_chunks().0;
    if big_endian {
        values.extend(stored.iter().map(|&(mut bytes)| {
            bytes.reverse();
            convert(bytes)
        }));
    } else {
        values.extend(stored.iter().map(|&bytes| convert(bytes)));
    }
}

/// Returns the value of a float of 16 bits, which f32 represents exactly.
fn half(bits: u16) -> f32 {
    let (exponent, mantissa) = (u32::from(bits >> 10 & 0x1f), u32::from(bits & 0x3ff));
    let magnitude = match exponent {
        // Subnormal numbers are multiples of 2^-24.
        0 => mantissa as f32 / (1 << 24) as f32,
        0x1f => f32::from_bits(0x7f80_0000 | mantissa << 13),
        _ => f32::from_bits((exponent + 112) << 23 | mantissa << 13),
    };
    if bits >> 15 == 1 {
        -magnitude
    } else {
        magnitude
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floats(descr: &str, stored: &[u8]) -> Vec<f32> {
        let mut values = Vec::new();
        let encoding = Encoding::parse(descr).expect("a type");
        encoding.floats(stored, &mut values);
        values
    }

    #[test]
    fn floats_of_16_bits_are_exact() {
        for (bits, value) in [
            (0x0000_u16, 0.0),
            (0x0001, 2_f32.powi(-24)),
            (0x03ff, 1023.0 * 2_f32.powi(-24)),
            (0x0400, 2_f32.powi(-14)),
            (0x3555, 0.333_251_95),
            (0x3c00, 1.0),
            (0x7bff, 65504.0),
            (0x7c00, f32::INFINITY),
            (0xc000, -2.0),
        ] {
            assert_eq!(floats("<f2", &bits.to_le_bytes()), [value], "{bits:x}");
            assert_eq!(floats(">f2", &bits.to_be_bytes()), [value], "{bits:x}");
        }
        assert!(half(0x7e00).is_nan());
    }

    #[test]
    fn integers_of_every_size_and_order_are_converted() {
        assert_eq!(floats("|i1", &[0x80, 127]), [-128.0, 127.0]);
        assert_eq!(floats("<u4", &[1, 2, 0, 0]), [513.0]);
        assert_eq!(floats(">i4", &[0xff, 0xff, 0xff, 0xfe]), [-2.0]);
        assert_eq!(floats(">u8", &[0, 0, 0, 0, 0, 0, 1, 0]), [256.0]);
        let mut integers = Vec::new();
        let most = Encoding::parse("<u8").expect("a type");
        most.integers(&[0xff; 8], &mut integers);
        assert_eq!(integers, [i64::MAX]);
    }

    #[test]
    fn texts_lose_their_padding() {
        for (descr, stored) in [
            ("<U2", [99, 0, 0, 0, 0, 0, 0, 0]),
            (">U2", [0, 0, 0, 99, 0, 0, 0, 0]),
            ("|S8", [99, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            let mut texts = Vec::new();
            let encoding = Encoding::parse(descr).expect("a type");
            encoding.texts(&stored, &mut texts);
            assert_eq!(texts, ["c"], "{descr}");
        }
        assert_eq!(Encoding::parse("<U0"), None);
        assert_eq!(Encoding::parse("<c8"), None);
    }
}
