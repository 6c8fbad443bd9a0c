//! The pages of a TIFF file: where each begins, and a view of the file that begins with one of them.
//!
//! A page is a directory of entries, of 12 bytes each (20 in a `BigTIFF` file), followed by the offset of the next
//! directory.
//!
//! Source: Aldus Corporation, *TIFF, revision 6.0*, 1992.

use std::collections::HashSet;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};

/// The most pages of a file that are read.
const MOST_PAGES: usize = 1 << 16;
/// The most bytes of the pages of one file, or four times its length if that is more.
const MOST_BYTES: u64 = 512 << 20;
const KIND_OF_PAGE: u16 = 254;
const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const BITS: u16 = 258;
/// The type of 2-byte values.
const SHORT: u64 = 3;
/// Bits of the kind of a page that is a smaller copy of another one, or a mask of it.
const NO_IMAGE: u64 = 0b101;

/// The pages of a file that are images of their own.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    /// Where each begins.
    pub starts: Vec<u64>,
    /// Why no further page can be found; `None` if all were.
    pub broken: Option<String>,
    /// Bytes of the pixels of all pages.
    pub pixels: u64,
}

impl Pages {
    /// Finds the pages of a file of `length` bytes.
    pub(crate) fn of(file: impl Read + Seek, length: u64) -> Self {
        let mut pages = Self::default();
        pages.broken = DirectoryWalk::begin(file, length)
            .and_then(|mut walk| walk.find_pages(&mut pages))
            .err();
        pages
    }
}

/// A reader of one directory after another.
struct DirectoryWalk<R> {
    file: BufReader<R>,
    length: u64,
    big_endian: bool,
    /// Whether offsets have 8 bytes.
    big: bool,
    next: u64,
    seen: HashSet<u64>,
    /// Bytes of all directories; more than the file has if they overlap.
    walked: u64,
}

impl<R: Read + Seek> DirectoryWalk<R> {
    fn begin(file: R, length: u64) -> Result<Self, String> {
        let (seen, walked) = (HashSet::new(), 0);
        let mut walk = Self {
            file: BufReader::new(file),
            length,
            big_endian: false,
            big: false,
            next: 0,
            seen,
            walked,
        };
        let head: [u8; 4] = walk.bytes().map_err(|error| cut_short(&error))?;
        walk.big_endian = head[0] == b'M';
        walk.big = head.contains(&43);
        if walk.big {
            walk.bytes::<4>().map_err(|error| cut_short(&error))?;
        }
        walk.next = walk.offset().map_err(|error| cut_short(&error))?;
        Ok(walk)
    }

    /// Adds all pages.
    fn find_pages(&mut self, pages: &mut Pages) -> Result<(), String> {
        while self.next != 0 {
            let start = self.next;
            if !self.seen.insert(start) {
                return Err("damaged: its list of pages has a cycle".to_owned());
            }
            if self.seen.len() > MOST_PAGES {
                return Err(format!("too many pages: the limit is {MOST_PAGES}"));
            }
            let page = self.directory().map_err(|error| cut_short(&error))?;
            if self.walked > self.length {
                return Err("damaged: its pages overlap".to_owned());
            }
            if page.kind & NO_IMAGE == 0 {
                pages.pixels = pages.pixels.saturating_add(page.bytes());
                if pages.pixels > MOST_BYTES.max(4 * self.length) {
                    return Err(format!(
                        "too large: its pages take more than {} MB in total",
                        MOST_BYTES >> 20
                    ));
                }
                pages.starts.push(start);
            }
        }
        Ok(())
    }

    /// Reads the directory at `next`, and sets `next` to the one after it.
    fn directory(&mut self) -> io::Result<Directory> {
        self.seek(self.next)?;
        let count = if self.big {
            self.number::<8>()?
        } else {
            self.number::<2>()?
        };
        let entry = if self.big { 20 } else { 12 };
        self.walked = self.walked.saturating_add(count.saturating_mul(entry));
        if self.walked > self.length {
            return Ok(Directory::default());
        }
        let mut page = Directory::default();
        let mut bits = None;
        for _ in 0..count {
            let entry = self.entry()?;
            match entry.tag {
                KIND_OF_PAGE => page.kind = entry.value,
                WIDTH => page.width = entry.value,
                HEIGHT => page.height = entry.value,
                BITS if entry.is_inline => page.bits = entry.value,
                BITS => bits = Some(entry.offset),
                _ => {}
            }
        }
        self.next = self.offset()?;
        if let Some(place) = bits {
            self.seek(place)?;
            page.bits = self.number::<2>()?;
        }
        Ok(page)
    }

    /// Reads an entry of a directory.
    fn entry(&mut self) -> io::Result<DirectoryEntry> {
        let (tag, kind) = (self.number::<2>()? as u16, self.number::<2>()?);
        let values = self.offset()?;
        if values > self.length {
            // For some of these the crate `image` prints to stderr.
            return Err(io::Error::other(
                "damaged: an entry is longer than the file",
            ));
        }
        let field = if self.big {
            self.bytes::<8>()?.to_vec()
        } else {
            self.bytes::<4>()?.to_vec()
        };
        let size = if kind == SHORT { 2 } else { 4 };
        Ok(DirectoryEntry {
            tag,
            value: self.parse(&field[..size]),
            offset: self.parse(&field),
            is_inline: values <= field.len() as u64 / 2,
        })
    }

    /// Seeks to an offset within the file; some systems fail at others.
    fn seek(&mut self, place: u64) -> io::Result<()> {
        if place >= self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.file.seek(SeekFrom::Start(place)).map(|_| ())
    }

    fn bytes<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn number<const N: usize>(&mut self) -> io::Result<u64> {
        let bytes = self.bytes::<N>()?;
        Ok(self.parse(&bytes))
    }

    fn offset(&mut self) -> io::Result<u64> {
        if self.big {
            self.number::<8>()
        } else {
            self.number::<4>()
        }
    }

    /// Returns up to 8 bytes as a number.
    fn parse(&self, bytes: &[u8]) -> u64 {
        let mut padded = [0; 8];
        if self.big_endian {
            padded[8 - bytes.len()..].copy_from_slice(bytes);
            u64::from_be_bytes(padded)
        } else {
            padded[..bytes.len()].copy_from_slice(bytes);
            u64::from_le_bytes(padded)
        }
    }
}

/// An entry of a directory.
struct DirectoryEntry {
    tag: u16,
    /// The first value, if it is in the entry.
    value: u64,
    /// Where the values begin, if they are not in the entry.
    offset: u64,
    /// Whether 2-byte values are in the entry.
    is_inline: bool,
}

/// The entries of the directory of a page.
#[derive(Default)]
struct Directory {
    kind: u64,
    width: u64,
    height: u64,
    bits: u64,
}

impl Directory {
    /// Returns the bytes of its pixels; those finer than 8 bits become floats.
    fn bytes(&self) -> u64 {
        self.width
            .saturating_mul(self.height)
            .saturating_mul(if self.bits > 8 { 4 } else { 1 })
    }
}

fn cut_short(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "truncated".to_owned(),
        _ => error.to_string(),
    }
}

/// A TIFF file whose first page is another one than on disk.
pub(crate) struct TiffPage<'a> {
    head: Vec<u8>,
    bytes: Cursor<&'a [u8]>,
}

impl<'a> TiffPage<'a> {
    /// Returns the file with the directory at `start` as the first one.
    pub(crate) fn at(bytes: &'a [u8], start: u64) -> BufReader<Self> {
        let (place, size) = if bytes.get(..4).is_some_and(|head| head.contains(&43)) {
            (8, 8)
        } else {
            (4, 4)
        };
        let mut head = bytes[..bytes.len().min(place + size)].to_vec();
        let start = if bytes.starts_with(b"M") {
            start.to_be_bytes()[8 - size..].to_vec()
        } else {
            start.to_le_bytes()[..size].to_vec()
        };
        head.splice(place.min(head.len()).., start);
        BufReader::new(Self {
            head,
            bytes: Cursor::new(bytes),
        })
    }
}

impl Read for TiffPage<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = self.bytes.position();
        let Some(mut head) = self.head.get(at as usize..).filter(|head| !head.is_empty()) else {
            return self.bytes.read(buffer);
        };
        let count = head.read(buffer)?;
        self.bytes.set_position(at + count as u64);
        Ok(count)
    }
}

impl Seek for TiffPage<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}
