//! The lines of a table as fields, one line in memory at a time; the file may be compressed by gzip.

use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::csv_numbers::NumberFormat;
use super::csv_text::{COMMENT, Delimiter, delimiter, lines_of, split_at_spaces};
use crate::error::{Result, TableError};
use crate::images::reading::common::io_error;
use crate::images::reading::input::gzip;
use crate::images::reading::input::limited_reader::{Allowance, LimitedReader};

/// The longest line that is read, in bytes: an unclosed quotation mark makes one line of all that follows.
const LONGEST: u64 = 16 << 20;
/// The first bytes, in which the end of the first line is searched.
const HEAD: u64 = 1 << 16;

type Input = LimitedReader<Box<dyn Read>>;

/// A table that is read line by line.
pub(crate) struct Lines {
    path: PathBuf,
    source: Source,
    /// For the current line.
    allowance: Allowance,
    /// The fields of the current line.
    pub fields: ByteRecord,
    /// How numbers are written.
    pub format: NumberFormat,
}

enum Source {
    /// Fields are separated by one character.
    Separated(Reader<Input>),
    /// Fields are separated by spaces.
    Spaced(SpacedLines),
}

/// Lines whose fields are separated by any number of spaces.
struct SpacedLines {
    reader: BufReader<Input>,
    /// The number of the current line, from 1.
    line: u64,
    text: Vec<u8>,
}

impl Lines {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let head = head(path).map_err(|source| io_error(path, source))?;
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            return Err(TableError::Utf16.into());
        }
        let first = lines_of(&head).next().unwrap_or_default();
        // Spreadsheets name the delimiter in a line of its own.
        let named = first.strip_prefix(b"sep=").and_then(<[u8]>::first).copied();
        let delimiter = named.map_or_else(|| delimiter(first), Delimiter::Sign);
        let (file, _) = gzip::open(path).map_err(|source| io_error(path, source))?;
        let allowance = Allowance::new(LONGEST);
        let input = LimitedReader::new(file, &allowance, too_long);
        let source = match delimiter {
            Delimiter::Sign(sign) => Source::Separated(
                ReaderBuilder::new()
                    .has_headers(false)
                    .flexible(true)
                    .comment(Some(COMMENT))
                    .delimiter(sign)
                    .from_reader(input),
            ),
            Delimiter::Spaces => Source::Spaced(SpacedLines {
                reader: BufReader::new(input),
                line: 0,
                text: Vec::new(),
            }),
        };
        let mut lines = Self {
            path: path.to_owned(),
            source,
            allowance,
            fields: ByteRecord::new(),
            format: delimiter.number_format(),
        };
        if named.is_some() {
            lines.read()?;
        }
        Ok(lines)
    }

    /// Goes back to the beginning of the table.
    pub(crate) fn restart(&mut self) -> Result<()> {
        *self = Self::open(&self.path)?;
        Ok(())
    }

    /// Reads the next line that is neither empty nor a comment, and returns whether there is one.
    pub(crate) fn read(&mut self) -> Result<bool> {
        self.allowance.set(LONGEST);
        let read = match &mut self.source {
            Source::Separated(reader) => reader
                .read_byte_record(&mut self.fields)
                .map_err(|error| error.to_string()),
            Source::Spaced(lines) => lines
                .read(&mut self.fields, &self.allowance)
                .map_err(|error| error.to_string()),
        };
        match read {
            Ok(more) => Ok(more),
            Err(reason) => Err(TableError::Unreadable {
                line: self.line()?,
                reason,
            }
            .into()),
        }
    }

    /// Returns the number of the current line, from 1. The reader's own count is wrong if lines end as on Windows.
    pub(crate) fn line(&self) -> Result<u64> {
        if let Source::Spaced(lines) = &self.source {
            return Ok(lines.line);
        }
        let begin = self.fields.position().map_or(0, csv::Position::byte);
        line_at(&self.path, begin).map_err(|source| io_error(&self.path, source))
    }
}

impl SpacedLines {
    fn read(&mut self, fields: &mut ByteRecord, allowance: &Allowance) -> io::Result<bool> {
        loop {
            allowance.set(LONGEST);
            self.text.clear();
            self.line += 1;
            if self.reader.read_until(b'\n', &mut self.text)? == 0 {
                return Ok(false);
            }
            let line = self
                .text
                .strip_prefix(b"\xef\xbb\xbf")
                .unwrap_or(&self.text);
            let line = line.trim_ascii();
            if line.is_empty() || line[0] == COMMENT {
                continue;
            }
            fields.clear();
            for field in split_at_spaces(line) {
                fields.push_field(field);
            }
            return Ok(true);
        }
    }
}

/// Returns the first bytes of a file, decompressed if it is compressed.
pub(super) fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    gzip::open(path)?.0.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

/// Returns the number, from 1, of the first line with fields at or after an offset.
fn line_at(path: &Path, offset: u64) -> io::Result<u64> {
    let mut file = BufReader::new(gzip::open(path)?.0);
    let before = breaks(file.by_ref().take(offset))?;
    // Empty lines and comments before the fields are counted, too.
    let mut skipped = Vec::new();
    while let Some(&byte @ (b'\r' | b'\n' | COMMENT)) = file.fill_buf()?.first() {
        if byte == COMMENT {
            file.read_until(b'\n', &mut skipped)?;
        } else {
            skipped.push(byte);
            file.consume(1);
        }
    }
    Ok(1 + before + breaks(&skipped[..])?)
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
