//! Resizing of pictures by a triangle filter.

use super::picture::{DecodedPicture, PixelValues};
use crate::basis::Shape;
use crate::images::set::Fit;

/// The weight of known source pixels above which a resized pixel is known: 1, except for rounding.
const ALL_KNOWN: f32 = 1.0 - 1e-4;

impl DecodedPicture {
    /// Returns the picture resized to `size`; bit by bit the same if it has this size.
    pub fn fit(self, size: Shape, fit: Fit) -> Self {
        if self.shape == size {
            return self;
        }
        let known = self.known.is_some().then(|| self.fit_known(size, fit));
        let region = Region::of(self.shape, size, fit);
        let samples = match self.samples {
            PixelValues::U8(bytes) => {
                let values = resample(&region.cut(&bytes, self.shape.width), region.shape, size);
                PixelValues::U8(values.iter().map(|value| value.round() as u8).collect())
            }
            PixelValues::F32(values) => PixelValues::F32(resample(
                &region.cut(&values, self.shape.width),
                region.shape,
                size,
            )),
        };
        Self {
            shape: size,
            samples,
            known,
        }
    }

    /// Returns which pixels of the resized picture are known: those whose source pixels are all known.
    pub fn fit_known(&self, size: Shape, fit: Fit) -> Vec<bool> {
        let Some(known) = &self.known else {
            return vec![true; size.pixels()];
        };
        if self.shape == size {
            return known.clone();
        }
        let region = Region::of(self.shape, size, fit);
        let weights: Vec<u8> = known.iter().map(|&known| u8::from(known)).collect();
        let weights = resample(&region.cut(&weights, self.shape.width), region.shape, size);
        weights
            .into_iter()
            .map(|weight| weight >= ALL_KNOWN)
            .collect()
    }
}

/// A rectangle of pixels.
struct Region {
    top: usize,
    left: usize,
    shape: Shape,
}

impl Region {
    /// Returns the region of a picture of size `from` that is resized to `size`.
    fn of(from: Shape, size: Shape, fit: Fit) -> Self {
        match fit {
            Fit::Crop => Self::centred(from, size),
            Fit::Stretch => Self::whole(from),
        }
    }

    /// Returns a whole picture.
    fn whole(shape: Shape) -> Self {
        Self {
            top: 0,
            left: 0,
            shape,
        }
    }

    /// Returns the largest central rectangle of `from` with the proportions of `to`.
    fn centred(from: Shape, to: Shape) -> Self {
        let width = ((from.height * to.width) as f64 / to.height as f64).round() as usize;
        let height = ((from.width * to.height) as f64 / to.width as f64).round() as usize;
        let shape = Shape::new(height.clamp(1, from.height), width.clamp(1, from.width));
        Self {
            top: (from.height - shape.height) / 2,
            left: (from.width - shape.width) / 2,
            shape,
        }
    }

    /// Returns the values of the region in a picture of this width.
    fn cut<T: Copy + Into<f32>>(&self, values: &[T], width: usize) -> Vec<f32> {
        values
            .chunks_exact(width)
            .skip(self.top)
            .take(self.shape.height)
            .flat_map(|row| &row[self.left..self.left + self.shape.width])
            .map(|&value| value.into())
            .collect()
    }
}

/// Resamples values by a triangle filter, which is widened when the picture shrinks: the result has no aliasing and stays
/// within the range of the values.
fn resample(values: &[f32], from: Shape, to: Shape) -> Vec<f32> {
    let transposed = resample_rows(values, from.width, to.width);
    resample_rows(&transposed, from.height, to.height)
}

/// Resamples rows of `from` values to rows of `to` values. The result is transposed, so that two passes resample both
/// directions.
fn resample_rows(values: &[f32], from: usize, to: usize) -> Vec<f32> {
    let rows = values.len() / from;
    let mut transposed = Vec::with_capacity(to * rows);
    for column in 0..to {
        let (start, weights) = triangle(column, from, to);
        transposed.extend(values.chunks_exact(from).map(|row| {
            let near = &row[start..start + weights.len()];
            let sum: f64 = near
                .iter()
                .zip(&weights)
                .map(|(&value, weight)| f64::from(value) * weight)
                .sum();
            sum as f32
        }));
    }
    transposed
}

/// Returns the first of the `from` values that contribute to value `index` of `to`, and their weights, whose sum is 1.
fn triangle(index: usize, from: usize, to: usize) -> (usize, Vec<f64>) {
    let ratio = from as f64 / to as f64;
    let reach = ratio.max(1.0);
    let centre = (index as f64 + 0.5) * ratio - 0.5;
    let first = (centre - reach).ceil().max(0.0) as usize;
    let last = ((centre + reach).floor() as usize).min(from - 1);
    let heights: Vec<f64> = (first..=last)
        .map(|place| (1.0 - (place as f64 - centre).abs() / reach).max(0.0))
        .collect();
    let sum: f64 = heights.iter().sum();
    (first, heights.iter().map(|height| height / sum).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_stays_constant_at_every_size() {
        for (width, height) in [(1, 1), (3, 2), (7, 5), (64, 1), (4, 90)] {
            let picture = DecodedPicture {
                shape: Shape::new(5, 7),
                samples: PixelValues::U8(vec![93; 35]),
                known: None,
            };
            let fitted = picture.fit(Shape::new(height, width), Fit::Stretch);
            assert_eq!(fitted.samples, PixelValues::U8(vec![93; width * height]));
        }
    }

    #[test]
    fn halving_a_fine_checkerboard_gives_its_mean_and_no_pattern() {
        let board = (0..64)
            .map(|i| if (i / 8 + i % 8) % 2 == 0 { 1.0 } else { 0.0 })
            .collect();
        let picture = DecodedPicture {
            shape: Shape::new(8, 8),
            samples: PixelValues::F32(board),
            known: None,
        };
        let PixelValues::F32(small) = picture.fit(Shape::new(4, 4), Fit::Stretch).samples else {
            panic!("f32 stays f32");
        };
        assert!(
            small.iter().all(|value| (value - 0.5).abs() < 0.02),
            "{small:?}"
        );
    }

    #[test]
    fn values_above_one_survive_a_resize() {
        let picture = DecodedPicture {
            shape: Shape::new(1, 2),
            samples: PixelValues::F32(vec![200.0, 200.0]),
            known: None,
        };
        assert_eq!(
            picture.fit(Shape::new(2, 2), Fit::Stretch).samples,
            PixelValues::F32(vec![200.0; 4])
        );
    }

    #[test]
    fn cropping_keeps_the_middle() {
        let picture = DecodedPicture {
            shape: Shape::new(1, 5),
            samples: PixelValues::U8(vec![10, 20, 30, 40, 50]),
            known: None,
        };
        assert_eq!(
            picture.fit(Shape::new(1, 1), Fit::Crop).samples,
            PixelValues::U8(vec![30])
        );
    }
}
