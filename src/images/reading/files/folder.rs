//! The image files of a folder and its sub-folders, of a list, or a single file, as one set.

use std::path::{Path, PathBuf};

use super::decode_files::{decode_entries, gather, largest_cost, read_entries};
use super::entries::Entries;
use super::walk::{Candidate, Listing};
use crate::error::{InputError, Result};
use crate::images::reading::common::labels_below_common_folder;
use crate::images::reading::memory_check::{check_decoding, run_length};
use crate::images::reading::read_set::ReadSet;
use crate::images::reading::request::Request;

/// Reads the images in `root` and below.
pub(crate) fn read(root: &Path, request: &Request) -> Result<ReadSet> {
    read_listing(root, Listing::below(root)?, request)
}

/// Reads one image file, or the pages of one, named by its path as given.
pub(crate) fn read_file(path: &Path, request: &Request) -> Result<ReadSet> {
    let mut read = read_listing(path, Listing::of(vec![named_by_path(path)]), request)?;
    let is_one_image = read.set.names.len() == 1 && read.set.skipped.is_empty();
    if is_one_image && !request.allows_one_image() {
        return Err(InputError::OneImage(path.to_owned()).into());
    }
    read.set.labels = None;
    Ok(read)
}

/// Reads the image files at `paths`, which a list of this name holds.
pub(crate) fn read_listed(name: &Path, paths: &[PathBuf], request: &Request) -> Result<ReadSet> {
    let mut read = read_listing(name, Listing::of(named_by_paths(paths)), request)?;
    read.set.labels = labels_below_common_folder(&read.set.names);
    Ok(read)
}

/// Returns listed files under the names of the list.
pub(crate) fn named_by_paths(paths: &[PathBuf]) -> Vec<Candidate> {
    paths.iter().map(|path| named_by_path(path)).collect()
}

fn named_by_path(path: &Path) -> Candidate {
    Candidate {
        name: path.to_string_lossy().into_owned(),
        path: path.to_owned(),
    }
}

fn read_listing(path: &Path, mut listing: Listing, request: &Request) -> Result<ReadSet> {
    let files = std::mem::take(&mut listing.candidates);
    let entries = entries_of(path, &files, request)?;
    let whole = request.whole(entries.len());
    read_entries(listing, entries, request, |images| {
        check_decoding(images.len(), whole, largest_cost(images), request.options)?;
        Ok(decode_entries(images, request.options))
    })
}

/// Finds the images of the files of an input.
fn entries_of<'a>(path: &Path, files: &'a [Candidate], request: &Request) -> Result<Entries<'a>> {
    let channel = request.options.channel.as_deref();
    let entries = Entries::of_files(files, request);
    entries.check_channel(path, channel)?;
    Ok(entries)
}

/// Reads the images of a listing one run after another, each as a set of its own; a last, empty set has what applies to
/// all of them.
pub(crate) fn read_in_runs(
    path: &Path,
    mut listing: Listing,
    request: &Request,
    each: &mut dyn FnMut(ReadSet) -> Result<()>,
) -> Result<()> {
    let files = std::mem::take(&mut listing.candidates);
    let mut entries = entries_of(path, &files, request)?;
    let broken = std::mem::take(&mut entries.broken);
    let skipped = [std::mem::take(&mut listing.skipped), broken].concat();
    let mut rest = gather(&[], Vec::new(), skipped, request.options)?;
    rest.ignored = Some(std::mem::take(&mut listing.ignored_by_extension));
    rest.set.notes = [entries.notes(), listing.notes()].concat();
    let images = entries.choose(request);
    let run = run_length(largest_cost(&images), request.options)?;
    for images in images.chunks(run) {
        let decoded = decode_entries(images, request.options);
        each(gather(images, decoded, Vec::new(), request.options)?)?;
    }
    each(rest)
}
