//! Which files are read for an input, before any of them is.

use std::path::{Path, PathBuf};

use super::files::walk::Listing;
use super::formats::idx_labels;

/// Returns the files that are read for an input or masks at `path`: the images of a folder, or the file and those beside it
/// with names or labels. Errors are those of the reader and not returned here.
#[must_use]
pub fn files_read(path: &Path) -> Vec<PathBuf> {
    if path.is_dir() {
        let listing = Listing::below(path).unwrap_or_default();
        let candidates = listing.candidates.into_iter();
        return candidates.map(|candidate| candidate.path).collect();
    }
    let labels = idx_labels::label_names(path);
    let labels = labels.iter().map(|name| path.with_file_name(name));
    [path.to_owned(), path.with_extension("names")]
        .into_iter()
        .chain(labels)
        .filter(|file| file.is_file())
        .collect()
}
