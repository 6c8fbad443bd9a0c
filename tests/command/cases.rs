//! Problems that users had with other programs that factorise images. Only what no other test
//! covers is here.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use ndarray::{Array2, Axis, arr2, concatenate};
use nmf_images::images::{LoadOptions, load};
use nmf_images::nmf::{Hals, Overlap, Penalties};
use nmf_images::projection::onto_parts;
use nmf_images::{Basis, Init, Nmf, Pca, Shape, Solver, StopRule, render};
use serde_json::Value;

use crate::command::Desk;
use crate::common::{Noise, set};

fn report(desk: &Desk, name: &str) -> Value {
    serde_json::from_slice(&fs::read(desk.path(name)).unwrap()).unwrap()
}

fn stderr(desk: &Desk, arguments: &str) -> String {
    let run = desk.command(arguments).assert().success();
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    let is_progress = |line: &&str| line.starts_with("progress: ");
    said.split_inclusive('\n')
        .filter(|line| !is_progress(line))
        .collect()
}

#[test]
fn black_images_are_fitted_and_noted_once() {
    let desk = Desk::empty();
    desk.write_npy(
        "x.npy",
        &arr2(&[[0.1_f32, 0.2, 0.], [0.3, 0.6, 0.], [0., 0., 0.]]),
    );
    let said = stderr(&desk, "x.npy -k 1 --only parts");
    assert_eq!(
        said,
        "note: 1 black image (2), 1 pixel black in every image, which does no harm\n"
    );
    let report = report(&desk, "output/report.json");
    assert!(report["nmf"]["relative_error"].as_f64().unwrap() <= 1e-6);
}

#[test]
fn new_images_have_the_least_squares_of_0_or_more_and_no_pseudo_inverse() {
    let parts = Basis::new(Shape::new(1, 2), arr2(&[[1., 0.], [1., 1.]]));
    // The pseudo-inverse says (-1, 1).
    let projected = onto_parts(&set(arr2(&[[0., 1.]])), &parts).unwrap();
    let expected = arr2(&[[0., 0.5]]);
    assert!(
        (&projected.weights - &expected)
            .iter()
            .all(|difference| difference.abs() < 1e-6),
        "{}",
        projected.weights
    );
    // What is left of (0, 1) is (-0.5, 0.5).
    assert!((projected.relative_error - 0.5_f64.sqrt()).abs() < 1e-6);
}

#[test]
fn eigenimages_of_never_lit_pixels_are_not_divided_by_rounding_noise() {
    let mut x = Noise::new(40).matrix(90, 64);
    for pixel in [0, 7, 56] {
        x.column_mut(pixel).fill(0.0);
    }
    let model = Pca::new(62).fit(&set(x)).unwrap();
    assert_eq!(model.empty(), 1, "61 pixels vary");
    assert!(model.weights.iter().all(|score| score.abs() < 10.0));
    assert!(model.basis.rows().row(61).iter().all(|&value| value == 0.0));
    for pixel in [0, 7, 56] {
        assert!(
            model
                .basis
                .rows()
                .column(pixel)
                .iter()
                .all(|&value| value == 0.0)
        );
    }
}

#[test]
fn a_penalty_means_the_same_however_many_images_there_are() {
    let (x, mut noise) = (Noise::new(41).matrix(30, 24), Noise::new(42));
    let (weights, basis) = (noise.matrix(30, 4), noise.matrix(4, 24));
    let twice =
        |matrix: &Array2<f32>| concatenate(Axis(0), &[matrix.view(), matrix.view()]).unwrap();
    let overlap = Penalties {
        overlap: Overlap::constant(0.05),
        ..Penalties::default()
    };
    let values = Penalties {
        alpha_w: 0.002,
        alpha_h: 0.001,
        l1_ratio: 0.5,
        ..Penalties::default()
    };
    for penalties in [overlap, values] {
        let fit = |x: &Array2<f32>, weights: &Array2<f32>| {
            let nmf = Nmf::new(4).solver(Solver::Hals(Hals {
                penalties,
                ..Hals::plain()
            }));
            let start = Init::Given {
                weights: weights.clone(),
                basis: basis.clone(),
            };
            let stop = StopRule {
                max_iterations: 60,
                tolerance: 0.0,
                ..StopRule::default()
            };
            nmf.init(start)
                .stop_rule(stop)
                .fit(&set(x.clone()))
                .unwrap()
        };
        let (once, again) = (fit(&x, &weights), fit(&twice(&x), &twice(&weights)));
        let apart = (&once.basis.rows() - &again.basis.rows()).mapv(f32::abs);
        assert!(
            apart.iter().all(|&difference| difference < 1e-3),
            "{penalties}"
        );
        assert!(
            (again.objective / once.objective - 2.0).abs() < 1e-3,
            "{penalties}"
        );
    }
}

#[test]
fn values_beyond_black_and_white_are_clipped_and_never_wrap() {
    let png = render::grey_png(&[-0.1, 0.5, 1.2, 0.0, 1.0, f32::MAX], Shape::new(1, 6)).unwrap();
    let values = image::load_from_memory(&png)
        .unwrap()
        .into_luma8()
        .into_raw();
    assert_eq!(values, [0, 128, 255, 0, 255, 255]);
}

#[test]
fn one_part_is_learned_shown_and_searched_for() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 1 -q").assert().success();
    assert_eq!(
        report(&desk, "output/report.json")["nmf"]["shares"],
        serde_json::json!([1.0])
    );
    desk.command("ranks pictures -k 1..4 -q -o ranked")
        .assert()
        .success();
    let ranks: Vec<u64> = report(&desk, "ranked/ranks.json")["ranks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|scores| scores["rank"].as_u64().unwrap())
        .collect();
    assert_eq!(ranks, [1, 2, 3, 4]);
}

#[test]
fn a_web_page_saved_as_data_is_called_one() {
    let desk = Desk::empty();
    let page = "<!DOCTYPE html>\n<title>Not found</title>";
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(page.as_bytes()).unwrap();
    let compressed = encoder.finish().unwrap();
    for name in [
        "train-images-idx3-ubyte.gz",
        "faces.npy",
        "faces.csv",
        "faces.zip",
    ] {
        for bytes in [page.as_bytes(), &compressed] {
            desk.write(name, bytes);
            let said = load(&desk.path(name), &LoadOptions::default())
                .unwrap_err()
                .to_string();
            assert!(
                said.contains("web page") && said.lines().count() == 1,
                "{name}: {said}"
            );
        }
    }
}

#[test]
fn every_fraction_explained_has_the_same_definition() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 2 -q --only parts")
        .assert()
        .success();
    let report = report(&desk, "output/report.json");
    for method in ["nmf", "pca"] {
        let number = |key: &str| report[method][key].as_f64().unwrap();
        assert!(
            (number("explained") - (1.0 - number("relative_error").powi(2))).abs() < 1e-12,
            "{method}"
        );
    }
}

#[test]
fn a_seed_without_effect_is_a_warning() {
    let desk = Desk::with_pictures();
    let said = |arguments: &str| stderr(&desk, &format!("pictures -k 2 --only parts {arguments}"));
    assert_eq!(
        said("--init nndsvd --seed 7"),
        "warning: --seed 7 has no effect: the start nndsvd does not depend on it; omit it, or pass --init images\n"
    );
    for arguments in ["--init nndsvd", "--seed 7", "--init nndsvdar --seed 7"] {
        assert_eq!(said(arguments), "", "{arguments}");
    }
}

#[test]
fn a_tolerance_and_a_limit_both_apply_and_are_reported() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 2 --only parts -q --tol 1e-9 --max-iter 1")
        .assert()
        .success();
    let nmf = report(&desk, "output/report.json")["nmf"].take();
    assert_eq!(
        (
            &nmf["tolerance"],
            &nmf["max_iterations"],
            &nmf["iterations"]
        ),
        (&1e-9.into(), &1.into(), &1.into())
    );
}
