//! Recognises pictures that this program wrote.

use std::path::Path;

/// The pictures of earlier runs, each with the file that marks a folder as the output of such a run: they are no input,
/// or a second run on a folder that holds its own output would learn from the first.
const OWN_PICTURES: [(&str, &str); 17] = [
    ("atlas.png", "model.npz"),
    ("comparison.png", "model.npz"),
    ("convergence.svg", "model.npz"),
    ("eigenimages.png", "model.npz"),
    ("inpainting.png", "model.npz"),
    ("learning.gif", "model.npz"),
    ("learning.png", "model.npz"),
    ("map.png", "model.npz"),
    ("parts.png", "model.npz"),
    ("rank-error.svg", "model.npz"),
    ("recipe.png", "model.npz"),
    ("reconstructions.png", "model.npz"),
    ("usage.png", "model.npz"),
    ("compare.png", "compare.csv"),
    ("projection.png", "projection.npz"),
    ("ranks.svg", "ranks.csv"),
    ("ranks-gallery.png", "ranks.csv"),
];

/// Whether a file is called as a picture that this program writes.
#[must_use]
pub fn is_called_as_own(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| OWN_PICTURES.iter().any(|(own, _)| name == *own))
}

/// Whether it is a picture of an earlier run, among files of which one can say whether they are there.
pub(crate) fn is_own(path: &Path, is_file: impl Fn(&Path) -> bool) -> bool {
    let Some(name) = path.file_name() else {
        return false;
    };
    let marked = OWN_PICTURES
        .iter()
        .any(|(own, mark)| name == *own && is_file(&path.with_file_name(mark)));
    marked || is_own_tile(path, is_file)
}

/// Whether it is a single part of an earlier run: a number in a folder `parts` beside a model.
fn is_own_tile(path: &Path, is_file: impl Fn(&Path) -> bool) -> bool {
    let numbered = path.file_stem().is_some_and(|stem| {
        stem.to_string_lossy()
            .bytes()
            .all(|sign| sign.is_ascii_digit())
    });
    let folder = path.parent().filter(|folder| folder.ends_with("parts"));
    numbered && folder.is_some_and(|folder| is_file(&folder.with_file_name("model.npz")))
}
