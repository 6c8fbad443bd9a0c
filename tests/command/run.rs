//! The command on good input: what it writes, what it says and where, and that every option does what it says.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;

use ndarray::{Array1, Array2, Ix2};
use ndarray_npy::NpzReader;
use nmf_images::images::{LoadOptions, load};
use predicates::prelude::*;
use predicates::str::{contains, is_empty, starts_with};
use resvg::{tiny_skia, usvg};
use serde_json::{Value, json};

use crate::command::{COUNT, Desk, HEIGHT, WIDTH, bars, pgm};
#[cfg(unix)]
use crate::process;

const PICTURES: [&str; 9] = [
    "atlas.png",
    "comparison.png",
    "eigenimages.png",
    "learning.png",
    "map.png",
    "parts.png",
    "recipe.png",
    "reconstructions.png",
    "usage.png",
];
const FILES: [&str; 15] = [
    "atlas.png",
    "comparison.png",
    "convergence.svg",
    "eigenimages.png",
    "learning.gif",
    "learning.png",
    "map.png",
    "model.npz",
    "parts.png",
    "rank-error.svg",
    "recipe.png",
    "reconstructions.png",
    "report.html",
    "report.json",
    "usage.png",
];

fn report(desk: &Desk, folder: &str) -> Value {
    serde_json::from_slice(&fs::read(desk.path(folder).join("report.json")).unwrap()).unwrap()
}

/// Runs the command with `--quiet`, and reads the report it leaves in `output`.
fn report_of(desk: &Desk, arguments: &str) -> Value {
    desk.command(arguments).arg("--quiet").assert().success();
    report(desk, "output")
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|item| item.as_str().unwrap())
        .collect()
}

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
        report["pca"]["seconds"].take();
        report["nmf"]["seconds"].take();
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
        for name in FILES
            .iter()
            .filter(|name| !["convergence.svg", "report.html", "report.json"].contains(name))
        {
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
        .and(contains("NMF    3 parts"))
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
fn limit_takes_that_many_images() {
    let desk = Desk::with_pictures();
    let report = report_of(&desk, "pictures -k 2 --limit 5");
    assert_eq!(report["input"]["images"], 5);
    assert_eq!(report["input"]["preparation"]["limit"], 5);
}

#[test]
fn invert_makes_dark_bright() {
    let desk = Desk::empty();
    for (name, value) in [("a", 0), ("b", 5), ("c", 10)] {
        desk.write(&format!("ink/{name}.pgm"), pgm(2, 1, &[255, value]));
    }
    let weights = |option: &str| {
        report_of(&desk, &format!("ink -k 1 {option}"));
        let mut npz = NpzReader::new(File::open(desk.path("output/model.npz")).unwrap()).unwrap();
        npz.by_name::<ndarray::OwnedRepr<f32>, Ix2>("H")
            .unwrap()
            .into_raw_vec_and_offset()
            .0
    };
    let [paper, ink] = [weights(""), weights("--invert")];
    assert!(paper[0] > 0.99 && paper[1] < 0.05, "{paper:?}");
    assert!(ink[0] < 0.01 && ink[1] > 0.99, "{ink:?}");
    assert_eq!(
        report(&desk, "output")["input"]["preparation"]["invert"],
        true
    );
}

#[test]
fn size_brings_all_images_to_one() {
    let desk = Desk::with_pictures();
    desk.write("pictures/large.pgm", pgm(20, 20, &[100; 400]));
    let report = report_of(&desk, "pictures -k 3 --size 4x5 --fit stretch");
    assert_eq!(report["input"]["images"], COUNT + 1);
    assert_eq!(
        (
            report["input"]["width"].as_u64(),
            report["input"]["height"].as_u64()
        ),
        (Some(4), Some(5))
    );
    assert_eq!(report["input"]["preparation"]["size"], "4x5");
    assert_eq!(report["input"]["preparation"]["fit"], "stretch");
}

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
    assert_eq!(lines("warning:", &run.get_output().stderr), 1);
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
fn parts_that_penalties_put_out_are_said_to_be_their_doing() {
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
fn show_and_scale_change_the_pictures() {
    let desk = Desk::with_pictures();
    let picture = |options: &str, name: &str| {
        report_of(&desk, &format!("pictures -k 3 {options}"));
        fs::read(desk.path("output").join(name)).unwrap()
    };
    assert_ne!(
        picture("--show 1", "reconstructions.png"),
        picture("--show 9", "reconstructions.png")
    );
    assert_eq!(
        picture("--show 12", "reconstructions.png"),
        picture("--show 1000", "reconstructions.png")
    );
    assert_ne!(
        picture("--scale each", "comparison.png"),
        picture("--scale shared", "comparison.png")
    );
}

#[test]
fn the_recipe_is_of_the_image_that_is_asked_for() {
    let desk = Desk::with_pictures();
    let caption_and_picture = |options: &str| {
        desk.command(&format!("pictures -k 3 --only recipe {options}"))
            .assert()
            .success();
        let caption = report(&desk, "output")["files"][0]["caption"]
            .as_str()
            .unwrap()
            .to_owned();
        (caption, fs::read(desk.path("output/recipe.png")).unwrap())
    };
    let by_name = caption_and_picture("--recipe 3.pgm");
    assert_eq!(by_name, caption_and_picture("--recipe 3"));
    assert_ne!(by_name.1, caption_and_picture("--recipe 4").1);
    assert!(
        by_name.0.starts_with("The image as a sum") && !by_name.0.contains("typical"),
        "{}",
        by_name.0
    );
    assert!(
        caption_and_picture("")
            .0
            .starts_with("The most typical image as a sum")
    );
}

#[test]
fn only_the_pictures_that_are_asked_for_are_drawn() {
    let desk = Desk::with_pictures();
    let said = desk
        .command("pictures -k 3 --only convergence,parts,parts")
        .assert()
        .success();
    said.stdout(contains("start with output/parts.png").and(contains("comparison.png").not()));
    assert_eq!(
        desk.files("output"),
        ["convergence.svg", "model.npz", "parts.png", "report.json"]
    );
    let wrong = desk.command("pictures --only gallery").assert().failure();
    wrong.stderr(contains("'gallery'").and(contains("eigenimages")));
}

#[test]
fn the_page_can_be_left_out_and_holds_as_many_images_as_asked_for() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 3 --no-page").assert().success();
    assert!(!desk.files("output").contains(&"report.html".to_owned()));
    let names = |options: &str| {
        desk.command(&format!("pictures -k 3 --only page {options}"))
            .assert()
            .success();
        let page = fs::read_to_string(desk.path("output/report.html")).unwrap();
        let facts = page
            .split_once("id=\"run\">")
            .unwrap()
            .1
            .split_once("</script>")
            .unwrap()
            .0;
        let facts: Value = serde_json::from_str(facts).unwrap();
        facts["names"].as_array().unwrap().len()
    };
    assert_eq!(names(""), COUNT);
    assert_eq!(names("--page-images 5"), 5);
    assert_eq!(names("--page-images 500"), COUNT);
    desk.command("pictures --no-page --page-images 5")
        .assert()
        .code(2);
}

#[test]
fn the_page_of_many_images_stays_small() {
    let desk = Desk::empty();
    for (folder, rank) in [("digits", 36), ("faces", 28)] {
        let images = format!("{}/assets/{folder}", env!("CARGO_MANIFEST_DIR"));
        let report = report_of(&desk, &format!("{images} -k {rank} --only page"));
        let bytes = fs::metadata(desk.path("output/report.html")).unwrap().len();
        assert!((200_000..5_000_000).contains(&bytes), "{folder}: {bytes}");
        let page = fs::read_to_string(desk.path("output/report.html")).unwrap();
        let count = report["input"]["images"].as_u64().unwrap();
        let indices: Vec<String> = (0..count).map(|index| index.to_string()).collect();
        assert!(
            page.contains(&format!("\"indices\":[{}]", indices.join(","))),
            "{folder}: all {count} images are there"
        );
    }
}

#[test]
fn a_pipe_is_shown_no_pictures() {
    let desk = Desk::with_pictures();
    let run = desk
        .command("pictures -k 3 --view")
        .env("TERM", "xterm-kitty")
        .env("COLORTERM", "truecolor")
        .assert();
    run.success()
        .stdout(contains("comparison.png").and(contains("\u{1b}").not()));
}

#[test]
fn the_caption_of_the_learning_says_where_it_begins() {
    let desk = Desk::with_pictures();
    desk.write_npy("many.npy", &bars(2400, 6, 6));
    for (input, options, expected) in [
        ("pictures", "", "From random training images to"),
        ("pictures", "--init random", "From random values to"),
        (
            "pictures",
            "--init nndsvda",
            "From the dominant sign of singular vectors",
        ),
        (
            "pictures",
            "--solver hoyer",
            "From an initialisation by hals",
        ),
        (
            "many.npy",
            "",
            "From an initialisation learned from 600 of 2400 images to",
        ),
    ] {
        let report = report_of(&desk, &format!("{input} -k 3 --only learning {options}"));
        let files = report["files"].as_array().unwrap();
        let captions: Vec<&str> = files
            .iter()
            .map(|file| file["caption"].as_str().unwrap())
            .take(2)
            .collect();
        assert!(
            captions[0].starts_with(expected) && captions[0] == captions[1],
            "{input} {options}: {captions:?}"
        );
    }
}

#[test]
fn every_file_is_listed_with_what_it_shows() {
    let desk = Desk::with_pictures();
    let output = desk.command("pictures -k 3").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let listed = report(&desk, "output")["files"].as_array().unwrap().clone();
    let names: BTreeSet<String> = listed
        .iter()
        .map(|file| file["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names.into_iter().collect::<Vec<_>>(), desk.files("output"));
    for file in listed {
        let (name, caption) = (
            file["name"].as_str().unwrap(),
            file["caption"].as_str().unwrap(),
        );
        let line = said
            .lines()
            .find(|line| line.trim_start().starts_with(name));
        assert!(
            caption.ends_with('.') && line.is_some_and(|line| line.ends_with(caption)),
            "{name}: {caption}\n{said}"
        );
    }
}

#[test]
fn pages_as_svg_show_what_those_as_png_show() {
    let desk = Desk::with_pictures();
    report_of(&desk, "pictures -k 3");
    report_of(&desk, "pictures -k 3 --format svg --out drawn");
    for name in PICTURES {
        let page = fs::read_to_string(desk.path("drawn").join(name).with_extension("svg")).unwrap();
        let drawn = rasterised(&page);
        let picture = image::open(desk.path("output").join(name))
            .unwrap()
            .into_rgb8();
        assert_eq!(drawn.dimensions(), picture.dimensions(), "{name}");
        let differs = |(a, b): (&image::Rgb<u8>, &image::Rgb<u8>)| {
            a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > 1)
        };
        assert_eq!(
            drawn
                .pixels()
                .zip(picture.pixels())
                .filter(|pair| differs(*pair))
                .count(),
            0,
            "{name}"
        );
    }
}

/// An SVG as it is seen at two pixels a point, with no font but the one that the project brings.
fn rasterised(svg: &str) -> image::RgbImage {
    let mut fonts = usvg::fontdb::Database::new();
    for font in ["Inter-Regular.ttf", "Inter-SemiBold.ttf"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("assets/fonts")
            .join(font);
        fonts.load_font_data(fs::read(file).unwrap());
    }
    let options = usvg::Options {
        fontdb: fonts.into(),
        font_family: "Inter".to_owned(),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options).unwrap();
    let (width, height) = (
        2 * tree.size().width() as u32,
        2 * tree.size().height() as u32,
    );
    let mut pixels = tiny_skia::Pixmap::new(width, height).unwrap();
    resvg::render(
        &tree,
        tiny_skia::Transform::from_scale(2.0, 2.0),
        &mut pixels.as_mut(),
    );
    image::RgbImage::from_fn(width, height, |x, y| {
        let pixel = pixels.pixel(x, y).unwrap();
        image::Rgb([pixel.red(), pixel.green(), pixel.blue()])
    })
}

#[test]
fn the_theme_is_the_colour_of_the_page() {
    let desk = Desk::with_pictures();
    let corner = |theme: &str| {
        report_of(&desk, &format!("pictures -k 3 --theme {theme}"));
        PICTURES.map(|name| {
            image::open(desk.path("output").join(name))
                .unwrap()
                .into_rgb8()
                .get_pixel(0, 0)
                .0
        })
    };
    assert_eq!(corner("light"), [[255; 3]; PICTURES.len()]);
    assert!(
        corner("dark")
            .iter()
            .all(|colour| colour.iter().all(|&value| value < 50))
    );
}

#[test]
fn the_best_of_several_starts_is_told_with_the_spread() {
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

#[test]
fn an_array_of_images_is_read_like_a_folder() {
    let desk = Desk::with_pictures();
    desk.write_npy("bars.npy", &bars(COUNT, HEIGHT, WIDTH));
    let folder = report_of(&desk, "pictures -k 3");
    let array = report_of(&desk, "bars.npy -k 3");
    assert_eq!(array["input"]["path"], "bars.npy");
    assert_eq!(
        (&array["input"]["width"], &array["input"]["height"]),
        (&WIDTH.into(), &HEIGHT.into())
    );
    assert_eq!(
        array["nmf"]["relative_error"],
        folder["nmf"]["relative_error"]
    );
}

#[test]
fn sub_folders_are_labels() {
    let desk = Desk::with_pictures();
    fs::create_dir(desk.path("pictures/s2")).unwrap();
    fs::rename(desk.path("pictures/3.pgm"), desk.path("pictures/s2/3.pgm")).unwrap();
    desk.write(
        "pictures/s10/1.pgm",
        pgm(WIDTH, HEIGHT, &[9; WIDTH * HEIGHT]),
    );
    let run = desk.command("pictures -k 3").assert().success();
    run.stdout(contains("with 3 labels"));
    assert_eq!(
        strings(&report(&desk, "output")["input"]["labels"]),
        [".", "s2", "s10"]
    );
    assert_eq!(
        report(&desk, "output").get("labels"),
        None,
        "two of three labels have one image"
    );
}

#[test]
fn how_well_weights_tell_labels_apart_is_in_the_report_and_in_the_summary() {
    let desk = Desk::empty();
    for image in 0..12_u8 {
        // Light on the left or on the right; one picture lies with the wrong ones.
        let folder = if image == 0 { 1 } else { image % 2 };
        let pixels = if image % 2 == 0 {
            [200 + image, 3, 0]
        } else {
            [0, 3, 200 + image]
        };
        desk.write(
            &format!("pictures/{folder}/{image}.pgm"),
            pgm(3, 1, &pixels),
        );
    }
    let run = desk.command("pictures -k 2").assert().success();
    run.stdout(contains(
        "\n  nearest-class-mean accuracy: 91.7 % (NMF weights), 91.7 % (PCA scores); chance 58.3 %\n",
    ));
    let labels = report(&desk, "output")["labels"].take();
    assert_eq!(
        (&labels["count"], &labels["left_out"]),
        (&12.into(), &0.into())
    );
    assert_eq!(strings(&labels["classes"]), ["0", "1"]);
    for (method, expected) in [("nmf", 11.0 / 12.0), ("pca", 11.0 / 12.0)] {
        assert!(
            (labels[method]["accuracy"].as_f64().unwrap() - expected).abs() < 1e-12,
            "{method}: {labels}"
        );
    }
    assert!((labels["chance"].as_f64().unwrap() - 7.0 / 12.0).abs() < 1e-12);
}

#[cfg(unix)]
#[test]
fn hostile_names_stay_names() {
    let desk = Desk::with_pictures();
    let names = [
        "a \"quoted\" 'name'.pgm",
        "line\nbreak\u{1b}[31m.pgm",
        "<img src=x onerror=1>.pgm",
        "面 Gesicht é.pgm",
    ];
    for name in names {
        desk.write(
            &format!("pictures/{name}"),
            pgm(WIDTH, HEIGHT, &[0; WIDTH * HEIGHT]),
        );
        desk.write(&format!("pictures/no {name}"), "no picture at all");
    }
    let plain = || contains("\u{1b}").not();
    let run = desk
        .command("pictures -k 3 --show 16")
        .assert()
        .success()
        .stdout(plain())
        .stderr(plain());
    let stderr = String::from_utf8_lossy(&run.get_output().stderr);
    for line in stderr.lines() {
        assert!(
            line.starts_with("note: ") || line.starts_with("warning: "),
            "a name broke the line: {stderr}"
        );
    }
    let report = report(&desk, "output");
    let skipped = report["input"]["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|skipped| skipped["path"].as_str().unwrap());
    assert_eq!(
        skipped.collect::<BTreeSet<_>>(),
        names
            .map(|name| format!("no {name}"))
            .iter()
            .map(String::as_str)
            .collect()
    );
}

#[test]
fn strict_ends_at_an_unreadable_file() {
    let desk = Desk::with_pictures();
    desk.write("pictures/broken.png", "no picture at all");
    desk.command("pictures -k 3").assert().success();
    let run = desk
        .command("pictures -k 3 --strict")
        .assert()
        .code(1)
        .stdout(is_empty());
    run.stderr(starts_with("error: broken.png: ").and(contains("--strict")));
}

#[test]
fn paths_lead_where_they_would_for_any_command() {
    let desk = Desk::with_pictures();
    let absolute = desk
        .path("pictures")
        .into_os_string()
        .into_string()
        .unwrap();
    for input in [&absolute, "./pictures/", "pictures/../pictures", "."] {
        desk.command(&format!("{input} -k 3 --out results/deep"))
            .assert()
            .success();
        assert_eq!(desk.files("results/deep"), FILES);
        assert_eq!(
            report(&desk, "results/deep")["input"]["images"],
            COUNT,
            "{input}"
        );
        fs::remove_dir_all(desk.path("results")).unwrap();
    }
}

#[test]
fn pictures_of_earlier_runs_are_no_input() {
    let desk = Desk::with_pictures();
    let inside = |out: &str| {
        let run = desk
            .command("pictures -k 3")
            .args(["--out", out])
            .assert()
            .success();
        assert_eq!(report(&desk, out)["input"]["images"], COUNT, "{out}");
        String::from_utf8(run.get_output().stderr.clone()).unwrap()
    };
    // The pages, the two charts and the animation.
    let of = |runs: usize| {
        format!(
            "note: {} pictures of earlier runs were passed over\n",
            runs * (PICTURES.len() + 3)
        )
    };
    assert_eq!(inside("pictures/output"), "");
    assert_eq!(inside("pictures/output"), of(1));
    assert_eq!(inside("pictures/other"), of(1));
    assert_eq!(inside("pictures"), of(2));
    assert_eq!(inside("pictures"), of(3));
    assert_eq!(
        report(&desk, "pictures")["input"]["skipped"],
        Value::Array(Vec::new())
    );
    // Elsewhere a picture of that name is one like any other.
    desk.write(
        "pictures/more/parts.png",
        pgm(WIDTH, HEIGHT, &[7; WIDTH * HEIGHT]),
    );
    desk.command("pictures -k 3")
        .assert()
        .success()
        .stdout(contains("13 images of 8x6 with 2 labels"));
}

#[test]
fn the_known_parts_of_bars_are_all_found() {
    let desk = Desk::empty();
    let run = desk
        .command("synth bars --out bars --size 4x3 --images 200")
        .assert()
        .success()
        .stderr(is_empty());
    run.stdout(
        "wrote 200 images of 4x3 and truth.npy (7 parts) to bars; now: nmf-images ./bars -k 7 --truth ./bars/truth.npy\n",
    );
    assert_eq!(
        (desk.files("bars")[0].as_str(), desk.files("bars").len()),
        ("000.png", 201)
    );
    let run = desk
        .command("bars -k 7 --truth bars/truth.npy")
        .assert()
        .success();
    run.stdout(contains("\n  truth: 7 of 7 parts found (PCA "));
    let truth = report(&desk, "output")["truth"].take();
    assert_eq!(
        (&truth["file"], &truth["kind"]),
        (&"bars/truth.npy".into(), &"parts".into())
    );
    assert_eq!(
        (&truth["known"], &truth["found"], &truth["threshold"]),
        (&7.into(), &7.into(), &0.95.into())
    );
    assert!(truth["pca_found"].as_u64().unwrap() < 7);
    let matches = truth["matches"].as_array().unwrap();
    let parts: BTreeSet<u64> = matches
        .iter()
        .map(|found| found["part"].as_u64().unwrap())
        .collect();
    assert_eq!(parts, (0..7).collect());
    assert!(
        matches
            .iter()
            .all(|found| found["score"].as_f64().unwrap() > 0.99 && found["name"].is_null())
    );
    assert!(
        desk.files("output")
            .iter()
            .all(|name| FILES.contains(&name.as_str()))
    );
}

#[test]
fn what_is_to_be_typed_next_can_be_typed() {
    let desk = Desk::empty();
    let next = |said: &str| contains(format!("; now: {said}\n"));
    let compare = desk
        .command("synth bars --size 3x3 --images 9 --out compare")
        .assert()
        .success();
    compare.stdout(next(
        "nmf-images ./compare -k 6 --truth ./compare/truth.npy",
    ));
    let mut spaced = desk.command("synth bars --size 3x3 --images 9");
    spaced
        .args(["--out", "two words"])
        .assert()
        .success()
        .stdout(next(
            "nmf-images './two words' -k 6 --truth './two words/truth.npy'",
        ));
    let few = desk
        .command("synth bars --size 3x3 --images 2 --out few")
        .assert()
        .success();
    few.stdout("wrote 2 images of 3x3 and truth.npy (6 parts) to few\n");
}

#[test]
fn every_pose_of_the_swimmer_is_written_and_adds_up_from_the_truth() {
    let desk = Desk::empty();
    let geometry = "--size 20x26 --torso 3x10 --limb 4";
    desk.command(&format!("synth swimmer {geometry} --out deep/swimmer"))
        .assert()
        .success();
    let images = load(&desk.path("deep/swimmer"), &LoadOptions::default()).unwrap();
    assert_eq!(
        (
            images.names.len(),
            images.names[7].as_str(),
            images.passed_over
        ),
        (256, "007.png", 1)
    );
    let truth: ndarray::Array3<f32> =
        ndarray_npy::read_npy(desk.path("deep/swimmer/truth.npy")).unwrap();
    assert_eq!(truth.dim(), (17, 26, 20));
    // Each limb is in each of its positions in a quarter of the images, the torso in all.
    let mean = images.to_f32().mean_axis(ndarray::Axis(0)).unwrap();
    let expected =
        (&truth.sum_axis(ndarray::Axis(0)) + &truth.index_axis(ndarray::Axis(0), 0) * 3.0) / 4.0;
    assert!(
        mean.iter()
            .zip(&expected)
            .all(|(mean, expected)| (mean - expected).abs() < 1e-6)
    );

    let score = |rank: usize| {
        let options = "--truth deep/swimmer/truth.npy --max-iter 5";
        report_of(&desk, &format!("deep/swimmer -k {rank} {options}"))["truth"].take()
    };
    let few = score(3);
    let matched = few["matches"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|found| found["part"].is_u64())
        .count();
    assert_eq!((few["known"].as_u64(), matched), (Some(17), 3));
    assert!(
        few["matches"]
            .as_array()
            .unwrap()
            .iter()
            .all(|found| found["part"].is_u64() || found["score"] == 0.0)
    );
    assert_eq!(score(20)["matches"].as_array().unwrap().len(), 17);
}

#[test]
fn the_truth_can_be_rows_of_pixels_and_shows_above_the_parts() {
    let desk = Desk::with_pictures();
    let third = |part: usize, pixel: usize| u8::from(3 * (pixel % WIDTH) / WIDTH == part);
    desk.write_npy(
        "truth.npy",
        &Array2::from_shape_fn((3, WIDTH * HEIGHT), |(part, pixel)| third(part, pixel)),
    );
    let picture = |options: &str| {
        let truth = report_of(&desk, &format!("pictures -k 3 {options}"))["truth"].take();
        (
            truth["found"].as_u64(),
            image::open(desk.path("output/parts.png")).unwrap(),
        )
    };
    let (without, with) = (picture(""), picture("--truth truth.npy"));
    assert_eq!((without.0, with.0), (None, Some(3)));
    assert_ne!(without.1, with.1);
}

#[test]
fn features_are_found_by_the_weights_of_their_images() {
    let desk = Desk::empty();
    let mut table = "image,left,right\n".to_owned();
    for image in 0..40_u8 {
        // Light on the left is one of two kinds, light on the right there or not.
        let (left, right) = (image % 2, image % 3 % 2);
        let pixels = [200 * left, 200 - 200 * left, 200 * right];
        desk.write(&format!("pictures/{image}.pgm"), pgm(3, 1, &pixels));
        table = format!(
            "{table}{image}.pgm,{},{right}\n",
            ["lower", "upper"][usize::from(left)]
        );
    }
    desk.write("features.csv", table + "elsewhere.pgm,other,1\n");
    let run = desk
        .command("pictures -k 3 --truth features.csv")
        .assert()
        .success();
    run.stdout(contains("\n  truth: 3 of 3 features found (PCA "));
    let truth = report(&desk, "output")["truth"].take();
    let names: Vec<&str> = truth["matches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["lower", "upper", "right"]);
    assert_eq!(
        (&truth["kind"], &truth["threshold"]),
        (&"features".into(), &0.8.into())
    );
}

#[test]
fn a_folder_that_is_called_as_a_command_can_be_read() {
    let desk = Desk::with_pictures();
    fs::rename(desk.path("pictures"), desk.path("synth")).unwrap();
    assert_eq!(report_of(&desk, "./synth -k 3")["input"]["images"], COUNT);
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

#[test]
fn extreme_shapes_and_sets_are_learned() {
    let desk = Desk::empty();
    let sets: [(&str, ndarray::Array3<u8>); 9] = [
        ("one row", bars(9, 1, 300)),
        ("one column", bars(9, 300, 1)),
        ("wide", bars(9, 4, 400)),
        ("tall", bars(9, 400, 4)),
        ("large", bars(4, 512, 512)),
        ("two images", bars(2, 6, 6)),
        ("as many parts as images", bars(3, 6, 6)),
        ("all alike", ndarray::Array3::from_elem((5, 6, 6), 77)),
        (
            "one lit pixel",
            ndarray::Array3::from_shape_fn((5, 6, 6), |(i, y, x)| {
                u8::from(y * x == 4) * (i as u8 + 1)
            }),
        ),
    ];
    for (name, images) in sets {
        let rank = images.len_of(ndarray::Axis(0)).min(3);
        desk.write_npy("set.npy", &images);
        let report = report_of(&desk, &format!("set.npy -k {rank} --max-iter 50"));
        let [nmf, pca] =
            ["nmf", "pca"].map(|method| report[method]["relative_error"].as_f64().unwrap());
        assert!(
            (0.0..0.5).contains(&nmf) && (0.0..0.5).contains(&pca),
            "{name}: {nmf} {pca}"
        );
        let mut npz = NpzReader::new(File::open(desk.path("output/model.npz")).unwrap()).unwrap();
        for key in ["W", "H", "pca_components", "pca_scores"] {
            let matrix = npz.by_name::<ndarray::OwnedRepr<f32>, Ix2>(key).unwrap();
            assert!(
                matrix.iter().all(|value| value.is_finite()),
                "{name}: {key}"
            );
        }
    }
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
            contains("note: nmf-images --resume output goes on").eval(&stderr),
            "{stderr}"
        );
        let mut files = [&FILES[..], &["checkpoint.npz"]].concat();
        files.sort_unstable();
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
