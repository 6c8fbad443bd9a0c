//! One process's share of a set of images that several hold together.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use ndarray::Array2;

use super::{
    Block, ImageSet, Images, LEARNING, LoadOptions, Mask, Pixels, array, check_options, decode, folder, idx, in_file,
    io_error, load_file, missing, npy, prepare,
};
use crate::basis::Shape;
use crate::error::{Error, Result, SizeCount, TeamError};
use crate::team::{Spread, Team, agree, any, carry, cut, of_all};

/// This process's images of a set that a team shares: those of the ranks before it come before them.
///
/// Whatever is learned is learned from the images of all, and all processes call the same functions in the same order;
/// weights and scores are those of the share.
pub struct Share<'a> {
    /// The share, as a set of its own; it may hold no image.
    pub set: ImageSet,
    team: &'a dyn Team,
}

impl<'a> Share<'a> {
    /// The share of this process. Where each begins a multiple of 4,096 images after the first, what is learned of bytes
    /// has the bits that one process would give it.
    #[must_use]
    pub fn new(set: ImageSet, team: &'a dyn Team) -> Self {
        Self { set, team }
    }
}

impl Images for Share<'_> {
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

    fn team(&self) -> &dyn Team {
        self.team
    }
}

/// Reads this process's share of the images in a folder, a .npy array or an IDX file, as [`load`](super::load) reads all of
/// them. Nobody reads the pixels of another's images, but where a file is compressed; all look through a folder, and
/// through masks.
///
/// # Errors
/// As [`load`](super::load), on all processes if there is an error on any, and if the input can be read by one process alone.
///
/// # Examples
/// ```
/// use nmf_images::Nmf;
/// use nmf_images::images::{Images, LoadOptions, load_share};
/// use nmf_images::team::Alone;
///
/// // With the feature `mpi`, `Cluster::join()?` in place of `Alone` is one of the processes that mpirun started.
/// let options = LoadOptions { limit: Some(40), ..LoadOptions::default() };
/// let share = load_share("assets/faces".as_ref(), &options, &Alone)?;
/// let model = Nmf::new(4).fit(&share)?;
/// assert_eq!(model.weights.nrows(), share.len());
/// # Ok::<(), nmf_images::Error>(())
/// ```
pub fn load_share<'a>(path: &Path, options: &LoadOptions, team: &'a dyn Team) -> Result<Share<'a>> {
    let read = check_options(options).and_then(|()| read(path, options, team));
    let (set, other) = agree(team, read)?;
    let images = Spread::of(team, set.names.len());
    if images.all < LEARNING {
        return Err(too_few(path, &set, images, other));
    }
    let set = alike(set, images)?;
    let set = agree(team, hidden(set, options, images))?;
    Ok(Share { set: inverted(set, options, team), team })
}

/// The share as it is read, and what else a folder holds.
fn read(path: &Path, options: &LoadOptions, team: &dyn Team) -> Result<(ImageSet, BTreeMap<String, usize>)> {
    let own = |chosen: Vec<usize>| {
        let starts = cut(chosen.len(), team.size());
        chosen[starts[team.rank()]..starts[team.rank() + 1]].to_vec()
    };
    if fs::metadata(path).map_err(|source| io_error(path, source))?.is_dir() {
        return folder::read(path, options, own);
    }
    let head = decode::head(path).map_err(|source| io_error(path, source))?;
    let choose = |count| own(options.spread(count));
    let read = if npy::recognise(&head) {
        npy::read_some(path, options, choose)
    } else if idx::recognise(&head) {
        idx::read_some(path, options, choose)
    } else if super::npz::recognise(&head) {
        let what = format!("{}, a .npz archive", path.display());
        Err(TeamError::NeedsOneProcess { what, try_instead: "unpack the array into a .npy file" }.into())
    } else {
        return load_file(path, &head, options, LEARNING).map(|set| (set, BTreeMap::new()));
    };
    let (set, chosen) = read.map_err(|source| in_file(path, source))?;
    let names = chosen.iter().map(ToString::to_string).collect();
    Ok((array::resize(ImageSet { names, ..set }, options), BTreeMap::new()))
}

fn too_few(path: &Path, set: &ImageSet, images: Spread, other: BTreeMap<String, usize>) -> Error {
    let (skipped, first) = (images.count(set.skipped.len()), folder::first_skipped(set));
    if images.all == 0 && skipped == 0 {
        let by_extension = other.into_iter().collect();
        return Error::NoImages { path: path.to_owned(), by_extension, supported: decode::SUPPORTED };
    }
    Error::TooFewImages { path: path.to_owned(), usable: images.all, needed: LEARNING, skipped, first }
}

/// The set with pixels of the kind and shape that all shares have.
fn alike(mut set: ImageSet, images: Spread) -> Result<ImageSet> {
    set.shape = one_shape(&set, images)?;
    if set.pixels.images() == 0 {
        set.pixels = Pixels::U8(Array2::zeros((0, set.shape.pixels())));
    }
    if any(images.team, &[matches!(set.pixels, Pixels::F32(_))])[0] {
        set.pixels = Pixels::F32(set.to_f32());
    }
    Ok(set)
}

fn one_shape(set: &ImageSet, images: Spread) -> Result<Shape> {
    let example = set.names.first().cloned();
    let own = example.map(|name| SizeCount {
        width: set.shape.width,
        height: set.shape.height,
        count: images.own,
        examples: vec![name],
    });
    let sizes = of_all(images.team, serde_json::to_vec(&own).unwrap_or_default());
    let sizes = sizes.iter().filter_map(|size| serde_json::from_slice::<Option<SizeCount>>(size).ok().flatten());
    let mut distinct: Vec<SizeCount> = Vec::new();
    for size in sizes {
        match distinct.iter_mut().find(|known| (known.width, known.height) == (size.width, size.height)) {
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
fn hidden(set: ImageSet, options: &LoadOptions, images: Spread) -> Result<ImageSet> {
    match &options.mask {
        Some(mask) => missing::hide(set, mask, options, (images.first, images.all)),
        None => Ok(set),
    }
}

/// The set with dark and bright exchanged where that is asked for.
fn inverted(mut set: ImageSet, options: &LoadOptions, team: &dyn Team) -> ImageSet {
    if options.invert {
        let own = prepare::largest(&set).max(1.0);
        let largest = carry(team, 1, 1, |_, largest: &mut [f32]| largest[0] = largest[0].max(own))[0];
        set.white = Some(prepare::invert(&mut set, Some(options.white.unwrap_or(largest))));
    }
    set
}
