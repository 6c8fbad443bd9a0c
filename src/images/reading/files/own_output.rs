//! Recognises the pictures of earlier runs, which are no input: without this check, a second run on a folder that
//! contains its own output would learn from the pictures of the first.

use std::path::Path;

use crate::outputs::{OUTPUT_FILES, PARTS_FOLDER, WrittenBy};

/// Checks whether a file is a picture of an earlier run, which lies beside the file that marks such a run.
///
/// `is_file` checks for a file on disk or in an archive.
pub(crate) fn is_own(path: &Path, is_file: impl Fn(&Path) -> bool) -> bool {
    let is_marked = OUTPUT_FILES
        .iter()
        .filter(|file| file.is_picture() && file.names(path))
        .any(|file| is_file(&path.with_file_name(file.writer.marker().name())));
    is_marked || is_own_tile(path, is_file)
}

/// Checks whether a file is the picture of a single part: a number in the folder of parts beside a model.
fn is_own_tile(path: &Path, is_file: impl Fn(&Path) -> bool) -> bool {
    let is_numbered = path.file_stem().is_some_and(|stem| {
        stem.to_string_lossy()
            .bytes()
            .all(|sign| sign.is_ascii_digit())
    });
    let folder = path
        .parent()
        .filter(|folder| folder.ends_with(PARTS_FOLDER));
    let model = WrittenBy::Learn.marker().name();
    is_numbered && folder.is_some_and(|folder| is_file(&folder.with_file_name(model)))
}
