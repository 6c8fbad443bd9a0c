//! The vector quantisation of a run: when it is learned, and what is written of it.

use std::fs;

use nmf_images::Model;
use nmf_images::render::percent;

use crate::command::{COUNT, Desk};
use crate::results::report_of;

#[test]
fn prototypes_are_learned_if_a_picture_shows_them() {
    let desk = Desk::with_pictures();
    let without = report_of(&desk, "pictures -k 3 --only convergence");
    assert!(without.get("vq").is_none());
    assert!(Model::read(desk.path("output")).unwrap().vq.is_none());
    for picture in ["three-ways", "page"] {
        let with = report_of(&desk, &format!("pictures -k 3 --seed 4 --only {picture}"));
        assert_eq!(
            (&with["vq"]["rank"], &with["vq"]["seed"]),
            (&3.into(), &4.into())
        );
        let vq = Model::read(desk.path("output")).unwrap().vq.unwrap();
        assert_eq!((vq.prototypes.rank(), vq.assignments.len()), (3, COUNT));
        let sizes = with["vq"]["sizes"].as_array().unwrap();
        for (index, size) in (0..).zip(sizes) {
            let own = vq.assignments.iter().filter(|&&other| other == index);
            assert_eq!(own.count() as u64, size.as_u64().unwrap());
        }
    }
}

#[test]
fn three_ways_state_the_errors_of_report_and_model() {
    let desk = Desk::with_pictures();
    let report = report_of(
        &desk,
        "pictures -k 3 --only three-ways --format svg --recipe 2",
    );
    let picture = fs::read_to_string(desk.path("output/three-ways.svg")).unwrap();
    let vq = Model::read(desk.path("output")).unwrap().vq.unwrap();
    for error in [
        f64::from(vq.errors[2]),
        report["recipe"]["nmf"]["relative_error"].as_f64().unwrap(),
        report["recipe"]["pca"]["relative_error"].as_f64().unwrap(),
    ] {
        let words = format!("relative error {}", percent(error));
        assert!(picture.contains(&words), "{words}");
    }
    assert!(picture.contains("One prototype, a mean of images: the nearest of 3."));
}

#[test]
fn prototypes_of_unknown_pixels_are_those_of_the_known_ones() {
    let desk = Desk::with_pictures();
    let report = report_of(&desk, "pictures -k 3 --missing 0 --only three-ways");
    let error = report["vq"]["relative_error"].as_f64().unwrap();
    assert!(error > 0.0 && error < 1.0);
    assert!(desk.path("output/three-ways.png").exists());
}
