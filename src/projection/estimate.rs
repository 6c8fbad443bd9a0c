//! The estimation of a [`Prior`] from training images, which several processes may share.

use std::ops::Range;

use ndarray::{Array1, Array2, Axis, s};

use super::prior::Prior;
use crate::blocks;
use crate::communicator::{IMAGES_PER_RUN, Partition, gather_rows, ordered_sum};
use crate::decomposition::Decomposition;
use crate::images::{Images, evenly_spaced};
use crate::memory::images_with_rests;

/// The smallest variance of the rest, as a fraction of the mean square of an image: that of rounding.
const ROUNDING: f64 = 1e-8;
/// The fraction of the rest that is spread over all pixels evenly, so that the prior determines what
/// lies under a cover without any rest.
const SPREAD: f64 = 1e-3;

impl Prior {
    /// Estimates the prior from the weights of all images, and from the rests of evenly spaced ones.
    ///
    /// Images without known pixels are ignored, and unknown pixels have no rest. Several processes call
    /// this together; the variance and the place of the rest are found on the first of them.
    #[must_use]
    pub fn of_images(images: &impl Images, learned: &Decomposition) -> Self {
        let whole = Partition::of(images.communicator(), images.len());
        let Moments { mean, covariance } = moments(images, learned, whole);
        let rests = sampled_rests(images, learned, whole);
        Self {
            mean,
            covariance,
            noise: rests.variance(),
            rest: rests.by_pixel(),
        }
    }
}

/// The mean and the covariance of weights.
struct Moments {
    mean: Array1<f64>,
    covariance: Array2<f64>,
}

/// Returns the moments of the weights of all images with a known pixel.
fn moments(images: &impl Images, learned: &Decomposition, whole: Partition) -> Moments {
    let side = 1 + learned.basis.rank();
    let runs = blocks::map_range(whole.own.div_ceil(IMAGES_PER_RUN), |run| {
        let first = run * IMAGES_PER_RUN;
        let last = whole.own.min(first + IMAGES_PER_RUN);
        let rows = ones_and_weights(images, learned, first..last);
        rows.t().dot(&rows).into_raw_vec_and_offset().0
    });
    let sums = ordered_sum(whole.communicator, side * side, &runs);
    let count = f64::max(sums[0], 1.0);
    let mean = Array1::from_iter(sums[1..side].iter().map(|sum| sum / count));
    let covariance = Array2::from_shape_fn((side - 1, side - 1), |(a, b)| {
        sums[(1 + a) * side + 1 + b] / count - mean[a] * mean[b]
    });
    Moments { mean, covariance }
}

/// Returns a row for each image, (images, 1 + rank): 1 and its weights, or zeros if none of its pixels is known. The inner
/// products of the columns are the number of images, the sums of the weights, and the sums of their products.
fn ones_and_weights(
    images: &impl Images,
    learned: &Decomposition,
    range: Range<usize>,
) -> Array2<f64> {
    let mut rows = Array2::zeros((range.len(), 1 + learned.basis.rank()));
    for (image, mut row) in range.zip(rows.rows_mut()) {
        if knows_any(images, image) {
            row[0] = 1.0;
            let weights = learned.weights.row(image);
            row.slice_mut(s![1..])
                .zip_mut_with(&weights, |cell, &weight| *cell = weight.into());
        }
    }
    rows
}

/// Returns whether a pixel of the image is known.
fn knows_any(images: &impl Images, image: usize) -> bool {
    let mask = images.mask();
    mask.is_none_or(|mask| mask.words(image).iter().any(|&word| word != 0))
}

/// What a decomposition leaves unexplained of some images, on the first process.
struct Rests {
    /// The rests, (images, pixels); 0 at unknown pixels.
    rows: Array2<f32>,
    /// The mean square of an image.
    mean_square: f64,
}

fn sampled_rests(images: &impl Images, learned: &Decomposition, whole: Partition) -> Rests {
    let pixels = images.shape().pixels();
    let most = images_with_rests(pixels as u64) as usize;
    let own: Vec<usize> = evenly_spaced(whole.all, most)
        .into_iter()
        .filter(|index| (whole.first..whole.first + whole.own).contains(index))
        .map(|index| index - whole.first)
        .collect();
    // One column more has the square of the image.
    let rows = blocks::map(&own, |_, &image| rest_and_square(images, learned, image));
    let mut own_rows = Array2::zeros((own.len(), pixels + 1));
    for (mut place, row) in own_rows.outer_iter_mut().zip(rows) {
        place.assign(&row);
    }
    let rows = if whole.communicator.size() == 1 {
        own_rows
    } else {
        gather_rows(whole.communicator, &own_rows)
    };
    let squares = rows.column(pixels).mapv(f64::from);
    Rests {
        mean_square: squares.mean().unwrap_or_default(),
        rows: rows.slice_move(s![.., ..pixels]),
    }
}

/// Returns the rest of an image, 0 at its unknown pixels, and the square of its known ones.
fn rest_and_square(images: &impl Images, learned: &Decomposition, image: usize) -> Array1<f32> {
    let pixels = images.shape().pixels();
    let original = images.block(image..image + 1).image(0, pixels);
    let reconstructed = learned.reconstruct(image);
    let mask = images.mask();
    let mut rest = Array1::zeros(pixels + 1);
    let mut square = 0.0;
    for (pixel, &value) in original.iter().enumerate() {
        if mask.is_none_or(|mask| mask.is_known(image, pixel)) {
            rest[pixel] = value - reconstructed[pixel];
            square += f64::from(value).powi(2);
        }
    }
    rest[pixels] = square as f32;
    rest
}

impl Rests {
    /// Returns the variance in a direction in which the rest varies, `Σ λ² / Σ λ` over the eigenvalues of
    /// its covariance. The sums are the mean squared product of the rests of two different images and
    /// the mean square of one.
    fn variance(&self) -> f64 {
        let (images, pixels) = self.rows.dim();
        let rows = self.rows.mapv(f64::from);
        let products = rows.dot(&rows.t());
        let square = products.diag().sum() / images.max(1) as f64;
        let all: f64 = products.iter().map(|product| product * product).sum();
        let own: f64 = products.diag().iter().map(|square| square * square).sum();
        let pairs = images * images.saturating_sub(1);
        let of_pairs = if pairs > 0 && square > 0.0 {
            (all - own) / pairs as f64 / square
        } else {
            0.0
        };
        // Rests cannot vary in more directions than there are pixels.
        let least = (square / pixels as f64).max(ROUNDING * self.mean_square);
        of_pairs.max(least)
    }

    /// Returns the fraction of the squared rests on each pixel.
    fn by_pixel(&self) -> Array1<f32> {
        let pixels = self.rows.ncols();
        let squares = self.rows.mapv(|v| f64::from(v).powi(2)).sum_axis(Axis(0));
        let all = squares.sum();
        let even = 1.0 / pixels as f64;
        let spread = if all > 0.0 { SPREAD } else { 1.0 };
        let fraction = |square: f64| if all > 0.0 { square / all } else { 0.0 };
        squares.mapv(|square| ((1.0 - spread) * fraction(square) + spread * even) as f32)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;

    fn rests(rows: Array2<f32>) -> Rests {
        Rests {
            rows,
            mean_square: 1.0,
        }
    }

    #[test]
    fn rests_of_one_direction_have_all_their_variance_there() {
        // Products: 4 and −4 off the diagonal, squares 4: Σ λ² = 16, Σ λ = 4.
        let one = rests(arr2(&[[2., 0.], [-2., 0.], [2., 0.]]));
        assert!((one.variance() - 4.0).abs() < 1e-12);
        let expected = [1.0 - SPREAD / 2.0, SPREAD / 2.0];
        let found = one.by_pixel();
        assert!(
            found
                .iter()
                .zip(expected)
                .all(|(&a, b)| (f64::from(a) - b).abs() < 1e-6),
            "{found}"
        );
    }

    #[test]
    fn rests_of_single_pixels_have_the_variance_of_a_pixel() {
        let independent = rests(arr2(&[[2., 0.], [0., 2.]]));
        assert!((independent.variance() - 2.0).abs() < 1e-12);
        let none = rests(Array2::zeros((3, 4)));
        assert!((none.variance() - ROUNDING).abs() < 1e-20);
        assert_eq!(none.by_pixel(), Array1::from_elem(4, 0.25));
    }
}
