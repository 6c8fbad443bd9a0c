//! Starts of one's own: what an iteration makes of them, and saved starts from which another fit gives the same bits.

use std::ops::ControlFlow;

use ndarray::{Array2, s};
use nmf_images::images::ImageSet;
use nmf_images::nmf::{BetaLoss, FitObserver, FitProgress, FitStart};
use nmf_images::{Init, Nmf, NmfModel, Shape, Solver, with_threads};

use crate::common::Noise;
use crate::on_disk::on_disk;
use crate::settings::iterations;
use crate::stopped::stopped;
use crate::twin::{self, Matrix, Start};

/// The number of images from which a start is learned on samples.
const SAMPLED: usize = 2400;

/// Images of 9 x 10 bytes, the first pixel of which is black in all of them and the second two are equal.
fn bytes(images: usize) -> Array2<u8> {
    let mut bytes = Noise::new(3).bytes(images, 90);
    bytes.column_mut(0).fill(0);
    let second = bytes.column(1).to_owned();
    bytes.column_mut(2).assign(&second);
    bytes
}

fn set(bytes: Array2<u8>) -> ImageSet {
    ImageSet::from_u8(Shape::new(9, 10), bytes).unwrap()
}

/// W and H above 0, with other values at the black pixel and at the equal ones.
fn start(images: usize, rank: usize) -> (Array2<f32>, Array2<f32>) {
    let above_zero = |seed: u64, rows, columns| Noise::new(seed).matrix(rows, columns) + 0.05;
    (above_zero(4, images, rank), above_zero(5, rank, 90))
}

/// Returns how far W H of a model is from that of these factors, as a fraction of its norm.
fn distance(model: &NmfModel, w: &Matrix, h: &Matrix) -> f64 {
    let found = model
        .weights
        .mapv(f64::from)
        .dot(&model.basis.rows().mapv(f64::from));
    let expected = w.dot(h);
    let norm = |matrix: &Matrix| matrix.iter().map(|v| v * v).sum::<f64>().sqrt();
    norm(&(found - &expected)) / norm(&expected)
}

/// Returns W and H after so many of Lee and Seung's updates of W; one of H lies between any two.
fn lee_and_seung(start: &Start, count: usize) -> (Matrix, Matrix) {
    let x = &start.x;
    let (mut w, mut h) = (start.w.clone(), start.h.clone());
    for iteration in 0..count {
        if iteration > 0 {
            h = &h * &w.t().dot(x) / (w.t().dot(&w).dot(&h) + 1e-12);
        }
        w = &w * &x.dot(&h.t()) / (w.dot(&h.dot(&h.t())) + 1e-12);
    }
    (w, h)
}

#[test]
fn fifty_multiplicative_updates_of_w_are_those_of_a_plain_program() {
    let x = bytes(150);
    let (weights, basis) = start(150, 6);
    let normalised = x.mapv(|v| f32::from(v) / 255.0);
    let plain = Start::new(&normalised, &weights, &basis);
    let (w, h) = lee_and_seung(&plain, 50);
    let expected = twin::squared_error(&plain.x, &w, &h);
    let (_, next_h) = lee_and_seung(&plain, 51);
    let nmf = Nmf::new(6)
        .solver(Solver::Mu(BetaLoss::FROBENIUS))
        .init(Init::Given { weights, basis })
        .stop_rule(iterations(50));
    let floats = ImageSet::from_f32(Shape::new(9, 10), normalised.clone()).unwrap();
    for (images, kind) in [(floats, "floats"), (set(x), "bytes")] {
        let model = nmf.fit(&images).unwrap();
        let apart = (model.objective / expected - 1.0).abs();
        assert!(apart < 1e-5, "{kind}: the objective is off by {apart:e}");
        // The pair after the last update of W, before that of H.
        assert!(distance(&model, &w, &h) < 1e-4, "{kind}");
        assert!(distance(&model, &w, &next_h) > 1e-3, "{kind}");
    }
}

/// Keeps the start of a fit.
#[derive(Default)]
struct KeepStart(Option<Init>);

impl FitObserver for KeepStart {
    fn iteration(&mut self, _: &FitProgress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn start(&mut self, start: &FitStart) {
        self.0 = Some(Init::Given {
            weights: start.weights(),
            basis: start.basis().rows().to_owned(),
        });
    }
}

fn bits(model: &NmfModel) -> Vec<u32> {
    let values = model.weights.iter().chain(model.basis.rows());
    values.map(|value| value.to_bits()).collect()
}

/// Checks that a fit from the saved start of another one gives its bits.
fn repeats(nmf: &Nmf, images: &ImageSet, name: &str) {
    let mut kept = KeepStart::default();
    let first = nmf.fit_observed(images, None, &mut kept).unwrap();
    let again = nmf.clone().init(kept.0.unwrap());
    let again = with_threads(Some(3), || again.fit(images)).unwrap();
    assert!(bits(&first) == bits(&again), "{name}");
}

#[test]
fn a_fit_from_a_saved_start_gives_the_same_bits_by_every_rule() {
    let images = set(bytes(150));
    let inits = [Init::Images, Init::Random, Init::Nndsvda, Init::Uniform];
    for rule in [
        "hals",
        "mu",
        "mu:kl",
        "bpp",
        "hoyer:H=0.7",
        "nonsmooth:0.5",
        "local",
    ] {
        for init in &inits {
            let nmf = Nmf::new(5).solver(rule.parse().unwrap()).init(init.clone());
            let nmf = nmf.stop_rule(iterations(6)).exact_start(true);
            repeats(&nmf, &images, &format!("{rule}, {init}"));
        }
    }
}

#[test]
fn a_start_that_was_learned_on_samples_is_saved_without_extrapolation() {
    let nmf = Nmf::new(5).stop_rule(iterations(6)).exact_start(true);
    repeats(&nmf, &set(bytes(SAMPLED)), "hals");
    let multiplicative = nmf.solver(Solver::Mu(BetaLoss::FROBENIUS));
    repeats(&multiplicative, &set(bytes(SAMPLED)), "mu");
}

#[test]
fn a_given_start_leads_to_the_same_bits_from_disk() {
    let table = bytes(150);
    let (weights, basis) = start(150, 4);
    let nmf = Nmf::new(4)
        .init(Init::Given { weights, basis })
        .stop_rule(iterations(5));
    let folder = tempfile::tempdir().unwrap();
    let stored = on_disk(folder.path(), "bytes.npy", &table);
    let in_memory = ImageSet::from_u8(stored.shape, table).unwrap();
    assert!(bits(&nmf.fit(&stored).unwrap()) == bits(&nmf.fit(&in_memory).unwrap()));
}

#[test]
fn from_one_value_everywhere_multiplicative_parts_stay_equal() {
    let images = set(bytes(150));
    let nmf = Nmf::new(4).init(Init::Uniform).stop_rule(iterations(20));
    let model = nmf
        .clone()
        .solver(Solver::Mu(BetaLoss::FROBENIUS))
        .fit(&images)
        .unwrap();
    let parts = model.basis.rows();
    for part in 1..4 {
        assert_eq!(parts.row(part), parts.row(0));
    }
    let alone = Nmf::new(1).stop_rule(iterations(200)).fit(&images).unwrap();
    let apart = (model.relative_error / alone.relative_error - 1.0).abs();
    assert!(
        apart < 1e-3,
        "four equal parts are as good as one, not {apart:e} from it"
    );
    // One part after the other is updated, so that the later ones find other residuals.
    let sequential = nmf.fit(&images).unwrap();
    assert!(sequential.relative_error < 0.99 * alone.relative_error);
}

#[test]
fn every_rule_copes_with_one_value_everywhere_and_with_zeros() {
    let images = set(bytes(150));
    let zeros = Init::Given {
        weights: Array2::zeros((150, 4)),
        basis: Array2::zeros((4, 90)),
    };
    let half = {
        let (mut weights, mut basis) = start(150, 4);
        weights.slice_mut(s![.., ..2]).fill(0.0);
        basis.slice_mut(s![1..3, ..]).fill(0.0);
        Init::Given { weights, basis }
    };
    for rule in [
        "hals",
        "mu",
        "mu:kl",
        "bpp",
        "hoyer:H=0.7",
        "nonsmooth:0.5",
        "local",
    ] {
        for init in [Init::Uniform, zeros.clone(), half.clone()] {
            let nmf = Nmf::new(4).solver(rule.parse().unwrap()).init(init.clone());
            let model = nmf.stop_rule(iterations(8)).fit(&images).unwrap();
            let mut values = model.weights.iter().chain(model.basis.rows());
            assert!(values.all(|v| v.is_finite() && *v >= 0.0), "{rule}, {init}");
            assert!(model.relative_error <= 1.0 + 1e-6, "{rule}, {init}");
        }
    }
}

#[test]
fn a_checkpoint_from_a_given_start_continues_from_that_one_alone() {
    let images = set(bytes(150));
    let (weights, basis) = start(150, 4);
    let from = |weights: Array2<f32>| {
        let basis = basis.clone();
        Nmf::new(4)
            .init(Init::Given { weights, basis })
            .stop_rule(iterations(3))
    };
    let checkpoint = stopped(&from(weights.clone()), &images, 2);
    let on = |_: &FitProgress| ControlFlow::Continue(());
    from(weights.clone())
        .resume(&images, &checkpoint, on)
        .unwrap();
    let refused = from(weights * 2.0).resume(&images, &checkpoint, on);
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("init"), "{refused}");
}
