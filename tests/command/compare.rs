//! The command `compare`: files, output and errors; and the function `compare` of the library.

use std::fs;
use std::ops::ControlFlow;

use nmf_images::comparison::{MOST_RULES, Rule, RuleSummary, compare};
use nmf_images::nmf::{Hals, StopReason};
use nmf_images::{ImageSet, Nmf, Shape, Solver};
use predicates::prelude::*;
use predicates::str::{contains, ends_with, is_empty};
use serde_json::Value;

use crate::command::{COUNT, Desk, HEIGHT, WIDTH, bars, pgm};
use crate::failing::fails;
#[cfg(target_os = "linux")]
use crate::process;

const FILES: [&str; 6] = [
    "compare-chart.png",
    "compare-chart.svg",
    "compare-means.csv",
    "compare.csv",
    "compare.png",
    "report.json",
];

/// Returns the report that a comparison left.
pub fn report(desk: &Desk) -> Value {
    serde_json::from_slice(&fs::read(desk.path("output/report.json")).unwrap()).unwrap()
}

#[test]
fn a_comparison_writes_a_table_a_picture_and_a_report_that_agree() {
    let desk = Desk::with_pictures();
    desk.write("pictures/broken.png", "no picture at all");
    desk.command("compare pictures -k 3 --rules hals --seed 5 -q")
        .assert()
        .success()
        .stdout(is_empty());
    assert_eq!(desk.files("output"), FILES);
    let picture = image::open(desk.path("output/compare.png")).unwrap();
    assert_eq!((picture.width(), picture.height()), (3840, 2160));

    let report = report(&desk);
    let names = |list: &Value, key: &str| -> Vec<String> {
        list.as_array()
            .unwrap()
            .iter()
            .map(|item| item[key].as_str().unwrap().to_owned())
            .collect()
    };
    let mut files = names(&report["files"], "name");
    files.sort_unstable();
    assert_eq!(files, FILES);
    assert_eq!(names(&report["compare"], "rule"), ["hals", "VQ", "PCA"]);
    assert_eq!(report["input"]["images"], COUNT);
    assert_eq!(
        (&report["settings"]["rank"], &report["settings"]["seed"]),
        (&3.into(), &5.into())
    );
    assert_eq!(
        report["pca"]["relative_error"],
        report["compare"][2]["relative_error"]
    );
    assert!(
        report["warnings"][0]
            .as_str()
            .unwrap()
            .contains("broken.png"),
        "{}",
        report["warnings"]
    );

    let csv = fs::read_to_string(desk.path("output/compare.csv")).unwrap();
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 4);
    for (line, row) in lines[1..].iter().zip(report["compare"].as_array().unwrap()) {
        for (key, value) in lines[0].iter().zip(line) {
            let expected = match &row[key] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(*value, expected, "{key} of {line:?}");
        }
    }
}

#[test]
fn a_rule_learns_in_a_comparison_what_it_learns_alone() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 3 -q").assert().success();
    let alone = report(&desk);
    desk.command("compare pictures -k 3 -q").assert().success();
    let hals = report(&desk)["compare"][0].take();
    for key in ["relative_error", "objective", "iterations", "stop"] {
        assert_eq!(hals[key], alone["nmf"][key], "{key}");
    }
    for key in ["sparsity", "overlap", "localisation", "dead"] {
        assert_eq!(hals[key], alone["parts"][key], "{key}");
    }
    assert_eq!(hals["minimises"], "squared error");
}

#[test]
fn the_table_is_aligned_plain_text_on_stdout() {
    let desk = Desk::with_pictures();
    desk.write(
        "pictures/black.pgm",
        pgm(WIDTH, HEIGHT, &[0; WIDTH * HEIGHT]),
    );
    let run = desk.command("compare pictures -k 3").assert().success();
    let run = run.stderr(contains("\nnote: 1 black image (black.pgm)"));
    let stdout = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    assert!(
        !stdout.contains('\u{1b}') && stdout.lines().all(|line| line.chars().count() <= 100),
        "{stdout}"
    );
    let line = |start: &str| stdout.lines().find(|line| line.starts_with(start)).unwrap();
    let [head, hals, pca] = ["rule ", "hals ", "PCA "].map(line);
    let end = |line: &str, word: &str| line.find(word).unwrap() + word.len();
    let error = &hals.split_whitespace().nth(1).unwrap();
    assert_eq!(end(head, "error"), end(hals, error), "{stdout}");
    assert!(
        head.ends_with("minimises")
            && hals.ends_with("squared error")
            && pca.ends_with("squared error")
    );
    assert!(contains("compare.png").eval(stdout.lines().last().unwrap()));
}

#[test]
fn options_of_learning_reading_and_writing_apply() {
    let desk = Desk::with_pictures();
    let options = "--init nndsvda --max-iter 2 --tol 1e-9 --size 4x3 --limit 6 --scale shared -o results --threads 1";
    let run = desk
        .command(&format!("compare pictures -k 2 {options}"))
        .assert()
        .success();
    run.stderr(contains(
        "warning: hals: the iteration limit was reached after 2 iterations",
    ));
    fs::rename(desk.path("results"), desk.path("output")).unwrap();
    let report = report(&desk);
    assert_eq!(
        (&report["input"]["images"], &report["input"]["width"]),
        (&6.into(), &4.into())
    );
    let settings = &report["settings"];
    assert_eq!(
        (&settings["init"], &settings["max_iterations"]),
        (&"nndsvda".into(), &2.into())
    );
    assert_eq!(report["compare"][0]["stop"], "max_iterations");
}

#[test]
fn a_folder_called_compare_can_still_be_learned_from() {
    let desk = Desk::with_pictures();
    fs::rename(desk.path("pictures"), desk.path("compare")).unwrap();
    desk.command("./compare -k 3")
        .assert()
        .success()
        .stdout(contains("./compare: 12 images"));
    desk.command("compare compare -k 3")
        .assert()
        .success()
        .stdout(contains("compare: 12 images"));
}

#[test]
fn pictures_of_earlier_comparisons_are_no_input() {
    let desk = Desk::with_pictures();
    for _ in 0..2 {
        desk.command("compare pictures -k 3 -q --out pictures/output")
            .assert()
            .success();
    }
    let run = desk.command("pictures -k 3").assert().success();
    run.stderr(ends_with(
        "minute\nnote: 3 pictures of earlier runs were ignored\n",
    ));
}

#[test]
fn the_chart_states_what_its_errors_and_marks_are() {
    let desk = Desk::with_pictures();
    let chart = |options: &str| {
        desk.command(&format!("compare pictures -k 3 -q --rules hals {options}"))
            .assert()
            .success();
        fs::read_to_string(desk.path("output/compare-chart.svg")).unwrap()
    };
    let alone = chart("");
    assert!(alone.contains("Each dot is a run of rank 3.\n"));
    assert!(alone.contains("relative error") && !alone.contains("without noise"));
    let noisy = chart("--noises salt:0.2 --seeds 0,1");
    assert!(noisy.contains("relative error against the images without noise"));
    assert!(noisy.contains("bars reach one standard deviation above and below"));
    let mean = report(&desk)["means"][0]["figures"]["clean_error"]["mean"].clone();
    let mean = format!("{:.1}\u{a0}%", 100.0 * mean.as_f64().unwrap());
    assert!(noisy.contains(&mean), "{mean}");
}

#[test]
fn a_rule_with_two_settings_can_stand_among_others() {
    let desk = Desk::with_pictures();
    desk.command("compare pictures -k 3 -q --max-iter 3 --rules hoyer:H=0.8,W=0.3,local,hals")
        .assert()
        .success();
    let report = report(&desk);
    let lines = report["compare"].as_array().unwrap();
    let rules: Vec<_> = lines
        .iter()
        .map(|line| line["rule"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["hoyer:H=0.8,W=0.3", "local", "hals", "VQ", "PCA"]);
    let warnings = report["warnings"].to_string();
    assert!(
        warnings.contains("hals: the iteration limit was reached") && !warnings.contains("local"),
        "{warnings}"
    );
}

#[test]
fn what_cannot_be_compared_is_one_clear_line() {
    let desk = Desk::with_pictures();
    fails(
        &desk,
        "compare pictures --rules hals,luck",
        2,
        &["--rules", "`luck`", "available: hals"],
    );
    fails(&desk, "compare pictures --rules=", 2, &["--rules"]);
    fails(
        &desk,
        "compare pictures --rules W=0.3,hals",
        2,
        &["--rules", "`W=0.3`"],
    );
    fails(
        &desk,
        "compare pictures -k 3 --rules hals,hals",
        1,
        &["error: the rule `hals` is listed twice"],
    );
    fails(
        &desk,
        "compare pictures -k 13",
        1,
        &["error: rank 13 is too large", "-k 12 or less"],
    );
    fails(
        &desk,
        "compare nowhere",
        1,
        &["error: nowhere: no such file or folder"],
    );
    fails(
        &desk,
        "compare pictures --out pictures/1.pgm",
        1,
        &["cannot write to pictures/1.pgm"],
    );
    fails(&desk, "compare", 2, &["required arguments"]);
    fails(
        &desk,
        "compare pictures --show 3",
        2,
        &["unexpected argument", "--show"],
    );
    desk.write_npy("black.npy", &ndarray::Array3::<u8>::zeros((4, 2, 3)));
    fails(
        &desk,
        "compare black.npy -k 2",
        1,
        &["every pixel of the 4 images is black"],
    );
}

/// The bars of the desk as a set, and rules that differ in more than their name.
fn library(count: usize) -> (ImageSet, Vec<Rule>) {
    let bars = bars(COUNT, HEIGHT, WIDTH)
        .into_shape_with_order((COUNT, HEIGHT * WIDTH))
        .unwrap();
    let images = ImageSet::from_f32(
        Shape::new(HEIGHT, WIDTH),
        bars.mapv(|v| f32::from(v) / 255.0),
    )
    .unwrap();
    let rule = |index: usize| Rule {
        name: format!("{} sweeps", index + 1),
        nmf: Nmf::new(3).solver(Solver::Hals(Hals {
            sweeps: index + 1,
            extrapolation: false,
            ..Hals::default()
        })),
    };
    (images, (0..count).map(rule).collect())
}

#[test]
fn every_rule_starts_at_the_same_place_and_reports_its_own_iterations() {
    let (images, mut rules) = library(3);
    // This rule learns from more pixels than the one before and the one after it.
    rules[1].nmf = rules[1].nmf.clone().merge_pixels(false);
    let mut heard = Vec::new();
    let learned = compare(&images, &rules, |rule, iteration| {
        heard.push((rule, iteration.iteration));
        ControlFlow::Continue(())
    });
    let learned = learned.unwrap();
    let expected: Vec<(usize, usize)> = learned
        .iter()
        .enumerate()
        .flat_map(|(rule, learned)| {
            (1..=learned.model.trace.len()).map(move |iteration| (rule, iteration))
        })
        .collect();
    assert_eq!(heard, expected);
    for (rule, learned) in rules.iter().zip(&learned) {
        let alone = rule.nmf.fit(&images).unwrap();
        assert_eq!(
            (&learned.rule, &learned.model.basis),
            (&rule.name, &alone.basis)
        );
        let line = RuleSummary::of_rule(learned);
        assert_eq!(
            (line.objective, line.iterations),
            (Some(alone.objective), Some(alone.trace.len()))
        );
    }
}

#[test]
fn an_interrupted_rule_is_kept_and_the_next_does_not_begin() {
    let (images, rules) = library(3);
    let learned = compare(&images, &rules, |rule, iteration| {
        if (rule, iteration.iteration) == (1, 2) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    let ends: Vec<StopReason> = learned
        .unwrap()
        .iter()
        .map(|learned| learned.model.stop_reason)
        .collect();
    assert_eq!(ends, [StopReason::Converged, StopReason::Interrupted]);
}

#[test]
fn too_many_rules_none_and_two_of_one_name_are_refused() {
    let refused = |rules: &[Rule]| {
        compare(&library(1).0, rules, |_, _| ControlFlow::Continue(()))
            .expect_err("refused")
            .to_string()
    };
    assert_eq!(refused(&[]), "a comparison takes 1 to 8 rules, not 0");
    assert_eq!(
        refused(&library(MOST_RULES + 1).1),
        "a comparison takes 1 to 8 rules, not 9"
    );
    let mut twice = library(2).1;
    twice[1].name = "1 sweeps".to_owned();
    assert_eq!(
        refused(&twice),
        "the rule `1 sweeps` is listed twice; list each rule once"
    );
    let mut large = library(2).1;
    large[1].nmf = Nmf::new(99);
    assert!(refused(&large).starts_with("2 sweeps: rank 99 is too large"));
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_keeps_the_rules_that_have_learned() {
    let desk = Desk::empty();
    desk.write_npy("bars.npy", &bars(600, 30, 30));
    let mut run = desk.begin("compare bars.npy -k 20 --tol 0 --max-iter 1000000");
    process::wait_until_ctrl_c_is_caught(&mut run);
    process::signal(run.id(), "-INT");
    let output = run.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    assert!(
        contains("warning: hals: interrupted after").eval(&stderr),
        "{stderr}"
    );
    assert_eq!(desk.files("output"), FILES);
    assert_eq!(report(&desk)["compare"][0]["stop"], "interrupted");
}
