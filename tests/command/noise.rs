//! `--noise`: training images with noise, and errors against the clean ones.

use std::fs;

use nmf_images::communicator::SingleProcess;
use nmf_images::images::{ImageShard, NoiseKind, add_noise};
use nmf_images::ndarray::{Array2, Axis};
use nmf_images::{Decomposition, ImageSet, Model, NMF, PCA};
use predicates::str::contains;
use serde_json::Value;

use crate::command::{COUNT, Desk, HEIGHT, WIDTH, bars, pgm};
use crate::failing::fails;
use crate::results::{report, report_of};

/// Returns the images of [`Desk::with_pictures`] without and with this noise, (images, pixels).
fn clean_and_noisy(kinds: &[&str], seed: u64) -> [Array2<f64>; 2] {
    let clean = ImageSet::from_images(bars(COUNT, HEIGHT, WIDTH).view()).unwrap();
    let kinds: Vec<NoiseKind> = kinds.iter().map(|kind| kind.parse().unwrap()).collect();
    let clean = ImageShard::new(clean, &SingleProcess);
    let noisy = add_noise(&clean, &kinds, seed).unwrap().images;
    [clean.set, noisy.set].map(|set| set.to_f32().mapv(f64::from))
}

/// Returns what a method makes of all images, (images, pixels).
fn reconstructed(learned: &Decomposition) -> Array2<f64> {
    let [weights, basis] =
        [&learned.weights.view(), &learned.basis.rows()].map(|of| of.mapv(f64::from));
    let sums = weights.dot(&basis);
    match &learned.mean {
        Some(mean) => sums + mean.mapv(f64::from),
        None => sums,
    }
}

fn squares(values: &Array2<f64>) -> f64 {
    values.iter().map(|value| value * value).sum()
}

fn assert_near(what: &str, found: &Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!(
        (found - expected).abs() < 1e-5 * expected,
        "{what}: {found} for {expected}"
    );
}

/// Checks the figures of images `of` in a section of the report: ‖Y − C‖ / ‖C‖, and 10 log₁₀(1 / mean squared error).
fn assert_clean_error(what: &str, found: &Value, of: &Array2<f64>, clean: &Array2<f64>) {
    let difference = squares(&(of - clean));
    let mean = difference / clean.len() as f64;
    assert_near(
        what,
        &found["clean_error"],
        (difference / squares(clean)).sqrt(),
    );
    assert_near(what, &found["psnr"], -10.0 * mean.log10());
}

#[test]
fn errors_are_those_of_the_model_against_noisy_and_clean_images() {
    let desk = Desk::with_pictures();
    let line = "pictures -k 3 --seed 5 --noise gaussian:0.1 --noise block:2 --only parts";
    let run = desk.command(line).assert().success();
    run.stdout(contains(
        "noise gaussian:0.1, block:2: relative error against the clean images: noisy images 0.",
    ))
    .stderr(contains(
        "note: noise gaussian:0.1, block:2 was added to the training images",
    ));
    let run = report(&desk, "output");
    let noise = &run["noise"];
    let [clean, noisy] = clean_and_noisy(&["gaussian:0.1", "block:2"], 5);
    assert_eq!(
        noise["kinds"],
        serde_json::json!(["gaussian:0.1", "block:2"])
    );
    assert_eq!((&noise["seed"], &noise["white"]), (&5.into(), &1.0.into()));
    assert_clean_error("noisy", &noise["noisy"], &noisy, &clean);
    let model = Model::read(desk.path("output")).unwrap();
    for method in [&NMF, &PCA] {
        let (found, key) = (reconstructed(model.by(method)), method.key);
        assert_clean_error(key, &noise[key], &found, &clean);
        let expected = (squares(&(&found - &noisy)) / squares(&noisy)).sqrt();
        assert_near(key, &noise[key]["relative_error"], expected);
        assert_near(key, &run[key]["relative_error"], expected);
    }
    let settings: Value = serde_json::from_str(&model.settings).unwrap();
    assert_eq!(settings["noise"]["kinds"], noise["kinds"]);
    assert_eq!(settings["noise"]["seed"], 5);
    assert_eq!(settings["rank"], 3);
}

#[test]
fn without_the_option_nothing_is_said_of_noise() {
    let desk = Desk::with_pictures();
    let run = report_of(&desk, "pictures -k 3");
    assert!(run.get("noise").is_none());
    assert!(!desk.files("output").contains(&"denoise.png".to_owned()));
    let model = Model::read(desk.path("output")).unwrap();
    assert!(!model.settings.contains("noise"), "{}", model.settings);
}

#[test]
fn the_same_seed_gives_the_same_model_on_any_number_of_threads() {
    let desk = Desk::with_pictures();
    let line = "pictures -k 3 --noise laplace:0.1 --noise salt:0.1 --only parts";
    let model = |more: &str| {
        report_of(&desk, &format!("{line} {more}"));
        fs::read(desk.path("output/model.npz")).unwrap()
    };
    let first = model("--threads 1");
    assert!(model("--threads 3") == first);
    assert!(model("--init nndsvd --seed 1") != model("--init nndsvd --seed 2"));
}

/// The start does not depend on the seed, and the noise does.
#[test]
fn a_seed_that_draws_noise_is_no_seed_without_effect() {
    let desk = Desk::with_pictures();
    let line = "pictures -k 2 --only parts --init nndsvd --seed 7 --noise gaussian:0.1";
    assert_eq!(report_of(&desk, line)["warnings"], serde_json::json!([]));
}

#[test]
fn held_out_images_stay_clean() {
    let desk = Desk::with_pictures();
    let line = "pictures -k 2 --hold-out 3 --only parts --noise gaussian:0.3";
    let run = report_of(&desk, line);
    desk.command("pictures -k 2 --hold-out 3 --only parts -o clean -q")
        .assert()
        .success();
    let clean = report(&desk, "clean");
    assert_eq!(run["held_out"]["names"], clean["held_out"]["names"]);
    let warning = run["warnings"].as_array().unwrap().last().unwrap();
    let warning = warning.as_str().unwrap();
    assert!(warning.starts_with("with --noise, "), "{warning}");
    let names = run["held_out"]["names"].as_array().unwrap();
    let files: Vec<String> = names
        .iter()
        .map(|name| format!("pictures/{}", name.as_str().unwrap()))
        .collect();
    desk.command(&format!("project output {} --out new -q", files.join(" ")))
        .assert()
        .success();
    let bytes = fs::read(desk.path("new/projection.json")).unwrap();
    let projection: Value = serde_json::from_slice(&bytes).unwrap();
    for method in ["nmf", "pca"] {
        let expected = projection[method]["relative_error"].as_f64().unwrap();
        assert_near(method, &run["held_out"][method]["relative_error"], expected);
    }
}

#[test]
fn a_resumed_run_has_the_same_noise_and_the_same_model() {
    let desk = Desk::with_pictures();
    let line = "pictures -k 3 --tol 0 --max-iter 300 --only denoise --noise salt:0.1 --seed 2";
    let factors = |folder: &str| {
        let model = Model::read(desk.path(folder)).unwrap();
        let nmf = model.by(&NMF);
        (nmf.weights.clone(), nmf.basis.clone())
    };
    report_of(&desk, &format!("{line} --time-limit 0"));
    let (cut_off, first) = (
        factors("output"),
        report(&desk, "output")["noise"]["noisy"].clone(),
    );
    for (more, option) in [("--noise salt:0.2", "--noise"), ("--seed 3", "--seed")] {
        desk.command(&format!("--resume output {more}"))
            .assert()
            .code(1)
            .stderr(contains(format!(
                "error: {option} cannot change when a run"
            )));
    }
    let resumed = report_of(&desk, "--resume output --time-limit 1000");
    desk.command(&format!("{line} --out whole -q"))
        .assert()
        .success();
    assert!(factors("output") == factors("whole") && factors("output") != cut_off);
    assert_eq!(resumed["noise"]["noisy"], first);
    assert_eq!(resumed["noise"], report(&desk, "whole")["noise"]);
}

#[test]
fn bad_noise_is_refused() {
    let desk = Desk::with_pictures();
    for noise in [
        "gaussian",
        "gaussian:0",
        "gaussian:-1",
        "gaussian:1.5",
        "laplace:x",
        "salt:20%",
        "block:0",
        "block:200%",
        "speckle:1",
    ] {
        fails(
            &desk,
            &format!("pictures --noise={noise}"),
            2,
            &["such as 10%"],
        );
    }
    let words = ["a block of 7x7 pixels does not fit into images of 8x6"];
    fails(&desk, "pictures --noise block:7", 1, &words);
    fails(&desk, "pictures --noise block:100%", 1, &words);
    fails(
        &desk,
        "pictures --only denoise",
        1,
        &["pass --noise, or omit it"],
    );
    fails(
        &desk,
        "pictures --noise block:2 --memory 1MB",
        1,
        &["12 images of 48 pixels"],
    );
}

#[test]
fn denoised_images_are_those_of_the_option_and_have_their_errors() {
    let desk = Desk::with_pictures();
    let line = "pictures -k 3 --noise gaussian:0.2 --format svg --only denoise --images 4,1";
    let run = report_of(&desk, line);
    let svg = fs::read_to_string(desk.path("output/denoise.svg")).unwrap();
    let texts: Vec<&str> = svg
        .split("<text")
        .skip(1)
        .filter_map(|text| text.split_once('>')?.1.split('<').next())
        .map(str::trim)
        .collect();
    let at = |wanted: &str| texts.iter().position(|text| *text == wanted);
    assert!(at("4.pgm").unwrap() < at("1.pgm").unwrap(), "{texts:?}");
    assert!(
        at("pictures + gaussian:0.2: relative errors against clean images").is_some(),
        "{texts:?}"
    );
    let [clean, noisy] = clean_and_noisy(&["gaussian:0.2"], 0);
    let model = Model::read(desk.path("output")).unwrap();
    for of in [
        noisy,
        reconstructed(model.by(&NMF)),
        reconstructed(model.by(&PCA)),
    ] {
        for image in [4, 1] {
            let row = |of: &Array2<f64>| of.select(Axis(0), &[image]);
            let error = (squares(&(row(&of) - row(&clean))) / squares(&row(&clean))).sqrt();
            let text = nmf_images::render::percent(error);
            assert!(at(&text).is_some(), "{text}: {texts:?}");
        }
    }
    let caption = run["files"][0]["caption"].as_str().unwrap();
    assert!(
        caption.contains("(gaussian:0.2), those of --images"),
        "{caption}"
    );
    assert!(
        caption.contains(" dB), NMF ") && caption.contains("PCA "),
        "{caption}"
    );
}

/// Hidden pixels have no noise, so that the guesses are compared with the clean ones.
#[test]
fn unknown_pixels_and_values_above_1_are_supported() {
    let desk = Desk::empty();
    let images = bars(COUNT, HEIGHT, WIDTH).mapv(|value| f32::from(value) / 50.0);
    desk.write_npy("floats.npy", &images);
    let mut mask = [255; WIDTH * HEIGHT];
    mask[..5].fill(0);
    desk.write("mask.pgm", pgm(WIDTH, HEIGHT, &mask));
    let run = report_of(&desk, "floats.npy -k 2 --mask mask.pgm --noise salt:1");
    assert_eq!(run["input"]["unknown"], 5 * COUNT);
    let noise = &run["noise"];
    let known = || {
        images
            .iter()
            .enumerate()
            .filter(|(at, _)| at % 48 >= 5)
            .map(|(_, &value)| value)
    };
    let white = known().fold(0.0, f32::max);
    assert_near("white", &noise["white"], white.into());
    // Half of the pixels are black and half are white: the mean squared error is that of each, within five standard errors.
    let terms: Vec<f64> = known()
        .map(|value| f64::from(value / white))
        .map(|value| value.powi(2).midpoint((1.0 - value).powi(2)))
        .collect();
    let mean = terms.iter().sum::<f64>() / terms.len() as f64;
    let found = 10f64.powf(-noise["noisy"]["psnr"].as_f64().unwrap() / 10.0);
    assert!(
        (found - mean).abs() < 5.0 * 0.5 / (terms.len() as f64).sqrt(),
        "{found} for {mean}"
    );
    assert!(desk.files("output").contains(&"denoise.png".to_owned()));
}
