//! Output that is written or printed on request: JSON on stdout, tables, single parts.

use std::fs;

use ndarray::{Array1, Array3, Axis};
use ndarray_npy::NpzReader;
use nmf_images::{Model, NMF, PCA};
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use serde_json::Value;

use crate::command::{COUNT, Desk, HEIGHT, WIDTH};

#[test]
fn json_prints_the_report_and_nothing_else_on_stdout() {
    let desk = Desk::with_pictures();
    desk.write("pictures/broken.png", "no picture at all");
    desk.command("pictures -k 3 -q --only parts")
        .assert()
        .success();
    for (arguments, file) in [
        ("pictures -k 3 --only parts", "output/report.json"),
        (
            "compare pictures -k 3 --rules hals,mu --max-iter 5",
            "output/report.json",
        ),
        (
            "project output pictures -o judged",
            "judged/projection.json",
        ),
    ] {
        let run = desk
            .command(&format!("{arguments} --json"))
            .assert()
            .success();
        assert!(
            String::from_utf8_lossy(&run.get_output().stderr).contains("warning: "),
            "what to beware of is on stderr"
        );
        let printed = run.get_output().stdout.clone();
        assert_eq!(printed, fs::read(desk.path(file)).unwrap(), "{arguments}");
        let report: Value = serde_json::from_slice(&printed).unwrap();
        assert!(
            report["version"].is_string() && report["files"].as_array().unwrap().len() > 2,
            "{arguments}"
        );
        let quiet = desk
            .command(&format!("{arguments} --json -q"))
            .assert()
            .success()
            .stderr(is_empty());
        assert!(
            serde_json::from_slice::<Value>(&quiet.get_output().stdout).unwrap()["version"]
                .is_string()
        );
    }
    desk.command("nowhere --json")
        .assert()
        .code(1)
        .stdout(is_empty())
        .stderr(contains("error: nowhere"));
    desk.command("pictures --json --view")
        .assert()
        .code(2)
        .stderr(contains("--json").and(contains("--view")));
}

fn table(desk: &Desk, name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(desk.path(name)).unwrap();
    let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let head = texts(reader.headers().unwrap());
    (
        head,
        reader
            .records()
            .map(|record| texts(&record.unwrap()))
            .collect(),
    )
}

#[test]
fn csv_holds_the_weights_and_the_parts_of_the_model() {
    let desk = Desk::with_pictures();
    fs::create_dir(desk.path("pictures/s")).unwrap();
    fs::rename(
        desk.path("pictures/3.pgm"),
        desk.path("pictures/s/a, \"b\".pgm"),
    )
    .unwrap();
    desk.command("pictures -k 3 --csv --only parts")
        .assert()
        .success()
        .stdout(contains("weights.csv"));
    assert_eq!(
        desk.files("output"),
        [
            "model.npz",
            "parts.csv",
            "parts.png",
            "report.json",
            "scores.csv",
            "trace.csv",
            "weights.csv"
        ]
    );
    let model = Model::read(desk.path("output")).unwrap();
    let numbers = |cells: &[String]| {
        cells
            .iter()
            .map(|cell| cell.parse().unwrap())
            .collect::<Vec<f32>>()
    };

    let (head, weights) = table(&desk, "output/weights.csv");
    assert_eq!(
        head,
        [
            "name",
            "label",
            "nmf_relative_error",
            "pca_relative_error",
            "w0",
            "w1",
            "w2"
        ]
    );
    assert_eq!(weights.len(), COUNT);
    for (image, line) in weights.iter().enumerate() {
        assert_eq!(
            (&line[0], &line[1]),
            (&model.names[image], &model.labels[image])
        );
        let expected: Vec<f32> = [model.by(&NMF).errors[image], model.by(&PCA).errors[image]]
            .into_iter()
            .chain(model.by(&NMF).weights.row(image).to_vec())
            .collect();
        assert_eq!(numbers(&line[2..]), expected, "image {image}");
    }
    assert!(
        weights
            .iter()
            .any(|line| line[0] == "s/a, \"b\".pgm" && line[1] == "s")
    );

    let (head, scores) = table(&desk, "output/scores.csv");
    assert_eq!(
        head,
        ["name", "label", "pca_relative_error", "s0", "s1", "s2"]
    );
    assert_eq!(scores.len(), COUNT);
    for (image, line) in scores.iter().enumerate() {
        assert_eq!(line[..2], weights[image][..2]);
        let learned = model.by(&PCA);
        let expected: Vec<f32> = [learned.errors[image]]
            .into_iter()
            .chain(learned.weights.row(image).to_vec())
            .collect();
        assert_eq!(numbers(&line[2..]), expected, "image {image}");
    }

    let (head, parts) = table(&desk, "output/parts.csv");
    assert_eq!(
        (head.len(), head[0].as_str(), head[1].as_str()),
        (1 + WIDTH * HEIGHT, "part", "p0")
    );
    for (index, line) in parts.iter().enumerate() {
        assert_eq!(
            (line[0].clone(), numbers(&line[1..])),
            (index.to_string(), model.by(&NMF).basis.row(index).to_vec())
        );
    }
    assert_eq!(parts.len(), 3);
}

#[test]
fn csv_holds_the_iterations_of_the_report() {
    let desk = Desk::with_pictures();
    for options in ["", "--restarts 3 --seed 2", "--max-iter 0"] {
        desk.command(&format!("pictures -k 3 --csv --only parts -q {options}"))
            .assert()
            .success();
        let report = fs::read(desk.path("output/report.json")).unwrap();
        let report: Value = serde_json::from_slice(&report).unwrap();
        let trace = report["nmf"]["trace"].as_array().unwrap();
        let (head, rows) = table(&desk, "output/trace.csv");
        assert_eq!(
            head,
            ["iteration", "seconds", "relative_error", "objective"]
        );
        assert_eq!(rows.len(), trace.len(), "{options}");
        for (row, iteration) in rows.iter().zip(trace) {
            let iteration = iteration.as_object().unwrap();
            assert_eq!(iteration.len(), head.len(), "a column per figure");
            for (key, value) in head.iter().zip(row) {
                let value: f64 = value.parse().unwrap();
                assert_eq!(Some(value), iteration[key].as_f64(), "{key} {options}");
            }
        }
    }
}

#[test]
fn tiles_are_the_parts_and_no_input_of_a_later_run() {
    let desk = Desk::with_pictures();
    let run = |rank: usize| {
        let run = desk
            .command(&format!(
                "pictures -k {rank} --tiles --only parts -o pictures"
            ))
            .assert()
            .success();
        let model = Model::read(desk.path("pictures")).unwrap();
        let parts = &model.by(&NMF).basis;
        assert_eq!(
            desk.files("pictures/parts").len(),
            rank,
            "none of an earlier run is left"
        );
        for (index, part) in parts.rows().outer_iter().enumerate() {
            let tile = image::open(desk.path(&format!("pictures/parts/{index:03}.png")))
                .unwrap()
                .into_luma8();
            assert_eq!(tile.dimensions(), (WIDTH as u32, HEIGHT as u32));
            assert!(
                tile.iter()
                    .zip(part)
                    .all(|(&byte, &value)| (f32::from(byte) / 255.0 - value).abs() < 0.003)
            );
            assert_eq!(tile.iter().max(), Some(&255));
        }
        let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        let notes = said.split_inclusive('\n');
        notes
            .filter(|line| line.starts_with("note: "))
            .collect::<String>()
    };
    assert_eq!(run(5), "");
    // The page and five tiles; a picture of another name in that folder is one like any other.
    assert_eq!(run(2), "note: 6 pictures of earlier runs were ignored\n");
    desk.write(
        "pictures/parts/mine.pgm",
        fs::read(desk.path("pictures/1.pgm")).unwrap(),
    );
    let run = desk
        .command("pictures -k 2 --only parts")
        .assert()
        .success();
    run.stdout(contains("13 images of 8x6 with 2 labels"));
}

#[test]
fn the_parts_of_each_start_are_kept_in_their_order() {
    let desk = Desk::with_pictures();
    let learn = |options: &str| {
        let line = format!("pictures -k 3 --init random -q --only parts {options}");
        desk.command(&line).assert().success();
        let bytes = fs::read(desk.path("output/report.json")).unwrap();
        let parts = Model::read(desk.path("output"))
            .unwrap()
            .by(&NMF)
            .basis
            .clone();
        (serde_json::from_slice::<Value>(&bytes).unwrap(), parts)
    };
    let (report, best) = learn("--seed 4 --restarts 3 --keep-starts");
    let file = fs::File::open(desk.path("output/starts.npz")).unwrap();
    let mut npz = NpzReader::new(file).unwrap();
    let parts: Array3<f32> = npz.by_name("H").unwrap();
    let seeds: Array1<u64> = npz.by_name("seeds").unwrap();
    let errors: Array1<f64> = npz.by_name("relative_errors").unwrap();
    assert_eq!(
        (parts.dim(), seeds.to_vec()),
        ((3, 3, WIDTH * HEIGHT), vec![4, 5, 6])
    );
    for (index, start) in report["nmf"]["restarts"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
    {
        assert_eq!(start["relative_error"].as_f64(), Some(errors[index]));
        let own = parts.index_axis(Axis(0), index);
        assert_eq!(
            start["seed"] == report["nmf"]["seed"],
            own == best.rows(),
            "start {index}"
        );
    }
    let (_, alone) = learn("--seed 5");
    assert_eq!(parts.index_axis(Axis(0), 1), alone.rows());
    assert!(
        !desk.path("output/starts.npz").exists(),
        "of the earlier run"
    );
}

#[test]
fn parts_of_one_start_are_not_kept_beside_the_model() {
    let desk = Desk::with_pictures();
    let run = desk.command("pictures -k 3 --keep-starts").assert().code(1);
    run.stderr(contains("pass --restarts with 2 or more"));
}
