//! Ranks that share the images, as threads: together they learn what a single process learns.

use std::ops::ControlFlow::{Break, Continue};

use ndarray::{Array2, Axis, concatenate, s};

use nmf_images::communicator::Communicator;

use nmf_images::images::{Block, ImageShard, Mask, Pixels};

use nmf_images::nmf::{Checkpoint, FitProgress, Hals, Hoyer, Overlap, Penalties, StopReason};

use nmf_images::{ImageSet, Images, Init, Nmf, NmfModel, Pca, PcaModel, Solver, StopRule};

use crate::conformance::rules;

use crate::thread_ranks::with_ranks;

use crate::shards::{bytes, drawn, floats, joined, nmf};

/// With a tenth of the pixels unknown, of some images all.
fn masked(set: ImageSet) -> ImageSet {
    let hidden = |image: usize, pixel: usize| {
        image % 97 == 13 || (image * 31 + pixel * 17).is_multiple_of(10)
    };
    let mask = Mask::new(set.len(), set.shape.pixels(), |image, pixel| {
        !hidden(image, pixel)
    });
    ImageSet { mask, ..set }
}

/// Some of the images.
fn slice(set: &ImageSet, rows: std::ops::Range<usize>) -> ImageSet {
    let indices: Vec<usize> = rows.clone().collect();
    let size = (rows.len(), set.shape.pixels());
    let pixels = match set.block(rows.clone()) {
        Block::U8(values) => Pixels::U8(Array2::from_shape_vec(size, values.into_owned()).unwrap()),
        Block::F32(values) => {
            Pixels::F32(Array2::from_shape_vec(size, values.into_owned()).unwrap())
        }
    };
    let mask = set.mask.as_ref().and_then(|mask| mask.select(&indices));
    ImageSet {
        pixels,
        mask,
        names: set.names[rows].to_vec(),
        ..set.clone()
    }
}

/// What each of the shares between `cuts` makes of its images.
pub fn shared<R: Send>(
    set: &ImageSet,
    cuts: &[usize],
    work: impl Fn(&ImageShard) -> R + Sync,
) -> Vec<R> {
    with_ranks(cuts.len() - 1, |communicator| {
        let rows = cuts[communicator.rank()]..cuts[communicator.rank() + 1];
        work(&ImageShard::new(slice(set, rows), communicator))
    })
}

fn same_bits(nmf: &Nmf, set: &ImageSet, cuts: &[usize]) {
    let alone = nmf.fit(set).unwrap();
    let found = joined(&shared(set, cuts, |share| nmf.fit(share).unwrap()));
    let errors = |model: &NmfModel| {
        model
            .trace
            .iter()
            .map(|i| (i.relative_error, i.objective))
            .collect::<Vec<_>>()
    };
    assert_eq!(errors(&found), errors(&alone));
    assert!(
        found.basis == alone.basis
            && found.weights == alone.weights
            && found.shares == alone.shares
    );
    assert_eq!(
        (found.relative_error, found.order),
        (alone.relative_error, alone.order)
    );
}

fn nearly_same(nmf: &Nmf, set: &ImageSet, cuts: &[usize]) {
    same_within(1e-5, nmf, set, cuts);
}

fn same_within(tolerance: f64, nmf: &Nmf, set: &ImageSet, cuts: &[usize]) {
    let alone = nmf.fit(set).unwrap();
    let found = joined(&shared(set, cuts, |share| nmf.fit(share).unwrap()));
    let close = |a: f64, b: f64| (a - b).abs() <= tolerance * b.abs();
    assert!(
        close(found.relative_error, alone.relative_error),
        "{} for {}",
        found.relative_error,
        alone.relative_error
    );
    assert!(
        close(found.objective, alone.objective),
        "{} for {}",
        found.objective,
        alone.objective
    );
    assert_eq!(found.weights.dim(), alone.weights.dim());
    assert_eq!(
        (found.stop_reason, found.trace.len()),
        (alone.stop_reason, alone.trace.len())
    );
}

const ALIGNED: [usize; 4] = [0, 4096, 8192, 9000];

const UNEVEN: [usize; 5] = [0, 3, 3, 170, 200];

const PANELS: [usize; 5] = [0, 64, 64, 128, 200];

#[test]
fn shares_cut_between_runs_give_the_bits_of_one_process() {
    for rule in rules().into_iter().filter(|rule| !rule.one_process) {
        let set = if rule.positive {
            floats(9000, 8)
        } else {
            bytes(9000, 8)
        };
        let nmf = nmf("hals").solver(rule.solver);
        for cuts in [&ALIGNED[..], &[0, 8192, 9000], &[0, 0, 9000]] {
            same_bits(&nmf, &set, cuts);
        }
    }
}

#[test]
fn every_start_gives_the_bits_of_one_process() {
    let set = bytes(9000, 8);
    for init in Init::NAMES {
        let nmf = nmf("hals").init(init.parse().unwrap()).seed(3);
        same_bits(&nmf, &set, &ALIGNED);
        same_bits(&nmf.clone().sample_start(false), &set, &ALIGNED);
    }
    same_bits(&nmf("mu").init(Init::Random).restarts(3), &set, &ALIGNED);
}

#[test]
fn unknown_pixels_and_penalties_give_the_bits_of_one_process() {
    // Of every image something is known, so that panels are cut where images are.
    let hidden = |image: usize, pixel: usize| (image * 31 + pixel * 17).is_multiple_of(10);
    let set = bytes(9000, 8);
    let mask = Mask::new(9000, 64, |image, pixel| !hidden(image, pixel));
    let unknown = ImageSet {
        mask,
        ..set.clone()
    };
    for solver in ["hals", "mu", "mu:kl"] {
        same_bits(&nmf(solver), &unknown, &ALIGNED);
    }
    let overlap = Overlap::constant(0.02);
    let penalties = Penalties {
        alpha_w: 1e-3,
        alpha_h: 1e-3,
        l1_ratio: 0.5,
        overlap,
    };
    let solver = Solver::Hals(Hals {
        penalties,
        ..Hals::default()
    });
    same_bits(&nmf("hals").solver(solver), &set, &ALIGNED);
}

#[test]
fn uneven_and_empty_shares_differ_by_rounding_alone() {
    // For products with known bytes, factors are cut to 16 bits, 64 images at a time.
    for (set, of_hals) in [
        (bytes(200, 9), 1e-4),
        (floats(200, 9), 1e-5),
        (masked(bytes(200, 9)), 1e-5),
    ] {
        for init in ["images", "random", "nndsvd", "nndsvdar"] {
            let nmf = |solver| nmf(solver).init(init.parse().unwrap());
            nearly_same(&nmf("mu"), &set, &UNEVEN);
            nearly_same(&nmf("mu:kl"), &set, &UNEVEN);
            // Sweeps end once 64 images have converged together, and these are others: early iterations differ by
            // more.
            let longer = StopRule {
                max_iterations: 30,
                tolerance: 0.0,
                ..StopRule::default()
            };
            same_within(of_hals, &nmf("hals").stop_rule(longer), &set, &UNEVEN);
        }
    }
    for solver in ["mu:is", "bpp", "hoyer:H=0.6", "nonsmooth", "local"] {
        nearly_same(&nmf(solver), &floats(200, 9), &UNEVEN);
    }
}

#[test]
fn ten_images_on_three_ranks_and_two_on_three() {
    nearly_same(
        &Nmf::new(2).stop_rule(StopRule {
            max_iterations: 8,
            ..StopRule::default()
        }),
        &bytes(10, 5),
        &[0, 3, 6, 10],
    );
    nearly_same(
        &Nmf::new(1).stop_rule(StopRule {
            max_iterations: 3,
            ..StopRule::default()
        }),
        &bytes(2, 5),
        &[0, 0, 1, 2],
    );
}

fn scores(models: &[PcaModel]) -> Array2<f32> {
    concatenate(
        Axis(0),
        &models
            .iter()
            .map(|model| model.weights.view())
            .collect::<Vec<_>>(),
    )
    .unwrap()
}

#[test]
fn eigenimages_are_those_of_one_process() {
    for (set, cuts) in [
        (bytes(9000, 8), &ALIGNED[..]),
        (floats(200, 9), &UNEVEN),
        (bytes(40, 9), &[0, 7, 40]),
        // Too many pixels for a Gram matrix, and more than images.
        (bytes(40, 65), &[0, 7, 40]),
        (masked(floats(200, 9)), &UNEVEN),
    ] {
        let alone = Pca::new(4).fit(&set).unwrap();
        let models = shared(&set, cuts, |share| Pca::new(4).fit(share).unwrap());
        for model in &models {
            assert!((model.relative_error / alone.relative_error - 1.0).abs() < 1e-5);
            let differences = &*model.basis.rows() - &*alone.basis.rows();
            assert!(
                differences.iter().all(|v| v.abs() < 1e-3),
                "{} images",
                set.len()
            );
        }
        let differences = scores(&models) - &alone.weights;
        let largest = alone.weights.iter().fold(0.0f32, |a, b| a.max(b.abs()));
        assert!(differences.iter().all(|v| v.abs() < 2e-3 * largest));
    }
}

#[test]
fn a_dead_part_is_revived_from_whoever_has_the_worst_image() {
    let set = floats(200, 9);
    let mut weights = Array2::from_shape_fn((200, 3), |(image, part)| ((image + part) % 3) as f32);
    weights.column_mut(1).fill(0.0);
    let mut basis = Array2::from_shape_fn((3, 81), |(part, pixel)| ((part * pixel) % 4) as f32);
    basis.row_mut(1).fill(0.0);
    let stop = StopRule {
        max_iterations: 6,
        tolerance: 0.0,
        ..StopRule::default()
    };
    let fit = |weights: Array2<f32>, images: &dyn Fn(&Nmf) -> NmfModel| {
        images(&Nmf::new(3).stop_rule(stop).init(Init::Given {
            weights,
            basis: basis.clone(),
        }))
    };
    let alone = fit(weights.clone(), &|nmf| nmf.fit(&set).unwrap());
    assert_eq!(alone.dead(), 0);
    let found = with_ranks(4, |communicator| {
        let rows = PANELS[communicator.rank()]..PANELS[communicator.rank() + 1];
        let share = ImageShard::new(slice(&set, rows.clone()), communicator);
        fit(weights.slice(s![rows, ..]).to_owned(), &|nmf| {
            nmf.fit(&share).unwrap()
        })
    });
    let found = joined(&found);
    let (found, expected) = (found.relative_error, alone.relative_error);
    assert!(
        (found / expected - 1.0).abs() < 1e-5,
        "{found} for {expected}"
    );
}

#[test]
fn the_first_rank_alone_ends_a_fit() {
    let set = bytes(200, 9);
    let nmf = Nmf::new(3).stop_rule(StopRule {
        tolerance: 0.0,
        ..StopRule::default()
    });
    let models = shared(&set, &UNEVEN, |share| {
        let stops_at = if share.communicator().rank() == 0 {
            4
        } else {
            2
        };
        let stop = |moment: &FitProgress| {
            if moment.at.iteration < stops_at {
                Continue(())
            } else {
                Break(())
            }
        };
        nmf.fit_with(share, stop).unwrap()
    });
    for model in models {
        assert_eq!(
            (model.stop_reason, model.trace.len()),
            (StopReason::Interrupted, 4)
        );
    }
}

#[test]
fn an_error_on_one_rank_reaches_all() {
    let mut set = floats(20, 4);
    let Pixels::F32(values) = &mut set.pixels else {
        panic!("floats")
    };
    values[[13, 5]] = f32::NAN;
    for result in shared(&set, &[0, 10, 20], |share| {
        Nmf::new(2).fit(share).map(|_| ())
    }) {
        let error = result.unwrap_err().to_string();
        assert!(
            error.starts_with("rank 1: 1 value is NaN or infinite, the first at image 3, row 1"),
            "{error}"
        );
    }
    let held = Nmf::new(2).solver(Solver::Hoyer(Hoyer::new(None, Some(0.5)).unwrap()));
    for result in shared(&bytes(20, 4), &[0, 10, 20], |share| {
        held.fit(share).map(|_| ())
    }) {
        let error = result.unwrap_err().to_string();
        assert!(
            error.starts_with("hoyer:W=0.5 needs all images in one process"),
            "{error}"
        );
    }
    for result in shared(&bytes(4, 4), &[0, 2, 4], |share| {
        Nmf::new(5).fit(share).map(|_| ())
    }) {
        assert!(
            result
                .unwrap_err()
                .to_string()
                .contains("4 images of 16 pixels allow at most 4")
        );
    }
}

/// The checkpoint at the `place`-th moment of a fit, of the first rank.
fn checkpoint(nmf: &Nmf, images: &impl Images, place: usize) -> Option<Checkpoint> {
    let (mut seen, mut taken) = (0, None);
    nmf.fit_with(images, |moment| {
        seen += 1;
        if seen < place {
            return Continue(());
        }
        taken = Some(moment.checkpoint());
        Break(())
    })
    .unwrap();
    taken.filter(|_| images.communicator().rank() == 0)
}

#[test]
fn a_checkpoint_resumes_on_any_number_of_ranks() {
    let set = bytes(9000, 8);
    let hidden = |image: usize, pixel: usize| (image * 31 + pixel * 17).is_multiple_of(10);
    let unknown = ImageSet {
        mask: Mask::new(9000, 64, |image, pixel| !hidden(image, pixel)),
        ..set.clone()
    };
    let several = nmf("mu").init(Init::Random).restarts(2);
    for (nmf, set, place) in [
        (nmf("hals"), &set, 4),
        (several, &set, 8),
        (nmf("hals"), &unknown, 2),
    ] {
        let whole = nmf.fit(set).unwrap();
        let by_one = checkpoint(&nmf, set, place).unwrap();
        let by_three = shared(set, &ALIGNED, |share| checkpoint(&nmf, share, place))
            .remove(0)
            .unwrap();
        for (checkpoint, cuts) in [
            (&by_three, &[0, 9000][..]),
            (&by_one, &ALIGNED),
            (&by_three, &[0, 4096, 9000]),
        ] {
            let found = joined(&shared(set, cuts, |share| {
                nmf.resume(share, checkpoint, |_| Continue(())).unwrap()
            }));
            assert!(
                found.basis == whole.basis && found.weights == whole.weights,
                "{cuts:?}, at {place}"
            );
            assert_eq!(
                (found.relative_error, found.trace.len()),
                (whole.relative_error, whole.trace.len())
            );
        }
    }
    let other = bytes(9000, 8);
    let other = ImageSet {
        pixels: Pixels::U8(drawn(9000, 8).mapv(|v| v / 2)),
        ..other
    };
    let taken = checkpoint(&nmf("hals"), &set, 2).unwrap();
    for result in shared(&other, &ALIGNED, |share| {
        nmf("hals")
            .resume(share, &taken, |_| Continue(()))
            .map(|_| ())
    }) {
        assert!(
            result.unwrap_err().to_string().contains("9000"),
            "all images are counted"
        );
    }
}
