//! Images from the array of a .npy file, as `numpy.save` writes it.
//!
//! The header is checked against the length of the file before anything is reserved for the values.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read};
use std::path::Path;

use ndarray::{Array2, ArrayD, Axis, IxDyn, ShapeBuilder};

use super::picture::{Picture, Samples};
use super::{ImageSet, LoadOptions, Pixels, prepare};
use crate::basis::Shape;
use crate::blocks;
use crate::error::{Error, Result};

const MAGIC: &[u8] = b"\x93NUMPY";
/// How many values are read at once.
const RUN: usize = 1 << 16;

/// Whether a file with these first bytes is a .npy file.
pub(super) fn recognise(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Reads images as [`read`] does, and prepares them.
pub(super) fn load(path: &Path, options: &LoadOptions) -> Result<ImageSet> {
    let set = read(path, options.size)?;
    let usable = set.names.len();
    if usable < 2 {
        return Err(Error::TooFewImages { path: path.to_owned(), usable, skipped: 0, first: None });
    }
    Ok(resize(take(set, options), options))
}

/// Reads the array of a file: (n, height, width), (n, height, width, 1), or a table (n, pixels), whose rows are images
/// of `size`.
pub(super) fn read(path: &Path, size: Option<Shape>) -> Result<ImageSet> {
    let io_error = |source| Error::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(io_error)?;
    let length = file.metadata().map_err(io_error)?.len();
    let mut reader = BufReader::new(file);
    let header = Header::read(&mut reader, length)?;
    let (images, shape) = header.images(size)?;
    match header.samples(&mut reader).map_err(io_error)? {
        Samples::U8(values) => ImageSet::from_u8(shape, header.rows((images, shape), values)?),
        Samples::F32(values) => ImageSet::from_f32(shape, header.rows((images, shape), values)?),
    }
}

/// What a header says.
struct Header {
    kind: Kind,
    big_endian: bool,
    by_column: bool,
    shape: Vec<usize>,
    values: usize,
}

#[derive(Clone, Copy)]
enum Kind {
    Bool,
    U8,
    U16,
    F32,
    F64,
}

impl Header {
    fn read(reader: &mut impl Read, length: u64) -> Result<Self> {
        let (text, start) = read_text(reader, length).map_err(|_| Error::NpyHeader)?;
        let descr = after(&text, "descr").ok_or(Error::NpyHeader)?;
        let (big_endian, kind) = parse_type(descr)?;
        let by_column = after(&text, "fortran_order").ok_or(Error::NpyHeader)?.starts_with("True");
        let shape = after(&text, "shape").and_then(parse_shape).ok_or(Error::NpyHeader)?;
        let values = shape.iter().try_fold(1_u128, |product, &side| product.checked_mul(side as u128));
        let needed = values.and_then(|values| values.checked_mul(kind.bytes())).unwrap_or(u128::MAX);
        let held = length.saturating_sub(start);
        if needed > u128::from(held) {
            return Err(Error::NpyShort { shape, needed, held });
        }
        let values = shape.iter().product();
        Ok(Self { kind, big_endian, by_column, shape, values })
    }

    /// How many images there are, and of which size; `size` says how the row of a table folds to an image.
    fn images(&self, size: Option<Shape>) -> Result<(usize, Shape)> {
        let (images, shape) = match self.shape[..] {
            [images, height, width] | [images, height, width, 1] => (images, Shape::new(height, width)),
            [images, columns] => (images, size.unwrap_or(Shape::new(1, columns))),
            _ => {
                return Err(Error::NpyShape { shape: self.shape.clone() });
            }
        };
        if shape.pixels() == 0 {
            return Err(Error::NpyShape { shape: self.shape.clone() });
        }
        Ok((images, shape))
    }

    fn samples(&self, reader: &mut impl Read) -> io::Result<Samples> {
        let big = self.big_endian;
        Ok(match self.kind {
            Kind::U8 => Samples::U8(read_values(reader, self.values, |[byte]| byte)?),
            Kind::Bool => Samples::U8(read_values(reader, self.values, |[byte]| if byte == 0 { 0 } else { 255 })?),
            Kind::U16 => Samples::F32(read_values(reader, self.values, |bytes| {
                f32::from(if big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }) / 65535.0
            })?),
            Kind::F32 => Samples::F32(read_values(reader, self.values, |bytes| {
                if big { f32::from_be_bytes(bytes) } else { f32::from_le_bytes(bytes) }
            })?),
            Kind::F64 => Samples::F32(read_values(reader, self.values, |bytes| {
                (if big { f64::from_be_bytes(bytes) } else { f64::from_le_bytes(bytes) }) as f32
            })?),
        })
    }

    /// Values in the order of the file as rows, one an image.
    fn rows<T: Clone>(&self, (images, shape): (usize, Shape), values: Vec<T>) -> Result<Array2<T>> {
        let columns = self.values.checked_div(images).unwrap_or(shape.pixels());
        let order = IxDyn(&self.shape).set_f(self.by_column);
        let mut array = ArrayD::from_shape_vec(order, values).map_err(|_| Error::NpyHeader)?;
        if !array.is_standard_layout() {
            array = array.as_standard_layout().into_owned();
        }
        array.into_shape_with_order((images, columns)).map_err(|_| Error::NpyHeader)
    }
}

impl Kind {
    fn bytes(self) -> u128 {
        match self {
            Self::Bool | Self::U8 => 1,
            Self::U16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

/// The header's text, and where the values begin.
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

/// What follows `'key':` in the text of a Python dictionary.
fn after<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let rest = text.split_once(&format!("'{key}'"))?.1;
    Some(rest.trim_start().strip_prefix(':')?.trim_start())
}

/// The byte order, whether it is the big end first, and the kind of `'<f4'`.
fn parse_type(text: &str) -> Result<(bool, Kind)> {
    let descr = text.strip_prefix('\'').and_then(|rest| rest.split_once('\'')).map_or(text, |(descr, _)| descr);
    let kind = match descr.trim_start_matches(['<', '>', '|', '=']) {
        "b1" => Kind::Bool,
        "u1" => Kind::U8,
        "u2" => Kind::U16,
        "f4" => Kind::F32,
        "f8" => Kind::F64,
        _ => {
            return Err(Error::NpyType(descr.chars().take(40).collect()));
        }
    };
    Ok((descr.starts_with('>'), kind))
}

fn parse_shape(text: &str) -> Option<Vec<usize>> {
    let sides = text.strip_prefix('(')?.split_once(')')?.0;
    sides.split(',').map(str::trim).filter(|side| !side.is_empty()).map(|side| side.parse().ok()).collect()
}

fn read_values<const N: usize, T>(
    reader: &mut impl Read,
    count: usize,
    convert: impl Fn([u8; N]) -> T,
) -> io::Result<Vec<T>> {
    let mut values = Vec::with_capacity(count);
    let mut buffer = vec![0; N * RUN];
    while values.len() < count {
        let bytes = &mut buffer[..N * RUN.min(count - values.len())];
        reader.read_exact(bytes)?;
        values.extend(bytes.as_chunks().0.iter().map(|&value| convert(value)));
    }
    Ok(values)
}

fn take(set: ImageSet, options: &LoadOptions) -> ImageSet {
    let chosen = prepare::spread(set.names.len(), options.limit);
    if chosen.len() == set.names.len() {
        return set;
    }
    ImageSet {
        pixels: set.pixels.select(&chosen),
        names: chosen.iter().map(|&index| set.names[index].clone()).collect(),
        ..set
    }
}

fn resize(set: ImageSet, options: &LoadOptions) -> ImageSet {
    let Some(size) = options.size.filter(|&size| size != set.shape) else {
        return set;
    };
    let indices: Vec<usize> = (0..set.names.len()).collect();
    let pictures = blocks::map(&indices, |_, &index| {
        let samples = match &set.pixels {
            Pixels::U8(values) => Samples::U8(values.index_axis(Axis(0), index).to_vec()),
            Pixels::F32(values) => Samples::F32(values.index_axis(Axis(0), index).to_vec()),
        };
        Picture { shape: set.shape, samples }.fit(size, options.fit)
    });
    ImageSet { pixels: Pixels::gather(size, pictures), shape: size, ..set }
}
