//! What can be wrong with an input that is to hold images.

use std::io::{self, ErrorKind};
use std::path::PathBuf;

use super::one_line;

/// Why no images can be read from an input.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// The input is a single image.
    #[error("{0} is one image, not a folder of images: pass the folder that holds it")]
    OneImage(PathBuf),
    /// The input is nothing that images can be read from.
    #[error(
        "{0} is neither a folder of images nor a .npy file, a .npz archive, an IDX file such as MNIST's, a table of \
        numbers, a TIFF file of several pages or a .zip or .tar of images"
    )]
    Unknown(PathBuf),
    /// The input is a page of HTML.
    #[error("{0} is a web page, not data: download the file that the page leads to")]
    WebPage(PathBuf),
    /// The limit leaves fewer than two images.
    #[error("a limit of {limit} is too small: at least 2 images are needed")]
    LimitTooSmall {
        /// The limit that was asked for.
        limit: usize,
    },
    /// What is asked for needs all pixels in memory, which has not the room.
    #[error(
        "{asked} needs four times the {} MB of pixels in memory, but only {} MB may be used",
        bytes >> 20, memory >> 20
    )]
    LargerThanMemory {
        /// Bytes of all pixels.
        bytes: u64,
        /// Bytes that may be held.
        memory: u64,
        /// The option.
        asked: &'static str,
    },
    /// The input is of a format that is known but not read.
    #[error("{path} is {cure}")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is, and what to do about it.
        cure: &'static str,
    },
    /// An archive unpacks to more than is sensible.
    #[error(
        "the archive becomes more than 512 MB, or 32 times as large as it is: unpack it, and pass the folder"
    )]
    ArchiveTooLarge,
    /// What is compressed in a file becomes more than is sensible.
    #[error(
        "decompressed, the file becomes more than 512 MB, or 32 times as large as it is: decompress it first"
    )]
    TooLargeUnpacked,
    /// What is asked for belongs to learning.
    #[error("inversion, masks and missing values are not written into an array")]
    NotPacked,
    /// There is nothing to write.
    #[error("{0} holds no image that can be read: nothing was packed")]
    NothingToPack(PathBuf),
    /// The array cannot be written.
    #[error("the array cannot be written: {0}")]
    Packing(io::Error),
    /// What is to be a list of files is no text.
    #[error("{0} is not a list of image files, one path per line")]
    NoList(PathBuf),
    /// A file ends too early, or what is compressed in it is damaged.
    #[error("the file is {}: download it again", damage(.0))]
    Damaged(io::Error),
    /// What is compressed in a file is not read.
    #[error(
        "what is compressed is no IDX file; allowed are images such as MNIST's: decompress other files first"
    )]
    NotIdx,
    /// An IDX file holds labels.
    #[error(
        "these are labels, not images: pass the file of the images, called as train-images-idx3-ubyte"
    )]
    IdxLabels,
    /// An IDX file holds no list of 8-bit images.
    #[error(
        "this IDX file holds {kind} with {sides} sides; allowed are u8 with 3: images, height, width"
    )]
    IdxKind {
        /// The type of its values.
        kind: &'static str,
        /// How many sides its array has.
        sides: u8,
    },
    /// The images of an IDX file are empty or too large.
    #[error(
        "the IDX header says images of {width}x{height}; allowed are 1 to {most} pixels a side"
    )]
    IdxSize {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// The longest side allowed.
        most: usize,
    },
    /// An IDX file is shorter than its header says.
    #[error(
        "cut short: {images} images of {width}x{height} need {needed} bytes after the header, \
        there are {held}: download the file again"
    )]
    IdxShort {
        /// How many images there should be.
        images: usize,
        /// Columns of an image.
        width: usize,
        /// Rows of an image.
        height: usize,
        /// Bytes of all of them.
        needed: u64,
        /// Bytes that there are.
        held: u64,
    },
    /// An IDX file is longer than its header says.
    #[error(
        "too long: {images} images of {width}x{height} need {needed} bytes after the header, \
        more follow: download the file again"
    )]
    IdxLong {
        /// How many images there should be.
        images: usize,
        /// Columns of an image.
        width: usize,
        /// Rows of an image.
        height: usize,
        /// Bytes of all of them.
        needed: u64,
    },
    /// An archive cannot be opened, or an array of it is stored in a way that is not read.
    #[error("the archive cannot be read ({0}): download it again, or make it again")]
    Archive(zip::result::ZipError),
    /// None of an archive's arrays can be images.
    #[error(
        "no array in this archive can be images (seen: {}); allowed are (n, height, width), (n, height, width, 1) and \
        (n, pixels): unpack pictures into a folder", listed(.0)
    )]
    NoImageArray(Vec<(String, Vec<usize>)>),
    /// Several of an archive's arrays can be images.
    #[error("this archive holds several arrays that can be images: {}", listed(.0))]
    SeveralArrays(Vec<(String, Vec<usize>)>),
    /// An archive holds no array of that name.
    #[error("no array is called `{}`; there are: {}", one_line(.key), listed(.found))]
    NoArray {
        /// The name that was given.
        key: String,
        /// The names that there are, with shapes.
        found: Vec<(String, Vec<usize>)>,
    },
    /// An array is named, but the input is no archive.
    #[error("{0} is not a .npz archive")]
    NoArchive(PathBuf),
    /// A format is named, but the input is no file of one.
    #[error("{0} is not a file of many images")]
    NoFile(PathBuf),
    /// Something is said of the rows of a table, but the input is none.
    #[error("{0} is not a table")]
    NoTable(PathBuf),
    /// The same of an array that is none.
    #[error("the array's shape is {0:?}, which is not that of a table")]
    NoRows(Vec<usize>),
    /// A column of labels is named, but the input has none.
    #[error("{0} has no column of labels")]
    NoLabels(PathBuf),
    /// Pixels are to stand by columns in rows of a table, but of no picture.
    #[error("column order needs the height and width of the pictures")]
    OrderWithoutShape,
    /// Rows of numbers are to be resized, but are no pictures.
    #[error("a row of {0} numbers is not a picture that could be resized")]
    RowsNoPictures(usize),
}

fn damage(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof => "cut short".to_owned(),
        _ => format!("damaged ({})", one_line(&error.to_string())),
    }
}

/// Names of arrays with their shapes.
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
