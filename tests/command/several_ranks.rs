//! `-k 2,3`: a run per rank, and the ladder of all.

use std::fs;

use nmf_images::render::percent;
use nmf_images::{Model, NMF, PCA};
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use crate::command::{COUNT, Desk};
use crate::failing::fails;
use crate::results::report;

fn ladder(desk: &Desk, folder: &str) -> Value {
    let bytes = fs::read(desk.path(folder).join("ladder.json")).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// Runs the command and returns what it prints on stderr, but for its progress.
fn stderr(desk: &Desk, arguments: &str) -> String {
    let run = desk.command(arguments).assert().success();
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    let lines = said.split_inclusive('\n');
    lines
        .filter(|line| !line.starts_with("progress: "))
        .collect()
}

#[test]
fn each_rank_leaves_what_a_run_with_it_alone_leaves() {
    let desk = Desk::with_pictures();
    let options = "--images 7,2 --csv --tiles --seed 3 -q";
    desk.command(&format!("pictures -k 3,2,3 {options} -o all"))
        .assert()
        .success();
    assert_eq!(
        desk.files("all"),
        ["k2", "k3", "ladder.csv", "ladder.json", "ladder.png"]
    );
    for rank in [2, 3] {
        let (alone, folder) = (format!("alone{rank}"), format!("all/k{rank}"));
        desk.command(&format!("pictures -k {rank} {options} -o {alone}"))
            .assert()
            .success();
        let mut files = desk.files(&alone);
        assert_eq!(desk.files(&folder), files);
        files.retain(|name| name != "parts");
        files.extend((0..rank).map(|part| format!("parts/00{part}.png")));
        let has_times = |name: &str| {
            ["convergence.", "report.", "trace."]
                .iter()
                .any(|start| name.starts_with(start))
        };
        for name in files.iter().filter(|name| !has_times(name)) {
            let read = |folder: &str| fs::read(desk.path(folder).join(name)).unwrap();
            assert!(read(&folder) == read(&alone), "{folder}/{name}");
        }
    }
}

#[test]
fn the_ladder_and_its_table_have_the_figures_of_each_run() {
    let desk = Desk::with_pictures();
    let run = "pictures -k 2..4 --hold-out 3 --images 7,2 --format svg --only parts";
    let printed = desk.command(&format!("{run} --json")).assert().success();
    let report_of_all = ladder(&desk, "output");
    let bytes = fs::read(desk.path("output/ladder.json")).unwrap();
    assert_eq!(printed.get_output().stdout, bytes);

    let svg = fs::read_to_string(desk.path("output/ladder.svg")).unwrap();
    let mut lines = svg.lines().filter(|line| !line.starts_with('<'));
    let table = fs::read_to_string(desk.path("output/ladder.csv")).unwrap();
    let mut rows = table.lines();
    let head: Vec<&str> = rows.next().unwrap().split(',').collect();
    let caption = report_of_all["files"][0]["caption"].as_str().unwrap();
    let mut first_errors: Vec<Vec<String>> = vec![Vec::new(); 2];
    for (index, rank) in (2..5).enumerate() {
        let folder = format!("output/k{rank}");
        let (model, run) = (
            Model::read(desk.path(&folder)).unwrap(),
            report(&desk, &folder),
        );
        let shown: Vec<&str> = [7, 2].map(|image| model.names[image].as_str()).to_vec();
        assert_eq!(report_of_all["images"], Value::from(shown));
        let row = &report_of_all["ranks"][index];
        assert_eq!(row["rank"], rank);
        assert_eq!(row["folder"], format!("k{rank}"));
        for (place, (method, key)) in [(&NMF, "nmf"), (&PCA, "pca")].into_iter().enumerate() {
            let error = &run[key]["relative_error"];
            assert_eq!(&row[format!("{key}_relative_error")], error);
            assert_eq!(
                row[format!("{key}_held_out_error")],
                run["held_out"][key]["relative_error"]
            );
            let error = percent(error.as_f64().unwrap());
            assert!(caption.contains(&error), "{error}: {caption}");
            first_errors[place].push(error);
            for image in [7, 2] {
                let error = percent(model.by(method).errors[image].into());
                assert!(svg.lines().any(|line| line == error), "{error}");
            }
        }
        assert_eq!(row["bound"], run["bound"]["relative_error"]);
        for key in ["iterations", "seconds", "stop"] {
            assert_eq!(row[key], run["nmf"][key], "{key}");
        }
        for key in ["sparsity", "overlap"] {
            assert_eq!(row[key], run["parts"][key], "{key}");
        }
        let cells: Vec<&str> = rows.next().unwrap().split(',').collect();
        assert_eq!(cells.len(), head.len());
        for (key, cell) in head.iter().zip(cells) {
            let value = &row[*key];
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            assert_eq!(cell, text, "{key}");
        }
    }
    // The errors over all images are above those of single images, one line per method.
    lines.find(|line| *line == "all images").unwrap();
    let errors: Vec<&str> = lines.filter(|line| line.ends_with("\u{a0}%")).collect();
    let expected = first_errors.concat();
    assert_eq!(errors[..expected.len()], expected);
}

#[test]
fn what_all_ranks_have_in_common_is_told_once() {
    let desk = Desk::with_pictures();
    desk.write("pictures/broken.png", "no picture at all");
    let run = "pictures -k 2,3 --only parts --max-iter 1";
    let said = stderr(&desk, run);
    assert_eq!(said.matches("could not be read").count(), 1, "{said}");
    assert!(!said.contains("k = 2: 1 file"), "{said}");
    let limit: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("iteration"))
        .collect();
    assert!(
        matches!(limit[..], [line] if line.starts_with("warning: k = 2, 3: ")),
        "{said}"
    );
    let warnings = ladder(&desk, "output")["warnings"].clone();
    let warned = said
        .lines()
        .filter_map(|line| line.strip_prefix("warning: "));
    assert_eq!(warnings, Value::from(warned.collect::<Vec<_>>()));

    // The output is no input, and the summary starts with the ladder.
    for _ in 0..2 {
        let run = desk
            .command("pictures -k 2,3 --only parts,convergence -o pictures/out")
            .assert()
            .success();
        run.stdout(contains("start with pictures/out/ladder.png").and(contains("  k3/ ")));
        let images = &ladder(&desk, "pictures/out")["input"]["images"];
        assert_eq!(images, COUNT);
    }
}

#[test]
fn what_makes_no_sense_with_several_ranks_is_refused() {
    let desk = Desk::with_pictures();
    fails(&desk, "pictures -k 2,3 --view", 1, &["--view"]);
    let words = ["output/ladder.png", "omit `ladder` from --only"];
    fails(&desk, "pictures -k 2,3 --only parts,ladder", 1, &words);
    let words = ["rank 13 is too large", "pass -k 12 or less"];
    fails(&desk, "pictures -k 2,13", 1, &words);
    fails(
        &desk,
        "pictures -k 2,3 --images 12",
        1,
        &["`12`", "0 to 11"],
    );
    fails(
        &desk,
        "pictures -k 1..11",
        2,
        &["at most 10 ranks", "nmf-images ranks"],
    );
    fails(&desk, "pictures -k 2 3", 2, &["pass -k 2,3"]);
    // A run that would overwrite its input in the folder of a rank.
    desk.command("pictures -k 2,4 --only parts --tiles -q -o out")
        .assert()
        .success();
    for line in [
        "pictures --mask out/k4/parts/003.png -k 2,4 --tiles -o out",
        "- -k 2,4 --tiles -o out",
    ] {
        let list = "out/k4/parts/000.png\nout/k4/parts/001.png\n";
        let run = desk.command(line).write_stdin(list).assert().code(1);
        run.stderr(contains("would be overwritten"));
    }
}
