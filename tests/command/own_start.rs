//! `--init FILE` and `--save-start`: a start of one's own, and one that another program can repeat.

use std::fs;

use ndarray::{Array2, Array3};
use ndarray_npy::NpzWriter;
use nmf_images::{FactorFile, Model, NMF};
use predicates::str::contains;
use serde_json::Value;

use crate::command::{COUNT, Desk, HEIGHT, WIDTH, bars};
use crate::failing::fails;
use crate::results::{report, strings};

const PIXELS: usize = HEIGHT * WIDTH;

/// Writes arrays under their keys to an .npz file of the desk.
pub fn write_npz(desk: &Desk, name: &str, arrays: &[(&str, &Array2<f32>)]) {
    let mut npz = NpzWriter::new(std::io::Cursor::new(Vec::new()));
    for (key, array) in arrays {
        npz.add_array(*key, *array).unwrap();
    }
    desk.write(name, npz.finish().unwrap().into_inner());
}

/// Returns some W, (images, rank).
pub fn weights(rank: usize) -> Array2<f32> {
    Array2::from_shape_fn((COUNT, rank), |(image, part)| {
        ((image + 2 * part) % 5 + 1) as f32 / 5.0
    })
}

/// Returns some H, (rank, pixels).
pub fn parts(rank: usize) -> Array2<f32> {
    Array2::from_shape_fn((rank, PIXELS), |(part, pixel)| {
        ((pixel + 3 * part) % 7 + 1) as f32 / 7.0
    })
}

/// Returns W and H of the model in a folder.
fn factors(desk: &Desk, folder: &str) -> (Array2<f32>, Array2<f32>) {
    let model = Model::read(desk.path(folder)).unwrap();
    let nmf = model.by(&NMF);
    (nmf.weights.clone(), nmf.basis.rows().to_owned())
}

fn run(desk: &Desk, arguments: &str) {
    desk.command(&format!("{arguments} -q --only parts"))
        .assert()
        .success();
}

#[test]
fn the_rank_is_that_of_the_file_and_the_report_names_it() {
    let desk = Desk::with_pictures();
    write_npz(&desk, "own.npz", &[("W", &weights(3)), ("H", &parts(3))]);
    run(&desk, "pictures --init own.npz");
    let mut written = report(&desk, "output");
    assert_eq!(written["nmf"]["rank"], 3);
    assert_eq!(written["nmf"]["init"], "own.npz");
    assert!(
        !strings(&written["input"]["notes"].take())
            .iter()
            .any(|note| note.contains("own.npz"))
    );
    run(&desk, "pictures --init own.npz -k 3");
    fails(
        &desk,
        "pictures --init own.npz -k 4",
        1,
        &["own.npz has 3 parts", "-k 3"],
    );
    fails(
        &desk,
        "pictures --init own.npz -k 3,4",
        1,
        &["own.npz", "omit -k"],
    );
    fails(
        &desk,
        "pictures --init own.npz -k auto",
        1,
        &["own.npz has 3 parts"],
    );
    fails(
        &desk,
        "pictures --init own.npz --restarts 2",
        1,
        &["2 starts"],
    );
    desk.command("compare pictures --init own.npz --rules hals,mu -q -o compared")
        .assert()
        .success();
    let compared = report(&desk, "compared");
    assert_eq!(compared["settings"]["rank"], 3);
    assert_eq!(compared["settings"]["init"], "own.npz");
    fails(
        &desk,
        "compare pictures --init own.npz -k 2",
        1,
        &["own.npz has 3 parts"],
    );
}

#[test]
fn a_comparison_learns_from_a_file_with_each_noise_what_a_run_alone_learns() {
    let desk = Desk::with_pictures();
    // The weights are those of the images with noise.
    write_npz(&desk, "own.npz", &[("H", &parts(3))]);
    let noise = "salt:0.1";
    let options = "--init own.npz --max-iter 9 -q";
    desk.command(&format!(
        "compare pictures {options} --rules hals,mu --seeds 1,2 --noises none,{noise} -o compared"
    ))
    .assert()
    .success();
    let compared = report(&desk, "compared");
    let notes = compared["input"]["notes"].as_array().unwrap();
    let note = |note: &&Value| note.as_str().unwrap().contains("own.npz has no W");
    assert_eq!(notes.iter().filter(note).count(), 1, "{notes:?}");
    let runs = compared["compare"].as_array().unwrap();
    for rule in ["hals", "mu"] {
        for added in ["none", noise] {
            let noise = match added {
                "none" => String::new(),
                added => format!("--noise {added}"),
            };
            desk.command(&format!(
                "pictures {options} --solver {rule} --seed 1 {noise} --only parts -o alone"
            ))
            .assert()
            .success();
            let alone = report(&desk, "alone");
            let is_run = |run: &&Value| run["rule"] == rule && run["noise"] == added;
            let own: Vec<_> = runs.iter().filter(is_run).collect();
            assert_eq!(own.len(), 2, "{rule}, {added}");
            for run in own {
                assert_eq!(run["init"], "own.npz", "{rule}, {added}");
                let (error, expected) = (&run["objective"], &alone["nmf"]["objective"]);
                assert_eq!(error, expected, "{rule}, {added}");
            }
        }
    }
}

#[test]
fn a_file_that_is_no_start_is_one_line_that_names_it() {
    let desk = Desk::with_pictures();
    let mut negative = parts(2);
    negative[[1, 7]] = -0.5;
    let mut unknown = weights(2);
    unknown[[0, 0]] = f32::NAN;
    for (arrays, words) in [
        (
            &[("a", &weights(2))][..],
            &["`W`", "`H`", "which has a"][..],
        ),
        (
            &[("W", &weights(2)), ("H", &parts(3))],
            &["2 columns", "3 rows"],
        ),
        (&[("W", &weights(2)), ("H", &negative)], &["`H` holds -0.5"]),
        (&[("W", &unknown), ("H", &parts(2))], &["`W` holds NaN"]),
        (&[("H", &Array2::zeros((2, 7)))], &["7 pixels", "8x6"]),
        (&[("W", &Array2::ones((5, 2)))], &["5 rows", "12 images"]),
        (&[("H", &Array2::zeros((0, 48)))], &["`H` has the shape"]),
        (
            &[("W", &(weights(2) * 1e12)), ("H", &(parts(2) * 1e12))],
            &["1e15"],
        ),
    ] {
        write_npz(&desk, "own.npz", arrays);
        let words: Vec<&str> = ["own.npz: "].iter().chain(words).copied().collect();
        fails(&desk, "pictures --init own.npz", 1, &words);
    }
    desk.write("own.npz", "W = 1");
    fails(
        &desk,
        "pictures --init own.npz",
        1,
        &["own.npz", "numpy.savez"],
    );
    fails(&desk, "pictures --init nowhere.npz", 1, &["nowhere.npz"]);
    fails(&desk, "pictures --init nndsdv", 2, &["nndsvda", "uniform"]);
}

#[test]
fn a_factor_that_is_missing_is_found_and_noted() {
    let desk = Desk::with_pictures();
    let mut start = NpzWriter::new(std::io::Cursor::new(Vec::new()));
    let images: Array3<f32> = parts(3).into_shape_with_order((3, HEIGHT, WIDTH)).unwrap();
    start.add_array("h", &images).unwrap();
    desk.write("parts.npz", start.finish().unwrap().into_inner());
    write_npz(&desk, "weights.npz", &[("w", &weights(3))]);
    for (file, missing) in [("parts.npz", "W"), ("weights.npz", "H")] {
        run(
            &desk,
            &format!("pictures --init {file} --save-start --max-iter 1"),
        );
        let said = report(&desk, "output")["input"]["notes"].take();
        let note = format!("{file} has no {missing}");
        assert!(
            strings(&said).iter().any(|said| said.starts_with(&note)),
            "{said}"
        );
    }
    let saved = FactorFile::read(desk.path("output/start.npz")).unwrap();
    assert_eq!(saved.weights, Some(weights(3)));
    assert_eq!(
        saved.shape.map(|shape| (shape.height, shape.width)),
        Some((HEIGHT, WIDTH))
    );
    // A part of another shape with as many pixels.
    let mut turned = NpzWriter::new(std::io::Cursor::new(Vec::new()));
    turned
        .add_array("H", &Array3::<f32>::ones((2, WIDTH, HEIGHT)))
        .unwrap();
    desk.write("turned.npz", turned.finish().unwrap().into_inner());
    fails(
        &desk,
        "pictures --init turned.npz",
        1,
        &["turned.npz", "6x8", "8x6"],
    );
}

#[test]
fn a_model_continues_where_its_run_ended() {
    let desk = Desk::with_pictures();
    for rule in ["hals", "mu", "mu:kl"] {
        run(
            &desk,
            &format!("pictures -k 3 --solver {rule} --max-iter 8 --tol 0 -o first"),
        );
        run(
            &desk,
            &format!(
                "pictures --init first/model.npz --solver {rule} --max-iter 8 --tol 0 -o second"
            ),
        );
        let of = |folder: &str| report(&desk, folder)["nmf"]["objective"].as_f64().unwrap();
        assert!(
            of("second") < of("first"),
            "{rule}: {} after {}",
            of("second"),
            of("first")
        );
    }
    desk.write_npy("more.npy", &bars(COUNT + 3, HEIGHT, WIDTH));
    run(&desk, "more.npy --init first -o more");
    let notes = report(&desk, "more")["input"]["notes"].take();
    let expected = "first/model.npz has the weights of 12 other images";
    assert!(
        strings(&notes)
            .iter()
            .any(|note| note.starts_with(expected)),
        "{notes}"
    );
    fails(
        &desk,
        "pictures --init first/model.npz -o first",
        1,
        &["would be overwritten"],
    );
}

#[test]
fn a_saved_start_gives_the_same_bits_as_the_run_that_saved_it() {
    let desk = Desk::with_pictures();
    desk.write_npy("many.npy", &bars(2400, HEIGHT, WIDTH));
    for (input, rule) in [
        ("pictures", "hals"),
        ("pictures", "mu"),
        ("many.npy", "hals"),
    ] {
        let learn = format!("{input} --solver {rule} --max-iter 5");
        run(
            &desk,
            &format!("{learn} -k 3 --save-start --threads 1 -o first"),
        );
        run(
            &desk,
            &format!("{learn} --init first/start.npz --threads 3 -o second"),
        );
        assert!(
            factors(&desk, "first") == factors(&desk, "second"),
            "{learn}"
        );
        let listed = report(&desk, "first")["files"].take();
        assert!(listed.to_string().contains("start.npz"), "{learn}");
    }
    // A run without the option removes the start of the one before it.
    run(&desk, "pictures -k 3 -o first");
    assert!(!desk.path("first/start.npz").exists());
    let restarts = "pictures -k 3 --save-start --restarts 3";
    fails(&desk, restarts, 2, &["--save-start", "--restarts"]);
}

#[test]
fn a_resumed_run_has_its_start_in_the_file_still() {
    let desk = Desk::with_pictures();
    write_npz(&desk, "own.npz", &[("W", &weights(3)), ("H", &parts(3))]);
    let learn = "pictures --init own.npz --save-start --tol 0";
    run(&desk, &format!("{learn} --max-iter 30 -o whole"));
    run(
        &desk,
        &format!("{learn} --max-iter 30 --checkpoint 3it --time-limit 0 -o part"),
    );
    desk.command("--resume part --time-limit 1000 -q")
        .assert()
        .success();
    assert!(factors(&desk, "part") == factors(&desk, "whole"));
    let saved = |folder: &str| fs::read(desk.path(folder).join("start.npz")).unwrap();
    assert!(saved("part") == saved("whole"));
    run(
        &desk,
        &format!("{learn} --max-iter 30 --checkpoint 3it --time-limit 0 -o part"),
    );
    write_npz(
        &desk,
        "own.npz",
        &[("W", &weights(3)), ("H", &(parts(3) * 0.5))],
    );
    fails(&desk, "--resume part --time-limit 1000", 1, &["init"]);
}

#[test]
fn equal_parts_are_a_warning() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 4 --init uniform --solver mu --only parts")
        .assert()
        .success()
        .stderr(contains("all 4 parts are the same"));
    let run = desk
        .command("pictures -k 4 --solver mu --only parts")
        .assert()
        .success();
    let said = String::from_utf8_lossy(&run.get_output().stderr);
    assert!(!said.contains("are the same"), "{said}");
}
