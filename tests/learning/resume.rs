//! Resumed fits: the same bits as an uninterrupted fit.

use std::ops::ControlFlow;

use ndarray::{Array2, s};

use nmf_images::images::Mask;

use nmf_images::nmf::{Checkpoint, Hals, Iteration, Overlap, Penalties, Restart, StopReason};

use nmf_images::{ImageSet, Init, Nmf, NmfModel, Shape, Solver, StopRule};

use crate::common::{Noise, set};

use crate::conformance::rules;

use crate::stopped::{revivals, sixty, stopped};

/// Takes up a fit that stopped at the `place`-th moment that it told of, by way of the file of its checkpoint.
fn stopped_and_resumed(nmf: &Nmf, images: &ImageSet, place: usize) -> NmfModel {
    let checkpoint = stopped(nmf, images, place);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoint.npz");
    std::fs::write(&file, checkpoint.to_npz().unwrap()).unwrap();
    let read = Checkpoint::read(&file).unwrap();
    assert_eq!(
        read, checkpoint,
        "the file holds another checkpoint than was written"
    );
    nmf.resume(images, &read, |_| ControlFlow::Continue(()))
        .unwrap()
}

/// All that two fits of the same must agree in, to the last bit: everything but the time.
fn bits(model: &NmfModel) -> impl PartialEq + use<> {
    let of_iteration = |at: &Iteration| {
        (
            at.iteration,
            at.relative_error.to_bits(),
            at.objective.to_bits(),
        )
    };
    let of_start = |start: &Restart| {
        let Restart {
            seed,
            objective,
            relative_error,
            iterations,
            stop_reason: stop,
            mean_cosine,
            alike,
            ..
        } = *start;
        (
            (seed, objective.to_bits(), relative_error.to_bits()),
            (iterations, stop, mean_cosine.to_bits(), alike),
        )
    };
    (
        model.basis.rows().mapv(f32::to_bits),
        model.weights.mapv(f32::to_bits),
        model.trace.iter().map(of_iteration).collect::<Vec<_>>(),
        model.restarts.iter().map(of_start).collect::<Vec<_>>(),
        (
            model.order.clone(),
            model
                .shares
                .iter()
                .map(|share| share.to_bits())
                .collect::<Vec<_>>(),
        ),
        (
            model.stop_reason,
            model.seed,
            model.starts,
            model.sampled,
            model.relative_error.to_bits(),
            model.objective.to_bits(),
        ),
    )
}

/// Stops after 37 iterations, and at the first and the last but one.
fn goes_on(name: &str, nmf: &Nmf, images: &ImageSet) {
    let whole = nmf.fit(images).unwrap();
    let last = whole
        .restarts
        .iter()
        .map(|start| start.iterations)
        .sum::<usize>()
        .max(whole.trace.len());
    assert!(
        last > 38,
        "{name}: {last} iterations are too few to stop in"
    );
    for place in [1, 37, last - 1] {
        let resumed = stopped_and_resumed(nmf, images, place);
        assert!(
            bits(&resumed) == bits(&whole),
            "{name}: stopped in iteration {place} of {last}, it went another way"
        );
    }
}

/// More rows and columns than a panel has, and not a multiple of it.
fn noise(seed: u64) -> ImageSet {
    set(Noise::new(seed).matrix(150, 90))
}

fn rule(name: &str) -> Solver {
    name.parse().unwrap()
}

#[test]
fn every_rule_resumes_to_the_same_bits() {
    let images = noise(1);
    for rule in rules() {
        let nmf = Nmf::new(7).solver(rule.solver).stop_rule(sixty());
        goes_on(&rule.name(), &nmf, &images);
    }
}

#[test]
fn every_penalty_resumes_to_the_same_bits() {
    let images = noise(2);
    let none = Penalties::default();
    let penalties = [
        (
            "alpha",
            Penalties {
                alpha_w: 1e-3,
                alpha_h: 1e-3,
                l1_ratio: 0.5,
                ..none
            },
        ),
        (
            "overlap",
            Penalties {
                overlap: Overlap::constant(0.02),
                ..none
            },
        ),
        (
            "taper",
            Penalties {
                overlap: Overlap {
                    from: 0.07,
                    to: 0.0,
                },
                ..none
            },
        ),
    ];
    for (name, penalties) in penalties {
        let solver = Solver::Hals(Hals {
            penalties,
            ..Hals::default()
        });
        // Beyond the taper too, where steps begin to look ahead.
        let stop = StopRule {
            max_iterations: 130,
            ..sixty()
        };
        goes_on(name, &Nmf::new(6).solver(solver).stop_rule(stop), &images);
    }
}

#[test]
fn every_start_and_every_kind_of_pixels_resumes_to_the_same_bits() {
    let bytes = ImageSet::from_u8(Shape::new(9, 10), Noise::new(3).bytes(140, 90)).unwrap();
    for init in [Init::Images, Init::Nndsvd, Init::Nndsvdar, Init::Random] {
        goes_on(
            &init.to_string(),
            &Nmf::new(5).init(init.clone()).stop_rule(sixty()),
            &bytes,
        );
    }
    let mut masked = bytes.clone();
    masked.mask = Mask::new(140, 90, |image, pixel| {
        image != 17 && pixel != 4 && (image * 7 + pixel * 3) % 5 != 0
    });
    for name in ["hals", "mu", "mu:kl"] {
        goes_on(
            &format!("masked {name}"),
            &Nmf::new(5).solver(rule(name)).stop_rule(sixty()),
            &masked,
        );
    }
    // A dark pixel, and one that is twice there: neither is worked on.
    let mut merged = Noise::new(4).matrix(120, 40);
    merged.column_mut(7).fill(0.0);
    let first = merged.column(0).to_owned();
    merged.column_mut(39).assign(&first);
    goes_on(
        "merged pixels",
        &Nmf::new(5).stop_rule(sixty()),
        &set(merged.clone()),
    );
    goes_on(
        "pixels apart",
        &Nmf::new(5).merge_pixels(false).stop_rule(sixty()),
        &set(merged),
    );
}

#[test]
fn a_start_on_samples_resumes_to_the_same_bits() {
    let images = ImageSet::from_u8(Shape::new(6, 6), Noise::new(5).bytes(2500, 36)).unwrap();
    let nmf = Nmf::new(4).stop_rule(sixty());
    assert_eq!(nmf.fit(&images).unwrap().sampled, Some(600));
    goes_on("sampled", &nmf, &images);
}

#[test]
fn several_starts_resume_in_the_middle_of_any() {
    let images = noise(6);
    let nmf = Nmf::new(5)
        .init(Init::Random)
        .seed(8)
        .restarts(4)
        .stop_rule(sixty());
    let whole = nmf.fit(&images).unwrap();
    assert!(
        ![8, 11].contains(&whole.seed),
        "the first or last is the best by chance: another seed makes a better test"
    );
    for place in [30, 97, 121, 180, 181, 239] {
        let resumed = stopped_and_resumed(&nmf, &images, place);
        assert!(
            bits(&resumed) == bits(&whole),
            "stopped at moment {place}, it went another way"
        );
    }
}

#[test]
fn parts_that_began_anew_before_the_stop_are_not_revived_more_often() {
    let images = noise(7);
    // Two parts of five are dead at the start.
    let start = |rows, columns| Noise::new(8).matrix(rows, columns);
    let (mut weights, mut basis) = (start(150, 5), start(5, 90));
    weights.slice_mut(s![.., ..2]).fill(0.0);
    basis.slice_mut(s![..2, ..]).fill(0.0);
    let nmf = Nmf::new(5)
        .init(Init::Given { weights, basis })
        .stop_rule(StopRule {
            max_iterations: 12,
            ..sixty()
        });
    let mut seen = Vec::new();
    let whole = nmf.fit_with(&images, |moment| {
        seen.push(moment.checkpoint());
        ControlFlow::Continue(())
    });
    let whole = whole.unwrap();
    assert_eq!(
        seen.iter().take(4).map(revivals).collect::<Vec<_>>(),
        [5, 4, 3, 3]
    );
    for checkpoint in &seen {
        let first = checkpoint.at().iteration - 1;
        let mut again = Vec::new();
        let resumed = nmf.resume(&images, checkpoint, |moment| {
            again.push(revivals(&moment.checkpoint()));
            ControlFlow::Continue(())
        });
        assert!(
            bits(&resumed.unwrap()) == bits(&whole),
            "went on from iteration {}",
            first + 1
        );
        assert_eq!(
            again,
            seen[first..].iter().map(revivals).collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_checkpoint_resumes_on_any_number_of_threads_and_repeatedly() {
    let (images, nmf) = (noise(9), Nmf::new(7).stop_rule(sixty()));
    let whole = nmf.fit(&images).unwrap();
    let first = stopped(&nmf, &images, 20);
    let mut second = None;
    let stop_again = nmf.resume(&images, &first, |moment| {
        second = Some(moment.checkpoint());
        if moment.at.iteration < 41 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    assert_eq!(stop_again.unwrap().trace.len(), 41);
    let second = second.unwrap();
    for threads in [1, 3] {
        let go_on = || {
            nmf.resume(&images, &second, |_| ControlFlow::Continue(()))
                .unwrap()
        };
        assert!(
            bits(&nmf_images::with_threads(Some(threads), go_on)) == bits(&whole),
            "{threads} threads"
        );
    }
}

#[test]
fn a_longer_fit_resumes_where_a_shorter_one_ended() {
    let (images, nmf) = (noise(10), Nmf::new(7));
    let short = nmf.clone().stop_rule(StopRule {
        max_iterations: 25,
        ..sixty()
    });
    let mut last = None;
    let model = short.fit_with(&images, |moment| {
        last = moment.ends.map(|reason| (reason, moment.checkpoint()));
        ControlFlow::Continue(())
    });
    assert_eq!(model.unwrap().stop_reason, StopReason::MaxIterations);
    let (reason, checkpoint) = last.unwrap();
    assert_eq!(
        (reason, checkpoint.at().iteration),
        (StopReason::MaxIterations, 25)
    );
    let long = nmf.stop_rule(sixty());
    let resumed = long
        .resume(&images, &checkpoint, |_| ControlFlow::Continue(()))
        .unwrap();
    assert!(bits(&resumed) == bits(&long.fit(&images).unwrap()));
}

#[test]
fn elapsed_time_continues_from_the_checkpoint() {
    let (images, nmf) = (noise(11), Nmf::new(7).stop_rule(sixty()));
    let checkpoint = stopped(&nmf, &images, 30);
    let resumed = nmf
        .resume(&images, &checkpoint, |_| ControlFlow::Continue(()))
        .unwrap();
    assert!(
        resumed
            .trace
            .windows(2)
            .all(|pair| pair[0].seconds <= pair[1].seconds)
    );
    assert!(resumed.seconds >= checkpoint.at().seconds);
}

#[test]
fn another_setting_is_refused_by_its_name() {
    let (images, nmf) = (noise(12), Nmf::new(5).stop_rule(sixty()));
    let checkpoint = stopped(&nmf, &images, 3);
    let refused = |nmf: Nmf| {
        let resumed = nmf.resume(&images, &checkpoint, |_| panic!("it went on"));
        resumed.unwrap_err().to_string()
    };
    for (nmf, words) in [
        (Nmf::new(6), "rank 5, but this one has 6"),
        (nmf.clone().seed(1), "seed 0, but this one has 1"),
        (
            nmf.clone().solver(rule("mu:kl")),
            "solver hals, but this one has mu:kl",
        ),
        (
            nmf.clone().init(Init::Random),
            "init images, but this one has random",
        ),
        (nmf.clone().restarts(3), "restarts 1, but this one has 3"),
        (
            nmf.clone().sample_start(false),
            "sample_start true, but this one has false",
        ),
        (
            nmf.clone().fixed(Array2::ones((1, 40))),
            "fixed parts nothing, but this one has 1 (hash ",
        ),
        (
            nmf.clone().merge_pixels(false),
            "merge_pixels true, but this one has false",
        ),
        (
            nmf.clone().solver(Solver::Hals(Hals::plain())),
            "extrapolation true, but this one has false",
        ),
    ] {
        let error = refused(nmf);
        assert!(error.contains(words) && !error.contains('\n'), "{error}");
    }
    let penalties = Penalties {
        overlap: Overlap::constant(0.1),
        ..Penalties::default()
    };
    let error = refused(nmf.clone().solver(Solver::Hals(Hals {
        penalties,
        ..Hals::default()
    })));
    assert!(
        error.contains("penalties none, but this one has overlap 0.1"),
        "{error}"
    );
    let error = nmf
        .resume(&noise(13), &checkpoint, |_| panic!("it went on"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("these 150 images are not those"), "{error}");
}
