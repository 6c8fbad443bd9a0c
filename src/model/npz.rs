//! Arrays in an archive, as `numpy.savez` writes and `numpy.load` reads them; not what they mean.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::Path;

use ndarray::{Array1, Array2, ArrayD};
use ndarray_npy::{NpzWriter, WriteNpyExt};
use zip::result::ZipError;

use crate::error::{Error, ModelError, Result, one_line};
use crate::names;
use crate::npy::{Header, Values};
use crate::npz::Archive;

/// Which floats there may be, and how that is said.
pub(super) type Allowed = (fn(f32) -> bool, &'static str);

/// An archive that is written in memory.
pub(super) struct Writer(NpzWriter<Cursor<Vec<u8>>>);

impl Writer {
    pub(super) fn new() -> Self {
        Self(NpzWriter::new(Cursor::new(Vec::new())))
    }

    pub(super) fn add(&mut self, key: &str, array: &impl WriteNpyExt) -> Result<()> {
        Ok(self.0.add_array(key, array).map_err(ModelError::Write)?)
    }

    /// A text as its bytes.
    pub(super) fn add_text(&mut self, key: &str, text: &str) -> Result<()> {
        self.add(key, &Array1::from(text.as_bytes().to_vec()))
    }

    /// Texts of one line each, joined by line breaks.
    pub(super) fn add_lines(&mut self, key: &str, texts: &[String]) -> Result<()> {
        let lines: Vec<String> = texts.iter().map(|text| names::escaped(text)).collect();
        self.add_text(key, &lines.join("\n"))
    }

    pub(super) fn finish(self) -> Result<Vec<u8>> {
        Ok(self.0.finish().map_err(ModelError::Write)?.into_inner())
    }
}

/// An archive that is read array by array.
///
/// An array is held against the length of the file before anything is reserved for it.
pub(super) struct Reader<R>(Archive<R>);

impl<R: Read + Seek> Reader<R> {
    /// An archive in a file of `length` bytes.
    pub(super) fn new(file: R, length: u64) -> Result<Self> {
        Ok(Self(
            Archive::new(file, length).map_err(ModelError::Archive)?,
        ))
    }

    /// How many rows an array has: 1 or more.
    pub(super) fn rows(&mut self, key: &'static str) -> Result<usize> {
        Ok(self.sides(key)?.0)
    }

    /// How many rows and columns an array has: 1 or more of each.
    pub(super) fn sides(&mut self, key: &'static str) -> Result<(usize, usize)> {
        let shape = self.shape(key)?;
        match shape[..] {
            [rows, columns] if rows > 0 && columns > 0 => Ok((rows, columns)),
            _ => Err(ModelError::Sides {
                key,
                found: shape,
                needed: vec![1, 1],
            }
            .into()),
        }
    }

    /// The sides of an array, whatever they are.
    pub(super) fn shape(&mut self, key: &'static str) -> Result<Vec<usize>> {
        self.open(key, |_, header| Ok(header.shape))
    }

    pub(super) fn matrix(
        &mut self,
        key: &'static str,
        (rows, columns): (usize, usize),
        allowed: Allowed,
    ) -> Result<Array2<f32>> {
        let array = self.floats(key, &[rows, columns], allowed)?;
        array.into_dimensionality().map_err(|_| Error::NpyHeader)
    }

    pub(super) fn vector(
        &mut self,
        key: &'static str,
        length: usize,
        allowed: Allowed,
    ) -> Result<Array1<f32>> {
        let array = self.floats(key, &[length], allowed)?;
        array.into_dimensionality().map_err(|_| Error::NpyHeader)
    }

    pub(super) fn float(&mut self, key: &'static str, allowed: Allowed) -> Result<f32> {
        Ok(self.floats(key, &[], allowed)?.sum())
    }

    fn floats(
        &mut self,
        key: &'static str,
        sides: &[usize],
        (allowed, said): Allowed,
    ) -> Result<ArrayD<f32>> {
        let (header, values) = self.values(key, Some(sides))?;
        let Values::Floats(values) = values else {
            return Err(wrong_type(key, header.descr, "f4 or f8").into());
        };
        match values.iter().find(|&&found| !allowed(found)) {
            Some(found) => Err(value(key, &found.to_string(), said).into()),
            None => header.array(values),
        }
    }

    pub(super) fn number(&mut self, key: &'static str) -> Result<i64> {
        Ok(self.numbers(key, &[])?[0])
    }

    /// A whole number of 0 or more.
    pub(super) fn count(&mut self, key: &'static str) -> Result<usize> {
        let found = self.number(key)?;
        usize::try_from(found)
            .map_err(|_| value(key, &found.to_string(), "whole numbers of 0 or more").into())
    }

    /// Floats in full, of any shape.
    pub(super) fn doubles(&mut self, key: &'static str) -> Result<ArrayD<f64>> {
        let (header, values) = self.read(key, None, |header, entry| header.doubles(entry))?;
        let descr = header.descr.clone();
        header.array(values.ok_or_else(|| wrong_type(key, descr, "f8"))?)
    }

    /// Floats in full, of one row or more.
    pub(super) fn table(&mut self, key: &'static str, columns: usize) -> Result<Array2<f64>> {
        let (rows, found) = self.sides(key)?;
        if found != columns {
            return Err(ModelError::Sides {
                key,
                found: vec![rows, found],
                needed: vec![rows, columns],
            }
            .into());
        }
        self.doubles(key)?
            .into_dimensionality()
            .map_err(|_| Error::NpyHeader)
    }

    /// As many whole numbers as the sides say.
    pub(super) fn numbers(&mut self, key: &'static str, sides: &[usize]) -> Result<Vec<i64>> {
        match self.values(key, Some(sides))? {
            (_, Values::Whole(values)) => Ok(values),
            (_, Values::Bytes(values)) => Ok(values.into_iter().map(i64::from).collect()),
            (header, Values::Floats(_)) => {
                Err(wrong_type(key, header.descr, "i8, u8, u1 or b1").into())
            }
        }
    }

    pub(super) fn text(&mut self, key: &'static str) -> Result<String> {
        match self.values(key, None)? {
            (_, Values::Bytes(bytes)) => String::from_utf8(bytes)
                .map_err(|error| value(key, &error.to_string(), "letters in UTF-8").into()),
            (header, _) => Err(wrong_type(key, header.descr, "u1").into()),
        }
    }

    /// The texts of `count` lines.
    pub(super) fn lines(&mut self, key: &'static str, count: usize) -> Result<Vec<String>> {
        let lines: Vec<String> = self.text(key)?.split('\n').map(names::unescaped).collect();
        if lines.len() == count {
            return Ok(lines);
        }
        Err(value(
            key,
            &format!("{} lines", lines.len()),
            "as many as there are images",
        )
        .into())
    }

    /// The same, or none where there is no letter.
    pub(super) fn lines_or_none(&mut self, key: &'static str, count: usize) -> Result<Vec<String>> {
        if self.text(key)?.is_empty() {
            Ok(Vec::new())
        } else {
            self.lines(key, count)
        }
    }

    /// The values of an array of these sides; of any where none are needed.
    fn values(&mut self, key: &'static str, sides: Option<&[usize]>) -> Result<(Header, Values)> {
        self.read(key, sides, |header, entry| header.values(entry))
    }

    /// What `read` makes of an array of these sides.
    fn read<T>(
        &mut self,
        key: &'static str,
        sides: Option<&[usize]>,
        read: impl FnOnce(&Header, &mut dyn Read) -> io::Result<T>,
    ) -> Result<(Header, T)> {
        self.open(key, |entry, header| {
            if let Some(needed) = sides.filter(|&sides| sides != header.shape) {
                return Err(ModelError::Sides {
                    key,
                    found: header.shape,
                    needed: needed.to_vec(),
                }
                .into());
            }
            let damaged = |source| ModelError::Damaged { key, source };
            let values = read(&header, entry).map_err(damaged)?;
            // The checksum is seen at the end alone.
            io::copy(entry, &mut io::sink()).map_err(damaged)?;
            Ok((header, values))
        })
    }

    /// What `read` makes of an entry of which the header has been read.
    fn open<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut dyn Read, Header) -> Result<T>,
    ) -> Result<T> {
        let (mut entry, length) = self.0.entry(key).map_err(|error| match error {
            ZipError::FileNotFound => ModelError::Missing(key),
            error => ModelError::Archive(error),
        })?;
        let header = Header::read(&mut entry, length).map_err(|source| Error::InArray {
            key: key.to_owned(),
            source: Box::new(source),
        })?;
        read(&mut entry, header)
    }
}

/// A file that is to hold an archive, and its length.
pub(super) fn open(path: &Path) -> Result<(BufReader<File>, u64)> {
    let file = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
    let (length, file) = file.map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Error::NotFound {
            path: path.to_owned(),
        },
        _ => Error::Io {
            path: path.to_owned(),
            source,
        },
    })?;
    Ok((BufReader::new(file), length))
}

/// The error of a value that cannot be.
pub(super) fn value(key: &'static str, found: &str, allowed: &'static str) -> ModelError {
    // What is to be a word may be a book.
    let found = one_line(&found.chars().take(60).collect::<String>());
    ModelError::Value {
        key,
        found,
        allowed,
    }
}

fn wrong_type(key: &'static str, found: String, needed: &'static str) -> ModelError {
    ModelError::Type { key, found, needed }
}
