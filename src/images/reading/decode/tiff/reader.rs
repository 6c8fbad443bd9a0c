//! Reading of TIFF directories: entries of 12 bytes each (20 in a `BigTIFF` file) and the values they refer to.
//!
//! Source: Aldus Corporation, *TIFF, revision 6.0*, 1992.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::tags;

/// A reader of numbers in the byte order of a file.
pub(super) struct TiffReader<R> {
    file: BufReader<R>,
    length: u64,
    big_endian: bool,
    /// Whether offsets have 8 bytes.
    is_big: bool,
}

/// The entries of a page.
#[derive(Default)]
pub(super) struct Directory {
    entries: Vec<Entry>,
    /// Where the next directory begins; 0 after the last one.
    pub next: u64,
    /// Its length in bytes.
    pub bytes: u64,
}

impl Directory {
    fn entry(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }

    /// Checks whether the page has an entry.
    pub(super) fn has(&self, tag: u16) -> bool {
        self.entry(tag).is_some()
    }

    /// Returns how many values an entry has; 0 if it is absent.
    pub(super) fn count(&self, tag: u16) -> u64 {
        self.entry(tag).map_or(0, |entry| entry.count)
    }
}

/// An entry of a directory.
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// The values, or where they begin; the first half in files with offsets of 4 bytes.
    field: [u8; 8],
}

impl Entry {
    /// Returns the bytes of one value; 0 if the type is unknown.
    fn size(&self) -> u64 {
        match self.kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 | 16..=18 => 8,
            _ => 0,
        }
    }

    /// Returns the bytes of all values.
    fn bytes(&self) -> u64 {
        self.count.saturating_mul(self.size())
    }
}

impl<R: Read + Seek> TiffReader<R> {
    /// Begins to read a file of `length` bytes; also returns where the first directory begins.
    pub(super) fn begin(file: R, length: u64) -> Result<(Self, u64), String> {
        let mut reader = Self {
            file: BufReader::new(file),
            length,
            big_endian: false,
            is_big: false,
        };
        let first = reader.header().map_err(|error| cut_short(&error))?;
        Ok((reader, first))
    }

    fn header(&mut self) -> io::Result<u64> {
        let head: [u8; 4] = self.bytes()?;
        self.big_endian = head[0] == b'M';
        self.is_big = head.contains(&43);
        if self.is_big {
            self.bytes::<4>()?;
        }
        self.offset()
    }

    /// Returns whether the first byte of a number is the most significant one.
    pub(super) fn is_big_endian(&self) -> bool {
        self.big_endian
    }

    /// Returns where, after `place`, the directory at `start` or values of its entries begin; else the end of the file.
    pub(super) fn next_structure(&mut self, start: u64, place: u64) -> Result<u64, String> {
        self.find_structure(start, place)
            .map_err(|error| cut_short(&error))
    }

    fn find_structure(&mut self, start: u64, place: u64) -> io::Result<u64> {
        let mut nearest = self.length;
        let mut see = |structure: u64| {
            if structure > place {
                nearest = nearest.min(structure);
            }
        };
        see(start);
        let count = self.begin_directory(start)?;
        for _ in 0..count {
            let entry = self.entry()?;
            if entry.bytes() > self.inline() {
                see(self.parse(&entry.field[..self.inline() as usize]));
            }
        }
        Ok(nearest)
    }

    /// Returns how many bytes of values are in an entry itself.
    fn inline(&self) -> u64 {
        if self.is_big { 8 } else { 4 }
    }

    /// Seeks to the entries of a directory, and returns how many there are.
    fn begin_directory(&mut self, start: u64) -> io::Result<u64> {
        self.seek(start)?;
        if self.is_big {
            self.number::<8>()
        } else {
            self.number::<2>()
        }
    }

    /// Reads the directory at `start`.
    pub(super) fn directory(&mut self, start: u64) -> Result<Directory, String> {
        self.read_directory(start)
            .map_err(|error| cut_short(&error))
    }

    fn read_directory(&mut self, start: u64) -> io::Result<Directory> {
        let count = self.begin_directory(start)?;
        let mut directory = Directory {
            bytes: count.saturating_mul(if self.is_big { 20 } else { 12 }),
            ..Directory::default()
        };
        if directory.bytes > self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        for _ in 0..count {
            let entry = self.entry()?;
            if tags::READ.contains(&entry.tag) && !directory.has(entry.tag) {
                directory.entries.push(entry);
            }
        }
        directory.next = self.offset()?;
        Ok(directory)
    }

    fn entry(&mut self) -> io::Result<Entry> {
        let (tag, kind) = (self.number::<2>()? as u16, self.number::<2>()? as u16);
        let count = self.offset()?;
        if count > self.length {
            return Err(io::Error::other(
                "damaged: an entry is longer than the file",
            ));
        }
        let mut field = [0; 8];
        if self.is_big {
            field = self.bytes()?;
        } else {
            field[..4].copy_from_slice(&self.bytes::<4>()?);
        }
        Ok(Entry {
            tag,
            kind,
            count,
            field,
        })
    }

    /// Reads up to `most` bytes of the values of an entry; none if it is absent.
    pub(super) fn raw(
        &mut self,
        directory: &Directory,
        tag: u16,
        most: u64,
    ) -> Result<Vec<u8>, String> {
        let Some(entry) = directory.entry(tag) else {
            return Ok(Vec::new());
        };
        let length = entry.bytes().min(most);
        let inline = self.inline();
        if entry.bytes() <= inline {
            return Ok(entry.field[..length as usize].to_vec());
        }
        let place = self.parse(&entry.field[..inline as usize]);
        self.read_at(place, length)
            .map_err(|error| cut_short(&error))
    }

    fn read_at(&mut self, place: u64, length: u64) -> io::Result<Vec<u8>> {
        self.seek(place)?;
        if length > self.length - place {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut bytes = vec![0; length as usize];
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads up to `most` whole numbers of an entry; none if it is absent.
    pub(super) fn numbers(
        &mut self,
        directory: &Directory,
        tag: u16,
        most: usize,
    ) -> Result<Vec<u64>, String> {
        let Some(entry) = directory.entry(tag) else {
            return Ok(Vec::new());
        };
        let size = entry.size() as usize;
        if size == 0 || matches!(entry.kind, 2 | 5 | 10..=12) {
            return Err(format!("damaged: the values of tag {tag} are not numbers"));
        }
        let bytes = self.raw(directory, tag, (most * size) as u64)?;
        Ok(bytes
            .chunks_exact(size)
            .map(|value| self.parse(value))
            .collect())
    }

    /// Reads the first number of an entry; `default` if it is absent.
    pub(super) fn first(
        &mut self,
        directory: &Directory,
        tag: u16,
        default: u64,
    ) -> Result<u64, String> {
        let numbers = self.numbers(directory, tag, 1)?;
        Ok(numbers.first().copied().unwrap_or(default))
    }

    /// Reads up to `most` fractions of an entry; none if it is absent or has values of another type.
    pub(super) fn fractions(
        &mut self,
        directory: &Directory,
        tag: u16,
        most: usize,
    ) -> Result<Vec<f64>, String> {
        if directory.entry(tag).is_none_or(|entry| entry.kind != 5) {
            return Ok(Vec::new());
        }
        let bytes = self.raw(directory, tag, 8 * most as u64)?;
        Ok(bytes
            .chunks_exact(8)
            .map(|two| self.parse(&two[..4]) as f64 / self.parse(&two[4..]) as f64)
            .collect())
    }

    /// Reads the text of an entry, up to 16 MB, without the zero byte at its end.
    pub(super) fn text(&mut self, directory: &Directory, tag: u16) -> Result<String, String> {
        let bytes = self.raw(directory, tag, 16 << 20)?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(text.trim_end_matches('\0').to_owned())
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
        if self.is_big {
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

fn cut_short(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "truncated".to_owned(),
        _ => error.to_string(),
    }
}
