//! The arrays of .npy files, as written by `numpy.save`.
//!
//! The header is checked against the length of the file before memory is reserved for the values.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;

use ndarray::{ArrayD, IxDyn, ShapeBuilder};

use crate::error::{Error, Result, one_line};

/// The first bytes of a .npy file.
pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";
/// How many values are read at a time.
const RUN: usize = 1 << 16;

/// The header of an array.
pub(crate) struct Header {
    pub(crate) kind: Kind,
    pub(crate) shape: Vec<usize>,
    /// The type as spelled in the header.
    pub(crate) descr: String,
    big_endian: bool,
    by_column: bool,
    /// The offset of the values in bytes.
    start: u64,
    values: usize,
}

/// The length of a header made by [`header`], which is the same for all arrays, so that it can be written last.
pub(crate) const HEADER: usize = 128;

/// Returns the header of an array in row-major order; `descr` is the type as spelled in headers.
pub(crate) fn header(descr: &str, shape: &[usize]) -> Vec<u8> {
    let sides: Vec<String> = shape.iter().map(ToString::to_string).collect();
    let text = format!(
        "{{'descr': '{descr}', 'fortran_order': False, 'shape': ({},), }}",
        sides.join(", ")
    );
    let start = [MAGIC, &[1, 0], &(HEADER as u16 - 10).to_le_bytes()].concat();
    let line = format!("{text:<width$}\n", width = HEADER - start.len() - 1);
    [start, line.into_bytes()].concat()
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    U8,
    U16,
    I64,
    U64,
    F32,
    F64,
}

/// Values in the order of the file; f64 are rounded to f32.
pub(crate) enum Values {
    /// Bytes, and booleans as 0 or 1.
    Bytes(Vec<u8>),
    /// Integers of 8 bytes, at most `i64::MAX`.
    Whole(Vec<i64>),
    /// Floats, and integers of 2 bytes.
    Floats(Vec<f32>),
}

impl Header {
    /// Reads the header of a file or entry of `length` bytes; the values follow.
    ///
    /// # Errors
    /// If the header is damaged, or the file is too short for the values.
    pub(crate) fn read(reader: &mut impl Read, length: u64) -> Result<Self> {
        let (text, start) = read_text(reader, length).map_err(|_| Error::NpyHeader)?;
        let (descr, big_endian, kind) = after(&text, "descr")
            .ok_or(Error::NpyHeader)
            .and_then(parse_type)?;
        let by_column = after(&text, "fortran_order")
            .ok_or(Error::NpyHeader)?
            .starts_with("True");
        let shape = after(&text, "shape")
            .and_then(parse_shape)
            .ok_or(Error::NpyHeader)?;
        let values = shape
            .iter()
            .try_fold(1_u128, |product, &side| product.checked_mul(side as u128));
        let needed = values
            .and_then(|values| values.checked_mul(kind.bytes()))
            .unwrap_or(u128::MAX);
        let held = length.saturating_sub(start);
        if needed > u128::from(held) {
            return Err(Error::NpyShort {
                shape,
                needed,
                held,
            });
        }
        let values = shape.iter().product();
        Ok(Self {
            kind,
            shape,
            descr,
            big_endian,
            by_column,
            start,
            values,
        })
    }

    /// Returns the offset of the values if they are in row-major order, each one byte or a little-endian f32.
    pub(crate) fn plain(&self) -> Option<u64> {
        let is_plain = !self.by_column
            && (self.kind == Kind::U8 || (self.kind == Kind::F32 && !self.big_endian));
        is_plain.then_some(self.start)
    }

    /// Checks whether the array is in column-major order, so that rows are not contiguous.
    pub(crate) fn lies_by_column(&self) -> bool {
        self.by_column
    }

    /// Returns the header of an array of so many rows along the first side.
    pub(crate) fn of_rows(&self, rows: usize) -> Self {
        let row: usize = self.shape[1..].iter().product();
        let shape = std::iter::once(rows)
            .chain(self.shape[1..].iter().copied())
            .collect();
        Self {
            shape,
            values: rows * row,
            descr: self.descr.clone(),
            ..*self
        }
    }

    /// Reads the values of a range of rows along the first side, in row-major order.
    pub(crate) fn rows(
        &self,
        rows: Range<usize>,
        reader: &mut (impl Read + Seek),
    ) -> io::Result<Values> {
        let row: usize = self.shape[1..].iter().product();
        reader.seek(SeekFrom::Start(
            self.start + (rows.start * row) as u64 * self.kind.bytes() as u64,
        ))?;
        self.of_rows(rows.len()).values(reader)
    }

    /// Reads the values, which follow the header.
    pub(crate) fn values(&self, reader: &mut (impl Read + ?Sized)) -> io::Result<Values> {
        let (big, count) = (self.big_endian, self.values);
        Ok(match self.kind {
            Kind::Bool | Kind::U8 => Values::Bytes(read_values(reader, count, |[byte]| byte)?),
            Kind::U16 => Values::Floats(read_values(reader, count, |bytes| {
                f32::from(if big {
                    u16::from_be_bytes(bytes)
                } else {
                    u16::from_le_bytes(bytes)
                })
            })?),
            Kind::I64 => Values::Whole(read_values(reader, count, |bytes| {
                if big {
                    i64::from_be_bytes(bytes)
                } else {
                    i64::from_le_bytes(bytes)
                }
            })?),
            Kind::U64 => Values::Whole(read_values(reader, count, |bytes| {
                let value = if big {
                    u64::from_be_bytes(bytes)
                } else {
                    u64::from_le_bytes(bytes)
                };
                i64::try_from(value).unwrap_or(i64::MAX)
            })?),
            Kind::F32 => Values::Floats(read_values(reader, count, |bytes| {
                if big {
                    f32::from_be_bytes(bytes)
                } else {
                    f32::from_le_bytes(bytes)
                }
            })?),
            Kind::F64 => Values::Floats(read_values(reader, count, |bytes| {
                (if big {
                    f64::from_be_bytes(bytes)
                } else {
                    f64::from_le_bytes(bytes)
                }) as f32
            })?),
        })
    }

    /// Reads the values of an array of f64 without rounding; returns `None` for another type.
    pub(crate) fn doubles(
        &self,
        reader: &mut (impl Read + ?Sized),
    ) -> io::Result<Option<Vec<f64>>> {
        if self.kind != Kind::F64 {
            return Ok(None);
        }
        let convert = if self.big_endian {
            f64::from_be_bytes
        } else {
            f64::from_le_bytes
        };
        Ok(Some(read_values(reader, self.values, convert)?))
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
            _ => {}
        }
    }
}

impl Kind {
    pub(crate) fn bytes(self) -> u128 {
        match self {
            Self::Bool | Self::U8 => 1,
            Self::U16 => 2,
            Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
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
    let mut text = String::new();
    reader.take(size).read_to_string(&mut text)?;
    Ok((text, before + size))
}

/// Returns the text after `'key':` in a Python dictionary.
fn after<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let rest = text.split_once(&format!("'{key}'"))?.1;
    Some(rest.trim_start().strip_prefix(':')?.trim_start())
}

/// Parses a type such as `'<f4'`: its spelling, whether it is big-endian, and its kind.
fn parse_type(text: &str) -> Result<(String, bool, Kind)> {
    let descr = text
        .strip_prefix('\'')
        .and_then(|rest| rest.split_once('\''))
        .map_or(text, |(descr, _)| descr);
    let spelled = one_line(&descr.chars().take(40).collect::<String>());
    let kind = match descr.trim_start_matches(['<', '>', '|', '=']) {
        "b1" => Kind::Bool,
        "u1" => Kind::U8,
        "u2" => Kind::U16,
        "i8" => Kind::I64,
        "u8" => Kind::U64,
        "f4" => Kind::F32,
        "f8" => Kind::F64,
        _ => return Err(Error::NpyType(spelled)),
    };
    Ok((spelled, descr.starts_with('>'), kind))
}

fn parse_shape(text: &str) -> Option<Vec<usize>> {
    let sides = text.strip_prefix('(')?.split_once(')')?.0;
    sides
        .split(',')
        .map(str::trim)
        .filter(|side| !side.is_empty())
        .map(|side| side.parse().ok())
        .collect()
}

fn read_values<const N: usize, T>(
    reader: &mut (impl Read + ?Sized),
    count: usize,
    convert: impl Fn([u8; N]) -> T,
) -> io::Result<Vec<T>> {
    let mut values = Vec::new();
    // The header of a compressed file may state more than any memory holds.
    values
        .try_reserve_exact(count)
        .map_err(|_| ErrorKind::OutOfMemory)?;
    let mut buffer = vec![0; N * RUN];
    while values.len() < count {
        let bytes = &mut buffer[..N * RUN.min(count - values.len())];
        reader.read_exact(bytes)?;
        values.extend(bytes.as_chunks().0.iter().map(|&value| convert(value)));
    }
    Ok(values)
}
