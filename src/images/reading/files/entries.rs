//! The images that files hold: one per file, or one per page of a TIFF file.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use super::walk::Candidate;
use crate::blocks;
use crate::disk;
use crate::error::{InputError, Result, list_names, one_line};
use crate::images::reading::decode::{self, ALL_CHANNELS, Page, Pages};
use crate::images::reading::request::Request;
use crate::images::set::Skipped;

/// An image as it is stored: a file, or a page of one.
pub(crate) struct Entry<'a> {
    pub name: String,
    pub file: &'a Candidate,
    /// The page of a TIFF file.
    pub page: Option<Page>,
}

/// The images of some files.
#[derive(Default)]
pub(crate) struct Entries<'a> {
    images: Vec<Entry<'a>>,
    /// Pages that cannot be found.
    pub broken: Vec<Skipped>,
    /// The first file that has several pages, but not several channels.
    paged_file: Option<String>,
    /// How many files have several pages, but not several channels.
    paged_files: usize,
    /// How many pages these files have.
    pages: usize,
    /// The channels of the first file that has several.
    channels: Option<ChosenChannel>,
    /// How many files have several channels.
    channel_files: usize,
}

/// The channel that is read of a file with several.
struct ChosenChannel {
    file: String,
    names: Vec<String>,
    /// The channel that was asked for, if any was.
    choice: Option<String>,
}

impl<'a> Entries<'a> {
    /// Finds the images of files on disk.
    pub(crate) fn of_files(files: &'a [Candidate], request: &Request) -> Self {
        let pages = blocks::map(files, |_, file| pages_of_file(&file.path));
        let files: Vec<_> = files.iter().zip(&pages).collect();
        Self::of_pages(&files, request)
    }

    /// Finds the images of files with these pages; of those with several channels, the images of one.
    ///
    /// If the only file has one image per channel and more images are needed, all are read.
    pub(crate) fn of_pages(files: &[(&'a Candidate, &Pages)], request: &Request) -> Self {
        let mut channel = request.options.channel.as_deref();
        if let ([(_, pages)], None) = (files, channel)
            && !request.allows_one_image()
            && pages.of_channel(None).is_ok_and(|chosen| chosen.len() == 1)
        {
            channel = Some(ALL_CHANNELS);
        }
        let mut entries = Self::default();
        for &(file, pages) in files {
            entries.add(file, pages, channel);
        }
        entries
    }

    /// Adds the images of a file with these pages.
    fn add(&mut self, file: &'a Candidate, pages: &Pages, channel: Option<&str>) {
        let name = &file.name;
        self.note_channels(name, pages, channel);
        match pages.of_channel(channel) {
            Ok(chosen) => {
                if chosen.len() > 1 && !has_channels(pages) {
                    self.count_pages(name, chosen.len());
                }
                self.add_pages(file, &chosen);
            }
            Err(reason) => self.broken.push(Skipped {
                path: name.clone(),
                reason,
            }),
        }
        // A file without any page fails when it is decoded.
        if let Some(reason) = pages.broken.clone().filter(|_| !pages.list.is_empty()) {
            self.broken.push(Skipped {
                path: format!("{name}#{}", pages.list.len() + 1),
                reason,
            });
        }
    }

    /// Returns the number of images.
    pub(crate) fn len(&self) -> usize {
        self.images.len()
    }

    fn add_pages(&mut self, file: &'a Candidate, pages: &[Page]) {
        let name = &file.name;
        if let [] | [_] = pages {
            self.images.push(Entry {
                name: name.clone(),
                file,
                page: pages.first().copied(),
            });
            return;
        }
        for page in pages {
            self.images.push(Entry {
                name: format!("{name}#{}", page.number),
                file,
                page: Some(*page),
            });
        }
    }

    fn count_pages(&mut self, name: &str, pages: usize) {
        self.paged_file.get_or_insert_with(|| name.to_owned());
        self.paged_files += 1;
        self.pages += pages;
    }

    fn note_channels(&mut self, name: &str, pages: &Pages, channel: Option<&str>) {
        if !has_channels(pages) {
            return;
        }
        self.channel_files += 1;
        if self.channels.is_none() {
            self.channels = Some(ChosenChannel {
                file: name.to_owned(),
                names: pages.channels().to_vec(),
                choice: channel.map(str::to_owned),
            });
        }
    }

    /// Checks that a chosen channel is one of several in any file.
    ///
    /// # Errors
    /// If no file has several.
    pub(crate) fn check_channel(&self, path: &Path, channel: Option<&str>) -> Result<()> {
        if channel.is_some() && self.channel_files == 0 && !self.images.is_empty() {
            return Err(InputError::NoChannels(path.to_owned()).into());
        }
        Ok(())
    }

    /// Returns notes about files of several pages and of several channels.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.channel_note().into_iter().chain(self.note()).collect()
    }

    /// Returns a note if files have several channels.
    fn channel_note(&self) -> Option<String> {
        let channels = self.channels.as_ref()?;
        let (count, listed) = (channels.names.len(), list_names(&channels.names));
        let files = match self.channel_files {
            1 => format!("{} has", one_line(&channels.file)),
            files => format!("{files} files have"),
        };
        Some(match &channels.choice {
            None => format!(
                "{files} {count} channels ({listed}): only {} is read; pass --channel to choose another",
                one_line(&channels.names[0])
            ),
            Some(choice) if choice == ALL_CHANNELS => {
                format!("{files} {count} channels ({listed}): each is an image")
            }
            Some(choice) => format!(
                "{files} {count} channels ({listed}): only {} is read",
                one_line(choice)
            ),
        })
    }

    /// Returns a note if files have several pages that are no channels.
    fn note(&self) -> Option<String> {
        let (first, files, pages) = (self.paged_file.as_ref()?, self.paged_files, self.pages);
        if files > 1 {
            return Some(format!(
                "{files} files contain {pages} pages; each page is an image"
            ));
        }
        Some(format!(
            "{} contains {pages} pages; each page is an image",
            one_line(first)
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

/// Checks whether a file has several channels.
fn has_channels(pages: &Pages) -> bool {
    pages.channels().len() > 1
}

/// Returns the pages of a TIFF file; none of any other, or if the file cannot be opened.
fn pages_of_file(path: &Path) -> Pages {
    open_tiff(path).map_or_else(Pages::default, |(file, length)| Pages::of(file, length))
}

/// Opens a TIFF file, and returns its length too.
fn open_tiff(path: &Path) -> Option<(File, u64)> {
    let mut file = disk::open_file(path).ok()?;
    let length = file.metadata().ok()?.len();
    let mut head = Vec::new();
    file.by_ref()
        .take(decode::HEAD)
        .read_to_end(&mut head)
        .ok()?;
    if !decode::has_pages(path, &head) {
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
