//! PCA against numpy and against what is known to be right.

use std::ops::ControlFlow;

use ndarray::{Array2, arr2};

use nmf_images::images::PreparedImages;
use nmf_images::metrics::relative_errors;
use nmf_images::nmf::FitProgress;
use nmf_images::{ImageSet, Nmf, Pca, Shape};

use crate::common::{Figures, Noise, set};

use crate::settings::iterations;

#[test]
fn pca_agrees_with_numpy() {
    let figures = Figures::read();
    let model = Pca::new(figures.rank).fit(&set(figures.x())).unwrap();
    assert!((model.relative_error - figures.pca.relative_error).abs() < 1e-5);
    for (found, expected) in model
        .explained_variance_ratio
        .iter()
        .zip(&figures.pca.explained_variance_ratio)
    {
        assert!((found - expected).abs() < 1e-6);
    }
    let expected = Array2::from_shape_vec(
        (figures.rank, figures.pixels),
        figures.pca.components.clone(),
    )
    .unwrap();
    for (found, expected) in model.basis.rows().rows().into_iter().zip(expected.rows()) {
        let cosine: f64 = found
            .iter()
            .zip(expected)
            .map(|(&a, b)| f64::from(a) * b)
            .sum();
        assert!((cosine.abs() - 1.0).abs() < 1e-5, "{cosine}");
    }
}

#[test]
fn pca_is_the_same_through_either_side_and_rebuilds() {
    // 20 x 50 goes through the images' side, 90 x 50 through the pixels'.
    for images in [20, 90] {
        let x = Noise::new(10).matrix(images, 50);
        let model = Pca::new(12).fit(&set(x.clone())).unwrap();
        let mut squared = 0.0;
        for image in 0..images {
            let rebuilt = model.reconstruct(image);
            squared += x
                .row(image)
                .iter()
                .zip(&rebuilt)
                .map(|(a, b)| f64::from(a - b).powi(2))
                .sum::<f64>();
        }
        let error = (squared / x.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>()).sqrt();
        assert!(
            (error - model.relative_error).abs() < 1e-5,
            "{images}: {error} against {}",
            model.relative_error
        );
        let gram = model.basis.rows().dot(&model.basis.rows().t());
        for ((a, b), value) in gram.indexed_iter() {
            assert!(
                (value - if a == b { 1.0 } else { 0.0 }).abs() < 1e-4,
                "{images}: ({a}, {b}) {value}"
            );
        }
    }
}

/// Images of bytes, of floats on disk as well; more than pixels and fewer; and some with equal pixels, whose matrix a fit of
/// parts cuts otherwise.
#[test]
fn pca_after_a_fit_to_the_same_prepared_images_has_the_same_bits() {
    for (images, pixels, equal) in [(20, 150, false), (150, 70, false), (150, 70, true)] {
        let mut values = Noise::new(11).matrix(images, pixels);
        if equal {
            let first = values.column(0).to_owned();
            values.column_mut(5).assign(&first);
        }
        let bytes = values.mapv(|value| (value * 200.0) as u8);
        let shape = Shape::new(1, pixels);
        let sets = [
            ImageSet::from_u8(shape, bytes).unwrap(),
            ImageSet::from_f32(shape, values).unwrap(),
        ];
        for set in sets {
            let prepared = PreparedImages::new(&set).unwrap();
            let go_on = &mut |_: &FitProgress| ControlFlow::Continue(());
            Nmf::new(4)
                .stop_rule(iterations(3))
                .fit_prepared(&prepared, None, go_on)
                .unwrap();
            let found = Pca::new(4).fit_prepared(&prepared).unwrap();
            let alone = Pca::new(4).fit(&set).unwrap();
            assert_eq!(found.basis, alone.basis);
            assert_eq!(found.weights, alone.weights);
            assert_eq!(found.errors, alone.errors);
            assert_eq!(found.residuals.is_some(), !equal);
            let errors = relative_errors(&set, &found.weights, &found.basis, Some(&found.mean));
            for (image, (residual, error)) in
                found.residuals.iter().flatten().zip(errors).enumerate()
            {
                let square: f64 = set
                    .image_f32(image)
                    .iter()
                    .map(|&v| f64::from(v).powi(2))
                    .sum();
                let of_residual = (residual / square).sqrt();
                assert!(
                    (of_residual - error).abs() < 1e-5,
                    "{image}: {of_residual} for {error}"
                );
            }
        }
    }
}

#[test]
fn the_errors_of_all_ranks_are_those_of_a_pca_of_each() {
    // Small: decomposed whole, so that all ranks are known. Large: only those up to its own.
    for (pixels, known) in [(50, 51), (400, 13)] {
        let mut x = Noise::new(13).matrix(500, pixels);
        // Equal variances would be decomposed whole at any size.
        for (pixel, mut values) in x.columns_mut().into_iter().enumerate() {
            values *= 0.97f32.powi(i32::try_from(pixel).unwrap());
        }
        let x = set(x);
        let model = Pca::new(12).fit(&x).unwrap();
        assert_eq!(model.errors.len(), known);
        assert_eq!(model.errors[12].to_bits(), model.relative_error.to_bits());
        assert!(model.errors.windows(2).all(|pair| pair[0] >= pair[1]));
        for rank in [1, 5, 30].into_iter().filter(|&rank| rank < known) {
            let alone = Pca::new(rank).fit(&x).unwrap().relative_error;
            assert!(
                (model.errors[rank] - alone).abs() < 1e-9,
                "{pixels}, {rank}: {} for {alone}",
                model.errors[rank]
            );
        }
        let (total, about) = x_and_mean(&x);
        assert!(
            (model.errors[0] - (about / total).sqrt()).abs() < 1e-6,
            "the mean alone"
        );
    }
}

/// The square of all pixels, and that about the mean image.
fn x_and_mean(images: &ImageSet) -> (f64, f64) {
    let rows: Vec<Vec<f32>> = (0..images.names.len())
        .map(|index| images.image_f32(index))
        .collect();
    let (mut total, mut about) = (0.0, 0.0);
    for pixel in 0..images.shape.pixels() {
        let values: Vec<f64> = rows.iter().map(|row| f64::from(row[pixel])).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        total += values.iter().map(|v| v * v).sum::<f64>();
        about += values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    }
    (total, about)
}

#[test]
fn signs_of_eigenimages_hang_on_pixels_not_on_the_order_of_images() {
    let x = Noise::new(11).matrix(30, 12);
    let reversed = x.slice(ndarray::s![..;-1, ..]).to_owned();
    let fit = |x: Array2<f32>| Pca::new(5).fit(&set(x)).unwrap();
    let (forward, backward) = (fit(x), fit(reversed));
    for (a, b) in forward.basis.rows().iter().zip(backward.basis.rows()) {
        assert!((a - b).abs() < 1e-4);
    }
    let tie = fit_tie();
    assert!(
        tie[0] > 0.0 && tie[1] < 0.0,
        "the first of equals is positive: {tie:?}"
    );
}

fn fit_tie() -> Vec<f32> {
    Pca::new(1)
        .fit(&set(arr2(&[[1., 0.], [0., 1.]])))
        .unwrap()
        .basis
        .row(0)
        .to_vec()
}

#[test]
fn directions_that_are_rounding_are_empty_and_counted() {
    let mut noise = Noise::new(12);
    let x = noise.matrix(20, 2).dot(&noise.matrix(2, 30));
    let model = Pca::new(5).fit(&set(x)).unwrap();
    assert_eq!(model.empty(), 3);
    assert!(
        model
            .weights
            .iter()
            .all(|v| v.is_finite() && v.abs() < 100.0)
    );
}

#[test]
fn long_rows_are_summed_without_losing_digits() {
    // Three bright images of a million pixels: one sum in single precision over all of them would be off by percents.
    let bytes = Noise::new(21).bytes(3, 1 << 20).mapv(|v| 200 + v % 56);
    let x = ImageSet::from_u8(Shape::new(1024, 1024), bytes).unwrap();
    let model = Nmf::new(2)
        .merge_pixels(false)
        .stop_rule(iterations(5))
        .fit(&x)
        .unwrap();
    let last = model.trace.last().unwrap().relative_error;
    assert!(
        (last - model.relative_error).abs() < 1e-4,
        "{last} in the trace, {} in truth",
        model.relative_error
    );
}

#[test]
fn eigenimages_are_orthonormal_at_low_contrast_and_empty_beyond_rounding() {
    let faint = Noise::new(24).matrix(129, 129).mapv(|v| 0.5 + 1e-4 * v);
    let basis = Pca::new(5).fit(&set(faint)).unwrap().basis;
    for ((a, b), value) in basis.rows().dot(&basis.rows().t()).indexed_iter() {
        assert!(
            (value - if a == b { 1.0 } else { 0.0 }).abs() < 1e-5,
            "({a}, {b}) {value}"
        );
    }
    let equal = Array2::from_shape_fn((130, 64), |(_, j)| 0.1 + j as f32 / 100.0);
    assert_eq!(Pca::new(3).fit(&set(equal)).unwrap().empty(), 3);
    let bytes = ImageSet::from_u8(Shape::new(1, 65), Noise::new(25).bytes(63, 65)).unwrap();
    assert_eq!(
        Pca::new(63).fit(&bytes).unwrap().empty(),
        1,
        "63 images vary in 62 directions about their mean"
    );
}
