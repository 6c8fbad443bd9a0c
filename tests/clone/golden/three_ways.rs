//! One image by three methods: as it was when it was looked at, and apart whatever there is to draw.

use nmf_images::basis::{Basis, Shape};
use nmf_images::render::{Figure, Scaling, Theme, ThreeWays, Way, three_ways};
use nmf_images::{NMF, PCA, VQ};

use crate::data::{SHAPES, arrow, basis, eigenimages, parts, titles};
use crate::look::{assert_keeps_apart, assert_looks_like};

/// What is the same in each test.
struct Drawing<'a> {
    title: &'a str,
    bases: [&'a Basis; 3],
    image: &'a [f32],
    scaling: Scaling,
    theme: Theme,
}

fn drawn(drawing: &Drawing) -> Figure {
    let Drawing {
        title,
        bases,
        image,
        ..
    } = *drawing;
    let rank = bases[0].rank();
    let mut one = vec![0.0; rank];
    one[rank / 2] = 1.0;
    let some: Vec<f32> = (0..rank).map(|at| [0.5, 0.0, 0.125, 1.5][at % 4]).collect();
    let signed: Vec<f32> = (0..rank)
        .map(|at| [2.5, -1.0, 0.0, -2.5, 0.3][at % 5])
        .collect();
    let weights = [&one, &some, &signed];
    let sentences = [
        "One prototype, a mean of images: the nearest of 16.",
        "A sum of parts: weights above 0 for 12 of 16.",
        "The mean plus a signed sum of 200 eigenimages.",
    ];
    let mut ways = Vec::new();
    for (index, method) in [&VQ, &NMF, &PCA].into_iter().enumerate() {
        ways.push(Way {
            method,
            sentence: sentences[index],
            basis: bases[index],
            weights: weights[index],
            mean: method.signed.then_some(image),
            result: image,
            error: [0.412, 0.0874, 1e-5][index],
        });
    }
    let data = ThreeWays {
        title,
        caption: "face007.png by 16 basis images of each method; beside them, in the same places, their weights.",
        shape: bases[0].shape(),
        original: image,
        white: None,
        scaling: drawing.scaling,
        ways: &ways,
    };
    three_ways(&data, drawing.theme).expect("drawn")
}

fn arrows(scaling: Scaling, theme: Theme) -> Figure {
    let (parts, eigenimages) = (parts(7), eigenimages(7));
    drawn(&Drawing {
        title: "arrows: three ways",
        bases: [&parts, &parts, &eigenimages],
        image: &arrow(1.0),
        scaling,
        theme,
    })
}

#[test]
fn three_ways_look_as_before() {
    let figure = arrows(Scaling::Each, Theme::Light);
    assert_looks_like(&figure, "three-ways.png");
}

#[test]
fn three_ways_on_one_scale_look_as_before_in_the_dark() {
    let figure = arrows(Scaling::Shared, Theme::Dark);
    assert_looks_like(&figure, "three-ways-dark.png");
}

#[test]
fn texts_and_tiles_of_three_ways_keep_apart_at_every_rank_and_shape() {
    let titles = titles();
    for (height, width) in SHAPES {
        let shape = Shape::new(height, width);
        for rank in [1, 2, 3, 5, 7, 9, 16, 25, 36, 49, 50, 200] {
            let basis = basis(rank, shape);
            let image: Vec<f32> = (0..shape.pixels())
                .map(|at| (at % 11) as f32 / 10.0)
                .collect();
            let figure = drawn(&Drawing {
                title: &titles[rank % titles.len()],
                bases: [&basis; 3],
                image: &image,
                scaling: if rank % 2 == 0 {
                    Scaling::Each
                } else {
                    Scaling::Shared
                },
                theme: Theme::Light,
            });
            assert_keeps_apart(&figure, &format!("{shape}, rank {rank}"));
        }
    }
}
