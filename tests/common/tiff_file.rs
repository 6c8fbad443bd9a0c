//! Small TIFF files, byte by byte: any entries, strips or tiles, byte orders and sizes of offsets.

#![allow(dead_code, reason = "each test file uses its share")]

/// The values of an entry.
#[derive(Clone)]
pub enum Values {
    Ascii(String),
    Bytes(Vec<u8>),
    Short(Vec<u16>),
    Long(Vec<u32>),
    Rational(Vec<(u32, u32)>),
}

impl From<u16> for Values {
    fn from(value: u16) -> Self {
        Self::Short(vec![value])
    }
}

impl From<&[u16]> for Values {
    fn from(values: &[u16]) -> Self {
        Self::Short(values.to_vec())
    }
}

impl From<&str> for Values {
    fn from(text: &str) -> Self {
        Self::Ascii(text.to_owned())
    }
}

/// A page: its entries except for the places of its strips or tiles, which are written one after another, unless entries
/// state other places.
#[derive(Clone)]
pub struct TiffPage {
    entries: Vec<(u16, Values)>,
    chunks: Vec<Vec<u8>>,
    /// Bytes that follow the strips, which no entry describes.
    rest: Vec<u8>,
}

impl TiffPage {
    /// A page of one sample per pixel, grey, in one strip.
    pub fn grey(width: u16, height: u16, bits: u16, strip: &[u8]) -> Self {
        let page = Self {
            entries: Vec::new(),
            chunks: vec![strip.to_vec()],
            rest: Vec::new(),
        };
        page.with(256, width)
            .with(257, height)
            .with(258, bits)
            .with(259, 1)
            .with(262, 1)
            .with(277, 1)
    }

    /// A page of these bits per sample.
    pub fn colour(width: u16, height: u16, bits: &[u16], strip: &[u8]) -> Self {
        let samples = bits.len() as u16;
        Self::grey(width, height, 8, strip)
            .with(258, bits)
            .with(262, 2)
            .with(277, samples)
    }

    /// The page with this entry, in place of one with the same tag.
    pub fn with(mut self, tag: u16, values: impl Into<Values>) -> Self {
        self.entries.retain(|(other, _)| *other != tag);
        self.entries.push((tag, values.into()));
        self
    }

    /// The page with these strips, or tiles if it has their width.
    pub fn in_chunks(mut self, chunks: &[&[u8]]) -> Self {
        self.chunks = chunks.iter().map(|chunk| chunk.to_vec()).collect();
        self
    }

    /// The page with bytes behind its strips.
    pub fn before(mut self, rest: &[u8]) -> Self {
        self.rest = rest.to_vec();
        self
    }
}

/// The byte order and the size of offsets.
#[derive(Debug, Clone, Copy)]
pub struct TiffForm {
    pub big_endian: bool,
    pub is_big: bool,
}

pub const CLASSIC: TiffForm = TiffForm {
    big_endian: false,
    is_big: false,
};

/// All four.
pub const FORMS: [TiffForm; 4] = [
    CLASSIC,
    TiffForm {
        big_endian: true,
        is_big: false,
    },
    TiffForm {
        big_endian: false,
        is_big: true,
    },
    TiffForm {
        big_endian: true,
        is_big: true,
    },
];

impl TiffForm {
    pub fn short(self, value: u16) -> [u8; 2] {
        if self.big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }

    pub fn long(self, value: u32) -> [u8; 4] {
        if self.big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }

    fn offset(self, value: u64) -> Vec<u8> {
        match (self.is_big, self.big_endian) {
            (false, _) => self.long(value as u32).to_vec(),
            (true, false) => value.to_le_bytes().to_vec(),
            (true, true) => value.to_be_bytes().to_vec(),
        }
    }

    /// The type, count and bytes of values.
    fn encoded(self, values: &Values) -> (u16, u64, Vec<u8>) {
        match values {
            Values::Ascii(text) => (2, text.len() as u64 + 1, [text.as_bytes(), b"\0"].concat()),
            Values::Bytes(bytes) => (7, bytes.len() as u64, bytes.clone()),
            Values::Short(values) => {
                let bytes = values.iter().flat_map(|&value| self.short(value));
                (3, values.len() as u64, bytes.collect())
            }
            Values::Long(values) => {
                let bytes = values.iter().flat_map(|&value| self.long(value));
                (4, values.len() as u64, bytes.collect())
            }
            Values::Rational(values) => {
                let bytes = values
                    .iter()
                    .flat_map(|&(above, below)| [self.long(above), self.long(below)].concat());
                (5, values.len() as u64, bytes.collect())
            }
        }
    }

    /// The file with these pages.
    pub fn file(self, pages: &[TiffPage]) -> Vec<u8> {
        let mut file = if self.big_endian { b"MM" } else { b"II" }.to_vec();
        file.extend(self.short(if self.is_big { 43 } else { 42 }));
        if self.is_big {
            file.extend([self.short(8), self.short(0)].concat());
        }
        let mut link = file.len();
        file.extend(self.offset(0));
        for page in pages {
            let place = self.append(&mut file, page);
            let start = self.offset(place.start);
            file[link..link + start.len()].copy_from_slice(&start);
            link = place.link;
        }
        file
    }

    /// Appends a page.
    fn append(self, file: &mut Vec<u8>, page: &TiffPage) -> DirectoryPlace {
        let mut entries = page.entries.clone();
        let (mut starts, mut lengths) = (Vec::new(), Vec::new());
        for chunk in &page.chunks {
            starts.push(file.len() as u32);
            lengths.push(chunk.len() as u32);
            file.extend(chunk);
        }
        file.extend(&page.rest);
        let is_tiled = entries.iter().any(|(tag, _)| *tag == 322);
        let (offset_tag, length_tag) = if is_tiled { (324, 325) } else { (273, 279) };
        for (tag, values) in [(offset_tag, starts), (length_tag, lengths)] {
            if !entries.iter().any(|(other, _)| *other == tag) {
                entries.push((tag, Values::Long(values)));
            }
        }
        entries.sort_by_key(|(tag, _)| *tag);
        let mut directory = if self.is_big {
            self.offset(entries.len() as u64)
        } else {
            self.short(entries.len() as u16).to_vec()
        };
        for (tag, values) in &entries {
            let (kind, count, mut bytes) = self.encoded(values);
            directory.extend([self.short(*tag), self.short(kind)].concat());
            directory.extend(self.offset(count));
            let field = self.offset(0).len();
            if bytes.len() > field {
                let place = file.len() as u64;
                file.extend(bytes);
                bytes = self.offset(place);
            }
            bytes.resize(field, 0);
            directory.extend(bytes);
        }
        let start = file.len() as u64;
        file.extend(directory);
        let link = file.len();
        file.extend(self.offset(0));
        DirectoryPlace { start, link }
    }
}

/// Where a directory begins, and where it names the next one.
struct DirectoryPlace {
    start: u64,
    link: usize,
}
