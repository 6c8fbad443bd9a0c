//! JPEG files: which of them are whole, and which kinds are named.

use std::fs;
use std::path::Path;

use image::{GrayImage, ImageFormat, Luma};

use crate::decode::encode;
use crate::helpers::{folder, read, reason, twice, values};

/// A file of the table of formats.
fn sample(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats");
    fs::read(folder.join(name)).unwrap()
}

/// The places of a marker.
fn places(bytes: &[u8], marker: u8) -> Vec<usize> {
    let is_marker = |two: &[u8]| two == [0xff, marker];
    let found = bytes.windows(2).enumerate();
    found
        .filter(|(_, two)| is_marker(two))
        .map(|(place, _)| place)
        .collect()
}

/// What may follow the place where a file was cut.
fn tails(whole: &[u8]) -> Vec<Vec<u8>> {
    vec![
        Vec::new(),
        whole.to_vec(),
        [b"SEFT", whole].concat(),
        [b"MPF and a preview", whole, b"SEFHe\0\0\0SEFT"].concat(),
        [vec![0; 4000], vec![0xff, 0xd9]].concat(),
        vec![0; 4000],
        b"a long text that has no marker at all. ".repeat(40),
    ]
}

/// The reasons why cut files are skipped, of which two whole ones lie beside.
fn reasons(whole: &[u8], cut: Vec<Vec<u8>>) -> Vec<String> {
    let count = cut.len();
    let names: Vec<String> = (0..count).map(|index| format!("c{index}.jpg")).collect();
    let mut files: Vec<(&str, Vec<u8>)> = names.iter().map(String::as_str).zip(cut).collect();
    files.push(("a.jpg", whole.to_vec()));
    files.push(("b.jpg", whole.to_vec()));
    let set = read(&folder(&files));
    assert_eq!(set.names, ["a.jpg", "b.jpg"], "of {count} cut files");
    set.skipped.into_iter().map(|file| file.reason).collect()
}

#[test]
fn a_cut_in_the_scan_is_seen_whatever_follows() {
    for name in [
        "jpeg-grey.jpg",
        "jpeg-420.jpg",
        "jpeg-rgb.jpg",
        "jpeg-restarts.jpg",
        "jpeg-cmyk.jpg",
    ] {
        let whole = sample(name);
        let scan = places(&whole, 0xda)[0] + 14;
        let mut cut = Vec::new();
        for at in (scan..whole.len() - 2).step_by(9) {
            let tails = tails(&whole).into_iter().chain([vec![0xff, 0xd9]]);
            cut.extend(tails.map(|tail| [&whole[..at], &tail[..]].concat()));
        }
        for reason in reasons(&whole, cut) {
            assert!(reason.starts_with("truncated"), "{name}: {reason}");
        }
    }
}

#[test]
fn a_progressive_file_that_was_cut_anywhere_is_skipped_whatever_follows() {
    let whole = sample("jpeg-progressive.jpg");
    let scans = places(&whole, 0xda);
    assert!(scans.len() > 5);
    let mut cut: Vec<Vec<u8>> = Vec::new();
    for at in (scans[0] + 14..whole.len() - 2).step_by(7) {
        cut.extend(
            tails(&whole)
                .iter()
                .map(|tail| [&whole[..at], tail].concat()),
        );
    }
    // Between two scans no code is missing: only that all scans are there shows it.
    cut.extend(scans[1..].iter().map(|&at| whole[..at].to_vec()));
    for reason in reasons(&whole, cut) {
        let is_named = ["truncated", "damaged"]
            .iter()
            .any(|word| reason.starts_with(word));
        assert!(is_named, "{reason}");
    }
}

#[test]
fn a_whole_scan_without_its_end_marker_is_read_and_noted() {
    for name in ["jpeg-grey.jpg", "jpeg-progressive.jpg", "jpeg-restarts.jpg"] {
        let whole = sample(name);
        let length = whole.len();
        let bare = &whole[..length - 2];
        for rest in [
            bare.to_vec(),
            whole[..length - 1].to_vec(),
            [bare, &whole].concat(),
        ] {
            let set = twice(".jpg", rest);
            assert_eq!(set.image_f32(0), values(".jpg", whole.clone()), "{name}");
            let note = "2 JPEGs lack their end marker; all pixels are there, but copy the originals again if more should follow";
            assert!(set.notes.contains(&note.to_owned()), "{:?}", set.notes);
        }
    }
}

#[test]
fn a_progressive_file_without_its_last_scans_is_noted() {
    let whole = sample("jpeg-progressive.jpg");
    let scans = places(&whole, 0xda);
    let last_tables = places(&whole, 0xc4);
    let cut = last_tables.iter().filter(|&&at| at > scans[0]);
    for &at in cut.chain(&scans[1..]) {
        let set = twice(".jpg", [&whole[..at], b"\xff\xd9"].concat());
        let note = "2 progressive JPEGs lack the last scans, with fine detail: copy the originals again if they are sharper";
        assert!(set.notes.contains(&note.to_owned()), "{:?}", set.notes);
    }
    let notes = twice(".jpg", whole).notes;
    assert!(
        notes.iter().all(|note| !note.contains("scans")),
        "{notes:?}"
    );
}

#[test]
fn what_follows_the_end_marker_is_ignored() {
    let whole = sample("jpeg-420.jpg");
    for tail in tails(&whole) {
        let set = twice(".jpg", [&whole[..], &tail].concat());
        let has_note = set.notes.iter().any(|note| note.contains("end marker"));
        assert_eq!((set.skipped.len(), has_note), (0, false));
        assert_eq!(set.image_f32(0), values(".jpg", whole.clone()));
    }
}

#[test]
fn the_thumbnail_in_a_segment_does_not_count() {
    let whole = sample("jpeg-grey.jpg");
    let length = (whole.len() as u16 + 8).to_be_bytes();
    let thumbnail = [b"\xff\xe1", &length[..], b"Exif\0\0", &whole].concat();
    let with = |end: usize| [&whole[..2], &thumbnail, &whole[2..end]].concat();
    assert_eq!(twice(".jpg", with(whole.len())).skipped, []);
    let cut = reason("a.jpg", with(whole.len() - 20));
    assert!(cut.starts_with("truncated: the scan ends after "), "{cut}");
}

#[test]
fn restart_markers_out_of_order_are_damage() {
    let mut bytes = sample("jpeg-restarts.jpg");
    let first = places(&bytes, 0xd0)[0];
    bytes[first + 1] = 0xd3;
    assert!(
        reason("a.jpg", bytes).starts_with("truncated or damaged: the scan is not valid after ")
    );
}

#[test]
fn kinds_that_are_not_decoded_are_named() {
    let whole = encode(GrayImage::from_pixel(8, 8, Luma([99])), ImageFormat::Jpeg);
    let frame = places(&whole, 0xc0)[0];
    let kinds = [
        (0xc3, "lossless JPEG"),
        (0xc5, "hierarchical JPEG"),
        (0xc6, "hierarchical JPEG"),
        (0xc7, "hierarchical lossless JPEG"),
        (0xc9, "JPEG with arithmetic coding"),
        (0xca, "JPEG with arithmetic coding"),
        (0xcb, "lossless JPEG with arithmetic coding"),
        (0xcd, "hierarchical JPEG with arithmetic coding"),
        (0xce, "hierarchical JPEG with arithmetic coding"),
        (0xcf, "hierarchical JPEG with arithmetic coding"),
        (0xf7, "JPEG-LS"),
    ];
    for (marker, kind) in kinds {
        let mut bytes = whole.clone();
        bytes[frame + 1] = marker;
        let expected = format!("{kind}: not supported; save it as 8- or 16-bit PNG");
        assert_eq!(reason("a.jpg", bytes), expected);
    }
    for (depth, marker) in [(12, 0xc0), (12, 0xc1), (12, 0xc2), (16, 0xc1)] {
        let mut bytes = whole.clone();
        bytes[frame + 1] = marker;
        bytes[frame + 4] = depth;
        let expected = format!("{depth}-bit JPEG: not supported; save it as 16-bit PNG");
        assert_eq!(reason("a.jpg", bytes), expected);
    }
    let mut without_height = whole.clone();
    without_height[frame + 6] = 0;
    assert_eq!(
        reason("a.jpg", without_height),
        "JPEG with its height after the scan (DNL): not supported; save it as PNG"
    );
}
