//! Images from the array of a .npy file, as `numpy.save` writes it.

use std::fs::File;
use std::io::{self, BufReader};
use std::ops::Range;
use std::path::Path;

use ndarray::Array2;

use super::array::{ArrayOfImages, turned};
use super::label_file;
use super::out_of_core::{ArrayImages, stored_or_read, with_index_in_file};
use crate::basis::Shape;
use crate::blocks;
use crate::disk::{self, Disk};
use crate::error::{CommunicatorError, Error, Result};
use crate::images::options::LoadOptions;
use crate::images::reading::common::{MaskLevels, MaskValues, io_error, retain, with_names_file};
use crate::images::reading::read_set::ReadSet;
use crate::images::reading::request::Request;
use crate::images::set::ImageSet;
use crate::images::set::stored_pixels::Layout;
use crate::npy::{Header, MAGIC, Values};

/// Masks from an array.
pub(crate) struct ArrayMasks {
    /// How many there are.
    pub masks: usize,
    /// The size of each.
    pub shape: Shape,
    /// Which pixels are known, one mask after another.
    pub known: Vec<bool>,
    pub levels: MaskLevels,
}

/// Checks whether these are the first bytes of a .npy file.
pub(crate) fn recognise(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Reads the requested images of a file.
pub(crate) fn read(path: &Path, request: &Request) -> Result<ReadSet> {
    let (header, mut reader) = open(path)?;
    let array = ranged(ArrayOfImages::new(header, request)?, path, &mut reader)?;
    if array.header.lies_by_column() && !request.portion.is_all() {
        return Err(CommunicatorError::NeedsOneProcess {
            what: "an array in column-major order".to_owned(),
            try_instead: "save it with numpy.ascontiguousarray",
        }
        .into());
    }
    let chosen = request.chosen(array.images);
    let images = ArrayImages {
        path,
        layout: layout(&array),
        chosen: &chosen,
        part: array.part(chosen.len(), array.header.lies_by_column(), request),
    };
    let mut read = stored_or_read(&images, request.options, || {
        read_chosen(&array, path, &mut reader, &chosen, request.options)
    })?;
    read.set = with_names_file(read.set, path, &chosen, array.images);
    label_file::set_labels(&mut read.set, request.options, &chosen, array.images)?;
    read.facts.is_table = array.is_table;
    read.facts.scales = [array.conversion.scale].into();
    read.set.notes.splice(0..0, array.notes);
    Ok(read)
}

/// Bytes of a file that a thread reads at a time.
const PIECE: usize = 1 << 20;

/// Reads the chosen images into memory.
fn read_chosen(
    array: &ArrayOfImages,
    path: &Path,
    reader: &mut BufReader<File>,
    chosen: &[usize],
    options: &LoadOptions,
) -> Result<ImageSet> {
    let header = &array.header;
    if header.lies_by_column() {
        let values = read_all(array, path, reader)?;
        return Ok(retain(array.set(header, values, options)?, chosen));
    }
    let values = match place_of_bytes(array, chosen) {
        Some(place) => Values::Bytes(read_bytes(path, place)?),
        None => read_rows(array, reader, chosen).map_err(|source| io_error(path, source))?,
    };
    array
        .set(&header.of_rows(chosen.len()), values, options)
        .map_err(|error| with_index_in_file(error, chosen))
}

/// Returns where the bytes of the chosen images are in the file, if these are its pixels, one after another.
fn place_of_bytes(array: &ArrayOfImages, chosen: &[usize]) -> Option<Range<u64>> {
    let Layout {
        pixels,
        conversion,
        start,
        ..
    } = layout(array)?;
    let (&first, &last) = (chosen.first()?, chosen.last()?);
    let is_one_run = chosen.windows(2).all(|pair| pair[0] + 1 == pair[1]);
    let are_bytes = conversion.is_to_bytes() && conversion.is_identity();
    let place = |image: usize| start + (image * pixels) as u64;
    (is_one_run && are_bytes).then(|| place(first)..place(last + 1))
}

/// Reads bytes of a file on several threads.
fn read_bytes(path: &Path, place: Range<u64>) -> Result<Vec<u8>> {
    let disk = Disk::open(path)?;
    let mut bytes = vec![0; (place.end - place.start) as usize];
    blocks::map_chunks_mut(&mut bytes, PIECE, |first, bytes| {
        disk.read(place.start + first as u64, bytes);
    });
    disk.check()?;
    Ok(bytes)
}

/// Returns the layout of the images in the file, if each is one run of values.
fn layout(array: &ArrayOfImages) -> Option<Layout> {
    let start = array.header.start_of_rows();
    start.filter(|_| array.is_grey()).map(|start| Layout {
        images: array.images,
        pixels: array.shape.pixels(),
        conversion: array.conversion,
        start,
    })
}

/// Reads the array of a file: images, one image (height, width), or a table (n, pixels), whose rows are images of `shape`.
pub(crate) fn read_whole(path: &Path, shape: Shape) -> Result<ImageSet> {
    let (mut header, mut reader) = open(path)?;
    if shape.height > 1 && header.shape == [shape.height, shape.width] {
        header.shape.insert(0, 1);
    }
    let options = LoadOptions {
        shape: (header.shape.len() == 2).then_some(shape),
        ..LoadOptions::default()
    };
    let array = ArrayOfImages::new(header, &Request::of_all(&options, 1))?;
    let array = ranged(array, path, &mut reader)?;
    let all: Vec<usize> = (0..array.images).collect();
    read_chosen(&array, path, &mut reader, &all, &options)
}

/// Reads masks, (n, height, width) or (n, pixels) of images of `shape` with the same order of pixels, or one mask,
/// (height, width). Pixels that are not 0 are known; if there are more than two levels, those of at least half of white.
pub(crate) fn read_mask(path: &Path, shape: Shape, options: &LoadOptions) -> Result<ArrayMasks> {
    let (mut header, mut reader) = open(path)?;
    if header.shape == [shape.height, shape.width] {
        header.shape.insert(0, 1);
    } else if header.shape.len() == 2 {
        header = turned(header, options)?;
    }
    let folded = header.shape.len() == 2 && header.shape[1] == shape.pixels();
    let row = LoadOptions {
        shape: folded.then_some(shape),
        ..LoadOptions::default()
    };
    let array = ArrayOfImages::new(header, &Request::of_all(&row, 1))?;
    let values = read_all(&array, path, &mut reader)?;
    let grey = array.grey(&array.header, values, &row)?;
    let MaskValues { known, levels } = MaskValues::of(&grey, array.shape)?;
    let size = (array.images, array.shape.pixels());
    let known = Array2::from_shape_vec(size, known).map_err(|_| Error::NpyHeader)?;
    let known = if folded {
        options.by_rows(known, shape)
    } else {
        known
    };
    Ok(ArrayMasks {
        masks: array.images,
        shape: array.shape,
        known: known.into_iter().collect(),
        levels,
    })
}

/// Reads the pixels of all images, in the order of the file.
fn read_all(array: &ArrayOfImages, path: &Path, reader: &mut BufReader<File>) -> Result<Values> {
    array
        .header
        .seek_row(0, reader)
        .and_then(|()| array.header.pixels(array.conversion, reader))
        .map_err(|source| io_error(path, source))
}

/// Opens a file and reads its header.
fn open(path: &Path) -> Result<(Header, BufReader<File>)> {
    let file = disk::open_file(path).map_err(|source| io_error(path, source))?;
    let length = file
        .metadata()
        .map_err(|source| io_error(path, source))?
        .len();
    let mut reader = BufReader::new(file);
    Ok((Header::read(&mut reader, length)?, reader))
}

/// Returns the array with the range of its integers, which follow the header.
fn ranged(
    array: ArrayOfImages,
    path: &Path,
    reader: &mut BufReader<File>,
) -> Result<ArrayOfImages> {
    let range = array.header.range(reader);
    Ok(array.with_range(range.map_err(|source| io_error(path, source))?))
}

/// Reads the values of the chosen rows, one run of consecutive rows at a time.
fn read_rows(
    array: &ArrayOfImages,
    reader: &mut BufReader<File>,
    chosen: &[usize],
) -> io::Result<Values> {
    let (header, conversion) = (&array.header, array.conversion);
    let mut runs = chosen.chunk_by(|a, b| a + 1 == *b);
    let first = runs.next().unwrap_or_default();
    let begin = first.first().copied().unwrap_or_default();
    let mut values = header.rows(begin..begin + first.len(), conversion, reader)?;
    for run in runs {
        values.append(header.rows(run[0]..run[0] + run.len(), conversion, reader)?);
    }
    Ok(values)
}
