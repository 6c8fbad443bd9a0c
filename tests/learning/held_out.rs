//! Held-out images: their errors against `SciPy` and `scikit-learn`, and the same draw on any number of processes.

use std::path::Path;

use ndarray::{Array2, s};
use nmf_images::communicator::SingleProcess;
use nmf_images::images::{HoldOut, ImageShard, LoadOptions, hold_out, load, load_shard, select};
use nmf_images::projection::HeldOutProjection;
use nmf_images::{Basis, Decomposition, ImageSet, NMF, PCA, Pca, Shape};
use serde::Deserialize;

use crate::thread_ranks::with_ranks;

/// `data/figures.json`, made by `data/make_figures.py`.
#[derive(Deserialize)]
struct Figures {
    images: usize,
    pixels: usize,
    rank: usize,
    x: Vec<f32>,
    h0: Vec<f32>,
    held_out: HeldOutFigures,
}

#[derive(Deserialize)]
struct HeldOutFigures {
    training: usize,
    nmf: f64,
    pca: f64,
    mean_image: f64,
}

#[test]
fn errors_are_those_of_scipy_and_scikit_learn() {
    let figures: Figures = serde_json::from_str(include_str!("../data/figures.json")).unwrap();
    let shape = Shape::new(3, figures.pixels / 3);
    let rows = |count, values| Array2::from_shape_vec((count, shape.pixels()), values).unwrap();
    let x = rows(figures.images, figures.x);
    let expected = figures.held_out;
    let part = |range| ImageSet::from_f32(shape, x.slice(s![range, ..]).to_owned()).unwrap();
    let training = part(0..expected.training);
    let held_out = ImageShard::new(part(expected.training..figures.images), &SingleProcess);
    let pca = Pca::new(figures.rank).fit(&training).unwrap();
    let learned = |method, basis, mean| Decomposition {
        method,
        basis,
        weights: Array2::zeros((training.len(), figures.rank)),
        mean,
        errors: Vec::new(),
    };
    let parts = Basis::new(shape, rows(figures.rank, figures.h0));
    let methods = [
        learned(&NMF, parts, None),
        learned(&PCA, pca.basis.clone(), Some(pca.mean.clone())),
    ];
    let found = HeldOutProjection::of(&held_out, &methods).unwrap();
    assert_eq!(found.images, figures.images - expected.training);
    for (error, expected) in [
        (found.errors[&NMF], expected.nmf),
        (found.errors[&PCA], expected.pca),
        (found.mean_image_error, expected.mean_image),
    ] {
        assert!(
            (error - expected).abs() < 1e-4 * expected,
            "{error} for {expected}"
        );
    }
}

#[test]
fn three_processes_hold_the_same_images_out_with_the_same_errors() {
    let folder = Path::new("assets/digits");
    let options = LoadOptions::default();
    let one = ImageShard::new(load(folder, &options).unwrap(), &SingleProcess);
    let one = hold_out(&one, HoldOut::Count(37), 5).unwrap();
    let pca = Pca::new(3)
        .fit(&select(&one.training.set, &[5, 200, 300, 400, 500, 800]))
        .unwrap();
    let learned = Decomposition {
        method: &PCA,
        weights: pca.weights,
        basis: pca.basis,
        mean: Some(pca.mean),
        errors: Vec::new(),
    };
    let alone = HeldOutProjection::of(&one.held_out, std::slice::from_ref(&learned)).unwrap();
    let shared = with_ranks(3, |communicator| {
        let all = load_shard(folder, &options, communicator).unwrap();
        let split = hold_out(&all, HoldOut::Count(37), 5).unwrap();
        let found = HeldOutProjection::of(&split.held_out, std::slice::from_ref(&learned)).unwrap();
        (split.training.set.names, split.held_out.set.names, found)
    });
    let joined =
        |names: Vec<&Vec<String>>| names.into_iter().flatten().cloned().collect::<Vec<_>>();
    let training = joined(shared.iter().map(|(names, _, _)| names).collect());
    let held_out = joined(shared.iter().map(|(_, names, _)| names).collect());
    assert_eq!(training, one.training.set.names);
    assert_eq!(held_out, one.held_out.set.names);
    // Ten labels of 100 images: three or four each.
    let of_nine = held_out
        .iter()
        .filter(|name| name.starts_with("9/"))
        .count();
    assert!((3..=4).contains(&of_nine), "{of_nine}");
    for (_, _, found) in &shared {
        assert_eq!(found.images, 37);
        let near = |a: f64, b: f64| (a - b).abs() < 1e-6 * b;
        assert!(near(found.errors[&PCA], alone.errors[&PCA]));
        assert!(near(found.mean_image_error, alone.mean_image_error));
    }
}
