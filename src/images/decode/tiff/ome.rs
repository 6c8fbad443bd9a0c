//! Channels of OME-TIFF files, from the XML in the description of their first page.
//!
//! Source: Open Microscopy Environment, *OME-TIFF specification*, 2016-06.

use roxmltree::{Document, Node, ParsingOptions};

/// The most elements of a description, and of pages that it describes.
const MOST: usize = 1 << 20;

/// The channels of a file, and the channel of each directory.
#[derive(Debug, Default, PartialEq)]
pub(super) struct OmeChannels {
    pub names: Vec<String>,
    /// The channel of each directory, in the order of the file.
    pub of_directory: Vec<usize>,
}

/// Reads the channels from a description; `None` if it is not OME-XML.
pub(super) fn channels(description: &str) -> Option<OmeChannels> {
    let text = description.trim_start();
    if !(text.starts_with("<?xml") || text.starts_with("<OME") || text.starts_with("<!--")) {
        return None;
    }
    let options = ParsingOptions {
        nodes_limit: MOST as u32,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).ok()?;
    let mut found = OmeChannels::default();
    for pixels in elements(document.root(), "Pixels") {
        let series = Series::of(pixels);
        if found.names.len() < series.names.len() {
            found.names.clone_from(&series.names);
        }
        series.place(pixels, &mut found.of_directory);
    }
    (!found.names.is_empty()).then_some(found)
}

/// Returns the elements of a name, whatever the version of the schema.
fn elements<'a>(root: Node<'a, 'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    root.descendants()
        .filter(move |node| node.is_element() && node.tag_name().name() == name)
}

/// One image of up to three more dimensions.
struct Series {
    names: Vec<String>,
    /// The dimensions beyond width and height, the fastest first, with their sizes.
    dimensions: Vec<(char, usize)>,
}

impl Series {
    fn of(pixels: Node) -> Self {
        let size = |name: &str| number(pixels, name).unwrap_or(1).clamp(1, MOST);
        let named: Vec<Node> = elements_below(pixels, "Channel");
        let samples: usize = named
            .iter()
            .map(|channel| number(*channel, "SamplesPerPixel").unwrap_or(1))
            .max()
            .unwrap_or(1);
        let count = (size("SizeC") / samples.max(1)).max(1);
        let names = (0..count)
            .map(|index| {
                let name = named
                    .get(index)
                    .and_then(|channel| channel.attribute("Name"));
                name.map_or_else(|| (index + 1).to_string(), str::to_owned)
            })
            .collect();
        let order = pixels.attribute("DimensionOrder").unwrap_or("XYCZT");
        let dimensions = order
            .chars()
            .filter(|dimension| "CZT".contains(*dimension))
            .map(|dimension| match dimension {
                'C' => ('C', count),
                'Z' => ('Z', size("SizeZ")),
                _ => ('T', size("SizeT")),
            })
            .collect();
        Self { names, dimensions }
    }

    /// Appends or sets the channels of the directories of this image.
    fn place(&self, pixels: Node, of_directory: &mut Vec<usize>) {
        let all = self.dimensions.iter().map(|(_, size)| *size);
        let all = all.fold(1, usize::saturating_mul).min(MOST);
        let blocks = elements_below(pixels, "TiffData");
        if blocks.is_empty() {
            let start = of_directory.len();
            self.set(of_directory, start, 0, all.min(MOST - start.min(MOST)));
        }
        for block in blocks {
            let directory = number(block, "IFD");
            let default = if directory.is_some() { 1 } else { all };
            let count = number(block, "PlaneCount").unwrap_or(default).min(all);
            let start = directory.unwrap_or(0);
            if start.saturating_add(count) <= MOST {
                self.set(of_directory, start, self.first_plane(block), count);
            }
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

    fn set(&self, of_directory: &mut Vec<usize>, start: usize, first_plane: usize, count: usize) {
        if of_directory.len() < start + count {
            of_directory.resize(start + count, 0);
        }
        for (index, channel) in of_directory[start..start + count].iter_mut().enumerate() {
            *channel = self.channel(first_plane.saturating_add(index));
        }
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
        channels(&text).unwrap()
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
        assert_eq!(channels("<html>"), None);
        assert_eq!(channels("<OME"), None);
    }
}
