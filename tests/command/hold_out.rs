//! `--hold-out`: held-out images.

use std::collections::BTreeSet;

use nmf_images::{Model, NMF};
use predicates::str::contains;
use serde_json::Value;

use crate::command::{COUNT, Desk, HEIGHT, WIDTH, pgm};
use crate::failing::fails;
use crate::results::{report, report_of, strings};

#[test]
fn held_out_images_are_not_learned_from_and_their_errors_stand_beside_those_of_the_others() {
    let desk = Desk::with_pictures();
    let line = "pictures -k 2 --hold-out 0.25 --seed 1 --only reconstructions,comparison";
    let run = desk.command(line).assert().success();
    run.stdout(contains("9 images of 8x6; 3 more held out"))
        .stdout(contains("3 images held out: relative error NMF 0."));
    let report = report(&desk, "output");
    let held_out = &report["held_out"];
    assert_eq!(
        (&report["input"]["images"], &held_out["images"]),
        (&9.into(), &3.into())
    );
    let model = Model::read(desk.path("output")).unwrap();
    let mut names: BTreeSet<&str> = strings(&held_out["names"]).into_iter().collect();
    assert_eq!(names.len(), 3);
    names.extend(model.names.iter().map(String::as_str));
    assert_eq!(
        (names.len(), model.by(&NMF).weights.nrows()),
        (COUNT, COUNT - 3)
    );
    for method in ["nmf", "pca"] {
        assert_eq!(
            held_out[method]["training_error"],
            report[method]["relative_error"]
        );
        let error = held_out[method]["relative_error"].as_f64().unwrap();
        assert!(error > 0.0 && error < held_out["mean_image_error"].as_f64().unwrap());
    }
    let captions: Vec<&str> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|file| file["caption"].as_str())
        .collect();
    assert!(
        captions
            .iter()
            .any(|caption| caption.starts_with("Held-out images, from the one"))
    );
}

/// `project` of the held-out images must find the same errors.
#[test]
fn a_projection_of_the_held_out_images_has_the_same_error() {
    let desk = Desk::with_pictures();
    let run = report_of(&desk, "pictures -k 2 --hold-out 3 --only parts");
    let files: Vec<String> = strings(&run["held_out"]["names"])
        .iter()
        .map(|name| format!("pictures/{name}"))
        .collect();
    desk.command(&format!("project output {} --out new -q", files.join(" ")))
        .assert()
        .success();
    let bytes = std::fs::read(desk.path("new/projection.json")).unwrap();
    let projection: Value = serde_json::from_slice(&bytes).unwrap();
    for method in ["nmf", "pca"] {
        let of = |report: &Value| report["relative_error"].as_f64().unwrap();
        let (found, expected) = (of(&run["held_out"][method]), of(&projection[method]));
        assert!(
            (found - expected).abs() < 1e-9,
            "{method}: {found} {expected}"
        );
    }
}

#[test]
fn the_same_seed_holds_the_same_images_out_on_any_number_of_threads() {
    let desk = Desk::with_pictures();
    let of = |more: &str| {
        let report = report_of(
            &desk,
            &format!("pictures -k 2 --hold-out 4 --only parts {more}"),
        );
        report["held_out"].clone()
    };
    let found = of("--threads 1");
    assert_eq!(of("--threads 3"), found);
    assert_ne!(of("--seed 1")["names"], found["names"]);
}

#[test]
fn labels_are_told_from_held_out_images_by_the_means_of_the_others() {
    let desk = Desk::empty();
    for image in 0..24_u8 {
        let (row, value) = (usize::from(image % 2) * 3, 90 + image * 5);
        let mut values = [image % 5; WIDTH * HEIGHT];
        values[row * WIDTH..(row + 2) * WIDTH].fill(value);
        let name = format!("labelled/{}/{image}.pgm", image % 2);
        desk.write(&name, pgm(WIDTH, HEIGHT, &values));
    }
    let run = report_of(&desk, "labelled -k 2 --hold-out 6 --only parts");
    let labels = &run["labels"];
    assert_eq!(labels["held_out"], true);
    assert_eq!(
        (&labels["count"], &labels["left_out"]),
        (&6.into(), &0.into())
    );
    assert_eq!(
        (&labels["nmf"]["accuracy"], &labels["chance"]),
        (&1.0.into(), &0.5.into())
    );
    let without = report_of(&desk, "labelled -k 2 --only parts");
    assert_eq!(without["labels"]["held_out"], Value::Null);
    assert_eq!(without["held_out"], Value::Null);
}

#[test]
fn masks_and_the_rank_search_go_with_the_images_that_remain() {
    let desk = Desk::with_pictures();
    let mut mask = [255; WIDTH * HEIGHT];
    mask[..5].fill(0);
    desk.write("mask.pgm", pgm(WIDTH, HEIGHT, &mask));
    let masked = report_of(&desk, "pictures -k 2 --hold-out 3 --mask mask.pgm");
    assert_eq!(
        (&masked["input"]["images"], &masked["input"]["unknown"]),
        (&9.into(), &45.into())
    );
    assert!(
        masked["held_out"]["pca"]["relative_error"]
            .as_f64()
            .unwrap()
            < 0.5
    );
    let searched = report_of(&desk, "pictures -k auto --hold-out 3 --only parts");
    assert!(searched["nmf"]["rank_choice"]["choice"].as_u64().unwrap() <= 9);
}

#[test]
fn what_cannot_be_held_out_is_refused() {
    let desk = Desk::with_pictures();
    for value in ["0", "1.0", "1.5", "-2", "10%", "many"] {
        fails(
            &desk,
            &format!("pictures --hold-out {value}"),
            2,
            &["such as 0.1", "such as 40"],
        );
    }
    for value in ["11", "12", "0.99"] {
        let words = [
            "of 12 images cannot be held out",
            "at least 2 training images must remain",
        ];
        fails(
            &desk,
            &format!("pictures -k 1 --hold-out {value}"),
            1,
            &words,
        );
    }
    fails(
        &desk,
        "pictures -k 8 --hold-out 5",
        1,
        &["rank 8 is too large", "7 images"],
    );
    for command in ["compare", "ranks"] {
        fails(
            &desk,
            &format!("{command} pictures --hold-out 3"),
            2,
            &["--hold-out"],
        );
    }
}
