//! PCA of images with unknown pixels.

use ndarray::Array2;

use nmf_images::images::Pixels;

use nmf_images::{ImageSet, Pca, PcaModel, with_threads};

use crate::common::{Noise, set};

use crate::unknown_pixels_twin::{self as twin, Matrix};

use crate::holes::{hide, holes, misses, wide};

fn rebuilt_by_pca(model: &PcaModel) -> Matrix {
    wide(&model.weights).dot(&wide(&model.basis.rows().to_owned())) + &model.mean.mapv(f64::from)
}

#[test]
fn eigenimages_agree_with_a_plain_twin() {
    for (images, pixels, share) in [(70, 40, 0.2), (40, 70, 0.3)] {
        let mut noise = Noise::new(61);
        let (w, h) = (noise.matrix(images, 4), noise.matrix(4, pixels));
        let x = w.dot(&h) + noise.matrix(images, pixels).mapv(|v| 0.3 * v);
        let known = holes(62, (images, pixels), share);
        let model = Pca::new(3).fit(&hide(set(x.clone()), &known)).unwrap();
        let expected = twin::filled_pca((&wide(&x), &known), 3, 300);
        let (seen, hidden) = misses(&x, &known, &expected);
        let (found_seen, found_hidden) = misses(&x, &known, &rebuilt_by_pca(&model));
        assert!(
            (found_seen / seen - 1.0).abs() < 1e-3,
            "{found_seen} for {seen}"
        );
        assert!(
            (found_hidden / hidden - 1.0).abs() < 1e-2,
            "{found_hidden} for {hidden} hidden"
        );
        let norm = (&known * &wide(&x).mapv(|v| v * v)).sum().sqrt();
        let error = found_seen * known.sum().sqrt() / norm;
        assert!(
            (model.relative_error - error).abs() < 1e-6,
            "{} for {error}",
            model.relative_error
        );
        let rows = wide(&model.basis.rows().to_owned());
        for ((a, b), value) in rows.dot(&rows.t()).indexed_iter() {
            assert!(
                (value - f64::from(u8::from(a == b))).abs() < 1e-5,
                "{a}, {b}: {value}"
            );
        }
        assert!(model.errors.windows(2).all(|pair| pair[1] < pair[0]) && model.errors.len() == 4);
        assert!(
            model
                .explained_variance_ratio
                .windows(2)
                .all(|pair| pair[1] < pair[0])
        );
    }
}

#[test]
fn eigenimages_of_what_is_wholly_unknown_are_zero_and_any_number_of_threads_gives_the_same_bits() {
    let x = Noise::new(63).matrix(70, 45);
    let mut known = holes(64, (70, 45), 0.2);
    known.row_mut(7).fill(0.0);
    known.column_mut(3).fill(0.0);
    let fit = |threads, hidden: f32| {
        let mut pixels = x.clone();
        pixels.zip_mut_with(&known, |pixel, &known| {
            *pixel = if known > 0.0 { *pixel } else { hidden }
        });
        let images = ImageSet {
            pixels: Pixels::F32(pixels),
            ..hide(set(x.clone()), &known)
        };
        with_threads(Some(threads), || Pca::new(5).fit(&images).unwrap())
    };
    let bits = |model: &PcaModel| {
        let rows = model.basis.rows();
        model
            .weights
            .iter()
            .chain(&rows)
            .chain(&model.mean)
            .map(|v| v.to_bits())
            .collect::<Vec<_>>()
    };
    let one = fit(1, 0.5);
    assert!(
        one.weights.row(7).iter().all(|&v| v == 0.0),
        "an image of which nothing is known is the mean image"
    );
    assert!(one.basis.rows().column(3).iter().all(|&v| v == 0.0) && one.mean[3] == 0.0);
    for (threads, hidden) in [(4, 0.5), (4, f32::NAN), (3, -1e9)] {
        assert!(
            bits(&fit(threads, hidden)) == bits(&one),
            "{threads} threads, {hidden}"
        );
    }
}

#[test]
fn more_eigenimages_than_the_known_pixels_vary_in_are_empty() {
    let x = Array2::from_shape_fn((8, 6), |(i, j)| {
        (i + 1) as f32 * [0.2, 0.5, 0.1, 0.9, 0.3, 0.4][j]
    });
    let model = Pca::new(3)
        .fit(&hide(set(x.clone()), &holes(65, (8, 6), 0.2)))
        .unwrap();
    assert!(
        model.relative_error < 1e-3 && model.weights.iter().all(|v| v.is_finite()),
        "{}",
        model.relative_error
    );
}
