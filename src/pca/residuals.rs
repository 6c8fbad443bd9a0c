//! The squared errors of single images.

use std::ops::Range;

use super::axes::Axes;
use crate::blocks;
use crate::kernel::{CutPixels, Factor, FixedFactor, Lanes, WIDTH};

/// The least ‖x − x̂‖² that is found as a difference, as a fraction of ‖x‖²: products in single precision are exact to about
/// a millionth of ‖x‖².
const LEAST_DIFFERENCE: f64 = 1.0 / 16.0;

/// Returns ‖x − x̂‖² of each image of X, whose values are `unit` times those of the axes; `centred`
/// are ‖x − m‖², if they are known, of values as in X.
pub(super) fn residuals(x: CutPixels, centred: Option<&[f64]>, axes: &Axes, unit: f64) -> Vec<f64> {
    let rank = axes.rows.nrows();
    // The mean is a part more, with the weight 1.
    let mut fixed = Factor::zeros(rank + 1, &vec![1.0; x.pixels.len()]);
    fixed.fill(|row, part| {
        let pixel = x.pixels[row] as usize;
        let value = if part == rank {
            axes.mean[pixel]
        } else {
            axes.rows[[part, pixel]].into()
        };
        (value * unit) as f32
    });
    let fixed = FixedFactor::new(&fixed, 1.0);
    let panels = blocks::map_range(x.by_image.len(), |panel| {
        let images = panel * WIDTH..axes.scores.nrows().min((panel + 1) * WIDTH);
        let differences =
            centred.map(|centred| differences(x, centred, axes, unit, images.clone()));
        if let Some(Some(differences)) = differences {
            return differences;
        }
        let mut weights = vec![Lanes::ZERO; rank];
        for (row, image) in images.enumerate() {
            for (lanes, &weight) in weights.iter_mut().zip(axes.scores.row(image)) {
                lanes.0[row] = weight;
            }
        }
        weights.push(Lanes([1.0; WIDTH]));
        x.by_image.row_residuals(panel, &weights, &fixed)
    });
    let mut residuals: Vec<f64> = panels
        .as_flattened()
        .iter()
        .map(|v| v / unit.powi(2))
        .collect();
    residuals.truncate(axes.scores.nrows());
    residuals
}

/// Returns ‖x − x̂‖² of at most [`WIDTH`] images as ‖x − m‖² − ‖t‖²; `None` if that is not exact enough for one of them.
fn differences(
    x: CutPixels,
    centred: &[f64],
    axes: &Axes,
    unit: f64,
    images: Range<usize>,
) -> Option<[f64; WIDTH]> {
    let mut differences = [0.0; WIDTH];
    for (difference, image) in differences.iter_mut().zip(images) {
        let scores = axes.scores.row(image);
        let explained: f64 = scores.iter().map(|&score| f64::from(score).powi(2)).sum();
        *difference = centred[image] - explained * unit.powi(2);
        if *difference < LEAST_DIFFERENCE * x.image_squares[image] {
            return None;
        }
    }
    Some(differences)
}
