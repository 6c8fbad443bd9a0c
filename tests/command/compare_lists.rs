//! `compare` with several starts, ranks, seeds and noises, and with labels.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::command::{COUNT, Desk, HEIGHT, WIDTH, bars, pgm};
use crate::compare::report;
use crate::failing::fails;

/// A desk with images in two folders, which are labels.
fn labelled() -> Desk {
    let desk = Desk::empty();
    for (index, image) in bars(COUNT, HEIGHT, WIDTH).outer_iter().enumerate() {
        let values: Vec<u8> = image.iter().copied().collect();
        let name = format!("labelled/{}/{index}.pgm", index % 2);
        desk.write(&name, pgm(WIDTH, HEIGHT, &values));
    }
    desk
}

/// Reads a CSV file as one map per line.
fn csv(desk: &Desk, name: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(desk.path("output").join(name)).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned));
    let head: Vec<String> = lines.next().unwrap().collect();
    lines
        .map(|line| head.iter().cloned().zip(line).collect())
        .collect()
}

#[test]
fn each_run_of_the_lists_has_the_figures_of_that_run_alone() {
    let desk = labelled();
    desk.command(
        "compare labelled --rules hals,mu --inits images,nndsvda --ranks 2,3 --seeds 0,4 \
         --noises none,gaussian:0.1+salt:0.05 --max-iter 20 -q",
    )
    .assert()
    .success();
    let runs = report(&desk)["compare"].take();
    let runs = runs.as_array().unwrap();
    // 2 rules, 2 starts, 2 ranks, 2 seeds and 2 noises; VQ of each rank, seed and noise; PCA of each rank and noise.
    assert_eq!(runs.len(), 32 + 8 + 4);
    let noise = "--noise gaussian:0.1 --noise salt:0.05";
    // Noise is drawn by the first seed.
    for (init, rank, seed, noises) in [
        ("images", 3, 0, ""),
        ("nndsvda", 2, 4, ""),
        ("images", 2, 4, ""),
        ("images", 3, 0, noise),
    ] {
        for rule in ["hals", "mu"] {
            let options = format!("--init {init} -k {rank} --seed {seed} --solver {rule} {noises}");
            desk.command(&format!(
                "labelled {options} --max-iter 20 -q --only parts -o alone"
            ))
            .assert()
            .success();
            let alone: Value =
                serde_json::from_slice(&fs::read(desk.path("alone/report.json")).unwrap()).unwrap();
            let is_run = |run: &&Value| {
                run["rule"] == rule
                    && run["init"] == init
                    && run["rank"] == rank
                    && run["seed"] == seed
                    && (run["noise"] == "none") == noises.is_empty()
            };
            let run = runs.iter().find(is_run).unwrap();
            for key in ["relative_error", "objective", "iterations", "stop"] {
                assert_eq!(run[key], alone["nmf"][key], "{key}, {options}");
            }
            for key in ["sparsity", "overlap", "localisation", "dead"] {
                assert_eq!(run[key], alone["parts"][key], "{key}, {options}");
            }
            let clean = &alone["noise"]["nmf"]["clean_error"];
            assert_eq!(&run["clean_error"], clean, "{options}");
        }
    }
}

#[test]
fn means_and_standard_deviations_are_those_of_the_single_runs() {
    let desk = labelled();
    desk.command(
        "compare labelled --rules hals,mu --ranks 2,3 --seeds 0..3 --noises none,salt:0.1 --max-iter 9 -q",
    )
    .assert()
    .success();
    let (runs, means) = (csv(&desk, "compare.csv"), csv(&desk, "compare-means.csv"));
    assert_eq!((runs.len(), means.len()), (16 * 2 + 16 + 4, 8 + 4 + 4));
    let mut compared = 0;
    for mean in &means {
        let same = |run: &&BTreeMap<String, String>| {
            ["rule", "init", "rank", "noise"]
                .iter()
                .all(|&key| run[key] == mean[key])
        };
        let own: Vec<_> = runs.iter().filter(same).collect();
        let seeds = if mean["rule"] == "PCA" { 1 } else { 4 };
        assert_eq!((own.len(), &mean["runs"]), (seeds, &seeds.to_string()));
        for (key, value) in mean {
            let Some(figure) = key.strip_suffix("_mean") else {
                continue;
            };
            let values: Vec<f64> = own
                .iter()
                .filter_map(|run| run[figure].parse().ok())
                .collect();
            let sd = &mean[&format!("{figure}_sd")];
            let Ok(value) = value.parse::<f64>() else {
                assert!(values.is_empty() && sd.is_empty(), "{key} {mean:?}");
                continue;
            };
            let count = values.len() as f64;
            let expected = values.iter().sum::<f64>() / count;
            assert!((value - expected).abs() <= 1e-12 * expected.abs(), "{key}");
            if seeds == 1 {
                assert_eq!(sd, "", "{key}");
                continue;
            }
            let squares: f64 = values.iter().map(|v| (v - expected).powi(2)).sum();
            let expected = (squares / (count - 1.0)).sqrt();
            assert!(
                (sd.parse::<f64>().unwrap() - expected).abs() < 1e-9,
                "{key}"
            );
            compared += 1;
        }
    }
    // Of 12 rows with seeds, eight figures, and of the half with noise one more.
    assert_eq!(compared, 12 * 8 + 6);
    let json = report(&desk)["means"].take();
    assert_eq!(
        json[0]["figures"]["relative_error"]["mean"].to_string(),
        means[0]["relative_error_mean"]
    );
}

#[test]
fn images_with_labels_are_clustered_by_every_method() {
    let desk = labelled();
    desk.command("compare labelled -k 2 --rules hals -q")
        .assert()
        .success();
    for run in report(&desk)["compare"].as_array().unwrap() {
        for key in ["accuracy", "nmi"] {
            let value = run[key].as_f64().unwrap();
            assert!((0.0..=1.0).contains(&value), "{run}");
        }
        // With two labels of six images, the larger half of two clusters is right.
        assert!(run["accuracy"].as_f64().unwrap() >= 0.5, "{run}");
    }
    desk.write_npy("bars.npy", &bars(COUNT, HEIGHT, WIDTH));
    desk.command("compare bars.npy -k 2 --rules hals -q")
        .assert()
        .success();
    for run in report(&desk)["compare"].as_array().unwrap() {
        assert_eq!(
            (&run["accuracy"], &run["nmi"]),
            (&Value::Null, &Value::Null)
        );
    }
}

#[test]
fn the_table_of_lists_has_what_differs_and_keeps_to_100_columns() {
    let desk = labelled();
    let run = desk
        .command(
            "compare labelled --rules hals,hoyer:H=0.8 --inits images,nndsvdar --ranks 2,3 --seeds 0..2 \
             --noises none,gaussian:0.1+salt:0.05 --max-iter 9",
        )
        .assert()
        .success();
    let stdout = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    assert!(stdout.contains("48 fits; "), "{stdout}");
    let mut table = stdout
        .lines()
        .take_while(|line| !line.starts_with("  compare.png"));
    assert!(table.all(|line| line.chars().count() <= 100), "{stdout}");
    let head = stdout
        .lines()
        .find(|line| line.starts_with("rule "))
        .unwrap();
    for name in [
        "start", "parts", "noise", "error", "±", "clean", "accuracy", "NMI",
    ] {
        assert!(head.contains(name), "{name}\n{stdout}");
    }
    let rows = stdout
        .lines()
        .filter(|line| line.starts_with("hoyer:H=0.8 "));
    assert_eq!(rows.count(), 8, "{stdout}");
}

#[test]
fn lists_that_cannot_be_learned_are_one_clear_line() {
    let desk = labelled();
    for (options, said) in [
        ("--ranks 4,0", &["--ranks", "positive ranks are needed"][..]),
        ("--ranks 3..2", &["the range 3..2 is empty"]),
        ("--seeds 1,-1", &["--seeds", "non-negative whole numbers"]),
        (
            "--inits images,luck",
            &["--inits", "`luck`", "nndsvd", "uniform"],
        ),
        ("--inits images,images", &["`images` is listed twice"]),
        ("--noises none,fog:1", &["--noises", "fog:1"]),
        ("--noises none,none", &["`none` is listed twice"]),
        (
            "--ranks 2,3 -k 2",
            &["--ranks <LIST>", "cannot be used with", "--rank <N>"],
        ),
        (
            "--seeds 2,3 --seed 1",
            &["--seeds <LIST>", "cannot be used with", "--seed <N>"],
        ),
        (
            "--inits images --init random",
            &["cannot be used with", "--init <START|FILE>"],
        ),
        (
            "--inits images --init own.npz",
            &["cannot be used with", "--init <START|FILE>"],
        ),
        ("--inits images,own.npz", &["--inits", "`own.npz`"]),
        (
            "--ranks 2,3 --init own.npz",
            &["--ranks needs a start by name", "own.npz"],
        ),
        ("-k 2,3", &["one rank is needed", "pass --ranks 2,3"]),
        ("--seeds 0..99999999999", &["more than 500 fits"]),
        (
            "--ranks 1..20 --seeds 0..9 --rules hals,mu,local",
            &["more than 500 fits"],
        ),
    ] {
        fails(&desk, &format!("compare labelled {options}"), 2, said);
    }
    for (options, said) in [
        (
            "--ranks 2,13 --rules hals",
            &["rank 13 is too large", "12 or less"][..],
        ),
        ("-k 2 --noises none,block:99", &["block of 99x99"]),
    ] {
        fails(&desk, &format!("compare labelled {options}"), 1, said);
    }
}
