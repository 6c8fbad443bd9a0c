//! Images from an IDX file, as MNIST is given out: bytes behind a header, also compressed by gzip; labels lie beside it.
//!
//! Source: Yann `LeCun`, Corinna Cortes and Christopher Burges, *The MNIST database of handwritten digits*, 1998.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use ndarray::Array2;

use super::folder::labels_of;
use super::{ImageSet, Labels, LoadOptions, array, decode};
use crate::basis::Shape;
use crate::error::{Error, InputError, Result, one_line};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const IMAGES: [u8; 4] = [0, 0, 8, 3];
const LABELS: [u8; 4] = [0, 0, 8, 1];

/// Whether a file with these first bytes is an IDX file, or compressed.
pub(super) fn recognise(head: &[u8]) -> bool {
    head.starts_with(&GZIP) || matches!(head, [0, 0, kind, 1..=4, ..] if kind_name(*kind).is_some())
}

/// Reads images with their labels, if there are any, and prepares them.
pub(super) fn load(path: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    let (shape, values) = read(path)?;
    let (labels, note) = labels_beside(path, values.nrows());
    let set = ImageSet { labels, ..array::of_bytes(shape, values, options.missing)? };
    array::prepared(path, ImageSet { notes: note.into_iter().collect(), ..set }, options, least)
}

fn read(path: &Path) -> Result<(Shape, Array2<u8>)> {
    let file = Opened::at(path)?;
    let (mut reader, length) = (file.reader, file.length);
    let mut magic = [0; 4];
    reader.read_exact(&mut magic).map_err(InputError::Damaged)?;
    check_magic(magic)?;
    let [images, height, width] = sides(&mut reader).map_err(InputError::Damaged)?;
    let sensible = 1..=decode::MOST_SIDE;
    if !(sensible.contains(&width) && sensible.contains(&height)) {
        return Err(InputError::IdxSize { width, height, most: decode::MOST_SIDE }.into());
    }
    // Sides of this length times as many images as four bytes can say are far from overflowing.
    let needed = images as u64 * (width * height) as u64;
    let short = |held| InputError::IdxShort { images, width, height, needed, held };
    if let Some(held) = length.map(|length| length.saturating_sub(16)).filter(|&held| held < needed) {
        return Err(short(held).into());
    }
    // What is compressed is reserved as it comes, whatever the header says.
    let mut values = Vec::with_capacity(length.map_or(0, |_| needed as usize));
    reader.by_ref().take(needed).read_to_end(&mut values).map_err(InputError::Damaged)?;
    if (values.len() as u64) < needed {
        return Err(short(values.len() as u64).into());
    }
    if reader.read(&mut [0]).map_err(InputError::Damaged)? > 0 {
        return Err(InputError::IdxLong { images, width, height, needed }.into());
    }
    let shape = Shape::new(height, width);
    let values = Array2::from_shape_vec((images, shape.pixels()), values).map_err(|_| short(0))?;
    Ok((shape, values))
}

/// A file, decompressed where it is compressed.
struct Opened {
    reader: Box<dyn Read>,
    /// Bytes of a file that is not compressed.
    length: Option<u64>,
}

impl Opened {
    fn at(path: &Path) -> Result<Self> {
        let io_error = |source| Error::Io { path: path.to_owned(), source };
        let is_compressed = decode::head(path).map_err(io_error)?.starts_with(&GZIP);
        let file = File::open(path).map_err(io_error)?;
        if is_compressed {
            return Ok(Self { reader: Box::new(MultiGzDecoder::new(file)), length: None });
        }
        let length = file.metadata().map_err(io_error)?.len();
        Ok(Self { reader: Box::new(BufReader::new(file)), length: Some(length) })
    }
}

fn check_magic(magic: [u8; 4]) -> Result<()> {
    let [zero, naught, kind, sides] = magic;
    match (magic, kind_name(kind)) {
        (IMAGES, _) => Ok(()),
        (LABELS, _) => Err(InputError::IdxLabels.into()),
        (_, Some(kind)) if (zero, naught) == (0, 0) => Err(InputError::IdxKind { kind, sides }.into()),
        _ => Err(InputError::NotIdx.into()),
    }
}

fn kind_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        0x08 => "u8",
        0x09 => "i8",
        0x0b => "i16",
        0x0c => "i32",
        0x0d => "f32",
        0x0e => "f64",
        _ => return None,
    })
}

/// The sides of an array, the outermost first.
fn sides<const N: usize>(reader: &mut impl Read) -> io::Result<[usize; N]> {
    let mut sides = [0; N];
    for side in &mut sides {
        let mut bytes = [0; 4];
        reader.read_exact(&mut bytes)?;
        *side = u32::from_be_bytes(bytes) as usize;
    }
    Ok(sides)
}

/// The labels in the file that is called as the images' is, and what is said of it.
fn labels_beside(path: &Path, images: usize) -> (Option<Labels>, Option<String>) {
    let names = label_names(path);
    let Some(name) = names.iter().find(|name| path.with_file_name(name).is_file()) else { return (None, None) };
    let said = one_line(name);
    match read_labels(&path.with_file_name(name), images) {
        Ok(labels) => {
            let labels: Vec<String> = labels.iter().map(ToString::to_string).collect();
            let labels = labels_of(&labels.iter().map(String::as_str).collect::<Vec<_>>());
            let count = labels.as_ref().map_or(0, |labels| labels.names.len());
            (labels, Some(format!("labels of {count} kinds are read from {said}")))
        }
        Err(reason) => (None, Some(format!("{said} is left out: {reason}"))),
    }
}

/// What the file of the labels may be called: compressed or not, as the images may be the other way.
fn label_names(path: &Path) -> Vec<String> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let plain = name.strip_suffix(".gz").unwrap_or(name);
    let pairs = [("images-idx3", "labels-idx1"), ("images.idx3", "labels.idx1")];
    let renamed = pairs.into_iter().filter(|(images, _)| plain.contains(images));
    renamed
        .map(|(images, labels)| plain.replace(images, labels))
        .flat_map(|name| [name.clone(), format!("{name}.gz")])
        .collect()
}

/// One label an image, or why there are none.
fn read_labels(path: &Path, images: usize) -> std::result::Result<Vec<u8>, String> {
    let mut reader = Opened::at(path).map_err(|error| error.to_string())?.reader;
    let told = |error: io::Error| InputError::Damaged(error).to_string();
    let mut magic = [0; 4];
    reader.read_exact(&mut magic).map_err(told)?;
    if magic != LABELS {
        return Err("it is no IDX file of labels".to_owned());
    }
    let [count] = sides(&mut reader).map_err(told)?;
    if count != images {
        return Err(format!("it has {count} labels for {images} images"));
    }
    let mut labels = Vec::new();
    reader.take(count as u64 + 1).read_to_end(&mut labels).map_err(told)?;
    if labels.len() == count { Ok(labels) } else { Err(format!("its header says {count} labels, not as many follow")) }
}

/// Reads some of the images, which are chosen by their number among all, with their labels; the others are passed over.
pub(super) fn read_some(
    path: &Path,
    options: &LoadOptions,
    choose: impl FnOnce(usize) -> Vec<usize>,
) -> Result<(ImageSet, Vec<usize>)> {
    let mut reader = Opened::at(path)?.reader;
    let mut magic = [0; 4];
    reader.read_exact(&mut magic).map_err(InputError::Damaged)?;
    check_magic(magic)?;
    let [images, height, width] = sides(&mut reader).map_err(InputError::Damaged)?;
    let sensible = 1..=decode::MOST_SIDE;
    if !(sensible.contains(&width) && sensible.contains(&height)) {
        return Err(InputError::IdxSize { width, height, most: decode::MOST_SIDE }.into());
    }
    let (shape, chosen) = (Shape::new(height, width), choose(images));
    let (mut values, mut next) = (Vec::new(), 0);
    for &image in &chosen {
        let between = ((image - next) * shape.pixels()) as u64;
        io::copy(&mut reader.by_ref().take(between), &mut io::sink()).map_err(InputError::Damaged)?;
        let start = values.len();
        values.resize(start + shape.pixels(), 0);
        reader.read_exact(&mut values[start..]).map_err(InputError::Damaged)?;
        next = image + 1;
    }
    let values = Array2::from_shape_vec((chosen.len(), shape.pixels()), values).map_err(|_| InputError::NotIdx)?;
    let (labels, note) = labels_beside(path, images);
    let labels = labels.as_ref().and_then(|labels| array::labels_among(labels, &chosen));
    let set = array::of_bytes(shape, values, options.missing)?;
    Ok((ImageSet { labels, notes: note.into_iter().collect(), ..set }, chosen))
}
