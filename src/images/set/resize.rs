//! Resizing of pictures.

use super::picture::{Picture, Samples};
use crate::basis::Shape;

/// How an image of other proportions is brought to the size asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fit {
    /// Fill the size and crop what overhangs, evenly on both sides.
    #[default]
    Crop,
    /// Stretch each direction by itself.
    Stretch,
}

impl Fit {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Crop => "crop",
            Self::Stretch => "stretch",
        }
    }

    /// What is called so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Crop, Self::Stretch]
            .into_iter()
            .find(|fit| fit.name() == name)
    }
}

/// The share of its sources that a resized pixel must know to be known: all, but for rounding.
const WHOLE: f32 = 1.0 - 1e-4;

impl Picture {
    /// This picture as one of `size`; one that has the size already comes back bit for bit.
    pub fn fit(self, size: Shape, fit: Fit) -> Self {
        if self.shape == size {
            return self;
        }
        let known = self.known.is_some().then(|| self.fit_known(size, fit));
        let region = Region::of(self.shape, size, fit);
        let samples = match self.samples {
            Samples::U8(bytes) => {
                let values = resample(&region.cut(&bytes, self.shape.width), region.shape, size);
                Samples::U8(values.iter().map(|value| value.round() as u8).collect())
            }
            Samples::F32(values) => Samples::F32(resample(
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

    /// Which pixels of this picture as one of `size` are known: those that are made of known ones alone.
    pub fn fit_known(&self, size: Shape, fit: Fit) -> Vec<bool> {
        let Some(known) = &self.known else {
            return vec![true; size.pixels()];
        };
        if self.shape == size {
            return known.clone();
        }
        let region = Region::of(self.shape, size, fit);
        let shares: Vec<u8> = known.iter().map(|&known| u8::from(known)).collect();
        let shares = resample(&region.cut(&shares, self.shape.width), region.shape, size);
        shares.into_iter().map(|share| share >= WHOLE).collect()
    }
}

/// A rectangle of pixels.
struct Region {
    top: usize,
    left: usize,
    shape: Shape,
}

impl Region {
    /// What a picture of `size` shows of one of the size `from`.
    fn of(from: Shape, size: Shape, fit: Fit) -> Self {
        match fit {
            Fit::Crop => Self::centred(from, size),
            Fit::Stretch => Self::whole(from),
        }
    }

    fn whole(shape: Shape) -> Self {
        Self {
            top: 0,
            left: 0,
            shape,
        }
    }

    /// The largest rectangle in the middle of `from` with the proportions of `to`.
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

/// A triangle filter, widened when the picture shrinks: it neither aliases nor leaves the range of the values.
fn resample(values: &[f32], from: Shape, to: Shape) -> Vec<f32> {
    let turned = resample_rows(values, from.width, to.width);
    resample_rows(&turned, from.height, to.height)
}

/// Rows of `from` values as rows of `to` values; the result is transposed, so that two passes do both directions.
fn resample_rows(values: &[f32], from: usize, to: usize) -> Vec<f32> {
    let rows = values.len() / from;
    let mut turned = Vec::with_capacity(to * rows);
    for column in 0..to {
        let (start, weights) = triangle(column, from, to);
        turned.extend(values.chunks_exact(from).map(|row| {
            let near = &row[start..start + weights.len()];
            let sum: f64 = near
                .iter()
                .zip(&weights)
                .map(|(&value, weight)| f64::from(value) * weight)
                .sum();
            sum as f32
        }));
    }
    turned
}

/// The first of the `from` values that count for value `index` of `to`, and how much each counts (the sum is 1).
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
            let picture = Picture {
                shape: Shape::new(5, 7),
                samples: Samples::U8(vec![93; 35]),
                known: None,
            };
            let fitted = picture.fit(Shape::new(height, width), Fit::Stretch);
            assert_eq!(fitted.samples, Samples::U8(vec![93; width * height]));
        }
    }

    #[test]
    fn halving_a_fine_checkerboard_gives_its_mean_and_no_pattern() {
        let board = (0..64)
            .map(|i| if (i / 8 + i % 8) % 2 == 0 { 1.0 } else { 0.0 })
            .collect();
        let picture = Picture {
            shape: Shape::new(8, 8),
            samples: Samples::F32(board),
            known: None,
        };
        let Samples::F32(small) = picture.fit(Shape::new(4, 4), Fit::Stretch).samples else {
            panic!("f32 stays f32");
        };
        assert!(
            small.iter().all(|value| (value - 0.5).abs() < 0.02),
            "{small:?}"
        );
    }

    #[test]
    fn values_above_one_survive_a_resize() {
        let picture = Picture {
            shape: Shape::new(1, 2),
            samples: Samples::F32(vec![200.0, 200.0]),
            known: None,
        };
        assert_eq!(
            picture.fit(Shape::new(2, 2), Fit::Stretch).samples,
            Samples::F32(vec![200.0; 4])
        );
    }

    #[test]
    fn cropping_keeps_the_middle() {
        let picture = Picture {
            shape: Shape::new(1, 5),
            samples: Samples::U8(vec![10, 20, 30, 40, 50]),
            known: None,
        };
        assert_eq!(
            picture.fit(Shape::new(1, 1), Fit::Crop).samples,
            Samples::U8(vec![30])
        );
    }
}
