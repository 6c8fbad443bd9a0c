//! The prior of a method as arrays of the page, for images of another size.

use super::packed_arrays::{PackedArrays, PageArray};
use crate::basis::Shape;
use crate::projection::{Prior, PriorTerms};
use crate::render::canvas::resize::resized;

/// The sizes of the images of a run and on the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub(super) from: Shape,
    pub(super) to: Shape,
}

/// Adds the terms of a prior, under names that begin with the key of its method.
///
/// On fewer pixels, the squared error is smaller by their fraction; so are then the terms.
pub(super) fn add_prior(packed: &mut PackedArrays, key: &str, prior: &Prior, sizes: Sizes) {
    let Sizes { from, to } = sizes;
    let PriorTerms { precision, pull } = prior.terms();
    let fraction = to.pixels() as f64 / from.pixels() as f64;
    let scaled = |value: &f64| (fraction * value) as f32;
    let precision = precision.iter().map(scaled).collect();
    packed.add(format!("{key}_precision"), PageArray::F32(precision));
    let pull = pull.iter().map(scaled).collect();
    packed.add(format!("{key}_pull"), PageArray::F32(pull));
    let mut rest = resized(&prior.rest.to_vec(), from, to);
    let all: f32 = rest.iter().sum();
    for share in &mut rest {
        *share /= all;
    }
    packed.add(format!("{key}_rest"), PageArray::F32(rest));
}

#[cfg(test)]
mod tests {
    use ndarray::{arr1, arr2};

    use super::*;

    #[test]
    fn a_quarter_of_the_pixels_has_a_quarter_of_the_terms() {
        let prior = Prior {
            mean: arr1(&[2.0]),
            covariance: arr2(&[[4.0]]),
            noise: 8.0,
            rest: arr1(&[0.0, 0.0, 0.5, 0.5]),
        };
        let mut packed = PackedArrays::default();
        let sizes = Sizes {
            from: Shape::new(2, 2),
            to: Shape::new(1, 1),
        };
        add_prior(&mut packed, "nmf", &prior, sizes);
        let found: Vec<f32> = packed
            .bytes()
            .chunks(4)
            .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
            .collect();
        let expected = [0.5, 1.0, 1.0];
        assert!(
            found.len() == 3
                && found
                    .iter()
                    .zip(expected)
                    .all(|(a, b)| (a - b).abs() < 1e-3),
            "{found:?}"
        );
    }
}
