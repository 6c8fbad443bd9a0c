//! Reading of images from files of every format as one set, by one process or by several.

use std::fs;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::common::check;
use super::common::{first_of, with_common_layout};
use super::duplicates::Hash;
use super::files::{folder, list};
use super::formats::detect;
use super::min_count::check_count;
use super::outlier_note::outlier_note;
use super::prepare::PixelNotes;
use super::read_set::{FileFacts, ReadSet};
use super::request::{Portion, Request};
use super::survey::Survey;
use super::{concatenate, input_hashes, mask_notes, masks, memory_check, prepare, row_size};
use crate::blocks;
use crate::communicator::{Communicator, Partition, SingleProcess, propagate_error};
use crate::error::Result;
use crate::images::distributed::ImageShard;
use crate::images::hold_out::MIN_TRAINING_IMAGES;
use crate::images::options::LoadOptions;
use crate::images::set::{ImageSet, Outliers};

/// The most bytes of an input that is read together with others.
const SMALL_FILE: u64 = 1 << 20;
/// The most inputs that are read together.
const MOST_AT_A_TIME: usize = 64;

/// Reads a folder of images, sub-folders included, the array in a .npy file, one of a .npz archive, an IDX file such as
/// MNIST's, also compressed by gzip, the rows of a table of numbers, also compressed, the pages of a TIFF file, or the pictures in a .zip or
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
/// [`LoadOptions::missing`], if a table has lines of unequal length or fields that are not numbers, with
/// [`LoadOptions::strict`] if any image file cannot be read, and if masks do not fit the images, cannot be read, or leave
/// nothing known.
///
/// # Examples
/// ```
/// use nmf_images::images::{LoadOptions, load};
///
/// // A folder of images, or a file of many, as here.
/// let path = std::env::temp_dir().join("three-images.csv");
/// std::fs::write(&path, "0,1,2\n2,1,0\n3,2,1\n")?;
/// let images = load(&path, &LoadOptions { limit: Some(2), ..LoadOptions::default() })?;
/// assert_eq!(images.len(), 2);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn load(path: &Path, options: &LoadOptions) -> Result<ImageSet> {
    Ok(load_shard(path, options, &SingleProcess)?.set)
}

/// Reads this process's share of the images in a folder, a .npy array or an IDX file, as [`load`] reads all of them.
///
/// A process reads the pixels of its own images only, unless a file is compressed; all processes list a folder, and read
/// masks. The share of an array or IDX file that exceeds [`LoadOptions::memory`] stays in its file. The notes of the set
/// are about the images of all processes.
///
/// # Errors
/// As [`load`], on all processes if there is an error on any, and if the input can only be read by one process.
///
/// # Examples
/// ```
/// use nmf_images::Nmf;
/// use nmf_images::images::{Images, LoadOptions, load_shard};
/// use nmf_images::communicator::SingleProcess;
///
/// # let path = std::env::temp_dir().join("shared-images.csv");
/// # std::fs::write(&path, "0,1,2\n2,1,0\n3,2,1\n")?;
/// // With the feature `mpi`, `MpiCommunicator::join()?` in place of `SingleProcess` is one of the processes that mpirun started.
/// let share = load_shard(&path, &LoadOptions::default(), &SingleProcess)?;
/// let model = Nmf::new(2).fit(&share)?;
/// assert_eq!(model.weights.nrows(), share.len());
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn load_shard<'a>(
    path: &Path,
    options: &LoadOptions,
    communicator: &'a dyn Communicator,
) -> Result<ImageShard<'a>> {
    let request = Request {
        options,
        needed: MIN_TRAINING_IMAGES,
        portion: Portion::of_process(communicator),
    };
    let read = check(options).and_then(|()| detect::read(path, &request));
    let read = propagate_error(communicator, read)?;
    let TrainingSet { set, hashes } = training_set(path, read, options, communicator)?;
    let mut shard = ImageShard::new(set, communicator);
    shard.hashes = Some(input_hashes::from_image_hashes(&shard, &hashes));
    Ok(shard)
}

/// Returns the paths in a list of image files, as [`load_listed`] reads it.
///
/// # Errors
/// If the list cannot be read, is in UTF-16 or is another kind of file.
pub fn listed_files(name: &Path, list: impl BufRead) -> Result<Vec<PathBuf>> {
    list::paths(name, list)
}

/// Reads the image files that `list` names, one path per line, as [`load`] reads those of a folder.
///
/// Images are in the order of the list and named as there; empty lines are ignored. Paths are bytes where those of the
/// system are; a list with zero bytes, as `find -print0` writes, is cut at these. Labels are the folders, without those
/// that all images share. `name` is the name of the list in errors.
///
/// # Errors
/// As [`load`] of a folder, and if the list cannot be read, is in UTF-16 or is another kind of file.
///
/// # Examples
/// ```
/// use nmf_images::images::{LoadOptions, load_listed};
///
/// # let folder = std::env::temp_dir().join("listed-images");
/// # std::fs::create_dir_all(&folder)?;
/// # std::fs::write(folder.join("a.pgm"), "P2 2 1 255 0 9")?;
/// # std::fs::write(folder.join("b.pgm"), "P2 2 1 255 9 0")?;
/// // One path per line.
/// let list = format!("{0}/b.pgm\n{0}/a.pgm\n", folder.display());
/// let images = load_listed("list.txt".as_ref(), list.as_bytes(), &LoadOptions::default())?;
/// assert!(images.names[0].ends_with("b.pgm"));
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn load_listed(name: &Path, list: impl BufRead, options: &LoadOptions) -> Result<ImageSet> {
    check(options)?;
    detect::check(name, None, options)?;
    let paths = list::paths(name, list)?;
    let read = folder::read_listed(name, &paths, &Request::of_all(options, MIN_TRAINING_IMAGES))?;
    Ok(training_set(name, read, options, &SingleProcess)?.set)
}

/// Reads images from several folders, image files, arrays, tables and archives as one set, as [`load`] reads one;
/// one image is enough.
///
/// If there are several inputs, names begin with the input. The set has no notes about its pixel values.
///
/// # Errors
/// As [`load`]; single files that cannot be read are skipped as those of a folder are.
///
/// # Examples
/// ```
/// use nmf_images::images::{LoadOptions, load_several};
///
/// # let folder = std::env::temp_dir().join("several-images");
/// # std::fs::create_dir_all(&folder)?;
/// # std::fs::write(folder.join("a.pgm"), "P2 2 1 255 0 9")?;
/// # std::fs::write(folder.join("b.pgm"), "P2 2 1 255 9 0")?;
/// let paths = [folder.join("b.pgm"), folder.join("a.pgm")];
/// let images = load_several(&paths, &LoadOptions::default())?;
/// assert!(images.names[0].ends_with("b.pgm"));
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn load_several(paths: &[impl AsRef<Path> + Sync], options: &LoadOptions) -> Result<ImageSet> {
    check(options)?;
    let mut sets = Vec::new();
    for group in groups(paths) {
        let beside = memory_check::beside(&sets, options);
        let request = Request::of_all(&beside, 0);
        for set in blocks::map(group, |_, path| read_all(path.as_ref(), &request)) {
            sets.push(set?);
        }
        memory_check::check_joined(&sets, options)?;
    }
    let set = concatenate::join(paths, sets)?;
    let images = Partition::of(&SingleProcess, set.len());
    prepared(set, options, images)
}

/// Returns the inputs in groups that are read at a time: small files together, every other input alone, so that its memory
/// is checked beside what was read before.
fn groups<P: AsRef<Path>>(paths: &[P]) -> impl Iterator<Item = &[P]> {
    let is_small = |path: &P| {
        let metadata = fs::metadata(path.as_ref());
        metadata.is_ok_and(|metadata| metadata.is_file() && metadata.len() <= SMALL_FILE)
    };
    let runs = paths.chunk_by(move |one, other| is_small(one) && is_small(other));
    runs.flat_map(|run| run.chunks(MOST_AT_A_TIME))
}

/// Reads all images of one input, as they are but for their size.
pub(super) fn read_all(path: &Path, request: &Request) -> Result<ImageSet> {
    let read = detect::read(path, request)?;
    let images = Partition::of(&SingleProcess, read.set.names.len());
    check_count(path, &read, request.needed, images)?;
    let resized = request.options.size.filter(|_| request.is_for_model());
    let note = resized.and_then(|size| read.facts.resizing_note(size));
    let is_table = read.facts.is_table;
    let Merged { mut set, .. } = merged(read, request.options, images)?;
    let size_note = row_size_note(&set, is_table, request.options, images);
    set.notes.splice(0..0, size_note);
    set.notes.extend(note);
    Ok(set)
}

/// Images to learn from.
struct TrainingSet {
    set: ImageSet,
    /// The hashes of the known pixels of each image.
    hashes: Vec<Hash>,
}

/// Returns images to learn from: checked, masked, inverted, and with notes about their pixels.
fn training_set(
    path: &Path,
    read: ReadSet,
    options: &LoadOptions,
    communicator: &dyn Communicator,
) -> Result<TrainingSet> {
    let images = Partition::of(communicator, read.set.names.len());
    check_count(path, &read, MIN_TRAINING_IMAGES, images)?;
    let is_table = read.facts.is_table;
    let Merged { set, facts } = merged(read, options, images)?;
    let size_note = row_size_note(&set, is_table, options, images);
    let mut set = prepared(set, options, images)?;
    let survey = Survey::of(&set, images);
    set.outliers = Outliers::find(&set, &survey, images);
    let outliers = set.outliers.as_ref();
    let outlier_note = outliers.map(|outliers| outlier_note(outliers, &set, options, &facts));
    let PixelNotes { cautions, facts } = prepare::notes(&set, &survey, options.invert, images);
    // First what costs most if it is overlooked.
    let first = size_note.into_iter().chain(outlier_note).chain(cautions);
    set.notes.splice(0..0, first);
    set.notes.extend(facts);
    Ok(TrainingSet {
        set,
        hashes: survey.hashes,
    })
}

/// Returns a note if the rows of a table may be images of another size.
fn row_size_note(
    set: &ImageSet,
    is_table: bool,
    options: &LoadOptions,
    images: Partition,
) -> Option<String> {
    let own = is_table.then(|| row_size::note(set, options)).flatten();
    first_of(images.communicator, own)
}

/// The images of this process, and facts about the files of all.
struct Merged {
    set: ImageSet,
    facts: FileFacts,
}

/// Returns the set that was read, with the layout that all processes have in common and notes about all their files.
fn merged(read: ReadSet, options: &LoadOptions, images: Partition) -> Result<Merged> {
    let facts = read.facts.sum(images.communicator);
    let mut set = with_common_layout(read.set, images)?;
    let mut notes = facts.file_notes(options);
    notes.append(&mut set.notes);
    notes.extend(facts.storage_note());
    set.notes = notes;
    Ok(Merged { set, facts })
}

/// Returns the set with its masks, and inverted if that is asked for.
fn prepared(mut set: ImageSet, options: &LoadOptions, images: Partition) -> Result<ImageSet> {
    if let Some(mask) = &options.mask {
        set = masks::hide(set, mask, options, images)?;
    }
    let checked = memory_check::check_set(&set, images.all, options);
    propagate_error(images.communicator, checked)?;
    let unknown = mask_notes::count_unknown(&set, images)?;
    if options.invert {
        prepare::invert(&mut set, options.white, images);
    }
    let notes = mask_notes::notes(&set, unknown, options, images);
    set.notes.extend(notes);
    Ok(set)
}
