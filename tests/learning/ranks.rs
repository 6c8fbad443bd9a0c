//! Choosing the rank: planted ranks are found, and the scores of each rank are correct.

use std::ops::ControlFlow;

use ndarray::Array2;
use nmf_images::images::{LoadOptions, Mask, Pixels, load};
use nmf_images::rank::{RankModel, RankScores};
use nmf_images::{Error, ImageSet, Nmf, Pca, RankSearch, Shape, with_threads};

use crate::planted::planted;

/// What is the same at every run.
fn figures(model: &RankModel) -> Vec<RankScores> {
    model
        .ranks
        .iter()
        .map(|scores| RankScores {
            seconds: 0.0,
            ..*scores
        })
        .collect()
}

fn least(model: &RankModel) -> usize {
    let known = model
        .ranks
        .iter()
        .filter(|scores| scores.held_out_error.is_some());
    known
        .min_by(|a, b| a.held_out_error.partial_cmp(&b.held_out_error).unwrap())
        .unwrap()
        .rank
}

#[test]
fn planted_ranks_are_chosen() {
    for (rank, tried, seeds) in [(4, 2..=7, 0..3), (10, 8..=12, 3..5), (20, 19..=21, 5..6)] {
        for seed in seeds {
            let images = planted(seed, (300, 900), rank, 0.05);
            let found = RankSearch::new(tried.clone())
                .restarts(1)
                .pca(false)
                .fit(&images)
                .unwrap();
            assert_eq!(
                found.choice.choice, rank,
                "seed {seed}: {}",
                found.choice.reason
            );
        }
    }
}

#[test]
fn the_held_out_error_of_a_small_table_is_least_at_its_rank() {
    // With less noise, the error of more parts is the least one by chance.
    for seed in 0..8 {
        let found = small_table(seed, 0.15);
        assert_eq!(
            (least(&found), found.choice.choice),
            (4, 4),
            "seed {seed}: {:?}",
            found.ranks
        );
    }
    for seed in 0..8 {
        let found = small_table(seed, 0.05);
        assert_eq!(found.choice.choice, 4, "seed {seed}: {:?}", found.ranks);
    }
}

/// A search in 60 images of 100 pixels, of 4 parts and some noise.
fn small_table(seed: u64, noise: f64) -> RankModel {
    RankSearch::new(1..=10)
        .restarts(1)
        .pca(false)
        .fit(&planted(seed, (60, 100), 4, noise))
        .unwrap()
}

#[test]
fn pixels_that_are_unknown_from_the_outset_count_for_nothing() {
    let mut images = planted(1, (60, 100), 4, 0.05);
    let known = |image: usize, pixel: usize| !(7 * image + 3 * pixel).is_multiple_of(10);
    images.mask = Mask::new(60, 100, known);
    let fit = |images: &ImageSet| RankSearch::new(2..=7).restarts(2).fit(images).unwrap();
    let found = fit(&images);
    assert_eq!(
        (least(&found), found.choice.choice),
        (4, 4),
        "{:?}",
        found.ranks
    );
    let Pixels::F32(values) = &mut images.pixels else {
        panic!("floats")
    };
    values
        .indexed_iter_mut()
        .filter(|((i, j), _)| !known(*i, *j))
        .for_each(|(_, value)| *value = 0.7);
    assert_eq!(
        figures(&fit(&images)),
        figures(&found),
        "whatever they hold"
    );
}

#[test]
fn starts_agree_up_to_the_planted_rank_and_not_beyond() {
    let found = RankSearch::new([4, 9])
        .fit(&planted(2, (300, 900), 4, 0.05))
        .unwrap();
    let [right, over] = &found.ranks[..] else {
        panic!("two ranks")
    };
    assert!(
        right.stability.unwrap() > 0.99 && right.cophenetic.unwrap() > 0.98,
        "{right:?}"
    );
    assert!(over.stability.unwrap() < 0.95, "{over:?}");
    assert!(
        over.relative_error < right.relative_error,
        "the error of a fit falls all the same"
    );
    assert!(
        over.held_out_error > right.held_out_error.map(|error| 0.99 * error),
        "that of hidden pixels does not"
    );
}

#[test]
fn errors_are_those_of_fits_alone() {
    let images = planted(3, (40, 30), 3, 0.1);
    let found = RankSearch::new([1, 3])
        .restarts(1)
        .seed(5)
        .fit(&images)
        .unwrap();
    for scores in &found.ranks {
        let nmf = Nmf::new(scores.rank).seed(5).fit(&images).unwrap();
        assert!(
            (scores.relative_error / nmf.relative_error - 1.0).abs() < 0.01,
            "{scores:?}"
        );
        let pca = Pca::new(scores.rank).fit(&images).unwrap();
        assert!(
            (scores.pca_error.unwrap() - pca.relative_error).abs() < 1e-6,
            "{scores:?}"
        );
    }
}

#[test]
fn one_start_has_no_stability_and_few_images_no_held_out_error() {
    let images = planted(3, (12, 30), 3, 0.1);
    let found = RankSearch::new([1, 6, 7, 12])
        .restarts(1)
        .fit(&images)
        .unwrap();
    assert!(
        found
            .ranks
            .iter()
            .all(|scores| scores.stability.is_none() && scores.cophenetic.is_none())
    );
    let held_out: Vec<bool> = found
        .ranks
        .iter()
        .map(|scores| scores.held_out_error.is_some())
        .collect();
    assert_eq!(
        held_out,
        [true, true, false, false],
        "half of 12 images have no rank above 6"
    );
    let two = planted(3, (2, 3), 1, 0.1);
    let found = RankSearch::new([2]).restarts(2).fit(&two).unwrap();
    assert_eq!(found.choice.choice, 2);
    assert!(
        found.choice.reason.contains("too few images"),
        "{}",
        found.choice.reason
    );
}

#[test]
fn any_number_of_threads_and_any_company_give_the_same_bits() {
    let images = planted(1, (70, 50), 3, 0.1);
    let fit = |threads, ranks: &[usize]| {
        with_threads(Some(threads), || {
            figures(&RankSearch::new(ranks.to_vec()).fit(&images).unwrap())
        })
    };
    let all = fit(1, &[5, 2, 3, 3]);
    assert_eq!(
        all.iter().map(|scores| scores.rank).collect::<Vec<_>>(),
        [2, 3, 5],
        "in order, each once"
    );
    assert_eq!(all, fit(4, &[2, 3, 5]));
    assert_eq!(
        all[1..2],
        fit(2, &[3, 5])[..1],
        "a rank does not depend on those before it"
    );
}

#[test]
fn ranks_that_cannot_be_are_refused_before_any_work() {
    let images = planted(1, (5, 8), 2, 0.1);
    let tried = |ranks: &[usize]| RankSearch::new(ranks.to_vec()).fit(&images).unwrap_err();
    assert!(matches!(
        tried(&[2, 6]),
        Error::RankTooLarge {
            rank: 6,
            images: 5,
            pixels: 8,
            most: 5
        }
    ));
    assert!(matches!(tried(&[0, 1]), Error::RankZero));
    assert!(matches!(tried(&[]), Error::RankZero));
}

#[test]
fn what_is_ended_gives_nothing() {
    let trials = RankSearch::new([2])
        .prepare(&planted(1, (20, 30), 2, 0.1))
        .unwrap();
    assert_eq!(trials.scores(2, &|| ControlFlow::Break(())).unwrap(), None);
}

#[test]
fn many_images_and_pixels_are_sampled() {
    let wide = ImageSet::from_u8(
        Shape::new(1, 5000),
        Array2::from_shape_fn((3, 5000), |(i, j)| (i * j % 251) as u8),
    );
    assert_eq!(
        RankSearch::new([1])
            .pca(false)
            .prepare(&wide.unwrap())
            .unwrap()
            .sample(),
        (3, 4096)
    );
    let long = ImageSet::from_u8(
        Shape::new(1, 2),
        Array2::from_shape_fn((2500, 2), |(i, j)| ((i + j) % 251) as u8),
    );
    assert_eq!(
        RankSearch::new([1])
            .pca(false)
            .prepare(&long.unwrap())
            .unwrap()
            .sample(),
        (2000, 2)
    );
}

#[test]
fn black_halves_predict_nothing_and_end_nothing() {
    let mut x = Array2::<u8>::zeros((8, 9));
    x[[0, 0]] = 200;
    let found = RankSearch::new([1, 2])
        .fit(&ImageSet::from_u8(Shape::new(3, 3), x).unwrap())
        .unwrap();
    assert_eq!(
        found.ranks[0].held_out_error,
        Some(1.0),
        "the one pixel that is lit is never told by others"
    );
}

#[test]
fn digits_have_no_clear_rank_and_the_reason_names_that() {
    let digits = load("assets/digits".as_ref(), &LoadOptions::default()).unwrap();
    let found = RankSearch::new([4, 8, 16, 24])
        .restarts(1)
        .pca(false)
        .fit(&digits)
        .unwrap();
    assert!(
        found
            .choice
            .reason
            .starts_with("the held-out error still decreases at 24, the highest rank tried"),
        "{}",
        found.choice.reason
    );
    assert_eq!(found.choice.choice, 24);
}
