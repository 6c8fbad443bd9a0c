//! Images as a source of blocks: where pixels come from and how they are kept, not what is learned from them.

mod array;
mod block;
mod decode;
mod folder;
mod gather;
mod idx;
mod jpeg;
mod list;
mod mask;
mod missing;
mod npy;
mod npz;
mod order;
mod picture;
mod prepare;
mod set;
mod several;
mod share;
mod shared;
pub mod synthetic;
mod walk;

use std::borrow::Cow;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

pub use list::load_listed;
pub use mask::Mask;
pub use missing::Missing;
use ndarray::Array2;
pub(crate) use prepare::spread;
use serde::Serialize;
pub use share::{Share, load_share};
pub(crate) use shared::{Fill, Shared, mask};
pub use walk::is_called_as_own;

use crate::basis::{Basis, Shape};
use crate::blocks;
use crate::error::{Error, InputError, Result};
use crate::team::{Alone, Team};

/// Pixels as they were on disk, one image a row, (images, pixels).
#[derive(Debug, Clone, PartialEq)]
pub enum Pixels {
    /// 8-bit files; the value `v` stands for `v / 255`.
    U8(Array2<u8>),
    /// Everything finer; values as they are.
    F32(Array2<f32>),
}

/// A run of consecutive images, one after another, each row by row; borrowed from memory or read for the caller.
#[derive(Debug, Clone)]
pub enum Block<'a> {
    /// The value `v` stands for `v / 255`.
    U8(Cow<'a, [u8]>),
    /// Values as they are.
    F32(Cow<'a, [f32]>),
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

    /// The processes that share the images, of which this one sees its own share; alone, unless a source says otherwise.
    fn team(&self) -> &dyn Team {
        &Alone
    }

    /// Whether there is no image at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How an image of other proportions is brought to the size asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fit {
    /// Fill the size and crop what overhangs, evenly on both sides.
    #[default]
    Crop,
    /// Stretch each direction by itself.
    Stretch,
}

impl Fit {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Crop => "crop",
            Self::Stretch => "stretch",
        }
    }

    /// What is called so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Crop, Self::Stretch].into_iter().find(|fit| fit.name() == name)
    }
}

/// What [`load`] does with the images it finds.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadOptions {
    /// Resize every image to this; for a table of rows in a .npy file, the size of the image that a row is.
    pub size: Option<Shape>,
    /// How images of other proportions are resized.
    pub fit: Fit,
    /// The grey, 0 to 255, that transparent pixels are laid over.
    pub background: u8,
    /// Dark becomes light: for ink on paper, so that the strokes are learned and not the paper.
    pub invert: bool,
    /// The value that inverting makes black: that of the set which new images are to be like ([`ImageSet::white`]). Where
    /// none is given, 1, or the largest value of a set that goes above.
    pub white: Option<f32>,
    /// Which array of a .npz archive to read; where none is named, the only one that can be images.
    pub key: Option<String>,
    /// Take so many of the images, evenly spread over them all, before any is decoded.
    pub limit: Option<usize>,
    /// An image file that cannot be read is an error instead of being skipped.
    pub strict: bool,
    /// What unknown pixels hold.
    pub missing: Option<Missing>,
    /// A picture or a .npy array that is white, or not 0, where pixels are known: one for all images, or one for each in
    /// an array or a folder, there called as the images are, with any extension. Resized as the images are.
    pub mask: Option<PathBuf>,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            size: None,
            fit: Fit::Crop,
            background: 255,
            invert: false,
            white: None,
            key: None,
            limit: None,
            strict: false,
            missing: None,
            mask: None,
        }
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

/// A set of images in memory: pixels, what they are called, and what was left out.
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

/// Reads a folder of images, sub-folders included, the array in a .npy file, one of a .npz archive, or an IDX file such as
/// MNIST's, also compressed by gzip.
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
/// [`LoadOptions::missing`], with [`LoadOptions::strict`] if any image file cannot be read, and if masks do not fit the
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
    check_options(options)?;
    finished(read(path, options, LEARNING)?, options)
}

/// The set as it is learned from, with what is worth saying of it.
fn finished(set: ImageSet, options: &LoadOptions) -> Result<ImageSet> {
    let mut set = prepared(set, options)?;
    let notes = prepare::notes(&set, options.invert);
    set.notes.extend(notes);
    Ok(set)
}

/// Reads images from several folders, image files, .npy and .npz arrays and IDX files as one set, as [`load`] reads one;
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
    check_options(options)?;
    let sets = blocks::map(paths, |_, path| read(path.as_ref(), options, 0)).into_iter().collect::<Result<_>>()?;
    prepared(several::join(paths, sets)?, options)
}

/// Images that are needed to learn from them.
const LEARNING: usize = 2;

/// Reads `least` images or more, as they are but for their size.
fn read(path: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    let io_error = |source| io_error(path, source);
    let kind = fs::metadata(path).map_err(io_error)?.file_type();
    let head = if kind.is_file() { decode::head(path).map_err(io_error)? } else { Vec::new() };
    if options.key.is_some() && !npz::recognise(&head) {
        return Err(InputError::NoArchive(path.to_owned()).into());
    }
    if kind.is_dir() {
        folder::load(path, options, least)
    } else if kind.is_file() {
        load_file(path, &head, options, least)
    } else {
        // To read from a pipe or a device could wait for ever.
        Err(InputError::Unknown(path.to_owned()).into())
    }
}

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
    let parts = npy::read(path, Some(shape))?;
    if parts.is_empty() {
        return Err(Error::NoParts);
    }
    if parts.shape != shape {
        let size = |shape: Shape| (shape.width, shape.height);
        return Err(Error::PartsSize { found: size(parts.shape), images: size(shape) });
    }
    let parts = parts.to_f32();
    match parts.rows().into_iter().position(|part| part.iter().all(|&value| value == 0.0)) {
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
        Error::Io { .. } => error,
        error => Error::InFile { path: path.to_owned(), source: Box::new(error) },
    }
}

fn check_options(options: &LoadOptions) -> Result<()> {
    if let Some(limit) = options.limit
        && limit < 2
    {
        return Err(Error::LimitTooSmall { limit });
    }
    let sides = 1..=decode::MOST_SIDE;
    if let Some(Shape { width, height }) = options.size
        && !(sides.contains(&width) && sides.contains(&height))
    {
        return Err(Error::SizeOutOfRange { width, height, most: decode::MOST_SIDE });
    }
    Ok(())
}

fn load_file(path: &Path, head: &[u8], options: &LoadOptions, least: usize) -> Result<ImageSet> {
    if npy::recognise(head) {
        return npy::load(path, options, least).map_err(|source| in_file(path, source));
    }
    if npz::recognise(head) {
        return npz::load(path, options, least).map_err(|source| in_file(path, source));
    }
    if idx::recognise(head) {
        return idx::load(path, options, least).map_err(|source| in_file(path, source));
    }
    if least < LEARNING {
        return folder::load_file(path, options);
    }
    let path = path.to_owned();
    Err(match decode::recognise(head) {
        Some(_) => InputError::OneImage(path),
        None if decode::is_web_page(head) => InputError::WebPage(path),
        None => InputError::Unknown(path),
    }
    .into())
}
