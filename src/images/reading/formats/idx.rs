//! Images from an IDX file, the format of MNIST: bytes after a header, also compressed by gzip. Labels are in the file
//! beside it.
//!
//! Source: Yann `LeCun`, Corinna Cortes and Christopher Burges, *The MNIST database of handwritten digits*, 1998.

use std::cmp::Ordering;
use std::io::{self, Read};
use std::path::Path;

use ndarray::Array2;

use super::array_part::ArrayPart;
use super::idx_file::{LABELS, Opened, damaged, kind_name, sides};
use super::idx_labels::labels_beside;
use super::label_file;
use super::out_of_core::{ArrayImages, stored_or_read};
use super::rows::of_bytes;
use crate::basis::Shape;
use crate::error::{Error, InputError, Result};
use crate::images::reading::common::MOST_SIDE;
use crate::images::reading::decode;
use crate::images::reading::read_set::ReadSet;
use crate::images::reading::request::Request;
use crate::images::set::stored_pixels::Layout;
use crate::npy::Conversion;

const IMAGES: [u8; 4] = [0, 0, 8, 3];
/// The offset of the first image in bytes.
const HEADER: u64 = 16;
/// The most images of a compressed file for which memory is reserved before their bytes were counted.
const MOST_UNCHECKED: usize = 1 << 20;

/// Reads the requested images with their labels, if there are any.
pub(crate) fn read(path: &Path, request: &Request) -> Result<ReadSet> {
    let file = IdxImages::open(path)?;
    let count = file.images;
    let chosen = request.chosen(count);
    let images = ArrayImages {
        path,
        layout: file.layout(),
        chosen: &chosen,
        part: file.part(chosen.len(), request),
    };
    let mut read = stored_or_read(&images, request.options, || {
        let shape = file.shape;
        of_bytes(shape, file.read(&chosen)?, request.options.missing)
    })?;
    if request.options.labels.is_none()
        && let Some((name, labels)) = labels_beside(path, count)
    {
        read.set.notes.push(match &labels {
            Ok(labels) => label_file::note(labels, &name),
            Err(reason) => format!("{name} is skipped: {reason}"),
        });
        read.set.labels = labels
            .ok()
            .and_then(|labels| label_file::of_images(&labels, &chosen));
    }
    label_file::set_labels(&mut read.set, request.options, &chosen, count)?;
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
            conversion: Conversion::GREY,
            start: HEADER,
        })
    }

    /// Returns the part of the file of which so many images are used.
    fn part(&self, used: usize, request: &Request) -> ArrayPart {
        ArrayPart {
            images: self.images,
            used,
            whole_images: request.whole(self.images),
            is_read_whole: false,
            shape: self.shape,
            conversion: Conversion::GREY,
            // Memory for a compressed file grows to up to twice its bytes.
            values_per_pixel: if self.file.length.is_none() { 2 } else { 1 },
        }
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
