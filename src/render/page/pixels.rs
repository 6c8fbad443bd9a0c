//! Images, and what is known of their pixels, as the page holds them.

use super::packed_arrays::PageArray;
use crate::basis::Shape;
use crate::images::{ImageSet, Mask, Outliers};
use crate::render::canvas::resize::resized;

/// Returns the array of the images: bytes, or the values themselves if there are outliers.
pub(super) fn image_array(values: Vec<f32>, scale: f32, outliers: Option<&Outliers>) -> PageArray {
    if outliers.is_some() {
        // Bytes on the scale of the outliers would leave few levels for all other pixels.
        return PageArray::F32(values);
    }
    PageArray::U8(image_bytes(&values, scale))
}

/// Returns the value of a byte of 255: 1, or the largest value if that is above 1 or at most 0.1.
pub(super) fn byte_scale<'a>(values: impl Iterator<Item = &'a f32>) -> f32 {
    let largest = values.copied().fold(0.0, f32::max);
    if largest > 1.0 || largest <= 0.1 && largest > 0.0 {
        largest
    } else {
        1.0
    }
}

/// Returns values as bytes, of which 255 means `scale`.
pub(super) fn image_bytes(values: &[f32], scale: f32) -> Vec<u8> {
    values
        .iter()
        .map(|value| (value / scale * 255.0).round() as u8)
        .collect()
}

/// Returns 1 for each known pixel and 0 for the others; a reduced pixel is known if all its pixels
/// are.
pub(super) fn known(mask: &Mask, image: usize, from: Shape, to: Shape) -> Vec<u8> {
    let known: Vec<f32> = (0..from.pixels())
        .map(|pixel| f32::from(u8::from(mask.is_known(image, pixel))))
        .collect();
    resized(&known, from, to)
        .iter()
        .map(|&fraction| u8::from(fraction > 0.999))
        .collect()
}

/// Returns 1 for each pixel that is an outlier or is reduced from one, and 0 for the others.
pub(super) fn outlier_flags(outliers: &Outliers, from: Shape, to: Shape) -> PageArray {
    let pixels = outliers.pixels.iter();
    let flags: Vec<f32> = pixels.map(|&is| f32::from(u8::from(is))).collect();
    let reduced = resized(&flags, from, to);
    PageArray::U8(reduced.iter().map(|&share| u8::from(share > 0.0)).collect())
}

/// Returns an image at the size of the page; unknown pixels are 0, whatever their value.
pub(super) fn shown_image(images: &ImageSet, index: usize, shape: Shape) -> Vec<f32> {
    let mut known = images.known_f32(index);
    for value in &mut known {
        if value.is_nan() {
            *value = 0.0;
        }
    }
    resized(&known, images.shape, shape)
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    #[test]
    fn a_byte_of_255_is_white_or_the_largest_value() {
        for (values, scale, bytes) in [
            ([0.0, 0.5, 0.2, 0.0], 1.0, [0, 128, 51, 0]),
            ([0.0, 4.0, 2.0, 1.0], 4.0, [0, 255, 128, 64]),
            ([0.0; 4], 1.0, [0; 4]),
        ] {
            assert_eq!(
                (byte_scale(values.iter()), image_bytes(&values, scale)),
                (scale, bytes.to_vec())
            );
        }
    }

    #[test]
    fn images_are_bytes_or_with_outliers_the_values_themselves() {
        let array = image_array(vec![0.5], 1.0, None);
        assert!(matches!(array, PageArray::U8(bytes) if bytes == [128]));
        let array = image_array(vec![0.5], 1.0, Some(&outliers()));
        assert!(matches!(array, PageArray::F32(values) if values == [0.5]));
    }

    fn outliers() -> Outliers {
        Outliers {
            limit: 0.1,
            largest: 1.0,
            smallest: 1.0,
            count: 1,
            pixels: (0..16).map(|pixel| pixel == 6).collect(),
            first: String::new(),
        }
    }

    #[test]
    fn a_reduced_pixel_is_an_outlier_if_any_of_its_pixels_is() {
        let PageArray::U8(flags) = outlier_flags(&outliers(), Shape::new(4, 4), Shape::new(2, 2))
        else {
            panic!("flags are bytes");
        };
        // Row 1, column 2 lies in the upper right quarter.
        assert_eq!(flags, [0, 1, 0, 0]);
    }

    #[test]
    fn hidden_pixels_are_not_shown() {
        let mut images =
            ImageSet::from_f32(Shape::new(1, 2), Array2::from_elem((1, 2), 0.5)).expect("sound");
        images.mask = Mask::new(1, 2, |_, pixel| pixel == 0);
        let values = ndarray::arr2(&[[0.5, 9999.0]]);
        images.pixels = crate::images::Pixels::F32(values);
        assert_eq!(shown_image(&images, 0, Shape::new(1, 2)), [0.5, 0.0]);
    }

    #[test]
    fn a_reduced_pixel_is_known_if_all_its_pixels_are() {
        let mask = Mask::new(1, 16, |_, pixel| pixel != 5).expect("a pixel is hidden");
        assert_eq!(
            known(&mask, 0, Shape::new(4, 4), Shape::new(2, 2)),
            [0, 1, 1, 1]
        );
    }
}
