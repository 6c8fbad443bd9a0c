//! The arrays of .npy files, as written by `numpy.save`.
//!
//! The header is checked against the length of the file before memory is reserved for the values.

mod conversion;
mod encoding;
mod literal;
mod writing;

use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;

use ndarray::{ArrayD, IxDyn, ShapeBuilder};

use crate::error::{Error, Result, one_line};
#[cfg(feature = "formats")]
pub(crate) use conversion::PixelScale;
pub(crate) use conversion::{Conversion, IntegerRange};
pub(crate) use encoding::{Encoding, Kind};
use literal::{Entry, Literal};
pub(crate) use writing::{Value, write};

/// The first bytes of a .npy file.
pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";
/// How many bytes of values are read at a time.
const RUN_BYTES: usize = 1 << 18;

/// The header of an array.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub(crate) encoding: Encoding,
    pub(crate) shape: Vec<usize>,
    /// The type as spelled in the header.
    pub(crate) descr: String,
    by_column: bool,
    /// The offset of the values in bytes.
    start: u64,
    values: usize,
}

/// The length of a header made by [`header`], which is the same for all arrays, so that it can be written last.
pub(crate) const HEADER: usize = 128;

/// Returns the header of an array in row-major order; `descr` is the type as spelled in headers.
pub(crate) fn header(descr: &str, shape: &[usize]) -> Vec<u8> {
    let shape = match shape {
        [side] => format!("({side},)"),
        sides => {
            let sides: Vec<String> = sides.iter().map(ToString::to_string).collect();
            format!("({})", sides.join(", "))
        }
    };
    let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}}}");
    let start = [MAGIC, &[1, 0], &(HEADER as u16 - 10).to_le_bytes()].concat();
    let line = format!("{text:<width$}\n", width = HEADER - start.len() - 1);
    [start, line.into_bytes()].concat()
}

/// Values in the order of the file.
pub(crate) enum Values {
    /// Bytes, and booleans.
    Bytes(Vec<u8>),
    /// Integers of more bytes or with a sign, at most `i64::MAX`.
    Whole(Vec<i64>),
    /// Floats; f64 are rounded to f32.
    Floats(Vec<f32>),
    Texts(Vec<String>),
}

impl Header {
    /// Reads the header of a file or entry of `length` bytes; the values follow.
    ///
    /// # Errors
    /// If the header is damaged, or the file is too short for the values.
    pub(crate) fn read(reader: &mut impl Read, length: u64) -> Result<Self> {
        let (text, start) = read_text(reader, length).map_err(|_| Error::NpyHeader)?;
        let entries = literal::dictionary(text.trim()).ok_or(Error::NpyHeader)?;
        let (descr, encoding) = encoding_of(entry(&entries, "descr")?)?;
        let Literal::Truth(by_column) = entry(&entries, "fortran_order")?.value else {
            return Err(Error::NpyHeader);
        };
        let shape = sides(&entry(&entries, "shape")?.value).ok_or(Error::NpyHeader)?;
        let values = shape
            .iter()
            .try_fold(1_u128, |product, &side| product.checked_mul(side as u128));
        let needed = values
            .and_then(|values| values.checked_mul(encoding.size() as u128))
            .unwrap_or(u128::MAX);
        let held = length.saturating_sub(start);
        if needed > u128::from(held) {
            return Err(Error::NpyShort {
                shape,
                needed,
                held,
            });
        }
        Ok(Self {
            encoding,
            shape,
            descr,
            by_column,
            start,
            values: values.unwrap_or_default() as usize,
        })
    }

    /// Returns the offset of the values, if they are in row-major order.
    pub(crate) fn start_of_rows(&self) -> Option<u64> {
        (!self.by_column).then_some(self.start)
    }

    /// Checks whether the array is in column-major order, so that rows are not contiguous.
    pub(crate) fn lies_by_column(&self) -> bool {
        self.by_column
    }

    /// Returns the header of the transposed array, whose values are the same.
    pub(crate) fn transposed(mut self) -> Self {
        self.shape.reverse();
        self.by_column = !self.by_column;
        self
    }

    /// Returns the header of an array of so many rows along the first side.
    pub(crate) fn of_rows(&self, rows: usize) -> Self {
        let row = self.row_values();
        let shape = std::iter::once(rows)
            .chain(self.shape[1..].iter().copied())
            .collect();
        Self {
            shape,
            values: rows.saturating_mul(row),
            descr: self.descr.clone(),
            ..*self
        }
    }

    /// Returns the number of values in a row along the first side.
    fn row_values(&self) -> usize {
        let sides = self.shape.get(1..).unwrap_or_default();
        sides.iter().copied().fold(1, usize::saturating_mul)
    }

    /// Moves a reader to the first value of a row along the first side.
    pub(crate) fn seek_row(&self, row: usize, reader: &mut impl Seek) -> io::Result<()> {
        let before = (row * self.row_values()) as u64 * self.encoding.size() as u64;
        reader.seek(SeekFrom::Start(self.start + before))?;
        Ok(())
    }

    /// Reads a range of rows along the first side, in row-major order, as pixels.
    pub(crate) fn rows(
        &self,
        rows: Range<usize>,
        conversion: Conversion,
        reader: &mut (impl Read + Seek),
    ) -> io::Result<Values> {
        self.seek_row(rows.start, reader)?;
        self.of_rows(rows.len()).pixels(conversion, reader)
    }

    /// Reads the values, which follow the header, as pixels: bytes or floats.
    pub(crate) fn pixels(
        &self,
        conversion: Conversion,
        reader: &mut (impl Read + ?Sized),
    ) -> io::Result<Values> {
        Ok(if conversion.is_to_bytes() {
            Values::Bytes(self.collect(reader, |stored, values| conversion.bytes(stored, values))?)
        } else {
            Values::Floats(
                self.collect(reader, |stored, values| conversion.floats(stored, values))?,
            )
        })
    }

    /// Reads the range of all integers, which follow the header; `None` if the meaning of values does not depend on it.
    pub(crate) fn range(
        &self,
        reader: &mut (impl Read + ?Sized),
    ) -> io::Result<Option<IntegerRange>> {
        let encoding = self.encoding;
        if !encoding.is_whole() || matches!(encoding.kind, Kind::U8 | Kind::U16) {
            return Ok(None);
        }
        let mut range = IntegerRange::EMPTY;
        let mut integers = Vec::new();
        self.each_run(reader, |stored| {
            integers.clear();
            encoding.integers(stored, &mut integers);
            range.add(&integers);
        })?;
        Ok(Some(range))
    }

    /// Reads the values, which follow the header, as they are.
    pub(crate) fn values(&self, reader: &mut (impl Read + ?Sized)) -> io::Result<Values> {
        let encoding = self.encoding;
        Ok(match encoding.kind {
            Kind::Bool | Kind::U8 => Values::Bytes(
                self.collect(reader, |stored, values| values.extend_from_slice(stored))?,
            ),
            _ if encoding.is_whole() => Values::Whole(
                self.collect(reader, |stored, values| encoding.integers(stored, values))?,
            ),
            _ if encoding.is_text() => Values::Texts(
                self.collect(reader, |stored, values| encoding.texts(stored, values))?,
            ),
            _ => Values::Floats(
                self.collect(reader, |stored, values| encoding.floats(stored, values))?,
            ),
        })
    }

    /// Reads all values, converting a run of them at a time.
    fn collect<T>(
        &self,
        reader: &mut (impl Read + ?Sized),
        convert: impl Fn(&[u8], &mut Vec<T>),
    ) -> io::Result<Vec<T>> {
        let mut values = Vec::new();
        // The header of a compressed file may state more than any memory holds.
        values
            .try_reserve_exact(self.values)
            .map_err(|_| ErrorKind::OutOfMemory)?;
        self.each_run(reader, |stored| convert(stored, &mut values))?;
        Ok(values)
    }

    /// Passes the stored bytes of a run of values after another.
    fn each_run(
        &self,
        reader: &mut (impl Read + ?Sized),
        mut take: impl FnMut(&[u8]),
    ) -> io::Result<()> {
        let size = self.encoding.size();
        let run = (RUN_BYTES / size).max(1);
        let mut buffer = vec![0; size * run.min(self.values)];
        let mut left = self.values;
        while left > 0 {
            let count = run.min(left);
            let stored = &mut buffer[..size * count];
            reader.read_exact(stored)?;
            take(stored);
            left -= count;
        }
        Ok(())
    }

    /// Reads the values of an array of f64 without rounding; returns `None` for another type.
    pub(crate) fn doubles(
        &self,
        reader: &mut (impl Read + ?Sized),
    ) -> io::Result<Option<Vec<f64>>> {
        self.exact(Kind::F64, [f64::from_le_bytes, f64::from_be_bytes], reader)
    }

    /// Reads the values of an array of u64, those above `i64::MAX` too; returns `None` for another type.
    pub(crate) fn unsigned(
        &self,
        reader: &mut (impl Read + ?Sized),
    ) -> io::Result<Option<Vec<u64>>> {
        self.exact(Kind::U64, [u64::from_le_bytes, u64::from_be_bytes], reader)
    }

    /// Reads the values of an array of a type of 8 bytes; `None` for another type.
    fn exact<T>(
        &self,
        kind: Kind,
        [little, big]: [fn([u8; 8]) -> T; 2],
        reader: &mut (impl Read + ?Sized),
    ) -> io::Result<Option<Vec<T>>> {
        if self.encoding.kind != kind {
            return Ok(None);
        }
        let convert = if self.encoding.big_endian {
            big
        } else {
            little
        };
        let values = self.collect(reader, |stored, values| {
            values.extend(stored.as_chunks().0.iter().map(|&value| convert(value)));
        })?;
        Ok(Some(values))
    }

    /// Returns the values as an array in row-major order.
    pub(crate) fn array<T: Clone>(&self, values: Vec<T>) -> Result<ArrayD<T>> {
        let order = IxDyn(&self.shape).set_f(self.by_column);
        let array = ArrayD::from_shape_vec(order, values).map_err(|_| Error::NpyHeader)?;
        Ok(if array.is_standard_layout() {
            array
        } else {
            array.as_standard_layout().into_owned()
        })
    }
}

impl Values {
    /// Appends values of the same type.
    pub(crate) fn append(&mut self, more: Self) {
        match (self, more) {
            (Self::Bytes(values), Self::Bytes(more)) => values.extend(more),
            (Self::Whole(values), Self::Whole(more)) => values.extend(more),
            (Self::Floats(values), Self::Floats(more)) => values.extend(more),
            (Self::Texts(values), Self::Texts(more)) => values.extend(more),
            _ => {}
        }
    }
}

/// Reads the text of a header, and returns it with the offset of the values.
fn read_text(reader: &mut impl Read, length: u64) -> io::Result<(String, u64)> {
    let mut start = [0; 8];
    reader.read_exact(&mut start)?;
    let (size, before) = if start[6] == 1 {
        let mut size = [0; 2];
        reader.read_exact(&mut size)?;
        (u64::from(u16::from_le_bytes(size)), 10)
    } else {
        let mut size = [0; 4];
        reader.read_exact(&mut size)?;
        (u64::from(u32::from_le_bytes(size)), 12)
    };
    if before + size > length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    let mut text = Vec::new();
    reader.take(size).read_to_end(&mut text)?;
    // Only names of fields can be others than ASCII.
    let text = String::from_utf8_lossy(&text).into_owned();
    Ok((text, before + size))
}

/// Returns the entry of a header with this key.
fn entry<'a, 'text>(entries: &'a [Entry<'text>], key: &str) -> Result<&'a Entry<'text>> {
    let found = entries.iter().find(|entry| entry.key == key);
    found.ok_or(Error::NpyHeader)
}

/// Returns a type as it is spelled, such as `<f4`, and how its values are stored.
fn encoding_of(descr: &Entry) -> Result<(String, Encoding)> {
    let spelled = match &descr.value {
        Literal::Text(text) => text.as_str(),
        _ => descr.spelled,
    };
    let shown = one_line(&spelled.chars().take(40).collect::<String>());
    match Encoding::parse(spelled) {
        Some(encoding) => Ok((shown, encoding)),
        None => Err(Error::NpyType(shown)),
    }
}

/// Returns the sides of a shape: a tuple, or a single number.
fn sides(shape: &Literal) -> Option<Vec<usize>> {
    let side = |value: &Literal| match value {
        Literal::Number(side) => Some(*side),
        _ => None,
    };
    match shape {
        Literal::List(values) => values.iter().map(side).collect(),
        value => side(value).map(|side| vec![side]),
    }
}
