//! The bars, a standard test of NMF.

use ndarray::Array2;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::{Synthetic, check_size, sums_of_parts};
use crate::basis::Shape;
use crate::error::Result;

/// The bars: each image is a sum of full rows and columns, chosen at random.
///
/// A bar is 127; where a row and a column cross, their intensities add up to 254. (In the source, a crossing is as bright
/// as a bar, which no sum of parts can reconstruct.)
///
/// Source: P. Földiák, *Forming sparse representations by
/// local anti-Hebbian learning*, 1990.
///
/// ```
/// use nmf_images::images::Images;
/// use nmf_images::images::synthetic::Bars;
///
/// let bars = Bars { images: 100, ..Bars::default() }.draw()?;
/// assert_eq!((bars.images.len(), bars.parts.rank()), (100, 16));
/// # Ok::<(), nmf_images::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bars {
    /// The size of an image. The parts are its rows, followed by its columns.
    pub shape: Shape,
    /// The number of images.
    pub images: usize,
    /// The probability of each bar, 0 to 1.
    pub density: f64,
    /// The seed of the random choice.
    pub seed: u64,
}

impl Default for Bars {
    /// 500 images of 8x8, each bar with probability 1/8 as in the source.
    fn default() -> Self {
        Self {
            shape: Shape::new(8, 8),
            images: 500,
            density: 0.125,
            seed: 0,
        }
    }
}

impl Bars {
    /// Draws the images.
    ///
    /// # Errors
    /// If there is nothing to draw, a side is too long, or there are too many images.
    pub fn draw(&self) -> Result<Synthetic> {
        let Shape { height, width } = self.shape;
        check_size(self.shape, self.images)?;
        let parts = Array2::from_shape_fn((height + width, height * width), |(part, pixel)| {
            let is_lit = if part < height {
                pixel / width == part
            } else {
                pixel % width == part - height
            };
            is_lit.into()
        });
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let images: Vec<Vec<usize>> = (0..self.images)
            .map(|_| self.random_bars(&mut rng))
            .collect();
        sums_of_parts(self.shape, &parts, 127, &images)
    }

    /// Returns the indices of the bars of an image.
    fn random_bars(&self, rng: &mut ChaCha8Rng) -> Vec<usize> {
        (0..self.shape.height + self.shape.width)
            .filter(|_| rng.random::<f64>() < self.density)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::images::synthetic::tests::bytes;

    #[test]
    fn bars_add_up_where_they_cross() {
        let bars = Bars {
            shape: Shape::new(2, 3),
            images: 1,
            density: 1.0,
            seed: 0,
        };
        let Synthetic { images, parts } = bars.draw().unwrap();
        assert_eq!(bytes(&images).row(0).to_vec(), [254; 6]);
        assert_eq!(parts.row(1).to_vec(), [0., 0., 0., 1., 1., 1.]);
        assert_eq!(parts.row(4).to_vec(), [0., 0., 1., 0., 0., 1.]);
    }

    #[test]
    fn each_bar_is_there_as_often_as_asked_for_and_alone_in_some_image() {
        let Synthetic { images, parts } = Bars::default().draw().unwrap();
        let share = bytes(&images).mapv(f64::from).mean().unwrap() / 127.0;
        assert!(
            (share - 2.0 * 0.125).abs() < 0.02,
            "two bars meet in each pixel, an eighth of the time: {share}"
        );
        for part in parts.rows().rows() {
            let alone = |row: ndarray::ArrayView1<u8>| {
                row.iter().zip(part).all(|(&v, &lit)| v == 127 * lit as u8)
            };
            assert!(bytes(&images).rows().into_iter().any(alone));
        }
        let again = |seed| {
            bytes(
                &Bars {
                    seed,
                    ..Bars::default()
                }
                .draw()
                .unwrap()
                .images,
            )
            .clone()
        };
        assert_eq!(again(0), bytes(&images));
        assert_ne!(again(1), bytes(&images));
        assert!(matches!(
            Bars {
                images: 1 << 31,
                ..Bars::default()
            }
            .draw(),
            Err(Error::TooManyImages { .. })
        ));
        assert!(matches!(
            Bars {
                images: 0,
                ..Bars::default()
            }
            .draw(),
            Err(Error::NoPixels)
        ));
    }
}
