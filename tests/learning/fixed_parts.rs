//! Fixed parts: they come out as they were given, and the others are learned beside them.

use std::ops::ControlFlow;

use ndarray::{Array2, Axis, arr2, s};

use nmf_images::images::{Mask, Pixels};
use nmf_images::nmf::{BetaLoss, Hals, Overlap, Penalties};
use nmf_images::{ImageSet, Images, Init, Nmf, NmfModel, Solver, StopRule, with_threads};

use crate::common::{Noise, set};
use crate::distributed::shared;
use crate::on_disk::on_disk;
use crate::shards::{bytes, joined, nmf};
use crate::stopped::stopped;
use crate::twin::{self, Objective, Run, Start};

const FIXED: usize = 2;

/// Parts with a maximum other than 1, and with 0 at some pixels.
fn given(pixels: usize) -> Array2<f32> {
    Array2::from_shape_fn((FIXED, pixels), |(part, pixel)| {
        ((pixel * (part + 3)) % 11) as f32 * 0.7
    })
}

/// The parts of a model that were given.
fn scaled(parts: &Array2<f32>) -> Array2<f32> {
    let mut scaled = parts.clone();
    for mut part in scaled.rows_mut() {
        let largest = part.iter().fold(0.0f32, |a, &b| a.max(b));
        part.mapv_inplace(|value| value / largest);
    }
    scaled
}

fn first_parts(model: &NmfModel) -> Array2<f32> {
    model.basis.rows().slice(s![..FIXED, ..]).to_owned()
}

fn mu(beta: f64) -> Solver {
    Solver::Mu(BetaLoss::new(beta).unwrap())
}

fn hals(settings: Hals) -> Solver {
    Solver::Hals(settings)
}

fn after(iterations: usize) -> StopRule {
    StopRule {
        max_iterations: iterations,
        tolerance: 0.0,
        ..StopRule::default()
    }
}

fn error_of(start: &Start, w: &twin::Matrix, h: &twin::Matrix) -> f64 {
    (2.0 * twin::squared_error(&start.x, w, h) / start.x.iter().map(|v| v * v).sum::<f64>()).sqrt()
}

#[test]
fn rules_beside_fixed_parts_agree_with_their_plain_twins_step_by_step() {
    type Twin = fn(&Start, usize) -> Run;
    let rows: [(Solver, Twin, Objective); 5] = [
        (
            hals(Hals::default()),
            twin::accelerated_hals,
            twin::squared_error,
        ),
        (hals(Hals::plain()), twin::plain_hals, twin::squared_error),
        (
            mu(2.0),
            |s, n| twin::multiplicative(2.0, s, n),
            twin::squared_error,
        ),
        (
            mu(1.0),
            |s, n| twin::multiplicative(1.0, s, n),
            |x, w, h| twin::divergence(1.0, x, w, h),
        ),
        (
            mu(0.5),
            |s, n| twin::multiplicative(0.5, s, n),
            |x, w, h| twin::divergence(0.5, x, w, h),
        ),
    ];
    for (solver, twin, objective) in rows {
        let (images, pixels, rank, count) = (150, 90, 6, 20);
        let mut noise = Noise::new(4);
        let (w, mut h) = (noise.matrix(images, rank), noise.matrix(rank, pixels));
        let x = Noise::new(3).matrix(images, pixels);
        let parts = given(pixels);
        let nmf = Nmf::new(rank).solver(solver).stop_rule(after(count));
        let init = Init::Given {
            weights: w.clone(),
            basis: h.clone(),
        };
        let model = nmf
            .init(init)
            .fixed(parts.clone())
            .fit(&set(x.clone()))
            .unwrap();
        h.slice_mut(s![..FIXED, ..]).assign(&scaled(&parts));
        let start = Start {
            fixed: FIXED,
            ..Start::new(&x, &w, &h)
        };
        let run = twin(&start, count);
        for (found, (w, h)) in model.trace.iter().zip(&run.after_weights) {
            let (error, objective) = (error_of(&start, w, h), objective(&start.x, w, h));
            let place = format!("{solver}, iteration {}", found.iteration);
            let differs = |found: f64, expected: f64| (found / expected - 1.0).abs() >= 1e-4;
            assert!(
                !differs(found.relative_error, error) && !differs(found.objective, objective),
                "{place}: {} for {error}, {} for {objective}",
                found.relative_error,
                found.objective
            );
        }
        assert_eq!(first_parts(&model), scaled(&parts), "{solver}");
    }
}

/// Images that are a background, dark at the edge, and strokes; two pixels are 0 in all of them.
fn strokes() -> ImageSet {
    bytes(200, 10)
}

#[test]
fn fixed_parts_come_out_to_the_last_bit_and_the_others_are_learned() {
    let images = strokes();
    let parts = given(100);
    let penalised = Penalties {
        overlap: Overlap::constant(0.05),
        alpha_w: 0.01,
        alpha_h: 0.01,
        ..Penalties::default()
    };
    for solver in [
        hals(Hals::default()),
        hals(Hals::plain()),
        hals(Hals {
            penalties: penalised,
            ..Hals::default()
        }),
        mu(2.0),
        mu(1.0),
        mu(1.5),
    ] {
        for init in [Init::Images, Init::Random, Init::Nndsvd, Init::Nndsvdar] {
            let nmf = Nmf::new(6)
                .solver(solver)
                .init(init)
                .stop_rule(after(40))
                .fixed(parts.clone());
            let model = nmf.fit(&images).unwrap();
            assert_eq!(first_parts(&model), scaled(&parts), "{nmf:?}");
            assert_eq!(
                (model.fixed_parts, &model.order[..FIXED]),
                (FIXED, &[0, 1][..])
            );
            let learned = &model.shares[FIXED..];
            assert!(learned.is_sorted_by(|a, b| a >= b), "{learned:?}");
            assert!(learned.iter().all(|&share| share > 0.0), "{learned:?}");
            let (first, last) = (&model.trace[0], &model.trace[model.trace.len() - 1]);
            assert!(last.objective < 0.9 * first.objective, "{nmf:?}");
        }
    }
}

#[test]
fn learned_parts_beside_fixed_ones_lower_the_error_of_these_alone() {
    let mut noise = Noise::new(11);
    let (weights, basis) = (noise.matrix(120, 5), noise.matrix(5, 64));
    let x = weights.dot(&basis);
    let fixed = basis.slice(s![..3, ..]).to_owned();
    let images = set(x.clone() / x.iter().fold(0.0f32, |a, &b| a.max(b)));
    let alone = Nmf::new(3).stop_rule(after(0)).init(Init::Given {
        weights: Array2::ones((120, 3)),
        basis: fixed.clone(),
    });
    let alone = alone.merge_pixels(false).fit(&images).unwrap();
    let beside = Nmf::new(5).fixed(fixed).fit(&images).unwrap();
    assert!(
        beside.relative_error < 0.2 * alone.relative_error,
        "{} beside {}",
        beside.relative_error,
        alone.relative_error
    );
}

#[test]
fn a_fixed_part_keeps_pixels_that_are_0_or_equal_in_every_image() {
    let x = arr2(&[[0., 2., 2., 1.], [0., 4., 4., 3.], [0., 1., 1., 5.]]);
    let part = arr2(&[[0.5, 1.0, 0.25, 0.75]]);
    for solver in [hals(Hals::default()), mu(1.0)] {
        let nmf = Nmf::new(2).solver(solver).fixed(part.clone());
        let model = nmf.fit(&set(x.clone())).unwrap();
        assert_eq!(model.basis.row(0), part.row(0));
    }
}

/// With pixels of which none, some or all images are unknown.
fn with_holes(mut images: ImageSet) -> ImageSet {
    let pixels = images.shape.pixels();
    images.mask = Mask::new(images.len(), pixels, |image, pixel| {
        pixel != 7 && !(image * 31 + pixel * 17).is_multiple_of(10)
    });
    images
}

#[test]
fn a_fixed_part_keeps_pixels_that_are_known_in_no_image() {
    let (images, parts) = (with_holes(strokes()), given(100));
    for solver in [hals(Hals::default()), mu(2.0), mu(1.0)] {
        let nmf = nmf(&solver.to_string()).fixed(parts.clone());
        let model = nmf.fit(&images).unwrap();
        assert_eq!(first_parts(&model), scaled(&parts), "{solver}");
        let learned = model.basis.rows().slice(s![FIXED.., 7]).sum();
        assert_eq!((parts[[0, 7]] > 0.0, learned), (true, 0.0));
    }
}

fn same_bits(found: &NmfModel, expected: &NmfModel, what: &str) {
    assert!(
        found.basis.rows() == expected.basis.rows() && found.weights == expected.weights,
        "{what}"
    );
    let errors = [found, expected].map(|model| model.relative_error.to_bits());
    assert_eq!(errors[0], errors[1], "{what}");
}

#[test]
fn fits_beside_fixed_parts_have_the_same_bits_on_disk_and_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let images = strokes();
    let Pixels::U8(values) = &images.pixels else {
        panic!("bytes")
    };
    let stored = on_disk(folder.path(), "strokes.npy", values);
    for solver in ["hals", "mu", "mu:kl"] {
        let nmf = nmf(solver).fixed(given(100));
        let expected = with_threads(Some(1), || nmf.fit(&images).unwrap());
        let several = with_threads(Some(3), || nmf.fit(&images).unwrap());
        same_bits(&several, &expected, solver);
        same_bits(&nmf.fit(&stored).unwrap(), &expected, solver);
    }
}

#[test]
fn a_fit_beside_fixed_parts_continues_to_the_bits_of_an_uninterrupted_one() {
    let images = strokes();
    for solver in ["hals", "mu:kl"] {
        let nmf = nmf(solver).stop_rule(after(12)).fixed(given(100));
        let expected = nmf.fit(&images).unwrap();
        let checkpoint = stopped(&nmf, &images, 5);
        let resumed = nmf.resume(&images, &checkpoint, |_| ControlFlow::Continue(()));
        same_bits(&resumed.unwrap(), &expected, solver);
        let others = nmf.clone().fixed(given(100) + 0.5);
        let refused = others.resume(&images, &checkpoint, |_| panic!("it went on"));
        let error = refused.unwrap_err().to_string();
        assert!(error.contains("fixed parts 2 (hash "), "{error}");
    }
}

#[test]
fn ranks_that_share_the_images_keep_the_same_fixed_parts() {
    let images = bytes(5000, 6);
    let cuts = [0, 4096, 5000];
    for solver in ["hals", "mu:kl"] {
        let nmf = nmf(solver).fixed(given(36));
        let together = joined(&shared(&images, &cuts, |share| nmf.fit(share).unwrap()));
        same_bits(&together, &nmf.fit(&images).unwrap(), solver);
    }
    let errors = shared(&images, &cuts, |share| {
        let parts = given(36) + share.communicator().rank() as f32;
        nmf("hals").fixed(parts).fit(share).unwrap_err().to_string()
    });
    for error in errors {
        assert!(error.contains("array of fixed parts differs"), "{error}");
    }
}

#[test]
fn a_start_on_samples_and_every_restart_keep_fixed_parts() {
    let (images, parts) = (bytes(2400, 8), given(64));
    let model = nmf("hals").fixed(parts.clone()).fit(&images).unwrap();
    assert_eq!(model.sampled, Some(600));
    assert_eq!(first_parts(&model), scaled(&parts));
    let few = bytes(100, 8);
    let model = nmf("hals")
        .fixed(parts.clone())
        .restarts(3)
        .fit(&few)
        .unwrap();
    assert_eq!(first_parts(&model), scaled(&parts));
    assert_eq!((model.restarts.len(), model.fixed_parts), (3, FIXED));
    let others: Vec<f64> = model
        .restarts
        .iter()
        .map(|start| start.mean_cosine)
        .collect();
    assert!(
        others.iter().all(|&cosine| cosine <= 1.0 + 1e-9),
        "{others:?}"
    );
    assert!(model.restarts.iter().all(|start| start.alike <= 3));
}

#[test]
fn a_fixed_part_that_no_image_uses_is_not_replaced() {
    let images = set(arr2(&[[1., 0., 2.], [2., 0., 1.], [3., 0., 4.]]));
    let part = arr2(&[[0.0, 1.0, 0.0]]);
    let model = Nmf::new(3).fixed(part.clone()).fit(&images).unwrap();
    assert_eq!(model.basis.row(0), part.row(0));
    assert_eq!((model.shares[0], model.dead()), (0.0, 1));
    assert!(model.weights.column(0).iter().all(|&weight| weight == 0.0));
    assert!(model.relative_error < 1e-4, "{}", model.relative_error);
}

#[test]
fn parts_that_cannot_be_fixed_are_one_clear_line() {
    let images = strokes();
    let refused = |nmf: Nmf| nmf.fit(&images).unwrap_err().to_string();
    let with = |parts: Array2<f32>| refused(nmf("hals").fixed(parts));
    for solver in [
        "bpp",
        "hoyer:H=0.7",
        "nonsmooth",
        "local",
        "l21",
        "huber:0.1",
        "l1",
    ] {
        let error = refused(nmf(solver).fixed(given(100)));
        assert!(
            error.ends_with("cannot keep parts fixed; hals and mu (mu:kl, mu:is, mu:BETA) can"),
            "{error}"
        );
    }
    let mut wrong = given(100);
    wrong[[1, 3]] = -0.5;
    assert_eq!(
        with(wrong.clone()),
        "fixed part 1, pixel 3 (counted from 0) is -0.5; allowed are finite non-negative values"
    );
    wrong[[1, 3]] = f32::NAN;
    assert!(with(wrong.clone()).contains("pixel 3 (counted from 0) is NaN"));
    wrong.row_mut(1).fill(0.0);
    assert_eq!(
        with(wrong),
        "fixed part 1 (counted from 0) is black: remove it"
    );
    assert!(with(given(99)).starts_with("fixed parts have 99 pixels, the images 100"));
    assert!(with(Array2::zeros((0, 100))).starts_with("no fixed parts were given"));
    let five = Array2::ones((5, 100));
    assert_eq!(
        with(five.clone()),
        "5 fixed parts leave no part to learn with rank 5, which counts all parts"
    );
    assert!(with(five.select(Axis(0), &[0, 0, 0, 0, 0, 0])).starts_with("6 fixed parts leave"));
}
