//! The command `ranks` and `-k auto`: files, output, errors, and how a search resumes.

use std::fs;
use std::process::{Command, Stdio};

use ndarray::{Array1, Array2};
use ndarray_npy::NpzReader;
use nmf_images::render::percent;
use predicates::prelude::*;
use predicates::str::{contains, is_empty, starts_with};
use serde_json::Value;

use crate::command::{COUNT, Desk};
use crate::planted;
use crate::process::wait_until;

const FILES: [&str; 6] = [
    "ladder.png",
    "ranks-gallery.png",
    "ranks.csv",
    "ranks.json",
    "ranks.png",
    "ranks.svg",
];

fn report(desk: &Desk) -> Value {
    serde_json::from_slice(&fs::read(desk.path("output/ranks.json")).unwrap()).unwrap()
}

fn desk_of_rank_4() -> Desk {
    let desk = Desk::empty();
    desk.write_npy("set.npy", &planted::planted(1, (60, 100), 4, 0.05).to_f32());
    desk
}

/// The figures of each rank but for the time.
fn figures(report: &Value) -> Vec<Value> {
    let mut ranks = report["ranks"].as_array().unwrap().clone();
    for scores in &mut ranks {
        scores.as_object_mut().unwrap().remove("seconds");
    }
    ranks
}

fn seconds(report: &Value) -> Vec<f64> {
    report["ranks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|scores| scores["seconds"].as_f64().unwrap())
        .collect()
}

#[test]
fn a_search_writes_a_table_a_chart_a_gallery_and_a_report_that_agree() {
    let desk = desk_of_rank_4();
    let run = desk
        .command("ranks set.npy -k 1..5 --restarts 2")
        .assert()
        .success();
    run.stdout(
        contains("suggested: 4 parts; ")
            .and(contains("parallel analysis: "))
            .and(contains("ranks.svg")),
    );
    assert_eq!(desk.files("output"), FILES);
    let report = report(&desk);
    assert_eq!(
        (&report["choice"], &report["settings"]["restarts"]),
        (&4.into(), &2.into())
    );
    assert!(
        report["reason"]
            .as_str()
            .unwrap()
            .contains("held-out error"),
        "{}",
        report["reason"]
    );
    assert_eq!(
        (&report["version"], &report["input"]["images"]),
        (&env!("CARGO_PKG_VERSION").into(), &60.into())
    );
    let csv = fs::read_to_string(desk.path("output/ranks.csv")).unwrap();
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 6);
    for (line, row) in lines[1..].iter().zip(report["ranks"].as_array().unwrap()) {
        for (key, value) in lines[0].iter().zip(line) {
            assert_eq!(*value, row[key].to_string(), "{key} of {line:?}");
        }
    }
    let svg = fs::read_to_string(desk.path("output/ranks.svg")).unwrap();
    assert!(
        svg.contains("how many parts? 4"),
        "the chart tells the choice"
    );
}

#[test]
fn one_start_has_no_stability() {
    let desk = Desk::with_pictures();
    desk.command("ranks pictures -k 2..3 --restarts 1 -q")
        .assert()
        .success()
        .stdout(is_empty());
    for scores in report(&desk)["ranks"].as_array().unwrap() {
        assert_eq!(
            (&scores["stability"], &scores["cophenetic"]),
            (&Value::Null, &Value::Null)
        );
    }
}

#[test]
fn ranks_that_are_done_are_not_tried_again_unless_something_changed() {
    let desk = Desk::with_pictures();
    let run = |more: &str| {
        desk.command(&format!("ranks pictures -q -k 2..{more}"))
            .assert()
            .success();
        report(&desk)
    };
    let first = run("4");
    let again = run("4");
    assert_eq!(
        first["ranks"], again["ranks"],
        "even the seconds are those of the first run"
    );
    let wider = run("5");
    assert_eq!(
        seconds(&wider)[..3],
        seconds(&first)[..],
        "a wider range adds to what is there"
    );
    fs::remove_file(desk.path("output/ranks.json")).unwrap();
    assert_eq!(
        figures(&run("5")),
        figures(&wider),
        "and comes out as from nothing"
    );
    assert_eq!(
        figures(&run("3")),
        figures(&wider),
        "a narrower one loses nothing"
    );
    let kept = seconds(&run("5"));
    assert_ne!(seconds(&run("5 --seed 1")), kept, "another seed");
    assert_ne!(seconds(&run("5 --restarts 2")), kept, "other starts");
    let before = seconds(&run("5"));
    assert_ne!(seconds(&run("5 --invert")), before, "other pixels");
    desk.write("output/ranks.json", "{ cut sh");
    assert_eq!(
        figures(&run("5")),
        figures(&wider),
        "a broken file is no file"
    );
}

#[test]
fn a_killed_search_resumes_where_it_was() {
    let desk = Desk::empty();
    let images = planted::planted(1, (150, 300), 4, 0.1);
    desk.write_npy("set.npy", &images.to_f32());
    let mut command = Command::new(env!("CARGO_BIN_EXE_nmf-images"));
    command
        .args(["ranks", "set.npy", "-k", "1..16", "-q"])
        .current_dir(desk.path(""))
        .stderr(Stdio::null());
    let mut run = command.spawn().unwrap();
    wait_until(&mut run, "its first rank was done", || {
        desk.path("output/ranks.json").exists()
    });
    run.kill().unwrap();
    run.wait().unwrap();
    let killed = report(&desk);
    let done = seconds(&killed);
    assert!(
        (1..16).contains(&done.len()),
        "{} ranks were done",
        done.len()
    );
    assert!(
        killed["warnings"][0]
            .as_str()
            .unwrap()
            .starts_with(&format!("ended after {} of 16", done.len()))
    );
    desk.command("ranks set.npy -k 1..16 -q").assert().success();
    let whole = report(&desk);
    assert_eq!(seconds(&whole)[..done.len()], done[..]);
    assert_eq!(
        (whole["ranks"].as_array().unwrap().len(), &whole["choice"]),
        (16, &4.into())
    );
}

#[test]
fn files_of_an_earlier_search_are_removed_after_one_that_was_killed() {
    let desk = Desk::empty();
    let images = planted::planted(1, (150, 300), 4, 0.1);
    desk.write_npy("set.npy", &images.to_f32());
    let gallery = desk.path("output/ranks-gallery.svg");
    desk.command("ranks set.npy -k 1..2 --format svg -q")
        .assert()
        .success();
    assert!(gallery.exists());
    let mut run = desk.begin("ranks set.npy -k 1..16 --seed 1 -q");
    wait_until(&mut run, "its first rank was done", || {
        report(&desk)["settings"]["seed"] == 1
    });
    run.kill().unwrap();
    run.wait().unwrap();
    assert!(gallery.exists(), "the killed run removed nothing");
    desk.command("ranks set.npy -k 1..2 --seed 1 -q")
        .assert()
        .success();
    assert!(!gallery.exists());
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let desk = Desk::with_pictures();
    let run = |threads: usize| {
        desk.command(&format!(
            "ranks pictures -k 1..4 -q -o out{threads} --threads {threads}"
        ))
        .assert()
        .success();
        let report: Value = serde_json::from_slice(
            &fs::read(desk.path(&format!("out{threads}/ranks.json"))).unwrap(),
        )
        .unwrap();
        (
            figures(&report),
            fs::read(desk.path(&format!("out{threads}/ranks-gallery.png"))).unwrap(),
        )
    };
    assert!(run(1) == run(3));
}

#[test]
fn impossible_ranks_are_refused_before_any_work() {
    let desk = Desk::with_pictures();
    let usage = |arguments: &str, said: &str| {
        desk.command(arguments)
            .assert()
            .code(2)
            .stdout(is_empty())
            .stderr(contains(said));
    };
    usage("ranks pictures -k 5..4", "the range 5..4 is empty");
    for list in ["0", "1..4:0", "a", "-1", "10%"] {
        let needed = "positive ranks are needed, such as 4,9,16";
        usage(&format!("ranks pictures -k {list}"), needed);
    }
    usage(
        "ranks pictures -k 2 3",
        "ranks are separated by commas: pass -k 2,3",
    );
    usage(
        "pictures -k many",
        "a positive whole number is needed, a list such as 4,9,16, or auto",
    );
    let too_large = "rank 13 is too large: 12 images of 48 pixels allow at most 12; pass --ranks with 12 or less";
    for list in ["1..13", "13", "2,13,4"] {
        desk.command(&format!("ranks pictures -k {list}"))
            .assert()
            .code(1)
            .stdout(is_empty())
            .stderr(starts_with("error: ").and(contains(too_large)));
    }
    assert!(!desk.path("output").exists(), "nothing is left of it");
}

#[test]
fn several_ranks_of_a_comparison_name_the_option_for_them() {
    let desk = Desk::with_pictures();
    let named = contains("to learn with several, pass --ranks 4,9");
    let separated = contains("ranks are separated by commas: pass -k 4,9");
    for arguments in ["compare pictures -k 4,9", "compare pictures -k 4 9"] {
        let run = desk.command(arguments).assert().code(2);
        run.stdout(is_empty()).stderr(named.clone());
    }
    for arguments in [
        "pictures -k 4 9",
        "-k 4 9 pictures",
        "-k 4 9",
        "pictures --rank 4 9 -q",
    ] {
        let run = desk.command(arguments).assert().code(2);
        run.stdout(is_empty()).stderr(separated.clone());
    }
}

fn tried(report: &Value) -> Vec<u64> {
    let ranks = report["ranks"].as_array().unwrap();
    ranks
        .iter()
        .map(|scores| scores["rank"].as_u64().unwrap())
        .collect()
}

#[test]
fn ranks_are_a_list_of_numbers_and_ranges() {
    let desk = Desk::with_pictures();
    desk.command("ranks pictures -q -k 7,1..6:3,2 --restarts 1")
        .assert()
        .success();
    assert_eq!(tried(&report(&desk)), [1, 2, 4, 6, 7]);
}

#[test]
fn the_old_range_is_accepted_with_a_note_and_from_is_the_format() {
    let desk = Desk::with_pictures();
    let note =
        |ranks: &str| format!("note: the old options of `ranks` will be removed: pass {ranks}");
    desk.command("ranks pictures --from 2 --to 6 --step 3 --restarts 1")
        .assert()
        .success()
        .stderr(contains(note(
            "--ranks 2..6:3 instead of --from, --to and --step",
        )));
    assert_eq!(tried(&report(&desk)), [2, 5, 6]);
    desk.write_npy("set.npy", &crate::command::bars(COUNT, 6, 8));
    desk.command("ranks set.npy -k 1,3 --restarts 1 --file-format npy -o old")
        .assert()
        .success()
        .stderr(contains(note("--from FORMAT instead of --file-format")));
    desk.command("ranks set.npy -k 1,3 --restarts 1 --from npy -o new")
        .assert()
        .success()
        .stderr(contains("old options").not());
    desk.command("ranks pictures --from 5 --to 4")
        .assert()
        .code(2)
        .stderr(contains("--from 5 is larger than --to 4"));
    desk.command("ranks pictures --from 2 -k 3")
        .assert()
        .code(2);
}

#[test]
fn without_a_range_small_sets_are_tried_as_far_as_they_go() {
    let desk = Desk::with_pictures();
    desk.command("ranks pictures -q --restarts 1")
        .assert()
        .success();
    assert_eq!(tried(&report(&desk)), (1..=12).collect::<Vec<_>>());
}

#[test]
fn auto_chooses_the_rank_and_learns_as_ever() {
    let desk = desk_of_rank_4();
    let run = desk
        .command("set.npy -k auto --only parts")
        .assert()
        .success();
    run.stdout(contains("  -k auto: ").and(contains("NMF     4 parts")));
    let read = |file: &str| -> Value {
        serde_json::from_slice(&fs::read(desk.path(file)).unwrap()).unwrap()
    };
    let auto = read("output/report.json");
    assert_eq!(
        (&auto["nmf"]["rank_choice"]["choice"], &auto["nmf"]["rank"]),
        (&4.into(), &4.into())
    );
    assert!(
        auto["nmf"]["rank_choice"]["reason"]
            .as_str()
            .unwrap()
            .contains("held-out error")
    );
    desk.command("set.npy -k 4 --only parts -q -o given")
        .assert()
        .success();
    let given = read("given/report.json");
    assert_eq!(given["nmf"].get("rank_choice"), None);
    assert_eq!(given["nmf"]["objective"], auto["nmf"]["objective"]);
}

#[test]
fn the_pictures_of_an_earlier_search_are_no_input() {
    let desk = Desk::with_pictures();
    desk.command("ranks pictures -k 1..2 -q -o pictures")
        .assert()
        .success();
    desk.command("ranks pictures -k 1..2 -q").assert().success();
    assert_eq!(report(&desk)["input"]["images"], COUNT);
}

/// The errors in percent of one image in the model of a folder, by parts and by eigenimages, summed in f64.
fn errors_of_model(desk: &Desk, folder: &str, image: usize) -> [String; 2] {
    let file = fs::File::open(desk.path(folder).join("model.npz")).unwrap();
    let mut npz = NpzReader::new(file).unwrap();
    let mut matrix = |name: &str| -> Array2<f64> {
        let values: Array2<f32> = npz.by_name(name).unwrap();
        values.mapv(f64::from)
    };
    let (weights, parts) = (matrix("W"), matrix("H"));
    let (scores, eigenimages) = (matrix("pca_scores"), matrix("pca_components"));
    let mean: Array1<f32> = npz.by_name("pca_mean").unwrap();
    let by_pca = scores.row(image).dot(&eigenimages) + mean.mapv(f64::from);
    let original = planted::planted(1, (60, 100), 4, 0.05).to_f32();
    let original = original.row(image).mapv(f64::from);
    [weights.row(image).dot(&parts), by_pca].map(|reconstructed| {
        let rest = &original - &reconstructed;
        percent((rest.dot(&rest) / original.dot(&original)).sqrt())
    })
}

#[test]
fn the_ladder_has_the_errors_of_models_of_each_rank() {
    let desk = desk_of_rank_4();
    desk.command("set.npy -k 4 --only ladder --format svg -q -o drawn")
        .assert()
        .success();
    let svg = fs::read_to_string(desk.path("drawn/ladder.svg")).unwrap();
    for rank in [1, 4, 9] {
        let folder = format!("of-{rank}");
        desk.command(&format!(
            "set.npy -k {rank} --only convergence -q -o {folder}"
        ))
        .assert()
        .success();
        for image in [7, 22, 37, 52] {
            for error in errors_of_model(&desk, &folder, image) {
                assert!(
                    svg.lines().any(|line| line == error),
                    "{rank}, {image}: {error}"
                );
            }
        }
    }
}

#[test]
fn the_ladder_goes_as_far_as_the_images_allow() {
    let desk = Desk::empty();
    for (images, expected) in [(4, 2), (15, 3), (49, 7), (60, 7)] {
        desk.write_npy(
            "few.npy",
            &planted::planted(1, (images, 100), 4, 0.05).to_f32(),
        );
        desk.command("few.npy -k 2 --only ladder --format svg -q")
            .assert()
            .success();
        let svg = fs::read_to_string(desk.path("output/ladder.svg")).unwrap();
        assert_eq!(svg.matches("\nk = ").count(), expected, "{images}");
    }
    desk.write_npy("few.npy", &planted::planted(1, (3, 100), 2, 0.05).to_f32());
    desk.command("few.npy -k 2 --only ladder")
        .assert()
        .failure()
        .stderr(contains(
            "the ladder needs at least 4 images of at least 4 pixels",
        ));
    desk.command("ranks few.npy -k 1..2 -q").assert().success();
    assert!(!desk.files("output").contains(&"ladder.png".to_owned()));
}

#[test]
fn a_search_draws_the_ladder_of_the_main_command() {
    let desk = desk_of_rank_4();
    desk.command("ranks set.npy -k 1..2 --restarts 1 --seed 3 -q -o ranks")
        .assert()
        .success();
    desk.command("set.npy -k 9 --seed 3 --only ladder -q -o drawn")
        .assert()
        .success();
    let ladder = |folder: &str| fs::read(desk.path(folder).join("ladder.png")).unwrap();
    assert!(ladder("ranks") == ladder("drawn"));
}
