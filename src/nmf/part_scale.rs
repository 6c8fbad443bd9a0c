//! The scale of a part in a model.

use ndarray::ArrayViewMut1;

/// Divides a part by its maximum and returns the maximum; leaves a part of zeros as it is and
/// returns 1.
pub(crate) fn to_maximum_of_one(mut part: ArrayViewMut1<f32>) -> f32 {
    let largest = part.iter().fold(0.0f32, |a, &b| a.max(b));
    if largest == 0.0 {
        return 1.0;
    }
    part.mapv_inplace(|v| v / largest);
    largest
}
