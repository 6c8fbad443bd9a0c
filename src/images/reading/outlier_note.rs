//! The note about values that are far brighter than all others.

use super::read_set::FileFacts;
use crate::basis::Shape;
use crate::error::one_line;
use crate::images::options::LoadOptions;
use crate::images::set::{ImageSet, Outliers, Pixels};
use crate::plural::{by_count, counted};

/// Returns a note about values that are far brighter than all others, and how to treat them as unknown. `facts` are those
/// of the files of all processes.
pub(super) fn outlier_note(
    outliers: &Outliers,
    set: &ImageSet,
    options: &LoadOptions,
    facts: &FileFacts,
) -> String {
    let hot: Vec<usize> = (0..outliers.pixels.len())
        .filter(|&pixel| outliers.pixels[pixel])
        .collect();
    let first = hot.first().copied().unwrap_or_default();
    let (row, column) = (first / set.shape.width, first % set.shape.width);
    let more = if hot.len() > 1 { ", …" } else { "" };
    let way_out = if options.mask.is_some() {
        let pixels = by_count(hot.len(), "this pixel", "these pixels");
        format!("to treat them as unknown, make {pixels} black in the mask too")
    } else if let Some(value) = missing_value(outliers, set, options, facts) {
        format!("pass --missing {value} to treat them as unknown")
    } else {
        mask_advice(set.shape, &hot)
    };
    format!(
        "{} far brighter than all others, at {} (row {row}, column {column}{more}, counted from 0; first in {}): up to \
         {:.4}, all others at most {:.4}, where pictures are clipped; {}",
        counted(outliers.count, "value is", "values are"),
        counted(hot.len(), "pixel", "pixels"),
        one_line(&outliers.first),
        outliers.largest,
        outliers.limit,
        way_out
    )
}

/// Returns how to treat pixels as unknown by a mask.
fn mask_advice(Shape { height, width }: Shape, hot: &[usize]) -> String {
    if let [pixel] = hot {
        let (row, column) = (pixel / width, pixel % width);
        return format!(
            "to treat it as unknown, pass --mask mask.npy, made by python3 -c \"import numpy; m = numpy.ones(({height}, {width})); \
             m[{row}, {column}] = 0; numpy.save('mask.npy', m)\""
        );
    }
    "pass --mask with a mask that is black there to treat them as unknown".to_owned()
}

/// Returns the value for `--missing` that marks the outliers; `None` if none does, or if the values that it is compared with
/// are not those of the set.
fn missing_value(
    outliers: &Outliers,
    set: &ImageSet,
    options: &LoadOptions,
    facts: &FileFacts,
) -> Option<f32> {
    let is_one_value = outliers.largest <= outliers.smallest;
    let is_as_read = options.size.is_none() && !options.invert && options.missing.is_none();
    let is_in_memory = !matches!(set.pixels, Pixels::Stored(_));
    (is_one_value && is_as_read && is_in_memory)
        .then(|| facts.missing_value(outliers.largest))
        .flatten()
}
