//! The lines of a table as fields, one line in memory at a time. Not what the fields mean.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, Reader, ReaderBuilder};

use crate::error::{Result, TableError};
use crate::images::input::limited_reader::{Allowance, LimitedReader};
use crate::images::set::io_error;

/// The longest line that is read, in bytes: a quotation mark that is left open makes one line of all that follows.
const LONGEST: u64 = 16 << 20;
/// The first bytes among which the end of the first line is looked for.
const HEAD: u64 = 1 << 16;
/// Fields that a line has whose end is not seen.
const MANY: usize = 8;

/// A table that is read line by line.
pub(crate) struct Lines {
    path: PathBuf,
    reader: Reader<LimitedReader<BufReader<File>>>,
    /// For a line.
    allowance: Allowance,
    /// The fields of the line that was read last.
    pub fields: ByteRecord,
}

impl Lines {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let io_error = |source| io_error(path, source);
        let mut file = File::open(path).map_err(io_error)?;
        let mut head = Vec::new();
        file.by_ref()
            .take(HEAD)
            .read_to_end(&mut head)
            .map_err(io_error)?;
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            return Err(TableError::Utf16.into());
        }
        file.rewind().map_err(io_error)?;
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

    /// Reads the next line that is not empty, if there is one.
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

    /// The number of the line that was read last, from 1. It is counted here, since the reader's own lags behind where
    /// lines end as on Windows.
    pub(crate) fn line(&self) -> Result<u64> {
        let begin = self.fields.position().map_or(0, csv::Position::byte);
        let count = || {
            let mut file = BufReader::new(File::open(&self.path)?);
            let before = breaks(file.by_ref().take(begin))?;
            // Empty lines before the fields count for lines, but are not what begins there.
            let mut ends = Vec::new();
            while let Some(&byte @ (b'\r' | b'\n')) = file.fill_buf()?.first() {
                ends.push(byte);
                file.consume(1);
            }
            Ok(1 + before + breaks(&ends[..])?)
        };
        count().map_err(|source| io_error(&self.path, source))
    }
}

fn too_long() -> io::Error {
    io::Error::other(format!(
        "it is longer than {} MB; is a quotation mark left open?",
        LONGEST >> 20
    ))
}

/// How many lines end within the bytes.
fn breaks(bytes: impl Read) -> io::Result<u64> {
    BufReader::new(bytes)
        .bytes()
        .try_fold(0, |count, byte| Ok(count + u64::from(byte? == b'\n')))
}

/// What stands between the fields of a line: a tab if there is one, or a semicolon, since commas may stand in numbers.
fn delimiter(line: &[u8]) -> u8 {
    let open = || line.split(|&byte| byte == b'"').step_by(2).flatten();
    [b'\t', b';']
        .into_iter()
        .find(|sign| open().any(|byte| byte == sign))
        .unwrap_or(b',')
}

/// Whether the first bytes of a file are lines of as many fields, among them numbers.
pub(crate) fn are_alike(head: &[u8], is_number: impl Fn(&[u8]) -> bool) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let mut lines: Vec<&[u8]> = head
        .split(|&byte| byte == b'\n')
        .map(<[u8]>::trim_ascii_end)
        .collect();
    // The last one is cut, or empty.
    let last = lines.pop().unwrap_or_default();
    let delimiter = delimiter(lines.first().unwrap_or(&last));
    let fields = |line: &[u8]| {
        line.split(|&byte| byte == delimiter)
            .map(<[u8]>::to_vec)
            .collect::<Vec<_>>()
    };
    let Some(first) = lines.first() else {
        return fields(last).len() >= MANY;
    };
    let count = fields(first).len();
    let alike = lines
        .iter()
        .filter(|line| !line.is_empty())
        .all(|line| fields(line).len() == count);
    count > 1
        && alike
        && lines
            .iter()
            .any(|line| fields(line).iter().any(|field| is_number(field)))
}
