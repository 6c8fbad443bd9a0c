//! Recorded snapshots of a fit: they are what was learned at that iteration, in the order of the
//! model.

use std::ops::ControlFlow;

use ndarray::{Array2, arr2};
use nmf_images::nmf::{FitObserver, FitProgress, Frame, Recorder, SampleProgress};
use nmf_images::{Basis, ImageSet, Init, Nmf, NmfModel, Shape, StopRule};

use crate::common::{Noise, set};

fn recorded(nmf: &Nmf, images: &ImageSet) -> (NmfModel, Vec<Frame>) {
    let mut recorder = Recorder::default();
    let fitted = nmf.fit_with(images, |moment| {
        recorder.record(moment);
        ControlFlow::Continue(())
    });
    let model = fitted.unwrap();
    let frames = recorder.frames(&model);
    (model, frames)
}

/// Records the iterations on samples too, and counts both kinds.
#[derive(Default)]
struct Observer {
    recorder: Recorder,
    /// The number and the images of every iteration on a sample.
    samples: Vec<(usize, usize)>,
    iterations: Vec<usize>,
}

impl FitObserver for Observer {
    fn iteration(&mut self, progress: &FitProgress) -> ControlFlow<()> {
        self.recorder.record(progress);
        self.iterations.push(progress.at.iteration);
        ControlFlow::Continue(())
    }

    fn sample_iteration(&mut self, progress: &SampleProgress) {
        self.recorder.record_sample(progress);
        self.samples.push((progress.at.iteration, progress.images));
    }
}

fn iterations(count: usize) -> StopRule {
    StopRule {
        max_iterations: count,
        tolerance: 0.0,
        ..StopRule::default()
    }
}

/// As a frame keeps them.
fn bytes(basis: &Basis) -> Array2<u8> {
    basis.rows().mapv(|v| (v * 255.0).round() as u8)
}

#[test]
fn frames_go_from_the_start_to_the_model() {
    let images = set(Noise::new(40).matrix(40, 30));
    let (model, frames) = recorded(&Nmf::new(5).stop_rule(iterations(33)), &images);
    let at: Vec<usize> = frames.iter().map(|frame| frame.at.iteration).collect();
    assert_eq!(
        at,
        [
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 21, 24, 27, 30, 33
        ]
    );
    assert!(
        frames
            .iter()
            .all(|frame| frame.at == model.trace[frame.at.iteration - 1])
    );
    assert_eq!(frames.last().unwrap().parts, bytes(&model.basis));
    assert_eq!(frames[0].shape, Shape::new(1, 30));
}

#[test]
fn the_last_iteration_is_a_frame_wherever_the_fit_ends() {
    let images = set(Noise::new(41).matrix(40, 30));
    for count in [1, 2, 12, 29] {
        let (model, frames) = recorded(&Nmf::new(3).stop_rule(iterations(count)), &images);
        assert_eq!(frames.last().unwrap().at, *model.trace.last().unwrap());
        assert_eq!(
            frames
                .iter()
                .filter(|frame| frame.at.iteration == count)
                .count(),
            1
        );
    }
}

#[test]
fn a_part_keeps_its_place_from_the_start_on() {
    // Two parts that are right from the start; the second has the larger share.
    let basis = arr2(&[[1., 0.5, 0., 0.], [0., 0., 0.25, 1.]]);
    let weights = arr2(&[[1., 9.], [2., 7.], [1., 8.]]);
    let images = set(weights.dot(&basis));
    let start = Init::Given { weights, basis };
    let (model, frames) = recorded(&Nmf::new(2).init(start).stop_rule(iterations(3)), &images);
    assert_eq!(model.order, [1, 0]);
    for frame in &frames {
        assert_eq!(
            frame.parts,
            arr2(&[[0, 0, 64, 255], [255, 128, 0, 0]]),
            "iteration {}",
            frame.at.iteration
        );
    }
}

#[test]
fn the_start_is_shown_with_its_dark_and_its_equal_pixels() {
    // The third pixel is dark, the last is the first once more: neither is worked on.
    let basis = arr2(&[[1., 0., 0., 1.], [0.5, 1., 0., 0.5]]);
    let weights = arr2(&[[1., 2.], [3., 1.], [1., 1.]]);
    let images = set(weights.dot(&basis));
    let nmf = Nmf::new(2)
        .init(Init::Given {
            weights,
            basis: basis.clone(),
        })
        .stop_rule(iterations(1));
    let fitted = nmf.fit_with(&images, |moment| {
        assert_eq!(moment.basis().rows(), basis);
        ControlFlow::Continue(())
    });
    assert_eq!(fitted.unwrap().trace.len(), 1);
}

#[test]
fn of_several_starts_the_best_is_shown() {
    let images = set(Noise::new(42).matrix(40, 30));
    let nmf = Nmf::new(6).init(Init::Random);
    // Neither the first nor the last of four starts.
    let found_between = |first: u64| {
        let found = recorded(&nmf.clone().seed(first).restarts(4), &images);
        (first + 1..first + 3)
            .contains(&found.0.seed)
            .then_some(found)
    };
    let (best, frames) = (0..20)
        .find_map(found_between)
        .expect("the best start is between others for one of twenty seeds");
    let (alone, expected) = recorded(&nmf.seed(best.seed), &images);
    assert_eq!(best.order, alone.order);
    let parts = |frames: &[Frame]| -> Vec<_> {
        frames
            .iter()
            .map(|f| (f.at.iteration, f.parts.clone()))
            .collect()
    };
    assert!(parts(&frames) == parts(&expected));
}

#[test]
fn a_start_on_samples_is_recorded() {
    let images = ImageSet::from_u8(Shape::new(6, 6), Noise::new(43).bytes(10_000, 36)).unwrap();
    let nmf = Nmf::new(4).stop_rule(iterations(2));
    assert_eq!(nmf.fit(&images).unwrap().sampled, Some(2400));
    assert_eq!(
        nmf.clone()
            .sample_start(false)
            .fit(&images)
            .unwrap()
            .sampled,
        None
    );
    assert_eq!(nmf.init(Init::Nndsvd).fit(&images).unwrap().sampled, None);
}

#[test]
fn iterations_on_samples_come_before_those_on_all_images() {
    let images = ImageSet::from_u8(Shape::new(6, 6), Noise::new(43).bytes(10_000, 36)).unwrap();
    let nmf = Nmf::new(4).stop_rule(iterations(3));
    let mut observer = Observer::default();
    let model = nmf.fit_observed(&images, None, &mut observer).unwrap();
    // 600 images, drawn 8 times, and 2400, drawn 4 times, for 10 iterations each.
    let sizes = (1..=120).map(|n| (n, if n <= 80 { 600 } else { 2400 }));
    assert_eq!(observer.samples, sizes.collect::<Vec<_>>());
    assert_eq!(observer.iterations, [1, 2, 3]);
    let frames = observer.recorder.frames(&model);
    let seen = |frame: &Frame| (frame.step, frame.at.iteration, frame.sample);
    let (samples, rest) = frames.split_at(15);
    assert_eq!(
        samples.iter().map(seen).collect::<Vec<_>>(),
        [1, 2, 3, 4, 6, 8, 11, 15, 20, 26, 34, 45, 59, 77, 101].map(|n| (
            n,
            n,
            Some(if n <= 80 { 600 } else { 2400 })
        ))
    );
    assert_eq!(
        rest.iter().map(seen).collect::<Vec<_>>(),
        [1, 2, 3].map(|n| (120 + n, n, None))
    );
    assert!(samples[14].at.relative_error < samples[0].at.relative_error);
    assert_eq!(frames[17].parts, bytes(&model.basis));
    // Each of the parts is an image, at its own scale, until the first update.
    let whole = images.to_f32();
    let drawn = |part: &ndarray::ArrayView1<u8>| {
        whole.outer_iter().any(|image| {
            let most = image.iter().fold(0.0f32, |a, &b| a.max(b));
            let same =
                |(&level, &value): (&u8, &f32)| level == (value / most * 255.0).round() as u8;
            part.iter().zip(&image).all(same)
        })
    };
    assert!(samples[0].parts.outer_iter().all(|part| drawn(&part)));
    // What is observed changes nothing.
    assert_eq!(nmf.fit(&images).unwrap().basis, model.basis);
}

#[test]
fn there_are_no_samples_of_few_images_or_if_they_are_off() {
    let noise =
        |count| ImageSet::from_u8(Shape::new(4, 4), Noise::new(46).bytes(count, 16)).unwrap();
    let nmf = Nmf::new(2).stop_rule(iterations(2));
    for (nmf, images, expected) in [
        (nmf.clone(), 2400, 20),
        (nmf.clone(), 2399, 0),
        (nmf.sample_start(false), 2400, 0),
    ] {
        let mut observer = Observer::default();
        let model = nmf
            .fit_observed(&noise(images), None, &mut observer)
            .unwrap();
        assert_eq!(observer.samples.len(), expected, "{images}");
        let frames = observer.recorder.frames(&model);
        let on_samples = frames.iter().filter(|frame| frame.sample.is_some());
        assert_eq!(on_samples.count(), if expected > 0 { 9 } else { 0 });
        assert_eq!(frames[0].step, 1);
        assert_eq!(frames.last().unwrap().step, expected + 2);
    }
}

#[test]
fn the_samples_of_the_best_start_are_shown() {
    let images = ImageSet::from_u8(Shape::new(4, 4), Noise::new(47).bytes(2400, 16)).unwrap();
    let nmf = Nmf::new(3).stop_rule(iterations(5)).seed(5);
    let recorded = |nmf: &Nmf| {
        let mut observer = Observer::default();
        let model = nmf.fit_observed(&images, None, &mut observer).unwrap();
        let frames = observer.recorder.frames(&model);
        let parts = frames
            .into_iter()
            .map(|frame| (frame.step, frame.sample, frame.parts));
        (model.seed, parts.collect::<Vec<_>>())
    };
    let (best, frames) = recorded(&nmf.clone().restarts(3));
    assert!(frames == recorded(&nmf.seed(best)).1);
}

#[test]
fn large_parts_are_kept_reduced() {
    // 40 parts of 300x300 pixels, 64 times, would be 230 MB.
    let images = ImageSet::from_u8(Shape::new(300, 300), Noise::new(44).bytes(40, 90_000)).unwrap();
    let (model, frames) = recorded(&Nmf::new(40).stop_rule(iterations(1)), &images);
    assert_eq!((frames.len(), frames[0].shape), (1, Shape::new(150, 150)));
    let square = |x: usize, y: usize| -> f32 {
        let row = model.basis.row(7);
        [0, 1, 300, 301]
            .map(|at| row[600 * y + 2 * x + at])
            .iter()
            .sum::<f32>()
            / 4.0
    };
    let brightest = (0..22_500)
        .map(|at| square(at % 150, at / 150))
        .fold(0.0, f32::max);
    for (x, y) in [(0, 0), (149, 0), (3, 77), (149, 149)] {
        let expected = (square(x, y) / brightest * 255.0).round() as u8;
        assert!(
            frames[0].parts[[7, 150 * y + x]].abs_diff(expected) <= 1,
            "({x}, {y})"
        );
    }
}

/// The frames of a fit that stopped at its `place`-th moment and went on.
fn resumed(nmf: &Nmf, images: &ImageSet, place: usize) -> (NmfModel, Vec<Frame>) {
    let (mut seen, mut checkpoint) = (0, None);
    let stopped = nmf.fit_with(images, |moment| {
        seen += 1;
        checkpoint = (seen == place).then(|| moment.checkpoint());
        if seen < place {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    stopped.unwrap();
    let mut recorder = Recorder::default();
    let went_on = nmf.resume(images, &checkpoint.unwrap(), |moment| {
        recorder.record(moment);
        ControlFlow::Continue(())
    });
    let model = went_on.unwrap();
    let frames = recorder.frames(&model);
    (model, frames)
}

#[test]
fn a_resumed_fit_is_recorded_from_the_checkpoint() {
    let images = set(Noise::new(45).matrix(40, 30));
    let (model, frames) = resumed(&Nmf::new(5).stop_rule(iterations(33)), &images, 20);
    let at: Vec<usize> = frames.iter().map(|frame| frame.at.iteration).collect();
    assert_eq!(at, [20, 22, 25, 28, 31, 33]);
    assert_eq!(frames.last().unwrap().parts, bytes(&model.basis));
}

#[test]
fn a_best_start_that_ended_before_the_fit_went_on_is_shown_as_it_is() {
    let images = set(Noise::new(42).matrix(40, 30));
    let nmf = Nmf::new(6)
        .init(Init::Random)
        .seed(8)
        .restarts(4)
        .stop_rule(iterations(30));
    let best = nmf.fit(&images).unwrap().seed;
    assert!(
        best != 11,
        "the last is the best by chance: another seed makes a better test"
    );
    // In the first and in a later iteration of the start after the best.
    let begins = 30 * (best as usize - 8 + 1) + 1;
    for place in [begins, begins + 9] {
        let (model, frames) = resumed(&nmf, &images, place);
        assert_eq!((model.seed, frames.len()), (best, 1));
        assert_eq!(frames[0].parts, bytes(&model.basis));
    }
}
