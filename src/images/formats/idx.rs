//! Images from an IDX file, the format of MNIST: bytes after a header, also compressed by gzip. Labels are in the file
//! beside it.
//!
//! Source: Yann `LeCun`, Corinna Cortes and Christopher Burges, *The MNIST database of handwritten digits*, 1998.

use std::cmp::Ordering;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use ndarray::Array2;

use super::out_of_core::{ArrayImages, stored_or_read};
use super::rows::of_bytes;
use crate::basis::Shape;
use crate::error::{Error, InputError, Result, one_line};
use crate::images::decode;
use crate::images::input::gzip;
use crate::images::read_set::ReadSet;
use crate::images::request::Request;
use crate::images::set::{Labels, Layout, MOST_SIDE, io_error, labels_among, labels_of};

const IMAGES: [u8; 4] = [0, 0, 8, 3];
/// The offset of the first image in bytes.
const HEADER: u64 = 16;
const LABELS: [u8; 4] = [0, 0, 8, 1];
/// The most images of a compressed file for which memory is reserved before their bytes were counted.
const MOST_UNCHECKED: usize = 1 << 20;

/// Checks whether these are the first bytes of an IDX file, or of a compressed file.
pub(crate) fn recognise(head: &[u8]) -> bool {
    gzip::recognise(head) || matches!(head, [0, 0, kind, 1..=4, ..] if kind_name(*kind).is_some())
}

/// Reads the requested images with their labels, if there are any.
pub(crate) fn read(path: &Path, request: &Request) -> Result<ReadSet> {
    let file = IdxImages::open(path)?;
    let count = file.images;
    let chosen = request.chosen(count);
    let images = ArrayImages {
        path,
        shape: file.shape,
        layout: file.layout(),
        chosen: &chosen,
    };
    let mut read = stored_or_read(&images, request.options, || {
        let shape = file.shape;
        of_bytes(shape, file.read(&chosen)?, request.options.missing)
    })?;
    let (labels, note) = labels_beside(path, count);
    read.set.labels = labels.and_then(|labels| labels_among(&labels, &chosen));
    read.set.notes.extend(note);
    Ok(read)
}

/// A file of images, open at the first of them.
struct IdxImages {
    images: usize,
    shape: Shape,
    file: Opened,
}

impl IdxImages {
    /// Opens a file and checks its header, against the length of the file if that is known.
    fn open(path: &Path) -> Result<Self> {
        let mut file = Opened::at(path)?;
        let mut magic = [0; 4];
        file.reader.read_exact(&mut magic).map_err(damaged)?;
        check_magic(magic)
            .map_err(|error| unless_web_page(error, path, magic, &mut file.reader))?;
        let [images, height, width] = sides(&mut file.reader).map_err(damaged)?;
        let sensible = 1..=MOST_SIDE;
        if !(sensible.contains(&width) && sensible.contains(&height)) {
            return Err(InputError::IdxSize {
                width,
                height,
                most: MOST_SIDE,
            }
            .into());
        }
        let mut opened = Self {
            images,
            shape: Shape::new(height, width),
            file,
        };
        if let Some(length) = opened.file.length {
            opened.check_length(length.saturating_sub(HEADER))?;
        } else if images > MOST_UNCHECKED {
            let needed = opened.needed();
            let held = skip(&mut opened.file.reader, needed)?;
            opened.check_length(held)?;
            opened.file = Opened::at(path)?;
            skip(&mut opened.file.reader, HEADER)?;
        }
        Ok(opened)
    }

    /// Checks that so many bytes of pixels are those of all images.
    fn check_length(&self, held: u64) -> Result<()> {
        match held.cmp(&self.needed()) {
            Ordering::Less => Err(self.short(held)),
            Ordering::Greater => Err(self.long()),
            Ordering::Equal => Ok(()),
        }
    }

    /// Returns the bytes of all images; their sides and count are too small to overflow.
    fn needed(&self) -> u64 {
        self.images as u64 * self.shape.pixels() as u64
    }

    fn short(&self, held: u64) -> Error {
        InputError::IdxShort {
            images: self.images,
            width: self.shape.width,
            height: self.shape.height,
            needed: self.needed(),
            held,
        }
        .into()
    }

    fn long(&self) -> Error {
        InputError::IdxLong {
            images: self.images,
            width: self.shape.width,
            height: self.shape.height,
            needed: self.needed(),
        }
        .into()
    }

    /// Returns the layout of the images in a file that is not compressed.
    fn layout(&self) -> Option<Layout> {
        self.file.length.map(|_| Layout {
            images: self.images,
            pixels: self.shape.pixels(),
            are_of_bytes: true,
            start: HEADER,
        })
    }

    /// Reads the chosen images, (images, pixels), and checks that a compressed file holds as many as its header states.
    fn read(mut self, chosen: &[usize]) -> Result<Array2<u8>> {
        let is_compressed = self.file.length.is_none();
        let pixels = self.shape.pixels();
        // Memory for a compressed file is reserved as its bytes come.
        let reserved = if is_compressed { 0 } else { chosen.len() };
        let mut values = Vec::with_capacity(reserved * pixels);
        // Bytes that were read, and the image that follows them.
        let (mut held, mut next) = (0, 0);
        for run in chosen.chunk_by(|a, b| a + 1 == *b) {
            held += skip(&mut self.file.reader, ((run[0] - next) * pixels) as u64)?;
            let mut wanted = (&mut self.file.reader).take((run.len() * pixels) as u64);
            held += wanted.read_to_end(&mut values).map_err(damaged)? as u64;
            next = run[0] + run.len();
        }
        if is_compressed {
            let rest = ((self.images - next) * pixels) as u64;
            // One byte more shows that the file is too long.
            held += skip(&mut self.file.reader, rest + 1)?;
            self.check_length(held)?;
        }
        let size = (chosen.len(), pixels);
        Array2::from_shape_vec(size, values).map_err(|_| self.short(held))
    }
}

/// Skips bytes, and returns how many there were.
fn skip(reader: &mut impl Read, bytes: u64) -> Result<u64> {
    Ok(io::copy(&mut reader.take(bytes), &mut io::sink()).map_err(damaged)?)
}

/// A file, decompressed if it is compressed.
struct Opened {
    reader: Box<dyn Read>,
    /// The length in bytes; `None` if the file is compressed.
    length: Option<u64>,
}

impl Opened {
    fn at(path: &Path) -> Result<Self> {
        let (reader, length) = gzip::open(path).map_err(|source| io_error(path, source))?;
        Ok(Self { reader, length })
    }
}

/// Returns the error of reading a file that may be compressed.
fn damaged(error: io::Error) -> InputError {
    match error.kind() {
        ErrorKind::FileTooLarge => InputError::TooLargeUnpacked,
        _ => InputError::Damaged(error),
    }
}

/// Checks that the first bytes are those of a file of images.
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

/// Returns the error, or another one if the file is a web page: a failed download, which was compressed on its way.
fn unless_web_page(error: Error, path: &Path, begin: [u8; 4], rest: &mut impl Read) -> Error {
    let mut head = begin.to_vec();
    // An error here adds nothing to the first one.
    let _ = rest.take(decode::HEAD).read_to_end(&mut head);
    if decode::is_web_page(&head) {
        InputError::WebPage(path.to_owned()).into()
    } else {
        error
    }
}

/// Returns the name of a type of values.
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

/// Reads the sides of an array, the outermost first.
fn sides<const N: usize>(reader: &mut impl Read) -> io::Result<[usize; N]> {
    let mut sides = [0; N];
    for side in &mut sides {
        let mut bytes = [0; 4];
        reader.read_exact(&mut bytes)?;
        *side = u32::from_be_bytes(bytes) as usize;
    }
    Ok(sides)
}

/// Reads the labels in the file whose name corresponds to that of the images, and returns a note about it.
fn labels_beside(path: &Path, images: usize) -> (Option<Labels>, Option<String>) {
    let names = label_names(path);
    let Some(name) = names
        .iter()
        .find(|name| path.with_file_name(name).is_file())
    else {
        return (None, None);
    };
    let shown = one_line(name);
    match read_labels(&path.with_file_name(name), images) {
        Ok(labels) => {
            let labels: Vec<String> = labels.iter().map(ToString::to_string).collect();
            let labels = labels_of(&labels.iter().map(String::as_str).collect::<Vec<_>>());
            let count = labels.as_ref().map_or(0, |labels| labels.names.len());
            (
                labels,
                Some(format!("{count} distinct labels are read from {shown}")),
            )
        }
        Err(reason) => (None, Some(format!("{shown} is skipped: {reason}"))),
    }
}

/// Returns the names that the file of labels may have; either file may be compressed.
pub(crate) fn label_names(path: &Path) -> Vec<String> {
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

/// Reads one label per image, or returns the reason why that is not possible.
fn read_labels(path: &Path, images: usize) -> std::result::Result<Vec<u8>, String> {
    let mut reader = Opened::at(path).map_err(|error| error.to_string())?.reader;
    let mut magic = [0; 4];
    reader.read_exact(&mut magic).map_err(reason)?;
    if magic != LABELS {
        return Err("it is not an IDX file of labels".to_owned());
    }
    let [count] = sides(&mut reader).map_err(reason)?;
    if count != images {
        return Err(format!("it has {count} labels for {images} images"));
    }
    let mut labels = Vec::new();
    reader
        .take(count as u64 + 1)
        .read_to_end(&mut labels)
        .map_err(reason)?;
    if labels.len() == count {
        Ok(labels)
    } else {
        Err(format!(
            "its header states {count} labels, but another number follows"
        ))
    }
}

/// Returns the reason why labels cannot be read.
fn reason(error: io::Error) -> String {
    damaged(error).to_string()
}
