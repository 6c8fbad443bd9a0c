//! Penalties on weights and basis, the taper, and parts that are revived.

use std::collections::BTreeMap;

use ndarray::{Array2, concatenate, s};
use nmf_images::nmf::{Hals, Overlap, Penalties, StopReason};
use nmf_images::{
    Error, ImageSet, Init, Nmf, NmfModel, Partness, Shape, Solver, StopRule, with_threads,
};
use serde::Deserialize;

use crate::common::{Figures, Noise, set};
use crate::twin::{self, Run, Start};

const ALL: Penalties = Penalties {
    alpha_w: 0.002,
    alpha_h: 0.001,
    l1_ratio: 0.4,
    overlap: Overlap {
        from: 0.1,
        to: 0.02,
    },
};

/// What scikit-learn's objective is with its penalties, in `data/figures.json`.
#[derive(Deserialize)]
struct PenalisedFigures {
    penalised_objective: Vec<PeerRun>,
}

#[derive(Deserialize)]
struct PeerRun {
    alpha_w: f64,
    alpha_h: f64,
    l1_ratio: f64,
    /// After so many iterations.
    objective: BTreeMap<usize, f64>,
}

fn iterations(count: usize) -> StopRule {
    StopRule {
        max_iterations: count,
        tolerance: 0.0,
        ..StopRule::default()
    }
}

fn hals(penalties: Penalties) -> Solver {
    Solver::Hals(Hals {
        penalties,
        ..Hals::default()
    })
}

fn plain(penalties: Penalties) -> Solver {
    Solver::Hals(Hals {
        penalties,
        ..Hals::plain()
    })
}

fn apart(from: f64, to: f64) -> Penalties {
    Penalties {
        overlap: Overlap { from, to },
        ..Penalties::default()
    }
}

fn objectives(model: &NmfModel) -> Vec<f64> {
    model
        .trace
        .iter()
        .map(|iteration| iteration.objective)
        .collect()
}

/// After the weights of each iteration: the strength is still that of the update of the basis before.
fn twin_objectives(penalties: &Penalties, start: &Start, run: &Run) -> Vec<f64> {
    let strength = |index: usize| twin::strength(penalties.overlap, index.max(1));
    let each = run.after_weights.iter().enumerate();
    each.map(|(index, (w, h))| twin::penalised_error(penalties, strength(index), &start.x, w, h))
        .collect()
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found / expected - 1.0).abs() < tolerance,
            "at {index}: {found} for {expected}"
        );
    }
}

#[test]
fn small_weights_and_parts_cost_what_they_cost_in_scikit_learn() {
    let figures = Figures::read();
    let peers: PenalisedFigures =
        serde_json::from_str(include_str!("../data/figures.json")).unwrap();
    assert!(peers.penalised_objective.len() >= 3);
    for peer in &peers.penalised_objective {
        let penalties = Penalties {
            alpha_w: peer.alpha_w,
            alpha_h: peer.alpha_h,
            l1_ratio: peer.l1_ratio,
            overlap: Overlap::default(),
        };
        for (&count, &expected) in &peer.objective {
            // The peer's objective stands after the basis, ours after the weights.
            let start = Start::new(&figures.x(), &figures.w0(), &figures.h0());
            let run = twin::penalised_hals(&penalties, &start, count);
            let (w, h) = &run.after_basis;
            assert_close(
                &[twin::penalised_error(&penalties, 0.0, &start.x, w, h)],
                &[expected],
                1e-4,
            );
            let model = Nmf::new(figures.rank)
                .solver(plain(penalties))
                .init(Init::Given {
                    weights: figures.w0(),
                    basis: figures.h0(),
                })
                .stop_rule(iterations(count))
                .fit(&set(figures.x()))
                .unwrap();
            assert_close(
                &objectives(&model),
                &twin_objectives(&penalties, &start, &run),
                1e-4,
            );
        }
    }
}

#[test]
fn tapered_penalties_agree_with_their_plain_twin_step_by_step() {
    let (x, mut noise) = (Noise::new(3).matrix(70, 90), Noise::new(4));
    let (w0, h0) = (noise.matrix(70, 6), noise.matrix(6, 90));
    let start = Start::new(&x, &w0, &h0);
    for penalties in [ALL, apart(0.1, 0.0)] {
        let model = Nmf::new(6)
            .solver(plain(penalties))
            .init(Init::Given {
                weights: w0.clone(),
                basis: h0.clone(),
            })
            .stop_rule(iterations(30))
            .fit(&set(x.clone()))
            .unwrap();
        let run = twin::penalised_hals(&penalties, &start, 30);
        assert_close(
            &objectives(&model),
            &twin_objectives(&penalties, &start, &run),
            1e-4,
        );
    }
}

#[test]
fn bytes_are_penalised_as_their_floats_are() {
    let (bytes, mut noise) = (Noise::new(5).bytes(80, 70), Noise::new(6));
    let floats = bytes.mapv(|v| f32::from(v) / 255.0);
    let shape = Shape::new(7, 10);
    let init = Init::Given {
        weights: noise.matrix(80, 5),
        basis: noise.matrix(5, 70),
    };
    let fit = |images: ImageSet| {
        objectives(
            &Nmf::new(5)
                .solver(plain(ALL))
                .init(init.clone())
                .stop_rule(iterations(40))
                .fit(&images)
                .unwrap(),
        )
    };
    let found = fit(ImageSet::from_u8(shape, bytes).unwrap());
    assert_close(
        &found,
        &fit(ImageSet::from_f32(shape, floats).unwrap()),
        1e-4,
    );
}

#[test]
fn merged_and_dark_pixels_are_penalised_as_often_as_they_occur() {
    // Each of 12 pixels three times, and five that are dark.
    let small = Noise::new(7).matrix(30, 12);
    let x = Array2::from_shape_fn(
        (30, 41),
        |(i, j)| if j < 36 { small[[i, j % 12]] } else { 0.0 },
    );
    let fit = |merge| {
        objectives(
            &Nmf::new(4)
                .solver(hals(ALL))
                .merge_pixels(merge)
                .stop_rule(iterations(60))
                .fit(&set(x.clone()))
                .unwrap(),
        )
    };
    assert_close(&fit(true), &fit(false), 1e-3);
}

#[test]
fn any_number_of_threads_gives_the_same_bits_with_penalties_taper_and_revival() {
    let bytes = Noise::new(8).bytes(300, 200);
    let x = ImageSet::from_u8(Shape::new(10, 20), bytes).unwrap();
    let mut noise = Noise::new(9);
    let (weights, mut basis) = (noise.matrix(300, 12), noise.matrix(12, 200));
    basis.row_mut(3).fill(0.0);
    basis.row_mut(7).fill(0.0);
    for penalties in [ALL, apart(0.1, 0.0)] {
        let fit = |threads| {
            let nmf = Nmf::new(12)
                .solver(hals(penalties))
                .stop_rule(iterations(120));
            let init = Init::Given {
                weights: weights.clone(),
                basis: basis.clone(),
            };
            with_threads(Some(threads), || nmf.init(init).fit(&x).unwrap())
        };
        let one = fit(1);
        for threads in [2, 3, 8] {
            let other = fit(threads);
            assert!(
                one.weights == other.weights && one.basis == other.basis,
                "{threads} threads"
            );
            assert_eq!(objectives(&one), objectives(&other), "{threads} threads");
        }
    }
}

#[test]
fn a_taper_is_finished_whatever_settles_and_then_only_the_error_counts() {
    let x = Noise::new(10).matrix(40, 30);
    let fit = |tolerance| {
        let stop = StopRule {
            tolerance,
            ..StopRule::default()
        };
        Nmf::new(5)
            .solver(hals(apart(0.1, 0.0)))
            .stop_rule(stop)
            .fit(&set(x.clone()))
            .unwrap()
    };
    let hasty = fit(0.9);
    assert_eq!(hasty.stop_reason, StopReason::Converged);
    assert_eq!(hasty.trace.len(), Overlap::TAPER + 2 + StopRule::WINDOW);
    let norm: f64 = x.iter().map(|&v| f64::from(v).powi(2)).sum();
    let after = &hasty.trace[Overlap::TAPER + 1..];
    let errors: Vec<f64> = after
        .iter()
        .map(|i| 0.5 * i.relative_error.powi(2) * norm)
        .collect();
    assert_close(
        &after.iter().map(|i| i.objective).collect::<Vec<_>>(),
        &errors,
        1e-9,
    );
    let before = &hasty.trace[Overlap::TAPER - 1];
    assert!(
        before.objective > 0.5 * before.relative_error.powi(2) * norm * (1.0 + 1e-6),
        "nothing was added"
    );
}

#[test]
fn a_limit_ends_a_run_within_its_taper() {
    let x = set(Noise::new(10).matrix(40, 30));
    let model = Nmf::new(5)
        .solver(hals(apart(0.1, 0.0)))
        .stop_rule(iterations(7))
        .fit(&x)
        .unwrap();
    assert_eq!(
        (model.stop_reason, model.trace.len()),
        (StopReason::MaxIterations, 7)
    );
}

#[test]
fn more_overlap_penalty_sets_parts_further_apart_for_more_error() {
    let x = set(Noise::new(11).matrix(100, 80));
    let fits = [0.0, 0.01, 0.1].map(|strength| {
        let model = Nmf::new(6)
            .solver(hals(apart(strength, strength)))
            .fit(&x)
            .unwrap();
        assert_eq!(model.dead(), 0);
        (
            Partness::of(&model.basis, &model.weights, None).overlap,
            model.relative_error,
        )
    });
    assert!(
        fits.windows(2)
            .all(|pair| pair[1].0 < pair[0].0 && pair[1].1 > pair[0].1),
        "{fits:?}"
    );
}

#[test]
fn a_penalty_on_values_makes_zeros_and_on_squares_shrinks() {
    let x = set(Noise::new(12).matrix(60, 40));
    let fit = |alpha_w, l1_ratio| {
        let penalties = Penalties {
            alpha_w,
            alpha_h: alpha_w,
            l1_ratio,
            ..Penalties::default()
        };
        Nmf::new(6).solver(hals(penalties)).fit(&x).unwrap()
    };
    let zeros = |model: &NmfModel| {
        model
            .weights
            .iter()
            .chain(model.basis.rows().iter())
            .filter(|&&v| v == 0.0)
            .count()
    };
    let light = |model: &NmfModel| {
        (0..60)
            .map(|image| model.reconstruct(image).sum())
            .sum::<f32>()
    };
    let (without, l1, l2) = (fit(0.0, 0.0), fit(0.02, 1.0), fit(0.02, 0.0));
    assert!(
        zeros(&l1) > zeros(&without),
        "{} zeros, {} without",
        zeros(&l1),
        zeros(&without)
    );
    assert!(
        light(&l2) < light(&without),
        "{} light, {} without",
        light(&l2),
        light(&without)
    );
}

#[test]
fn impossible_strengths_are_refused_by_name() {
    let x = set(Noise::new(13).matrix(6, 5));
    let none = Penalties::default();
    let wrong = [
        (
            "alpha_w is -1.0; allowed is 0 to 1e9",
            Penalties {
                alpha_w: -1.0,
                ..none
            },
        ),
        (
            "alpha_h is NaN; allowed is 0 to 1e9",
            Penalties {
                alpha_h: f64::NAN,
                ..none
            },
        ),
        (
            "l1_ratio is 1.5; allowed is 0 to 1",
            Penalties {
                l1_ratio: 1.5,
                ..none
            },
        ),
        (
            "overlap is inf; allowed is 0 to 1e9",
            apart(f64::INFINITY, 0.0),
        ),
        (
            "alpha_w is 1e300; allowed is 0 to 1e9",
            Penalties {
                alpha_w: 1e300,
                ..none
            },
        ),
        ("overlap is -0.1; allowed is 0 to 1e9", apart(0.1, -0.1)),
    ];
    for (expected, penalties) in wrong {
        let refused = Nmf::new(2).solver(hals(penalties)).fit(&x).unwrap_err();
        assert!(matches!(refused, Error::Penalty { .. }));
        assert_eq!(refused.to_string(), expected);
    }
}

#[test]
fn a_penalty_that_leaves_nothing_is_no_panic() {
    let x = set(Noise::new(14).matrix(12, 9));
    for l1_ratio in [0.0, 1.0] {
        let overlap = Overlap::constant(1e9);
        let model = Nmf::new(3)
            .solver(hals(Penalties {
                alpha_w: 1e9,
                alpha_h: 1e9,
                l1_ratio,
                overlap,
            }))
            .fit(&x)
            .unwrap();
        assert!(
            (model.relative_error - 1.0).abs() < 1e-6,
            "l1_ratio {l1_ratio}: {}",
            model.relative_error
        );
        assert!(
            model.objective.is_finite() && model.weights.iter().all(|v| v.is_finite()),
            "l1_ratio {l1_ratio}"
        );
    }
}

#[test]
fn a_dead_part_begins_anew_and_the_error_never_rises() {
    for rule in [plain(Penalties::default()), Solver::Bpp] {
        let (x, mut noise) = (Noise::new(15).matrix(40, 30), Noise::new(16));
        let (mut weights, mut basis) = (noise.matrix(40, 4), noise.matrix(4, 30));
        weights.column_mut(2).fill(0.0);
        basis.row_mut(2).fill(0.0);
        let fit = |rank: usize, init| {
            Nmf::new(rank)
                .solver(rule)
                .init(init)
                .stop_rule(iterations(60))
                .fit(&set(x.clone()))
                .unwrap()
        };
        let model = fit(
            4,
            Init::Given {
                weights: weights.clone(),
                basis: basis.clone(),
            },
        );
        assert_eq!(model.dead(), 0, "{rule}");
        for pair in model.trace.windows(2) {
            let (before, after) = (pair[0].relative_error, pair[1].relative_error);
            assert!(
                after <= before * (1.0 + 8.0 * f64::from(f32::EPSILON)),
                "{rule}: {after} after {before}"
            );
        }
        // What three parts alone would come to, from the same start.
        let three = fit(
            3,
            Init::Given {
                weights: concatenate![
                    ndarray::Axis(1),
                    weights.slice(s![.., ..2]),
                    weights.slice(s![.., 3..])
                ],
                basis: concatenate![
                    ndarray::Axis(0),
                    basis.slice(s![..2, ..]),
                    basis.slice(s![3.., ..])
                ],
            },
        );
        let (with, without) = (model.relative_error, three.relative_error);
        assert!(with < 0.99 * without, "{rule}: {with} of {without}");
    }
}

#[test]
fn parts_that_the_data_do_not_hold_are_not_tried_for_ever() {
    let mut noise = Noise::new(17);
    let x = noise.matrix(12, 2).dot(&noise.matrix(2, 9));
    let model = Nmf::new(5).fit(&set(x)).unwrap();
    assert!(model.relative_error < 1e-4, "{}", model.relative_error);
    assert_eq!(model.stop_reason, StopReason::Converged);
    let equal = Nmf::new(3)
        .fit(&set(Array2::from_elem((6, 5), 0.5)))
        .unwrap();
    assert_eq!(
        (equal.dead(), equal.stop_reason),
        (2, StopReason::Converged)
    );
}

#[test]
fn parts_that_the_penalty_puts_out_again_are_not_tried_for_ever() {
    let x = set(Noise::new(20).matrix(40, 30));
    let model = Nmf::new(25).solver(hals(apart(1.0, 1.0))).fit(&x).unwrap();
    assert!(model.dead() > 0);
    assert_eq!(model.stop_reason, StopReason::Converged);
}
