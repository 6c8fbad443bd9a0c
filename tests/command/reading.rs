//! Options of reading and what an input can be: limits, sizes, labels, names, earlier results beside images.

use std::collections::BTreeSet;

use std::fs::{self, File};

use ndarray::Ix2;

use ndarray_npy::NpzReader;

use predicates::prelude::*;

use predicates::str::{contains, is_empty, starts_with};

use serde_json::Value;

use crate::command::{COUNT, Desk, HEIGHT, WIDTH, bars, pgm};

use crate::results::{FILES, PICTURES, report, report_of, strings};
use crate::tiff_file::{CLASSIC, TiffPage};

#[test]
fn limit_takes_that_many_images() {
    let desk = Desk::with_pictures();
    let report = report_of(&desk, "pictures -k 2 --limit 5");
    assert_eq!(report["input"]["images"], 5);
    assert_eq!(report["input"]["preparation"]["limit"], 5);
}

#[test]
fn invert_makes_dark_bright() {
    let desk = Desk::empty();
    for (name, value) in [("a", 0), ("b", 5), ("c", 10)] {
        desk.write(&format!("ink/{name}.pgm"), pgm(2, 1, &[255, value]));
    }
    let weights = |option: &str| {
        report_of(&desk, &format!("ink -k 1 {option}"));
        let mut npz = NpzReader::new(File::open(desk.path("output/model.npz")).unwrap()).unwrap();
        npz.by_name::<ndarray::OwnedRepr<f32>, Ix2>("H")
            .unwrap()
            .into_raw_vec_and_offset()
            .0
    };
    let [paper, ink] = [weights(""), weights("--invert")];
    assert!(paper[0] > 0.99 && paper[1] < 0.05, "{paper:?}");
    assert!(ink[0] < 0.01 && ink[1] > 0.99, "{ink:?}");
    assert_eq!(
        report(&desk, "output")["input"]["preparation"]["invert"],
        true
    );
}

#[test]
fn size_brings_all_images_to_one() {
    let desk = Desk::with_pictures();
    desk.write("pictures/large.pgm", pgm(20, 20, &[100; 400]));
    let report = report_of(&desk, "pictures -k 3 --size 4x5 --fit stretch");
    assert_eq!(report["input"]["images"], COUNT + 1);
    assert_eq!(
        (
            report["input"]["width"].as_u64(),
            report["input"]["height"].as_u64()
        ),
        (Some(4), Some(5))
    );
    assert_eq!(report["input"]["preparation"]["size"], "4x5");
    assert_eq!(report["input"]["preparation"]["fit"], "stretch");
}

#[test]
fn an_array_of_images_is_read_like_a_folder() {
    let desk = Desk::with_pictures();
    desk.write_npy("bars.npy", &bars(COUNT, HEIGHT, WIDTH));
    let folder = report_of(&desk, "pictures -k 3");
    let array = report_of(&desk, "bars.npy -k 3");
    assert_eq!(array["input"]["path"], "bars.npy");
    assert_eq!(
        (&array["input"]["width"], &array["input"]["height"]),
        (&WIDTH.into(), &HEIGHT.into())
    );
    assert_eq!(
        array["nmf"]["relative_error"],
        folder["nmf"]["relative_error"]
    );
}

#[test]
fn sub_folders_are_labels() {
    let desk = Desk::with_pictures();
    fs::create_dir(desk.path("pictures/s2")).unwrap();
    fs::rename(desk.path("pictures/3.pgm"), desk.path("pictures/s2/3.pgm")).unwrap();
    desk.write(
        "pictures/s10/1.pgm",
        pgm(WIDTH, HEIGHT, &[9; WIDTH * HEIGHT]),
    );
    let run = desk.command("pictures -k 3").assert().success();
    run.stdout(contains("with 3 labels"));
    assert_eq!(
        strings(&report(&desk, "output")["input"]["labels"]),
        [".", "s2", "s10"]
    );
    assert_eq!(
        report(&desk, "output").get("labels"),
        None,
        "two of three labels have one image"
    );
}

#[test]
fn label_accuracy_is_in_the_report_and_in_the_summary() {
    let desk = Desk::empty();
    for image in 0..12_u8 {
        // Light on the left or on the right; one picture lies with the wrong ones.
        let folder = if image == 0 { 1 } else { image % 2 };
        let pixels = if image % 2 == 0 {
            [200 + image, 3, 0]
        } else {
            [0, 3, 200 + image]
        };
        desk.write(
            &format!("pictures/{folder}/{image}.pgm"),
            pgm(3, 1, &pixels),
        );
    }
    let run = desk.command("pictures -k 2").assert().success();
    run.stdout(contains(
        "\n  nearest-class-mean accuracy: 91.7 % (NMF weights), 91.7 % (PCA scores); chance 58.3 %\n",
    ));
    let labels = report(&desk, "output")["labels"].take();
    assert_eq!(
        (&labels["count"], &labels["left_out"]),
        (&12.into(), &0.into())
    );
    assert_eq!(strings(&labels["classes"]), ["0", "1"]);
    for (method, expected) in [("nmf", 11.0 / 12.0), ("pca", 11.0 / 12.0)] {
        assert!(
            (labels[method]["accuracy"].as_f64().unwrap() - expected).abs() < 1e-12,
            "{method}: {labels}"
        );
    }
    assert!((labels["chance"].as_f64().unwrap() - 7.0 / 12.0).abs() < 1e-12);
}

#[cfg(unix)]
#[test]
fn hostile_names_stay_names() {
    let desk = Desk::with_pictures();
    let names = [
        "a \"quoted\" 'name'.pgm",
        "line\nbreak\u{1b}[31m.pgm",
        "<img src=x onerror=1>.pgm",
        "面 Gesicht é.pgm",
    ];
    for name in names {
        desk.write(
            &format!("pictures/{name}"),
            pgm(WIDTH, HEIGHT, &[0; WIDTH * HEIGHT]),
        );
        desk.write(&format!("pictures/no {name}"), "no picture at all");
    }
    let plain = || contains("\u{1b}").not();
    let run = desk
        .command("pictures -k 3 --show 16")
        .assert()
        .success()
        .stdout(plain())
        .stderr(plain());
    let stderr = String::from_utf8_lossy(&run.get_output().stderr);
    for line in stderr.lines() {
        assert!(
            ["note: ", "warning: ", "progress: "]
                .iter()
                .any(|start| line.starts_with(start)),
            "a name broke the line: {stderr}"
        );
    }
    let report = report(&desk, "output");
    let skipped = report["input"]["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|skipped| skipped["path"].as_str().unwrap());
    assert_eq!(
        skipped.collect::<BTreeSet<_>>(),
        names
            .map(|name| format!("no {name}"))
            .iter()
            .map(String::as_str)
            .collect()
    );
}

#[test]
fn strict_ends_at_an_unreadable_file() {
    let desk = Desk::with_pictures();
    desk.write("pictures/broken.png", "no picture at all");
    desk.command("pictures -k 3").assert().success();
    let run = desk
        .command("pictures -k 3 --strict")
        .assert()
        .code(1)
        .stdout(is_empty());
    run.stderr(starts_with("error: broken.png: ").and(contains("--strict")));
}

#[test]
fn paths_lead_where_they_would_for_any_command() {
    let desk = Desk::with_pictures();
    let absolute = desk
        .path("pictures")
        .into_os_string()
        .into_string()
        .unwrap();
    for input in [&absolute, "./pictures/", "pictures/../pictures", "."] {
        desk.command(&format!("{input} -k 3 --out results/deep"))
            .assert()
            .success();
        assert_eq!(desk.files("results/deep"), FILES);
        assert_eq!(
            report(&desk, "results/deep")["input"]["images"],
            COUNT,
            "{input}"
        );
        fs::remove_dir_all(desk.path("results")).unwrap();
    }
}

#[test]
fn pictures_of_earlier_runs_are_no_input() {
    let desk = Desk::with_pictures();
    let inside = |out: &str| {
        let run = desk
            .command("pictures -k 3")
            .args(["--out", out])
            .assert()
            .success();
        assert_eq!(report(&desk, out)["input"]["images"], COUNT, "{out}");
        let stderr = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        let notes = stderr.split_inclusive('\n');
        notes
            .filter(|line| !line.starts_with("progress: "))
            .collect::<String>()
    };
    // The pages, the two charts, each twice, and the animation.
    let of = |runs: usize| {
        format!(
            "note: {} pictures of earlier runs were ignored\n",
            runs * (PICTURES.len() + 5)
        )
    };
    assert_eq!(inside("pictures/output"), "");
    assert_eq!(inside("pictures/output"), of(1));
    assert_eq!(inside("pictures/other"), of(1));
    assert_eq!(inside("pictures"), of(2));
    assert_eq!(inside("pictures"), of(3));
    assert_eq!(
        report(&desk, "pictures")["input"]["skipped"],
        Value::Array(Vec::new())
    );
    // Elsewhere a picture of that name is one like any other.
    desk.write(
        "pictures/more/parts.png",
        pgm(WIDTH, HEIGHT, &[7; WIDTH * HEIGHT]),
    );
    desk.command("pictures -k 3")
        .assert()
        .success()
        .stdout(contains("13 images of 8x6 with 2 labels"));
}

#[test]
fn a_folder_that_is_called_as_a_command_can_be_read() {
    let desk = Desk::with_pictures();
    fs::rename(desk.path("pictures"), desk.path("synth")).unwrap();
    assert_eq!(report_of(&desk, "./synth -k 3")["input"]["images"], COUNT);
}

#[test]
fn extreme_shapes_and_sets_are_learned() {
    let desk = Desk::empty();
    let sets: [(&str, ndarray::Array3<u8>); 9] = [
        ("one row", bars(9, 1, 300)),
        ("one column", bars(9, 300, 1)),
        ("wide", bars(9, 4, 400)),
        ("tall", bars(9, 400, 4)),
        ("large", bars(4, 512, 512)),
        ("two images", bars(2, 6, 6)),
        ("as many parts as images", bars(3, 6, 6)),
        ("all alike", ndarray::Array3::from_elem((5, 6, 6), 77)),
        (
            "one lit pixel",
            ndarray::Array3::from_shape_fn((5, 6, 6), |(i, y, x)| {
                u8::from(y * x == 4) * (i as u8 + 1)
            }),
        ),
    ];
    for (name, images) in sets {
        let rank = images.len_of(ndarray::Axis(0)).min(3);
        desk.write_npy("set.npy", &images);
        let report = report_of(&desk, &format!("set.npy -k {rank} --max-iter 50"));
        let [nmf, pca] =
            ["nmf", "pca"].map(|method| report[method]["relative_error"].as_f64().unwrap());
        assert!(
            (0.0..0.5).contains(&nmf) && (0.0..0.5).contains(&pca),
            "{name}: {nmf} {pca}"
        );
        let mut npz = NpzReader::new(File::open(desk.path("output/model.npz")).unwrap()).unwrap();
        for key in ["W", "H", "pca_components", "pca_scores"] {
            let matrix = npz.by_name::<ndarray::OwnedRepr<f32>, Ix2>(key).unwrap();
            assert!(
                matrix.iter().all(|value| value.is_finite()),
                "{name}: {key}"
            );
        }
    }
}

#[test]
fn a_channel_of_a_stack_is_chosen() {
    let desk = Desk::empty();
    let description = "ImageJ=1.53t\nimages=6\nchannels=2\nslices=3\n";
    let mut pages: Vec<TiffPage> = (1..=6)
        .map(|value| TiffPage::grey(2, 1, 8, &[value, 100 + value]))
        .collect();
    pages[0] = pages[0].clone().with(270, description);
    desk.write("stack.tif", CLASSIC.file(&pages));
    desk.command("stack.tif -k 1")
        .assert()
        .success()
        .stderr(contains(
            "note: stack.tif has 2 channels (1, 2): only 1 is read; pass --channel to choose another",
        ));
    let report = report_of(&desk, "stack.tif -k 1 --channel 2");
    assert_eq!(report["input"]["images"], 3);
    assert_eq!(report["input"]["preparation"]["channel"], "2");
    desk.command("stack.tif -k 1 --channel 3")
        .assert()
        .code(1)
        .stderr(contains("has no such channel; its channels are 1, 2"));
    desk.write("plain/1.pgm", pgm(2, 1, &[1, 2]));
    desk.write("plain/2.pgm", pgm(2, 1, &[2, 1]));
    desk.command("plain -k 1 --channel 2")
        .assert()
        .code(1)
        .stderr(contains(
            "no file of plain has several channels; omit --channel",
        ));
}
