//! Channels of OME-TIFF files, from the XML in the description of their first page.
//!
//! Source: Open Microscopy Environment, *OME-TIFF specification*, 2016-06.

use roxmltree::{Document, Node, ParsingOptions};

/// The most channels of a file, or as many as it has pages if those are more.
pub(super) const MOST_CHANNELS: usize = 1 << 12;
/// The most elements of a description.
const MOST_ELEMENTS: u32 = 1 << 20;
/// The most channels of an image, and planes of each of its other dimensions.
const MOST_PLANES: usize = 1 << 20;
/// The dimensions of an image beyond width and height.
const MOST_DIMENSIONS: usize = 3;

/// The channels of a file, and the channel of each directory.
#[derive(Debug, Default, PartialEq)]
pub(super) struct OmeChannels {
    pub names: Vec<String>,
    /// The channel of each directory, in the order of the file.
    pub of_directory: Vec<usize>,
    /// Whether further pages of the images are in other files.
    pub is_spread: bool,
}

/// Reads the channels from the description of a file with so many directories; `None` if it is not OME-XML.
pub(super) fn channels(description: &str, directories: usize) -> Option<OmeChannels> {
    let text = description.trim_start();
    if !(text.starts_with("<?xml") || text.starts_with("<OME") || text.starts_with("<!--")) {
        return None;
    }
    let options = ParsingOptions {
        nodes_limit: MOST_ELEMENTS,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).ok()?;
    let mut places = Places {
        own: document.root_element().attribute("UUID").map(str::trim),
        of_directory: Vec::new(),
        directories,
        left: directories,
        is_spread: false,
    };
    let mut largest: Option<Series> = None;
    for pixels in elements(document.root(), "Pixels") {
        let series = Series::of(pixels);
        series.place(&mut places);
        if largest
            .as_ref()
            .is_none_or(|largest| largest.channels < series.channels)
        {
            largest = Some(series);
        }
    }
    let most = directories.max(MOST_CHANNELS);
    let largest = largest.filter(|series| series.channels <= most)?;
    Some(OmeChannels {
        names: largest.names(),
        of_directory: places.of_directory,
        is_spread: places.is_spread,
    })
}

/// Returns the elements of a name, whatever the version of the schema.
fn elements<'a>(root: Node<'a, 'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    root.descendants()
        .filter(move |node| node.is_element() && node.tag_name().name() == name)
}

/// The channels of the directories of a file.
struct Places<'a> {
    /// The identifier of the file.
    own: Option<&'a str>,
    of_directory: Vec<usize>,
    /// How many directories the file has.
    directories: usize,
    /// How many may still be set: descriptions of any length take no longer than the file has directories.
    left: usize,
    /// Whether any page is in another file.
    is_spread: bool,
}

impl Places<'_> {
    /// Checks whether the pages of a block are in another file.
    fn are_elsewhere(&self, block: Node) -> bool {
        let file = elements_below(block, "UUID").first().copied();
        let file = file.and_then(|file| file.text()).map(str::trim);
        file.is_some() && self.own.is_some() && file != self.own
    }

    /// Sets the channels of directories from `start` on.
    fn set(&mut self, start: usize, count: usize, channel: impl Fn(usize) -> usize) {
        let count = count
            .min(self.left)
            .min(self.directories.saturating_sub(start));
        if count == 0 {
            return;
        }
        self.left -= count;
        if self.of_directory.len() < start + count {
            self.of_directory.resize(start + count, 0);
        }
        for (index, place) in self.of_directory[start..start + count]
            .iter_mut()
            .enumerate()
        {
            *place = channel(index);
        }
    }
}

/// One image of up to three more dimensions.
struct Series<'a> {
    pixels: Node<'a, 'a>,
    channels: usize,
    /// The dimensions beyond width and height, the fastest first, with their sizes.
    dimensions: Vec<(char, usize)>,
}

impl<'a> Series<'a> {
    fn of(pixels: Node<'a, 'a>) -> Self {
        let size = |name: &str| number(pixels, name).unwrap_or(1).clamp(1, MOST_PLANES);
        let samples: usize = elements_below(pixels, "Channel")
            .iter()
            .map(|channel| number(*channel, "SamplesPerPixel").unwrap_or(1))
            .max()
            .unwrap_or(1);
        let channels = (size("SizeC") / samples.max(1)).max(1);
        let order = pixels.attribute("DimensionOrder").unwrap_or("XYCZT");
        let dimensions = order
            .chars()
            .filter(|dimension| "CZT".contains(*dimension))
            .take(MOST_DIMENSIONS)
            .map(|dimension| match dimension {
                'C' => ('C', channels),
                'Z' => ('Z', size("SizeZ")),
                _ => ('T', size("SizeT")),
            })
            .collect();
        Self {
            pixels,
            channels,
            dimensions,
        }
    }

    /// Returns the name of each channel, or its number from 1.
    fn names(&self) -> Vec<String> {
        let named = elements_below(self.pixels, "Channel");
        let name = |index: usize| named.get(index)?.attribute("Name");
        (0..self.channels)
            .map(|index| name(index).map_or_else(|| (index + 1).to_string(), str::to_owned))
            .collect()
    }

    /// Appends or sets the channels of the directories of this image that are in the file.
    fn place(&self, places: &mut Places) {
        let all = self.dimensions.iter().map(|(_, size)| *size);
        let all = all.fold(1, usize::saturating_mul);
        let blocks = elements_below(self.pixels, "TiffData");
        if blocks.is_empty() {
            let start = places.of_directory.len();
            places.set(start, all, |index| self.channel(index));
        }
        for block in blocks {
            if places.are_elsewhere(block) {
                places.is_spread = true;
                continue;
            }
            let directory = number(block, "IFD");
            let default = if directory.is_some() { 1 } else { all };
            let count = number(block, "PlaneCount").unwrap_or(default).min(all);
            let first = self.first_plane(block);
            places.set(directory.unwrap_or(0), count, |index| {
                self.channel(first.saturating_add(index))
            });
        }
    }

    /// Returns the number of the first plane of a block of directories.
    fn first_plane(&self, block: Node) -> usize {
        let mut plane = 0_usize;
        let mut stride = 1_usize;
        for (dimension, size) in &self.dimensions {
            let first = number(block, &format!("First{dimension}")).unwrap_or(0);
            plane = plane.saturating_add(first.saturating_mul(stride));
            stride = stride.saturating_mul(*size);
        }
        plane
    }

    /// Returns the channel of a plane.
    fn channel(&self, plane: usize) -> usize {
        let mut rest = plane;
        for (dimension, size) in &self.dimensions {
            if *dimension == 'C' {
                return rest % size;
            }
            rest /= size;
        }
        0
    }
}

fn elements_below<'a>(root: Node<'a, 'a>, name: &'static str) -> Vec<Node<'a, 'a>> {
    root.children()
        .filter(|node| node.is_element() && node.tag_name().name() == name)
        .collect()
}

fn number(node: Node, attribute: &str) -> Option<usize> {
    node.attribute(attribute)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(order: &str, inside: &str) -> OmeChannels {
        let text = format!(
            "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\"><Image ID=\"Image:0\">\
            <Pixels DimensionOrder=\"{order}\" SizeX=\"4\" SizeY=\"4\" SizeC=\"2\" SizeZ=\"3\" SizeT=\"1\">\
            <Channel Name=\"DAPI\"/><Channel/>{inside}</Pixels></Image></OME>"
        );
        channels(&text, 6).unwrap()
    }

    #[test]
    fn the_order_of_dimensions_decides_on_the_channel_of_a_page() {
        let fast = described("XYCZT", "");
        assert_eq!(fast.names, ["DAPI", "2"]);
        assert_eq!(fast.of_directory, [0, 1, 0, 1, 0, 1]);
        assert_eq!(described("XYZCT", "").of_directory, [0, 0, 0, 1, 1, 1]);
    }

    #[test]
    fn pages_may_be_listed_one_by_one() {
        let listed =
            "<TiffData IFD=\"0\" FirstC=\"1\" PlaneCount=\"1\"/><TiffData IFD=\"1\" FirstC=\"0\"/>";
        assert_eq!(described("XYZCT", listed).of_directory, [1, 0]);
        assert_eq!(channels("<html>", 6), None);
        assert_eq!(channels("<OME", 6), None);
    }

    #[test]
    fn pages_of_other_files_are_not_those_of_this_one() {
        let text = |own: &str| {
            format!(
                "<OME{own}><Image><Pixels DimensionOrder=\"XYZCT\" SizeC=\"2\" SizeZ=\"2\" SizeT=\"1\">\
                <TiffData FirstC=\"1\" PlaneCount=\"2\"><UUID FileName=\"b.tif\">urn:b</UUID></TiffData>\
                <TiffData FirstC=\"0\" PlaneCount=\"2\"><UUID FileName=\"a.tif\"> urn:a </UUID></TiffData>\
                </Pixels></Image></OME>"
            )
        };
        let of = |own| channels(&text(own), 2).unwrap();
        let first = of(" UUID=\"urn:a\"");
        assert_eq!((first.of_directory, first.is_spread), (vec![0, 0], true));
        let second = of(" UUID=\"urn:b\"");
        assert_eq!((second.of_directory, second.is_spread), (vec![1, 1], true));
        assert!(!of("").is_spread, "a file without an identifier");
    }

    #[test]
    fn a_description_sets_no_more_directories_than_the_file_has() {
        let many = 1 << 20;
        let blocks = "<TiffData/>".repeat(3);
        let text = format!(
            "<OME><Image><Pixels SizeC=\"2\" SizeZ=\"{many}\" SizeT=\"{many}\">{blocks}</Pixels></Image></OME>"
        );
        assert_eq!(channels(&text, 3).unwrap().of_directory, [0, 1, 0]);
        let far = "<OME><Image><Pixels SizeC=\"2\"><TiffData IFD=\"9\"/></Pixels></Image></OME>";
        assert!(channels(far, 3).unwrap().of_directory.is_empty());
        let names = format!("<OME><Image><Pixels SizeC=\"{many}\"/></Image></OME>");
        assert_eq!(channels(&names, 3), None);
    }
}
