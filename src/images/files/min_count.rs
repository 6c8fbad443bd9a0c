//! Checks that an input holds enough usable images.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, Result};
use crate::images::decode;
use crate::images::set::ImageSet;

/// Whether there are as many images as are needed, beside `other` files, by extension.
pub(crate) fn check_count(
    root: &Path,
    set: &ImageSet,
    needed: usize,
    other: BTreeMap<String, usize>,
) -> Result<()> {
    let (path, usable, skipped) = (root.to_owned(), set.names.len(), set.skipped.len());
    if usable == 0 && skipped == 0 {
        return Err(Error::NoImages {
            path,
            by_extension: other.into_iter().collect(),
            supported: decode::SUPPORTED,
        });
    }
    if usable < needed {
        return Err(Error::TooFewImages {
            path,
            usable,
            needed,
            skipped,
            first: first_skipped(set),
        });
    }
    Ok(())
}

/// The first file that was left out, with its reason.
pub(crate) fn first_skipped(set: &ImageSet) -> Option<String> {
    set.skipped
        .first()
        .map(|first| format!("{}: {}", first.path, first.reason))
}
