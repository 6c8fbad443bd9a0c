//! Checks that an input holds enough usable images.

use std::collections::BTreeMap;
use std::path::Path;

use super::common::first_of;
use super::decode::SUPPORTED;
use super::read_set::ReadSet;
use crate::communicator::Partition;
use crate::error::{Error, Result};
use crate::images::set::{ImageSet, Skipped};

/// What an input holds.
pub(super) struct Found<'a> {
    /// How many images can be used.
    pub usable: usize,
    /// How many image files were skipped.
    pub skipped: usize,
    /// The first skipped file and its reason.
    pub first: Option<String>,
    /// The ignored files by extension; `None` if the input is one array.
    pub ignored: Option<&'a BTreeMap<String, usize>>,
}

/// Checks that all processes together have read as many images from `path` as are `needed`.
///
/// # Errors
/// If there are fewer.
pub(super) fn check_count(
    path: &Path,
    read: &ReadSet,
    needed: usize,
    images: Partition,
) -> Result<()> {
    let found = Found {
        usable: images.all,
        skipped: images.count(read.set.skipped.len()),
        first: first_of(images.communicator, first_skipped(&read.set)),
        ignored: read.ignored.as_ref(),
    };
    check_found(path, needed, found)
}

/// Checks that as many images were found at `path` as are `needed`.
///
/// # Errors
/// If there are fewer, with what else was found.
pub(super) fn check_found(path: &Path, needed: usize, found: Found) -> Result<()> {
    let path = path.to_owned();
    let is_list_of_files = found.ignored.is_some();
    let ignored: Vec<(String, usize)> = found
        .ignored
        .cloned()
        .unwrap_or_default()
        .into_iter()
        .collect();
    if is_list_of_files && found.usable == 0 && found.skipped == 0 {
        return Err(Error::NoImages {
            path,
            by_extension: ignored,
            supported: SUPPORTED,
        });
    }
    if found.usable < needed {
        return Err(Error::TooFewImages {
            path,
            usable: found.usable,
            needed,
            skipped: found.skipped,
            first: found.first,
            ignored,
        });
    }
    Ok(())
}

/// Returns the first skipped file and its reason.
pub(super) fn first_skipped(set: &ImageSet) -> Option<String> {
    first_of_skipped(&set.skipped)
}

/// Returns the first of these files and its reason.
pub(super) fn first_of_skipped(skipped: &[Skipped]) -> Option<String> {
    skipped
        .first()
        .map(|first| format!("{}: {}", first.path, first.reason))
}
