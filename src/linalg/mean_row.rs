//! The mean row that is subtracted from the pixel matrix.

/// A row that is subtracted from each image, once or another number of times.
#[derive(Debug, Clone)]
pub(crate) struct MeanRow {
    /// The row, of values as in memory, (pixels).
    pub(crate) values: Vec<f64>,
    /// How many times it is subtracted from each image, (images); `None` if once. It is the mean with the squares of these
    /// as weights: `Σ s_i x_i / Σ s_i²`.
    pub(crate) multiples: Option<Vec<f64>>,
}

impl MeanRow {
    /// Returns how many times the row is subtracted from an image.
    pub(super) fn multiple(&self, image: usize) -> f64 {
        let multiples = self.multiples.as_ref();
        multiples.map_or(1.0, |multiples| multiples[image])
    }

    /// Returns the sum of the squared multiples of so many images.
    pub(crate) fn squared_multiples(&self, images: usize) -> f64 {
        match &self.multiples {
            None => images as f64,
            Some(multiples) => multiples.iter().map(|multiple| multiple.powi(2)).sum(),
        }
    }

    /// Returns the squared norm of all that is subtracted from so many images.
    pub(crate) fn squared_norm(&self, images: usize) -> f64 {
        self.squared_multiples(images) * self.values.iter().map(|m| m * m).sum::<f64>()
    }

    /// Returns the row of some pixels.
    pub(super) fn of_pixels(&self, pixels: &[u32]) -> Self {
        Self {
            values: pixels.iter().map(|&j| self.values[j as usize]).collect(),
            multiples: self.multiples.clone(),
        }
    }
}
