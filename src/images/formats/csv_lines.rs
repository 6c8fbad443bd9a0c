//! The lines of a table as fields, one line in memory at a time.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, Reader, ReaderBuilder};

use crate::disk;
use crate::error::{Result, TableError};
use crate::images::input::limited_reader::{Allowance, LimitedReader};
use crate::images::set::io_error;

/// The longest line that is read, in bytes: an unclosed quotation mark makes one line of all that follows.
const LONGEST: u64 = 16 << 20;
/// The first bytes, in which the end of the first line is searched.
const HEAD: u64 = 1 << 16;
/// The minimum number of fields of a first line whose end is not among the first bytes.
const MANY: usize = 8;

/// A table that is read line by line.
pub(crate) struct Lines {
    path: PathBuf,
    reader: Reader<LimitedReader<BufReader<File>>>,
    /// For the current line.
    allowance: Allowance,
    /// The fields of the current line.
    pub fields: ByteRecord,
}

impl Lines {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let mut file = disk::open_file(path).map_err(|source| io_error(path, source))?;
        let mut head = Vec::new();
        file.by_ref()
            .take(HEAD)
            .read_to_end(&mut head)
            .map_err(|source| io_error(path, source))?;
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            return Err(TableError::Utf16.into());
        }
        file.rewind().map_err(|source| io_error(path, source))?;
        let first = head
            .split(|byte| b"\r\n".contains(byte))
            .find(|line| !line.is_empty())
            .unwrap_or_default();
        let allowance = Allowance::new(LONGEST);
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(first))
            .from_reader(LimitedReader::new(
                BufReader::new(file),
                &allowance,
                too_long,
            ));
        Ok(Self {
            path: path.to_owned(),
            reader,
            allowance,
            fields: ByteRecord::new(),
        })
    }

    /// Reads the next line that is not empty, and returns whether there is one.
    pub(crate) fn read(&mut self) -> Result<bool> {
        self.allowance.set(LONGEST);
        match self.reader.read_byte_record(&mut self.fields) {
            Ok(more) => Ok(more),
            Err(error) => Err(TableError::Unreadable {
                line: self.line()?,
                reason: error.to_string(),
            }
            .into()),
        }
    }

    /// Returns the number of the current line, from 1. The reader's own count is wrong if lines end as on Windows.
    pub(crate) fn line(&self) -> Result<u64> {
        let begin = self.fields.position().map_or(0, csv::Position::byte);
        line_at(&self.path, begin).map_err(|source| io_error(&self.path, source))
    }
}

/// Returns the number, from 1, of the first line with fields at or after an offset.
fn line_at(path: &Path, offset: u64) -> io::Result<u64> {
    let mut file = BufReader::new(disk::open_file(path)?);
    let before = breaks(file.by_ref().take(offset))?;
    // Empty lines before the fields are counted, too.
    let mut ends = Vec::new();
    while let Some(&byte @ (b'\r' | b'\n')) = file.fill_buf()?.first() {
        ends.push(byte);
        file.consume(1);
    }
    Ok(1 + before + breaks(&ends[..])?)
}

/// Returns the error about a line that is too long.
fn too_long() -> io::Error {
    io::Error::other(format!(
        "it is longer than {} MB; check for an unclosed quotation mark",
        LONGEST >> 20
    ))
}

/// Returns the number of lines that end within the bytes.
fn breaks(bytes: impl Read) -> io::Result<u64> {
    BufReader::new(bytes)
        .bytes()
        .try_fold(0, |count, byte| Ok(count + u64::from(byte? == b'\n')))
}

/// Returns the delimiter of a line: a tab or a semicolon if it contains one, since commas may be part of numbers.
fn delimiter(line: &[u8]) -> u8 {
    let is_outside_quotes = |delimiter: &u8| {
        line.split(|&byte| byte == b'"')
            .step_by(2)
            .any(|text| text.contains(delimiter))
    };
    [b'\t', b';']
        .into_iter()
        .find(is_outside_quotes)
        .unwrap_or(b',')
}

/// Checks whether the first bytes of a file are lines with the same number of fields, among them numbers.
pub(crate) fn are_alike(head: &[u8], is_number: impl Fn(&[u8]) -> bool) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let mut lines: Vec<&[u8]> = head
        .split(|&byte| byte == b'\n')
        .map(<[u8]>::trim_ascii_end)
        .collect();
    // The last line is cut, or empty.
    let last = lines.pop().unwrap_or_default();
    let delimiter = delimiter(lines.first().unwrap_or(&last));
    let Some(first) = lines.first() else {
        return fields(last, delimiter).count() >= MANY;
    };
    let count = fields(first, delimiter).count();
    let are_alike = lines
        .iter()
        .filter(|line| !line.is_empty())
        .all(|line| fields(line, delimiter).count() == count);
    count > 1
        && are_alike
        && lines
            .iter()
            .any(|line| fields(line, delimiter).any(&is_number))
}

fn fields(line: &[u8], delimiter: u8) -> impl Iterator<Item = &[u8]> {
    line.split(move |&byte| byte == delimiter)
}
