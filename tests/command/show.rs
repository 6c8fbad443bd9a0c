//! The command `show`: W and H of another program, drawn and measured as they are.

use std::fs;

use ndarray::Array2;
use nmf_images::images::{self, LoadOptions};
use nmf_images::{ImageSet, Model, NMF};
use predicates::prelude::*;
use predicates::str::{contains, is_empty};

use crate::command::{COUNT, Desk, HEIGHT, WIDTH};
use crate::failing::fails;
use crate::own_start::{parts, weights, write_npz};
use crate::results::{report, strings};

/// Returns ‖X − W H‖ / ‖X‖ and ½ ‖X − W H‖², summed plainly.
fn errors(images: &ImageSet, weights: &Array2<f32>, parts: &Array2<f32>) -> (f64, f64) {
    let (mut residual, mut norm) = (0.0, 0.0);
    for index in 0..images.len() {
        let product = weights.row(index).dot(parts);
        for (value, product) in images.image_f32(index).iter().zip(&product) {
            residual += f64::from(value - product).powi(2);
            norm += f64::from(*value).powi(2);
        }
    }
    ((residual / norm).sqrt(), residual / 2.0)
}

#[test]
fn given_factors_are_drawn_and_measured_as_they_are() {
    let desk = Desk::with_pictures();
    let (w, h) = (weights(3), parts(3));
    write_npz(&desk, "own.npz", &[("W", &w), ("H", &h)]);
    let run = desk
        .command("show own.npz pictures --csv")
        .assert()
        .success();
    let run = run.stdout(contains("given in own.npz\n"));
    run.stderr(contains("--").not());
    let set = images::load(&desk.path("pictures"), &LoadOptions::default()).unwrap();
    let (relative, objective) = errors(&set, &w, &h);
    let written = report(&desk, "output");
    let near = |key: &str, expected: f64| {
        let found = written["nmf"][key].as_f64().unwrap();
        assert!(
            (found / expected - 1.0).abs() < 1e-5,
            "{key}: {found} for {expected}"
        );
    };
    near("relative_error", relative);
    near("objective", objective);
    for (key, expected) in [("solver", "none"), ("init", "own.npz"), ("stop", "given")] {
        assert_eq!(written["nmf"][key], expected);
    }
    assert_eq!(
        (&written["nmf"]["iterations"], &written["nmf"]["rank"]),
        (&0.into(), &3.into())
    );
    let model = Model::read(desk.path("output")).unwrap();
    let nmf = model.by(&NMF);
    let product = w.dot(&h);
    for (found, expected) in nmf.weights.dot(&nmf.basis.rows()).iter().zip(&product) {
        assert!((found - expected).abs() < 1e-5, "{found} for {expected}");
    }
    let files = desk.files("output");
    for name in [
        "comparison.png",
        "report.html",
        "three-ways.png",
        "weights.csv",
    ] {
        assert!(files.iter().any(|file| file == name), "{files:?}");
    }
    assert!(
        !files
            .iter()
            .any(|file| file.contains("convergence") || file.contains("learning")),
        "{files:?}"
    );
    let page = fs::read_to_string(desk.path("output/report.html")).unwrap();
    assert!(page.contains("show own.npz pictures"));
}

#[test]
fn a_run_that_is_shown_has_the_error_of_the_run() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 3 -q --only parts -o first")
        .assert()
        .success();
    desk.command("show first pictures -q --only parts -o second")
        .assert()
        .success()
        .stderr(is_empty());
    let error = |folder: &str| {
        report(&desk, folder)["nmf"]["relative_error"]
            .as_f64()
            .unwrap()
    };
    assert!((error("second") / error("first") - 1.0).abs() < 1e-5);
    fails(
        &desk,
        "show first pictures -o first",
        1,
        &["first/model.npz", "would be overwritten"],
    );
    fails(
        &desk,
        "verify second",
        1,
        &["second cannot be repeated", "given"],
    );
    desk.command("project second pictures -q")
        .assert()
        .success();
}

#[test]
fn a_factor_that_is_not_given_is_found_and_noted() {
    let desk = Desk::with_pictures();
    write_npz(&desk, "parts.npz", &[("H", &parts(3))]);
    write_npz(&desk, "weights.npz", &[("W", &weights(3))]);
    for (file, missing) in [("parts.npz", "W"), ("weights.npz", "H")] {
        desk.command(&format!("show {file} pictures -q --only parts"))
            .assert()
            .success();
        let notes = report(&desk, "output")["input"]["notes"].take();
        let note = format!("{file} has no {missing}: ");
        assert!(
            strings(&notes).iter().any(|found| found.starts_with(&note)),
            "{notes}"
        );
    }
}

#[test]
fn what_cannot_be_shown_is_one_line() {
    let desk = Desk::with_pictures();
    write_npz(&desk, "own.npz", &[("W", &weights(3)), ("H", &parts(3))]);
    fails(
        &desk,
        "show own.npz pictures --only parts,learning",
        1,
        &["--only", "given"],
    );
    fails(
        &desk,
        "show own.npz pictures --only ladder",
        1,
        &["ladder.png", "--only"],
    );
    fails(&desk, "show own.npz", 2, &["required arguments"]);
    fails(&desk, "show nowhere pictures", 1, &["nowhere"]);
    write_npz(
        &desk,
        "own.npz",
        &[("W", &weights(3).mapv(|v| -v)), ("H", &parts(3))],
    );
    fails(
        &desk,
        "show own.npz pictures",
        1,
        &["own.npz", "`W` holds -"],
    );
    write_npz(
        &desk,
        "own.npz",
        &[("W", &Array2::ones((COUNT + 1, 3))), ("H", &parts(3))],
    );
    fails(
        &desk,
        "show own.npz pictures",
        1,
        &["own.npz", "13 rows", "12 images"],
    );
    let wide = Array2::ones((COUNT + 1, WIDTH * HEIGHT));
    write_npz(&desk, "own.npz", &[("H", &wide)]);
    let run = desk.command("show own.npz pictures").assert().code(1);
    run.stderr(
        contains("own.npz")
            .and(contains("12"))
            .and(contains("-k").not()),
    );
}
