//! Pixels that are far brighter than all others: named with the way out, and kept from setting the scale of pictures.

use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use ndarray::{Array2, Array3};
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use crate::command::{Desk, pgm};
use crate::results::{report_of, strings};

const SIDE: usize = 16;

/// Returns the value of a pixel (image, row, column) if it is changed.
type Pixel = fn(usize, usize, usize) -> Option<u16>;

/// A desk with nine dark 16-bit images in the folder `set`, in which `pixel` changes the value of (image, row, column).
fn desk(pixel: Pixel) -> Desk {
    let desk = Desk::empty();
    let mut state = 1_u32;
    for image in 0..9 {
        let mut samples = Vec::new();
        for at in 0..SIDE * SIDE {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let dark = (state >> 16) as u16 % 2000;
            let value = pixel(image, at / SIDE, at % SIDE).unwrap_or(dark);
            samples.extend(value.to_ne_bytes());
        }
        let mut bytes = Vec::new();
        PngEncoder::new(&mut bytes)
            .write_image(&samples, SIDE as u32, SIDE as u32, ExtendedColorType::L16)
            .unwrap();
        desk.write(&format!("set/{image}.png"), bytes);
    }
    desk
}

fn stuck(_: usize, row: usize, column: usize) -> Option<u16> {
    ((row, column) == (3, 6)).then_some(65535)
}

fn first_note(report: &Value) -> &str {
    strings(&report["input"]["notes"])[0]
}

fn captions(report: &Value) -> Vec<&str> {
    let files = report["files"].as_array().unwrap();
    files
        .iter()
        .map(|file| file["caption"].as_str().unwrap())
        .collect()
}

#[test]
fn a_stuck_pixel_is_named_with_the_way_out_that_works() {
    let desk = desk(stuck);
    let report = report_of(
        &desk,
        "set -k 3 --only parts,eigenimages,reconstructions,comparison",
    );
    let note = first_note(&report);
    for words in [
        "9 values are far brighter than all others, at 1 pixel (row 3, column 6, counted from 0; first in 0.png)",
        "up to 1.0000, all others at most 0.030",
        "pass --missing 1 to treat them as unknown",
    ] {
        assert!(note.contains(words), "no `{words}` in {note}");
    }
    for caption in captions(&report).iter().take(4) {
        assert!(
            caption.ends_with(
                " 1 pixel is far brighter than all others; images are clipped at 0.0305."
            ),
            "{caption}"
        );
    }
    let without = report_of(&desk, "set -k 3 --only parts --missing 1");
    assert_eq!(without["input"]["unknown"].as_u64(), Some(9));
    assert!(!first_note(&without).contains("brighter"), "{without}");
    assert!(!captions(&without)[0].contains("clipped"));
}

#[test]
fn a_pixel_of_several_values_is_hidden_by_the_mask_that_the_note_makes() {
    let desk = desk(|image, row, column| stuck(image, row, column).map(|top| top - image as u16));
    let report = report_of(&desk, "set -k 3 --only parts");
    let note = first_note(&report);
    let python = "m = numpy.ones((16, 16)); m[3, 6] = 0; numpy.save('mask.npy', m)";
    assert!(
        note.contains(python) && note.contains("--mask mask.npy"),
        "{note}"
    );
    let mut mask = Array2::<f64>::ones((16, 16));
    mask[[3, 6]] = 0.0;
    desk.write_npy("mask.npy", &mask);
    let without = report_of(&desk, "set -k 3 --only parts --mask mask.npy");
    assert!(
        !without["input"]["notes"].to_string().contains("brighter"),
        "{without}"
    );
}

#[test]
fn a_value_of_an_array_of_16_bits_is_named_as_stored() {
    let desk = Desk::empty();
    let dark = |(image, row, column)| {
        let dark = (image * 31 + row * 17 + column * 7) % 61;
        stuck(image, row, column).unwrap_or(dark as u16)
    };
    desk.write_npy("set.npy", &Array3::from_shape_fn((9, SIDE, SIDE), dark));
    let note = first_note(&report_of(&desk, "set.npy -k 3 --only parts")).to_owned();
    assert!(
        note.ends_with("pass --missing 65535 to treat them as unknown"),
        "{note}"
    );
    let without = report_of(&desk, "set.npy -k 3 --only parts --missing 65535");
    assert_eq!(without["input"]["unknown"].as_u64(), Some(9));
}

#[test]
fn a_mask_is_the_way_out_where_no_value_is() {
    let dark: Pixel = |image, row, column| {
        let bright = 65_535 - (image * 31 + row * 17 + column * 7) as u16 % 1500;
        Some(if (row, column) == (3, 6) { 0 } else { bright })
    };
    for (pixel, options) in [
        (stuck as Pixel, "--size 48x48"),
        (stuck, "--missing nan"),
        (dark, "--invert"),
    ] {
        let desk = desk(pixel);
        let report = report_of(&desk, &format!("set -k 3 --only parts {options}"));
        let note = first_note(&report);
        assert!(
            note.contains("brighter") && note.contains("pass --mask "),
            "{options}: {note}"
        );
        assert!(!note.contains("--missing"), "{options}: {note}");
    }
    let desk = desk(stuck);
    let eight = vec![1; SIDE * SIDE];
    desk.write("set/eight.pgm", pgm(SIDE, SIDE, &eight));
    let mixed = report_of(&desk, "set -k 3 --only parts");
    assert!(
        !first_note(&mixed).contains("--missing"),
        "1 is dark in 8 bits: {mixed}"
    );
}

#[test]
fn a_mask_that_is_given_is_to_hide_the_pixel_too() {
    let desk = desk(stuck);
    let mut mask = Array2::<u8>::ones((SIDE, SIDE));
    mask[[0, 0]] = 0;
    desk.write_npy("mask.npy", &mask);
    let report = report_of(&desk, "set -k 3 --only parts --mask mask.npy");
    let note = first_note(&report);
    assert!(
        note.ends_with("to treat them as unknown, make this pixel black in the mask too"),
        "{note}"
    );
}

#[test]
fn a_single_pixel_a_row_and_a_column_are_named_too() {
    let single: Pixel = |image, row, column| ((image, row, column) == (4, 9, 2)).then_some(40_000);
    let row: Pixel = |_, row, _| (row == 5).then_some(50_000);
    let column: Pixel = |_, _, column| (column == 7).then_some(50_000);
    for (pixel, words) in [
        (
            single,
            "1 value is far brighter than all others, at 1 pixel (row 9, column 2, counted from 0; first in 4.png)",
        ),
        (
            row,
            "144 values are far brighter than all others, at 16 pixels (row 5, column 0, …",
        ),
        (column, "at 16 pixels (row 0, column 7, …"),
    ] {
        let report = report_of(&desk(pixel), "set -k 3 --only parts");
        let note = first_note(&report);
        assert!(note.contains(words), "no `{words}` in {note}");
    }
}

#[test]
fn ordinary_images_have_no_outliers() {
    desk(|_, _, _| None)
        .command("set -k 3 --only parts")
        .assert()
        .success()
        .stderr(contains("brighter").not());
    Desk::with_pictures()
        .command("pictures -k 3 --only parts")
        .assert()
        .success()
        .stderr(contains("brighter").not());
}

#[test]
fn reconstructions_are_drawn_on_the_scale_of_the_other_pixels() {
    let desk = desk(stuck);
    report_of(&desk, "set -k 3 --only reconstructions --format svg");
    let svg = std::fs::read_to_string(desk.path("output/reconstructions.svg")).unwrap();
    assert!(svg.contains("white = 0.03"), "the title states the scale");
}
