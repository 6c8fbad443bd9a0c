//! Values that are far brighter than all others of a set, and how pictures ignore them.

/// Values of a set that are few and far brighter than all others.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Outliers {
    /// The largest value that is not an outlier, normalised (`u8 / 255`).
    pub limit: f32,
    /// The largest value, normalised.
    pub largest: f32,
    /// The smallest outlier, normalised.
    pub smallest: f32,
    /// How many values are outliers.
    pub count: usize,
    /// Which pixels are outliers in any image, (pixels).
    pub pixels: Vec<bool>,
    /// The name of the first image with an outlier.
    pub first: String,
}

impl Outliers {
    /// How many times brighter than all other values outliers are.
    pub const GAP: f32 = 3.0;

    /// Replaces outliers of an image by the largest value that is not an outlier.
    pub fn clip(&self, values: &mut [f32]) {
        for value in values {
            if *value > self.limit {
                *value = self.limit;
            }
        }
    }

    /// Limits the values of a basis image at the pixels that are outliers to its largest magnitude elsewhere, if these
    /// pixels would otherwise set its scale. Returns whether it did.
    pub fn clip_basis(&self, values: &mut [f32]) -> bool {
        let mut limit = 0.0f32;
        let mut largest = 0.0f32;
        for (value, &is_outlier) in values.iter().zip(&self.pixels) {
            let magnitude = value.abs();
            largest = largest.max(magnitude);
            if !is_outlier {
                limit = limit.max(magnitude);
            }
        }
        if limit == 0.0 || largest < Self::GAP * limit {
            return false;
        }
        for value in values {
            *value = value.clamp(-limit, limit);
        }
        true
    }
}
