//! Weights of pixels and images in the errors.

use std::ops::ControlFlow;

use ndarray::{Array1, Array2, Axis, arr1, concatenate, s};

use nmf_images::images::{Mask, Pixels};
use nmf_images::nmf::{FitObserver, FitProgress, FitStart, Hals, Penalties};
use nmf_images::{
    ImageSet, Images, Init, Nmf, NmfModel, Pca, PcaModel, Solver, StopRule, with_threads,
};

use crate::common::{Noise, set};
use crate::conformance::rules;
use crate::distributed::shared;
use crate::on_disk::on_disk;
use crate::shards::{bytes, nmf};
use crate::stopped::stopped;
use crate::twin::Matrix;

fn after(iterations: usize) -> StopRule {
    StopRule {
        max_iterations: iterations,
        tolerance: 0.0,
        ..StopRule::default()
    }
}

/// Weights of different sizes, every fifth of which is 0.
fn some(count: usize) -> Array1<f32> {
    Array1::from_shape_fn(count, |index| ((index * 7 + 3) % 5) as f32 * 0.75)
}

fn wide(matrix: &Array2<f32>) -> Matrix {
    matrix.mapv(f64::from)
}

/// Weights in f64, with a maximum of 1.
#[derive(Clone)]
struct Sides {
    images: Array1<f64>,
    pixels: Array1<f64>,
}

impl Sides {
    fn of(images: &Array1<f32>, pixels: &Array1<f32>) -> Self {
        let scaled = |weights: &Array1<f32>| {
            let largest = weights.iter().fold(0.0f32, |a, &b| a.max(b));
            weights.mapv(|weight| f64::from(weight) / f64::from(largest))
        };
        Self {
            images: scaled(images),
            pixels: scaled(pixels),
        }
    }

    /// Returns the weighted square of a matrix.
    fn square(&self, matrix: &Matrix) -> f64 {
        let squares = matrix.mapv(|value| value * value);
        self.images.dot(&squares.dot(&self.pixels))
    }

    fn relative_error(&self, x: &Matrix, approximation: &Matrix) -> f64 {
        (self.square(&(x - approximation)) / self.square(x)).sqrt()
    }
}

/// Plain rules with weights, in f64, from the definition: nothing is scaled.
type Improve = fn(&Matrix, &mut Matrix, &Matrix, &Array1<f64>);

/// One sweep of coordinate descent over W, whose columns of X have these weights.
fn hals(x: &Matrix, w: &mut Matrix, h: &Matrix, weights: &Array1<f64>) {
    let weighted = h * weights;
    let (products, gram) = (x.dot(&weighted.t()), h.dot(&weighted.t()));
    for row in 0..w.nrows() {
        for part in 0..w.ncols() {
            let sum: f64 = w.row(row).dot(&gram.column(part));
            let step = (products[[row, part]] - sum) / gram[[part, part]];
            w[[row, part]] = (w[[row, part]] + step).max(0.0);
        }
    }
}

fn multiplicative(x: &Matrix, w: &mut Matrix, h: &Matrix, weights: &Array1<f64>) {
    let weighted = h * weights;
    let (products, gram) = (x.dot(&weighted.t()), h.dot(&weighted.t()));
    let denominators = w.dot(&gram);
    let quotients = products / denominators;
    // What is 0 stays 0.
    *w = &*w * &quotients.mapv(|quotient| if quotient.is_finite() { quotient } else { 0.0 });
}

/// Keeps W and H before the first iteration.
#[derive(Default)]
struct Kept(Option<(Array2<f32>, Array2<f32>)>);

impl FitObserver for Kept {
    fn start(&mut self, start: &FitStart) {
        self.0 = Some((start.weights(), start.basis().rows().to_owned()));
    }

    fn iteration(&mut self, _: &FitProgress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

#[test]
fn rules_with_weights_agree_with_plain_twins_step_by_step() {
    let (images, pixels, rank, count) = (150, 90, 5, 20);
    let x = Noise::new(3).matrix(images, pixels);
    let ones = Array1::ones;
    let rules: [(Solver, Improve); 2] = [
        (Solver::Hals(Hals::plain()), hals),
        ("mu".parse().unwrap(), multiplicative),
    ];
    for (solver, improve) in rules {
        for (of_images, of_pixels) in [
            (ones(images), some(pixels)),
            (some(images) + 0.1, ones(pixels)),
            (some(images), some(pixels)),
        ] {
            let mut kept = Kept::default();
            let model = Nmf::new(rank)
                .solver(solver)
                .init(Init::Random)
                .stop_rule(after(count))
                .pixel_weights(of_pixels.clone())
                .image_weights(of_images.clone())
                .fit_observed(&set(x.clone()), None, &mut kept)
                .unwrap();
            let (w, h) = kept.0.unwrap();
            let (x, mut w, h) = (wide(&x), wide(&w), wide(&h));
            let mut h = h.t().to_owned();
            let sides = Sides::of(&of_images, &of_pixels);
            // What has no weight is not compared: a rule may leave it at 0.
            w.rows_mut()
                .into_iter()
                .zip(&sides.images)
                .for_each(|(mut row, &weight)| {
                    if weight == 0.0 {
                        row.fill(1.0);
                    }
                });
            for found in &model.trace {
                improve(&x, &mut w, &h.t().to_owned(), &sides.pixels);
                let expected = sides.relative_error(&x, &w.dot(&h.t()));
                let place = format!("{solver}, iteration {}", found.iteration);
                assert!(
                    (found.relative_error / expected - 1.0).abs() < 1e-4,
                    "{place}: {} for {expected}",
                    found.relative_error
                );
                let objective = 0.5 * sides.square(&(&x - &w.dot(&h.t())));
                assert!((found.objective / objective - 1.0).abs() < 2e-4, "{place}");
                improve(&x.t().to_owned(), &mut h, &w.t().to_owned(), &sides.images);
            }
        }
    }
}

/// The reconstruction of a model, from what it says of itself.
fn reconstruction(model: &NmfModel) -> Matrix {
    wide(&model.weights).dot(&wide(&model.basis.rows().to_owned()))
}

fn weighted_nmf(solver: Solver, images: &ImageSet) -> Nmf {
    Nmf::new(5)
        .solver(solver)
        .stop_rule(after(25))
        .pixel_weights(some(images.shape().pixels()))
        .image_weights(some(images.len()))
}

#[test]
fn what_a_fit_with_weights_reports_is_true_of_its_factors() {
    let images = bytes(200, 10);
    let x = wide(&images.to_f32());
    let sides = Sides::of(&some(200), &some(100));
    for rule in rules().iter().filter(|rule| rule.weights) {
        for init in [Init::Images, Init::Random, Init::Nndsvd, Init::Nndsvdar] {
            let nmf = weighted_nmf(rule.solver, &images).init(init);
            let model = nmf.fit(&images).unwrap();
            let factors = model.weights.iter().chain(model.basis.rows());
            assert!(
                factors.clone().all(|v| v.is_finite() && *v >= 0.0),
                "{nmf:?}"
            );
            let error = sides.relative_error(&x, &reconstruction(&model));
            assert!(
                (model.relative_error / error - 1.0).abs() < 1e-4,
                "{nmf:?}: {} for {error}",
                model.relative_error
            );
            assert!(model.weighted.pixels && model.weighted.images && model.residuals.is_none());
            for pixel in (0..100).filter(|&pixel| sides.pixels[pixel] == 0.0) {
                let rows = model.basis.rows();
                assert!(rows.column(pixel).iter().all(|&value| value == 0.0));
            }
            let sum: f64 = model.shares.iter().sum();
            assert!((sum - 1.0).abs() < 1e-9);
            let objectives: Vec<f64> = model.trace.iter().map(|at| at.objective).collect();
            let falls = objectives
                .windows(2)
                .all(|two| two[1] <= two[0] * (1.0 + 1e-6));
            assert!(falls || !rule.falls, "{nmf:?}: {objectives:?}");
            assert!(objectives[24] < 0.9 * objectives[0], "{nmf:?}");
        }
    }
}

#[test]
fn fits_with_weights_have_the_same_bits_on_disk_and_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let images = bytes(200, 10);
    let Pixels::U8(values) = &images.pixels else {
        panic!("bytes")
    };
    let stored = on_disk(folder.path(), "weighted.npy", values);
    for rule in rules().iter().filter(|rule| rule.weights) {
        let nmf = weighted_nmf(rule.solver, &images);
        let fit = |threads| with_threads(Some(threads), || nmf.fit(&images).unwrap());
        let expected = fit(1);
        for found in [fit(2), fit(3), fit(8), nmf.fit(&stored).unwrap()] {
            assert_eq!(found.basis.rows(), expected.basis.rows(), "{}", rule.solver);
            assert_eq!(found.weights, expected.weights, "{}", rule.solver);
        }
    }
    let pca = Pca::new(4)
        .pixel_weights(some(100))
        .image_weights(some(200));
    let fit = |threads| with_threads(Some(threads), || pca.fit(&images).unwrap());
    let expected = fit(1);
    for found in [fit(2), fit(3), fit(8), pca.fit(&stored).unwrap()] {
        assert_eq!(found.basis.rows(), expected.basis.rows());
        assert_eq!(found.weights, expected.weights);
    }
}

#[test]
fn equal_weights_change_no_bit_of_a_fit_to_floats() {
    let images = set(Noise::new(5).matrix(90, 70));
    for solver in ["hals", "mu"] {
        let nmf = nmf(solver);
        let equal = nmf
            .clone()
            .pixel_weights(Array1::from_elem(70, 3.0))
            .image_weights(Array1::from_elem(90, 0.25));
        let (plain, equal) = (nmf.fit(&images).unwrap(), equal.fit(&images).unwrap());
        assert_eq!(plain.basis, equal.basis);
        assert_eq!(plain.weights, equal.weights);
    }
    let equal = Pca::new(4).image_weights(Array1::from_elem(90, 0.25));
    let (plain, equal) = (
        Pca::new(4).fit(&images).unwrap(),
        equal.fit(&images).unwrap(),
    );
    assert_eq!((plain.basis, plain.mean), (equal.basis, equal.mean));
}

#[test]
fn an_image_of_weight_0_and_a_pixel_of_weight_0_influence_nothing_else() {
    let x = Noise::new(8).matrix(80, 60);
    let mut spoilt = x.clone();
    spoilt.row_mut(79).fill(9.0);
    spoilt.column_mut(59).fill(7.0);
    let mut weights = (Array1::ones(80), Array1::ones(60));
    (weights.0[79], weights.1[59]) = (0.0, 0.0);
    let clean = x.slice(s![..79, ..59]).to_owned();
    for solver in ["hals", "mu"] {
        let nmf = nmf(solver).init(Init::Nndsvda).stop_rule(after(30));
        let alone = nmf.fit(&set(clean.clone())).unwrap();
        let nmf = nmf
            .image_weights(weights.0.clone())
            .pixel_weights(weights.1.clone());
        let beside = nmf.fit(&set(spoilt.clone())).unwrap();
        let found = reconstruction(&beside).slice(s![..79, ..59]).to_owned();
        let expected = reconstruction(&alone);
        // The mean that fills zeros of this start counts the zeros of the scaled images.
        let rest = (&found - &expected).mapv(|v| v * v).sum().sqrt();
        assert!(
            rest < 0.05 * expected.mapv(|v| v * v).sum().sqrt(),
            "{rest}"
        );
        // Without weights, this image alone would take a part.
        assert!((beside.relative_error / alone.relative_error - 1.0).abs() < 0.02);
        let own = beside
            .transform(&set(spoilt.slice(s![79.., ..]).to_owned()))
            .unwrap();
        // The pixel without weight is 0 in every part, and does not change the best weights.
        for (found, best) in beside.weights.row(79).iter().zip(&own) {
            assert!((found - best).abs() < 1e-3, "{found} for {best}");
        }
    }
}

/// Copies rows as often as the weights say.
fn copied(x: &Array2<f32>, counts: &[usize]) -> Array2<f32> {
    let rows = counts
        .iter()
        .enumerate()
        .flat_map(|(row, &count)| std::iter::repeat_n(x.slice(s![row..=row, ..]), count));
    concatenate(Axis(0), &rows.collect::<Vec<_>>()).unwrap()
}

fn reconstruction_of_pca(model: &PcaModel) -> Matrix {
    let sums = wide(&model.weights).dot(&wide(&model.basis.rows().to_owned()));
    sums + &model.mean.mapv(f64::from)
}

fn near(found: &Matrix, expected: &Matrix, most: f64) {
    let rest = (found - expected).mapv(|v| v * v).sum().sqrt();
    let norm = expected.mapv(|v| v * v).sum().sqrt();
    assert!(rest < most * norm, "{rest} of {norm}");
}

#[test]
fn a_pca_with_whole_weights_is_that_of_as_many_copies() {
    // Fewer images than pixels, and more.
    for (images, pixels) in [(30, 50), (50, 30)] {
        let x = Noise::new(6).matrix(images, pixels);
        let counts = |sides: usize| -> Vec<usize> { (0..sides).map(|side| side % 4).collect() };
        let (rows, columns) = (counts(images), counts(pixels));
        let weights = |counts: &[usize]| counts.iter().map(|&count| count as f32).collect();
        let model = Pca::new(4)
            .image_weights(weights(&rows))
            .pixel_weights(weights(&columns))
            .fit(&set(x.clone()))
            .unwrap();
        let copies = copied(&copied(&x, &rows).t().to_owned(), &columns);
        let expected = Pca::new(4).fit(&set(copies.t().to_owned())).unwrap();
        let errors = model.errors.iter().zip(&expected.errors);
        for (found, expected) in errors
            .chain(
                model
                    .bound
                    .iter()
                    .flatten()
                    .zip(expected.bound.iter().flatten()),
            )
            .take(5)
        {
            assert!(
                (found / expected - 1.0).abs() < 1e-4,
                "{found} for {expected}"
            );
        }
        let ratios = model.explained_variance_ratio.iter();
        for (found, expected) in ratios.zip(&expected.explained_variance_ratio) {
            assert!(
                (found / expected - 1.0).abs() < 1e-4,
                "{found} for {expected}"
            );
        }
        let found = copied(
            &copied(&reconstruction_of_pca(&model).mapv(|v| v as f32), &rows)
                .t()
                .to_owned(),
            &columns,
        );
        near(
            &wide(&found.t().to_owned()),
            &reconstruction_of_pca(&expected),
            1e-4,
        );
        assert!(model.weighted.images && model.weighted.pixels);
    }
}

/// The PCA of the definition in f64: the leading eigenvectors of the weighted covariance, by iteration.
fn plain_pca(x: &Matrix, sides: &Sides, rank: usize) -> Matrix {
    let mean = sides.images.dot(x) / sides.images.sum();
    let (rows, columns) = (sides.images.mapv(f64::sqrt), sides.pixels.mapv(f64::sqrt));
    let centred = x - &mean;
    let scaled = &centred * &rows.insert_axis(Axis(1)) * &columns;
    let covariance = scaled.t().dot(&scaled);
    let mut axes = wide(&Noise::new(1).matrix(rank, x.ncols()));
    for _ in 0..3000 {
        axes = axes.dot(&covariance);
        for axis in 0..rank {
            for earlier in 0..axis {
                let product = axes.row(axis).dot(&axes.row(earlier));
                let step = axes.row(earlier).mapv(|v| v * product);
                let mut row = axes.row_mut(axis);
                row -= &step;
            }
            let norm = axes.row(axis).dot(&axes.row(axis)).sqrt();
            axes.row_mut(axis).mapv_inplace(|v| v / norm);
        }
    }
    // Scores of every image, also of those of weight 0.
    let scores = (&centred * &columns).dot(&axes.t());
    let inverse = columns.mapv(|root| if root > 0.0 { 1.0 / root } else { 0.0 });
    let known = sides
        .pixels
        .mapv(|weight| f64::from(u8::from(weight > 0.0)));
    scores.dot(&(axes * &inverse)) + &(mean * known)
}

#[test]
fn a_pca_with_weights_agrees_with_its_plain_twin() {
    for (images, pixels) in [(40, 60), (60, 40)] {
        let x = Noise::new(9).matrix(images, pixels);
        for (of_images, of_pixels) in [
            (some(images), Array1::ones(pixels)),
            (Array1::ones(images), some(pixels)),
            (some(images), some(pixels)),
        ] {
            let model = Pca::new(3)
                .image_weights(of_images.clone())
                .pixel_weights(of_pixels.clone())
                .fit(&set(x.clone()))
                .unwrap();
            let sides = Sides::of(&of_images, &of_pixels);
            let expected = plain_pca(&wide(&x), &sides, 3);
            near(&reconstruction_of_pca(&model), &expected, 1e-3);
            let error = sides.relative_error(&wide(&x), &expected);
            assert!((model.relative_error / error - 1.0).abs() < 1e-4);
            let rows = wide(&model.basis.rows().to_owned());
            let gram = (&rows * &sides.pixels).dot(&rows.t());
            near(&gram, &Array2::eye(3), 1e-4);
        }
    }
}

#[test]
fn a_fit_with_weights_continues_to_the_bits_of_an_uninterrupted_one() {
    let images = bytes(200, 10);
    let nmf = weighted_nmf(Solver::default(), &images).restarts(2);
    let expected = nmf.fit(&images).unwrap();
    let checkpoint = stopped(&nmf, &images, 5);
    let resumed = nmf.resume(&images, &checkpoint, |_| ControlFlow::Continue(()));
    let resumed = resumed.unwrap();
    assert_eq!(
        (&resumed.basis, &resumed.weights),
        (&expected.basis, &expected.weights)
    );
    let others = nmf.pixel_weights(some(100) + 1.0);
    let refused = others.resume(&images, &checkpoint, |_| panic!("it went on"));
    let error = refused.unwrap_err().to_string();
    assert!(error.contains("weights of pixels 100 (hash "), "{error}");
}

#[test]
fn weights_that_cannot_be_used_are_one_clear_line() {
    let images = bytes(50, 6);
    let refused = |nmf: Nmf| nmf.fit(&images).unwrap_err().to_string();
    let pixels = |weights| refused(nmf("hals").pixel_weights(weights));
    assert_eq!(
        pixels(Array1::ones(35)),
        "35 weights of pixels for 36 pixels: each needs one"
    );
    let mut wrong = Array1::ones(36);
    wrong[3] = -0.5;
    let allowed = "allowed are finite non-negative numbers";
    assert_eq!(
        pixels(wrong.clone()),
        format!("weight 3 of the pixels (counted from 0) is -0.5; {allowed}")
    );
    wrong[3] = f32::NAN;
    assert!(pixels(wrong.clone()).contains("weight 3 of the pixels (counted from 0) is NaN"));
    wrong[3] = 1e-13;
    assert!(
        pixels(wrong.clone())
            .ends_with("allowed are 0 and weights of at least 1e-12 of the largest")
    );
    assert!(pixels(Array1::zeros(36)).starts_with("all weights of the pixels are 0"));
    let mut dark = Array1::zeros(36);
    dark[0] = 1.0;
    assert!(pixels(dark).starts_with("all pixels of weight above 0 are 0 in all images"));
    let error = Pca::new(2)
        .image_weights(arr1(&[1.0]))
        .fit(&images)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "1 weights of images for 50 images: each needs one"
    );
    let weighted = || nmf("hals").image_weights(Array1::ones(50));
    let given = Init::Given {
        weights: Array2::ones((50, 5)),
        basis: Array2::ones((5, 36)),
    };
    let combined = "weights of pixels or images cannot be combined with";
    assert_eq!(
        refused(weighted().init(given)),
        format!("{combined} a given start")
    );
    assert_eq!(
        refused(weighted().fixed(Array2::ones((1, 36)))),
        format!("{combined} fixed parts")
    );
    assert_eq!(
        refused(weighted().exact_start(true)),
        format!("{combined} an exact start")
    );
    let penalised = Solver::Hals(Hals {
        penalties: Penalties {
            alpha_w: 0.1,
            ..Penalties::default()
        },
        ..Hals::default()
    });
    assert!(refused(weighted().solver(penalised)).contains("does not support weights"));
    for rule in rules().iter().filter(|rule| !rule.weights) {
        let error = refused(weighted().solver(rule.solver));
        assert!(
            error.ends_with(
                "does not support weights of pixels or images; hals without penalties and mu do"
            ),
            "{error}"
        );
    }
    let mut holes = bytes(50, 6);
    holes.mask = Mask::new(50, 36, |image, pixel| (image, pixel) != (1, 3));
    let error = weighted().fit(&holes).unwrap_err().to_string();
    assert!(error.starts_with("some pixels are unknown"), "{error}");
    let pca = Pca::new(2).image_weights(Array1::ones(50));
    assert_eq!(pca.fit(&holes).unwrap_err().to_string(), error);
    let errors = shared(&bytes(5000, 6), &[0, 4096, 5000], |share| {
        weighted().fit(share).unwrap_err().to_string()
    });
    for error in errors {
        assert!(error.starts_with("weights of pixels or images"), "{error}");
    }
}
