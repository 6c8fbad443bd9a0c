//! Images from an IDX file, as MNIST is given out: bytes behind a header, also compressed by gzip; labels lie beside it.
//!
//! Source: Yann `LeCun`, Corinna Cortes and Christopher Burges, *The MNIST database of handwritten digits*, 1998.

use std::cmp::Ordering;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use ndarray::Array2;

use super::{out_of_core as stored, rows as array};
use crate::basis::Shape;
use crate::error::{Error, InputError, Result, one_line};
use crate::images::decode;
use crate::images::input::gzip;
use crate::images::options::LoadOptions;
use crate::images::set::{ImageSet, Labels, Layout, MOST_SIDE, io_error, labels_among, labels_of};

const IMAGES: [u8; 4] = [0, 0, 8, 3];
/// Bytes before the first image.
const HEADER: u64 = 16;
const LABELS: [u8; 4] = [0, 0, 8, 1];

/// Whether a file with these first bytes is an IDX file, or compressed.
pub(crate) fn recognise(head: &[u8]) -> bool {
    gzip::recognise(head) || matches!(head, [0, 0, kind, 1..=4, ..] if kind_name(*kind).is_some())
}

/// Reads images with their labels, if there are any, and prepares them.
pub(crate) fn load(path: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    let (images, shape, opened) = open(path)?;
    let layout = layout(images, shape);
    let stored = if opened.length.is_some() {
        stored::set(path, shape, layout, options)?
    } else {
        None
    };
    let set = match stored {
        Some(set) => set,
        None => array::of_bytes(shape, read((images, shape), opened)?, options.missing)?,
    };
    let (labels, note) = labels_beside(path, images);
    array::prepared(
        path,
        ImageSet {
            labels,
            notes: note.into_iter().collect(),
            ..set
        },
        options,
        least,
    )
}

/// Behind the header of a file that is not compressed, the pixels lie as they are used.
fn layout(images: usize, shape: Shape) -> Layout {
    Layout {
        images,
        pixels: shape.pixels(),
        are_of_bytes: true,
        start: HEADER,
    }
}

/// How many images there are, of which size, and the file from the first on; it is long enough where its length is known.
fn open(path: &Path) -> Result<(usize, Shape, Opened)> {
    let mut opened = Opened::at(path)?;
    let mut magic = [0; 4];
    opened.reader.read_exact(&mut magic).map_err(damaged)?;
    check_magic(magic).map_err(|error| unless_web_page(error, path, magic, &mut opened.reader))?;
    let [images, height, width] = sides(&mut opened.reader).map_err(damaged)?;
    let sensible = 1..=MOST_SIDE;
    if !(sensible.contains(&width) && sensible.contains(&height)) {
        return Err(InputError::IdxSize {
            width,
            height,
            most: MOST_SIDE,
        }
        .into());
    }
    let shape = Shape::new(height, width);
    if let Some(held) = opened.length.map(|length| length.saturating_sub(HEADER)) {
        let needed = needed(images, shape);
        match held.cmp(&needed) {
            Ordering::Less => return Err(short(images, shape, held)),
            Ordering::Greater => {
                return Err(InputError::IdxLong {
                    images,
                    width,
                    height,
                    needed,
                }
                .into());
            }
            Ordering::Equal => {}
        }
    }
    Ok((images, shape, opened))
}

/// Sides of such length times as many images as four bytes can say are far from overflowing.
fn needed(images: usize, shape: Shape) -> u64 {
    images as u64 * shape.pixels() as u64
}

fn short(images: usize, Shape { width, height }: Shape, held: u64) -> Error {
    InputError::IdxShort {
        images,
        width,
        height,
        needed: needed(images, Shape::new(height, width)),
        held,
    }
    .into()
}

fn read((images, shape): (usize, Shape), opened: Opened) -> Result<Array2<u8>> {
    let (mut reader, needed) = (opened.reader, needed(images, shape));
    // What is compressed is reserved as it comes, whatever the header says.
    let mut values = Vec::with_capacity(opened.length.map_or(0, |_| needed as usize));
    reader
        .by_ref()
        .take(needed)
        .read_to_end(&mut values)
        .map_err(damaged)?;
    if (values.len() as u64) < needed {
        return Err(short(images, shape, values.len() as u64));
    }
    if reader.read(&mut [0]).map_err(damaged)? > 0 {
        let Shape { width, height } = shape;
        return Err(InputError::IdxLong {
            images,
            width,
            height,
            needed,
        }
        .into());
    }
    Array2::from_shape_vec((images, shape.pixels()), values).map_err(|_| short(images, shape, 0))
}

/// A file, decompressed where it is compressed.
struct Opened {
    reader: Box<dyn Read>,
    /// Bytes of a file that is not compressed.
    length: Option<u64>,
}

impl Opened {
    fn at(path: &Path) -> Result<Self> {
        let (reader, length) = gzip::open(path).map_err(|source| io_error(path, source))?;
        Ok(Self { reader, length })
    }
}

fn damaged(error: io::Error) -> InputError {
    match error.kind() {
        ErrorKind::FileTooLarge => InputError::TooLargeUnpacked,
        _ => InputError::Damaged(error),
    }
}

fn check_magic(magic: [u8; 4]) -> Result<()> {
    let [zero, naught, kind, sides] = magic;
    match (magic, kind_name(kind)) {
        (IMAGES, _) => Ok(()),
        (LABELS, _) => Err(InputError::IdxLabels.into()),
        (_, Some(kind)) if (zero, naught) == (0, 0) => {
            Err(InputError::IdxKind { kind, sides }.into())
        }
        _ => Err(InputError::NotIdx.into()),
    }
}

/// The error, or that what begins with these bytes is a web page: a failed download, which was compressed on its way.
fn unless_web_page(error: Error, path: &Path, begin: [u8; 4], rest: &mut impl Read) -> Error {
    let mut head = begin.to_vec();
    // What cannot be read says nothing.
    let _ = rest.take(decode::HEAD).read_to_end(&mut head);
    if decode::is_web_page(&head) {
        InputError::WebPage(path.to_owned()).into()
    } else {
        error
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
    let Some(name) = names
        .iter()
        .find(|name| path.with_file_name(name).is_file())
    else {
        return (None, None);
    };
    let said = one_line(name);
    match read_labels(&path.with_file_name(name), images) {
        Ok(labels) => {
            let labels: Vec<String> = labels.iter().map(ToString::to_string).collect();
            let labels = labels_of(&labels.iter().map(String::as_str).collect::<Vec<_>>());
            let count = labels.as_ref().map_or(0, |labels| labels.names.len());
            (
                labels,
                Some(format!("labels of {count} kinds are read from {said}")),
            )
        }
        Err(reason) => (None, Some(format!("{said} is left out: {reason}"))),
    }
}

/// What the file of the labels may be called: compressed or not, as the images may be the other way.
fn label_names(path: &Path) -> Vec<String> {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let plain = name.strip_suffix(".gz").unwrap_or(name);
    let pairs = [
        ("images-idx3", "labels-idx1"),
        ("images.idx3", "labels.idx1"),
    ];
    let renamed = pairs
        .into_iter()
        .filter(|(images, _)| plain.contains(images));
    renamed
        .map(|(images, labels)| plain.replace(images, labels))
        .flat_map(|name| [name.clone(), format!("{name}.gz")])
        .collect()
}

/// One label an image, or why there are none.
fn read_labels(path: &Path, images: usize) -> std::result::Result<Vec<u8>, String> {
    let mut reader = Opened::at(path).map_err(|error| error.to_string())?.reader;
    let told = |error: io::Error| damaged(error).to_string();
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
    reader
        .take(count as u64 + 1)
        .read_to_end(&mut labels)
        .map_err(told)?;
    if labels.len() == count {
        Ok(labels)
    } else {
        Err(format!(
            "its header says {count} labels, not as many follow"
        ))
    }
}

/// Reads some of the images, which are chosen by their number among all, with their labels; the others are passed over.
pub(crate) fn read_some(
    path: &Path,
    options: &LoadOptions,
    choose: impl FnOnce(usize) -> Vec<usize>,
) -> Result<ImageSet> {
    let (images, shape, opened) = open(path)?;
    let (chosen, layout) = (choose(images), layout(images, shape));
    let stored = if opened.length.is_some() {
        stored::some(path, shape, layout, &chosen, options)?
    } else {
        None
    };
    let set = if let Some(set) = stored {
        set
    } else {
        let values = read_rows(opened, shape, &chosen).map_err(InputError::Damaged)?;
        let values = Array2::from_shape_vec((chosen.len(), shape.pixels()), values)
            .map_err(|_| InputError::NotIdx)?;
        array::chosen(
            array::of_bytes(shape, values, options.missing)?,
            &chosen,
            options,
        )
    };
    let (labels, note) = labels_beside(path, images);
    let labels = labels
        .as_ref()
        .and_then(|labels| labels_among(labels, &chosen));
    Ok(ImageSet {
        labels,
        notes: set.notes.iter().cloned().chain(note).collect(),
        ..set
    })
}

/// The chosen images, one after another.
fn read_rows(mut opened: Opened, shape: Shape, chosen: &[usize]) -> io::Result<Vec<u8>> {
    let (mut values, mut next) = (Vec::new(), 0);
    for &image in chosen {
        let between = ((image - next) * shape.pixels()) as u64;
        io::copy(&mut opened.reader.by_ref().take(between), &mut io::sink())?;
        let start = values.len();
        values.resize(start + shape.pixels(), 0);
        opened.reader.read_exact(&mut values[start..])?;
        next = image + 1;
    }
    Ok(values)
}
