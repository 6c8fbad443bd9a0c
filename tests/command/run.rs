//! A run of the command: its files, its report, its summary, and how it ends.

use std::collections::BTreeSet;

use std::fs::{self, File};

use ndarray::{Array1, Array2, Ix2};

use ndarray_npy::NpzReader;

use nmf_images::images::{LoadOptions, load};

use predicates::prelude::*;

use predicates::str::{contains, is_empty};

use serde_json::Value;

use crate::command::{COUNT, Desk, HEIGHT, WIDTH, bars, pgm};

#[cfg(unix)]
use crate::process;

use crate::results::{FILES, PICTURES, report, report_of, strings};

#[test]
fn a_run_writes_whole_files() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 3").assert().success();
    assert_eq!(desk.files("output"), FILES);
    for name in PICTURES {
        let picture = image::open(desk.path("output").join(name))
            .unwrap()
            .into_rgb8();
        let colours: BTreeSet<[u8; 3]> = picture.pixels().map(|pixel| pixel.0).collect();
        assert!(
            picture.width() > 500 && colours.len() > 16,
            "{name} is nearly empty"
        );
    }
    let svg = fs::read_to_string(desk.path("output/convergence.svg")).unwrap();
    assert!(
        svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"),
        "{svg}"
    );
}

#[test]
fn the_report_agrees_with_the_input_and_with_itself() {
    let desk = Desk::with_pictures();
    desk.write("pictures/broken.png", "no picture at all");
    let report = report_of(&desk, "pictures -k 3");
    assert_eq!(report["truth"], Value::Null, "nothing is known");
    assert_eq!(report["parts"]["cancellation"], 1.0);
    assert!(report["pca"]["parts"]["cancellation"].as_f64().unwrap() > 1.0);

    assert_eq!(report["input"]["images"], COUNT);
    assert_eq!(
        (
            report["input"]["width"].as_u64(),
            report["input"]["height"].as_u64()
        ),
        (Some(8), Some(6))
    );
    assert_eq!(report["input"]["skipped"][0]["path"], "broken.png");
    assert_eq!(
        report["nmf"]["iterations"],
        report["nmf"]["trace"].as_array().unwrap().len()
    );
    assert_eq!(report["nmf"]["shares"].as_array().unwrap().len(), 3);
    assert_eq!(
        report["pca"]["explained_variance_ratio"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(
        strings(&report["warnings"]).len(),
        1,
        "the broken file alone: {}",
        report["warnings"]
    );
    let mut files: Vec<&str> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["name"].as_str().unwrap())
        .collect();
    files.sort_unstable();
    assert_eq!(files, FILES);
}

#[test]
fn the_errors_in_the_report_are_those_of_the_model() {
    let desk = Desk::with_pictures();
    let report = report_of(&desk, "pictures -k 3");
    let x = load(&desk.path("pictures"), &LoadOptions::default())
        .unwrap()
        .to_f32()
        .mapv(f64::from);
    let mut npz = NpzReader::new(File::open(desk.path("output/model.npz")).unwrap()).unwrap();
    let mut matrix = |name: &str| {
        npz.by_name::<ndarray::OwnedRepr<f32>, Ix2>(name)
            .unwrap()
            .mapv(f64::from)
    };
    let [w, h, scores, components] = ["W", "H", "pca_scores", "pca_components"].map(&mut matrix);
    let mean: Array1<f32> = npz.by_name("pca_mean").unwrap();
    let shape: Array1<u64> = npz.by_name("shape").unwrap();
    let names: Array1<u8> = npz.by_name("names").unwrap();

    assert_eq!((w.dim(), h.dim()), ((COUNT, 3), (3, WIDTH * HEIGHT)));
    assert_eq!(shape.to_vec(), [HEIGHT as u64, WIDTH as u64]);
    let names = String::from_utf8(names.to_vec()).unwrap();
    assert_eq!(
        names.lines().collect::<Vec<_>>(),
        (0..COUNT).map(|i| format!("{i}.pgm")).collect::<Vec<_>>()
    );
    assert!(w.iter().chain(&h).all(|&value| value >= 0.0));

    let norm = |matrix: &Array2<f64>| matrix.iter().map(|value| value * value).sum::<f64>().sqrt();
    let close = |method: &str, rebuilt: Array2<f64>| {
        let (reported, found) = (
            report[method]["relative_error"].as_f64().unwrap(),
            norm(&(&x - &rebuilt)) / norm(&x),
        );
        assert!(
            (reported - found).abs() < 1e-5,
            "{method}: {reported} is reported, {found} found"
        );
        assert!(
            (0.001..0.2).contains(&found),
            "{method}: three bars and noise leave a small rest, not {found}"
        );
    };
    close("nmf", w.dot(&h));
    close("pca", scores.dot(&components) + &mean.mapv(f64::from));
}

#[test]
fn a_seed_gives_the_same_files_on_any_number_of_threads() {
    let desk = Desk::empty();
    desk.write_npy("bars.npy", &bars(300, 19, 19));
    let runs = [("a", 1), ("b", 4), ("c", 1), ("d", 4)];
    for (out, threads) in runs {
        desk.command(&format!(
            "bars.npy -k 9 --seed 5 -q --max-iter 40 -o {out} --threads {threads}"
        ))
        .assert()
        .success();
    }
    let timeless = |out: &str| {
        let mut report = report(&desk, out);
        report["provenance"].take();
        report["pca"]["seconds"].take();
        report["nmf"]["seconds"].take();
        report["separated"]["seconds"].take();
        report["vq"]["seconds"].take();
        report["nmf"]["trace"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .for_each(|iteration| {
                iteration["seconds"].take();
            });
        report
    };
    let arrays = |out: &str| {
        let page = fs::read_to_string(desk.path(out).join("report.html")).unwrap();
        page.split_once("id=\"data\">")
            .unwrap()
            .1
            .split_once("</script>")
            .unwrap()
            .0
            .to_owned()
    };
    for (out, threads) in &runs[1..] {
        // Convergence is drawn over seconds, too; the page tells them and the command.
        let has_times =
            |name: &str| name.starts_with("convergence.") || name.starts_with("report.");
        for name in FILES.iter().filter(|name| !has_times(name)) {
            let same = fs::read(desk.path("a").join(name)).unwrap()
                == fs::read(desk.path(out).join(name)).unwrap();
            assert!(same, "{name} on {threads} threads");
        }
        assert_eq!(timeless(out), timeless("a"), "on {threads} threads");
        assert!(
            arrays(out) == arrays("a"),
            "report.html on {threads} threads"
        );
    }
}

#[test]
fn another_seed_is_another_start_and_0_is_the_default() {
    let desk = Desk::with_pictures();
    let trace = |seed: &str| {
        let report = report_of(&desk, &format!("pictures -k 3 --init random {seed}"));
        let errors = report["nmf"]["trace"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["relative_error"].clone());
        (
            report["nmf"]["seed"].clone(),
            errors.collect::<Vec<Value>>(),
        )
    };
    let default = trace("");
    assert_eq!(default.0, 0);
    assert_eq!(default, trace("--seed 0"));
    assert_ne!(default.1, trace("--seed 1").1);
}

#[test]
fn the_summary_is_plain_text_on_stdout_and_notes_go_to_stderr() {
    let desk = Desk::with_pictures();
    desk.write(
        "pictures/black.pgm",
        pgm(WIDTH, HEIGHT, &[0; WIDTH * HEIGHT]),
    );
    desk.write("pictures/broken.png", "no picture at all");
    let run = desk.command("pictures -k 3").assert().success();
    let summary = contains("pictures: 13 images of 8x6")
        .and(contains("NMF     3 parts"))
        .and(contains("comparison.png"));
    let said = contains("note: 1 black image (black.pgm)")
        .and(contains("warning: 1 file could not be read: broken.png"));
    let plain = || contains("\u{1b}").not().and(contains("\r").not());
    run.stdout(
        summary
            .and(contains("note").not())
            .and(contains("warning").not())
            .and(plain()),
    )
    .stderr(said.and(contains("comparison.png").not()).and(plain()));
}

#[test]
fn the_summary_names_the_rule_if_it_is_another_than_usual() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 3")
        .assert()
        .success()
        .stdout(contains("hals").not());
    desk.command("pictures -k 3 --solver hals")
        .assert()
        .success()
        .stdout(contains("hals").not());
    let run = desk
        .command("pictures -k 3 --solver mu:kl --max-iter 9")
        .assert()
        .success();
    run.stdout(contains("9 iterations of mu:kl in"));
}

#[test]
fn quiet_prints_nothing() {
    let desk = Desk::with_pictures();
    desk.write(
        "pictures/black.pgm",
        pgm(WIDTH, HEIGHT, &[0; WIDTH * HEIGHT]),
    );
    for quiet in ["--quiet", "-q"] {
        desk.command("pictures -k 3 --max-iter 1")
            .arg(quiet)
            .assert()
            .success()
            .stdout(is_empty())
            .stderr(is_empty());
    }
}

#[test]
fn help_shows_what_there_is() {
    let desk = Desk::empty();
    let help = |arguments: &str, words: &[&str]| {
        let run = desk.command(arguments).assert().success();
        let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
        assert!(
            words.iter().all(|word| text.contains(word)),
            "{arguments}: {text}"
        );
        assert!(
            text.lines().all(|line| line.chars().count() <= 100),
            "{text}"
        );
    };
    help("--help", &["<INPUT>", "synth", "--truth", "Examples:"]);
    help("-h", &["<INPUT>", "synth", "--truth", "Examples:"]);
    help("synth --help", &["swimmer", "bars", "Example:"]);
    help("synth swimmer --help", &["--torso", "Example:"]);
    help("synth bars --help", &["--density", "Example:"]);
}

#[test]
fn more_threads_than_any_machine_has_are_no_trouble() {
    let desk = Desk::with_pictures();
    let arguments = format!("pictures -k 3 --max-iter 1 --threads {}", usize::MAX);
    desk.command(&arguments)
        .timeout(std::time::Duration::from_secs(30))
        .assert()
        .success();
}

/// A reader that has gone before the first word.
#[cfg(unix)]
#[test]
fn a_reader_that_left_does_not_matter() {
    let desk = Desk::with_pictures();
    let run = |stdout, stderr, input| {
        std::process::Command::new(env!("CARGO_BIN_EXE_nmf-images"))
            .current_dir(desk.path("."))
            .args([input, "-k", "3", "--max-iter", "1"])
            .stdout(stdout)
            .stderr(stderr)
            .status()
            .unwrap()
            .code()
    };
    let gone = || std::process::Stdio::from(std::io::pipe().unwrap().1);
    assert_eq!(run(gone(), gone(), "pictures"), Some(0));
    assert_eq!(desk.files("output"), FILES);
    assert_eq!(run(gone(), gone(), "nowhere"), Some(1));
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_was_learned() {
    let desk = Desk::empty();
    desk.write_npy("bars.npy", &bars(600, 30, 30));
    for signal in ["-INT", "-TERM"] {
        let mut run = desk.begin("bars.npy -k 20 --tol 0 --max-iter 1000000 --checkpoint 2it");
        process::wait_until(&mut run, "its second iteration", || {
            desk.path("output/checkpoint.npz").exists()
        });
        process::signal(run.id(), signal);
        let output = run.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{stderr}");
        assert!(
            contains("warning: interrupted after").eval(&stderr),
            "{stderr}"
        );
        assert!(
            contains("note: nmf-images --resume output continues").eval(&stderr),
            "{stderr}"
        );
        let mut files = [&FILES[..], &["checkpoint.npz"]].concat();
        files.sort_unstable();
        // Prototypes are not begun after that.
        files.retain(|&name| name != "three-ways.png");
        assert_eq!(desk.files("output"), files);
        let nmf = report(&desk, "output")["nmf"].take();
        assert_eq!(
            (&nmf["stop"], &nmf["converged"]),
            (&"interrupted".into(), &false.into())
        );
        assert!(
            nmf["iterations"].as_u64().unwrap() > 1,
            "{}",
            nmf["iterations"]
        );
        image::open(desk.path("output/comparison.png")).unwrap();
        NpzReader::new(File::open(desk.path("output/model.npz")).unwrap()).unwrap();
        fs::remove_dir_all(desk.path("output")).unwrap();
    }
}
