//! Unknown pixels on the command line: each option, what is written, and each error.

use std::fs;

use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use ndarray::{Array2, Array3};
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use crate::command::{COUNT, Desk, HEIGHT, WIDTH, bars, pgm};

/// Runs the command with `--quiet`, and reads the report that it leaves in `output`.
fn report_of(desk: &Desk, arguments: &str) -> Value {
    desk.command(arguments).arg("--quiet").assert().success();
    serde_json::from_slice(&fs::read(desk.path("output").join("report.json")).unwrap()).unwrap()
}

fn unknown(report: &Value) -> Option<u64> {
    report["input"]["unknown"].as_u64()
}

fn notes(report: &Value) -> String {
    report["input"]["notes"].to_string()
}

/// Runs the command, which must fail with one line that holds all of `words`.
fn fails(desk: &Desk, arguments: &str, words: &[&str]) {
    let run = desk.command(arguments).assert().code(1);
    let stderr = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert_eq!(stderr.lines().count(), 1, "{arguments}: {stderr}");
    for word in words {
        assert!(
            stderr.contains(word),
            "{arguments}: no `{word}` in {stderr}"
        );
    }
    assert!(
        !desk.path("output").exists(),
        "{arguments} left something behind"
    );
}

/// A mask that hides the first `hidden` pixels.
fn mask(hidden: usize) -> Vec<u8> {
    pgm(
        WIDTH,
        HEIGHT,
        &(0..WIDTH * HEIGHT)
            .map(|at| if at < hidden { 127 } else { 128 })
            .collect::<Vec<u8>>(),
    )
}

#[test]
fn one_mask_hides_the_same_pixels_of_all_images() {
    let desk = Desk::with_pictures();
    desk.write("mask.pgm", mask(5));
    let report = report_of(&desk, "pictures -k 3 --mask mask.pgm");
    assert_eq!(unknown(&report), Some(5 * COUNT as u64));
    assert!(
        notes(&report).contains("5 pixels are unknown in every image, and 0 in every part"),
        "{report}"
    );
    assert_eq!(report["input"]["preparation"]["mask"], "mask.pgm");
    assert!(
        report["nmf"]["hidden_error"].as_f64().unwrap() > 0.99,
        "nothing is known of them: {report}"
    );
    assert!(desk.path("output/inpainting.png").exists());
    let without = report_of(&desk, "pictures -k 3 --only parts");
    assert!(
        unknown(&without).is_none() && without["nmf"].get("hidden_error").is_none(),
        "{without}"
    );
}

#[test]
fn a_folder_of_masks_is_matched_by_name() {
    let desk = Desk::with_pictures();
    desk.write("masks/3.png", png(&[255; WIDTH * HEIGHT], false));
    desk.write("masks/4.pgm", mask(7));
    desk.write("masks/5.pgm", mask(WIDTH * HEIGHT));
    let report = report_of(&desk, "pictures -k 2 --mask masks");
    assert_eq!(unknown(&report), Some(7 + 48), "{report}");
    let notes = notes(&report);
    assert!(
        notes.contains("9 images have no mask (0.pgm, …): all pixels are known"),
        "{notes}"
    );
    assert!(
        notes.contains("1 image has no known pixel (5.pgm): its weights are 0"),
        "{notes}"
    );
    let (nmf, pca) = (
        report["nmf"]["hidden_error"].as_f64(),
        report["pca"]["hidden_error"].as_f64(),
    );
    assert!(nmf.is_some() && pca.is_some());
    desk.command("pictures -k 2 --mask masks")
        .assert()
        .success()
        .stdout(contains("hidden pixels: relative error"));
    // The limit leaves out images whose masks are there all the same.
    assert_eq!(
        unknown(&report_of(&desk, "pictures -k 2 --mask masks --limit 6")),
        Some(7)
    );
}

/// A PNG of these greys, or, with `alpha`, white ones that are so opaque.
fn png(values: &[u8], alpha: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let samples: Vec<u8> = values
        .iter()
        .flat_map(|&v| if alpha { vec![90, v] } else { vec![v] })
        .collect();
    let kind = if alpha {
        ExtendedColorType::La8
    } else {
        ExtendedColorType::L8
    };
    PngEncoder::new(&mut bytes)
        .write_image(&samples, WIDTH as u32, HEIGHT as u32, kind)
        .unwrap();
    bytes
}

#[test]
fn transparent_pixels_are_unknown_where_that_is_asked_for() {
    let desk = Desk::with_pictures();
    let opacity: Vec<u8> = (0..48).map(|at| if at < 4 { 127 } else { 128 }).collect();
    desk.write("pictures/clear.png", png(&opacity, true));
    let report = report_of(&desk, "pictures -k 2 --missing alpha");
    assert_eq!(unknown(&report), Some(4));
    assert!(
        notes(&report).contains("1 image has transparency, unknown below half opacity"),
        "{report}"
    );
    assert!(
        report["nmf"].get("hidden_error").is_none(),
        "the file does not know what is there"
    );
    assert!(
        unknown(&report_of(&desk, "pictures -k 2 --only parts")).is_none(),
        "laid over the background"
    );
}

#[test]
fn pixels_of_a_value_are_unknown() {
    let desk = Desk::with_pictures();
    desk.write(
        "pictures/spots.pgm",
        pgm(
            WIDTH,
            HEIGHT,
            &(0..48)
                .map(|at| if at % 8 == 0 { 255 } else { 90 })
                .collect::<Vec<u8>>(),
        ),
    );
    let report = report_of(&desk, "pictures -k 2 --missing 255 --only inpainting");
    assert_eq!(unknown(&report), Some(6));
    assert_eq!(report["input"]["preparation"]["missing"], "255");
}

#[test]
fn nan_is_unknown_in_arrays_and_refused_without_being_asked_for() {
    let desk = Desk::empty();
    let mut array = bars(COUNT, HEIGHT, WIDTH).mapv(|v| f32::from(v) / 255.0);
    array[[2, 1, 0]] = f32::NAN;
    desk.write_npy("nan.npy", &array);
    fails(
        &desk,
        "nan.npy -k 2",
        &["1 value is NaN or infinite", "or pass --missing nan"],
    );
    assert_eq!(
        unknown(&report_of(&desk, "nan.npy -k 2 --missing nan --limit 6")),
        Some(1)
    );
    array[[3, 0, 0]] = -9.0;
    desk.write_npy("marked.npy", &array);
    fails(&Desk::empty(), "marked.npy", &["no such file"]);
    fs::remove_dir_all(desk.path("output")).unwrap();
    fails(
        &desk,
        "marked.npy -k 2 --missing nan",
        &["1 negative value down to -9", "image 3, row 0, column 0"],
    );
    array[[2, 1, 0]] = 0.5;
    desk.write_npy("marked.npy", &array);
    assert_eq!(
        unknown(&report_of(&desk, "marked.npy -k 2 --missing -9")),
        Some(1)
    );
}

#[test]
fn masks_of_an_array_are_one_for_all_or_one_for_each() {
    let desk = Desk::empty();
    desk.write_npy("set.npy", &bars(COUNT, HEIGHT, WIDTH));
    let hole = |image: usize, row: usize, column: usize| !(image == 1 && row == 2 && column > 4);
    desk.write_npy(
        "each.npy",
        &Array3::from_shape_fn((COUNT, HEIGHT, WIDTH), |(i, r, c)| hole(i, r, c)),
    );
    desk.write_npy(
        "one.npy",
        &Array2::from_shape_fn((HEIGHT, WIDTH), |(r, c)| u8::from(hole(1, r, c))),
    );
    assert_eq!(
        unknown(&report_of(&desk, "set.npy -k 2 --mask each.npy")),
        Some(3)
    );
    assert_eq!(
        unknown(&report_of(&desk, "set.npy -k 2 --mask one.npy")),
        Some(3 * COUNT as u64)
    );
    fs::remove_dir_all(desk.path("output")).unwrap();
    desk.write_npy("two.npy", &Array3::<u8>::ones((2, HEIGHT, WIDTH)));
    fails(
        &desk,
        "set.npy -k 2 --mask two.npy",
        &["two.npy: 2 masks for 12 images"],
    );
}

#[test]
fn a_resized_pixel_is_known_only_if_all_that_it_is_made_of_is() {
    let desk = Desk::with_pictures();
    desk.write("mask.pgm", mask(1));
    // A pixel of half the size is made of those around it too: the corner and its neighbours on both sides.
    let half = report_of(
        &desk,
        "pictures -k 2 --mask mask.pgm --size 4x3 --only parts",
    );
    assert_eq!(unknown(&half), Some(COUNT as u64));
    desk.write(
        "small.pgm",
        pgm(
            4,
            3,
            &[0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255],
        ),
    );
    assert_eq!(
        unknown(&report_of(
            &desk,
            "pictures -k 2 --mask small.pgm --size 4x3 --only parts"
        )),
        Some(12)
    );
    fs::remove_dir_all(desk.path("output")).unwrap();
    fails(
        &desk,
        "pictures --mask small.pgm -k 2",
        &["small.pgm: the mask is 4x3, the images 8x6", "pass --size"],
    );
}

#[test]
fn what_is_no_mask_is_refused_by_name() {
    let desk = Desk::with_pictures();
    fails(
        &desk,
        "pictures --mask nowhere",
        &["nowhere: no such file or folder"],
    );
    desk.write("text.txt", "no picture");
    fails(
        &desk,
        "pictures --mask text.txt",
        &["the mask text.txt cannot be read: not an image: the content is text"],
    );
    desk.write("masks/3.pgm", mask(2));
    desk.write("masks/stranger.pgm", mask(2));
    fails(
        &desk,
        "pictures --mask masks",
        &["the mask stranger.pgm matches no image"],
    );
    desk.write("empty/readme.txt", "no picture");
    fails(
        &desk,
        "pictures --mask empty",
        &["empty contains no mask for any image"],
    );
    desk.write("dark.pgm", mask(WIDTH * HEIGHT));
    fails(
        &desk,
        "pictures --mask dark.pgm",
        &["every pixel of the 12 images is unknown"],
    );
    let wrong = desk.command("pictures --missing some").assert().code(2);
    wrong.stderr(contains(
        "`some` does not select missing pixels: allowed are alpha, nan",
    ));
}

#[test]
fn rules_that_need_all_pixels_are_refused_before_the_work() {
    let desk = Desk::with_pictures();
    desk.write("mask.pgm", mask(5));
    fails(
        &desk,
        "pictures -k 2 --mask mask.pgm --solver bpp",
        &["60 pixels are unknown, but the solver bpp needs all pixels"],
    );
    fails(
        &desk,
        "compare pictures -k 2 --mask mask.pgm",
        &[
            "hoyer",
            "hals, mu (mu:kl, mu:is, mu:BETA), l21, huber and l1 do not",
        ],
    );
    let report = report_of(
        &desk,
        "compare pictures -k 2 --mask mask.pgm --rules hals,mu,mu:kl",
    );
    assert_eq!(unknown(&report), Some(60));
}

#[test]
fn a_picture_of_what_is_filled_needs_something_to_fill() {
    let desk = Desk::with_pictures();
    fails(
        &desk,
        "pictures -k 2 --only inpainting",
        &["every pixel is known", "pass --mask or --missing"],
    );
}

#[test]
fn an_inverted_set_knows_the_same_pixels() {
    let desk = Desk::empty();
    let mut array = bars(COUNT, HEIGHT, WIDTH).mapv(|v| f32::from(v) / 255.0);
    array[[0, 0, 0]] = 1e9;
    desk.write_npy("set.npy", &array);
    let report = report_of(&desk, "set.npy -k 2 --invert --missing 1e9 --only parts");
    assert_eq!(unknown(&report), Some(1));
    let brightest = predicates::str::contains("the largest value is");
    assert!(
        !brightest.eval(&notes(&report)),
        "what is unknown is no white: {report}"
    );
}

#[test]
fn an_image_of_which_nothing_is_known_has_no_error_and_is_no_best_one() {
    let desk = Desk::with_pictures();
    desk.write("masks/5.pgm", pgm(WIDTH, HEIGHT, &[0; WIDTH * HEIGHT]));
    desk.command("pictures -k 2 --mask masks --csv --only reconstructions")
        .assert()
        .success();
    let table = fs::read_to_string(desk.path("output/weights.csv")).unwrap();
    let line = table
        .lines()
        .find(|line| line.starts_with("5.pgm,"))
        .unwrap();
    assert!(line.contains("NaN,NaN"), "{line}");
    let run = desk
        .command("project output pictures --mask masks --out projected")
        .assert()
        .success();
    run.stderr(predicates::str::contains(
        "1 image has no known pixel (5.pgm)",
    ));
    let facts: Value =
        serde_json::from_slice(&fs::read(desk.path("projected/projection.json")).unwrap()).unwrap();
    assert!(
        facts["flagged"]["images"]
            .as_array()
            .unwrap()
            .iter()
            .all(|image| image["name"] != "5.pgm"),
        "{facts}"
    );
    let csv = fs::read_to_string(desk.path("projected/weights.csv")).unwrap();
    let errors = csv
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(2).unwrap().parse::<f64>().unwrap());
    let mut known: Vec<f64> = errors.filter(|error| !error.is_nan()).collect();
    known.sort_by(f64::total_cmp);
    assert_eq!(known.len(), COUNT - 1);
    assert_eq!(
        facts["nmf"]["median"],
        known[known.len() / 2],
        "the median is that of the others"
    );
}

#[test]
fn a_mask_that_hides_nothing_is_noted() {
    let desk = Desk::with_pictures();
    desk.write("white.pgm", pgm(WIDTH, HEIGHT, &[255; WIDTH * HEIGHT]));
    for options in ["--mask white.pgm", "--missing 77.5", "--missing nan"] {
        let report = report_of(&desk, &format!("pictures -k 2 {options} --only parts"));
        assert!(
            notes(&report).contains("no pixel is unknown"),
            "{options}: {}",
            notes(&report)
        );
    }
}

/// A TIFF file of a row of floats.
fn tiff_of_floats(row: &[f32]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    tiff::encoder::TiffEncoder::new(&mut bytes)
        .unwrap()
        .write_image::<tiff::encoder::colortype::Gray32Float>(row.len() as u32, 1, row)
        .unwrap();
    bytes.into_inner()
}

#[test]
fn skipped_tiff_files_of_floats_name_the_option_that_reads_them() {
    let cases = [
        ("nan", f32::NAN, "--missing nan"),
        ("low", f32::MIN, "--missing -3.4028235e38"),
    ];
    for (name, unknown_value, option) in cases {
        let desk = Desk::empty();
        for (file, second) in [("1", 0.5), ("2", 0.75), ("3", unknown_value)] {
            let row = [1.0, second, 0.25];
            desk.write(&format!("{name}/{file}.tif"), tiff_of_floats(&row));
        }
        let report = report_of(&desk, &format!("{name} -k 1"));
        let warnings = report["warnings"].to_string();
        assert!(warnings.contains("row 0, column 1"), "{warnings}");
        assert!(warnings.contains(option), "{warnings}");
        let report = report_of(&desk, &format!("{name} -k 1 {option}"));
        assert_eq!(unknown(&report), Some(1), "{name}");
        let desk = Desk::empty();
        for file in ["1", "2"] {
            let row = [1.0, unknown_value, 0.25];
            desk.write(&format!("{name}/{file}.tif"), tiff_of_floats(&row));
        }
        fails(&desk, &format!("{name} -k 1"), &["0 usable", option]);
    }
}
