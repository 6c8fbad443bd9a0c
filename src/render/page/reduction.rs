//! Sizes of images and parts that are reduced to fit on the page.

use crate::basis::Shape;

/// Returns the shape, divided by the smallest whole factor with which it fits, and the factor.
pub(super) fn reduced(shape: Shape, fits: impl Fn(Shape) -> bool) -> (Shape, usize) {
    let largest = shape.height.max(shape.width).max(1);
    for factor in 1..largest {
        let small = divided(shape, factor);
        if fits(small) {
            return (small, factor);
        }
    }
    (divided(shape, largest), largest)
}

fn divided(shape: Shape, factor: usize) -> Shape {
    Shape::new(
        (shape.height / factor).max(1),
        (shape.width / factor).max(1),
    )
}
