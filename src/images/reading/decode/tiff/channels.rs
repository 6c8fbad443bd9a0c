//! Channels of a stack: which page, or which sample of each page, belongs to which.

use super::facts::PageFacts;
use super::layout::channel_count;
use super::ome::{self, MOST_CHANNELS, OmeChannels};
use super::stack::{image_j_number, json_object, stated_shape};

/// The channels of a file.
#[derive(Debug, Default)]
pub(super) struct Channels {
    /// The name of each, or its number from 1; none if there is only one.
    pub names: Vec<String>,
    place: ChannelPlace,
    /// Whether pages of the same images are in other files.
    is_spread: bool,
}

/// What a file states before its channels are known.
pub(super) struct Described<'a> {
    /// The description of its first directory.
    pub description: &'a str,
    /// The facts of its first page.
    pub facts: &'a PageFacts,
    pub pages: usize,
    /// Directories, or frames of the only one.
    pub directories: usize,
}

/// Where the channel of a page is found.
#[derive(Debug, Default)]
enum ChannelPlace {
    /// Each page holds all channels.
    #[default]
    Samples,
    /// Channels of pages alternate after this many.
    Cycle(usize),
    /// The channel of each directory.
    Listed(Vec<usize>),
}

impl Channels {
    /// Returns the channels of a file.
    pub(super) fn of(file: &Described) -> Self {
        let &Described {
            description, facts, ..
        } = file;
        let samples = channel_count(facts);
        let stated = if description.starts_with("ImageJ=") {
            image_j_number(description, "channels").map(|count| Self::cycle(count, 1))
        } else {
            ome::channels(description, file.directories)
                .map(Self::of_ome)
                .or_else(|| of_axes(description, facts))
        };
        let stated = stated.unwrap_or_default();
        if samples > 1 {
            let are_named = stated.names.len() == samples;
            return Self {
                names: if are_named {
                    stated.names
                } else {
                    numbered(samples)
                },
                ..Self::default()
            };
        }
        // Pages in colour are no channels, whatever some writers state.
        let is_colour = matches!(facts.photometric, Some(2 | 5 | 6));
        let count = stated.names.len();
        let is_fitting = count >= 2 && (count <= file.pages || stated.is_spread);
        if is_colour || !is_fitting {
            return Self::default();
        }
        stated
    }

    fn cycle(count: u64, stride: usize) -> Self {
        Self {
            names: numbered(count.min(MOST_CHANNELS as u64) as usize),
            place: ChannelPlace::Cycle(stride),
            is_spread: false,
        }
    }

    fn of_ome(found: OmeChannels) -> Self {
        Self {
            names: found.names,
            place: ChannelPlace::Listed(found.of_directory),
            is_spread: found.is_spread,
        }
    }

    /// Returns the channel of a page, by the number of its directory and frame; `None` if it holds all of them.
    pub(super) fn of_page(&self, page: usize) -> Option<usize> {
        match &self.place {
            ChannelPlace::Samples => None,
            ChannelPlace::Cycle(stride) => Some(page / stride % self.names.len().max(1)),
            ChannelPlace::Listed(channels) => Some(channels.get(page).copied().unwrap_or(0)),
        }
    }

    /// Returns the index of the channel with this name or, if there is none, with this number from 1.
    pub(super) fn find(&self, choice: &str) -> Option<usize> {
        let by_name = self.names.iter().position(|name| name == choice);
        by_name.or_else(|| {
            let number: usize = choice.parse().ok()?;
            number
                .checked_sub(1)
                .filter(|&index| index < self.names.len())
        })
    }
}

fn numbered(count: usize) -> Vec<String> {
    (1..=count).map(|number| number.to_string()).collect()
}

/// Returns the channels of a description by the Python package `tifffile`, which names the axes of an array.
fn of_axes(description: &str, facts: &PageFacts) -> Option<Channels> {
    let object = json_object(description)?;
    let axes: Vec<char> = object.get("axes")?.as_str()?.chars().collect();
    let sizes = stated_shape(description)?;
    if axes.len() != sizes.len() {
        return None;
    }
    let place = axes.iter().position(|&axis| axis == 'C')?;
    let page = facts.width * facts.height * facts.samples as u64;
    let behind = sizes[place + 1..].iter().copied();
    let behind = behind.fold(1, u64::saturating_mul);
    // A channel that is part of a page is one of its samples.
    if page == 0 || behind < page || !behind.is_multiple_of(page) {
        return None;
    }
    Some(Channels::cycle(sizes[place], (behind / page) as usize))
}
