//! How parts appear: how the pages look, that their texts keep apart, and what is in the moving picture.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::metadata::LoopCount;
use image::{AnimationDecoder, Frame as Picture, RgbImage};
use ndarray::Array2;
use nmf_images::basis::Shape;
use nmf_images::nmf::{Frame, Iteration};
use nmf_images::render::{Figure, Learning, Theme, animation, learning, moment};
use nmf_images::report::BoundReport;

use crate::data::{SHAPE, SHAPES, bound, parts, titles};
use crate::look::{assert_keeps_apart, assert_looks_like, images_of};

const MOST_BYTES: usize = 3_000_000;

fn trace(count: usize) -> Vec<Iteration> {
    let point = |iteration| Iteration {
        iteration,
        seconds: 0.01 * iteration as f64,
        relative_error: 0.1 + 0.5 / iteration as f64,
        objective: 1.0,
    };
    (1..=count).map(point).collect()
}

fn frame(at: Iteration, shape: Shape, parts: Array2<u8>) -> Frame {
    Frame {
        at,
        sample: None,
        step: at.iteration,
        shape,
        parts,
    }
}

/// Arrows that grow from dark to bright, each from another corner on.
fn arrows(trace: &[Iteration]) -> Vec<Frame> {
    let frame = |at: &Iteration| {
        let light =
            |v: f32, of: f32| (v / of * 255.0 * at.iteration as f32 / trace.len() as f32) as u8;
        let basis = parts(4);
        let parts = Array2::from_shape_fn((4, SHAPE.pixels()), |(part, pixel)| {
            light(basis.rows()[[part, pixel]], 1.0 + part as f32)
        });
        Frame {
            at: *at,
            sample: None,
            step: at.iteration,
            shape: SHAPE,
            parts,
        }
    };
    trace.iter().map(frame).collect()
}

/// Parts of which no pixel is like the next, nor like itself in the next frame: nothing is harder to compress.
fn noise(trace: &[Iteration], rank: usize, shape: Shape) -> Vec<Frame> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let parts = |_| Array2::from_shape_simple_fn((rank, shape.pixels()), &mut next);
    let parts: Vec<_> = trace.iter().map(parts).collect();
    trace
        .iter()
        .zip(parts)
        .map(|(&at, parts)| frame(at, shape, parts))
        .collect()
}

fn data<'a>(
    frames: &'a [Frame],
    trace: &'a [Iteration],
    bound: Option<&'a BoundReport>,
) -> Learning<'a> {
    Learning {
        title: "arrows: how parts emerge",
        caption: "From dark to bright.",
        frames,
        trace,
        bound,
    }
}

#[test]
fn six_moments_look_as_before() {
    let trace = trace(32);
    let frames = arrows(&trace);
    assert_looks_like(
        &learning(&data(&frames, &trace, Some(&bound(0.08))), Theme::Light).expect("drawn"),
        "learning.png",
    );
}

/// The frames of a trace after `count` iterations on samples, the later half of them on a larger one.
fn after_samples(count: usize, trace: &[Iteration]) -> Vec<Frame> {
    let mut frames = arrows(&self::trace(count));
    for frame in &mut frames {
        frame.sample = Some(if 2 * frame.step <= count { 600 } else { 2400 });
    }
    let mut rest = arrows(trace);
    for frame in &mut rest {
        frame.step += count;
    }
    frames.extend(rest);
    frames
}

#[test]
fn moments_on_samples_look_as_before() {
    let trace = trace(32);
    let frames = after_samples(40, &trace);
    assert_looks_like(
        &learning(&data(&frames, &trace, Some(&bound(0.08))), Theme::Light).expect("drawn"),
        "learning-samples.png",
    );
}

#[test]
fn a_frame_on_a_sample_looks_as_before() {
    let trace = trace(32);
    let frames = after_samples(40, &trace);
    assert_looks_like(
        &moment(&data(&frames, &trace, Some(&bound(0.08))), 25, Theme::Light).expect("drawn"),
        "moment-sample.png",
    );
}

fn texts(figure: &Figure) -> Vec<&str> {
    let texts = figure.texts().iter();
    texts.map(|text| text.text.as_str()).collect()
}

#[test]
fn every_moment_names_the_images_that_it_was_on_if_some_were_a_sample() {
    let trace = trace(32);
    let frames = after_samples(40, &trace);
    let floor = bound(0.08);
    let still = learning(&data(&frames, &trace, Some(&floor)), Theme::Light).expect("drawn");
    let names = texts(&still);
    let moments: Vec<&str> = names
        .iter()
        .copied()
        .filter(|text| text.starts_with("iteration ") || text.starts_with("on "))
        .filter(|text| !text.ends_with("log scale"))
        .collect();
    // 72 iterations in all: 1, 2, 6, 13, 31 and 72 are spread evenly.
    let expected = [
        ("iteration 1", "on a sample of 600"),
        ("iteration 2", "on a sample of 600"),
        ("iteration 6", "on a sample of 600"),
        ("iteration 13", "on a sample of 600"),
        ("iteration 31", "on a sample of 2400"),
        ("iteration 32", "on all images"),
    ];
    assert_eq!(moments, expected.map(|(a, b)| [a, b]).concat());
    for (nth, images, dots) in [(25, "on a sample of 2400", 0), (50, "on all images", 1)] {
        let figure =
            moment(&data(&frames, &trace, Some(&floor)), nth, Theme::Light).expect("drawn");
        assert!(texts(&figure).contains(&images), "{:?}", texts(&figure));
        // An error on a sample is not on the curve of the errors on all images.
        assert_eq!(
            figure.svg().expect("encoded").matches("<circle").count(),
            dots,
            "{nth}"
        );
        assert_keeps_apart(&figure, images);
    }
    let alone = arrows(&trace);
    let still = learning(&data(&alone, &trace, Some(&floor)), Theme::Light).expect("drawn");
    assert!(texts(&still).iter().all(|text| !text.starts_with("on ")));
}

#[test]
fn a_frame_of_the_moving_picture_looks_as_before() {
    let trace = trace(32);
    let frames = arrows(&trace);
    assert_looks_like(
        &moment(&data(&frames, &trace, Some(&bound(0.08))), 19, Theme::Dark).expect("drawn"),
        "moment-dark.png",
    );
}

#[test]
fn texts_and_tiles_of_moments_keep_apart_at_every_rank_and_shape() {
    let titles = titles();
    for (height, width) in SHAPES {
        let shape = Shape::new(height, width);
        for rank in 1..=200 {
            if rank * shape.pixels() > 40_000 && ![49, 200].contains(&rank) {
                continue;
            }
            let trace = [1, 99_999].map(|iteration| Iteration {
                iteration,
                ..self::trace(1)[0]
            });
            let frames: Vec<Frame> = trace
                .iter()
                .map(|&at| frame(at, shape, Array2::ones((rank, shape.pixels()))))
                .collect();
            let floor = bound(0.1);
            let (title, caption) = (&titles[rank % 5], &titles[(rank + 1) % 5]);
            let data = Learning {
                title,
                caption,
                frames: &frames,
                trace: &trace,
                bound: Some(&floor),
            };
            let what = format!("rank {rank}, {shape}");
            let (still, moving) = (
                learning(&data, Theme::Light),
                moment(&data, 1, Theme::Light),
            );
            says_how_many(&still.expect("drawn"), rank, 2, &format!("still, {what}"));
            says_how_many(&moving.expect("drawn"), rank, 1, &format!("moving, {what}"));
        }
    }
}

fn says_how_many(figure: &Figure, rank: usize, moments: usize, what: &str) {
    assert_keeps_apart(figure, what);
    let tiles = images_of(figure).len();
    assert_eq!(tiles % moments, 0, "{what}: all moments show as many parts");
    let note = format!("{} of {rank} shown", tiles / moments);
    let said = figure.texts().iter().any(|text| text.text == note);
    assert_eq!(said, tiles < rank * moments, "{what}: {tiles} tiles");
}

#[test]
fn moments_are_drawn_for_any_trace() {
    let point = |iteration, relative_error| Iteration {
        iteration,
        seconds: 0.0,
        relative_error,
        objective: 1.0,
    };
    let traces = [
        vec![],
        vec![point(1, 0.0)],
        vec![point(1, f64::NAN), point(2, f64::INFINITY), point(3, 0.2)],
        vec![point(1, 0.3); 3],
        (1..=5).map(|iteration| point(iteration, 0.5)).collect(),
        (1..60).map(|i| point(i, 0.65f64.powf(i as f64))).collect(),
        vec![point(1, 1e-12), point(1_000_000, 0.9e-12)],
    ];
    for (index, trace) in traces.iter().enumerate() {
        for floor in [None, Some(0.0), Some(0.08), Some(1.0)] {
            let floor = floor.map(bound);
            let frames = arrows(trace);
            let data = data(&frames, trace, floor.as_ref());
            assert_keeps_apart(
                &learning(&data, Theme::Dark).expect("drawn"),
                &format!("trace {index}, {floor:?}"),
            );
            for nth in 0..frames.len() {
                let what = format!("trace {index}, frame {nth}, {floor:?}");
                assert_keeps_apart(&moment(&data, nth, Theme::Dark).expect("drawn"), &what);
            }
            assert_eq!(
                animation(&data, Theme::Dark).is_ok(),
                !frames.is_empty(),
                "trace {index}"
            );
        }
    }
}

fn pictures(gif: &[u8]) -> Vec<Picture> {
    let decoder = GifDecoder::new(Cursor::new(gif)).expect("a GIF");
    assert!(matches!(decoder.loop_count(), LoopCount::Infinite));
    decoder
        .into_frames()
        .collect_frames()
        .expect("all frames can be read")
}

fn milliseconds(picture: &Picture) -> u32 {
    let (above, below) = picture.delay().numer_denom_ms();
    above / below
}

/// The largest difference of a colour, and the share of pixels that differ by more than a shade of the palette.
fn difference(picture: &Picture, figure: &Figure) -> (u8, f64) {
    let drawn: RgbImage = image::load_from_memory(&figure.png(2.0).expect("drawn"))
        .expect("a PNG")
        .to_rgb8();
    assert_eq!(picture.buffer().dimensions(), drawn.dimensions());
    let pairs = picture.buffer().pixels().zip(drawn.pixels());
    let apart = |(a, b): (&image::Rgba<u8>, &image::Rgb<u8>)| {
        (0..3).map(|at| a[at].abs_diff(b[at])).max().unwrap_or(0)
    };
    let apart: Vec<u8> = pairs.map(apart).collect();
    let far = apart.iter().filter(|&&apart| apart > 16).count();
    (
        apart.iter().copied().max().unwrap_or(0),
        far as f64 / apart.len() as f64,
    )
}

#[test]
fn the_moving_picture_goes_with_the_logarithm_and_holds_the_end() {
    let trace = trace(32);
    let frames = arrows(&trace);
    for theme in [Theme::Light, Theme::Dark] {
        let floor = bound(0.08);
        let data = data(&frames, &trace, Some(&floor));
        let pictures = pictures(&animation(&data, theme).expect("drawn"));
        assert_eq!(pictures.len(), 32);
        // 6 seconds times ln 2 / ln 32, and half as long from 2 to 3 and on to 4 together.
        assert_eq!(milliseconds(&pictures[0]), 1200);
        assert!(milliseconds(&pictures[1]) + milliseconds(&pictures[2]) == 1200);
        assert_eq!(milliseconds(&pictures[31]), 4000);
        for nth in [0, 7, 31] {
            let (most, far) =
                difference(&pictures[nth], &moment(&data, nth, theme).expect("drawn"));
            assert!(most < 48 && far < 0.001, "frame {nth}: {most}, {far}");
        }
    }
}

#[test]
fn slow_changes_reach_the_last_frame() {
    let trace = trace(40);
    // One grey of the palette a frame, while the lower left corner comes and goes.
    let value = |nth: usize, pixel: usize| match pixel {
        0 => 255,
        12 => 255 * (nth % 2) as u8,
        _ => 100 + 2 * nth as u8,
    };
    let parts = |nth: usize| Array2::from_shape_fn((1, 16), |(_, pixel)| value(nth, pixel));
    let frames: Vec<Frame> = trace
        .iter()
        .enumerate()
        .map(|(nth, &at)| frame(at, Shape::new(4, 4), parts(nth)))
        .collect();
    let floor = bound(0.08);
    let data = data(&frames, &trace, Some(&floor));
    let pictures = pictures(&animation(&data, Theme::Light).expect("drawn"));
    let (_, far) = difference(
        &pictures[39],
        &moment(&data, 39, Theme::Light).expect("drawn"),
    );
    assert!(far < 0.001, "{far}");
}

#[test]
fn the_moving_picture_is_small_whatever_it_shows() {
    let trace = trace(40);
    for (rank, shape) in [
        (49, Shape::new(64, 64)),
        (6, Shape::new(120, 120)),
        (1, Shape::new(250, 370)),
    ] {
        let frames = noise(&trace, rank, shape);
        let gif =
            animation(&data(&frames, &trace, Some(&bound(0.08))), Theme::Light).expect("drawn");
        assert!(gif.len() <= MOST_BYTES, "{} bytes", gif.len());
        assert!(
            gif.len() > MOST_BYTES / 2,
            "{} bytes: more frames would have been possible",
            gif.len()
        );
        let pictures = pictures(&gif);
        let end =
            moment(&data(&frames, &trace, Some(&bound(0.08))), 39, Theme::Light).expect("drawn");
        assert!(pictures.len() >= 4, "{}", pictures.len());
        let (_, far) = difference(&pictures[pictures.len() - 1], &end);
        assert!(far < 0.001, "{far}");
    }
}

#[test]
fn one_recording_gives_the_same_bytes_every_time() {
    let trace = trace(9);
    let frames = arrows(&trace);
    let draw =
        || animation(&data(&frames, &trace, Some(&bound(0.08))), Theme::Light).expect("drawn");
    assert!(draw() == draw());
}
