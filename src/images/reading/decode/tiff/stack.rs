//! Pages whose directory describes the first of several frames that follow one another without gaps, as some writers store
//! stacks.

use std::io::{Read, Seek};

use serde_json::Value;

use super::facts::PageFacts;
use super::reader::{Directory, TiffReader};
use super::tags;

/// The first directory, which describes the whole file.
pub(super) struct FirstDirectory {
    pub start: u64,
    pub directory: Directory,
    pub description: String,
    pub facts: PageFacts,
}

/// The most frames of a file.
const MOST_FRAMES: u64 = 1 << 16;

/// Returns how many images the description of a file states; `None` if it states none.
pub(super) fn stated_images(description: &str, facts: &PageFacts) -> Option<u64> {
    if description.starts_with("ImageJ=") {
        return image_j_number(description, "images").or_else(|| {
            ["channels", "slices", "frames"]
                .iter()
                .filter_map(|key| image_j_number(description, key))
                .reduce(u64::saturating_mul)
        });
    }
    let sizes = stated_shape(description)?;
    let samples = facts.samples as u64;
    let page_sizes = [facts.height, facts.width, samples];
    // Programs that resize a picture may keep its description.
    if !(sizes.ends_with(&page_sizes) || sizes.ends_with(&page_sizes[..2])) {
        return None;
    }
    let all = sizes.iter().copied().reduce(u64::saturating_mul)?;
    let page = facts
        .width
        .saturating_mul(facts.height)
        .saturating_mul(samples);
    (page > 0 && all.is_multiple_of(page)).then(|| all / page)
}

/// Returns a number of a description by `ImageJ`, a line of the form `key=number`.
pub(super) fn image_j_number(description: &str, key: &str) -> Option<u64> {
    description.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        if name == key {
            value.trim().parse().ok()
        } else {
            None
        }
    })
}

/// Returns the shape in a description by the Python package `tifffile`, a JSON object.
pub(super) fn stated_shape(description: &str) -> Option<Vec<u64>> {
    let object = json_object(description)?;
    let sizes = object.get("shape")?.as_array()?;
    sizes.iter().map(Value::as_u64).collect()
}

/// Returns a description that is a JSON object.
pub(super) fn json_object(description: &str) -> Option<Value> {
    if !description.starts_with('{') {
        return None;
    }
    serde_json::from_str(description).ok()
}

/// The frames of a page.
pub(super) struct Frames {
    /// How many are in the file.
    pub count: u64,
    /// Why there are fewer than stated.
    pub broken: Option<String>,
}

impl Frames {
    /// Returns the frames of the only page of a file.
    pub(super) fn of<R: Read + Seek>(
        reader: &mut TiffReader<R>,
        first: &FirstDirectory,
    ) -> Result<Self, String> {
        let (page, facts) = (&first.directory, &first.facts);
        let stated = [
            stated_images(&first.description, facts).unwrap_or(1),
            page.count(tags::METAMORPH_PLANES),
            facts.depth,
        ];
        let stated = stated.into_iter().max().unwrap_or(1);
        if stated <= 1 {
            return Ok(Self::one(None));
        }
        let only_first = format!("{stated} images are stated, and only the first is described");
        if stated > MOST_FRAMES {
            return Ok(Self::one(Some(only_first)));
        }
        let Some(start) = start_of_frames(reader, page, facts)? else {
            return Ok(Self::one(Some(only_first)));
        };
        let bytes = facts.stored_bytes().max(1);
        // A writer that keeps the description alone has its directory where the second frame would be.
        let end = reader.next_structure(first.start, start)?;
        let held = (end.saturating_sub(start) / bytes).clamp(1, stated);
        if held == 1 {
            return Ok(Self::one(Some(only_first)));
        }
        Ok(Self {
            count: held,
            broken: (held < stated)
                .then(|| format!("truncated: {stated} images are stated, and {held} are there")),
        })
    }

    fn one(broken: Option<String>) -> Self {
        Self { count: 1, broken }
    }
}

/// Returns where the frames begin; `None` if they cannot follow one another without gaps.
fn start_of_frames<R: Read + Seek>(
    reader: &mut TiffReader<R>,
    page: &Directory,
    facts: &PageFacts,
) -> Result<Option<u64>, String> {
    if facts.compression != 1 || facts.tile.is_some() {
        return Ok(None);
    }
    let rows = facts.rows_per_strip.clamp(1, facts.height.max(1));
    let strip = facts.stored_bytes() / facts.height.max(1) * rows;
    let offsets = reader.numbers(page, tags::STRIP_OFFSETS, MOST_FRAMES as usize)?;
    let strips = facts.height.div_ceil(rows) as usize;
    let is_dense = |(two, _): (&[u64], _)| two[1] == two[0].saturating_add(strip);
    let within_frame = offsets.windows(2).zip(1..strips);
    if facts.is_planar || !within_frame.into_iter().all(is_dense) {
        return Ok(offsets.first().copied().filter(|_| offsets.len() == 1));
    }
    Ok(offsets.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_description_are_found_by_their_key() {
        let description = "ImageJ=1.53t\nimages=6\nchannels=2\nslices=3\n";
        assert_eq!(image_j_number(description, "channels"), Some(2));
        assert_eq!(image_j_number(description, "frames"), None);
        assert_eq!(stated_shape("{\"shape\": [5, 8, 8]}"), Some(vec![5, 8, 8]));
        assert_eq!(stated_shape("a text"), None);
    }
}
