//! Images made of known parts: the parts are found.

use nmf_images::images::synthetic::{Bars, Swimmer, Synthetic};
use nmf_images::images::{LoadOptions, load};
use nmf_images::nmf::{Hals, Overlap, Penalties};
use nmf_images::recovery::match_parts;
use nmf_images::{ImageSet, Nmf, NmfModel, Partness, Shape, Solver};

/// The setting that the README names for finding parts.
const TAPER: Overlap = Overlap {
    from: 0.07,
    to: 0.0,
};

fn fit(images: &ImageSet, rank: usize, overlap: Overlap, seed: u64) -> NmfModel {
    let penalties = Penalties {
        overlap,
        ..Penalties::default()
    };
    Nmf::new(rank)
        .solver(Solver::Hals(Hals {
            penalties,
            ..Hals::default()
        }))
        .seed(seed)
        .fit(images)
        .unwrap()
}

/// How many of the true parts each have a part of the model of their own.
fn found(truth: &Synthetic, model: &NmfModel) -> usize {
    match_parts(&model.basis, &truth.parts).found()
}

/// From how many of ten starts all parts are found.
fn whole(truth: &Synthetic) -> usize {
    let rank = truth.parts.rank();
    (0..10)
        .filter(|&seed| found(truth, &fit(&truth.images, rank, TAPER, seed)) == rank)
        .count()
}

#[test]
fn the_taper_finds_the_swimmers_parts_whatever_its_build() {
    let builds = [
        Swimmer::default(),
        Swimmer {
            shape: Shape::new(24, 24),
            torso: Shape::new(10, 3),
            limb: 3,
            thickness: 1,
        },
        Swimmer {
            shape: Shape::new(24, 24),
            torso: Shape::new(12, 4),
            limb: 2,
            thickness: 2,
        },
        Swimmer {
            shape: Shape::new(40, 32),
            torso: Shape::new(16, 4),
            limb: 3,
            thickness: 2,
        },
    ];
    for build in builds {
        let swimmer = build.draw().unwrap();
        for seed in 0..3 {
            let model = fit(&swimmer.images, 17, TAPER, seed);
            assert_eq!(found(&swimmer, &model), 17, "{build:?}, seed {seed}");
            assert!(
                model.relative_error < 1e-5,
                "{build:?}, seed {seed}: {}",
                model.relative_error
            );
        }
    }
}

#[test]
fn the_taper_finds_the_swimmers_parts_from_nearly_every_start() {
    let whole = whole(&Swimmer::default().draw().unwrap());
    assert!(whole >= 9, "from {whole} of 10 starts");
}

#[test]
fn without_it_the_torso_stays_in_the_limbs() {
    let swimmer = Swimmer::default().draw().unwrap();
    for seed in 0..3 {
        assert!(
            found(
                &swimmer,
                &fit(&swimmer.images, 17, Overlap::default(), seed)
            ) < 17,
            "seed {seed}"
        );
    }
}

#[test]
fn the_taper_finds_all_bars_from_nearly_every_start() {
    let whole = whole(&Bars::default().draw().unwrap());
    assert!(whole >= 9, "from {whole} of 10 starts");
}

#[test]
fn a_constant_penalty_leaves_no_ghosts_and_no_dead_part() {
    let faces = load(
        "assets/faces".as_ref(),
        &LoadOptions {
            limit: Some(100),
            ..LoadOptions::default()
        },
    )
    .unwrap();
    let (ghosts, parts) = (
        fit(&faces, 12, Overlap::default(), 0),
        fit(&faces, 12, Overlap::constant(0.02), 0),
    );
    let overlap = |model: &NmfModel| Partness::of(&model.basis, &model.weights, None).overlap;
    assert!(
        overlap(&ghosts) > 0.2 && overlap(&parts) < 0.1,
        "{} and {}",
        overlap(&ghosts),
        overlap(&parts)
    );
    assert!(
        parts.relative_error < 1.5 * ghosts.relative_error,
        "{} of {}",
        parts.relative_error,
        ghosts.relative_error
    );
    assert_eq!(parts.dead(), 0);
}
