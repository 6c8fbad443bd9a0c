//! Weights of images with unknown pixels, guessed with what each method knows of the others: against plain
//! f64 twins, and where nothing, little or everything is hidden.

use std::path::Path;

use ndarray::{Array1, Array2, Axis};
use nmf_images::images::{LoadOptions, Mask, evenly_spaced, load};
use nmf_images::projection::{Prior, onto};
use nmf_images::report::HiddenErrors;
use nmf_images::{Decomposition, ImageSet, Model, NMF, Nmf, PCA, Pca, StopRule, with_threads};

/// Evenly spaced images of a folder in assets, and the model of them.
fn learned(folder: &str, rank: usize) -> (ImageSet, Model) {
    let options = LoadOptions {
        limit: Some(200),
        ..LoadOptions::default()
    };
    let images = load(&Path::new("assets").join(folder), &options).unwrap();
    let stop = StopRule {
        max_iterations: 60,
        ..StopRule::default()
    };
    let nmf = Nmf::new(rank).stop_rule(stop).fit(&images);
    let pca = Pca::new(rank).fit(&images);
    let model = Model::new(&images, &options, &nmf.unwrap(), &pca.unwrap());
    (images, model)
}

/// Hides the pixels of every image for which `is_hidden(row, column)`.
fn hide(images: &ImageSet, is_hidden: impl Fn(usize, usize) -> bool) -> ImageSet {
    let shape = images.shape;
    ImageSet {
        mask: Mask::new(images.names.len(), shape.pixels(), |_, pixel| {
            !is_hidden(pixel / shape.width, pixel % shape.width)
        }),
        ..images.clone()
    }
}

/// The solution of `a x = b` by Gaussian elimination.
fn solved(a: &Array2<f64>, b: &Array1<f64>) -> Array1<f64> {
    let size = b.len();
    let mut rows: Vec<Vec<f64>> = (0..size)
        .map(|row| a.row(row).iter().copied().chain([b[row]]).collect())
        .collect();
    for column in 0..size {
        let pivot =
            (column..size).max_by(|&i, &j| rows[i][column].abs().total_cmp(&rows[j][column].abs()));
        rows.swap(column, pivot.unwrap());
        let pivot = rows[column].clone();
        for (row, values) in rows.iter_mut().enumerate() {
            let factor = values[column] / pivot[column];
            if row != column {
                values
                    .iter_mut()
                    .zip(&pivot)
                    .for_each(|(value, p)| *value -= factor * p);
            }
        }
    }
    (0..size)
        .map(|row| rows[row][size] / rows[row][row])
        .collect()
}

/// Minimises `½ xᵀ a x − bᵀ x` over x ≥ 0, one coordinate at a time.
fn descended(a: &Array2<f64>, b: &Array1<f64>) -> Array1<f64> {
    let mut x = Array1::zeros(b.len());
    for _ in 0..2_000 {
        for l in 0..x.len() {
            let gradient: f64 = a.row(l).dot(&x) - b[l];
            x[l] = f64::max(0.0, x[l] - gradient / a[[l, l]]);
        }
    }
    x
}

/// A plain version of the prior: moments of all images, rests of 128 of them.
struct Twin {
    mean: Array1<f64>,
    precision: Array2<f64>,
    rest: Array1<f64>,
}

impl Twin {
    fn of(images: &ImageSet, learned: &Decomposition) -> Self {
        let (w, h) = (
            learned.weights.mapv(f64::from),
            learned.basis.rows().mapv(f64::from),
        );
        let mut rests = images.to_f32().mapv(f64::from) - w.dot(&h);
        if let Some(mean) = &learned.mean {
            rests -= &mean.mapv(f64::from);
        }
        let rests = rests.select(Axis(0), &evenly_spaced(w.nrows(), 128));
        let (mut of_pairs, mut pairs, mut square) = (0.0, 0.0, 0.0);
        for (i, one) in rests.outer_iter().enumerate() {
            square += one.dot(&one) / 128.0;
            for other in rests.outer_iter().skip(i + 1) {
                of_pairs += one.dot(&other).powi(2);
                pairs += 1.0;
            }
        }
        let noise = of_pairs / pairs / square;
        let mean = w.mean_axis(Axis(0)).unwrap();
        let deviations = w - &mean;
        let mut covariance = deviations.t().dot(&deviations) / images.names.len() as f64;
        covariance
            .diag_mut()
            .mapv_inplace(|variance| variance * 1.0001);
        let rank = mean.len();
        let mut precision = Array2::zeros((rank, rank));
        for column in 0..rank {
            let unit = Array1::from_shape_fn(rank, |l| if l == column { noise } else { 0.0 });
            precision
                .column_mut(column)
                .assign(&solved(&covariance, &unit));
        }
        let squares = rests.mapv(|v| v * v).sum_axis(Axis(0));
        let even = 1e-3 / squares.len() as f64;
        let rest = 0.999 * &squares / squares.sum() + even;
        Self {
            mean,
            precision,
            rest,
        }
    }

    /// The weights of an image of which these pixels are known.
    fn weights(
        &self,
        image: &Array1<f64>,
        known: &[usize],
        learned: &Decomposition,
    ) -> Array1<f64> {
        let h = learned.basis.rows().mapv(f64::from).select(Axis(1), known);
        let mut x = image.clone();
        if let Some(mean) = &learned.mean {
            x -= &mean.mapv(f64::from);
        }
        let hidden = self.rest.sum() - self.rest.select(Axis(0), known).sum();
        let precision = hidden * &self.precision;
        let a = h.dot(&h.t()) + &precision;
        let b = h.dot(&x.select(Axis(0), known)) + precision.dot(&self.mean);
        if learned.method.signed {
            solved(&a, &b)
        } else {
            descended(&a, &b)
        }
    }
}

#[test]
fn guessed_weights_are_those_of_a_plain_twin() {
    let (images, model) = learned("digits", 6);
    let lower = hide(&images, |row, _| row >= 14);
    let known: Vec<usize> = (0..14 * 28).collect();
    let projection = model.project(&lower).unwrap();
    let x = images.to_f32().mapv(f64::from);
    for method in [&NMF, &PCA] {
        let learned = model.by(method);
        let twin = Twin::of(&images, learned);
        for image in (0..200).step_by(41) {
            let expected = twin.weights(&x.row(image).to_owned(), &known, learned);
            let found = projection.methods[method]
                .weights
                .row(image)
                .mapv(f64::from);
            let largest = expected.iter().fold(0.0, |most, v| f64::abs(*v).max(most));
            let apart = (&found - &expected)
                .iter()
                .fold(0.0, |most, v| f64::abs(*v).max(most));
            assert!(
                apart < 2e-4 * largest,
                "{}, {image}: {found} {expected}",
                method.name
            );
        }
    }
}

#[test]
fn hidden_halves_are_guessed_better_than_by_the_mean_image() {
    for folder in ["digits", "faces"] {
        let (images, model) = learned(folder, 16);
        let half = images.shape.height / 2;
        let lower = hide(&images, |row, _| row >= half);
        let guesses = model.project(&lower).unwrap();
        let hidden = |guesses: &nmf_images::Projection| {
            HiddenErrors::of(&lower, &model, |method| &guesses.methods[method].weights).unwrap()
        };
        let found = hidden(&guesses);
        for (method, guess) in found.methods.iter() {
            assert!(
                guess.median < 0.93 * found.mean_image.median,
                "{folder}, {}: {found:?}",
                method.name
            );
        }
        let plain = Model {
            priors: std::iter::empty::<(_, Prior)>().collect(),
            ..model.clone()
        };
        let plain = hidden(&plain.project(&lower).unwrap());
        for (method, guess) in plain.methods.iter() {
            let with_prior = found.methods[method].median;
            assert!(
                with_prior < 0.99 * guess.median,
                "{folder}, {}: {plain:?}",
                method.name
            );
        }
        assert_eq!(plain.mean_image, found.mean_image);
    }
}

#[test]
fn without_unknown_pixels_weights_are_those_of_plain_least_squares() {
    let (images, model) = learned("digits", 6);
    // One image has a cover; the others keep their bits.
    let one = ImageSet {
        mask: Mask::new(200, 784, |image, pixel| image != 50 || pixel < 400),
        ..images.clone()
    };
    let with = model.project(&one).unwrap();
    for method in [&NMF, &PCA] {
        let without = onto(&images, model.by(method), None).unwrap().weights;
        let with = &with.methods[method].weights;
        for image in (0..200).filter(|&image| image != 50) {
            assert_eq!(with.row(image), without.row(image), "{image}");
        }
        assert!(with.row(50) != without.row(50));
    }
}

#[test]
fn a_cover_without_any_of_the_rest_changes_no_weight_and_one_over_all_gives_the_mean() {
    let (images, model) = learned("digits", 6);
    // The corners are black in every digit.
    let corner = model
        .project(&hide(&images, |row, column| row == 0 && column < 2))
        .unwrap();
    let all = model
        .project(&ImageSet {
            mask: Mask::new(200, 784, |image, _| image != 7),
            ..images.clone()
        })
        .unwrap();
    for method in [&NMF, &PCA] {
        let learned = model.by(method);
        let largest = learned
            .weights
            .iter()
            .fold(0.0f32, |most, v| v.abs().max(most));
        let plain = onto(&images, learned, None).unwrap().weights;
        let apart = (&corner.methods[method].weights - &plain).mapv(f32::abs);
        assert!(apart.iter().all(|&v| v < 2e-3 * largest), "{}", method.name);
        let mean = learned.weights.mean_axis(Axis(0)).unwrap();
        let found = all.methods[method].weights.row(7).to_owned();
        assert!(
            (found - mean).iter().all(|v| v.abs() < 1e-3 * largest),
            "{}",
            method.name
        );
    }
}

#[test]
fn priors_have_the_same_bits_on_any_number_of_threads() {
    let (images, model) = learned("digits", 6);
    for threads in [1, 3] {
        for learned in &model.decompositions {
            let again = with_threads(Some(threads), || Prior::of_images(&images, learned));
            assert_eq!(Some(&again), model.priors.get(learned.method));
        }
    }
}
