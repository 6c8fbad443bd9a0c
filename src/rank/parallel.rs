//! Parallel analysis: the number of eigenimages that explain more than chance.
//!
//! The values of each pixel are permuted among the images. This keeps the mean and variance of
//! every pixel and removes their correlations; an eigenimage that explains no more than the one
//! with the same index after the permutation is noise.
//!
//! **Source.** J. L. Horn, *A rationale and test for the number of factors in factor analysis*,
//! 1965; the permutations are A. Buja, N. Eyuboglu, *Remarks on parallel analysis*, 1992.

use ndarray::Array2;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use crate::blocks;
use crate::error::Result;
use crate::images::{ImageSet, Images, Mask, Pixels};
use crate::pca::Pca;

/// The number of permutations.
const PERMUTATIONS: usize = 3;

/// Returns the number of leading eigenimages that explain more than those of permuted values do on
/// average.
pub(super) fn parallel_analysis(images: &ImageSet, seed: u64) -> Result<usize> {
    let most = images.len().min(images.shape().pixels());
    let permuted = blocks::map_range(PERMUTATIONS, |index| {
        Pca::all_explained(&permuted(images, seed.wrapping_add(index as u64)))
    });
    let permuted = permuted.into_iter().collect::<Result<Vec<_>>>()?;
    let own = Pca::all_explained(images)?;
    for l in 0..most {
        let sum: f64 = permuted.iter().map(|explained| explained[l]).sum();
        if own[l] <= sum / PERMUTATIONS as f64 {
            return Ok(l);
        }
    }
    Ok(most)
}

/// Returns the images with the known values of each pixel permuted.
fn permuted(images: &ImageSet, seed: u64) -> ImageSet {
    let mask = images.mask();
    let pixels = match &images.pixels {
        Pixels::U8(values) => Pixels::U8(permute(values, mask, seed)),
        Pixels::F32(values) => Pixels::F32(permute(values, mask, seed)),
        Pixels::Stored(_) => Pixels::F32(permute(&images.to_f32(), mask, seed)),
    };
    ImageSet {
        pixels,
        ..images.clone()
    }
}

/// Returns values, (images, pixels), with the known values of each column permuted.
fn permute<T: Copy>(values: &Array2<T>, mask: Option<&Mask>, seed: u64) -> Array2<T> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut permuted = values.clone();
    for (pixel, (values, mut permuted)) in values
        .columns()
        .into_iter()
        .zip(permuted.columns_mut())
        .enumerate()
    {
        let is_known = |image: &usize| mask.is_none_or(|mask| mask.is_known(*image, pixel));
        let known: Vec<usize> = (0..values.len()).filter(is_known).collect();
        let mut order = known.clone();
        order.shuffle(&mut rng);
        for (to, from) in known.into_iter().zip(order) {
            permuted[to] = values[from];
        }
    }
    permuted
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;
    use crate::basis::Shape;

    #[test]
    fn dealing_leaves_each_pixel_its_values_and_what_is_hidden_in_place() {
        let values = Array2::from_shape_fn((50, 3), |(image, pixel)| (100 * pixel + image) as f32);
        let mask =
            Mask::new(50, 3, |image, pixel| image >= 5 || pixel != 1).expect("some are hidden");
        let permuted = permute(&values, Some(&mask), 0);
        for pixel in 0..3 {
            let mut found = permuted.column(pixel).to_vec();
            assert_ne!(
                found,
                values.column(pixel).to_vec(),
                "pixel {pixel} lies as before"
            );
            found.sort_by(f32::total_cmp);
            assert_eq!(found, values.column(pixel).to_vec());
        }
        assert_eq!(
            permuted.column(1).to_vec()[..5],
            values.column(1).to_vec()[..5]
        );
        let order = |pixel: usize| permuted.column(pixel).map(|v| v % 100.0);
        assert_ne!(order(0), order(2), "each pixel by itself");
    }

    #[test]
    fn eigenimages_of_what_pixels_share_are_more_than_chance() {
        // Two directions, each in half of the pixels, and noise in all.
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut noise = |scale: f32| rand::RngExt::random::<f32>(&mut rng) * scale;
        let light: Vec<[f32; 2]> = (0..80).map(|_| [noise(1.0), noise(1.0)]).collect();
        let x = Array2::from_shape_fn((80, 30), |(image, pixel)| {
            light[image][pixel / 15] + noise(0.5)
        });
        let images = ImageSet::from_f32(Shape::new(1, 30), x).expect("sound");
        assert_eq!(parallel_analysis(&images, 0).expect("sound"), 2);
        let one =
            ImageSet::from_f32(Shape::new(1, 2), arr2(&[[0.5, 0.5], [0.5, 0.5]])).expect("sound");
        assert_eq!(
            parallel_analysis(&one, 0).expect("sound"),
            0,
            "nothing varies"
        );
    }
}
