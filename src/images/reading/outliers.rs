//! Pixels that are far brighter than all others, such as stuck pixels of a camera.

use super::common::first_of;
use super::survey::{Survey, bin, for_each_known, lower_end, map_runs};
use crate::communicator::{Partition, SingleProcess, any_true, ordered_reduce};
use crate::images::set::{ImageSet, Outliers};

/// The fraction of the values of an image that may be outliers, unless a row or a column has more.
const FEW: f64 = 0.02;
/// The largest such fraction, for small images.
const MOST: f64 = 0.13;
/// The fraction of values above the 99.9th percentile, and how many times brighter the largest value must be.
const TAIL: f64 = 0.001;
const TAIL_GAP: f32 = 10.0;

/// The number of values below which outliers are not detected.
const LEAST_VALUES: u64 = 500;

impl Outliers {
    /// Finds the outliers among the known values of a set; `None` if there are none.
    #[must_use]
    pub fn of(set: &ImageSet) -> Option<Self> {
        let images = Partition::of(&SingleProcess, set.len());
        Self::find(set, &Survey::of(set, images), images)
    }

    /// Finds the outliers among the values of all processes.
    pub(super) fn find(set: &ImageSet, survey: &Survey, images: Partition) -> Option<Self> {
        let few = few(set.shape.width, set.shape.height);
        let top = highest_usual(&survey.bins, few)?;
        Some(Self::above(set, top, images))
    }

    /// Returns the values in bins above `top`.
    fn above(set: &ImageSet, top: usize, images: Partition) -> Self {
        let found = map_runs(set, |rows| {
            let mut found = RunOutliers::new(set.shape.pixels());
            for_each_known(set, rows, |image, pixel, value| {
                found.add(image, pixel, value, bin(value) > top);
            });
            found
        });
        let mut all = RunOutliers::new(set.shape.pixels());
        for run in found {
            all.join(run);
        }
        let first = all.image.map(|image| set.names[image].clone());
        let own = [all.usual, all.largest, -all.smallest].map(f64::from);
        let extremes = ordered_reduce(images.communicator, 3, 3, |_, most: &mut [f64]| {
            for (most, own) in most.iter_mut().zip(own) {
                *most = if *most == 0.0 { own } else { most.max(own) };
            }
        });
        Self {
            limit: extremes[0] as f32,
            largest: extremes[1] as f32,
            smallest: -extremes[2] as f32,
            count: images.count(all.count),
            pixels: any_true(images.communicator, &all.pixels),
            first: first_of(images.communicator, first).unwrap_or_default(),
        }
    }
}

/// What was found in some images.
struct RunOutliers {
    pixels: Vec<bool>,
    count: usize,
    /// The first image with an outlier.
    image: Option<usize>,
    usual: f32,
    largest: f32,
    /// The smallest outlier; infinite if there is none.
    smallest: f32,
}

impl RunOutliers {
    fn new(pixels: usize) -> Self {
        Self {
            pixels: vec![false; pixels],
            count: 0,
            image: None,
            usual: 0.0,
            largest: 0.0,
            smallest: f32::INFINITY,
        }
    }

    fn add(&mut self, image: usize, pixel: usize, value: f32, is_outlier: bool) {
        if !is_outlier {
            self.usual = self.usual.max(value);
            return;
        }
        self.pixels[pixel] = true;
        self.count += 1;
        self.image.get_or_insert(image);
        self.largest = self.largest.max(value);
        self.smallest = self.smallest.min(value);
    }

    fn join(&mut self, other: Self) {
        for (own, is_outlier) in self.pixels.iter_mut().zip(other.pixels) {
            *own |= is_outlier;
        }
        self.count += other.count;
        self.image = self.image.or(other.image);
        self.usual = self.usual.max(other.usual);
        self.largest = self.largest.max(other.largest);
        self.smallest = self.smallest.min(other.smallest);
    }
}

/// Returns the fraction of the values of such images that may be outliers: those of a row or a column.
fn few(width: usize, height: usize) -> f64 {
    let shorter = width.min(height);
    if shorter < 2 {
        return FEW;
    }
    (1.0 / shorter as f64).clamp(FEW, MOST)
}

/// Returns the highest bin below the outliers, if a fraction `few` of all values or fewer are outliers; `None` if there
/// are none, or if all other values are nearly equal, so that there is nothing else to see.
fn highest_usual(bins: &[u64], few: f64) -> Option<usize> {
    let total: u64 = bins.iter().sum();
    if total < LEAST_VALUES {
        return None;
    }
    let mut found = None;
    let mut above = 0;
    let mut lowest_above: Option<usize> = None;
    let mut highest: Option<usize> = None;
    for bin in (1..bins.len()).rev().filter(|&bin| bins[bin] > 0) {
        if above as f64 > few * total as f64 {
            break;
        }
        let is_below = |higher: usize, times: f32| lower_end(higher) >= times * lower_end(bin + 1);
        let is_tail = above as f64 <= TAIL * total as f64;
        if lowest_above.is_some_and(|higher| is_below(higher, Outliers::GAP))
            || is_tail && found.is_none() && highest.is_some_and(|most| is_below(most, TAIL_GAP))
        {
            found = Some(bin);
        }
        above += bins[bin];
        lowest_above = Some(bin);
        highest.get_or_insert(bin);
    }
    let lowest = bins.iter().position(|&count| count > 0)?;
    found.filter(|&bin| 2.0 * lower_end(lowest) < lower_end(bin))
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::basis::Shape;

    /// Nine images of 16x16 pixels with values from 0 to 0.03.
    fn dim() -> Array2<f32> {
        Array2::from_shape_fn((9, 256), |(image, pixel)| {
            ((image * 31 + pixel * 17) % 61) as f32 / 2000.0
        })
    }

    fn outliers(values: Array2<f32>) -> Option<Outliers> {
        Outliers::of(&ImageSet::from_f32(Shape::new(16, 16), values).unwrap())
    }

    #[test]
    fn a_stuck_pixel_is_an_outlier_in_every_image() {
        let mut values = dim();
        values.column_mut(54).fill(1.0);
        let found = outliers(values).unwrap();
        assert_eq!((found.limit, found.largest, found.count), (0.03, 1.0, 9));
        assert_eq!(found.first, "0");
        let hot: Vec<usize> = (0..256).filter(|&pixel| found.pixels[pixel]).collect();
        assert_eq!(hot, [54], "row 3, column 6");
    }

    #[test]
    fn one_bright_pixel_a_row_and_a_column_are_outliers() {
        let mut once = dim();
        once[[4, 200]] = 0.5;
        let found = outliers(once).unwrap();
        assert_eq!((found.count, found.first.as_str()), (1, "4"));
        let mut row = dim();
        for pixel in 32..48 {
            row.column_mut(pixel).fill(0.9);
        }
        assert_eq!(outliers(row).unwrap().count, 9 * 16);
        let mut column = dim();
        for row in 0..16 {
            column[[2, 16 * row]] = 0.9;
        }
        assert_eq!(outliers(column).unwrap().count, 16);
    }

    #[test]
    fn ordinary_images_have_no_outliers() {
        assert_eq!(outliers(dim()), None);
        // Black and white, and white letters on an even background.
        assert_eq!(
            outliers(dim().mapv(|value| f32::from(u8::from(value > 0.0295)))),
            None
        );
        let letters = |value| if value > 0.0295 { 1.0 } else { 0.2 };
        assert_eq!(outliers(dim().mapv(letters)), None);
        // Many bright values are a part of the image.
        let mut half = dim();
        for pixel in 0..128 {
            half.column_mut(pixel).fill(1.0);
        }
        assert_eq!(outliers(half), None);
    }

    #[test]
    fn outliers_are_clipped_in_images_and_where_they_rule_a_basis_image() {
        let mut values = dim();
        values.column_mut(54).fill(1.0);
        let found = outliers(values.clone()).unwrap();
        let mut image = values.row(0).to_vec();
        found.clip(&mut image);
        assert_eq!(image[54..55], [0.03]);
        let mut part = vec![0.1f32; 256];
        part[54] = 1.0;
        part[0] = -0.2;
        assert!(found.clip_basis(&mut part));
        assert_eq!((part[54], part[0], part[1]), (0.2, -0.2, 0.1));
        let mut other = vec![0.5f32; 256];
        other[54] = 1.0;
        assert!(!found.clip_basis(&mut other));
        assert_eq!(other[54..55], [1.0]);
        let mut alone = vec![0.0f32; 256];
        alone[54] = 1.0;
        assert!(
            !found.clip_basis(&mut alone),
            "nothing else is there to see"
        );
    }
}
