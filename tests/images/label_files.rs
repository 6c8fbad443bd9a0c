//! Labels from a file of their own, and how they follow the images of arrays.

use ndarray::{Array1, Array2, Array3, array};
use nmf_images::images::{ImageSet, LoadOptions, Memory, load};

use crate::command::{self, Desk};
use crate::input_files::{four, labels, npy};

fn with_labels(file: &str, desk: &Desk) -> LoadOptions {
    LoadOptions {
        labels: Some(desk.path(file)),
        ..LoadOptions::default()
    }
}

/// Four images in each format that has no names but indices.
fn inputs() -> Desk {
    let desk = Desk::empty();
    let table = Array2::from_shape_fn((4, 2), |(row, column)| (2 * row + column) as u8 + 1);
    desk.write_npy("rows.npy", &table);
    desk.write("table.csv", "1,2\n3,4\n5,6\n7,9\n");
    desk.write("images-idx3", four());
    desk
}

fn labels_in(set: ImageSet) -> (Vec<String>, Vec<usize>) {
    let labels = set.labels.expect("labels");
    (labels.names, labels.indices)
}

#[test]
fn labels_of_arrays_are_read_from_files_of_every_kind() {
    let desk = inputs();
    desk.write("plain.txt", "cat\ndog\ncat\nant\n");
    desk.write(
        "header.csv",
        "\u{feff}animal\r\n\"cat\"\r\ndog\r\ncat\r\nant",
    );
    let expected = (
        ["ant", "cat", "dog"].map(str::to_owned).to_vec(),
        vec![1, 2, 1, 0],
    );
    for input in ["rows.npy", "table.csv", "images-idx3"] {
        for file in ["plain.txt", "header.csv"] {
            let set = load(&desk.path(input), &with_labels(file, &desk)).unwrap();
            let note = format!("3 distinct labels are read from {file}");
            assert!(set.notes.contains(&note), "{:?}", set.notes);
            assert_eq!(labels_in(set), expected, "{input} {file}");
        }
    }
    desk.write("numbers.npy", npy(&array![7_i64, 10, 7, 2]));
    desk.write("labels-idx1", labels(4, &[7, 10, 7, 2]));
    let expected = (
        ["2", "7", "10"].map(str::to_owned).to_vec(),
        vec![1, 2, 1, 0],
    );
    for file in ["numbers.npy", "labels-idx1"] {
        let set = load(&desk.path("rows.npy"), &with_labels(file, &desk)).unwrap();
        assert_eq!(labels_in(set), expected, "{file}");
    }
}

/// Dates as numbers, and identifiers: single precision does not tell them apart.
#[test]
fn whole_numbers_of_64_bits_are_exact_labels() {
    let desk = inputs();
    let days = [20_230_101, 20_230_102, 20_230_103, 20_230_101];
    desk.write("f64.npy", npy(&Array1::from(days.map(f64::from).to_vec())));
    desk.write("i64.npy", npy(&array![i64::MIN, 5, 6, i64::MIN + 1]));
    desk.write("u64.npy", npy(&array![u64::MAX, u64::MAX - 1, 6, 7]));
    let big_endian: Vec<u8> = days
        .iter()
        .flat_map(|&day| f64::from(day).to_be_bytes())
        .collect();
    desk.write(
        "big.npy",
        crate::helpers::npy("'>f8'", "False", "(4,)", &big_endian),
    );
    let texts = |labels: [&str; 4]| labels.map(str::to_owned).to_vec();
    let dates = ["20230101", "20230102", "20230103", "20230101"];
    for (file, expected) in [
        ("f64.npy", texts(dates)),
        ("big.npy", texts(dates)),
        (
            "i64.npy",
            texts(["-9223372036854775808", "5", "6", "-9223372036854775807"]),
        ),
        (
            "u64.npy",
            texts(["18446744073709551615", "18446744073709551614", "6", "7"]),
        ),
    ] {
        let set = load(&desk.path("rows.npy"), &with_labels(file, &desk)).unwrap();
        assert_eq!(set.label_lines(), expected, "{file}");
    }
    desk.write("half.npy", npy(&array![0.5_f64, 1.0, 2.0, 3.0]));
    let error = load(&desk.path("rows.npy"), &with_labels("half.npy", &desk));
    assert!(error.unwrap_err().to_string().contains("<f8"));
}

#[test]
fn labels_follow_the_images_that_are_chosen_or_stay_in_their_file() {
    let desk = inputs();
    desk.write("labels.txt", "a\nb\nc\nd\n");
    for input in ["rows.npy", "table.csv", "images-idx3"] {
        let limited = LoadOptions {
            limit: Some(2),
            ..with_labels("labels.txt", &desk)
        };
        let set = load(&desk.path(input), &limited).unwrap();
        assert_eq!(set.names, ["0", "2"], "{input}");
        assert_eq!(set.label_lines(), ["a", "c"], "{input}");
    }
    let stored = LoadOptions {
        memory: Some(Memory {
            bytes: 0,
            scratch: desk.path(""),
        }),
        ..with_labels("labels.txt", &desk)
    };
    let set = load(&desk.path("rows.npy"), &stored).unwrap();
    assert_eq!(set.label_lines(), ["a", "b", "c", "d"]);
}

#[test]
fn files_that_are_no_labels_of_these_images_are_refused() {
    let desk = inputs();
    desk.write("three.txt", "a\nb\nc\n");
    desk.write("six.txt", "a\nb\nc\nd\ne\nf\n");
    desk.write("binary", [0xff_u8, 0, 1, 0xfe, 0, 3, 9, 0]);
    desk.write("cube.npy", npy(&Array3::<u8>::zeros((4, 1, 1))));
    desk.write("wrong-idx", four());
    for (file, words) in [
        (
            "three.txt",
            "three.txt: 3 labels for 4 images: one label per image is needed",
        ),
        ("six.txt", "six.txt: 6 labels for 4 images"),
        (
            "binary",
            "binary: the file has no labels: allowed are lines of text",
        ),
        (
            "cube.npy",
            "cube.npy: the array's shape is [4, 1, 1], which is not that of labels",
        ),
        (
            "wrong-idx",
            "wrong-idx: the file has no labels: it is not an IDX file of labels",
        ),
        ("none", "none: no such file or folder"),
        ("", ": a folder, not a file"),
    ] {
        let error = load(&desk.path("rows.npy"), &with_labels(file, &desk));
        let message = error.unwrap_err().to_string();
        assert!(message.contains(words), "{message}");
        assert_eq!(message.lines().count(), 1);
    }
    let folder = Desk::with_pictures();
    folder.write("labels.txt", "a\n");
    let error = load(
        &folder.path("pictures"),
        &with_labels("labels.txt", &folder),
    );
    assert!(
        error
            .unwrap_err()
            .to_string()
            .ends_with("are its sub-folders")
    );
}

#[test]
fn packed_arrays_keep_their_labels() {
    let desk = inputs();
    desk.write("labels.txt", "a\nb\na\nc/d\n");
    for input in ["rows.npy", "table.csv", "images-idx3"] {
        desk.command(&format!(
            "pack {input} --labels labels.txt --out packed.npy"
        ))
        .assert()
        .success();
        let set = load(&desk.path("packed.npy"), &LoadOptions::default()).unwrap();
        assert_eq!(set.label_lines(), ["a", "b", "a", "c/d"], "{input}");
        assert_eq!(set.names, ["a/0", "b/1", "a/2", "c/d/3"], "{input}");
    }
}

#[test]
fn the_command_reports_and_projects_labels_of_arrays() {
    let desk = Desk::empty();
    let images = command::bars(12, 6, 8);
    desk.write_npy("set.npy", &images);
    desk.write("labels.txt", "odd\neven\n".repeat(6));
    let run = desk
        .command("set.npy --labels labels.txt -k 2 --only parts --json -o out")
        .assert()
        .success();
    let report: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    let expected = serde_json::json!(["even", "odd"]);
    assert_eq!(report["input"]["labels"], expected);
    assert_eq!(report["input"]["preparation"]["labels"], "labels.txt");
    desk.command("project out set.npy --labels labels.txt -o projected")
        .assert()
        .success();
    desk.command("pictures --labels labels.txt")
        .assert()
        .code(1);
}
