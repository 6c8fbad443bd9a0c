//! Which files below a folder are worth decoding, in which order, and what was passed over. Not what they hold.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::own_output::is_own;
use crate::error::{Error, Result, one_line};
use crate::images::decode;
use crate::images::set::{Skipped, natural};

/// A file that is worth decoding.
pub(crate) struct Candidate {
    pub name: String,
    pub path: PathBuf,
}

/// What lies in a folder.
#[derive(Default)]
pub(crate) struct Found {
    pub candidates: Vec<Candidate>,
    pub skipped: Vec<Skipped>,
    pub passed_over: usize,
    /// The files passed over that are not hidden, by extension.
    pub other: BTreeMap<String, usize>,
    links: Links,
    /// Pictures of earlier runs.
    pub own: usize,
    /// Links, and what else is neither file nor folder, in an archive.
    pub links_within: usize,
    /// Names of an archive that are there again.
    pub repeated_within: usize,
}

/// Symbolic links that lead to no image of their own.
#[derive(Default)]
struct Links {
    dead: Vec<String>,
    folders: Vec<String>,
    repeated: Vec<String>,
}

impl Found {
    /// Files that were named one by one.
    pub fn of(candidates: Vec<Candidate>) -> Self {
        Self {
            candidates,
            ..Self::default()
        }
    }

    pub fn below(root: &Path) -> Result<Self> {
        let mut found = Self::default();
        let mut links = Vec::new();
        let mut walk = WalkDir::new(root).min_depth(1).into_iter();
        while let Some(entry) = walk.next() {
            match entry {
                Ok(entry) if is_hidden(&entry.file_name().to_string_lossy()) => {
                    found.passed_over += 1;
                    if entry.file_type().is_dir() {
                        walk.skip_current_dir();
                    }
                }
                Ok(entry) => found.add(root, entry, &mut links),
                Err(error) => found.add_unreadable(root, error)?,
            }
        }
        found.candidates.sort_by(by_name);
        found.add_links(links);
        found
            .skipped
            .sort_by(|left, right| natural(&left.path, &right.path));
        Ok(found)
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
            self.own += 1;
            self.pass_over(&candidate.path);
        } else if kind.is_file() && decode::looks_like_image(&candidate.path) {
            self.candidates.push(candidate);
        } else {
            self.pass_over(&candidate.path);
        }
    }

    fn add_link(&mut self, link: Candidate, links: &mut Vec<Candidate>) {
        match fs::metadata(&link.path) {
            Err(_) => self.links.dead.push(link.name),
            Ok(target) if target.is_dir() => self.links.folders.push(link.name),
            Ok(target) if target.is_file() && decode::looks_like_image(&link.path) => {
                links.push(link)
            }
            Ok(_) => self.pass_over(&link.path),
        }
    }

    /// Takes in the links whose file is not there already, under its own name or another link's.
    fn add_links(&mut self, mut links: Vec<Candidate>) {
        if links.is_empty() {
            return;
        }
        links.sort_by(by_name);
        let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut known: HashSet<PathBuf> = self
            .candidates
            .iter()
            .map(|candidate| real(&candidate.path))
            .collect();
        for link in links {
            if known.insert(real(&link.path)) {
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

    pub fn pass_over(&mut self, path: &Path) {
        self.passed_over += 1;
        let extension = path.extension().map_or_else(
            || "without an extension".to_owned(),
            |extension| format!(".{}", extension.to_string_lossy().to_ascii_lowercase()),
        );
        *self.other.entry(extension).or_default() += 1;
    }

    /// What is worth saying about what lies there, a sentence each.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let own = (self.own > 0).then(|| {
            format!(
                "{} passed over",
                counted(
                    self.own,
                    "picture of an earlier run was",
                    "pictures of earlier runs were"
                )
            )
        });
        let links = (self.links_within > 0).then(|| {
            format!(
                "{} passed over",
                counted(self.links_within, "link in it was", "links in it were")
            )
        });
        let repeated = (self.repeated_within > 0).then(|| {
            let names = counted(self.repeated_within, "name is", "names are");
            format!("{names} in it more than once: the last file of each was read")
        });
        own.into_iter()
            .chain(links)
            .chain(repeated)
            .chain(self.links.lines())
    }
}

impl Links {
    fn lines(&self) -> impl Iterator<Item = String> {
        let line = |links: &[String], one: &str, many: &str| {
            let first = links.first()?;
            let more = if links.len() > 1 { ", …" } else { "" };
            Some(format!(
                "{}: {}{more}",
                counted(links.len(), one, many),
                one_line(first)
            ))
        };
        [
            line(&self.dead, "link leads nowhere", "links lead nowhere"),
            line(
                &self.folders,
                "link to a folder was not followed",
                "links to folders were not followed",
            ),
            line(
                &self.repeated,
                "link leads to an image already there",
                "links lead to images already there",
            ),
        ]
        .into_iter()
        .flatten()
    }
}

/// A count with the noun that fits it.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Whether a file or folder of this name is none that someone put there as an image.
pub(crate) fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
        || ["__MACOSX", "Thumbs.db", "desktop.ini"]
            .iter()
            .any(|hidden| name.eq_ignore_ascii_case(hidden))
}

fn name_below(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// Two names that are no valid text can look alike: then the paths decide.
pub(crate) fn by_name(left: &Candidate, right: &Candidate) -> Ordering {
    natural(&left.name, &right.name).then_with(|| left.path.cmp(&right.path))
}
