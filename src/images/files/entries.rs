//! The images that files hold: one per file, or one per page of a TIFF file.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use super::walk::Candidate;
use crate::blocks;
use crate::disk;
use crate::error::one_line;
use crate::images::decode::{self, Pages};
use crate::images::request::Request;
use crate::images::set::Skipped;

/// An image as it is stored: a file, or a page of one.
pub(crate) struct Entry<'a> {
    pub name: String,
    pub file: &'a Candidate,
    /// Where the page begins, in a TIFF file.
    pub page: Option<u64>,
}

/// The images of some files.
#[derive(Default)]
pub(crate) struct Entries<'a> {
    images: Vec<Entry<'a>>,
    /// Pages that cannot be found.
    pub broken: Vec<Skipped>,
    /// How many files have several pages.
    paged_files: usize,
    /// How many pages these files have.
    pages: usize,
}

impl<'a> Entries<'a> {
    /// Finds the images of files on disk.
    pub(crate) fn of_files(files: &'a [Candidate]) -> Self {
        let pages = blocks::map(files, |_, file| pages_of_file(&file.path));
        let mut entries = Self::default();
        for (file, pages) in files.iter().zip(&pages) {
            entries.add(file, pages);
        }
        entries
    }

    /// Adds the images of a file with these pages.
    pub(crate) fn add(&mut self, file: &'a Candidate, pages: &Pages) {
        let Pages { starts, broken, .. } = pages;
        let name = &file.name;
        if let [] | [_] = starts[..] {
            self.images.push(Entry {
                name: name.clone(),
                file,
                page: starts.first().copied(),
            });
        } else {
            self.paged_files += 1;
            self.pages += starts.len();
            for (&page, number) in starts.iter().zip(1..) {
                self.images.push(Entry {
                    name: format!("{name}#{number}"),
                    file,
                    page: Some(page),
                });
            }
        }
        // A file without any page fails when it is decoded.
        if let Some(reason) = broken.clone().filter(|_| !starts.is_empty()) {
            self.broken.push(Skipped {
                path: format!("{name}#{}", starts.len() + 1),
                reason,
            });
        }
    }

    /// Returns a note if files have several pages.
    pub(crate) fn note(&self) -> Option<String> {
        let (files, pages) = (self.paged_files, self.pages);
        if files > 1 {
            return Some(format!(
                "{files} files contain {pages} pages; each page is an image"
            ));
        }
        let paged = self
            .images
            .iter()
            .find(|image| image.name != image.file.name)?;
        let name = one_line(&paged.file.name);
        Some(format!(
            "{name} contains {pages} pages; each page is an image"
        ))
    }

    /// Returns the requested images, in the order of the files.
    pub(crate) fn choose(self, request: &Request) -> Vec<Entry<'a>> {
        let chosen = request.chosen(self.images.len());
        let mut images: Vec<_> = self.images.into_iter().map(Some).collect();
        chosen
            .into_iter()
            .filter_map(|index| images[index].take())
            .collect()
    }
}

/// Returns the pages of a TIFF file; none of any other, or if the file cannot be opened.
fn pages_of_file(path: &Path) -> Pages {
    open_tiff(path).map_or_else(Pages::default, |(file, length)| Pages::of(file, length))
}

/// Opens a TIFF file, and returns its length too.
fn open_tiff(path: &Path) -> Option<(File, u64)> {
    let mut file = disk::open_file(path).ok()?;
    let length = file.metadata().ok()?.len();
    let mut head = [0; 4];
    file.read_exact(&mut head).ok()?;
    if !decode::is_tiff(&head) {
        return None;
    }
    file.rewind().ok()?;
    Some((file, length))
}

/// Groups images of the same file.
pub(crate) fn group_by_file<'a, 'b>(images: &'a [Entry<'b>]) -> Vec<&'a [Entry<'b>]> {
    images
        .chunk_by(|left, right| std::ptr::eq(left.file, right.file))
        .collect()
}
