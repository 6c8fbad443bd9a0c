//! The command `project`: new images are expressed in the parts of an earlier run.

use std::fs::{self, File};

use ndarray::{Array1, Array2, Array3, Ix2, OwnedRepr};
use ndarray_npy::NpzReader;
use nmf_images::{Model, NMF};
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use serde_json::{Value, json};

use crate::command::{COUNT, Desk, HEIGHT, WIDTH, bars, pgm};

const FILES: [&str; 4] = [
    "projection.json",
    "projection.npz",
    "projection.png",
    "weights.csv",
];

/// A desk with pictures, a run of three parts in `output`, and a picture `odd.pgm` that is no bar.
fn learned() -> Desk {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 3 -q --only parts")
        .assert()
        .success();
    let stripes: Vec<u8> = (0..WIDTH * HEIGHT)
        .map(|pixel| {
            if (pixel / WIDTH).is_multiple_of(2) {
                250
            } else {
                0
            }
        })
        .collect();
    desk.write("odd.pgm", pgm(WIDTH, HEIGHT, &stripes));
    desk
}

fn facts(desk: &Desk, folder: &str) -> Value {
    serde_json::from_slice(&fs::read(desk.path(folder).join("projection.json")).unwrap()).unwrap()
}

fn lines(desk: &Desk, folder: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(desk.path(folder).join("weights.csv"))
        .unwrap();
    reader
        .records()
        .map(|line| line.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

fn weights(desk: &Desk, folder: &str) -> Array2<f32> {
    let mut npz =
        NpzReader::new(File::open(desk.path(folder).join("projection.npz")).unwrap()).unwrap();
    npz.by_name::<OwnedRepr<f32>, Ix2>("W").unwrap()
}

#[test]
fn new_images_are_projected_onto_the_latest_run_and_strange_ones_are_flagged() {
    let desk = learned();
    let before = desk.files("output");
    let run = desk
        .command("project output pictures odd.pgm")
        .assert()
        .success()
        .stderr(is_empty());
    let said = contains(
        "pictures and 1 more: 13 new images of 8x6, expressed in the model of 12 images in output\n",
    )
    .and(contains("\n  NMF    3 parts "))
    .and(contains("\n  PCA    3 eigenimages "))
    .and(contains(
        "\n  flagged: 1 of 13 with a relative error above ",
    ))
    .and(contains(", higher than any training image: odd.pgm (0."))
    .and(contains("start with output/projected/projection.png"));
    run.stdout(said);
    assert_eq!(desk.files("output/projected"), FILES);
    assert_eq!(
        desk.files("output"),
        [&before[..2], &["projected".to_owned()], &before[2..]].concat()
    );

    let facts = facts(&desk, "output/projected");
    assert_eq!(
        facts["model"],
        json!({"path": "output", "format_version": 2, "images": 12, "width": 8, "height": 6})
    );
    assert_eq!(facts["input"]["paths"], json!(["pictures", "odd.pgm"]));
    assert_eq!(
        (
            &facts["input"]["images"],
            &facts["nmf"]["rank"],
            &facts["pca"]["rank"]
        ),
        (&13.into(), &3.into(), &3.into())
    );
    let flagged = facts["flagged"]["images"].as_array().unwrap();
    assert_eq!((flagged.len(), &flagged[0]["name"]), (1, &"odd.pgm".into()));
    assert!(flagged[0]["relative_error"].as_f64() > facts["flagged"]["threshold"].as_f64());
    let files: Vec<&str> = facts["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        files,
        [
            "projection.png",
            "weights.csv",
            "projection.npz",
            "projection.json"
        ]
    );
    let picture = image::open(desk.path("output/projected/projection.png"))
        .unwrap()
        .into_rgb8();
    assert!(picture.width() > 500);
}

#[test]
fn weights_of_the_images_that_were_learned_from_are_those_of_the_run() {
    let desk = learned();
    desk.command("project output/model.npz pictures -q")
        .assert()
        .success()
        .stdout(is_empty())
        .stderr(is_empty());
    let model = Model::read(desk.path("output")).unwrap();
    let differences =
        (weights(&desk, "output/projected") - &model.by(&NMF).weights).mapv_into(f32::abs);
    assert!(
        differences.iter().all(|&difference| difference < 0.02),
        "{differences}"
    );
    let nmf = facts(&desk, "output/projected")["nmf"].take();
    let report: Value =
        serde_json::from_slice(&fs::read(desk.path("output/report.json")).unwrap()).unwrap();
    let run = report["nmf"]["relative_error"].as_f64().unwrap();
    let found = nmf["relative_error"].as_f64().unwrap();
    assert!(found <= run + 1e-6 && found > 0.99 * run, "{found} {run}");
    assert_eq!(
        facts(&desk, "output/projected")["flagged"]["images"],
        json!([])
    );
}

#[test]
fn the_table_has_a_line_an_image_with_its_name_label_errors_and_weights() {
    let desk = learned();
    desk.write(
        "new/a/1,\"x\".pgm",
        fs::read(desk.path("pictures/0.pgm")).unwrap(),
    );
    desk.write("new/b/2.pgm", fs::read(desk.path("odd.pgm")).unwrap());
    desk.command("project output new --out judged")
        .assert()
        .success();
    let lines = lines(&desk, "judged");
    let head = [
        "name",
        "label",
        "nmf_relative_error",
        "pca_relative_error",
        "flagged",
        "w0",
        "w1",
        "w2",
    ];
    assert_eq!(lines[0], head);
    assert_eq!(
        (&lines[1][..2], lines[1][4].as_str()),
        (&["a/1,\"x\".pgm".to_owned(), "a".to_owned()][..], "false")
    );
    assert_eq!(
        (&lines[2][..2], lines[2][4].as_str()),
        (&["b/2.pgm".to_owned(), "b".to_owned()][..], "true")
    );
    assert_eq!(lines.len(), 3);
    let mut npz = NpzReader::new(File::open(desk.path("judged/projection.npz")).unwrap()).unwrap();
    let (nmf, pca): (Array1<f32>, Array1<f32>) = (
        npz.by_name("nmf_errors").unwrap(),
        npz.by_name("pca_errors").unwrap(),
    );
    let names: Array1<u8> = npz.by_name("names").unwrap();
    assert_eq!(names.to_vec(), b"a/1,\"x\".pgm\nb/2.pgm");
    let weights = weights(&desk, "judged");
    for image in 0..2 {
        let numbers: Vec<f32> = lines[image + 1]
            .iter()
            .filter_map(|cell| cell.parse().ok())
            .collect();
        let weights = weights.row(image);
        let expected = [nmf[image], pca[image]]
            .into_iter()
            .chain(weights.iter().copied());
        assert!(
            numbers
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-6)
                && numbers.len() == 5,
            "{numbers:?}"
        );
    }
    assert_eq!(facts(&desk, "judged")["input"]["labels"], json!(["a", "b"]));
}

#[test]
fn new_images_are_prepared_as_those_of_the_run_were() {
    let desk = Desk::with_pictures();
    // Floats with white at 200, dark on light.
    let ink = bars(COUNT, HEIGHT, WIDTH).mapv(|value| 200.0 - f32::from(value) * 0.5);
    desk.write_npy("ink.npy", &ink);
    desk.command("ink.npy -k 3 --invert -q --only parts")
        .assert()
        .success();
    let white = Model::read(desk.path("output"))
        .unwrap()
        .reading
        .white
        .unwrap();
    assert!((white - ink.iter().copied().fold(0.0, f32::max)).abs() < 1e-6);
    // Half of the images do not reach that white; their weights are the same as in the run all the same.
    let half = ink.slice(ndarray::s![..1, .., ..]).to_owned();
    assert!(half.iter().all(|&value| value < white));
    desk.write_npy("half.npy", &half);
    desk.command("project output half.npy -q")
        .assert()
        .success();
    let model = Model::read(desk.path("output")).unwrap();
    let learned = &model.by(&NMF).weights;
    let differences = &weights(&desk, "output/projected").row(0) - &learned.row(0);
    assert!(
        differences
            .iter()
            .all(|difference| difference.abs() < 0.02 * learned.row(0).sum()),
        "{differences}"
    );

    // Size and fit: a larger picture is cropped, or stretched.
    for fit in ["crop", "stretch"] {
        desk.command(&format!(
            "pictures -k 3 -q --only parts --size 4x3 --fit {fit}"
        ))
        .assert()
        .success();
        let column: Vec<u8> = (0..12 * 3)
            .map(|pixel| if pixel % 12 < 4 { 0 } else { 200 })
            .collect();
        desk.write("wide.pgm", pgm(12, 3, &column));
        desk.command(&format!("project output wide.pgm -q -o {fit}"))
            .assert()
            .success();
    }
    assert_ne!(weights(&desk, "crop"), weights(&desk, "stretch"));
}

#[test]
fn unreadable_images_are_skipped_and_reported() {
    let desk = learned();
    desk.write("broken.png", "no picture at all");
    let run = desk
        .command("project output odd.pgm broken.png")
        .assert()
        .success();
    run.stderr(contains(
        "warning: 1 file could not be read: broken.png: not an image",
    ));
    assert_eq!(
        facts(&desk, "output/projected")["input"]["skipped"][0]["path"],
        "broken.png"
    );
    // A black image is nothing to beware of where nothing is learned.
    desk.write("black.pgm", pgm(WIDTH, HEIGHT, &[0; WIDTH * HEIGHT]));
    desk.command("project output black.pgm")
        .assert()
        .success()
        .stderr(is_empty());
    assert_eq!(
        lines(&desk, "output/projected")[1][2..],
        ["0", "inf", "false", "0", "0", "0"]
    );
    desk.write_npy("more.npy", &bars(3, HEIGHT, WIDTH));
    desk.command("project output odd.pgm more.npy pictures/3.pgm pictures")
        .assert()
        .success();
    let names: Vec<String> = lines(&desk, "output/projected")
        .into_iter()
        .skip(1)
        .map(|line| line[0].clone())
        .collect();
    assert_eq!(
        names[..6],
        [
            "odd.pgm",
            "more.npy/0",
            "more.npy/1",
            "more.npy/2",
            "pictures/3.pgm",
            "pictures/0.pgm"
        ]
    );
    assert_eq!(names.len(), 5 + COUNT);
}

#[test]
fn every_error_is_one_line_that_names_the_file_and_leaves_nothing_behind() {
    let desk = learned();
    desk.write("broken.png", "no picture at all");
    desk.write("text/model.npz", "no archive");
    desk.write_npy(
        "negative.npy",
        &Array3::<f32>::from_elem((1, HEIGHT, WIDTH), -1.0),
    );
    desk.write_npy("table.npy", &Array2::<f32>::ones((2, 5)));
    fs::create_dir(desk.path("empty")).unwrap();
    let mut one_method = Model::read(desk.path("output")).unwrap();
    one_method.decompositions.pop();
    fs::create_dir(desk.path("half")).unwrap();
    one_method.save(desk.path("half/model.npz")).unwrap();
    let before = desk.files(".");
    for (arguments, words) in [
        ("nowhere odd.pgm", "nowhere: no such file or folder"),
        (
            "empty odd.pgm",
            "empty contains no model.npz: pass the output folder of a run, or its model.npz",
        ),
        ("text odd.pgm", "text/model.npz: not a model"),
        (
            "half odd.pgm",
            "half: the model has no PCA, which this command needs",
        ),
        ("odd.pgm odd.pgm", "odd.pgm: not a model"),
        ("output none.png", "none.png: no such file or folder"),
        ("output empty", "empty contains no images"),
        (
            "output broken.png",
            "broken.png: 0 usable, at least 1 image is needed; 1 skipped, the first: broken.png: not an",
        ),
        (
            "output odd.pgm broken.png --strict",
            "broken.png: not an image",
        ),
        ("output negative.npy", "negative.npy: 48 negative values"),
        (
            "output table.npy",
            "table.npy: a row of 5 values is not an image of 8x6",
        ),
        (
            "output odd.pgm --out output",
            "output holds the model of a run: choose another folder with --out",
        ),
        ("output odd.pgm --out odd.pgm", "cannot write to odd.pgm"),
    ] {
        let run = desk
            .command(&format!("project {arguments}"))
            .assert()
            .code(1)
            .stdout(is_empty());
        let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        assert!(
            said.starts_with("error: ") && said.contains(words) && said.lines().count() == 1,
            "{arguments}: {said}"
        );
        assert_eq!(desk.files("."), before, "{arguments}");
    }
    assert!(!desk.path("output/projected").exists());
    for arguments in [
        "",
        "output",
        "output odd.pgm --show 0",
        "output odd.pgm --threads 0",
    ] {
        desk.command(&format!("project {arguments}"))
            .assert()
            .code(2)
            .stderr(contains("Usage: ").or(contains("--help")));
    }
}

#[test]
fn pictures_of_a_projection_are_no_input() {
    let desk = learned();
    desk.command("project output odd.pgm -q --out pictures/judged")
        .assert()
        .success();
    let run = desk
        .command("pictures -k 3 --only parts")
        .assert()
        .success();
    run.stderr(contains("note: 1 picture of an earlier run was ignored\n"))
        .stdout(contains("12 images of 8x6"));
}

#[test]
fn a_projection_is_the_same_on_any_number_of_threads() {
    let desk = Desk::empty();
    desk.write_npy("bars.npy", &bars(600, 9, 9));
    desk.command("bars.npy -k 6 -q --only parts")
        .assert()
        .success();
    for threads in [1, 4] {
        desk.command(&format!(
            "project output bars.npy -q --threads {threads} -o on{threads}"
        ))
        .assert()
        .success();
    }
    for name in FILES {
        let [one, four] =
            ["on1", "on4"].map(|folder| fs::read(desk.path(folder).join(name)).unwrap());
        assert!(one == four, "{name}");
    }
}

#[test]
fn help_names_the_arguments_and_the_output_folder() {
    let run = Desk::empty().command("project --help").assert().success();
    let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    for words in [
        "<MODEL> <NEW>...",
        "[default: MODEL/projected]",
        "--strict",
        "--show",
        "Examples:",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(
        !text.contains("--scale") && text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
}

#[test]
fn what_becomes_of_images_of_another_size_or_scale_is_noted() {
    let desk = learned();
    desk.write("small.pgm", pgm(2, 3, &[9, 90, 200, 30, 4, 50]));
    desk.write("large.pgm", pgm(20, 20, &[70; 400]));
    let run = desk.command("project output small.pgm -o a").assert();
    run.success().stderr(contains(format!(
        "note: 1 image is resized from 2x3 to {WIDTH}x{HEIGHT}, the size of the training images\n"
    )));
    let pixels = bars(2, HEIGHT / 2, WIDTH / 2).mapv(|value| f32::from(value) / 255.0);
    desk.write_npy("small.npy", &pixels);
    let run = desk
        .command("project output small.npy large.pgm -o a")
        .assert();
    run.success().stderr(
        contains("note: 2 images are resized from 4x3 to 8x6")
            .and(contains("note: 1 image is resized from 20x20 to 8x6")),
    );
    let whole = bars(COUNT, HEIGHT, WIDTH).mapv(f32::from);
    desk.write_npy("counts.npy", &whole);
    let run = desk.command("project output counts.npy -o a").assert();
    run.success().stderr(contains(
        "note: the values of the new images are on average 255 times those of the training images",
    ));
    desk.write_npy("dark.npy", &whole.mapv(|value| value / 255.0 / 4096.0));
    let run = desk.command("project output dark.npy -o a").assert();
    run.success().stderr(contains(
        "are on average 1/4096 of those of the training images",
    ));
    let run = desk.command("project output pictures -o a").assert();
    run.success().stderr(is_empty());
}

#[test]
fn new_images_are_written_beside_their_model() {
    let desk = learned();
    fs::rename(desk.path("output"), desk.path("first")).unwrap();
    fs::create_dir_all(desk.path("second")).unwrap();
    fs::copy(desk.path("first/model.npz"), desk.path("second/model.npz")).unwrap();
    for model in ["first", "second/model.npz"] {
        desk.command(&format!("project {model} odd.pgm"))
            .assert()
            .success();
    }
    assert_eq!(desk.files("first/projected"), FILES);
    assert_eq!(desk.files("second/projected"), FILES);
    assert!(!desk.path("output").exists());
}
