//! Several starts: the best is kept, and the figures of the others are correct.

use std::ops::ControlFlow;
use std::time::Duration;

use ndarray::Array2;
use nmf_images::nmf::{Restart, StopReason};
use nmf_images::{ImageSet, Init, Nmf, NmfModel, Shape, StopRule};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

fn random(seed: u64, shape: (usize, usize)) -> Array2<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_simple_fn(shape, || rng.random())
}

fn set(x: Array2<f32>) -> ImageSet {
    ImageSet::from_f32(Shape::new(1, x.ncols()), x).unwrap()
}

fn noise() -> ImageSet {
    set(random(3, (40, 30)))
}

fn best_of_five() -> Nmf {
    Nmf::new(6).init(Init::Random).seed(8).restarts(5)
}

#[test]
fn the_best_of_several_starts_is_the_fit_from_the_best_seed() {
    let images = noise();
    let best = best_of_five().fit(&images).unwrap();
    let alone: Vec<NmfModel> = (8..13)
        .map(|seed| {
            Nmf::new(6)
                .init(Init::Random)
                .seed(seed)
                .fit(&images)
                .unwrap()
        })
        .collect();
    let least = alone
        .iter()
        .min_by(|a, b| a.objective.total_cmp(&b.objective))
        .unwrap();
    assert!(
        least.seed != 8,
        "the first start is the best by chance: another seed makes a better test"
    );
    assert_eq!(best.seed, least.seed);
    assert_eq!((&best.weights, &best.basis), (&least.weights, &least.basis));
    let facts = |model: &NmfModel| {
        (
            model.seed,
            model.objective,
            model.relative_error,
            model.trace.len(),
            model.stop_reason,
        )
    };
    let told = |start: &Restart| {
        (
            start.seed,
            start.objective,
            start.relative_error,
            start.iterations,
            start.stop_reason,
        )
    };
    assert_eq!(
        best.restarts.iter().map(told).collect::<Vec<_>>(),
        alone.iter().map(facts).collect::<Vec<_>>()
    );
}

#[test]
fn one_start_reports_no_restarts() {
    let one = Nmf::new(6).restarts(0).fit(&noise()).unwrap();
    assert_eq!((one.starts, one.restarts.len()), (1, 0));
}

#[test]
fn parts_are_alike_where_all_starts_find_them_and_differ_in_noise() {
    let found = |best: &NmfModel| -> Vec<(f64, usize)> {
        let others = best.restarts.iter().filter(|start| start.seed != best.seed);
        others
            .map(|start| (start.mean_cosine, start.alike))
            .collect()
    };
    // Two parts that share no pixel, each in every image by another amount, in some alone.
    let weights = random(1, (30, 2)).mapv(|v| (v - 0.3).max(0.0));
    let parts = Array2::from_shape_fn(
        (2, 20),
        |(part, pixel)| if pixel / 10 == part { 1.0 } else { 0.0 },
    );
    let best = Nmf::new(2)
        .restarts(4)
        .fit(&set(weights.dot(&parts)))
        .unwrap();
    assert!(
        found(&best)
            .iter()
            .all(|&(cosine, alike)| cosine > 0.999 && alike == 2),
        "{:?}",
        best.restarts
    );

    let best = best_of_five().fit(&noise()).unwrap();
    assert!(
        found(&best)
            .iter()
            .any(|&(cosine, alike)| cosine < 0.99 && alike < 6),
        "{:?}",
        best.restarts
    );
    let itself = best
        .restarts
        .iter()
        .find(|start| start.seed == best.seed)
        .unwrap();
    assert!(
        (itself.mean_cosine - 1.0).abs() < 1e-6 && itself.alike == 6,
        "{itself:?}"
    );
}

#[test]
fn an_interrupted_start_is_the_last_and_the_best_so_far_is_kept() {
    let images = noise();
    let mut begun = 0;
    let best = best_of_five().fit_with(&images, |moment| {
        begun += usize::from(moment.at.iteration == 1);
        if begun == 3 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    let best = best.unwrap();
    assert_eq!((begun, best.starts, best.restarts.len()), (3, 5, 3));
    let [first, second, third] = &best.restarts[..] else {
        panic!("{:?}", best.restarts)
    };
    assert_eq!(
        (third.stop_reason, third.iterations),
        (StopReason::Interrupted, 1)
    );
    assert!(
        best.objective <= first.objective.min(second.objective)
            && best.stop_reason == StopReason::Converged
    );
}

#[test]
fn the_time_limit_is_one_for_all_starts() {
    let stop = StopRule {
        tolerance: 0.0,
        time_limit: Some(Duration::from_millis(50)),
        ..StopRule::default()
    };
    let endless = StopRule {
        max_iterations: usize::MAX,
        ..stop
    };
    let best = best_of_five().stop_rule(endless).fit(&noise()).unwrap();
    assert_eq!(
        (best.restarts.len(), best.stop_reason, best.stop_rule),
        (1, StopReason::TimeLimit, endless)
    );
    let short = StopRule {
        max_iterations: 1,
        time_limit: Some(Duration::from_millis(300)),
        ..stop
    };
    let many = best_of_five()
        .restarts(20_000)
        .stop_rule(short)
        .fit(&noise())
        .unwrap();
    let seconds: f64 = many.restarts.iter().map(|start| start.seconds).sum();
    assert!(
        many.restarts.len() > 5 && seconds < 0.6,
        "{} starts in {seconds} s",
        many.restarts.len()
    );
}

#[test]
fn starts_that_would_all_be_the_same_are_refused() {
    for init in [Init::Nndsvd, Init::Nndsvda] {
        let error = best_of_five()
            .init(init.clone())
            .fit(&noise())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(&format!("`{init}`")) && error.contains("images, nndsvdar, random"),
            "{error}"
        );
        assert!(best_of_five().restarts(1).init(init).fit(&noise()).is_ok());
    }
}
