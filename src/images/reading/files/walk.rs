//! The image files below a folder, in natural order, and what else lies there.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::own_output::is_own;
use crate::disk;
use crate::error::{Error, Result, one_line};
use crate::images::reading::decode;
use crate::images::set::Skipped;
use crate::images::set::natural_order::natural;
use crate::placeholders::{GIT_ANNEX, is_annex_link, kept_in_icloud};
use crate::plural::counted;

/// An image file, by its extension or by its first bytes.
pub(crate) struct Candidate {
    /// The path below the input.
    pub name: String,
    pub path: PathBuf,
}

/// The contents of a folder or archive.
#[derive(Default)]
pub(crate) struct Listing {
    pub candidates: Vec<Candidate>,
    pub skipped: Vec<Skipped>,
    /// How many files and folders were ignored.
    pub passed_over: usize,
    /// The ignored files that are not hidden, by extension.
    pub ignored_by_extension: BTreeMap<String, usize>,
    links: Links,
    /// How many of these are pictures of earlier runs.
    pub own_pictures: usize,
    /// How many members of an archive are links or special files.
    pub archive_links: usize,
    /// How many names an archive has more than once.
    pub repeated_names: usize,
}

/// Symbolic links that are not read.
#[derive(Default)]
struct Links {
    /// Links whose target does not exist.
    dead: Vec<String>,
    folders: Vec<String>,
    /// Links to images that are read already.
    repeated: Vec<String>,
}

impl Listing {
    /// Returns a listing of files that were named one by one.
    pub fn of(candidates: Vec<Candidate>) -> Self {
        Self {
            candidates,
            ..Self::default()
        }
    }

    /// Lists the folder `root` and its sub-folders.
    pub fn below(root: &Path) -> Result<Self> {
        let mut listing = Self::default();
        let mut links = Vec::new();
        let mut walk = WalkDir::new(root).min_depth(1).into_iter();
        while let Some(entry) = walk.next() {
            match entry {
                Ok(entry) if is_hidden(&entry.file_name().to_string_lossy()) => {
                    listing.pass_over(root, entry.path());
                    if entry.file_type().is_dir() {
                        walk.skip_current_dir();
                    }
                }
                Ok(entry) => listing.add(root, entry, &mut links),
                Err(error) => listing.add_unreadable(root, error)?,
            }
        }
        listing.candidates.sort_by(by_name);
        listing.add_links(links);
        listing
            .skipped
            .sort_by(|left, right| natural(&left.path, &right.path));
        Ok(listing)
    }

    /// Counts a hidden file, or names the image that it stands for.
    fn pass_over(&mut self, root: &Path, hidden: &Path) {
        let name = hidden.file_name().unwrap_or_default().to_string_lossy();
        let image = kept_in_icloud(&name).filter(|name| decode::has_image_extension(name.as_ref()));
        match image {
            Some(name) => self.skipped.push(Skipped {
                path: name_below(root, &hidden.with_file_name(name)),
                reason: "the image is in iCloud, not on this machine: download it in Finder"
                    .to_owned(),
            }),
            None => self.passed_over += 1,
        }
    }

    fn add(&mut self, root: &Path, entry: DirEntry, links: &mut Vec<Candidate>) {
        let kind = entry.file_type();
        let candidate = Candidate {
            name: name_below(root, entry.path()),
            path: entry.into_path(),
        };
        if kind.is_dir() {
        } else if kind.is_symlink() {
            self.add_link(candidate, links);
        } else if kind.is_file() && is_own(&candidate.path, Path::is_file) {
            self.own_pictures += 1;
            self.ignore(&candidate.path);
        } else if kind.is_file() && decode::looks_like_image(&candidate.path) {
            self.candidates.push(candidate);
        } else {
            self.ignore_or_skip(candidate, kind);
        }
    }

    /// Ignores what is not an image, and skips what has the name of one and is no file, such as a pipe.
    fn ignore_or_skip(&mut self, candidate: Candidate, kind: FileType) {
        match disk::check_kind(kind) {
            Err(reason) if decode::has_image_extension(&candidate.path) => {
                self.skipped.push(Skipped {
                    path: candidate.name,
                    reason: reason.to_string(),
                });
            }
            _ => self.ignore(&candidate.path),
        }
    }

    fn add_link(&mut self, link: Candidate, links: &mut Vec<Candidate>) {
        match fs::metadata(&link.path) {
            Err(_) if is_annex_link(&link.path) && decode::has_image_extension(&link.path) => {
                self.skipped.push(Skipped {
                    path: link.name,
                    reason: GIT_ANNEX.to_owned(),
                });
            }
            Err(_) => self.links.dead.push(link.name),
            Ok(target) if target.is_dir() => self.links.folders.push(link.name),
            Ok(target) if target.is_file() && decode::looks_like_image(&link.path) => {
                links.push(link);
            }
            Ok(target) => self.ignore_or_skip(link, target.file_type()),
        }
    }

    /// Adds the links whose target is not listed already, under its own name or that of another link.
    fn add_links(&mut self, mut links: Vec<Candidate>) {
        if links.is_empty() {
            return;
        }
        links.sort_by(by_name);
        let mut known: HashSet<PathBuf> = self
            .candidates
            .iter()
            .map(|candidate| real_path(&candidate.path))
            .collect();
        for link in links {
            if known.insert(real_path(&link.path)) {
                self.candidates.push(link);
            } else {
                self.links.repeated.push(link.name);
            }
        }
        self.candidates.sort_by(by_name);
    }

    fn add_unreadable(&mut self, root: &Path, error: walkdir::Error) -> Result<()> {
        let path = error.path().unwrap_or(root).to_owned();
        let source = std::io::Error::from(error);
        if path == root {
            return Err(Error::Io { path, source });
        }
        self.skipped.push(Skipped {
            path: name_below(root, &path),
            reason: one_line(&source.to_string()),
        });
        Ok(())
    }

    /// Counts an ignored file.
    pub fn ignore(&mut self, path: &Path) {
        self.passed_over += 1;
        let extension = path.extension().map_or_else(
            || "without an extension".to_owned(),
            |extension| format!(".{}", extension.to_string_lossy().to_ascii_lowercase()),
        );
        *self.ignored_by_extension.entry(extension).or_default() += 1;
    }

    /// Returns notes about the contents.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.own_pictures > 0 {
            let pictures = counted(
                self.own_pictures,
                "picture of an earlier run was",
                "pictures of earlier runs were",
            );
            notes.push(format!("{pictures} ignored"));
        }
        if self.archive_links > 0 {
            let links = counted(
                self.archive_links,
                "link in the archive was",
                "links in the archive were",
            );
            notes.push(format!("{links} ignored"));
        }
        notes.extend(repeated_names_note(self.repeated_names));
        notes.extend(self.links.notes());
        notes
    }
}

impl Links {
    fn notes(&self) -> impl Iterator<Item = String> {
        [
            links_note(&self.dead, "link is broken", "links are broken"),
            links_note(
                &self.folders,
                "link to a folder was not followed",
                "links to folders were not followed",
            ),
            links_note(
                &self.repeated,
                "link points to an image that is already included",
                "links point to images that are already included",
            ),
        ]
        .into_iter()
        .flatten()
    }
}

/// Returns a note if names of an archive occur more than once.
pub(crate) fn repeated_names_note(names: usize) -> Option<String> {
    let occur = counted(names, "name occurs", "names occur");
    (names > 0)
        .then(|| format!("{occur} more than once in the archive: the last file of each was read"))
}

/// Returns a note with the number of links and the first of them.
fn links_note(links: &[String], one: &str, many: &str) -> Option<String> {
    let first = one_line(links.first()?);
    let more = if links.len() > 1 { ", …" } else { "" };
    let count = counted(links.len(), one, many);
    Some(format!("{count}: {first}{more}"))
}

/// Checks whether a file or folder of this name is hidden, or was made by a file manager.
pub(crate) fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
        || ["__MACOSX", "Thumbs.db", "desktop.ini"]
            .iter()
            .any(|hidden| name.eq_ignore_ascii_case(hidden))
}

/// Returns the path without links, or as it is if it cannot be resolved.
fn real_path(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Returns the path below `root` with `/` as the separator.
fn name_below(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// Compares two files by name, and by path if names that are not valid UTF-8 look the same.
pub(crate) fn by_name(left: &Candidate, right: &Candidate) -> Ordering {
    natural(&left.name, &right.name).then_with(|| left.path.cmp(&right.path))
}
