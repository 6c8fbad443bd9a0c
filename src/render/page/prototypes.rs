//! The prototypes of a vector quantisation on the page.

use super::packed_arrays::{PackedArrays, PageArray};
use crate::basis::Shape;
use crate::model::Quantisation;
use crate::render::canvas::resize::resized;

/// Adds the prototypes at the size of the page, of a set of this size, and for each of the shown images the index of its
/// prototype and its relative error.
pub(super) fn add_prototypes(
    packed: &mut PackedArrays,
    vq: &Quantisation,
    shown: &[usize],
    array: impl Fn(Vec<f32>) -> PageArray,
    to: Shape,
) {
    let from = vq.prototypes.shape();
    let mut values = Vec::with_capacity(vq.prototypes.rank() * to.pixels());
    for row in vq.prototypes.rows().rows() {
        values.extend(resized(&row.to_vec(), from, to));
    }
    let assignments = shown.iter().map(|&index| vq.assignments[index] as f32);
    let errors = shown.iter().map(|&index| vq.errors[index]);
    packed.add("vq_basis".to_owned(), array(values));
    packed.add(
        "vq_assignments".to_owned(),
        PageArray::F32(assignments.collect()),
    );
    packed.add("vq_errors".to_owned(), PageArray::F32(errors.collect()));
}
