//! Several inputs are read as one set.

use std::path::PathBuf;

use ndarray::{Array3, array};
use nmf_images::Shape;
use nmf_images::images::{LoadOptions, Pixels, load, load_several};

use crate::command::{Desk, pgm};

/// A folder with sub-folders, a file, an array of bytes and one of floats, each image of 2x1.
fn desk() -> Desk {
    let desk = Desk::empty();
    desk.write("folder/10/a.pgm", pgm(2, 1, &[1, 2]));
    desk.write("folder/2/b.pgm", pgm(2, 1, &[3, 4]));
    desk.write("folder/notes.txt", "shopping");
    desk.write("file.pgm", pgm(2, 1, &[5, 6]));
    desk.write_npy("bytes.npy", &array![[[7_u8, 8]], [[9, 10]]]);
    desk.write_npy("floats.npy", &array![[[0.5_f32, 2.0]]]);
    desk
}

fn paths(desk: &Desk, names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(|name| desk.path(name)).collect()
}

fn said(desk: &Desk, names: &[&str], options: &LoadOptions) -> String {
    let said = load_several(&paths(desk, names), options)
        .unwrap_err()
        .to_string();
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[test]
fn inputs_follow_one_another_and_bytes_stay_bytes() {
    let desk = desk();
    let set = load_several(
        &paths(&desk, &["file.pgm", "folder", "bytes.npy"]),
        &LoadOptions::default(),
    )
    .unwrap();
    assert_eq!(
        (set.len(), set.shape, set.passed_over),
        (5, Shape::new(1, 2), 1)
    );
    let Pixels::U8(pixels) = &set.pixels else {
        panic!("all are bytes")
    };
    assert_eq!(pixels, array![[5, 6], [3, 4], [1, 2], [7, 8], [9, 10]]);
    let below = |name: &str| desk.path(name).to_string_lossy().into_owned();
    let names = [
        "file.pgm",
        "folder/2/b.pgm",
        "folder/10/a.pgm",
        "bytes.npy/0",
        "bytes.npy/1",
    ];
    assert_eq!(set.names, names.map(below));
    let labels = set.labels.unwrap();
    assert_eq!(
        (labels.names, labels.indices),
        (
            [".", "2", "10"].map(str::to_owned).to_vec(),
            vec![0, 1, 2, 0, 0]
        )
    );
}

#[test]
fn one_fine_input_makes_all_of_them_fine() {
    let set = load_several(
        &paths(&desk(), &["floats.npy", "file.pgm"]),
        &LoadOptions::default(),
    )
    .unwrap();
    assert_eq!(set.to_f32(), array![[0.5, 2.0], [5.0 / 255.0, 6.0 / 255.0]]);
    assert!(matches!(set.pixels, Pixels::F32(_)) && set.labels.is_none());
}

#[test]
fn a_single_input_is_read_as_it_is_alone() {
    let desk = desk();
    let options = LoadOptions {
        invert: true,
        ..LoadOptions::default()
    };
    let (several, alone) = (
        load_several(&[desk.path("folder")], &options).unwrap(),
        load(&desk.path("folder"), &options).unwrap(),
    );
    assert_eq!(
        (several.pixels, several.names, several.labels),
        (alone.pixels, alone.names, alone.labels)
    );
    assert_eq!(
        load_several(&[desk.path("floats.npy")], &LoadOptions::default())
            .unwrap()
            .names,
        ["0"]
    );
    assert_eq!(
        load_several(&[desk.path("file.pgm")], &LoadOptions::default())
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn white_is_the_given_value_or_the_largest_value_read() {
    let desk = desk();
    let read = |inputs: &[&str], white: Option<f32>| {
        let options = LoadOptions {
            invert: true,
            white,
            ..LoadOptions::default()
        };
        let set = load_several(&paths(&desk, inputs), &options).unwrap();
        (set.white, set.to_f32())
    };
    assert_eq!(read(&["floats.npy"], None), (Some(2.0), array![[1.5, 0.0]]));
    assert_eq!(
        read(&["floats.npy"], Some(3.0)),
        (Some(3.0), array![[2.5, 1.0]])
    );
    // Above white there is nothing left but black.
    assert_eq!(
        read(&["floats.npy"], Some(1.0)),
        (Some(1.0), array![[0.5, 0.0]])
    );
    let (white, pixels) = read(&["file.pgm", "floats.npy"], None);
    assert_eq!(
        (white, pixels),
        (
            Some(2.0),
            array![[2.0 - 5.0 / 255.0, 2.0 - 6.0 / 255.0], [1.5, 0.0]]
        )
    );
    assert_eq!(
        load(&desk.path("folder"), &LoadOptions::default())
            .unwrap()
            .white,
        None
    );
}

#[test]
fn sizes_that_differ_between_inputs_are_named() {
    let desk = desk();
    desk.write("large.pgm", pgm(4, 2, &[50; 8]));
    let words = said(
        &desk,
        &["folder", "file.pgm", "large.pgm"],
        &LoadOptions::default(),
    );
    assert!(
        words.contains("large.pgm is 4x2, the other 3 images are 2x1"),
        "{words}"
    );
    let options = LoadOptions {
        size: Some(Shape::new(1, 2)),
        ..LoadOptions::default()
    };
    assert_eq!(
        load_several(&paths(&desk, &["folder", "large.pgm"]), &options)
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn what_cannot_be_read_is_left_out_unless_nothing_is_left_or_all_must_be_read() {
    let desk = desk();
    desk.write("broken.png", "no picture");
    desk.write("folder/broken.png", "no picture");
    let set = load_several(
        &paths(&desk, &["broken.png", "folder", "file.pgm"]),
        &LoadOptions::default(),
    )
    .unwrap();
    let skipped: Vec<&str> = set
        .skipped
        .iter()
        .map(|skipped| skipped.path.as_str())
        .collect();
    assert_eq!(set.len(), 3);
    assert_eq!(
        skipped,
        [desk.path("broken.png"), desk.path("folder/broken.png")]
            .map(|path| path.to_str().unwrap().to_owned())
    );
    let nothing = said(&desk, &["broken.png"], &LoadOptions::default());
    assert!(
        nothing.contains("0 usable, at least 1 image is needed; 1 skipped, the first: "),
        "{nothing}"
    );
    let strict = LoadOptions {
        strict: true,
        ..LoadOptions::default()
    };
    assert!(said(&desk, &["file.pgm", "broken.png"], &strict).contains("broken.png: not an image"));
    assert!(said(&desk, &["nowhere"], &strict).contains("nowhere: no such file or folder"));
    desk.write_npy("none.npy", &Array3::<u8>::zeros((0, 1, 2)));
    assert!(
        said(&desk, &["none.npy"], &LoadOptions::default())
            .contains("none.npy: 0 usable, at least 1 image is needed")
    );
}
