//! A set of some pixels of some images.

use ndarray::Array2;

use crate::basis::Shape;
use crate::error::Result;
use crate::images::{Block, ImageSet, Images, Mask};

/// Returns the pixels `columns` of the images `rows` as images with one row of pixels; at least one of each is needed.
pub(super) fn cut(images: &impl Images, rows: &[usize], columns: &[usize]) -> Result<ImageSet> {
    let (mut bytes, mut floats) = (Vec::new(), Vec::new());
    for &row in rows {
        match images.block(row..row + 1) {
            Block::U8(image) => bytes.extend(columns.iter().map(|&column| image[column])),
            Block::F32(image) => floats.extend(columns.iter().map(|&column| image[column])),
        }
    }
    let (shape, width) = (Shape::new(1, columns.len()), columns.len());
    let mut set = if floats.is_empty() {
        ImageSet::from_u8(shape, table(width, &bytes))
    } else {
        ImageSet::from_f32(shape, table(width, &floats))
    }?;
    if let Some(mask) = images.mask() {
        set.mask = Mask::new(rows.len(), width, |row, column| {
            mask.is_known(rows[row], columns[column])
        });
    }
    Ok(set)
}

/// Returns values, given row by row, as an array, (rows, width).
fn table<T: Copy>(width: usize, values: &[T]) -> Array2<T> {
    Array2::from_shape_fn((values.len() / width, width), |(row, column)| {
        values[row * width + column]
    })
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;

    #[test]
    fn a_cut_has_the_pixels_the_kind_and_the_mask_of_its_images() {
        let bytes = arr2(&[[1u8, 2, 3], [4, 5, 6], [7, 8, 9]]);
        let mut images = ImageSet::from_u8(Shape::new(3, 1), bytes).expect("sound");
        images.mask = Mask::new(3, 3, |image, pixel| (image, pixel) != (2, 0));
        let found = cut(&images, &[2, 0], &[0, 2]).expect("sound");
        assert_eq!(
            found.pixels,
            crate::images::Pixels::U8(arr2(&[[7, 9], [1, 3]]))
        );
        assert_eq!(
            found.mask,
            Mask::new(2, 2, |image, pixel| (image, pixel) != (0, 0))
        );
        assert_eq!(
            cut(&images, &[1, 0], &[1]).expect("sound").mask,
            None,
            "nothing hidden is left"
        );

        let floats =
            ImageSet::from_f32(Shape::new(1, 2), arr2(&[[0.5, 1.5], [2.5, 3.5]])).expect("sound");
        let found = cut(&floats, &[1], &[1, 0]).expect("sound");
        assert_eq!(
            found.pixels,
            crate::images::Pixels::F32(arr2(&[[3.5, 2.5]]))
        );
    }
}
