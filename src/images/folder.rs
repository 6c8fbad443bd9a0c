//! The image files of a folder and its sub-folders as one set, and what is said about them. Not how they are found.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use super::decode::{self, Decoded};
use super::missing::{self, Missing};
use super::order::natural;
use super::picture::Samples;
use super::walk::{Candidate, Found, counted};
use super::{ImageSet, Labels, LoadOptions, Pixels, Skipped};
use crate::basis::Shape;
use crate::blocks;
use crate::error::{Error, Result, SizeCount};

/// Reads every image in `root` and below; `least` must be usable.
pub(super) fn load(root: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    let (set, other) = read(root, options, |chosen| chosen)?;
    check_count(root, &set, least, other)?;
    Ok(set)
}

/// Reads some of the images in `root` and below, which are taken from the numbers of those that are asked for; and what
/// else is there, by extension.
pub(super) fn read(
    root: &Path,
    options: &LoadOptions,
    take: impl FnOnce(Vec<usize>) -> Vec<usize>,
) -> Result<(ImageSet, BTreeMap<String, usize>)> {
    let mut found = Found::below(root)?;
    let chosen = take(options.spread(found.candidates.len()));
    let chosen: Vec<&Candidate> = chosen.into_iter().map(|place| &found.candidates[place]).collect();
    let mut set = decode_set(&chosen, std::mem::take(&mut found.skipped), options)?;
    set.notes.extend(found.lines());
    set.passed_over = found.passed_over;
    Ok((set, found.other))
}

/// Reads one image file, named by its path as given; a set of none where it cannot be read.
pub(super) fn load_file(path: &Path, options: &LoadOptions) -> Result<ImageSet> {
    let file = named_by_path(path);
    Ok(ImageSet { labels: None, ..decode_set(&[&file], Vec::new(), options)? })
}

/// Reads the image files at `paths`, which a list names; `least` must be usable.
pub(super) fn load_listed(list: &Path, paths: &[&str], options: &LoadOptions, least: usize) -> Result<ImageSet> {
    let chosen = options.spread(paths.len());
    let files: Vec<Candidate> = chosen.into_iter().map(|place| named_by_path(Path::new(paths[place]))).collect();
    let set = decode_set(&files.iter().collect::<Vec<_>>(), Vec::new(), options)?;
    check_count(list, &set, least, BTreeMap::new())?;
    // One folder tells nothing of its images.
    let labels = set.labels.filter(|labels| labels.names.len() > 1);
    Ok(ImageSet { labels, ..set })
}

fn named_by_path(path: &Path) -> Candidate {
    Candidate { name: path.to_string_lossy().into_owned(), path: path.to_owned() }
}

/// Those of the files that can be read as a set, and why the others cannot, after what was `skipped` before.
fn decode_set(chosen: &[&Candidate], mut skipped: Vec<Skipped>, options: &LoadOptions) -> Result<ImageSet> {
    let mut notes = Notes::default();
    let (mut names, mut pictures) = (Vec::new(), Vec::new());
    for (candidate, decoded) in chosen.iter().zip(decode_all(chosen, options)) {
        match decoded {
            Ok(decoded) => {
                notes.add(&decoded);
                names.push(candidate.name.clone());
                pictures.push(decoded.picture);
            }
            Err(reason) => skipped.push(Skipped { path: candidate.name.clone(), reason }),
        }
    }
    check_skipped(&skipped, options.strict)?;
    let shape = one_shape(names.iter().zip(pictures.iter().map(|picture| picture.shape)))?;
    Ok(ImageSet {
        mask: missing::mask(shape, &pictures),
        pixels: Pixels::gather(shape, pictures),
        shape,
        white: None,
        labels: labels(&names),
        names,
        skipped,
        passed_over: 0,
        notes: notes.lines(options),
    })
}

/// Every file as a picture of the size asked for, or why it is none.
fn decode_all(chosen: &[&Candidate], options: &LoadOptions) -> Vec<std::result::Result<Decoded, String>> {
    let first_shape = OnceLock::new();
    blocks::map(chosen, |_, candidate| {
        let mut decoded = decode::decode(&candidate.path, options.background, options.missing)?;
        if let Some(size) = options.size {
            decoded.picture = decoded.picture.fit(size, options.fit);
        }
        // Two sizes end in an error that needs no pixels: let the memory go at once.
        if *first_shape.get_or_init(|| decoded.picture.shape) != decoded.picture.shape {
            decoded.picture.samples = Samples::U8(Vec::new());
            decoded.picture.known = None;
        }
        Ok(decoded)
    })
}

/// What the files said beside their pixels, counted.
#[derive(Default)]
struct Notes {
    transparent: usize,
    misnamed: BTreeMap<(String, &'static str), usize>,
}

impl Notes {
    fn add(&mut self, decoded: &Decoded) {
        self.transparent += usize::from(decoded.transparent);
        if let Some(misnamed) = &decoded.misnamed {
            *self.misnamed.entry(misnamed.clone()).or_default() += 1;
        }
    }

    fn lines(&self, options: &LoadOptions) -> Vec<String> {
        let ground = match options.background {
            0 => "laid over black".to_owned(),
            255 => "laid over white".to_owned(),
            grey => format!("laid over grey {grey}"),
        };
        let treated =
            if options.missing == Some(Missing::Alpha) { "unknown where it is more than half" } else { &ground };
        let transparent = (self.transparent > 0)
            .then(|| format!("{} transparency, {treated}", counted(self.transparent, "image has", "images have")));
        let misnamed = self.misnamed.iter().map(|((extension, format), &count)| {
            let holds = if count == 1 { "holds" } else { "hold" };
            format!("{} named .{extension} but {holds} {format}", counted(count, "file is", "files are"))
        });
        transparent.into_iter().chain(misnamed).collect()
    }
}

fn check_skipped(skipped: &[Skipped], strict: bool) -> Result<()> {
    match skipped {
        [first, rest @ ..] if strict => {
            Err(Error::Unreadable { name: first.path.clone(), reason: first.reason.clone(), others: rest.len() })
        }
        _ => Ok(()),
    }
}

pub(super) fn check_count(root: &Path, set: &ImageSet, needed: usize, other: BTreeMap<String, usize>) -> Result<()> {
    let (path, usable, skipped) = (root.to_owned(), set.names.len(), set.skipped.len());
    if usable == 0 && skipped == 0 {
        return Err(Error::NoImages { path, by_extension: other.into_iter().collect(), supported: decode::SUPPORTED });
    }
    if usable < needed {
        return Err(Error::TooFewImages { path, usable, needed, skipped, first: first_skipped(set) });
    }
    Ok(())
}

/// The first file that was left out, with its reason.
pub(super) fn first_skipped(set: &ImageSet) -> Option<String> {
    set.skipped.first().map(|first| format!("{}: {}", first.path, first.reason))
}

/// The size that all images have; of none, an empty one.
pub(super) fn one_shape<'a>(images: impl Iterator<Item = (&'a String, Shape)>) -> Result<Shape> {
    let mut sizes: Vec<(Shape, SizeCount)> = Vec::new();
    for (name, shape) in images {
        let Shape { width, height } = shape;
        let place = sizes.iter().position(|(known, _)| *known == shape).unwrap_or_else(|| {
            sizes.push((shape, SizeCount { width, height, count: 0, examples: Vec::new() }));
            sizes.len() - 1
        });
        let size = &mut sizes[place].1;
        size.count += 1;
        if size.examples.len() < 3 {
            size.examples.push(name.clone());
        }
    }
    if let [] | [_] = sizes[..] {
        return Ok(sizes.first().map_or(Shape::new(0, 0), |(shape, _)| *shape));
    }
    let mut sizes: Vec<SizeCount> = sizes.into_iter().map(|(_, size)| size).collect();
    sizes.sort_by_key(|size| std::cmp::Reverse(size.count));
    Err(Error::MixedSizes { sizes })
}

/// The folder that each image lies in, as labels.
fn labels(names: &[String]) -> Option<Labels> {
    let folders: Vec<&str> = names.iter().map(|name| name.rsplit_once('/').map_or(".", |(folder, _)| folder)).collect();
    labels_of(&folders)
}

/// Labels by the folder of each image; none if that is always the input folder.
pub(super) fn labels_of(folders: &[&str]) -> Option<Labels> {
    if folders.iter().all(|folder| *folder == ".") {
        return None;
    }
    let mut distinct = folders.to_vec();
    distinct.sort_by(|left, right| natural(left, right));
    distinct.dedup();
    let place: BTreeMap<&str, usize> = distinct.iter().enumerate().map(|(index, folder)| (*folder, index)).collect();
    Some(Labels {
        indices: folders.iter().map(|folder| place[folder]).collect(),
        names: distinct.into_iter().map(str::to_owned).collect(),
    })
}
