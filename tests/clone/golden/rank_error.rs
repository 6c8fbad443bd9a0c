//! What rank buys: how the page looks, and that its texts keep apart.

use nmf_images::render::{RankError, Theme, rank_error};

use crate::data::titles;
use crate::look::{assert_keeps_apart, assert_looks_like};

#[test]
fn rank_error_looks_as_before() {
    let figure = rank_error(
        &RankError {
            title: "arrows: error by rank",
            caption: "NMF is not below the black curve.",
            bound: &[1.0, 0.6, 0.42, 0.3, 0.24, 0.19, 0.15, 0.12, 0.105],
            pca: &[0.6, 0.45, 0.31, 0.25, 0.2, 0.16, 0.13, 0.11, 0.1],
            nmf: (4, 0.26),
            others: &[(6, 0.2), (2, 0.44)],
        },
        Theme::Light,
    );
    assert_looks_like(&figure.expect("drawn"), "rank-error.png");
}

#[test]
fn names_keep_apart_whatever_the_ranks_and_errors() {
    let falling = |ranks: usize, last: f64| -> Vec<f64> {
        (0..=ranks)
            .map(|rank| last + 0.5 / (1.0 + rank as f64) - 0.5 / (1.0 + ranks as f64))
            .collect()
    };
    let curves = [
        vec![],
        vec![0.0],
        vec![0.0; 9],
        vec![f64::NAN; 3],
        vec![1e-9, 1e-12, 0.0],
        falling(1, 0.3),
        falling(16, 0.0),
        falling(200, 0.02),
        falling(1000, 1e-6),
    ];
    let others = [
        vec![],
        vec![(1, 0.5), (300, 0.01)],
        vec![(0, f64::INFINITY), (5, 0.0), (5, 0.3)],
    ];
    for (index, pca) in curves.iter().enumerate() {
        for rank in [1, 2, 4, 16, 150, 190, 200, 1000] {
            for error in [0.0, 1e-7, 0.021, 0.3, 0.9, 7.0, f64::NAN] {
                for others in &others {
                    let title = &titles()[(rank + index) % 5];
                    let data = RankError {
                        title,
                        caption: &titles()[rank % 5],
                        bound: pca,
                        pca,
                        nmf: (rank, error),
                        others,
                    };
                    let figure = rank_error(&data, Theme::Dark).expect("drawn");
                    assert_keeps_apart(
                        &figure,
                        &format!("curve {index}, rank {rank}, error {error}, {others:?}"),
                    );
                }
            }
        }
    }
}
