//! Images made of known parts, and whether they are found.

use ndarray::{Array2, ArrayView1, s};
use nmf_images::images::{LoadOptions, load};
use nmf_images::nmf::{Hals, Overlap, Penalties};
use nmf_images::{ImageSet, Nmf, NmfModel, Partness, Shape, Solver};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// The setting that the README names for finding parts.
const TAPER: Overlap = Overlap { from: 0.07, to: 0.0 };

fn fit(images: &ImageSet, rank: usize, overlap: Overlap, seed: u64) -> NmfModel {
    let penalties = Penalties { overlap, ..Penalties::default() };
    Nmf::new(rank).solver(Solver::Hals(Hals { penalties, ..Hals::default() })).seed(seed).fit(images).unwrap()
}

/// How many of the parts some part of the model is like, with a cosine of .95 or more. No two of the true parts are so
/// alike that one part of the model could stand for both.
fn found(parts: &Array2<u8>, model: &NmfModel) -> usize {
    let cosine = |a: ArrayView1<f32>, b: ArrayView1<f32>| a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt();
    let parts = parts.mapv(f32::from);
    let is_found =
        |part: &ArrayView1<f32>| model.basis.rows().rows().into_iter().any(|learned| cosine(learned, *part) >= 0.95);
    parts.rows().into_iter().filter(is_found).count()
}

/// A torso and four limbs, each in one of four positions: 17 parts of which no two share a pixel, and all 256 poses.
///
/// D. Donoho, V. Stodden, *When does non-negative matrix factorization give a correct decomposition into parts?*, 2003.
fn swimmer(shape: Shape, torso: Shape, limb: usize, thickness: usize) -> (ImageSet, Array2<u8>) {
    let mut parts = Array2::zeros((17, shape.pixels()));
    let (left, top) = ((shape.width - torso.width) / 2, (shape.height - torso.height) / 2);
    let mut light = |part: usize, (x, y): (usize, usize), size: Shape| {
        let picture = parts.row_mut(part).into_shape_with_order((shape.height, shape.width));
        picture.unwrap().slice_mut(s![y..y + size.height, x..x + size.width]).fill(255);
    };
    light(0, (left, top), torso);
    let joints = [(false, false), (true, false), (false, true), (true, true)];
    let ways = [(0, 1), (1, 1), (1, 0), (1, -1)];
    for (part, (joint, way)) in joints.iter().flat_map(|joint| ways.map(|way| (joint, way))).enumerate() {
        for step in 1..=limb {
            let place = |far: bool, start: usize, length: usize, way: isize| {
                let outwards = if far { way } else { -way } * (step * thickness).cast_signed();
                (if far { start + length - thickness } else { start }).saturating_add_signed(outwards)
            };
            let corner = (place(joint.0, left, torso.width, way.0), place(joint.1, top, torso.height, way.1));
            light(1 + part, corner, Shape::new(thickness, thickness));
        }
    }
    let limbs =
        |pose: usize, pixel: usize| (0..4).map(|l| parts[[1 + 4 * l + (pose >> (2 * l)) % 4, pixel]]).sum::<u8>();
    let x = Array2::from_shape_fn((256, shape.pixels()), |(pose, pixel)| parts[[0, pixel]] + limbs(pose, pixel));
    (ImageSet::from_u8(shape, x).unwrap(), parts)
}

/// 500 images of 8x8, each the sum of some of 8 rows and 8 columns.
///
/// P. Földiák, *Forming sparse representations by local anti-Hebbian learning*, 1990.
fn bars() -> (ImageSet, Array2<u8>) {
    let parts = Array2::from_shape_fn((16, 64), |(part, pixel)| {
        u8::from(if part < 8 { pixel / 8 == part } else { pixel % 8 == part - 8 })
    });
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let lit = Array2::from_shape_simple_fn((500, 16), || u8::from(rng.random::<f64>() < 0.125));
    (ImageSet::from_u8(Shape::new(8, 8), lit.dot(&parts) * 127).unwrap(), parts)
}

#[test]
fn the_taper_finds_the_swimmers_parts_whatever_its_build() {
    let builds = [
        (Shape::new(32, 32), Shape::new(12, 2), 5, 1),
        (Shape::new(24, 24), Shape::new(10, 3), 3, 1),
        (Shape::new(24, 24), Shape::new(12, 4), 2, 2),
        (Shape::new(40, 32), Shape::new(16, 4), 3, 2),
    ];
    for (shape, torso, limb, thickness) in builds {
        let (images, parts) = swimmer(shape, torso, limb, thickness);
        assert!(parts.map(|&v| u16::from(v)).sum_axis(ndarray::Axis(0)).iter().all(|&v| v <= 255), "parts meet");
        for seed in 0..3 {
            let model = fit(&images, 17, TAPER, seed);
            assert_eq!(found(&parts, &model), 17, "{shape}, seed {seed}");
            assert!(model.relative_error < 1e-5, "{shape}, seed {seed}: {}", model.relative_error);
        }
    }
}

#[test]
fn without_it_the_torso_stays_in_the_limbs() {
    let (images, parts) = swimmer(Shape::new(32, 32), Shape::new(12, 2), 5, 1);
    for seed in 0..3 {
        assert!(found(&parts, &fit(&images, 17, Overlap::default(), seed)) < 17, "seed {seed}");
    }
}

#[test]
fn the_taper_finds_all_bars_from_nearly_every_start() {
    let (images, parts) = bars();
    let whole = (0..10).filter(|&seed| found(&parts, &fit(&images, 16, TAPER, seed)) == 16).count();
    assert!(whole >= 9, "from {whole} of 10 starts");
}

#[test]
fn a_constant_penalty_leaves_no_ghosts_and_no_dead_part() {
    let faces = load("assets/faces".as_ref(), &LoadOptions { limit: Some(100), ..LoadOptions::default() }).unwrap();
    let (ghosts, parts) = (fit(&faces, 12, Overlap::default(), 0), fit(&faces, 12, Overlap::constant(0.02), 0));
    let overlap = |model: &NmfModel| Partness::of(&model.basis, &model.weights, None).overlap;
    assert!(overlap(&ghosts) > 0.2 && overlap(&parts) < 0.1, "{} and {}", overlap(&ghosts), overlap(&parts));
    assert!(
        parts.relative_error < 1.5 * ghosts.relative_error,
        "{} of {}",
        parts.relative_error,
        ghosts.relative_error
    );
    assert_eq!(parts.dead(), 0);
}
