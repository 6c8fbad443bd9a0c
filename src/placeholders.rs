//! Small files that stand for a larger one, which is elsewhere.

use std::fs;
use std::io::Read;
use std::path::Path;

use crate::disk;
use crate::error::{InputError, Result};

/// How many bytes are read to recognise a placeholder.
const HEAD: u64 = 128;
/// The first bytes of placeholders, and how to get the file.
const PLACEHOLDERS: [(&[u8], &str); 8] = [
    (b"version https://git-lfs.github.com/", GIT_LFS),
    (b"version https://hawser.github.com/", GIT_LFS),
    (b"version http://git-media.io/", GIT_LFS),
    (b"/annex/objects/", GIT_ANNEX),
    (b"../.git/annex/objects/", GIT_ANNEX),
    (b".git/annex/objects/", GIT_ANNEX),
    (
        b"bplist00",
        "a macOS property list, such as iCloud leaves for a file that is not on this machine: download the file in Finder",
    ),
    (
        b"\x00\x05\x16\x07",
        "the macOS attributes of another file (AppleDouble), without its content: pass the file without `._` in its name",
    ),
];
const GIT_LFS: &str = "a Git LFS pointer, not the file itself: run `git lfs pull`";
/// How to get a file of git-annex.
pub(crate) const GIT_ANNEX: &str = "a git-annex pointer, not the file itself: run `git annex get`";

/// Names the placeholder with these first bytes and how to get the file; `None` of any other file.
pub(crate) fn placeholder(head: &[u8]) -> Option<&'static str> {
    let known = PLACEHOLDERS
        .iter()
        .find(|(start, _)| head.starts_with(start));
    // Links are checked out as text where the file system has none.
    let is_deep_link = head.starts_with(b"../") && contains(head, b"/.git/annex/objects/");
    known
        .map(|(_, cure)| *cure)
        .or(is_deep_link.then_some(GIT_ANNEX))
}

/// Checks whether a link leads to the store of git-annex. It is broken until the file has been fetched.
pub(crate) fn is_annex_link(link: &Path) -> bool {
    let target = fs::read_link(link).unwrap_or_default();
    let target = target.to_string_lossy().replace('\\', "/");
    target.contains(".git/annex/objects/")
}

/// Returns the name of the file that iCloud keeps elsewhere and replaces by a hidden file of this name.
pub(crate) fn kept_in_icloud(name: &str) -> Option<&str> {
    name.strip_prefix('.')?.strip_suffix(".icloud")
}

/// Checks that a file is not a placeholder. What cannot be opened fails when it is read.
///
/// # Errors
/// If it is one.
pub(crate) fn check(path: &Path) -> Result<()> {
    let mut head = Vec::new();
    if let Ok(file) = disk::open_file(path) {
        // A file that cannot be read fails later, with its reason.
        let _ = file.take(HEAD).read_to_end(&mut head);
    }
    match placeholder(&head) {
        Some(cure) => Err(InputError::Foreign {
            path: path.to_owned(),
            cure: cure.to_owned(),
        }
        .into()),
        None => Ok(()),
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_named_and_other_texts_are_not() {
        let of = |head: &[u8]| placeholder(head).unwrap_or_default();
        assert!(
            of(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a")
                .contains("git lfs pull")
        );
        assert!(of(b"/annex/objects/SHA256E-s3--98ea.png\n").contains("git annex get"));
        assert!(
            of(b"../../.git/annex/objects/xM/9k/SHA256E-s3--98ea.png").contains("git annex get")
        );
        assert!(of(b"\0\x05\x16\x07\0\x02\0\0Mac OS X").contains("AppleDouble"));
        assert_eq!(of(b"version,1\n"), "");
        assert_eq!(of(b"../faces/1.png\n"), "");
    }

    #[test]
    fn the_name_of_a_file_in_icloud_is_that_of_its_placeholder() {
        assert_eq!(kept_in_icloud(".a.png.icloud"), Some("a.png"));
        assert_eq!(kept_in_icloud("a.icloud"), None);
        assert_eq!(kept_in_icloud(".a.png"), None);
    }
}
