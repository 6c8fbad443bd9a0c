//! The pages of a TIFF file that are images of their own.

use std::collections::HashSet;
use std::io::{Read, Seek};

use super::channels::{Channels, Described};
use super::facts::PageFacts;
use super::layout::Layout;
use super::page_size::PageSize;
use super::reader::{Directory, TiffReader};
use super::stack::{FirstDirectory, Frames, stated_images};
use super::tags;
use crate::error::{list_names, one_line};

/// The most pages of a file that are read.
const MOST_PAGES: usize = 1 << 16;
/// The most bytes of the pages of one file, or four times its length if that is more.
const MOST_PAGE_BYTES: u64 = 512 << 20;
/// The most pages below another one that are looked for.
const MOST_SUB_PAGES: usize = 16;

/// The choice of every channel, each an image.
pub(crate) const ALL_CHANNELS: &str = "all";

/// A page of a file: one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Page {
    /// Where its directory begins.
    pub directory: u64,
    /// Which of the frames that the directory describes.
    pub frame: u64,
    /// Which of the channels in its samples.
    pub channel: usize,
    /// Its number in the file, from 1.
    pub number: usize,
}

/// The pages of a file that are images of their own.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    pub list: Vec<Page>,
    /// Why no further page can be found; `None` if all were.
    pub broken: Option<String>,
    /// The first page with the most pixels, of those that can be read.
    pub largest: Option<PageSize>,
    /// Bytes of the pixels of all pages that can be read, with all channels in their samples.
    pub pixels: u64,
    /// The most bytes that a page takes beside its pixels while it is decoded.
    pub while_decoding: u64,
    /// The channels of the file; one or none if it has no others.
    channels: Channels,
    /// The place of each page in the order in which channels are described.
    places: Vec<usize>,
}

impl Pages {
    /// Finds the pages of a file of `length` bytes.
    pub(crate) fn of(file: impl Read + Seek, length: u64) -> Self {
        let mut pages = Self::default();
        pages.broken = DirectoryWalk::begin(file, length)
            .and_then(|mut walk| walk.find_pages(&mut pages))
            .err();
        pages
    }

    /// Returns the names of the channels, in order; none if there is only one.
    pub(crate) fn channels(&self) -> &[String] {
        &self.channels.names
    }

    /// Returns the pages of one channel, the first if none is chosen by its name or number; all pages if `all` are chosen, or
    /// if there is only one channel.
    ///
    /// # Errors
    /// If there is no such channel, or no page of it.
    pub(crate) fn of_channel(&self, choice: Option<&str>) -> Result<Vec<Page>, String> {
        if self.channels.names.len() < 2 {
            return Ok(self.list.clone());
        }
        let found = choice.map_or(Some(0), |choice| self.channels.find(choice));
        if found.is_none() && choice == Some(ALL_CHANNELS) {
            return Ok(self.of_all_channels());
        }
        let Some(channel) = found else {
            return Err(format!(
                "has no such channel; its channels are {}",
                list_names(&self.channels.names)
            ));
        };
        let mut chosen = Vec::new();
        for (page, &place) in self.list.iter().zip(&self.places) {
            match self.channels.of_page(place) {
                None => chosen.push(Page { channel, ..*page }),
                Some(of_page) if of_page == channel => chosen.push(*page),
                Some(_) => {}
            }
        }
        if chosen.is_empty() {
            return Err(format!(
                "states the channel {}, but has no page of it",
                one_line(&self.channels.names[channel])
            ));
        }
        Ok(chosen)
    }

    fn of_all_channels(&self) -> Vec<Page> {
        let mut all = Vec::new();
        for (page, &place) in self.list.iter().zip(&self.places) {
            let in_page = match self.channels.of_page(place) {
                Some(_) => 1,
                None => self.channels.names.len(),
            };
            for channel in 0..in_page {
                let number = all.len() + 1;
                all.push(Page {
                    channel,
                    number,
                    ..*page
                });
            }
        }
        all
    }

    fn push(&mut self, page: Page, place: usize) {
        self.list.push(page);
        self.places.push(place);
    }
}

/// A reader of one directory after another.
struct DirectoryWalk<R> {
    reader: TiffReader<R>,
    length: u64,
    next: u64,
    seen: HashSet<u64>,
    /// Bytes of all directories; more than the file has if they overlap.
    walked: u64,
    /// The first directory of the file.
    first: Option<FirstDirectory>,
    /// What the first page states that is an image of its own; the first directory may be a smaller copy.
    first_page: Option<PageFacts>,
    /// Bytes of the pixels of all pages, with one channel of each.
    one_channel: u64,
    /// Where the pages below pages that are copies begin.
    below: Vec<u64>,
}

impl<R: Read + Seek> DirectoryWalk<R> {
    fn begin(file: R, length: u64) -> Result<Self, String> {
        let (reader, next) = TiffReader::begin(file, length)?;
        Ok(Self {
            reader,
            length,
            next,
            seen: HashSet::new(),
            walked: 0,
            first: None,
            first_page: None,
            one_channel: 0,
            below: Vec::new(),
        })
    }

    /// Adds all pages.
    fn find_pages(&mut self, pages: &mut Pages) -> Result<(), String> {
        let walked = self.walk(pages);
        if pages.list.is_empty() && walked.is_ok() {
            self.add_pages_below(pages)?;
        }
        let frames = self.describe(pages)?;
        walked.and(frames.map_or(Ok(()), Err))
    }

    /// Adds the pages of the list of directories.
    fn walk(&mut self, pages: &mut Pages) -> Result<(), String> {
        while self.next != 0 {
            let start = self.next;
            if !self.seen.insert(start) {
                return Err("damaged: its list of pages has a cycle".to_owned());
            }
            if self.seen.len() > MOST_PAGES {
                return Err(format!("too many pages: the limit is {MOST_PAGES}"));
            }
            let directory = self.reader.directory(start)?;
            self.next = directory.next;
            self.walked = self.walked.saturating_add(directory.bytes);
            if self.walked > self.length {
                return Err("damaged: its pages overlap".to_owned());
            }
            self.add(start, directory, pages)?;
        }
        Ok(())
    }

    /// Adds a page, unless it is a copy of another one.
    fn add(&mut self, start: u64, directory: Directory, pages: &mut Pages) -> Result<(), String> {
        // A page whose entries are damaged is named when it is decoded.
        let facts = PageFacts::read(&mut self.reader, &directory).ok();
        if facts.as_ref().is_some_and(|facts| facts.is_secondary) {
            let below = self
                .reader
                .numbers(&directory, tags::SUB_PAGES, MOST_SUB_PAGES);
            self.below.extend(below.unwrap_or_default());
        } else {
            if let Some(facts) = &facts {
                self.reserve(facts, 1, pages)?;
                self.first_page.get_or_insert_with(|| facts.clone());
            }
            let page = Page {
                directory: start,
                number: pages.list.len() + 1,
                ..Page::default()
            };
            pages.push(page, self.seen.len() - 1);
        }
        if let (None, Some(facts)) = (&self.first, facts) {
            let description = self.reader.text(&directory, tags::DESCRIPTION);
            self.first = Some(FirstDirectory {
                start,
                directory,
                description: description.unwrap_or_default(),
                facts,
            });
        }
        Ok(())
    }

    /// Adds the bytes of more images of a page, unless they cannot be read.
    fn reserve(&mut self, facts: &PageFacts, images: u64, pages: &mut Pages) -> Result<(), String> {
        let Ok(layout) = Layout::of(facts, self.reader.is_big_endian()) else {
            return Ok(());
        };
        let size = layout.page_size();
        let bytes = size.bytes().saturating_mul(images);
        let channels = layout.channels().len() as u64;
        self.one_channel = self.one_channel.saturating_add(bytes);
        pages.pixels = pages.pixels.saturating_add(bytes.saturating_mul(channels));
        pages.while_decoding = pages.while_decoding.max(layout.chunk_bytes());
        if pages
            .largest
            .is_none_or(|largest| largest.pixels() < size.pixels())
        {
            pages.largest = Some(size);
        }
        if self.one_channel > MOST_PAGE_BYTES.max(self.length.saturating_mul(4)) {
            return Err(format!(
                "too large: its pages take more than {} MB in total",
                MOST_PAGE_BYTES >> 20
            ));
        }
        Ok(())
    }

    /// Adds the pages below those that are copies, or else the first page: the file holds no others.
    fn add_pages_below(&mut self, pages: &mut Pages) -> Result<(), String> {
        for start in std::mem::take(&mut self.below) {
            if self.seen.insert(start) {
                let directory = self.reader.directory(start)?;
                self.add(start, directory, pages)?;
            }
        }
        if let (true, Some(first)) = (pages.list.is_empty(), &self.first) {
            let page = Page {
                directory: first.start,
                number: 1,
                ..Page::default()
            };
            let facts = first.facts.clone();
            self.reserve(&facts, 1, pages)?;
            pages.push(page, 0);
        }
        Ok(())
    }

    /// Adds the frames and channels that the first directory describes; returns why images that it states are not there.
    fn describe(&mut self, pages: &mut Pages) -> Result<Option<String>, String> {
        let Some(first) = self.first.take() else {
            return Ok(None);
        };
        let broken = self.add_frames(&first, pages)?;
        pages.channels = Channels::of(&Described {
            description: &first.description,
            facts: self.first_page.as_ref().unwrap_or(&first.facts),
            pages: pages.list.len(),
            directories: self.seen.len().max(pages.list.len()),
        });
        Ok(broken)
    }

    /// Adds the frames that the first directory describes; returns why images that it states are not there.
    fn add_frames(
        &mut self,
        first: &FirstDirectory,
        pages: &mut Pages,
    ) -> Result<Option<String>, String> {
        let found = pages.list.len() as u64;
        if found != 1 || pages.list[0].directory != first.start {
            let facts = self.first_page.as_ref().unwrap_or(&first.facts);
            let stated = stated_images(&first.description, facts);
            return Ok(stated
                .filter(|&stated| stated > found && found > 1)
                .map(|stated| {
                    format!("truncated: {stated} images are stated, and {found} are described")
                }));
        }
        let frames = Frames::of(&mut self.reader, first)?;
        self.reserve(&first.facts, frames.count - 1, pages)?;
        for frame in 1..frames.count {
            let page = Page {
                frame,
                number: frame as usize + 1,
                ..pages.list[0]
            };
            pages.push(page, frame as usize);
        }
        Ok(frames.broken)
    }
}
