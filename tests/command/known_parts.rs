//! Synthetic images and `--truth`: known parts and features are found.

use std::collections::BTreeSet;

use ndarray::Array2;

use nmf_images::images::{LoadOptions, load};

use predicates::str::{contains, is_empty};

use crate::command::{Desk, HEIGHT, WIDTH, pgm};

use crate::results::{FILES, report, report_of};

#[test]
fn the_known_parts_of_bars_are_all_found() {
    let desk = Desk::empty();
    let run = desk
        .command("synth bars --out bars --size 4x3 --images 200")
        .assert()
        .success()
        .stderr(is_empty());
    run.stdout(
        "wrote 200 images of 4x3 and truth.npy (7 parts) to bars; now: nmf-images ./bars -k 7 --truth ./bars/truth.npy\n",
    );
    assert_eq!(
        (desk.files("bars")[0].as_str(), desk.files("bars").len()),
        ("000.png", 201)
    );
    let run = desk
        .command("bars -k 7 --truth bars/truth.npy")
        .assert()
        .success();
    run.stdout(contains("\n  truth: 7 of 7 parts found (PCA "));
    let truth = report(&desk, "output")["truth"].take();
    assert_eq!(
        (&truth["file"], &truth["kind"]),
        (&"bars/truth.npy".into(), &"parts".into())
    );
    assert_eq!(
        (&truth["known"], &truth["found"], &truth["threshold"]),
        (&7.into(), &7.into(), &0.95.into())
    );
    assert!(truth["pca_found"].as_u64().unwrap() < 7);
    let matches = truth["matches"].as_array().unwrap();
    let parts: BTreeSet<u64> = matches
        .iter()
        .map(|found| found["part"].as_u64().unwrap())
        .collect();
    assert_eq!(parts, (0..7).collect());
    assert!(
        matches
            .iter()
            .all(|found| found["score"].as_f64().unwrap() > 0.99 && found["name"].is_null())
    );
    assert!(
        desk.files("output")
            .iter()
            .all(|name| FILES.contains(&name.as_str()))
    );
}

#[test]
fn what_is_to_be_typed_next_can_be_typed() {
    let desk = Desk::empty();
    let next = |said: &str| contains(format!("; now: {said}\n"));
    let compare = desk
        .command("synth bars --size 3x3 --images 9 --out compare")
        .assert()
        .success();
    compare.stdout(next(
        "nmf-images ./compare -k 6 --truth ./compare/truth.npy",
    ));
    let mut spaced = desk.command("synth bars --size 3x3 --images 9");
    spaced
        .args(["--out", "two words"])
        .assert()
        .success()
        .stdout(next(
            "nmf-images './two words' -k 6 --truth './two words/truth.npy'",
        ));
    let few = desk
        .command("synth bars --size 3x3 --images 2 --out few")
        .assert()
        .success();
    few.stdout("wrote 2 images of 3x3 and truth.npy (6 parts) to few\n");
}

#[test]
fn every_pose_of_the_swimmer_is_written_and_adds_up_from_the_truth() {
    let desk = Desk::empty();
    let geometry = "--size 20x26 --torso 3x10 --limb 4";
    desk.command(&format!("synth swimmer {geometry} --out deep/swimmer"))
        .assert()
        .success();
    let images = load(&desk.path("deep/swimmer"), &LoadOptions::default()).unwrap();
    assert_eq!(
        (
            images.names.len(),
            images.names[7].as_str(),
            images.passed_over
        ),
        (256, "007.png", 1)
    );
    let truth: ndarray::Array3<f32> =
        ndarray_npy::read_npy(desk.path("deep/swimmer/truth.npy")).unwrap();
    assert_eq!(truth.dim(), (17, 26, 20));
    // Each limb is in each of its positions in a quarter of the images, the torso in all.
    let mean = images.to_f32().mean_axis(ndarray::Axis(0)).unwrap();
    let expected =
        (&truth.sum_axis(ndarray::Axis(0)) + &truth.index_axis(ndarray::Axis(0), 0) * 3.0) / 4.0;
    assert!(
        mean.iter()
            .zip(&expected)
            .all(|(mean, expected)| (mean - expected).abs() < 1e-6)
    );

    let score = |rank: usize| {
        let options = "--truth deep/swimmer/truth.npy --max-iter 5";
        report_of(&desk, &format!("deep/swimmer -k {rank} {options}"))["truth"].take()
    };
    let few = score(3);
    let matched = few["matches"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|found| found["part"].is_u64())
        .count();
    assert_eq!((few["known"].as_u64(), matched), (Some(17), 3));
    assert!(
        few["matches"]
            .as_array()
            .unwrap()
            .iter()
            .all(|found| found["part"].is_u64() || found["score"] == 0.0)
    );
    assert_eq!(score(20)["matches"].as_array().unwrap().len(), 17);
}

#[test]
fn the_truth_can_be_rows_of_pixels_and_shows_above_the_parts() {
    let desk = Desk::with_pictures();
    let third = |part: usize, pixel: usize| u8::from(3 * (pixel % WIDTH) / WIDTH == part);
    desk.write_npy(
        "truth.npy",
        &Array2::from_shape_fn((3, WIDTH * HEIGHT), |(part, pixel)| third(part, pixel)),
    );
    let picture = |options: &str| {
        let truth = report_of(&desk, &format!("pictures -k 3 {options}"))["truth"].take();
        (
            truth["found"].as_u64(),
            image::open(desk.path("output/parts.png")).unwrap(),
        )
    };
    let (without, with) = (picture(""), picture("--truth truth.npy"));
    assert_eq!((without.0, with.0), (None, Some(3)));
    assert_ne!(without.1, with.1);
}

#[test]
fn features_are_found_by_the_weights_of_their_images() {
    let desk = Desk::empty();
    let mut table = "image,left,right\n".to_owned();
    for image in 0..40_u8 {
        // Light on the left is one of two kinds, light on the right there or not.
        let (left, right) = (image % 2, image % 3 % 2);
        let pixels = [200 * left, 200 - 200 * left, 200 * right];
        desk.write(&format!("pictures/{image}.pgm"), pgm(3, 1, &pixels));
        table = format!(
            "{table}{image}.pgm,{},{right}\n",
            ["lower", "upper"][usize::from(left)]
        );
    }
    desk.write("features.csv", table + "elsewhere.pgm,other,1\n");
    let run = desk
        .command("pictures -k 3 --truth features.csv")
        .assert()
        .success();
    run.stdout(contains("\n  truth: 3 of 3 features found (PCA "));
    let truth = report(&desk, "output")["truth"].take();
    let names: Vec<&str> = truth["matches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["lower", "upper", "right"]);
    assert_eq!(
        (&truth["kind"], &truth["threshold"]),
        (&"features".into(), &0.8.into())
    );
}
