//! Images as a source of blocks: where pixels come from and how they are kept, not what is learned from them.

mod archive;
mod array;
mod bounded;
mod decode;
mod faults;
mod folder;
mod format;
mod gather;
mod gzip;
mod idx;
mod jpeg;
mod lines;
mod list;
mod mask;
mod missing;
mod npy;
mod npz;
mod options;
mod order;
mod pack;
mod pages;
mod picture;
mod pictures;
mod prepare;
mod set;
mod several;
mod share;
mod shared;
mod stored;
pub mod synthetic;
mod table;
mod tarred;
mod walk;
mod zipped;

use std::io;
use std::ops::Range;
use std::path::Path;

pub use format::Format;
pub use list::load_listed;
pub use mask::Mask;
pub use missing::Missing;
use ndarray::Array2;
pub use options::{Fit, LoadOptions, Order};
pub use pack::{Packed, pack, pack_listed};
pub(crate) use prepare::spread;
use serde::Serialize;
pub use share::{ImageShard, load_shard};
pub(crate) use shared::{Fill, Filled, Shared, mask};
pub(crate) use stored::Reading;
pub use stored::{Memory, StoredPixels};
pub use walk::is_called_as_own;

use crate::basis::{Basis, Shape};
use crate::blocks;
use crate::communicator::{Communicator, SingleProcess};
use crate::error::{Error, InputError, Result};
pub use crate::kernel::Block;

/// Pixels as they were on disk, one image a row, (images, pixels).
#[derive(Debug, Clone, PartialEq)]
pub enum Pixels {
    /// 8-bit files; the value `v` stands for `v / 255`.
    U8(Array2<u8>),
    /// Everything finer; values as they are.
    F32(Array2<f32>),
    /// More than memory is to hold: in their file, and read whenever they are needed.
    Stored(StoredPixels),
}

/// A source of images that an algorithm reads block by block, wherever the pixels live.
pub trait Images: Sync {
    /// How many images there are.
    fn len(&self) -> usize;

    /// The size of every image.
    fn shape(&self) -> Shape;

    /// The images `rows`: `rows.len()` times as many values as an image has pixels, each finite and 0 or more where it is
    /// known.
    fn block(&self, rows: Range<usize>) -> Block<'_>;

    /// Which pixels are known; all of them where there is no mask.
    fn mask(&self) -> Option<&Mask> {
        None
    }

    /// The folder for what a fit makes of images that memory does not hold, up to four times their size; where there is
    /// none, the fit has all of them in memory.
    fn scratch(&self) -> Option<&Path> {
        None
    }

    /// Whether all images were read that were asked for. A source that reads from a file may fail late: it then hands out
    /// zeros and tells here, and nothing that came of them is to be believed.
    ///
    /// # Errors
    /// If some could not be read.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// The processes that share the images, of which this one sees its own share; alone, unless a source says otherwise.
    fn communicator(&self) -> &dyn Communicator {
        &SingleProcess
    }

    /// Whether there is no image at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A file that looks like an image and was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Its path below the input folder.
    pub path: String,
    /// Why it was left out.
    pub reason: String,
}

/// The sub-folders that images lay in, or the labels beside an IDX file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// Each sub-folder or label, in natural order; `.` stands for the input folder itself.
    pub names: Vec<String>,
    /// For each image the index of its label.
    pub indices: Vec<usize>,
}

impl Labels {
    /// What image `index` is labelled as.
    ///
    /// # Panics
    /// If there is no image of that index.
    #[must_use]
    pub fn of(&self, index: usize) -> &str {
        &self.names[self.indices[index]]
    }
}

/// A set of images: pixels, what they are called, and what was left out.
#[derive(Debug, Clone)]
pub struct ImageSet {
    /// The pixels, (images, pixels).
    pub pixels: Pixels,
    /// The size of every image.
    pub shape: Shape,
    /// Which pixels are known; all of them where there is none.
    pub mask: Option<Mask>,
    /// The value that became black where dark and bright were exchanged.
    pub white: Option<f32>,
    /// The name of each image: its path below the input folder, or its index in an array.
    pub names: Vec<String>,
    /// What the images are labelled as; none where all lie in the input folder itself.
    pub labels: Option<Labels>,
    /// Files that look like images and could not be used.
    pub skipped: Vec<Skipped>,
    /// How many hidden files and folders and files that are no images were passed over.
    pub passed_over: usize,
    /// Facts worth one line each.
    pub notes: Vec<String>,
}

/// Reads a folder of images, sub-folders included, the array in a .npy file, one of a .npz archive, an IDX file such as
/// MNIST's, also compressed by gzip, the rows of a table of numbers, the pages of a TIFF file, or the pictures in a .zip or
/// .tar archive.
///
/// Images of a folder come in natural order (`2.png` before `10.png`), colour as [Rec. 709 luma] of the stored
/// values: `0.2126 R + 0.7152 G + 0.0722 B`. Labels of an IDX file are read from the file beside it: of
/// `train-images-idx3-ubyte`, from `train-labels-idx1-ubyte`.
///
/// [Rec. 709 luma]: https://www.itu.int/rec/R-REC-BT.709
///
/// # Errors
/// If there is nothing to read at `path`, if fewer than two images are usable, if sizes differ and
/// [`LoadOptions::size`] is not given, if an array holds values that are negative or not finite and not
/// [`LoadOptions::missing`], if a table has lines of unlike length or fields that are no numbers, with [`LoadOptions::strict`] if any image file cannot be read, and if masks do not fit the
/// images, cannot be read, or leave nothing known.
///
/// # Examples
/// ```
/// use nmf_images::images::{Images, LoadOptions, load};
///
/// let faces = load("assets/faces".as_ref(), &LoadOptions { limit: Some(10), ..LoadOptions::default() })?;
/// assert_eq!(faces.len(), 10);
/// # Ok::<(), nmf_images::error::Error>(())
/// ```
pub fn load(path: &Path, options: &LoadOptions) -> Result<ImageSet> {
    options::check(options)?;
    finished(format::read(path, options, LEARNING)?, options)
}

/// The set as it is learned from, with what is worth saying of it.
fn finished(set: ImageSet, options: &LoadOptions) -> Result<ImageSet> {
    let mut set = prepared(set, options)?;
    let notes = prepare::notes(&set, options.invert);
    set.notes.extend(notes);
    Ok(set)
}

/// Reads images from several folders, image files, arrays, tables and archives as one set, as [`load`] reads one;
/// one image is enough.
///
/// Where there are several inputs, names begin with the input. What the pixels say of what could be learned from them is
/// not noted.
///
/// # Errors
/// As [`load`]; of single files, those that cannot be read are left out as those of a folder are.
///
/// # Examples
/// ```
/// use nmf_images::images::{Images, LoadOptions, load_several};
///
/// let faces = load_several(&["assets/faces/face007.png", "assets/faces/face003.png"], &LoadOptions::default())?;
/// assert_eq!(faces.names, ["assets/faces/face007.png", "assets/faces/face003.png"]);
/// # Ok::<(), nmf_images::error::Error>(())
/// ```
pub fn load_several(paths: &[impl AsRef<Path> + Sync], options: &LoadOptions) -> Result<ImageSet> {
    options::check(options)?;
    let sets = blocks::map(paths, |_, path| format::read(path.as_ref(), options, 0))
        .into_iter()
        .collect::<Result<_>>()?;
    prepared(several::join(paths, sets)?, options)
}

/// Images that are needed to learn from them.
const LEARNING: usize = 2;

/// The set with its pixels as they are learned from, and those hidden that are to be.
fn prepared(mut set: ImageSet, options: &LoadOptions) -> Result<ImageSet> {
    if let Some(mask) = &options.mask {
        let all = set.len();
        set = missing::hide(set, mask, options, (0, all))?;
    }
    if let Some(mask) = &set.mask {
        mask.check((set.len(), set.shape.pixels()))?;
        mask.check_known()?;
    }
    if options.invert {
        set.white = Some(prepare::invert(&mut set, options.white));
    }
    let notes = missing::notes(&set, options);
    set.notes.extend(notes);
    Ok(set)
}

/// Reads known parts, (parts, height, width) or (parts, pixels), from the array in a .npy file.
///
/// # Errors
/// If the file cannot be read or is no .npy file, if it holds no part or parts of another size than `shape`, and if a
/// value is negative or not finite.
pub fn load_parts(path: &Path, shape: Shape) -> Result<Basis> {
    let head = decode::head(path).map_err(|source| io_error(path, source))?;
    read_parts(path, &head, shape).map_err(|source| in_file(path, source))
}

fn read_parts(path: &Path, head: &[u8], shape: Shape) -> Result<Basis> {
    if !npy::recognise(head) {
        return Err(Error::NpyHeader);
    }
    let parts = npy::read(path, shape)?;
    if parts.is_empty() {
        return Err(Error::NoParts);
    }
    if parts.shape != shape {
        let size = |shape: Shape| (shape.width, shape.height);
        return Err(Error::PartsSize {
            found: size(parts.shape),
            images: size(shape),
        });
    }
    let parts = parts.to_f32();
    match parts
        .rows()
        .into_iter()
        .position(|part| part.iter().all(|&value| value == 0.0))
    {
        Some(part) => Err(Error::BlackPart(part)),
        None => Ok(Basis::new(shape, parts)),
    }
}

fn io_error(path: &Path, source: io::Error) -> Error {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::NotFound => Error::NotFound { path },
        _ => Error::Io { path, source },
    }
}

/// The error with the name of the file, unless it says that itself.
fn in_file(path: &Path, error: Error) -> Error {
    match error {
        Error::Io { .. }
        | Error::TooFewImages { .. }
        | Error::NoImages { .. }
        | Error::Input(InputError::OneImage(_) | InputError::WebPage(_)) => error,
        error => Error::InFile {
            path: path.to_owned(),
            source: Box::new(error),
        },
    }
}
