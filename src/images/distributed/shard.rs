//! One process's share of a set of images that several hold together.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use ndarray::Array2;

use crate::basis::Shape;
use crate::communicator::{
    Communicator, Partition, all_gather, any, cut, ordered_reduce, propagate_error,
};
use crate::error::{Error, Result, SizeCount};
use crate::images::files::min_count::first_skipped;
use crate::images::formats::detect;
use crate::images::options::{self, LoadOptions, MIN_TRAINING_IMAGES};
use crate::images::set::{ImageSet, Images, Mask, Pixels};
use crate::images::{decode, masks, prepare};
use crate::kernel::Block;

/// This process's images of a set that a team shares: those of the ranks before it come before them.
///
/// Whatever is learned is learned from the images of all, and all processes call the same functions in the same order;
/// weights and scores are those of the share.
pub struct ImageShard<'a> {
    /// The share, as a set of its own; it may hold no image.
    pub set: ImageSet,
    communicator: &'a dyn Communicator,
}

impl<'a> ImageShard<'a> {
    /// The share of this process. Where each begins a multiple of 4,096 images after the first, what is learned of bytes
    /// has the bits that one process would give it.
    #[must_use]
    pub fn new(set: ImageSet, communicator: &'a dyn Communicator) -> Self {
        Self { set, communicator }
    }
}

impl Images for ImageShard<'_> {
    fn len(&self) -> usize {
        self.set.len()
    }

    fn shape(&self) -> Shape {
        self.set.shape()
    }

    fn block(&self, rows: Range<usize>) -> Block<'_> {
        self.set.block(rows)
    }

    fn mask(&self) -> Option<&Mask> {
        self.set.mask()
    }

    fn scratch(&self) -> Option<&Path> {
        self.set.scratch()
    }

    fn check(&self) -> Result<()> {
        self.set.check()
    }

    fn communicator(&self) -> &dyn Communicator {
        self.communicator
    }
}

/// Reads this process's share of the images in a folder, a .npy array or an IDX file, as [`load`](crate::images::load) reads all of
/// them. Nobody reads the pixels of another's images, but where a file is compressed; all look through a folder, and
/// through masks. A share of an array or IDX file that is larger than [`LoadOptions::memory`] says stays in its file.
///
/// # Errors
/// As [`load`](crate::images::load), on all processes if there is an error on any, and if the input can only be read by one process.
///
/// # Examples
/// ```
/// use nmf_images::Nmf;
/// use nmf_images::images::{Images, LoadOptions, load_shard};
/// use nmf_images::communicator::SingleProcess;
///
/// // With the feature `mpi`, `MpiCommunicator::join()?` in place of `SingleProcess` is one of the processes that mpirun started.
/// let options = LoadOptions { limit: Some(40), ..LoadOptions::default() };
/// let share = load_shard("assets/faces".as_ref(), &options, &SingleProcess)?;
/// let model = Nmf::new(4).fit(&share)?;
/// assert_eq!(model.weights.nrows(), share.len());
/// # Ok::<(), nmf_images::Error>(())
/// ```
pub fn load_shard<'a>(
    path: &Path,
    options: &LoadOptions,
    communicator: &'a dyn Communicator,
) -> Result<ImageShard<'a>> {
    let own = |chosen: Vec<usize>| {
        let starts = cut(chosen.len(), communicator.size());
        chosen[starts[communicator.rank()]..starts[communicator.rank() + 1]].to_vec()
    };
    let read = options::check(options).and_then(|()| detect::read_some(path, options, own));
    let (set, other) = propagate_error(communicator, read)?;
    let images = Partition::of(communicator, set.names.len());
    if images.all < MIN_TRAINING_IMAGES {
        return Err(too_few(path, &set, images, other));
    }
    let set = alike(set, images)?;
    let set = propagate_error(communicator, hidden(set, options, images))?;
    Ok(ImageShard {
        set: inverted(set, options, communicator),
        communicator,
    })
}

fn too_few(
    path: &Path,
    set: &ImageSet,
    images: Partition,
    other: BTreeMap<String, usize>,
) -> Error {
    let (skipped, first) = (images.count(set.skipped.len()), first_skipped(set));
    if images.all == 0 && skipped == 0 {
        let by_extension = other.into_iter().collect();
        return Error::NoImages {
            path: path.to_owned(),
            by_extension,
            supported: decode::SUPPORTED,
        };
    }
    Error::TooFewImages {
        path: path.to_owned(),
        usable: images.all,
        needed: MIN_TRAINING_IMAGES,
        skipped,
        first,
    }
}

/// The set with pixels of the kind and shape that all shares have.
fn alike(mut set: ImageSet, images: Partition) -> Result<ImageSet> {
    set.shape = one_shape(&set, images)?;
    if set.pixels.images() == 0 {
        set.pixels = Pixels::U8(Array2::zeros((0, set.shape.pixels())));
    }
    let is_of_floats = matches!(set.block(0..0), Block::F32(_));
    if any(images.communicator, &[is_of_floats])[0] && !is_of_floats {
        set.pixels = Pixels::F32(set.to_f32());
    }
    Ok(set)
}

fn one_shape(set: &ImageSet, images: Partition) -> Result<Shape> {
    let example = set.names.first().cloned();
    let own = example.map(|name| SizeCount {
        width: set.shape.width,
        height: set.shape.height,
        count: images.own,
        examples: vec![name],
    });
    let sizes = all_gather(
        images.communicator,
        serde_json::to_vec(&own).unwrap_or_default(),
    );
    let sizes = sizes.iter().filter_map(|size| {
        serde_json::from_slice::<Option<SizeCount>>(size)
            .ok()
            .flatten()
    });
    let mut distinct: Vec<SizeCount> = Vec::new();
    for size in sizes {
        match distinct
            .iter_mut()
            .find(|known| (known.width, known.height) == (size.width, size.height))
        {
            Some(known) => known.count += size.count,
            None => distinct.push(size),
        }
    }
    distinct.sort_by_key(|size| std::cmp::Reverse(size.count));
    match &distinct[..] {
        [SizeCount { width, height, .. }] => Ok(Shape::new(*height, *width)),
        _ => Err(Error::MixedSizes { sizes: distinct }),
    }
}

/// The set with those pixels hidden that masks hide.
fn hidden(set: ImageSet, options: &LoadOptions, images: Partition) -> Result<ImageSet> {
    match &options.mask {
        Some(mask) => masks::hide(set, mask, options, (images.first, images.all)),
        None => Ok(set),
    }
}

/// The set with dark and bright exchanged where that is asked for.
fn inverted(mut set: ImageSet, options: &LoadOptions, communicator: &dyn Communicator) -> ImageSet {
    if options.invert {
        let own = prepare::largest(&set).max(1.0);
        let largest = ordered_reduce(communicator, 1, 1, |_, largest: &mut [f32]| {
            largest[0] = largest[0].max(own)
        })[0];
        set.white = Some(prepare::invert(
            &mut set,
            Some(options.white.unwrap_or(largest)),
        ));
    }
    set
}
