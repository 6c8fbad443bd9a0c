//! What one process has read of an input, with the counts that all processes add up before they are reported.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::decode::NoData;
use crate::basis::Shape;
use crate::communicator::{Communicator, all_gather};
use crate::error::one_line;
use crate::images::missing::Missing;
use crate::images::options::LoadOptions;
use crate::images::set::{ImageSet, Pixels};
use crate::npy::PixelScale;
use crate::plural::{by_count, counted};

/// The images that one process has read.
pub(crate) struct ReadSet {
    /// The images; its notes are the same on all processes.
    pub set: ImageSet,
    /// Counts over the images of this process alone.
    pub facts: FileFacts,
    /// The ignored files by extension; `None` if the input is one array.
    pub ignored: Option<BTreeMap<String, usize>>,
}

impl ReadSet {
    /// Returns an array that was read, or that stays in its file and has `stored_bytes` there.
    pub(crate) fn of_array(set: ImageSet, stored_bytes: u64) -> Self {
        let facts = FileFacts {
            stored_bytes,
            scales: [scale_of(&set.pixels)].into(),
            ..FileFacts::default()
        };
        Self {
            set,
            facts,
            ignored: None,
        }
    }
}

/// Returns the scale of pixels that are as in their file.
fn scale_of(pixels: &Pixels) -> PixelScale {
    match pixels {
        Pixels::U8(_) => PixelScale::Grey,
        Pixels::F32(_) | Pixels::Stored(_) => PixelScale::AsStored,
    }
}

/// Facts about files beyond their pixels.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct FileFacts {
    /// How many images have transparent pixels.
    transparent: usize,
    /// How many JPEG files lack their end marker.
    without_end: usize,
    /// How many progressive JPEG files lack scans of fine detail.
    without_detail: usize,
    /// How many files have an extension that contradicts their format, by extension and format.
    misnamed: BTreeMap<String, BTreeMap<String, usize>>,
    /// Bytes of pixels that stay in their file.
    stored_bytes: u64,
    /// Whether the images are the rows of a table.
    pub(crate) is_table: bool,
    /// What the stored values of the images mean.
    pub(crate) scales: BTreeSet<PixelScale>,
    /// Pixels that files declare as unknown.
    no_data: Option<NoDataCount>,
    /// How many images were resized, by their size before.
    resized: BTreeMap<String, usize>,
}

/// Pixels that files declare as unknown.
#[derive(Debug, Serialize, Deserialize)]
struct NoDataCount {
    images: usize,
    pixels: usize,
    /// The value and place of the first.
    value: String,
    first: String,
}

impl FileFacts {
    /// Counts one image with transparent pixels.
    pub(crate) fn count_transparent(&mut self) {
        self.transparent += 1;
    }

    /// Counts how one JPEG file ends.
    pub(crate) fn count_jpeg_ending(&mut self, has_marker: bool, has_all_scans: bool) {
        self.without_end += usize::from(!has_marker);
        self.without_detail += usize::from(!has_all_scans);
    }

    /// Counts one file of a format that its extension contradicts.
    pub(crate) fn count_misnamed(&mut self, extension: &str, format: &str) {
        let formats = self.misnamed.entry(extension.to_owned()).or_default();
        *formats.entry(format.to_owned()).or_default() += 1;
    }

    /// Counts images of this size that were resized.
    pub(crate) fn count_resized(&mut self, from: Shape, images: usize) {
        *self.resized.entry(from.to_string()).or_default() += images;
    }

    /// Counts the pixels that the file of an image declares as unknown.
    pub(crate) fn count_no_data(&mut self, name: &str, found: &NoData) {
        let (row, column) = found.first;
        self.add_no_data(NoDataCount {
            images: 1,
            pixels: found.count,
            value: found.value.clone(),
            first: format!("{name}, row {row}, column {column}"),
        });
    }

    fn add_no_data(&mut self, later: NoDataCount) {
        match &mut self.no_data {
            Some(sum) => {
                sum.images += later.images;
                sum.pixels += later.pixels;
            }
            None => self.no_data = Some(later),
        }
    }

    /// Adds the counts of other files.
    pub(crate) fn add(&mut self, other: Self) {
        self.transparent += other.transparent;
        self.without_end += other.without_end;
        self.without_detail += other.without_detail;
        self.stored_bytes += other.stored_bytes;
        for (size, count) in other.resized {
            *self.resized.entry(size).or_default() += count;
        }
        self.is_table |= other.is_table;
        self.scales.extend(other.scales);
        if let Some(no_data) = other.no_data {
            self.add_no_data(no_data);
        }
        for (extension, formats) in other.misnamed {
            let sums = self.misnamed.entry(extension).or_default();
            for (format, count) in formats {
                *sums.entry(format).or_default() += count;
            }
        }
    }

    /// Returns the value for [`LoadOptions::missing`] that marks the pixels of this value, normalised; `None` if no value
    /// marks them in all files.
    pub(crate) fn missing_value(&self, pixel: f32) -> Option<f32> {
        let mut scales = self.scales.iter();
        let only = scales.next().filter(|_| scales.next().is_none())?;
        only.stored(pixel)
    }

    /// Returns the sum of the counts of all processes.
    pub(crate) fn sum(self, communicator: &dyn Communicator) -> Self {
        if communicator.size() == 1 {
            return self;
        }
        let own = serde_json::to_vec(&self).unwrap_or_default();
        let mut sum = Self::default();
        for facts in all_gather(communicator, own) {
            sum.add(serde_json::from_slice(&facts).unwrap_or_default());
        }
        sum
    }

    /// Returns a note per fact about image files.
    pub(crate) fn file_notes(&self, options: &LoadOptions) -> Vec<String> {
        let mut notes = Vec::new();
        if self.transparent > 0 {
            let images = counted(self.transparent, "image has", "images have");
            let treated = transparency_is_treated(options);
            notes.push(format!("{images} transparency, {treated}"));
        }
        notes.extend(self.no_data.as_ref().map(NoDataCount::note));
        if self.without_end > 0 {
            let files = counted(self.without_end, "JPEG lacks its", "JPEGs lack their");
            notes.push(format!(
                "{files} end marker; all pixels are there, but copy the originals again if more should follow"
            ));
        }
        if self.without_detail > 0 {
            let files = counted(
                self.without_detail,
                "progressive JPEG lacks",
                "progressive JPEGs lack",
            );
            notes.push(format!(
                "{files} the last scans, with fine detail: copy the originals again if they are sharper"
            ));
        }
        for (extension, formats) in &self.misnamed {
            for (format, &count) in formats {
                let files = counted(count, "file is", "files are");
                let holds = if count == 1 { "holds" } else { "hold" };
                notes.push(format!("{files} named .{extension} but {holds} {format}"));
            }
        }
        notes
    }

    /// Returns a note about images that were resized to the size of a model's, if there are any.
    pub(crate) fn resizing_note(&self, to: Shape) -> Option<String> {
        let (from, _) = self.resized.iter().max_by_key(|(_, count)| **count)?;
        let images = counted(
            self.resized.values().sum(),
            "image is resized",
            "images are resized",
        );
        let more = match self.resized.len() {
            1 => String::new(),
            sizes => format!(" and {}", counted(sizes - 1, "other size", "other sizes")),
        };
        Some(format!(
            "{images} from {from}{more} to {to}, the size of the training images"
        ))
    }

    /// Returns a note about the pixels that stay in their file, if there are any.
    pub(crate) fn storage_note(&self) -> Option<String> {
        (self.stored_bytes > 0).then(|| {
            format!(
                "{} of pixels stay in the file and are read block by block",
                bytes_in_words(self.stored_bytes)
            )
        })
    }
}

/// Returns a number of bytes in GB, or in MB below one GB.
fn bytes_in_words(bytes: u64) -> String {
    if bytes < 1_000_000_000 {
        format!("{} MB", bytes.div_ceil(1_000_000))
    } else {
        format!("{:.1} GB", bytes as f64 / 1e9)
    }
}

impl NoDataCount {
    fn note(&self) -> String {
        let pixels = counted(self.pixels, "pixel", "pixels");
        let has = by_count(self.pixels, "has", "have");
        let is = by_count(self.pixels, "is", "are");
        let images = counted(self.images, "image", "images");
        format!(
            "{pixels} of {images} {has} the value that the file declares as no data, {}, and {is} unknown (the first: {}, \
            counted from 0)",
            one_line(&self.value),
            one_line(&self.first)
        )
    }
}

/// Returns what becomes of transparent pixels.
fn transparency_is_treated(options: &LoadOptions) -> String {
    if options.missing == Some(Missing::Alpha) {
        return "unknown below half opacity".to_owned();
    }
    match options.background {
        0 => "composited over black".to_owned(),
        255 => "composited over white".to_owned(),
        grey => format!("composited over grey {grey}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_sizes_are_counted_in_the_singular_too() {
        let mut facts = FileFacts::default();
        facts.count_resized(Shape::new(2, 3), 5);
        facts.count_resized(Shape::new(4, 4), 1);
        let note = facts.resizing_note(Shape::new(1, 1)).expect("a note");
        assert_eq!(
            note,
            "6 images are resized from 3x2 and 1 other size to 1x1, the size of the training images"
        );
        facts.count_resized(Shape::new(9, 9), 1);
        let note = facts.resizing_note(Shape::new(1, 1)).expect("a note");
        assert!(note.contains("3x2 and 2 other sizes to"), "{note}");
    }

    #[test]
    fn less_than_a_gigabyte_is_stated_in_megabytes() {
        for (bytes, words) in [
            (1, "1 MB of"),
            (31_360_000, "32 MB of"),
            (999_999_999, "1000 MB of"),
            (1_000_000_000, "1.0 GB of"),
            (2_540_000_000, "2.5 GB of"),
        ] {
            let facts = FileFacts {
                stored_bytes: bytes,
                ..FileFacts::default()
            };
            let note = facts.storage_note().expect("a note");
            assert!(note.starts_with(words), "{bytes}: {note}");
        }
    }
}
