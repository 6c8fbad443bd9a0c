//! Checks that an input holds enough usable images.

use std::path::Path;

use super::decode::SUPPORTED;
use super::distributed::first_of;
use super::read_set::ReadSet;
use super::set::ImageSet;
use crate::communicator::Partition;
use crate::error::{Error, Result};

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
    let skipped = images.count(read.set.skipped.len());
    let first = first_of(images.communicator, first_skipped(&read.set));
    let path = path.to_owned();
    match &read.ignored {
        Some(ignored) if images.all == 0 && skipped == 0 => Err(Error::NoImages {
            path,
            by_extension: ignored.clone().into_iter().collect(),
            supported: SUPPORTED,
        }),
        _ if images.all < needed => Err(Error::TooFewImages {
            path,
            usable: images.all,
            needed,
            skipped,
            first,
        }),
        _ => Ok(()),
    }
}

/// Returns the first skipped file and its reason.
pub(super) fn first_skipped(set: &ImageSet) -> Option<String> {
    set.skipped
        .first()
        .map(|first| format!("{}: {}", first.path, first.reason))
}
