//! Notes and warnings about the set and the parts, and progress without a terminal.

use nmf_images::render::percent;
use predicates::prelude::*;
use predicates::str::contains;

use crate::command::{Desk, pgm};
use crate::results::{report_of, strings};

/// A desk with three copies each of two pictures.
fn copies() -> Desk {
    let desk = Desk::empty();
    for image in 0..6 {
        let picture = [[9, 200, 30, 40, 5, 6], [70, 8, 90, 10, 110, 12]][image % 2];
        desk.write(&format!("six/{image}.pgm"), pgm(3, 2, &picture));
    }
    desk
}

#[test]
fn copies_and_spare_parts_are_named() {
    let desk = copies();
    let report = report_of(&desk, "six -k 4 --only parts");
    let note =
        "6 images, 2 of them different (2.pgm is a copy of 0.pgm): each copy counts in the fit";
    let notes = strings(&report["input"]["notes"]);
    assert!(notes.iter().any(|line| line.starts_with(note)), "{notes:?}");
    let spare = "4 parts for 2 different images: parts 2, 3, those of the smallest share, are spare; pass -k 2 or less";
    let warnings = strings(&report["warnings"]);
    assert!(warnings.contains(&spare), "{warnings:?}");
    let enough = report_of(&desk, "six -k 2 --only parts");
    assert!(
        !enough["warnings"].to_string().contains("spare"),
        "{enough}"
    );
}

#[test]
fn different_images_need_no_note() {
    let report = report_of(&Desk::with_pictures(), "pictures -k 3 --only parts");
    assert!(
        !report["input"]["notes"].to_string().contains("different"),
        "{report}"
    );
}

/// A folder `grey` of noise that is nowhere dark, of which NMF finds no parts.
pub fn desk_of_ghosts() -> Desk {
    let desk = Desk::empty();
    let mut state = 7_u32;
    for image in 0..30 {
        let mut grey = [0; 64];
        for value in &mut grey {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *value = (100 + (state >> 24) / 2) as u8;
        }
        desk.write(&format!("grey/{image}.pgm"), pgm(8, 8, &grey));
    }
    desk
}

#[test]
fn parts_that_look_like_whole_images_are_named_once_with_the_option() {
    let desk = desk_of_ghosts();
    let run = desk
        .command("grey -k 4 --only comparison")
        .assert()
        .success();
    let stderr = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert_eq!(
        stderr.matches("look like faint whole images").count(),
        1,
        "{stderr}"
    );
    assert!(
        stderr.contains("--overlap 0.02 usually separates them"),
        "{stderr}"
    );
    let other = report_of(&desk, "grey -k 4 --only parts --solver mu");
    assert!(
        other["warnings"]
            .to_string()
            .contains("--solver hals --overlap 0.02 usually separates them"),
        "{other}"
    );
    for (options, option) in [
        ("--solver mu", "--solver hals --overlap 0.02"),
        ("--overlap 0.01", "a larger --overlap than 0.01"),
    ] {
        report_of(&desk, &format!("grey -k 4 --only page {options}"));
        let page = std::fs::read_to_string(desk.path("output/report.html")).unwrap();
        let fact = format!("\"remedy\":\"{option}\"");
        assert!(page.contains(&fact), "no {fact}");
    }
    let svg = report_of(&desk, "grey -k 4 --only comparison --format svg");
    assert!(svg["warnings"].to_string().contains("faint whole images"));
    let slide = std::fs::read_to_string(desk.path("output/comparison.svg")).unwrap();
    assert!(slide.contains("Faint whole images, not parts: pass --overlap 0.02."));
    assert_eq!(svg["parts"]["verdict"]["name"], "faint whole images");
    assert!(svg["separated"].is_null(), "no page shows it");
    let parts = report_of(&Desk::with_pictures(), "pictures -k 3 --only parts");
    assert!(!parts["warnings"].to_string().contains("faint"), "{parts}");
}

#[test]
fn beside_ghosts_the_page_has_the_parts_of_the_advised_option() {
    let desk = desk_of_ghosts();
    let plain = report_of(&desk, "grey -k 4 --only page");
    let page = std::fs::read_to_string(desk.path("output/report.html")).unwrap();
    assert!(
        page.contains("\"name\":\"separated\""),
        "its parts are there"
    );
    let separated = &plain["separated"];
    assert_eq!(separated["option"], "--overlap 0.02");
    // The same as a run with that option, to the last bit.
    let run = report_of(&desk, "grey -k 4 --only page --overlap 0.02");
    assert_eq!(separated["relative_error"], run["nmf"]["relative_error"]);
    assert_eq!(separated["iterations"], run["nmf"]["iterations"]);
    for key in ["sparsity", "overlap", "dead"] {
        assert_eq!(separated[key], run["parts"][key], "{key}");
    }
    assert_eq!(separated["verdict"], run["parts"]["verdict"]["name"]);
    assert!(run["separated"].is_null(), "it has the penalty itself");
}

#[test]
fn the_recipe_states_the_figures_of_the_report() {
    let desk = Desk::with_pictures();
    let report = report_of(&desk, "pictures -k 3 --only recipe --format svg");
    let picture = std::fs::read_to_string(desk.path("output/recipe.svg")).unwrap();
    let recipe = &report["recipe"];
    for key in ["nmf", "pca"] {
        let error = percent(recipe[key]["relative_error"].as_f64().unwrap());
        assert!(picture.contains(&error), "{key}: {error}");
    }
    let lost = percent(recipe["pca"]["cancelled"].as_f64().unwrap());
    let lost = format!("{lost} of the intensity of all terms cancels.");
    assert!(picture.contains(&lost), "{lost}");
    assert_eq!(recipe["nmf"]["cancelled"], 0.0);
    let all = &report["pca"]["parts"];
    let ratio = all["cancellation"].as_f64().unwrap();
    let share = all["cancelled"].as_f64().unwrap();
    assert!((share - (1.0 - 1.0 / ratio)).abs() < 1e-12);
    let asked = report_of(&desk, "pictures -k 3 --only recipe --recipe 1");
    assert_eq!(asked["recipe"]["index"], 1);
}

#[test]
fn without_a_terminal_a_fit_prints_a_line_when_it_starts() {
    let desk = Desk::with_pictures();
    let start = "progress: learning, at most 50 iterations; one line per minute\n";
    let run = desk
        .command("pictures -k 3 --max-iter 50 --only parts")
        .assert()
        .success();
    let stderr = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(stderr.starts_with(start), "{stderr}");
    assert_eq!(stderr.matches("progress: ").count(), 1, "{stderr}");
    desk.command("ranks pictures -k 1..2 --restarts 1")
        .assert()
        .success()
        .stderr(contains("progress: trying 1 part, rank 1 of 2\n"));
    desk.command("compare pictures -k 2 --rules hals --max-iter 5")
        .assert()
        .success()
        .stderr(contains(
            "progress: learning, at most 5 iterations; one line per minute\n",
        ));
    desk.command("pictures -k 3 --max-iter 50 --only parts -q")
        .assert()
        .success()
        .stderr(contains("progress").not());
}

#[test]
fn no_iterations_give_the_start() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 3 --max-iter 0 --only parts,convergence,learning")
        .assert()
        .success()
        .stdout(contains("  0 iterations in "));
    let report = crate::results::report(&desk, "output");
    assert_eq!(report["nmf"]["iterations"], 0);
    desk.command("compare pictures -k 3 --max-iter 0 --rules hals,mu -q")
        .assert()
        .success();
}

#[test]
fn one_number_is_needed_where_a_list_or_a_decimal_comma_is_given() {
    let desk = Desk::with_pictures();
    for (arguments, words) in [
        (
            "--seed 1,2",
            "a non-negative whole number, such as 7, is needed, not a list",
        ),
        ("--seed -1", "a non-negative whole number"),
        ("--limit 4,5", "not a list"),
        (
            "--background 1,2",
            "a grey level from 0 (black) to 255 (white) is needed, not a list",
        ),
        ("--max-iter 5,6", "is needed, not a list"),
        ("--tol 0,01", "one number, with a decimal point"),
        (
            "-k 10%",
            "a positive whole number is needed, a list such as 4,9,16, or auto",
        ),
        (
            "-k 0",
            "a positive whole number is needed, a list such as 4,9,16, or auto",
        ),
        (
            "-k -1",
            "a positive whole number is needed, a list such as 4,9,16, or auto",
        ),
    ] {
        desk.command(&format!("pictures {arguments}"))
            .assert()
            .code(2)
            .stderr(contains(words));
    }
}
