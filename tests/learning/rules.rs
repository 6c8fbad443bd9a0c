//! Learning rules against scikit-learn and small cases worked out by hand. What holds for every
//! rule is in `conformance.rs`.

use ndarray::{Array2, arr2};

use nmf_images::nmf::{BetaLoss, Hals, StopReason};

use nmf_images::error::StartError;
use nmf_images::{Error, ImageSet, Init, Nmf, Pca, Shape, Solver, StopRule, with_threads};

use crate::common::{Noise, set};

use crate::settings::iterations;

#[test]
fn the_scale_of_the_pixels_changes_no_model() {
    // More images than the eigensolver treats directly.
    let x = Noise::new(4).matrix(150, 160);
    let models = |unit: f32| {
        let images = set(x.mapv(|value| value * unit));
        let pca = Pca::new(5).fit(&images).unwrap();
        (
            pca,
            Nmf::new(5).stop_rule(iterations(3)).fit(&images).unwrap(),
        )
    };
    let (pca, nmf) = models(1.0);
    for exponent in [-48, -30, -28, -26, -24, -12, 8, 24, 40] {
        let (other_pca, other_nmf) = models(2.0_f32.powi(exponent));
        assert_eq!(
            other_pca.explained_variance_ratio, pca.explained_variance_ratio,
            "unit 2^{exponent}"
        );
        assert_eq!(
            other_pca.basis.rows(),
            pca.basis.rows(),
            "unit 2^{exponent}"
        );
        assert!(
            (other_nmf.relative_error - nmf.relative_error).abs() < 1e-6,
            "unit 2^{exponent}"
        );
    }
}

#[test]
fn one_hals_step_by_hand() {
    // h = (1, 1): a = 2 + 4, g = 2, w = 3 for the first image, 0.5 for the second; then h = (6.25, 12.25) / 9.25.
    let x = arr2(&[[2., 4.], [0.5, 0.5]]);
    let model = Nmf::new(1)
        .solver(Solver::Hals(Hals::plain()))
        .init(Init::Given {
            weights: arr2(&[[1.], [1.]]),
            basis: arr2(&[[1., 1.]]),
        })
        .stop_rule(iterations(2))
        .fit(&set(x.clone()))
        .unwrap();
    let h = [6.25 / 9.25, 12.25 / 9.25];
    let norm = h[0] * h[0] + h[1] * h[1];
    let w = [
        (2. * h[0] + 4. * h[1]) / norm,
        (0.5 * h[0] + 0.5 * h[1]) / norm,
    ];
    assert!(
        (f64::from(model.basis.rows()[[0, 0]]) - h[0] / h[1]).abs() < 1e-6,
        "scaled to a maximum of 1"
    );
    for (image, w) in w.iter().enumerate() {
        assert!((f64::from(model.weights[[image, 0]]) - w * h[1]).abs() < 1e-6);
    }
}

#[test]
fn one_step_of_each_rule_by_hand() {
    // h = (1, 1) and w = 1, so that every rebuilt value is 1: sums of a row of X over 2, but for exponents.
    let x = set(arr2(&[[2., 4.], [0.5, 0.5]]));
    for (rule, expected) in [
        ("hals", [3.0, 0.5]),
        ("mu", [3.0, 0.5]),
        ("mu:kl", [3.0, 0.5]),
        ("mu:1.5", [3.0, 0.5]),
        ("mu:is", [3.0_f32.sqrt(), 0.5_f32.sqrt()]),
        ("mu:3", [3.0_f32.sqrt(), 0.5_f32.sqrt()]),
        ("mu:-1", [3.0_f32.cbrt(), 0.5_f32.cbrt()]),
        ("local", [6.0_f32.sqrt(), 1.0]),
    ] {
        let start = Init::Given {
            weights: arr2(&[[1.], [1.]]),
            basis: arr2(&[[1., 1.]]),
        };
        let nmf = Nmf::new(1)
            .solver(rule.parse().unwrap())
            .init(start)
            .stop_rule(iterations(1));
        let found = nmf.fit(&x).unwrap().weights;
        let close = found
            .iter()
            .zip(expected)
            .all(|(found, expected)| (found - expected).abs() < 1e-6);
        assert!(close, "{rule}: {found} for {expected:?}");
    }
}

#[test]
fn extrapolation_falls_back_when_the_error_rises_and_ends_lower() {
    let x = set(Noise::new(1).matrix(50, 64));
    let fit = |hals| {
        Nmf::new(8)
            .solver(Solver::Hals(hals))
            .stop_rule(iterations(60))
            .fit(&x)
            .unwrap()
    };
    let (plain, ahead) = (
        fit(Hals {
            extrapolation: false,
            ..Hals::default()
        }),
        fit(Hals::default()),
    );
    assert!(ahead.relative_error < plain.relative_error);
    let rises = ahead
        .trace
        .windows(2)
        .filter(|pair| pair[1].relative_error > pair[0].relative_error)
        .count();
    assert!(rises <= 6, "{rises} rises in 60 iterations");
}

/// 400 images of 19x19 with 49 parts: many blocks, where rounding noise would grow into another local minimum.
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let bytes = Noise::new(5).bytes(400, 361);
    let x = ImageSet::from_u8(Shape::new(19, 19), bytes).unwrap();
    let bits = |threads| {
        with_threads(Some(threads), || {
            let nmf = Nmf::new(49)
                .seed(1)
                .stop_rule(iterations(20))
                .fit(&x)
                .unwrap();
            let pca = Pca::new(49).fit(&x).unwrap();
            let (parts, eigenimages) = (nmf.basis.rows(), pca.basis.rows());
            let floats = nmf
                .weights
                .iter()
                .chain(&parts)
                .chain(&pca.weights)
                .chain(&eigenimages);
            floats.map(|v| v.to_bits()).collect::<Vec<_>>()
        })
    };
    let one = bits(1);
    for threads in [2, 3, 8, 8, 64] {
        assert!(bits(threads) == one, "{threads} threads");
    }
}

#[test]
fn a_start_on_samples_gives_the_same_bits_on_any_number_of_threads() {
    let x = ImageSet::from_u8(Shape::new(6, 6), Noise::new(6).bytes(10_000, 36)).unwrap();
    let fit = |threads| {
        with_threads(Some(threads), || {
            Nmf::new(4).stop_rule(iterations(3)).fit(&x).unwrap()
        })
    };
    let (one, four) = (fit(1), fit(4));
    assert!(one.weights == four.weights && one.basis == four.basis);
    let without = Nmf::new(4)
        .stop_rule(iterations(1))
        .sample_start(false)
        .fit(&x)
        .unwrap();
    assert!(one.trace[0].relative_error < without.trace[0].relative_error);
}

#[test]
fn black_images_and_dark_pixels_come_back_exactly_zero() {
    let x = arr2(&[[1., 2., 0.], [3., 6., 0.], [0., 0., 0.]]);
    let model = Nmf::new(1).fit(&set(x)).unwrap();
    assert!(model.relative_error <= 1e-6);
    assert!(model.reconstruct(2).iter().all(|&v| v == 0.0));
    assert!((0..3).all(|image| model.reconstruct(image)[2] == 0.0));
}

#[test]
fn hals_leaves_a_start_where_multiplicative_updates_are_stuck() {
    let x = arr2(&[
        [1., 1., 0., 0.],
        [1., 1., 0., 0.],
        [0., 0., 1., 1.],
        [0., 0., 1., 1.],
    ]);
    let init = Init::Given {
        weights: arr2(&[[1., 0.], [1., 0.], [0.5, 0.], [0.5, 0.]]),
        basis: arr2(&[[1., 0.9, 0.8, 0.7], [0.5, 0.6, 0.7, 0.8]]),
    };
    assert!(Nmf::new(2).init(init).fit(&set(x)).unwrap().relative_error <= 1e-6);
}

#[test]
fn multiplicative_updates_keep_the_zeros_of_a_given_start_and_no_others() {
    let x = set(Noise::new(26).matrix(20, 12));
    let zeros = |init| {
        let nmf = Nmf::new(2)
            .solver(Solver::Mu(BetaLoss::KULLBACK_LEIBLER))
            .init(init)
            .stop_rule(iterations(5));
        let model = nmf.fit(&x).unwrap();
        (
            model.weights.iter().filter(|&&v| v == 0.0).count(),
            model.basis.rows().iter().filter(|&&v| v == 0.0).count(),
        )
    };
    let mut noise = Noise::new(27);
    let (mut weights, mut basis) = (noise.matrix(20, 2), noise.matrix(2, 12));
    (weights[[3, 1]], basis[[0, 7]]) = (0.0, 0.0);
    assert_eq!(zeros(Init::Given { weights, basis }), (1, 1));
    assert_eq!(zeros(Init::Nndsvd), (0, 0));
    assert_eq!(zeros(Init::Images), (0, 0));
}

#[test]
fn black_pixels_are_refused_by_rules_without_a_finite_distance_from_them() {
    let mut x = Noise::new(28).matrix(20, 12).mapv(|v| v + 0.1);
    (x[[3, 4]], x[[5, 6]]) = (0.0, 0.0);
    let fit = |rule: &str| {
        Nmf::new(2)
            .solver(rule.parse().unwrap())
            .fit(&set(x.clone()))
    };
    for rule in ["mu:is", "mu:-1"] {
        let refused = fit(rule);
        assert!(
            matches!(
                refused,
                Err(Error::BlackPixels {
                    zeros: 2,
                    values: 240,
                    ..
                })
            ),
            "{rule}"
        );
    }
    for rule in ["mu:0.5", "mu:kl", "local"] {
        assert!(fit(rule).unwrap().objective.is_finite(), "{rule}");
    }
}

#[test]
fn an_exact_table_of_rank_two_is_rebuilt() {
    let text = include_str!("../data/blobs.csv");
    let values: Vec<f32> = text
        .split([',', '\n'])
        .filter_map(|v| v.trim().parse().ok())
        .collect();
    let table = Array2::from_shape_vec((100, 3), values).unwrap();
    for seed in 0..5 {
        let model = Nmf::new(2).seed(seed).fit(&set(table.clone())).unwrap();
        assert!(
            model.relative_error < 1e-5,
            "seed {seed}: {}",
            model.relative_error
        );
    }
}

#[test]
fn constant_and_repeated_images_are_learned() {
    let x = Array2::from_shape_fn((12, 9), |(i, _)| if i < 6 { 0.5 } else { 1.0 });
    let model = Nmf::new(3).fit(&set(x)).unwrap();
    assert!(model.relative_error < 1e-5, "{}", model.relative_error);
    assert!(model.weights.iter().all(|v| v.is_finite()));
}

#[test]
fn parts_have_a_maximum_of_one_and_come_by_share() {
    let model = Nmf::new(6).fit(&set(Noise::new(8).matrix(40, 30))).unwrap();
    for part in model.basis.rows().rows() {
        assert!((part.iter().fold(0.0f32, |a, &b| a.max(b)) - 1.0).abs() < 1e-6);
    }
    assert!(model.shares.windows(2).all(|pair| pair[0] >= pair[1]));
    assert!((model.shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
}

#[test]
fn each_stop_has_its_reason() {
    let x = set(Noise::new(9).matrix(40, 30));
    let fit = |stop| Nmf::new(3).stop_rule(stop).fit(&x).unwrap();
    assert_eq!(fit(iterations(1)).stop_reason, StopReason::MaxIterations);
    assert_eq!(fit(StopRule::default()).stop_reason, StopReason::Converged);
    assert_eq!(
        fit(StopRule {
            target_error: Some(0.9),
            ..StopRule::default()
        })
        .stop_reason,
        StopReason::TargetError
    );
    let no_time = StopRule {
        time_limit: Some(std::time::Duration::ZERO),
        ..StopRule::default()
    };
    assert_eq!(fit(no_time).stop_reason, StopReason::TimeLimit);
    let stopped = Nmf::new(3).fit_with(&x, |moment| {
        if moment.at.iteration == 4 {
            std::ops::ControlFlow::Break(())
        } else {
            std::ops::ControlFlow::Continue(())
        }
    });
    let stopped = stopped.unwrap();
    assert_eq!(
        (stopped.stop_reason, stopped.trace.len()),
        (StopReason::Interrupted, 4)
    );
}

#[test]
fn local_factorisation_continues_while_its_objective_hardly_moves() {
    let grey = Noise::new(29).matrix(40, 200).mapv(|v| 0.4 + 0.2 * v);
    let stop = StopRule {
        max_iterations: 60,
        ..StopRule::default()
    };
    let model = Nmf::new(3)
        .solver(Solver::Local)
        .stop_rule(stop)
        .fit(&set(grey))
        .unwrap();
    let [.., before, _, _, _, _, _, _, _, _, _, last] = model.trace[..] else {
        panic!("{:?}", model.trace)
    };
    assert!(
        (last.objective / before.objective - 1.0).abs() < 1e-4,
        "{before:?} {last:?}"
    );
    assert_eq!(model.stop_reason, StopReason::MaxIterations);
}

#[test]
fn impossible_ranks_are_refused_with_the_bound() {
    let x = set(Noise::new(1).matrix(3, 4));
    assert!(matches!(Nmf::new(0).fit(&x), Err(Error::RankZero)));
    assert!(matches!(
        Nmf::new(5).fit(&x),
        Err(Error::RankTooLarge {
            rank: 5,
            most: 3,
            ..
        })
    ));
    assert!(matches!(
        Pca::new(5).fit(&x),
        Err(Error::RankTooLarge { most: 3, .. })
    ));
    assert!(matches!(
        Nmf::new(1).fit(&set(Array2::zeros((2, 2)))),
        Err(Error::AllBlack(2))
    ));
    let wrong = Init::Given {
        weights: Array2::ones((3, 1)),
        basis: Array2::ones((1, 3)),
    };
    assert!(matches!(
        Nmf::new(1).init(wrong).fit(&x),
        Err(Error::Start(StartError::Shape { .. }))
    ));
}

#[test]
fn values_that_cannot_be_learned_from_are_refused_wherever_they_come_from() {
    struct Raw(Vec<f32>);
    impl nmf_images::Images for Raw {
        fn len(&self) -> usize {
            self.0.len() / 4
        }
        fn shape(&self) -> Shape {
            Shape::new(2, 2)
        }
        fn block(&self, rows: std::ops::Range<usize>) -> nmf_images::images::Block<'_> {
            nmf_images::images::Block::F32(self.0[rows.start * 4..rows.end * 4].into())
        }
    }
    let with = |value| Raw([vec![0.5; 7], vec![value]].concat());
    for value in [f32::NAN, f32::INFINITY, -0.1, 1e30] {
        assert!(Nmf::new(1).fit(&with(value)).is_err(), "NMF took {value}");
        assert!(Pca::new(1).fit(&with(value)).is_err(), "PCA took {value}");
    }
    assert!(Nmf::new(1).fit(&with(0.1)).is_ok());
    assert!(matches!(
        Nmf::new(1).fit(&Raw(Vec::new())),
        Err(Error::NoPixels)
    ));
    let start = |value| Init::Given {
        weights: arr2(&[[1.], [value]]),
        basis: arr2(&[[1., 1., 1., 1.]]),
    };
    for value in [f32::NAN, f32::INFINITY, -1.0] {
        let refused = Nmf::new(1).init(start(value)).fit(&with(0.1));
        assert!(
            matches!(refused, Err(Error::Start(StartError::Value { .. }))),
            "a start with {value}"
        );
    }
}

#[test]
fn black_images_are_no_panic_whatever_the_settings() {
    let black = set(Array2::zeros((3, 4)));
    assert!(matches!(
        Nmf::new(2).merge_pixels(false).fit(&black),
        Err(Error::AllBlack(3))
    ));
    assert!(matches!(
        Nmf::new(2).fit(&set(Array2::from_elem((3, 4), -0.0))),
        Err(Error::AllBlack(_))
    ));
    assert_eq!(Pca::new(2).fit(&black).unwrap().empty(), 2);
}

#[test]
fn a_lopsided_start_is_learned_from_as_its_balanced_twin() {
    let (x, mut noise) = (Noise::new(22).matrix(20, 12), Noise::new(23));
    let (weights, basis) = (noise.matrix(20, 3), noise.matrix(3, 12));
    let fit = |scale: f32| {
        let (mut weights, mut basis) = (weights.clone(), basis.clone());
        weights.column_mut(0).mapv_inplace(|v| v * scale);
        basis.row_mut(0).mapv_inplace(|v| v / scale);
        Nmf::new(3)
            .init(Init::Given { weights, basis })
            .stop_rule(iterations(300))
            .fit(&set(x.clone()))
            .unwrap()
    };
    let (balanced, lopsided) = (fit(1.0).relative_error, fit(2f32.powi(38)).relative_error);
    assert!(
        (balanced - lopsided).abs() < 1e-3,
        "{lopsided} for {balanced}"
    );
}
