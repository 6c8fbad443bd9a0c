//! Reading of images from files of every format as one set.

use std::io::BufRead;
use std::path::Path;

use super::files::{folder, list};
use super::formats::detect;
use super::options::{self, LoadOptions, MIN_TRAINING_IMAGES};
use super::set::{ImageSet, Images};
use super::{concatenate, masks, prepare};
use crate::blocks;
use crate::error::Result;

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
    finished(detect::read(path, options, MIN_TRAINING_IMAGES)?, options)
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
    let sets = blocks::map(paths, |_, path| detect::read(path.as_ref(), options, 0))
        .into_iter()
        .collect::<Result<_>>()?;
    prepared(concatenate::join(paths, sets)?, options)
}

/// The set with its pixels as they are learned from, and those hidden that are to be.
fn prepared(mut set: ImageSet, options: &LoadOptions) -> Result<ImageSet> {
    if let Some(mask) = &options.mask {
        let all = set.len();
        set = masks::hide(set, mask, options, (0, all))?;
    }
    if let Some(mask) = &set.mask {
        mask.check((set.len(), set.shape.pixels()))?;
        mask.check_known()?;
    }
    if options.invert {
        set.white = Some(prepare::invert(&mut set, options.white));
    }
    let notes = masks::notes(&set, options);
    set.notes.extend(notes);
    Ok(set)
}

/// Reads the image files that `list` names, one path a line, as [`load`](super::load) reads those of a folder.
///
/// Images are in the order of the list and named as there; empty lines are passed over. `name` is what errors call the
/// list.
///
/// # Errors
/// As [`load`](super::load) of a folder, and if the list cannot be read or is no text.
///
/// # Examples
/// ```
/// use nmf_images::images::{LoadOptions, load_listed};
///
/// let list = "assets/faces/face007.png\nassets/faces/face003.png\n";
/// let faces = load_listed("faces.txt".as_ref(), list.as_bytes(), &LoadOptions::default())?;
/// assert_eq!(faces.names, ["assets/faces/face007.png", "assets/faces/face003.png"]);
/// # Ok::<(), nmf_images::error::Error>(())
/// ```
pub fn load_listed(name: &Path, list: impl BufRead, options: &LoadOptions) -> Result<ImageSet> {
    options::check(options)?;
    detect::check(name, None, options)?;
    let paths = list::paths(name, list)?;
    finished(
        folder::load_listed(name, &paths, options, MIN_TRAINING_IMAGES)?,
        options,
    )
}
