//! The table of formats in the guide: every cell is made true with a tiny file.
//!
//! `tests/data/make_formats.py` makes the files and `formats.json`, with the pixels that are to be read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use nmf_images::images::{ImageSet, Images, LoadOptions, load};
use serde::Deserialize;

use crate::helpers::{folder, message, png, read, reason, twice};

const GUIDE: &str = include_str!("../../assets/guide/input-formats.md");
/// Formats of which a file holds many images.
const SETS: [&str; 6] = ["npy", "npz", "IDX", "csv", "zip", "tar"];

/// A kind of file, and what becomes of it.
#[derive(Deserialize)]
struct Cell {
    format: String,
    column: String,
    kind: String,
    result: String,
    file: String,
    /// What the message contains if it is not read.
    reason: Option<String>,
    #[serde(default)]
    width: usize,
    #[serde(default)]
    height: usize,
    #[serde(default)]
    pixels: Vec<f32>,
    #[serde(default)]
    tolerance: f32,
}

impl Cell {
    fn all() -> Vec<Self> {
        serde_json::from_str(include_str!("../data/formats.json")).unwrap()
    }

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats")
    }

    fn path(&self) -> PathBuf {
        Self::folder().join(&self.file)
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    /// Its place and entry in the table.
    fn in_table(&self) -> [String; 4] {
        [&self.format, &self.column, &self.result, &self.kind].map(Clone::clone)
    }

    fn holds_many(&self) -> bool {
        let is_stack = self.pixels.len() > self.width * self.height;
        SETS.contains(&&self.format[..]) || is_stack
    }

    /// The images of the file; of a single image, twice.
    fn read(&self) -> ImageSet {
        if self.holds_many() {
            load(&self.path(), &LoadOptions::default()).unwrap()
        } else {
            twice(&self.file, self.bytes())
        }
    }

    /// Why the file is skipped beside two good ones; of an archive, why its last member is.
    fn reason_of_skipping(&self) -> String {
        if !self.holds_many() {
            return reason(&self.file, self.bytes());
        }
        let set = self.read();
        assert_eq!((set.len(), set.skipped.len()), (2, 1), "{}", self.file);
        set.skipped[0].reason.clone()
    }

    /// How the pixels of the file differ from those expected; `None` if they do not.
    fn difference(&self) -> Option<String> {
        let set = self.read();
        let shape = set.shape();
        if (shape.width, shape.height) != (self.width, self.height) {
            return Some(format!("{}: {shape:?}", self.file));
        }
        let images = self.pixels.chunks(shape.pixels()).enumerate();
        let most = images
            .flat_map(|(image, expected)| {
                let read = set.image_f32(image);
                let pairs = read.into_iter().zip(expected.to_vec());
                pairs.map(|(read, expected)| (read - expected).abs())
            })
            .fold(0.0, f32::max);
        (most > self.tolerance + 1e-6).then(|| format!("{}: {most}", self.file))
    }
}

/// The entries of the table in the guide: format, column, result and kind.
fn table() -> BTreeSet<[String; 4]> {
    let guide = GUIDE.replace('`', "");
    let begin = guide.find("| format | bits |").unwrap();
    let mut lines = guide[begin..].lines().take_while(|line| !line.is_empty());
    let columns = fields(lines.next().unwrap());
    let mut entries = BTreeSet::new();
    for line in lines.skip(1) {
        let fields = fields(line);
        assert_eq!(fields.len(), columns.len(), "{line}");
        for (column, field) in columns.iter().zip(&fields).skip(1) {
            for part in field.split("; ").filter(|part| *part != "–") {
                let (result, kinds) = part.split_once(": ").unwrap();
                entries.extend(
                    kinds
                        .split(", ")
                        .map(|kind| [fields[0], column, result, kind].map(str::to_owned)),
                );
            }
        }
    }
    entries
}

fn fields(line: &str) -> Vec<&str> {
    let line = line.trim_matches('|');
    line.split('|').map(str::trim).collect()
}

#[test]
fn the_table_of_the_guide_has_an_entry_for_every_file_and_no_other() {
    let made: BTreeSet<_> = Cell::all().iter().map(Cell::in_table).collect();
    let told = table();
    let missing: Vec<_> = made.difference(&told).collect();
    let unproven: Vec<_> = told.difference(&made).collect();
    assert!(missing.is_empty(), "not in the table: {missing:?}");
    assert!(unproven.is_empty(), "without a file: {unproven:?}");
    assert!(told.len() > 100);
}

#[test]
fn what_the_table_calls_read_has_the_expected_pixels() {
    let cells = Cell::all();
    let read = cells.iter().filter(|cell| cell.result == "read");
    let wrong: Vec<String> = read.filter_map(Cell::difference).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_the_table_calls_named_is_skipped_with_that_name() {
    for cell in Cell::all().iter().filter(|cell| cell.result == "named") {
        let expected = cell.reason.as_ref().unwrap();
        let reason = cell.reason_of_skipping();
        assert!(reason.contains(expected), "{}: {reason}", cell.file);
    }
}

#[test]
fn what_the_table_calls_refused_ends_the_run_with_one_line() {
    for cell in Cell::all().iter().filter(|cell| cell.result == "refused") {
        let expected = cell.reason.as_ref().unwrap();
        let message = message(&cell.path(), &LoadOptions::default());
        assert!(message.contains(expected), "{}: {message}", cell.file);
    }
}

/// A PNG file whose image data are cut and closed again, with right checksums.
fn closed_png(whole: &[u8], length: usize) -> Vec<u8> {
    let header = &whole[16..29];
    let place = whole.windows(4).position(|four| four == b"IDAT").unwrap();
    let data = &whole[place + 4..place + 4 + length];
    png(&[(b"IHDR", header), (b"IDAT", data), (b"IEND", &[])])
}

/// A GIF file whose first block of image data is cut and closed again.
fn closed_gif(whole: &[u8], length: usize) -> Vec<u8> {
    let frame = whole
        .windows(5)
        .position(|five| five == b"\x2c\0\0\0\0")
        .unwrap();
    let block = frame + 11;
    let data = &whole[block + 1..block + 1 + length];
    [&whole[..block], &[length as u8], data, b"\0\x3b"].concat()
}

#[test]
fn a_file_that_was_cut_and_closed_again_is_skipped() {
    let sample = |name| fs::read(Cell::folder().join(name)).unwrap();
    let file = sample("png-rgb.png");
    for length in [5, 20, 30] {
        let reason = reason("a.png", closed_png(&file, length));
        assert_eq!(reason, "truncated", "{length} bytes");
    }
    let file = sample("gif-palette.gif");
    for length in [1, 4, 8] {
        let reason = reason("a.gif", closed_gif(&file, length));
        assert!(reason.starts_with("truncated"), "{length} bytes: {reason}");
    }
}

#[test]
fn a_file_that_was_cut_anywhere_is_skipped_or_read_whole() {
    let cells = Cell::all();
    let is_checked = |cell: &&Cell| {
        let is_text = cell.kind == "text" || cell.file.contains("-text");
        cell.result == "read" && !cell.holds_many() && !is_text
    };
    for cell in cells.iter().filter(is_checked) {
        let whole = cell.bytes();
        let cut: Vec<_> = (8..whole.len())
            .step_by(3)
            .chain(whole.len() - 3..whole.len())
            .map(|length| (format!("c{length}-{}", cell.file), whole[..length].to_vec()))
            .collect();
        let mut files: Vec<_> = cut
            .iter()
            .map(|(name, cut)| (&name[..], cut.clone()))
            .collect();
        files.push(("a", whole.clone()));
        files.push(("b", whole.clone()));
        let set = read(&folder(&files));
        assert!(
            set.skipped.len() + 3 >= cut.len() / 2,
            "{}: {:?}",
            cell.file,
            set.names
        );
        for image in 0..set.len() {
            assert_eq!(
                set.image_f32(image),
                set.image_f32(0),
                "{}",
                set.names[image]
            );
        }
    }
}
