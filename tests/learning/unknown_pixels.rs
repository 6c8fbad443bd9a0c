//! Unknown pixels: only the known ones are fitted.

use ndarray::{Array2, arr1, arr2};

use nmf_images::images::{LoadOptions, Pixels, load};

use nmf_images::metrics::{hidden_error, relative_errors};

use nmf_images::nmf::{BetaLoss, Hals};

use nmf_images::{Basis, ImageSet, Init, Nmf, Shape, Solver, StopRule, with_threads};

use crate::common::{Noise, set};

use crate::conformance::rules;

use crate::unknown_pixels_twin::{self as twin, Matrix};

use crate::holes::{bits, hide, holes, misses, rebuilt, wide};

fn iterations(count: usize) -> StopRule {
    StopRule {
        max_iterations: count,
        tolerance: 0.0,
        ..StopRule::default()
    }
}

fn given(w: &Array2<f32>, h: &Array2<f32>) -> Init {
    Init::Given {
        weights: w.clone(),
        basis: h.clone(),
    }
}

fn mu(beta: f64) -> Solver {
    Solver::Mu(BetaLoss::new(beta).unwrap())
}

/// A twin and what it makes small.
type Twin = fn((&Matrix, &Matrix), (Matrix, Matrix), usize) -> Vec<(Matrix, Matrix)>;

#[test]
fn rules_agree_with_their_plain_twins_step_by_step() {
    let rules: [(Solver, Twin); 6] = [
        (Solver::Hals(Hals::plain()), twin::filled_hals),
        (mu(2.0), |x, start, count| {
            twin::multiplicative(2.0, x, start, count)
        }),
        (mu(1.0), |x, start, count| {
            twin::multiplicative(1.0, x, start, count)
        }),
        (mu(0.0), |x, start, count| {
            twin::multiplicative(0.0, x, start, count)
        }),
        (mu(1.5), |x, start, count| {
            twin::multiplicative(1.5, x, start, count)
        }),
        (mu(3.0), |x, start, count| {
            twin::multiplicative(3.0, x, start, count)
        }),
    ];
    // The second is wider than what is summed in one go; holes of some columns alone leave others as they are.
    for (images, pixels, rank, count, share) in [
        (150, 90, 6, 20, 0.3),
        (12, 9000, 3, 4, 0.3),
        (150, 90, 6, 5, 0.002),
    ] {
        let mut noise = Noise::new(4);
        let (w, h) = (noise.matrix(images, rank), noise.matrix(rank, pixels));
        let x = noise.matrix(images, pixels).mapv(|v| v + 0.01);
        let known = holes(9, (images, pixels), share);
        for (solver, twin) in &rules {
            let nmf = Nmf::new(rank)
                .solver(*solver)
                .stop_rule(iterations(count))
                .init(given(&w, &h));
            let model = nmf.fit(&hide(set(x.clone()), &known)).unwrap();
            let steps = twin((&wide(&x), &known), (wide(&w), wide(&h)), count);
            for (found, (w, h)) in model.trace.iter().zip(&steps) {
                let expected = twin::relative_error(&wide(&x), &known, w, h);
                let ratio = found.relative_error / expected;
                assert!(
                    (ratio - 1.0).abs() < 1e-4,
                    "{solver}, {pixels} pixels: {found:?} for {expected}"
                );
            }
            let expected = twin::relative_error(
                &wide(&x),
                &known,
                &wide(&model.weights),
                &wide(&model.basis.rows().to_owned()),
            );
            assert!(
                (model.relative_error - expected).abs() < 1e-6,
                "{solver}: {}",
                model.relative_error
            );
        }
    }
}

/// Filling is a way; where it ends is where weighted least squares ends.
#[test]
fn the_default_rule_ends_where_weighted_coordinate_descent_ends() {
    for share in [0.2, 0.5] {
        let mut noise = Noise::new(11);
        let (w, h) = (noise.matrix(60, 3), noise.matrix(3, 40));
        let x = w.dot(&h) + noise.matrix(60, 40).mapv(|v| 0.1 * v);
        let known = holes(12, (60, 40), share);
        let (w, h) = (noise.matrix(60, 3), noise.matrix(3, 40));
        let nmf = Nmf::new(3).stop_rule(iterations(1000)).init(given(&w, &h));
        let model = nmf.fit(&hide(set(x.clone()), &known)).unwrap();
        let (w, h) = twin::weighted_hals((&wide(&x), &known), (wide(&w), wide(&h)), 1000)
            .pop()
            .unwrap();
        let expected = twin::relative_error(&wide(&x), &known, &w, &h);
        let ratio = model.relative_error / expected;
        assert!(
            (ratio - 1.0).abs() < 1e-3,
            "{share}: {} for {expected}",
            model.relative_error
        );
    }
}

#[test]
fn the_objective_of_plain_rules_never_rises() {
    let x = Noise::new(1).matrix(50, 64).mapv(|v| v + 0.01);
    let sweeps = Hals {
        extrapolation: false,
        ..Hals::default()
    };
    for solver in [
        Solver::Hals(Hals::plain()),
        Solver::Hals(sweeps),
        mu(2.0),
        mu(1.0),
        mu(0.0),
        mu(3.0),
    ] {
        for init in [
            Init::Images,
            Init::Random,
            Init::Nndsvd,
            Init::Nndsvda,
            Init::Nndsvdar,
        ] {
            let nmf = Nmf::new(8)
                .solver(solver)
                .init(init.clone())
                .stop_rule(iterations(100));
            let model = nmf
                .fit(&hide(set(x.clone()), &holes(2, (50, 64), 0.4)))
                .unwrap();
            for pair in model.trace.windows(2) {
                let bound = pair[0].objective * (1.0 + 8.0 * f64::from(f32::EPSILON));
                assert!(pair[1].objective <= bound, "{solver} from {init}: {pair:?}");
            }
        }
    }
}

#[test]
fn hidden_cells_of_a_table_of_rank_one_come_back() {
    let x = Array2::from_shape_fn((6, 4), |(i, j)| (i + 1) as f32 * [0.2, 0.5, 0.1, 0.9][j]);
    let mut known = Array2::ones((6, 4));
    for cell in [[0, 1], [2, 3], [5, 0]] {
        known[cell] = 0.0;
    }
    let model = Nmf::new(1).fit(&hide(set(x.clone()), &known)).unwrap();
    for (found, expected) in rebuilt(&model).iter().zip(&x) {
        assert!(
            (found - f64::from(*expected)).abs() < 1e-3,
            "{found} for {expected}"
        );
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let images = ImageSet::from_u8(Shape::new(19, 19), Noise::new(5).bytes(200, 361)).unwrap();
    let images = hide(images, &holes(6, (200, 361), 0.2));
    for solver in [Solver::default(), mu(2.0), mu(1.0)] {
        let fit = |threads| {
            let nmf = Nmf::new(21).solver(solver).stop_rule(iterations(4));
            bits(&with_threads(Some(threads), || nmf.fit(&images).unwrap()))
        };
        assert!(fit(1) == fit(4), "{solver}");
    }
}

#[test]
fn what_stands_under_the_mask_does_not_matter() {
    let x = Noise::new(7).matrix(70, 45).mapv(|v| v + 0.01);
    let known = holes(8, (70, 45), 0.3);
    for solver in [Solver::default(), mu(2.0), mu(0.0)] {
        for init in [Init::Images, Init::Random, Init::Nndsvda] {
            let fit = |hidden: f32| {
                let mut pixels = x.clone();
                pixels.zip_mut_with(&known, |pixel, &known| {
                    *pixel = if known > 0.0 { *pixel } else { hidden }
                });
                let images = ImageSet {
                    pixels: Pixels::F32(pixels),
                    ..hide(set(x.clone()), &known)
                };
                bits(
                    &Nmf::new(4)
                        .solver(solver)
                        .init(init.clone())
                        .stop_rule(iterations(12))
                        .fit(&images)
                        .unwrap(),
                )
            };
            let expected = fit(0.5);
            for hidden in [0.0, 1e30, -3.0, f32::NAN, f32::INFINITY] {
                assert!(
                    fit(hidden) == expected,
                    "{solver} from {init} over {hidden}"
                );
            }
        }
    }
}

#[test]
fn bytes_are_learned_from_as_their_floats_are() {
    let bytes = Noise::new(16).bytes(70, 40);
    let known = holes(17, (70, 40), 0.2);
    let floats = hide(set(bytes.mapv(|v| f32::from(v) / 255.0)), &known);
    let bytes = hide(ImageSet::from_u8(Shape::new(1, 40), bytes).unwrap(), &known);
    for init in [Init::Images, Init::Random, Init::Nndsvda] {
        let nmf = Nmf::new(4).init(init.clone()).stop_rule(iterations(15));
        let (bytes, floats) = (
            nmf.fit(&bytes).unwrap().relative_error,
            nmf.fit(&floats).unwrap().relative_error,
        );
        assert!((bytes - floats).abs() < 1e-4, "{init}: {bytes}, {floats}");
    }
}

#[test]
fn nothing_is_learned_of_an_image_or_a_pixel_that_is_wholly_unknown() {
    let x = Noise::new(21).matrix(30, 20).mapv(|v| v + 0.01);
    let (w, h) = (Noise::new(22).matrix(30, 4), Noise::new(23).matrix(4, 20));
    let mut known = holes(24, (30, 20), 0.2);
    known.row_mut(7).fill(0.0);
    known.column_mut(3).fill(0.0);
    let images = hide(set(x.clone()), &known);
    // Without them the rest is the same to the last bit.
    let others = (0..30).filter(|&i| i != 7).collect::<Vec<_>>();
    let without = hide(
        set(x.select(ndarray::Axis(0), &others)),
        &known.select(ndarray::Axis(0), &others),
    );
    for solver in [Solver::default(), mu(2.0), mu(1.0)] {
        for init in [given(&w, &h), Init::Random, Init::Nndsvda] {
            for merge in [true, false] {
                let nmf = Nmf::new(4)
                    .solver(solver)
                    .init(init.clone())
                    .merge_pixels(merge)
                    .stop_rule(iterations(10));
                let model = nmf.fit(&images).unwrap();
                assert_eq!(
                    model.weights.row(7),
                    arr1(&[0.0; 4]),
                    "{solver} from {init}"
                );
                assert_eq!(
                    model.basis.rows().column(3),
                    arr1(&[0.0; 4]),
                    "{solver} from {init}"
                );
                assert!(
                    model.relative_error.is_finite() && model.weights.iter().all(|v| v.is_finite())
                );
            }
        }
        let start = w.select(ndarray::Axis(0), &others);
        let all = Nmf::new(4)
            .solver(solver)
            .init(given(&w, &h))
            .stop_rule(iterations(10))
            .fit(&images)
            .unwrap();
        let rest = Nmf::new(4)
            .solver(solver)
            .init(given(&start, &h))
            .stop_rule(iterations(10))
            .fit(&without)
            .unwrap();
        assert_eq!(
            all.objective.to_bits(),
            rest.objective.to_bits(),
            "{solver}"
        );
        assert_eq!(all.basis, rest.basis, "{solver}");
    }
}

#[test]
fn a_mask_that_hides_nothing_leaves_the_same_bits() {
    let x = Noise::new(31).matrix(40, 30);
    let open = hide(set(x.clone()), &Array2::ones((40, 30)));
    assert_eq!(open.mask, None);
    let nmf = Nmf::new(4).stop_rule(iterations(10));
    assert!(bits(&nmf.fit(&open).unwrap()) == bits(&nmf.fit(&set(x)).unwrap()));
}

#[test]
fn rules_that_need_every_pixel_are_refused_and_the_others_named() {
    let images = hide(set(Noise::new(41).matrix(12, 9)), &holes(42, (12, 9), 0.2));
    let unknown = images.mask.as_ref().unwrap().unknown();
    for rule in rules().into_iter().filter(|rule| !rule.masks) {
        let solver = rule.solver;
        let error = Nmf::new(2)
            .solver(solver)
            .fit(&images)
            .unwrap_err()
            .to_string();
        let expected = format!(
            "{unknown} pixels are unknown, but the solver {solver} needs all pixels; hals, mu (mu:kl, mu:is, mu:BETA), \
             l21, huber and l1 do not"
        );
        assert_eq!(error, expected);
    }
}

#[test]
fn masks_that_hide_all_or_fit_no_set_are_refused() {
    let images = set(Noise::new(43).matrix(6, 5));
    let all = hide(images.clone(), &Array2::zeros((6, 5)));
    let error = Nmf::new(2).fit(&all).unwrap_err().to_string();
    assert!(
        error.starts_with("every pixel of the 6 images is unknown"),
        "{error}"
    );
    let other = hide(images, &holes(44, (5, 6), 0.5));
    let error = Nmf::new(2).fit(&other).unwrap_err().to_string();
    assert!(
        error
            .starts_with("the mask has 5 images of 6 pixels, but the set has 6 images of 5 pixels"),
        "{error}"
    );
}

/// Black and NaN may stand under a mask; what is known of them is as refused as ever.
#[test]
fn known_values_are_checked_and_hidden_ones_are_not() {
    let x = arr2(&[[1.0, 0.0], [0.0, 2.0], [3.0, 1.0]]);
    let known = arr2(&[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]);
    assert!(
        Nmf::new(1)
            .solver(mu(0.0))
            .fit(&hide(set(x.clone()), &known))
            .is_ok()
    );
    let known = arr2(&[[1.0, 0.0], [1.0, 1.0], [1.0, 1.0]]);
    let error = Nmf::new(1)
        .solver(mu(0.0))
        .fit(&hide(set(x.clone()), &known))
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("1 of the"), "{error}");
    let mut images = hide(set(x), &known);
    images.pixels = Pixels::F32(arr2(&[[1.0, f32::NAN], [-1.0, 2.0], [3.0, 1.0]]));
    let error = Nmf::new(1).fit(&images).unwrap_err().to_string();
    assert!(
        error.starts_with("1 negative value down to -1, the first at image 1, row 0, column 0"),
        "{error}"
    );
}

#[test]
fn hidden_pixels_of_faces_are_guessed_nearly_as_well_as_known_ones_are_rebuilt() {
    let faces = load("assets/faces".as_ref(), &LoadOptions::default()).unwrap();
    let x = faces.to_f32();
    let known = holes(51, x.dim(), 0.2);
    let model = Nmf::new(28).fit(&hide(faces, &known)).unwrap();
    let (seen, hidden) = misses(&x, &known, &rebuilt(&model));
    assert!(hidden <= 1.5 * seen, "{hidden} hidden, {seen} known");
}

#[test]
fn errors_of_known_and_hidden_pixels_are_separate() {
    let x = arr2(&[[3.0, 4.0, 8.0], [1.0, 2.0, 6.0]]);
    let images = hide(set(x), &arr2(&[[1.0, 1.0, 0.0], [1.0, 0.0, 1.0]]));
    // Both are rebuilt as 3, 3, 6.
    let basis = Basis::new(Shape::new(1, 3), arr2(&[[1.0, 1.0, 2.0]]));
    let weights = arr2(&[[3.0], [3.0]]);
    let known = relative_errors(&images, &weights, &basis, None);
    assert!(
        (known[0] - (1.0_f64 / 25.0).sqrt()).abs() < 1e-12
            && (known[1] - (4.0_f64 / 37.0).sqrt()).abs() < 1e-12
    );
    let hidden = hidden_error(&images, &weights, &basis, None).unwrap();
    assert!((hidden - (5.0_f64 / 68.0).sqrt()).abs() < 1e-12, "{hidden}");
    assert_eq!(
        hidden_error(
            &ImageSet {
                mask: None,
                ..images.clone()
            },
            &weights,
            &basis,
            None
        ),
        None
    );
    let [shown, hole] = [images.known_f32(0)[0], images.known_f32(0)[2]];
    assert!(
        (shown - 3.0).abs() < f32::EPSILON && hole.is_nan(),
        "{shown}, {hole}"
    );
}
