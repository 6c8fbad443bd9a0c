//! Files that .tar archives store without their runs of zeros, as GNU tar and macOS do: the PAX formats 0.0, 0.1 and 1.0.
//! The older format, of entries of the type `S`, is read by the crate `tar`.
//!
//! Source: *GNU tar manual*, appendix D.2, Storing Sparse Files.

use std::io::{self, Read};

/// The most runs of data of one file.
const MOST_RUNS: usize = 1 << 20;
/// The bytes of a block, to which the map of format 1.0 is filled up.
const BLOCK: usize = 512;
/// The most digits of a number in a map.
const MOST_DIGITS: usize = 20;

/// What extended headers state of a sparse file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SparseHeader {
    /// The name of the file; format 0.0 has it in the ordinary header.
    pub name: Option<String>,
    /// The length of the file with its zeros.
    length: Option<u64>,
    /// Offsets and lengths of the runs of data; in format 1.0 they precede the data.
    map: Vec<u64>,
    has_map_in_data: bool,
    is_sparse: bool,
}

impl SparseHeader {
    /// Takes one record of an extended header.
    pub(super) fn add(&mut self, key: &[u8], value: &[u8]) {
        let text = String::from_utf8_lossy(value);
        match key.strip_prefix(b"GNU.sparse.") {
            Some(b"name") => self.name = Some(text.into_owned()),
            Some(b"size" | b"realsize") => self.length = text.parse().ok(),
            Some(b"offset" | b"numbytes") => self.map.extend(text.parse::<u64>()),
            Some(b"map") => self.map = text.split(',').flat_map(str::parse).collect(),
            Some(b"major") => self.has_map_in_data = text == "1",
            Some(_) => {}
            None => return,
        }
        self.is_sparse = true;
    }

    /// Returns the file with its zeros, if the headers describe a sparse one.
    ///
    /// # Errors
    /// If its map is invalid.
    pub(super) fn file<R: Read>(self, mut packed: R) -> io::Result<Option<SparseFile<R>>> {
        if !self.is_sparse {
            return Ok(None);
        }
        let map = if self.has_map_in_data {
            read_map(&mut packed)?
        } else {
            self.map
        };
        let (runs, rest) = map.as_chunks::<2>();
        let length = self.length.unwrap_or_default();
        let mut end = 0;
        for &[start, bytes] in runs {
            let next = start.checked_add(bytes).filter(|_| start >= end);
            end = next.filter(|&next| next <= length).ok_or_else(invalid)?;
        }
        if !rest.is_empty() || self.length.is_none() || runs.len() > MOST_RUNS {
            return Err(invalid());
        }
        let mut runs = runs.to_vec();
        runs.reverse();
        Ok(Some(SparseFile {
            packed,
            runs,
            place: 0,
            length,
        }))
    }
}

/// Reads the map of format 1.0: the number of runs, then the offset and length of each, one number per line, filled up to
/// whole blocks.
fn read_map(packed: &mut impl Read) -> io::Result<Vec<u64>> {
    let mut bytes = 0;
    let runs = read_number(packed, &mut bytes)?;
    if runs > MOST_RUNS as u64 {
        return Err(invalid());
    }
    let map = (0..2 * runs)
        .map(|_| read_number(packed, &mut bytes))
        .collect::<io::Result<_>>()?;
    let mut filling = vec![0; bytes.next_multiple_of(BLOCK) - bytes];
    packed.read_exact(&mut filling)?;
    Ok(map)
}

/// Reads a decimal number and the line break after it, and counts their bytes.
fn read_number(packed: &mut impl Read, bytes: &mut usize) -> io::Result<u64> {
    let mut digits = String::new();
    loop {
        let mut byte = [0];
        packed.read_exact(&mut byte)?;
        *bytes += 1;
        if byte == *b"\n" {
            return digits.parse().map_err(|_| invalid());
        }
        if digits.len() == MOST_DIGITS {
            return Err(invalid());
        }
        digits.push(char::from(byte[0]));
    }
}

fn invalid() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "its map of holes is invalid")
}

/// A file whose runs of zeros are not stored.
#[derive(Debug)]
pub(super) struct SparseFile<R> {
    packed: R,
    /// Offset and length of the runs of data that are still to be read, the last first.
    runs: Vec<[u64; 2]>,
    /// How many bytes were returned.
    place: u64,
    length: u64,
}

impl<R: Read> Read for SparseFile<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.runs.last().is_some_and(|run| run[1] == 0) {
            self.runs.pop();
        }
        let next = self.runs.last().map_or(self.length, |run| run[0]);
        let within = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        if self.place < next {
            let count = buffer.len().min(within(next - self.place));
            buffer[..count].fill(0);
            self.place += count as u64;
            return Ok(count);
        }
        let Some(run) = self.runs.last_mut() else {
            return Ok(0);
        };
        let wanted = buffer.len().min(within(run[1]));
        let count = self.packed.read(&mut buffer[..wanted])?;
        if count == 0 && wanted > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        *run = [run[0] + count as u64, run[1] - count as u64];
        self.place += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file `..ab...c.`, a dot for a zero, as each format stores it.
    #[test]
    fn every_format_gives_the_file_with_its_zeros() {
        let map = "2\n2\n2\n7\n1\n";
        let filled = format!("{map:\0<512}abc");
        let formats: [(&[(&str, &str)], &str); 3] = [
            (
                &[
                    ("size", "9"),
                    ("numblocks", "2"),
                    ("offset", "2"),
                    ("numbytes", "2"),
                    ("offset", "7"),
                    ("numbytes", "1"),
                ],
                "abc",
            ),
            (&[("name", "n"), ("size", "9"), ("map", "2,2,7,1")], "abc"),
            (
                &[
                    ("major", "1"),
                    ("minor", "0"),
                    ("name", "n"),
                    ("realsize", "9"),
                ],
                &filled,
            ),
        ];
        for (records, data) in formats {
            let mut header = SparseHeader::default();
            for (key, value) in records {
                header.add(format!("GNU.sparse.{key}").as_bytes(), value.as_bytes());
            }
            let mut file = Vec::new();
            let sparse = header.file(data.as_bytes()).unwrap();
            sparse.unwrap().read_to_end(&mut file).unwrap();
            assert_eq!(file, b"\0\0ab\0\0\0c\0", "{records:?}");
        }
    }

    #[test]
    fn a_map_that_overlaps_or_leads_beyond_the_file_is_invalid() {
        for map in ["2,2,3,1", "8,2", "2,2,7", "18446744073709551615,2"] {
            let mut header = SparseHeader::default();
            header.add(b"GNU.sparse.size", b"9");
            header.add(b"GNU.sparse.map", map.as_bytes());
            assert!(header.file(&b"abc"[..]).is_err(), "{map}");
        }
        let mut header = SparseHeader::default();
        header.add(b"path", b"a.pgm");
        assert!(header.file(&b""[..]).unwrap().is_none());
    }
}
