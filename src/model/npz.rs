//! Arrays in an archive, as `numpy.savez` writes and `numpy.load` reads them. Their meaning is in `file` and
//! `checkpoint`.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, Write};
use std::path::Path;

use ndarray::{Array1, Array2, ArrayBase, ArrayD, Data, Dimension, aview1};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::basis::Shape;
use crate::disk;
use crate::error::{Error, ModelError, Result, one_line};
use crate::names;
use crate::npy::{self, Header, Values};
use crate::npz::Archive;
use crate::placeholders;

/// The values that an array may have.
#[derive(Clone, Copy)]
pub(super) struct Allowed {
    pub(super) check: fn(f32) -> bool,
    /// What is allowed, for error messages.
    pub(super) description: &'static str,
}

/// The values of a non-negative factor.
pub(super) const NON_NEGATIVE: Allowed = Allowed {
    check: |v| v.is_finite() && v >= 0.0,
    description: "finite non-negative values",
};

/// Writes an archive of arrays that are not compressed.
pub(super) struct Writer<W: Write + Seek>(ZipWriter<W>);

impl<W: Write + Seek> Writer<W> {
    pub(super) fn new(file: W) -> Self {
        Self(ZipWriter::new(file))
    }

    pub(super) fn add<S, D>(&mut self, key: &str, array: &ArrayBase<S, D>) -> Result<()>
    where
        S: Data<Elem: npy::Value>,
        D: Dimension,
    {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let started = self.0.start_file(format!("{key}.npy"), options);
        let written = started
            .map_err(io::Error::from)
            .and_then(|()| npy::write(array, &mut self.0));
        Ok(written.map_err(ModelError::Write)?)
    }

    /// Adds a text as its bytes.
    pub(super) fn add_text(&mut self, key: &str, text: &str) -> Result<()> {
        self.add(key, &aview1(text.as_bytes()))
    }

    /// Adds texts of one line each, joined by line breaks.
    pub(super) fn add_lines(&mut self, key: &str, texts: &[String]) -> Result<()> {
        let lines: Vec<Cow<str>> = texts.iter().map(|text| names::escaped(text)).collect();
        self.add_text(key, &lines.join("\n"))
    }

    pub(super) fn finish(self) -> Result<()> {
        let finished = self.0.finish().map_err(io::Error::from);
        Ok(finished
            .and_then(|mut file| file.flush())
            .map_err(ModelError::Write)?)
    }
}

/// Returns the bytes of an archive that `write` writes.
pub(super) fn bytes(write: impl FnOnce(&mut Cursor<Vec<u8>>) -> Result<()>) -> Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    write(&mut bytes)?;
    Ok(bytes.into_inner())
}

/// Reads an archive array by array.
///
/// The size of an array is checked against the file size before memory is allocated for it.
pub(super) struct Reader<R>(Archive<R>);

impl<R: Read + Seek> Reader<R> {
    /// Opens an archive in a file of `length` bytes.
    pub(super) fn new(file: R, length: u64) -> Result<Self> {
        Ok(Self(
            Archive::new(file, length).map_err(|error| unreadable(&error))?,
        ))
    }

    /// Returns the keys of the arrays, in their order.
    pub(super) fn keys(&self) -> Vec<String> {
        self.0.keys()
    }

    /// Returns whether the archive has an array.
    pub(super) fn has(&mut self, key: &'static str) -> bool {
        let shape = self.shape(key);
        !matches!(shape, Err(Error::Model(ModelError::Missing(_))))
    }

    /// Returns the number of rows of a matrix, 1 or more.
    pub(super) fn rows(&mut self, key: &'static str) -> Result<usize> {
        Ok(self.sides(key)?.0)
    }

    /// Returns the numbers of rows and columns of a matrix, 1 or more of each.
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

    /// Returns the shape of an array.
    pub(super) fn shape(&mut self, key: &'static str) -> Result<Vec<usize>> {
        self.open(key, |_, header| Ok(header.shape))
    }

    pub(super) fn matrix(
        &mut self,
        key: &'static str,
        (rows, columns): (usize, usize),
        allowed: Allowed,
    ) -> Result<Array2<f32>> {
        let array = self.floats(key, Some(&[rows, columns]), allowed)?;
        array.into_dimensionality().map_err(|_| Error::NpyHeader)
    }

    pub(super) fn vector(
        &mut self,
        key: &'static str,
        length: usize,
        allowed: Allowed,
    ) -> Result<Array1<f32>> {
        let array = self.floats(key, Some(&[length]), allowed)?;
        array.into_dimensionality().map_err(|_| Error::NpyHeader)
    }

    pub(super) fn float(&mut self, key: &'static str, allowed: Allowed) -> Result<f32> {
        Ok(self.floats(key, Some(&[]), allowed)?.sum())
    }

    /// Reads floats, which must have this shape if one is given.
    pub(super) fn floats(
        &mut self,
        key: &'static str,
        sides: Option<&[usize]>,
        allowed: Allowed,
    ) -> Result<ArrayD<f32>> {
        let (header, values) = self.values(key, sides)?;
        let Values::Floats(values) = values else {
            return Err(wrong_type(key, header.descr, "f4 or f8").into());
        };
        match values.iter().find(|&&found| !(allowed.check)(found)) {
            Some(found) => Err(value(key, &found.to_string(), allowed.description).into()),
            None => header.array(values),
        }
    }

    pub(super) fn number(&mut self, key: &'static str) -> Result<i64> {
        Ok(self.numbers(key, &[])?[0])
    }

    /// Reads a non-negative integer.
    pub(super) fn count(&mut self, key: &'static str) -> Result<usize> {
        let found = self.number(key)?;
        usize::try_from(found)
            .map_err(|_| value(key, &found.to_string(), "non-negative integers").into())
    }

    /// Reads f64 values of any shape.
    pub(super) fn doubles(&mut self, key: &'static str) -> Result<ArrayD<f64>> {
        let (header, values) = self.read(key, None, |header, entry| header.doubles(entry))?;
        let descr = header.descr.clone();
        header.array(values.ok_or_else(|| wrong_type(key, descr, "f8"))?)
    }

    /// Reads f64 values of one or more rows.
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

    /// Reads the integers of an array with this shape.
    pub(super) fn numbers(&mut self, key: &'static str, sides: &[usize]) -> Result<Vec<i64>> {
        match self.values(key, Some(sides))? {
            (_, Values::Whole(values)) => Ok(values),
            (_, Values::Bytes(values)) => Ok(values.into_iter().map(i64::from).collect()),
            (header, Values::Floats(_) | Values::Texts(_)) => {
                Err(wrong_type(key, header.descr, "i8, u8, u1 or b1").into())
            }
        }
    }

    /// Reads the size of the images, the array `shape`.
    pub(super) fn image_size(&mut self) -> Result<Shape> {
        let sides = self.numbers("shape", &[2])?;
        let height = usize::try_from(sides[0]).unwrap_or_default();
        let width = usize::try_from(sides[1]).unwrap_or_default();
        if height.checked_mul(width).is_some_and(|pixels| pixels > 0) {
            return Ok(Shape::new(height, width));
        }
        let found = format!("{sides:?}");
        Err(value("shape", &found, "a height and a width of at least 1").into())
    }

    pub(super) fn text(&mut self, key: &'static str) -> Result<String> {
        match self.values(key, None)? {
            (_, Values::Bytes(bytes)) => String::from_utf8(bytes)
                .map_err(|error| value(key, &error.to_string(), "letters in UTF-8").into()),
            (header, _) => Err(wrong_type(key, header.descr, "u1").into()),
        }
    }

    /// Reads `count` lines of text.
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

    /// Reads `count` lines of text, or none if the text is empty.
    pub(super) fn lines_or_none(&mut self, key: &'static str, count: usize) -> Result<Vec<String>> {
        if self.text(key)?.is_empty() {
            Ok(Vec::new())
        } else {
            self.lines(key, count)
        }
    }

    /// Reads the values of an array, which must have this shape if one is given.
    fn values(&mut self, key: &'static str, sides: Option<&[usize]>) -> Result<(Header, Values)> {
        self.read(key, sides, |header, entry| header.values(entry))
    }

    /// Calls `read` with an array, which must have this shape if one is given.
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
            // The checksum is checked at the end of the entry.
            io::copy(entry, &mut io::sink()).map_err(damaged)?;
            Ok((header, values))
        })
    }

    /// Calls `read` with an entry behind its header.
    fn open<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut dyn Read, Header) -> Result<T>,
    ) -> Result<T> {
        let (mut entry, length) = self.0.entry(key).map_err(|error| match error {
            ZipError::FileNotFound => ModelError::Missing(key),
            error => unreadable(&error),
        })?;
        let header = Header::read(&mut entry, length).map_err(|source| Error::InArray {
            key: key.to_owned(),
            source: Box::new(source),
        })?;
        read(&mut entry, header)
    }
}

/// Opens a file, and returns it with its length.
pub(super) fn open(path: &Path) -> Result<(BufReader<File>, u64)> {
    placeholders::check(path)?;
    let file = disk::open_file(path).and_then(|file| Ok((file.metadata()?.len(), file)));
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

/// Returns the error for a value that is not allowed.
pub(super) fn value(key: &'static str, found: &str, allowed: &'static str) -> ModelError {
    // The value of a corrupt file may be very long.
    let found = one_line(&found.chars().take(60).collect::<String>());
    ModelError::Value {
        key,
        found,
        allowed,
    }
}

/// Returns the error for an archive that cannot be opened.
fn unreadable(error: &ZipError) -> ModelError {
    ModelError::Archive(error.to_string())
}

fn wrong_type(key: &'static str, found: String, needed: &'static str) -> ModelError {
    ModelError::Type { key, found, needed }
}
