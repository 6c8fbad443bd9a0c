//! Vector quantisation against a plain version of Lloyd's algorithm and scikit-learn; the same bits however it runs.

use std::ops::ControlFlow;

use ndarray::{Array2, Axis, arr2};

use nmf_images::error::StartError;
use nmf_images::images::Mask;
use nmf_images::{Error, ImageSet, Images, Shape, Vq, VqModel, with_threads};

use crate::common::{Figures, Noise, set};
use crate::distributed::shared;
use crate::on_disk::on_disk;
use crate::shards::{bytes, drawn, floats};

/// Lloyd's algorithm in f64 until no assignment changes, over the known pixels.
fn plain(x: &Array2<f32>, known: impl Fn(usize, usize) -> bool, start: &Array2<f32>) -> Plain {
    let (x, mut prototypes) = (x.mapv(f64::from), start.mapv(f64::from));
    let distance = |prototypes: &Array2<f64>, image: usize, j: usize| -> f64 {
        let pixels = (0..x.ncols()).filter(|&pixel| known(image, pixel));
        pixels
            .map(|pixel| (x[[image, pixel]] - prototypes[[j, pixel]]).powi(2))
            .sum()
    };
    let mut assignments = Vec::new();
    loop {
        let mut next = Vec::new();
        for image in 0..x.nrows() {
            let mut best = 0;
            for j in 1..prototypes.nrows() {
                if distance(&prototypes, image, j) < distance(&prototypes, image, best) {
                    best = j;
                }
            }
            next.push(best as u32);
        }
        if next == assignments {
            let inertia = (0..x.nrows())
                .map(|image| distance(&prototypes, image, assignments[image] as usize))
                .sum();
            return Plain {
                prototypes,
                assignments,
                inertia,
            };
        }
        assignments = next;
        for ((j, pixel), mean) in prototypes.indexed_iter_mut() {
            let own: Vec<f64> = (0..x.nrows())
                .filter(|&image| assignments[image] as usize == j && known(image, pixel))
                .map(|image| x[[image, pixel]])
                .collect();
            if !own.is_empty() {
                *mean = own.iter().sum::<f64>() / own.len() as f64;
            }
        }
    }
}

struct Plain {
    prototypes: Array2<f64>,
    assignments: Vec<u32>,
    inertia: f64,
}

/// Images around a few others.
fn grouped(groups: usize, images: usize, pixels: usize) -> Array2<f32> {
    let mut noise = Noise::new(31);
    let centres = noise.matrix(groups, pixels);
    let grain = noise.matrix(images, pixels);
    Array2::from_shape_fn((images, pixels), |(image, pixel)| {
        centres[[image * 7 % groups, pixel]] + 0.5 * grain[[image, pixel]]
    })
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-5 * b.abs().max(1e-3)
}

fn agrees(model: &VqModel, plain: &Plain) {
    assert_eq!(model.assignments, plain.assignments);
    assert!(
        close(model.inertia, plain.inertia),
        "{} for {}",
        model.inertia,
        plain.inertia
    );
    for (&found, &expected) in model.prototypes.rows().iter().zip(&plain.prototypes) {
        assert!(close(found.into(), expected), "{found} for {expected}");
    }
}

/// Everything but the time.
fn bits(model: &VqModel) -> impl PartialEq + std::fmt::Debug + use<> {
    let errors: Vec<u64> = model.errors.iter().map(|error| error.to_bits()).collect();
    (
        model.prototypes.clone(),
        model.assignments.clone(),
        errors,
        (model.relative_error.to_bits(), model.inertia.to_bits()),
        (model.iterations, model.converged, model.sizes.clone()),
    )
}

#[test]
fn prototypes_agree_with_plain_f64() {
    let x = grouped(5, 150, 70);
    let start = x.select(Axis(0), &[3, 40, 41, 80, 149]);
    let expected = plain(&x, |_, _| true, &start);
    let vq = Vq::new(5).tolerance(0.0).start(start);
    let model = vq.fit(&set(x)).unwrap();
    agrees(&model, &expected);
    assert!(model.converged && model.iterations > 2);
    let bytes = Noise::new(5).bytes(200, 33).mapv(|v| v / 2);
    let x = bytes.mapv(|v| f32::from(v) / 255.0);
    let start = x.select(Axis(0), &[0, 1, 100]);
    let expected = plain(&x, |_, _| true, &start);
    let images = ImageSet::from_u8(Shape::new(3, 11), bytes).unwrap();
    let vq = Vq::new(3).tolerance(0.0).start(start);
    agrees(&vq.fit(&images).unwrap(), &expected);
}

/// Such as temperatures in kelvin, or raw counts of a camera: products of images themselves would cancel all digits.
#[test]
fn prototypes_agree_where_the_contrast_is_small_beside_the_mean() {
    let x = grouped(5, 150, 70).mapv(|value| 300.0 + 0.05 * value);
    let start = x.select(Axis(0), &[3, 40, 41, 80, 149]);
    let expected = plain(&x, |_, _| true, &start);
    let images = set(x);
    let given = Vq::new(5).tolerance(0.0).start(start);
    let model = given.fit(&images).unwrap();
    assert_eq!(model.assignments, expected.assignments);
    assert!((model.inertia / expected.inertia - 1.0).abs() < 1e-3);
    // The five groups are found from a start of its own too.
    let drawn = Vq::new(5).fit(&images).unwrap();
    assert!(drawn.converged && drawn.inertia < 1.5 * expected.inertia);
}

#[test]
fn the_objective_is_that_of_scikit_learn_from_the_same_centres() {
    let figures = Figures::read();
    let x = figures.x();
    for expected in &figures.kmeans {
        let start = x.select(Axis(0), &expected.centres);
        let model = Vq::new(expected.centres.len())
            .tolerance(expected.tolerance)
            .start(start)
            .fit(&set(x.clone()))
            .unwrap();
        assert!(
            (model.inertia / expected.inertia - 1.0).abs() < 1e-6,
            "{} for {}",
            model.inertia,
            expected.inertia
        );
        assert_eq!(model.iterations, expected.iterations);
        assert_eq!(model.assignments, expected.labels);
        let found = model.prototypes.rows();
        for (&found, &expected) in found.iter().zip(&expected.prototypes) {
            assert!(close(found.into(), expected), "{found} for {expected}");
        }
    }
}

#[test]
fn unknown_pixels_are_neither_compared_nor_averaged() {
    let x = grouped(4, 130, 50);
    let known = |image: usize, pixel: usize| {
        image != 9 && !(image * 31 + pixel * 17).is_multiple_of(4) && pixel != 49
    };
    let start = x.select(Axis(0), &[0, 1, 2, 3]);
    let mut hidden = x.clone();
    for ((image, pixel), value) in hidden.indexed_iter_mut() {
        if !known(image, pixel) {
            *value = 1e6;
        }
    }
    let images = ImageSet {
        mask: Mask::new(130, 50, known),
        ..set(hidden)
    };
    let vq = Vq::new(4).tolerance(0.0).start(start.clone());
    let model = vq.fit(&images).unwrap();
    agrees(&model, &plain(&x, known, &start));
    assert!(model.errors[9].is_nan() && model.assignments[9] == 0);
    let drawn = Vq::new(4).fit(&images).unwrap();
    assert!(drawn.prototypes.rows().iter().all(|&value| value < 2.0));
}

#[test]
fn errors_and_sizes_are_those_of_the_assignments() {
    let x = grouped(3, 100, 20);
    let model = Vq::new(6).seed(4).fit(&set(x.clone())).unwrap();
    let (mut left, mut all) = (0.0, 0.0);
    for (image, row) in x.rows().into_iter().enumerate() {
        let prototype = model.prototypes.row(model.assignments[image] as usize);
        let square = |v: &f32| f64::from(*v).powi(2);
        let own: f64 = (&row - &prototype).iter().map(square).sum();
        let whole: f64 = row.iter().map(square).sum();
        assert!(close(model.errors[image], (own / whole).sqrt()));
        left += own;
        all += whole;
    }
    assert!(close(model.inertia, left) && close(model.relative_error, (left / all).sqrt()));
    for (index, &size) in (0..).zip(&model.sizes) {
        let own = model.assignments.iter().filter(|&&other| other == index);
        assert_eq!(own.count(), size);
    }
}

#[test]
fn starts_are_far_from_one_another_and_follow_from_the_seed() {
    // Six tight groups: images drawn uniformly are of six different groups in one of sixty draws.
    let mut x = grouped(6, 120, 30);
    let grain = Noise::new(2).matrix(120, 30);
    for (image, mut row) in x.rows_mut().into_iter().enumerate() {
        row.fill(0.0);
        row[image % 6 * 5] = 1.0;
        row += &(0.01 * &grain.row(image));
    }
    let images = set(x);
    for seed in 0..12 {
        let fit = || {
            Vq::new(6)
                .seed(seed)
                .max_iterations(0)
                .fit(&images)
                .unwrap()
        };
        let start = fit();
        assert_eq!(start.sizes, [20; 6], "seed {seed}");
        assert_eq!(bits(&start), bits(&fit()));
    }
    let prototypes = |seed| Vq::new(2).seed(seed).max_iterations(0).fit(&images);
    assert!(prototypes(1).unwrap().prototypes != prototypes(2).unwrap().prototypes);
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    for images in [bytes(700, 9), floats(700, 9)] {
        let fit = |threads| with_threads(Some(threads), || Vq::new(7).fit(&images).unwrap());
        let alone = bits(&fit(1));
        assert_eq!(bits(&fit(2)), alone);
        assert_eq!(bits(&fit(5)), alone);
    }
}

#[test]
fn images_on_disk_give_the_bits_of_those_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let values = drawn(700, 9);
    let stored = on_disk(folder.path(), "bytes.npy", &values);
    let shape = stored.shape();
    let fit = |images: &ImageSet| bits(&Vq::new(7).fit(images).unwrap());
    assert_eq!(
        fit(&stored),
        fit(&ImageSet::from_u8(shape, values.clone()).unwrap())
    );
    let values = values.mapv(|v| f32::from(v) / 255.0 + 0.001);
    let stored = on_disk(folder.path(), "floats.npy", &values);
    assert_eq!(
        fit(&stored),
        fit(&ImageSet::from_f32(shape, values).unwrap())
    );
}

#[test]
fn processes_give_the_bits_of_one_wherever_images_are_cut() {
    let known = |image: usize, pixel: usize| !(image * 31 + pixel * 17).is_multiple_of(10);
    let masked = ImageSet {
        mask: Mask::new(300, 64, known),
        ..bytes(300, 8)
    };
    for images in [bytes(300, 8), floats(300, 8), masked] {
        let alone = Vq::new(6).fit(&images).unwrap();
        for cuts in [&[0, 64, 128, 300][..], &[0, 3, 3, 170, 300]] {
            let shares = shared(&images, cuts, |share| Vq::new(6).fit(share).unwrap());
            let mut joined = shares[0].clone();
            for share in &shares[1..] {
                joined.assignments.extend(&share.assignments);
                joined.errors.extend(&share.errors);
                assert_eq!(share.prototypes, joined.prototypes);
            }
            assert_eq!(bits(&joined), bits(&alone));
        }
    }
}

#[test]
fn a_prototype_without_images_takes_the_farthest_one() {
    let x = arr2(&[
        [0., 1.],
        [0., 1.2],
        [0., 1.1],
        [9., 0.],
        [9., 0.2],
        [20., 20.],
    ]);
    // The third prototype is far from all images.
    let start = arr2(&[[0., 1.], [9., 0.], [90., 90.]]);
    let model = Vq::new(3).start(start).fit(&set(x)).unwrap();
    assert_eq!(model.assignments, [0, 0, 0, 1, 1, 2]);
    assert_eq!(model.sizes, [3, 2, 1]);
}

#[test]
fn more_prototypes_than_different_images_have_no_images() {
    let x = Array2::from_shape_fn((12, 4), |(image, pixel)| ((image % 3) * 4 + pixel) as f32);
    let model = Vq::new(5).fit(&set(x)).unwrap();
    assert!(model.inertia == 0.0 && model.relative_error == 0.0 && model.converged);
    let used = model.sizes.iter().filter(|&&size| size > 0).count();
    assert_eq!((used, model.sizes.iter().sum::<usize>()), (3, 12));
    let black = Vq::new(2).fit(&set(Array2::zeros((3, 4)))).unwrap();
    assert!(black.relative_error == 0.0 && black.errors == [0.0; 3]);
}

#[test]
fn one_prototype_is_the_mean_image() {
    let x = grouped(3, 40, 10);
    let mean = x.mean_axis(Axis(0)).unwrap();
    let model = Vq::new(1).fit(&set(x)).unwrap();
    for (found, expected) in model.prototypes.row(0).iter().zip(&mean) {
        assert!(close((*found).into(), (*expected).into()));
    }
    assert_eq!((model.sizes, model.iterations), (vec![40], 2));
}

#[test]
fn a_fit_that_is_interrupted_keeps_what_it_has() {
    let images = set(grouped(8, 400, 10));
    let mut errors = Vec::new();
    let model = Vq::new(8).tolerance(0.0).fit_with(&images, |progress| {
        errors.push(progress.relative_error);
        if progress.iteration < 3 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    let model = model.unwrap();
    assert!(!model.converged && model.iterations == 3);
    assert!(errors.windows(2).all(|pair| pair[1] <= pair[0]));
    assert!(model.relative_error <= errors[2]);
    assert_eq!(model.sizes.iter().sum::<usize>(), images.len());
}

#[test]
fn starts_and_numbers_that_do_not_fit_are_refused() {
    let images = set(grouped(2, 5, 3));
    for prototypes in [0, 6] {
        let found = Vq::new(prototypes).fit(&images);
        assert!(matches!(found, Err(Error::Prototypes { images: 5, .. })));
    }
    let wrong = Vq::new(2).start(Array2::zeros((2, 4))).fit(&images);
    assert!(matches!(wrong, Err(Error::Start(StartError::Shape { .. }))));
    let negative = Vq::new(2)
        .start(Array2::from_elem((2, 3), -1.0))
        .fit(&images);
    assert!(matches!(
        negative,
        Err(Error::Start(StartError::Value { .. }))
    ));
}
