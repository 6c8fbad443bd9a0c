//! The compressions of TIFF pages, by number.

/// A compression that is supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    PackBits,
    Lzw,
    Deflate,
    Jpeg,
    Fax(FaxScheme),
}

/// A bilevel compression by CCITT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaxScheme {
    /// Modified Huffman; rows begin at bytes.
    Rle,
    /// Modified Huffman; rows begin at words of two bytes.
    RleWords,
    /// T.4, in one or two dimensions.
    Group3,
    /// T.6.
    Group4,
}

/// Names of compressions that are not supported.
const OTHERS: [(u64, &str); 20] = [
    (6, "old-style JPEG"),
    (9, "JBIG"),
    (10, "JBIG"),
    (32766, "NeXT RLE"),
    (32809, "ThunderScan"),
    (33003, "JPEG 2000"),
    (33004, "JPEG 2000"),
    (33005, "JPEG 2000"),
    (34661, "JBIG"),
    (34676, "SGI LogLuv"),
    (34677, "SGI LogLuv"),
    (34712, "JPEG 2000"),
    (34887, "LERC"),
    (34892, "lossy JPEG of raw camera files"),
    (34925, "LZMA"),
    (34926, "Zstandard"),
    (34927, "WebP"),
    (50000, "Zstandard"),
    (50001, "WebP"),
    (50002, "JPEG XL"),
];

impl Compression {
    /// Returns the compression of this number.
    ///
    /// # Errors
    /// If it is not supported: its name.
    pub(super) fn numbered(number: u64) -> Result<Self, String> {
        match number {
            1 => Ok(Self::None),
            2 => Ok(Self::Fax(FaxScheme::Rle)),
            3 => Ok(Self::Fax(FaxScheme::Group3)),
            4 => Ok(Self::Fax(FaxScheme::Group4)),
            5 => Ok(Self::Lzw),
            7 => Ok(Self::Jpeg),
            8 | 32946 => Ok(Self::Deflate),
            32771 => Ok(Self::Fax(FaxScheme::RleWords)),
            32773 => Ok(Self::PackBits),
            _ => Err(unsupported(number)),
        }
    }

    /// Checks whether values are stored as differences if a predictor is stated, as in `libtiff`, which ignores the entry of
    /// other pages.
    pub(super) fn has_predictor(self) -> bool {
        matches!(self, Self::Lzw | Self::Deflate)
    }
}

fn unsupported(number: u64) -> String {
    let name = OTHERS.iter().find(|(other, _)| *other == number);
    let name = name.map_or_else(
        || format!("method {number}"),
        |(_, name)| (*name).to_owned(),
    );
    format!(
        "compressed by {name}, which is not supported: save it without compression or with Deflate"
    )
}
