//! How many parts: how the pages look, and that their texts keep apart.

use ndarray::Array2;
use nmf_images::rank::{RankScores, choose};
use nmf_images::render::{
    Ladder, LadderImage, Ranks, RanksGallery, Reconstruction, Scaling, Theme, ladder, ranks,
    ranks_gallery,
};
use nmf_images::{Basis, Method, NMF, PCA, Shape};

use crate::data::{SHAPES, titles};
use crate::look::{SCALE_BAR, assert_keeps_apart, assert_looks_like, images_of};

/// Ranks whose errors fall up to `right` and hardly beyond it.
fn scores(count: usize, right: usize) -> Vec<RankScores> {
    let one = |rank: usize| {
        let left = right.saturating_sub(rank) as f64 / right as f64;
        let over = rank.saturating_sub(right) as f64;
        RankScores {
            rank,
            seed: 0,
            relative_error: 0.05 + 0.5 * left - 0.0005 * over,
            held_out_error: Some(0.055 + 0.5 * left + 0.0004 * over),
            held_out_spread: Some(0.004 + 0.02 * left),
            stability: Some(0.99 - 0.02 * over - 0.05 * (left * 9.0).sin().abs()),
            cophenetic: Some(0.995 - 0.01 * over),
            pca_error: Some(0.04 + 0.45 * left - 0.002 * over),
            bound: Some(0.045 + 0.48 * left - 0.002 * over),
            seconds: 0.1,
        }
    };
    (1..=count).map(one).collect()
}

/// Bars of light, `rank` of them beside each other.
fn bars(rank: usize) -> Basis {
    let shape = Shape::new(8, 12);
    let lit = |part: usize, pixel: usize| {
        if pixel % 12 * rank / 12 == part {
            1.0
        } else {
            0.1
        }
    };
    Basis::new(
        shape,
        Array2::from_shape_fn((rank, shape.pixels()), |(part, pixel)| lit(part, pixel)),
    )
}

#[test]
fn the_curves_of_ranks_look_as_before() {
    let ranks_tried = scores(12, 6);
    let choice = choose(&ranks_tried, None).expect("some");
    let data = Ranks {
        title: "bars: how many parts? 6",
        ranks: &ranks_tried,
        choice: &choice,
    };
    assert_looks_like(&ranks(&data, Theme::Light).expect("drawn"), "ranks.png");
}

#[test]
fn parts_that_split_look_as_before() {
    let rows = [1, 2, 4, 12].map(bars);
    let rows: Vec<(&Basis, &str)> = rows.iter().map(|basis| (basis, "32.5 %")).collect();
    let caption =
        "Each part is joined to the most similar part of the row above; errors are at the left.";
    let data = RanksGallery {
        title: "bars: parts at 4 ranks",
        caption,
        rows: &rows,
        scaling: Scaling::Each,
    };
    assert_looks_like(
        &ranks_gallery(&data, Theme::Light).expect("drawn"),
        "ranks-gallery.png",
    );
}

#[test]
fn texts_of_ranks_keep_apart_whatever_the_curves() {
    for (count, right) in [(1, 1), (2, 2), (5, 9), (12, 1), (70, 40), (300, 30)] {
        for kind in 0..4 {
            let mut tried = scores(count, right);
            for (index, scores) in tried.iter_mut().enumerate() {
                match kind {
                    1 => {
                        (scores.stability, scores.cophenetic) = (None, None);
                        (scores.pca_error, scores.bound) = (None, None);
                    }
                    2 => (scores.held_out_error, scores.held_out_spread) = (None, None),
                    3 if index % 2 == 0 => scores.held_out_error = Some(f64::NAN),
                    _ => {}
                }
            }
            let mut choice = choose(&tried, None).expect("some");
            if kind == 1 {
                choice.reason = titles().join(" ").repeat(3);
            }
            let data = Ranks {
                title: &titles()[kind],
                ranks: &tried,
                choice: &choice,
            };
            let figure = ranks(&data, Theme::Dark).expect("drawn");
            assert_keeps_apart(&figure, &format!("{count} ranks, {right}, kind {kind}"));
        }
    }
}

#[test]
fn rows_of_parts_keep_apart_at_any_rank() {
    let facts = titles();
    for ranks in [
        vec![1],
        vec![1, 12],
        vec![12, 3],
        vec![2, 5, 11],
        vec![12, 12, 12, 12],
    ] {
        let rows: Vec<Basis> = ranks.iter().map(|&rank| bars(rank)).collect();
        let rows: Vec<(&Basis, &str)> = rows
            .iter()
            .zip(&facts)
            .map(|(basis, fact)| (basis, fact.as_str()))
            .collect();
        for scaling in [Scaling::Each, Scaling::Shared] {
            let data = RanksGallery {
                title: &titles()[0],
                caption: &titles()[1],
                rows: &rows,
                scaling,
            };
            assert_keeps_apart(
                &ranks_gallery(&data, Theme::Dark).expect("drawn"),
                &format!("{ranks:?}"),
            );
        }
    }
}

/// Images of gradients whose reconstructions have ever more of their columns.
fn ladder_images(count: usize, ranks: &[usize], shape: Shape) -> Vec<LadderImage> {
    let value = |image: usize, pixel: usize| {
        let (row, column) = (pixel / shape.width, pixel % shape.width);
        ((row + image) as f32 + 2.0 * column as f32) / (shape.height + 2 * shape.width + 4) as f32
    };
    let original = |image| (0..shape.pixels()).map(|at| value(image, at)).collect();
    let reconstruction = |image: usize, rank: usize, method: &'static Method| Reconstruction {
        method,
        values: (0..shape.pixels())
            .map(|at| {
                let is_seen = at % shape.width * 49 < rank * shape.width;
                let other = if method.signed { 0.3 } else { 0.0 };
                if is_seen { value(image, at) } else { other }
            })
            .collect(),
        error: 0.6 / (rank as f64 + if method.signed { 1.0 } else { 0.0 }),
    };
    (0..count)
        .map(|image| LadderImage {
            name: format!("folder/image {image}.png"),
            original: original(image),
            steps: ranks
                .iter()
                .map(|&rank| {
                    vec![
                        reconstruction(image, rank, &NMF),
                        reconstruction(image, rank, &PCA),
                    ]
                })
                .collect(),
        })
        .collect()
}

const RUNGS: [usize; 7] = [1, 4, 9, 16, 25, 36, 49];

#[test]
fn images_at_several_ranks_look_as_before() {
    let shape = Shape::new(16, 12);
    let data = Ladder {
        title: "gradients: the same images at 7 ranks",
        caption: "Each image from k parts (NMF) and from the mean and k eigenimages (PCA), with its relative error.",
        shape,
        ranks: &RUNGS,
        errors: &RUNGS.map(|rank| vec![0.5 / rank as f64, 0.4 / rank as f64]),
        images: &ladder_images(4, &RUNGS, shape),
    };
    assert_looks_like(&ladder(&data, Theme::Light).expect("drawn"), "ladder.png");
}

#[test]
fn texts_of_the_ladder_keep_apart_at_any_number_and_shape() {
    let titles = titles();
    for (height, width) in SHAPES {
        let shape = Shape::new(height, width);
        for (count, rungs) in [(1, 2), (4, 2), (2, 5), (4, 7)] {
            let mut images = ladder_images(count, &RUNGS[..rungs], shape);
            for (image, title) in images.iter_mut().zip(&titles) {
                image.name.clone_from(title);
                image.steps[0][0].error = 12_345.6;
                image.steps[1][1].error = f64::NAN;
            }
            let data = Ladder {
                title: &titles[count],
                caption: &titles[rungs % 5],
                shape,
                ranks: &RUNGS[..rungs],
                errors: &vec![vec![12_345.6, f64::NAN]; rungs],
                images: &images,
            };
            let figure = ladder(&data, Theme::Dark).expect("drawn");
            let what = format!("{count} images of {shape} at {rungs} ranks");
            assert_keeps_apart(&figure, &what);
            // Two methods at each rank, and the original.
            let images = images_of(&figure);
            let tiles = images.iter().filter(|image| image[2..] != SCALE_BAR);
            assert_eq!(tiles.count(), count * (2 * rungs + 1), "{what}");
        }
    }
}
