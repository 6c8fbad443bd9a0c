//! Options of learning: when a fit ends, penalties, several starts, and how each is reported.

use predicates::prelude::*;

use predicates::str::contains;

use serde_json::json;

use crate::command::Desk;

use crate::results::{report, report_of, strings};

#[test]
fn the_iteration_limit_is_one_warning_and_no_error() {
    let desk = Desk::with_pictures();
    let run = desk
        .command("pictures -k 3 --max-iter 1")
        .assert()
        .success();
    let lines = |begin: &str, text: &[u8]| {
        String::from_utf8_lossy(text)
            .lines()
            .filter(|line| line.starts_with(begin))
            .count()
    };
    let limit = "warning: the iteration limit was reached";
    assert_eq!(lines(limit, &run.get_output().stderr), 1);
    let nmf = report(&desk, "output")["nmf"].take();
    assert_eq!(
        (&nmf["stop"], &nmf["converged"]),
        (&"max_iterations".into(), &false.into())
    );
    assert_eq!(nmf["iterations"], 1);

    let run = desk.command("pictures -k 3").assert().success();
    assert_eq!(
        lines("warning:", &run.get_output().stderr),
        0,
        "a run that converged has nothing to warn of"
    );
    let nmf = report(&desk, "output")["nmf"].take();
    assert_eq!(
        (&nmf["stop"], &nmf["converged"]),
        (&"converged".into(), &true.into())
    );
}

#[test]
fn the_target_error_ends_the_learning() {
    let desk = Desk::with_pictures();
    let nmf = report_of(&desk, "pictures -k 3 --init random --target-error 0.3")["nmf"].take();
    assert_eq!(
        (&nmf["stop"], &nmf["converged"], &nmf["target_error"]),
        (&"target_error".into(), &true.into(), &0.3.into())
    );
    let errors: Vec<f64> = nmf["trace"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["relative_error"].as_f64().unwrap())
        .collect();
    let (last, before) = errors.split_last().unwrap();
    assert!(
        *last <= 0.3 && before.iter().all(|error| *error > 0.3),
        "{errors:?}"
    );
}

#[test]
fn a_time_limit_of_0_is_one_iteration() {
    let desk = Desk::with_pictures();
    let nmf = report_of(&desk, "pictures -k 3 --time-limit 0")["nmf"].take();
    assert_eq!(
        (&nmf["stop"], &nmf["converged"], &nmf["time_limit"]),
        (&"time_limit".into(), &false.into(), &0.0.into())
    );
    assert_eq!(nmf["iterations"], 1);
}

#[test]
fn every_learning_option_is_echoed_in_the_report() {
    let desk = Desk::with_pictures();
    let options = "--rank 2 --solver mu:1.5 --init nndsvda --seed 7 --max-iter 33 --tol 1e-9 --target-error 0.01 --time-limit 60";
    let nmf = report_of(&desk, &format!("pictures {options} --sample-start off"))["nmf"].take();
    assert_eq!(
        (&nmf["rank"], &nmf["init"], &nmf["seed"]),
        (&2.into(), &"nndsvda".into(), &7.into())
    );
    assert_eq!(nmf["solver"], "mu:1.5");
    assert_eq!(
        (&nmf["max_iterations"], &nmf["tolerance"]),
        (&33.into(), &1e-9.into())
    );
    assert_eq!(
        (&nmf["target_error"], &nmf["time_limit"]),
        (&0.01.into(), &60.0.into())
    );
    assert_eq!(nmf["sample_start"], false);
}

#[test]
fn penalties_are_in_the_report_and_in_the_summary() {
    let desk = Desk::with_pictures();
    let penalties = |options: &str| {
        let run = desk
            .command(&format!("pictures -k 3 --max-iter 5 {options}"))
            .assert()
            .success();
        let said = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
        let line = said
            .lines()
            .find_map(|line| line.trim().strip_prefix("penalties: "))
            .map(str::to_owned);
        (
            report(&desk, "output")["nmf"]["penalties"].take(),
            line.unwrap_or_default(),
        )
    };
    let none = json!({"alpha_w": 0.0, "alpha_h": 0.0, "l1_ratio": 0.0, "overlap": {"from": 0.0, "to": 0.0}});
    assert_eq!(penalties(""), (none, String::new()));
    let (echoed, line) = penalties("--alpha-w 0.001 --l1-ratio 0.5 --overlap 0.1:0.02");
    let overlap = json!({"from": 0.1, "to": 0.02});
    assert_eq!(
        echoed,
        json!({"alpha_w": 0.001, "alpha_h": 0.001, "l1_ratio": 0.5, "overlap": overlap})
    );
    assert!(
        line.starts_with(
            "overlap 0.1:0.02, alpha-w 0.001, alpha-h 0.001, l1-ratio 0.5; objective "
        ),
        "{line}"
    );
    assert_eq!(
        penalties("--alpha-w 0.001 --alpha-h 0").0["alpha_h"],
        0.0,
        "alpha-h is its own where it is given"
    );
}

#[test]
fn parts_emptied_by_penalties_are_a_warning_that_names_the_penalties() {
    let desk = Desk::with_pictures();
    let report = report_of(&desk, "pictures -k 3 --alpha-w 100 --l1-ratio 1");
    let warnings = strings(&report["warnings"]);
    assert!(
        warnings
            .iter()
            .any(|warning| warning.starts_with("3 of 3 parts are used by no image; the penalties"))
    );
}

#[test]
fn the_best_of_several_starts_is_reported_with_the_spread() {
    let desk = Desk::with_pictures();
    let run = desk
        .command("pictures -k 3 --init random --seed 4 --restarts 3")
        .assert()
        .success();
    run.stdout(contains("best of 3 starts (seed ").and(contains("similarity of parts ")));
    let nmf = report(&desk, "output")["nmf"].take();
    let restarts = nmf["restarts"].as_array().unwrap();
    assert_eq!(
        restarts
            .iter()
            .map(|start| start["seed"].as_u64().unwrap())
            .collect::<Vec<_>>(),
        [4, 5, 6]
    );
    for key in [
        "objective",
        "relative_error",
        "iterations",
        "seconds",
        "stop",
        "mean_cosine",
        "alike",
    ] {
        assert!(restarts.iter().all(|start| !start[key].is_null()), "{key}");
    }
    let best = restarts
        .iter()
        .find(|start| start["seed"] == nmf["seed"])
        .unwrap();
    assert_eq!(
        (&best["iterations"], &best["objective"]),
        (&nmf["iterations"], &nmf["objective"])
    );
    assert!(
        restarts
            .iter()
            .all(|start| start["objective"].as_f64() >= nmf["objective"].as_f64())
    );

    let run = desk
        .command("pictures -k 3 --restarts 1")
        .assert()
        .success();
    run.stdout(contains("starts").not());
    let nmf = report(&desk, "output")["nmf"].take();
    assert_eq!((&nmf["starts"], nmf.get("restarts")), (&1.into(), None));
}
