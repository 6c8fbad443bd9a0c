//! Image files as one set in three steps: the entries of files, decoding, gathering.

use std::sync::OnceLock;

use super::entries::{Entries, Entry, group_by_file};
use super::walk::Listing;
use crate::basis::Shape;
use crate::blocks;
use crate::error::{Error, Result};
use crate::images::options::LoadOptions;
use crate::images::reading::common::{
    DecodingCost, PixelValues, SameSize, common_size, labels_by_folder, mask_of,
};
use crate::images::reading::decode::{self, Decoded, Encoded};
use crate::images::reading::read_set::{FileFacts, ReadSet};
use crate::images::reading::request::Request;
use crate::images::set::{ImageSet, Pixels, Skipped, evenly_spaced};
use crate::npy::PixelScale;

/// How many images are measured before any is decoded. Their sizes are equal unless they are resized.
const MEASURED: usize = 256;
/// A decoded image in the size that is asked for.
pub(crate) struct DecodedImage {
    decoded: Decoded,
    /// Its size before it was resized.
    resized_from: Option<Shape>,
}

/// A decoded image, or the reason why it could not be decoded.
pub(crate) type DecodeResult = std::result::Result<DecodedImage, String>;
/// The bytes of a file, or the reason why they could not be read.
pub(crate) type FileBytes = std::result::Result<Vec<u8>, String>;

/// Reads the requested images of a listing as one set; `decode` decodes entries wherever their files are.
pub(crate) fn read_entries<'a>(
    listing: Listing,
    mut entries: Entries<'a>,
    request: &Request,
    decode: impl FnOnce(&[Entry<'a>]) -> Result<Vec<DecodeResult>>,
) -> Result<ReadSet> {
    // Every process lists all files; what could not be used of the list is counted by one of them.
    let mut skipped = Vec::new();
    if request.portion.is_first() {
        skipped.extend(listing.skipped.iter().cloned());
        skipped.append(&mut entries.broken);
    }
    let notes = entries.notes();
    let images = entries.choose(request);
    let decoded = decode(&images)?;
    let mut read = gather(&images, decoded, skipped, request.options)?;
    read.set.notes = notes.into_iter().chain(listing.notes()).collect();
    read.set.passed_over = listing.passed_over;
    read.ignored = Some(listing.ignored_by_extension);
    Ok(read)
}

/// Returns the largest cost of decoding some of the images, evenly spread, of files on disk.
pub(crate) fn largest_cost(images: &[Entry]) -> Option<DecodingCost> {
    let measured: Vec<&Entry> = evenly_spaced(images.len(), MEASURED)
        .into_iter()
        .map(|index| &images[index])
        .collect();
    let costs = blocks::map(&measured, |_, image| decode::cost(&image.file.path));
    costs.into_iter().flatten().reduce(DecodingCost::max)
}

/// Decodes images of files on disk.
pub(crate) fn decode_entries(images: &[Entry], options: &LoadOptions) -> Vec<DecodeResult> {
    let first_shape = OnceLock::new();
    let decoded = blocks::map(&group_by_file(images), |_, images| {
        let bytes = decode::read(&images[0].file.path);
        decode_file(&bytes, images, &first_shape, options)
    });
    decoded.into_iter().flatten().collect()
}

/// Decodes the images of one file and resizes them as `options` require.
pub(crate) fn decode_file(
    bytes: &FileBytes,
    images: &[Entry],
    first_shape: &OnceLock<Shape>,
    options: &LoadOptions,
) -> Vec<DecodeResult> {
    blocks::map(images, |index, Entry { file, page, .. }| {
        let bytes = bytes.as_ref().map_err(Clone::clone)?;
        let encoded = Encoded {
            name: &file.path,
            bytes,
            page: *page,
        };
        let mut decoded = decode::decode(encoded, options.background, options.missing)?;
        let shape = decoded.picture.shape;
        if let Some(size) = options.size {
            decoded.picture = decoded.picture.fit(size, options.fit);
        }
        // Two sizes end in an error that needs no pixels: free the memory at once.
        if *first_shape.get_or_init(|| decoded.picture.shape) != decoded.picture.shape {
            decoded.picture.samples = PixelValues::U8(Vec::new());
            decoded.picture.known = None;
        }
        // Counted once per file.
        decoded.misnamed = decoded.misnamed.filter(|_| index == 0);
        Ok(DecodedImage {
            resized_from: Some(shape).filter(|&shape| shape != decoded.picture.shape),
            decoded,
        })
    })
}

/// Gathers decoded images as one set; those that failed are appended to `skipped`.
pub(crate) fn gather(
    images: &[Entry],
    decoded: Vec<DecodeResult>,
    mut skipped: Vec<Skipped>,
    options: &LoadOptions,
) -> Result<ReadSet> {
    let mut facts = FileFacts::default();
    let (mut names, mut pictures) = (Vec::new(), Vec::new());
    for (image, decoded) in images.iter().zip(decoded) {
        match decoded {
            Ok(image_read) => {
                count_facts(&image.name, &image_read, &mut facts);
                names.push(image.name.clone());
                pictures.push(image_read.decoded.picture);
            }
            Err(reason) => skipped.push(Skipped {
                path: image.name.clone(),
                reason,
            }),
        }
    }
    check_skipped(&skipped, options.strict)?;
    let sizes = names
        .iter()
        .zip(&pictures)
        .map(|(name, picture)| SameSize::one(name, picture.shape));
    let shape = common_size(sizes)?;
    let set = ImageSet {
        mask: mask_of(shape, &pictures),
        pixels: Pixels::gather(shape, pictures),
        shape,
        outliers: None,
        white: None,
        labels: labels_by_folder(&names),
        names,
        skipped,
        passed_over: 0,
        notes: Vec::new(),
    };
    Ok(ReadSet {
        set,
        facts,
        ignored: None,
    })
}

fn count_facts(name: &str, image: &DecodedImage, facts: &mut FileFacts) {
    let DecodedImage {
        decoded,
        resized_from,
    } = image;
    facts.scales.insert(match decoded.picture.samples {
        PixelValues::U8(_) => PixelScale::Grey,
        PixelValues::F32(_) => PixelScale::AsStored,
    });
    if let Some(shape) = resized_from {
        facts.count_resized(*shape, 1);
    }
    if let Some(no_data) = &decoded.no_data {
        facts.count_no_data(name, no_data);
    }
    if decoded.transparent {
        facts.count_transparent();
    }
    if let Some(ending) = decoded.jpeg_ending {
        facts.count_jpeg_ending(ending.has_marker, ending.has_all_scans);
    }
    if let Some((extension, format)) = &decoded.misnamed {
        facts.count_misnamed(extension, format);
    }
}

/// Checks that no image was skipped if that is an error.
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
