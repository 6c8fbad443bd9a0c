//! How one image is made: as it was when it was looked at, and apart whatever there is to draw.

use ndarray::{Axis, concatenate};
use nmf_images::basis::{Basis, Shape};
use nmf_images::render::{Figure, Mixture, Recipe, Theme, recipe};
use nmf_images::{NMF, PCA};

use crate::data::{SHAPE, SHAPES, arrow, basis, eigenimages, parts, titles};
use crate::look::{SCALE_BAR, assert_keeps_apart, assert_looks_like, images_of};

/// Weights of every size and sign, some of them nothing.
fn weights(rank: usize) -> Vec<f32> {
    (0..rank)
        .map(|index| [0.5, -0.25, 0.0, 0.125, -1.0][index % 5])
        .collect()
}

fn drawn(
    title: &str,
    original: &[f32],
    bases: [&Basis; 2],
    weights: [&[f32]; 2],
    mean: Option<&[f32]>,
) -> Figure {
    let shape = bases[0].shape();
    let [nmf, pca] = weights;
    let mixtures = [
        Mixture {
            method: &NMF,
            basis: bases[0],
            weights: nmf,
            mean: None,
            error: 0.31,
            cancelled: 0.0,
        },
        Mixture {
            method: &PCA,
            basis: bases[1],
            weights: pca,
            mean,
            error: 0.25,
            cancelled: 0.618,
        },
    ];
    let data = Recipe {
        title,
        caption: "An arrow as a sum of terms, the largest first; below, the partial sums and their relative errors.",
        shape,
        original,
        white: None,
        mixtures: &mixtures,
    };
    recipe(&data, Theme::Light).expect("drawn")
}

#[test]
fn recipe_looks_as_before() {
    let parts = parts(6);
    // More than fit one by one.
    let rows = concatenate![Axis(0), eigenimages(6).rows(), eigenimages(4).rows()];
    let eigenimages = Basis::new(SHAPE, rows);
    let used = [0.25, 0.05, 0.0, 0.0625, 0.0, 0.03];
    let scores = [0.25, -0.4, 0.1, -0.05, 0.1, 0.05, -0.03, 0.02, 0.05, 0.05];
    let figure = drawn(
        "arrows",
        &arrow(1.0),
        [&parts, &eigenimages],
        [&used, &scores],
        Some(&arrow(0.7)),
    );
    assert_looks_like(&figure, "recipe.png");
}

#[test]
fn texts_and_tiles_of_a_recipe_keep_apart_at_every_rank_and_shape() {
    let titles = titles();
    for (height, width) in SHAPES {
        let shape = Shape::new(height, width);
        let ranks: Vec<usize> = if shape.pixels() < 2000 {
            (1..=200).collect()
        } else {
            vec![1, 2, 3, 7, 8, 9, 16, 49, 200]
        };
        for rank in ranks {
            let basis = basis(rank, shape);
            let original: Vec<f32> = (0..shape.pixels())
                .map(|at| (at % 11) as f32 / 10.0)
                .collect();
            let mean = (rank % 3 > 0).then_some(&original[..]);
            let weights = weights(rank);
            let title = &titles[rank % titles.len()];
            let figure = drawn(title, &original, [&basis; 2], [&weights; 2], mean);
            let what = format!("recipe, rank {rank}, {shape}");
            assert_keeps_apart(&figure, &what);
            assert!(
                figure.size().1 <= 1080.0 || height > 4 * width,
                "{what}: {:?}",
                figure.size()
            );
            // Each step is a term and a sum, and both rows end in the image.
            let lit = |index: &usize| {
                weights[*index] != 0.0 && basis.row(*index).iter().any(|value| *value != 0.0)
            };
            let used = (0..rank).filter(lit).count();
            let tiles = images_of(&figure)
                .iter()
                .filter(|image| image[2..] != SCALE_BAR)
                .count();
            let all = 2 * (2 * used + usize::from(mean.is_some())) + 2;
            assert!(
                tiles == all || tiles >= 2 * 2 * 4 + 2,
                "{what}: {tiles} of {all} tiles"
            );
            let joined = figure
                .texts()
                .iter()
                .any(|text| text.text.ends_with(" more"));
            assert_eq!(joined, tiles < all, "{what}: {tiles} of {all} tiles");
        }
    }
}

#[test]
fn values_that_are_not_finite_are_drawn_and_wrong_sizes_are_an_error() {
    let basis = basis(5, SHAPE);
    for value in [0.0, f32::NAN, f32::INFINITY, -1.0, f32::MAX] {
        let (image, weights) = ([value; 48], [value; 5]);
        let figure = drawn("", &image, [&basis; 2], [&weights; 2], Some(&image));
        assert_keeps_apart(&figure, &format!("recipe of {value}"));
        figure.png(0.5).expect("drawn");
    }
    let image = arrow(1.0);
    let fits = Mixture {
        method: &NMF,
        basis: &basis,
        weights: &[1.0; 5],
        mean: None,
        error: 0.0,
        cancelled: 0.0,
    };
    let good = Recipe {
        title: "",
        caption: "",
        shape: SHAPE,
        original: &image,
        white: None,
        mixtures: &[fits],
    };
    let told = |data: Recipe| {
        recipe(&data, Theme::Light)
            .expect_err("does not fit")
            .to_string()
    };
    assert!(
        told(Recipe {
            original: &image[1..],
            ..good
        })
        .contains("47 values")
    );
    assert!(
        told(Recipe {
            shape: Shape::new(8, 6),
            ..good
        })
        .contains("the basis is 8x6, but the image is 6x8")
    );
    assert!(
        told(Recipe {
            mixtures: &[Mixture {
                weights: &[1.0; 4],
                ..fits
            }],
            ..good
        })
        .contains("4 values for 5 basis")
    );
    assert!(
        told(Recipe {
            mixtures: &[
                fits,
                Mixture {
                    mean: Some(&[0.0]),
                    ..fits
                }
            ],
            ..good
        })
        .contains("1 values")
    );
}
