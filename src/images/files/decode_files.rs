//! Files of pictures as one set: which images they hold, each decoded, and what is said about them. Not where the files lie.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Seek};
use std::path::Path;
use std::sync::OnceLock;

use super::walk::{Candidate, counted};
use crate::basis::Shape;
use crate::blocks;
use crate::error::{Error, Result, one_line};
use crate::images::decode::{self, Decoded, Encoded, Pages};
use crate::images::missing::Missing;
use crate::images::options::LoadOptions;
use crate::images::set::{
    ImageSet, Pixels, Samples, Skipped, labels_by_folder, mask_of, one_shape,
};

/// An image as it is stored: a file, or a page of one.
pub(crate) struct Entry<'a> {
    pub name: String,
    pub file: &'a Candidate,
    page: Option<u64>,
}

/// The images of some files.
#[derive(Default)]
pub(crate) struct Found<'a> {
    pub images: Vec<Entry<'a>>,
    /// Pages that are not to be found.
    pub broken: Vec<Skipped>,
    /// Files with several pages, and how many these are.
    several: (usize, usize),
}

/// The images of files, where each of several pages is one.
pub(crate) fn within(files: &[Candidate]) -> Found<'_> {
    let pages = blocks::map(files, |_, file| pages(&file.path));
    let mut found = Found::default();
    for (file, pages) in files.iter().zip(&pages) {
        found.add(file, pages);
    }
    found
}

/// The pages of a file; none where it has none, or cannot be opened.
fn pages(path: &Path) -> Pages {
    let open = || {
        // To open a pipe could wait for ever.
        let length = fs::metadata(path).ok().filter(fs::Metadata::is_file)?.len();
        let mut file = File::open(path).ok()?;
        let mut head = [0; 4];
        file.read_exact(&mut head)
            .ok()
            .filter(|()| decode::is_tiff(&head))?;
        file.rewind().ok()?;
        Some(Pages::of(file, length))
    };
    open().unwrap_or_default()
}

impl<'a> Found<'a> {
    pub(crate) fn add(&mut self, file: &'a Candidate, Pages { starts, broken, .. }: &Pages) {
        let Candidate { name, .. } = file;
        if let [] | [_] = starts[..] {
            self.images.push(Entry {
                name: name.clone(),
                file,
                page: starts.first().copied(),
            });
        } else {
            self.several = (self.several.0 + 1, self.several.1 + starts.len());
            let pages = starts.iter().zip(1..).map(|(&page, n)| Entry {
                name: format!("{name}#{n}"),
                file,
                page: Some(page),
            });
            self.images.extend(pages);
        }
        // What has no page at all is said where it is decoded.
        let broken = broken.clone().filter(|_| !starts.is_empty());
        self.broken.extend(broken.map(|reason| Skipped {
            path: format!("{name}#{}", starts.len() + 1),
            reason,
        }));
    }

    /// The images that are taken of those that are asked for, in the order of the files, and what there is to say of all of
    /// them.
    pub(crate) fn chosen(
        self,
        options: &LoadOptions,
        take: impl FnOnce(Vec<usize>) -> Vec<usize>,
    ) -> (Vec<Entry<'a>>, Option<String>) {
        let note = match self.several {
            (0, _) => None,
            (1, pages) => {
                let file = self
                    .images
                    .iter()
                    .find(|image| image.name != image.file.name);
                file.map(|image| {
                    format!(
                        "{} holds {pages} pages, each an image",
                        one_line(&image.file.name)
                    )
                })
            }
            (files, pages) => Some(format!("{files} files hold {pages} pages, each an image")),
        };
        let mut images: Vec<_> = self.images.into_iter().map(Some).collect();
        let chosen = take(options.taken(images.len()));
        let chosen = chosen
            .into_iter()
            .filter_map(|place| images[place].take())
            .collect();
        (chosen, note)
    }
}

/// Runs of images that lie in the same file.
pub(crate) fn by_file<'a>(images: &'a [Entry<'a>]) -> Vec<&'a [Entry<'a>]> {
    images
        .chunk_by(|left, right| std::ptr::eq(left.file, right.file))
        .collect()
}

/// Each of a file's images as a picture of the size asked for, or why it is none.
pub(crate) fn decode_file(
    bytes: &std::result::Result<Vec<u8>, String>,
    images: &[Entry],
    first_shape: &OnceLock<Shape>,
    options: &LoadOptions,
) -> Vec<std::result::Result<Decoded, String>> {
    blocks::map(images, |index, Entry { file, page, .. }| {
        let bytes = bytes.as_ref().map_err(Clone::clone)?;
        let encoded = Encoded {
            name: &file.path,
            bytes,
            page: *page,
        };
        let mut decoded = decode::decode(encoded, options.background, options.missing)?;
        if let Some(size) = options.size {
            decoded.picture = decoded.picture.fit(size, options.fit);
        }
        // Two sizes end in an error that needs no pixels: let the memory go at once.
        if *first_shape.get_or_init(|| decoded.picture.shape) != decoded.picture.shape {
            decoded.picture.samples = Samples::U8(Vec::new());
            decoded.picture.known = None;
        }
        // Said once a file.
        decoded.misnamed = decoded.misnamed.filter(|_| index == 0);
        Ok(decoded)
    })
}

/// Those of the images that could be decoded as a set, and why the others could not, after what was `skipped` before.
pub(crate) fn gather(
    images: &[Entry],
    decoded: impl Iterator<Item = std::result::Result<Decoded, String>>,
    mut skipped: Vec<Skipped>,
    options: &LoadOptions,
) -> Result<ImageSet> {
    let mut notes = Notes::default();
    let (mut names, mut pictures) = (Vec::new(), Vec::new());
    for (image, decoded) in images.iter().zip(decoded) {
        match decoded {
            Ok(decoded) => {
                notes.add(&decoded);
                names.push(image.name.clone());
                pictures.push(decoded.picture);
            }
            Err(reason) => skipped.push(Skipped {
                path: image.name.clone(),
                reason,
            }),
        }
    }
    check_skipped(&skipped, options.strict)?;
    let shape = one_shape(
        names
            .iter()
            .zip(pictures.iter().map(|picture| picture.shape)),
    )?;
    Ok(ImageSet {
        mask: mask_of(shape, &pictures),
        pixels: Pixels::gather(shape, pictures),
        shape,
        white: None,
        labels: labels_by_folder(&names),
        names,
        skipped,
        passed_over: 0,
        notes: notes.lines(options),
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
        let treated = if options.missing == Some(Missing::Alpha) {
            "unknown where it is more than half"
        } else {
            &ground
        };
        let transparent = (self.transparent > 0).then(|| {
            format!(
                "{} transparency, {treated}",
                counted(self.transparent, "image has", "images have")
            )
        });
        let misnamed = self.misnamed.iter().map(|((extension, format), &count)| {
            let holds = if count == 1 { "holds" } else { "hold" };
            format!(
                "{} named .{extension} but {holds} {format}",
                counted(count, "file is", "files are")
            )
        });
        transparent.into_iter().chain(misnamed).collect()
    }
}

fn check_skipped(skipped: &[Skipped], strict: bool) -> Result<()> {
    match skipped {
        [first, rest @ ..] if strict => Err(Error::Unreadable {
            name: first.path.clone(),
            reason: first.reason.clone(),
            others: rest.len(),
        }),
        _ => Ok(()),
    }
}
