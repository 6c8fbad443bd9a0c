//! Errors of inputs.

use std::io::{self, ErrorKind};
use std::path::PathBuf;

use super::{PART_OF_ZIP, one_line};
use crate::plural::{by_count, counted};

/// What can be reduced so that a run needs less memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reducible {
    /// The number of images, their size and the rank.
    ImagesAndRank,
    /// The number of images and their size.
    Images,
    /// The number of images alone.
    Count,
}

/// Why no images can be read from an input.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// The input is a single image.
    #[error("{0} is one image, not a folder of images: pass the folder that holds it")]
    OneImage(PathBuf),
    /// The format of the input is unknown.
    #[error(
        "{0} is neither a folder of images nor a .npy file, a .npz archive, an IDX file such as MNIST's, a table of \
        numbers, a TIFF file of several pages or a .zip or .tar of images"
    )]
    Unknown(PathBuf),
    /// So many images are held out that too few training images remain.
    #[error(
        "{held_out} of {images} images cannot be held out: at least 2 training images must remain"
    )]
    TooManyHeldOut {
        /// How many images were to be held out.
        held_out: usize,
        /// How many there are.
        images: usize,
    },
    /// The input is a page of HTML.
    #[error("{0} is a web page, not data: download the file that the page links to")]
    WebPage(PathBuf),
    /// The limit is below two images.
    #[error("a limit of {limit} is too small: at least 2 images are needed")]
    LimitTooSmall {
        /// The requested limit.
        limit: usize,
    },
    /// An operation needs all pixels in memory, and they do not fit.
    #[error(
        "{asked} needs four times the {} MB of pixels in memory, but only {} MB may be used",
        bytes >> 20, memory >> 20
    )]
    LargerThanMemory {
        /// Bytes of all pixels.
        bytes: u64,
        /// Bytes that may be used.
        memory: u64,
        /// The option.
        asked: &'static str,
    },
    /// What is done with the images needs more memory than can be used.
    #[error(
        "{} of {} {} {} MB of memory, but only {} MB can be used",
        counted(*images as usize, "image", "images"), counted(*pixels as usize, "pixel", "pixels"),
        by_count(*images as usize, "needs", "need"), needed.div_ceil(1_000_000), usable / 1_000_000
    )]
    MemoryTooSmall {
        /// The number of images.
        images: u64,
        /// The number of pixels per image.
        pixels: u64,
        /// Bytes that are needed.
        needed: u64,
        /// Bytes that can be used.
        usable: u64,
        /// What can be reduced.
        reducible: Reducible,
    },
    /// The format of the input is recognised but not supported.
    #[error("{path} is {cure}")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The format, and how to convert it.
        cure: String,
    },
    /// An archive expands beyond the limit.
    #[error(
        "the archive expands beyond the limit of 512 MB, or of 32 times its size if that is more: unpack it, and pass the folder"
    )]
    ArchiveTooLarge,
    /// A compressed file expands beyond the limit.
    #[error(
        "the file expands beyond the limit of 512 MB, or of 32 times its size if that is more: decompress it first"
    )]
    TooLargeUnpacked,
    /// An option applies to learning and not to packing.
    #[error("inversion, masks and missing values cannot be stored in an array")]
    NotPacked,
    /// The array cannot be written.
    #[error("the array cannot be written: {0}")]
    Packing(io::Error),
    /// A list of files is not text.
    #[error("{0} is not a list of image files, one path per line")]
    NoList(PathBuf),
    /// A list of files is not in an encoding in which paths are read.
    #[error("{0} is a list in UTF-16: save it as UTF-8")]
    ListEncoding(PathBuf),
    /// The input is a list of image files.
    #[error("{0} is a list of files, not a folder of images")]
    ListFile(PathBuf),
    /// A file is truncated, or its compressed content is damaged.
    #[error("the file is {}: download it again", damage(.0))]
    Damaged(io::Error),
    /// The compressed content of a file is not supported.
    #[error("the compressed file is not an IDX file: decompress other files first")]
    NotIdx,
    /// An IDX file contains labels.
    #[error(
        "the file contains labels, not images: pass the file with the images, such as train-images-idx3-ubyte"
    )]
    IdxLabels,
    /// An IDX file does not contain a list of 8-bit images.
    #[error(
        "this IDX file holds {kind} in {sides} dimensions; required is u8 in 3: images, height, width"
    )]
    IdxKind {
        /// The type of its values.
        kind: &'static str,
        /// The number of dimensions of its array.
        sides: u8,
    },
    /// The images of an IDX file are empty or too large.
    #[error(
        "the IDX header states images of {width}x{height}; each side must be 1 to {most} pixels"
    )]
    IdxSize {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// The longest side allowed.
        most: usize,
    },
    /// An IDX file is shorter than its header states.
    #[error(
        "truncated: {images} images of {width}x{height} need {needed} bytes after the header, \
        the file has {held}: download the file again"
    )]
    IdxShort {
        /// The number of images in the header.
        images: usize,
        /// Columns of an image.
        width: usize,
        /// Rows of an image.
        height: usize,
        /// The bytes of all images.
        needed: u64,
        /// The bytes in the file.
        held: u64,
    },
    /// An IDX file is longer than its header states.
    #[error(
        "too long: {images} images of {width}x{height} need {needed} bytes after the header, \
        but more follow: download the file again"
    )]
    IdxLong {
        /// The number of images in the header.
        images: usize,
        /// Columns of an image.
        width: usize,
        /// Rows of an image.
        height: usize,
        /// The bytes of all images.
        needed: u64,
    },
    /// An archive cannot be opened, or an array of it is stored in an unsupported way: why.
    #[error("the archive cannot be read ({}): {}", .0, archive_advice(.0))]
    Archive(String),
    /// No array of an archive can hold images.
    #[error(
        "no array in this archive can hold images (found: {}); allowed are (n, height, width), (n, height, width, 1) and \
        (n, pixels): unpack image files into a folder", listed(.0)
    )]
    NoImageArray(Vec<(String, Vec<usize>)>),
    /// Several arrays of an archive can hold images.
    #[error("this archive has several arrays that can hold images: {}", listed(.0))]
    SeveralArrays(Vec<(String, Vec<usize>)>),
    /// An archive has no array of that name.
    #[error("the archive has no array `{}`; it has: {}", one_line(.key), listed(.found))]
    NoArray {
        /// The requested name.
        key: String,
        /// The names of its arrays, with their shapes.
        found: Vec<(String, Vec<usize>)>,
    },
    /// An array is named, but the input is not an archive.
    #[error("{0} is not a .npz archive")]
    NoArchive(PathBuf),
    /// A format is named, but the input is not a file.
    #[error("{0} is not a file of many images")]
    NoFile(PathBuf),
    /// Settings of table rows are given, but the input is not a table.
    #[error("{0} is not a table")]
    NoTable(PathBuf),
    /// Settings of table rows are given, but the array is not a table.
    #[error("the array's shape is {0:?}, which is not that of a table")]
    NoRows(Vec<usize>),
    /// A label column is named, but the input has none.
    #[error("{0} has no label column")]
    NoLabels(PathBuf),
    /// A table has as many rows as an image has pixels: its columns are the images.
    #[error(
        "a row of {columns} values is not an image of {width}x{height}, but a column of {rows} values is: transpose the table"
    )]
    TurnedTable {
        /// Values in a column.
        rows: usize,
        /// Values in a row.
        columns: usize,
        /// Columns of an image.
        width: usize,
        /// Rows of an image.
        height: usize,
    },
    /// An array has one value per row, so that it is no table of images.
    #[error(
        "the array has {0} rows of one value each, such as labels: images have the shape (n, height, width) or (n, pixels)"
    )]
    OneValuePerRow(usize),
    /// The alpha channel of an array of floats is not 0 to 1.
    #[error(
        "the alpha channel holds {0}, but must be 0 to 1 in floats: save the colours alone, x[..., :3]"
    )]
    Alpha(f32),
    /// Columns are named, but the input has none.
    #[error("{0} has no named columns")]
    NoColumns(PathBuf),
    /// A file of labels is given for images whose labels are their folders.
    #[error("the labels of {0} are its sub-folders")]
    NoLabelFile(PathBuf),
    /// A file or an array of labels has another number of labels than there are images.
    #[error("{labels} labels for {images} images: one label per image is needed")]
    LabelCount {
        /// How many labels there are.
        labels: usize,
        /// How many images there are.
        images: usize,
    },
    /// An array does not have the shape of labels.
    #[error(
        "the array's shape is {0:?}, which is not that of labels; allowed are (n), (n, 1) and (1, n)"
    )]
    LabelShape(Vec<usize>),
    /// A file of labels cannot be read.
    #[error("the file has no labels: {0}")]
    LabelFile(String),
    /// A channel is chosen, but no file has several.
    #[error("no file of {0} has several channels")]
    NoChannels(PathBuf),
    /// Images have unknown pixels, which an array of bytes or floats does not mark.
    #[error("{name} has pixels without data, which cannot be stored in an array", name = one_line(.0))]
    UnknownNotPacked(String),
    /// Column order is requested without an image size.
    #[error("column order needs the height and width of the images")]
    OrderWithoutShape,
    /// Rows of numbers are to be resized, but their image size is unknown.
    #[error("rows of {0} numbers cannot be resized without their height and width")]
    RowsNoPictures(usize),
}

/// Returns what to do about an archive that cannot be opened.
fn archive_advice(reason: &str) -> &'static str {
    if reason.ends_with(PART_OF_ZIP) {
        "join them, as in `zip -s 0 parts.zip --out whole.zip`"
    } else {
        "download it or create it again"
    }
}

fn damage(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof => "truncated".to_owned(),
        _ => format!("damaged ({})", one_line(&error.to_string())),
    }
}

/// Returns the names of arrays with their shapes.
fn listed(arrays: &[(String, Vec<usize>)]) -> String {
    if arrays.is_empty() {
        return "none".to_owned();
    }
    let said: Vec<String> = arrays
        .iter()
        .take(8)
        .map(|(key, shape)| format!("{} {shape:?}", one_line(key)))
        .collect();
    said.join(", ") + if arrays.len() > 8 { ", …" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verb_agrees_with_the_number_of_images() {
        for (images, words) in [
            (1, "1 image of 784 pixels needs"),
            (2, "2 images of 784 pixels need "),
        ] {
            let error = InputError::MemoryTooSmall {
                images,
                pixels: 784,
                needed: 3_000_000,
                usable: 1_000_000,
                reducible: Reducible::Images,
            };
            assert!(error.to_string().starts_with(words), "{error}");
        }
    }

    #[test]
    fn a_part_of_an_archive_is_to_be_joined() {
        let part = InputError::Archive(format!("unsupported Zip archive: {PART_OF_ZIP}"));
        assert!(part.to_string().contains("zip -s 0"), "{part}");
        let other = InputError::Archive("it is one of several parts of no archive".to_owned());
        assert!(!other.to_string().contains("zip -s 0"), "{other}");
    }
}
