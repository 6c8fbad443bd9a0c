//! Masks of every kind of values: two levels, grey ones, fractions, classes, and values that are no mask.

use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use ndarray::Array2;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use crate::command::{COUNT, Desk, HEIGHT, WIDTH, pgm};
use crate::failing::fails;
use crate::results::report_of;

const PIXELS: usize = WIDTH * HEIGHT;

fn unknown(report: &Value) -> u64 {
    report["input"]["unknown"].as_u64().unwrap_or(0)
}

fn notes(report: &Value) -> String {
    report["input"]["notes"].to_string()
}

/// A mask whose first `hidden` pixels have the value 0, and the others `bright`.
fn two_levels(hidden: usize, bright: u8) -> Vec<u8> {
    let values = (0..PIXELS).map(|at| if at < hidden { 0 } else { bright });
    pgm(WIDTH, HEIGHT, &values.collect::<Vec<u8>>())
}

/// A 16-bit PNG whose first `hidden` pixels have the value 0, and the others `bright`.
fn deep(hidden: usize, bright: u16) -> Vec<u8> {
    let values = (0..PIXELS).map(|at| if at < hidden { 0 } else { bright });
    let samples: Vec<u8> = values.flat_map(u16::to_ne_bytes).collect();
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(
            &samples,
            WIDTH as u32,
            HEIGHT as u32,
            ExtendedColorType::L16,
        )
        .unwrap();
    bytes
}

#[test]
fn a_mask_of_0_and_another_value_is_black_and_white() {
    let desk = Desk::with_pictures();
    for (name, bytes, is_noted) in [
        ("one.pgm", two_levels(5, 1), true),
        ("three.pgm", two_levels(5, 3), true),
        ("white.pgm", two_levels(5, 255), false),
        ("deep-one.png", deep(5, 1), true),
        ("deep-byte.png", deep(5, 255), true),
        ("deep.png", deep(5, 65535), false),
    ] {
        desk.write(name, bytes);
        let report = report_of(&desk, &format!("pictures -k 2 --only parts --mask {name}"));
        assert_eq!(unknown(&report), 5 * COUNT as u64, "{name}");
        let note = "1 mask holds only 0 and";
        assert_eq!(notes(&report).contains(note), is_noted, "{name}: {report}");
    }
    let all_known = report_of(&desk, "pictures -k 2 --only parts --mask one.pgm");
    assert!(
        notes(&all_known).contains("0 and 1 of 255 (one.pgm)"),
        "{all_known}"
    );
    desk.write("ones.pgm", two_levels(0, 1));
    assert_eq!(
        unknown(&report_of(
            &desk,
            "pictures -k 2 --only parts --mask ones.pgm"
        )),
        0
    );
}

#[test]
fn masks_of_a_folder_may_be_of_0_and_1() {
    let desk = Desk::with_pictures();
    for image in 0..COUNT {
        let bright = if image < 4 { 255 } else { 1 };
        desk.write(&format!("masks/{image}.pgm"), two_levels(image, bright));
    }
    let report = report_of(&desk, "pictures -k 2 --only parts --mask masks");
    assert_eq!(unknown(&report), (0..COUNT as u64).sum::<u64>());
    let note = "8 masks hold only 0 and 1 of 255 (4.pgm, …): the latter is known";
    assert!(notes(&report).contains(note), "{report}");
}

#[test]
fn grey_masks_of_every_kind_have_the_same_note() {
    let desk = Desk::with_pictures();
    let levels: Vec<u8> = (0..PIXELS)
        .map(|at| match at {
            0..5 => 0,
            5..8 => 127,
            8..12 => 128,
            _ => 255,
        })
        .collect();
    desk.write("grey.pgm", pgm(WIDTH, HEIGHT, &levels));
    desk.write("greys/3.pgm", pgm(WIDTH, HEIGHT, &levels));
    let bytes = Array2::from_shape_vec((HEIGHT, WIDTH), levels.clone()).unwrap();
    desk.write_npy("bytes.npy", &bytes);
    desk.write_npy(
        "fractions.npy",
        &bytes.mapv(|value| f32::from(value) / 255.0),
    );
    for (mask, images, named) in [
        (
            "grey.pgm",
            COUNT,
            "(grey.pgm): those of at least 128 of 255",
        ),
        ("greys", 1, "(3.pgm): those of at least 128 of 255"),
        (
            "bytes.npy",
            COUNT,
            "(bytes.npy): those of at least 128 of 255",
        ),
        (
            "fractions.npy",
            COUNT,
            "(fractions.npy): those of at least 0.5 of 1",
        ),
    ] {
        let report = report_of(&desk, &format!("pictures -k 2 --only parts --mask {mask}"));
        assert_eq!(unknown(&report), 8 * images as u64, "{mask}");
        let note = format!("1 mask has 7 pixels between black and white {named} are known");
        assert!(notes(&report).contains(&note), "{mask}: {report}");
    }
}

#[test]
fn arrays_of_0_and_1_need_no_note() {
    let desk = Desk::with_pictures();
    let known = Array2::from_shape_fn((HEIGHT, WIDTH), |(row, column)| row > 0 || column > 4);
    desk.write_npy("bool.npy", &known);
    desk.write_npy("bytes.npy", &known.mapv(u8::from));
    desk.write_npy(
        "floats.npy",
        &known.mapv(|known| f32::from(u8::from(known))),
    );
    for mask in ["bool.npy", "bytes.npy", "floats.npy"] {
        let report = report_of(&desk, &format!("pictures -k 2 --only parts --mask {mask}"));
        assert_eq!(unknown(&report), 5 * COUNT as u64, "{mask}");
        assert!(!notes(&report).contains(" mask "), "{mask}: {report}");
    }
}

#[test]
fn masks_that_cannot_be_meant_are_refused() {
    let desk = Desk::with_pictures();
    let classes: Vec<u8> = (0..PIXELS).map(|at| (at % 3) as u8).collect();
    desk.write("classes.pgm", pgm(WIDTH, HEIGHT, &classes));
    fails(
        &desk,
        "pictures -k 2 --mask classes.pgm",
        1,
        &[
            "the largest value of the mask classes.pgm is 2 of 255",
            "known ones as 255",
        ],
    );
    let mut values = Array2::<f32>::ones((HEIGHT, WIDTH));
    values[[2, 3]] = f32::NAN;
    values[[4, 0]] = -1.0;
    desk.write_npy("nan.npy", &values);
    fails(
        &desk,
        "pictures -k 2 --mask nan.npy",
        1,
        &[
            "nan.npy",
            "2 values that are negative or not finite",
            "row 2, column 3",
        ],
    );
}

#[test]
fn a_mask_that_hides_nearly_everything_may_be_inverted() {
    let desk = Desk::with_pictures();
    desk.write("most.pgm", two_levels(PIXELS - 6, 255));
    desk.command("pictures -k 2 --only parts --mask most.pgm")
        .assert()
        .success()
        .stderr(contains(
            "if masks are white where pixels are unknown, invert them",
        ));
    desk.write("few.pgm", two_levels(6, 255));
    desk.command("pictures -k 2 --only parts --mask few.pgm")
        .assert()
        .success()
        .stderr(contains("invert them").not());
}
