//! Conversion of arrays with colour channels to grey.

use crate::basis::Shape;
use crate::error::{InputError, Result};
use crate::images::options::LoadOptions;
use crate::images::reading::common::PixelValues;
use crate::images::reading::decode::grey_of_samples;

/// Which side of an array has the channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChannelOrder {
    /// (n, height, width, channels), with 3 channels, or 4 with alpha.
    Last(usize),
    /// (n, 3, height, width).
    First,
}

impl ChannelOrder {
    /// Returns the number of channels.
    pub(super) fn channels(self) -> usize {
        match self {
            Self::Last(channels) => channels,
            Self::First => 3,
        }
    }
}

/// Returns the note about the colours of an array with these sides.
pub(super) fn note(order: ChannelOrder, sides: &[usize]) -> String {
    let (what, place) = match order {
        ChannelOrder::Last(4) => ("colour with alpha", "last"),
        ChannelOrder::Last(_) => ("colour", "last"),
        ChannelOrder::First => ("colour", "second"),
    };
    format!(
        "the array's shape is {sides:?}: the {place} side is read as {what} and converted to grey as \
         0.2126 R + 0.7152 G + 0.0722 B"
    )
}

/// Returns the grey values of images of this size, one after another.
///
/// # Errors
/// If alpha is not 0 to 1 in floats.
pub(super) fn grey(
    values: PixelValues,
    order: ChannelOrder,
    shape: Shape,
    options: &LoadOptions,
) -> Result<PixelValues> {
    let (values, channels) = match (order, values) {
        (ChannelOrder::Last(channels), values) => (values, channels),
        (ChannelOrder::First, PixelValues::U8(values)) => {
            (PixelValues::U8(interleaved(&values, shape)), 3)
        }
        (ChannelOrder::First, PixelValues::F32(values)) => {
            (PixelValues::F32(interleaved(&values, shape)), 3)
        }
    };
    if let (4, PixelValues::F32(values)) = (channels, &values)
        && let Some(alpha) = values.iter().skip(3).step_by(4).find(|alpha| **alpha > 1.0)
    {
        return Err(InputError::Alpha(*alpha).into());
    }
    let background = f64::from(options.background) / 255.0;
    Ok(grey_of_samples(values, channels, background))
}

/// Returns which pixels of images with alpha are at least half opaque.
pub(super) fn is_opaque(values: &PixelValues) -> Vec<bool> {
    match values {
        PixelValues::U8(values) => values
            .as_chunks::<4>()
            .0
            .iter()
            .map(|pixel| pixel[3] >= 128)
            .collect(),
        PixelValues::F32(values) => values
            .as_chunks::<4>()
            .0
            .iter()
            .map(|pixel| pixel[3] >= 0.5)
            .collect(),
    }
}

/// Returns the channels of each pixel one after another.
fn interleaved<T: Copy>(values: &[T], shape: Shape) -> Vec<T> {
    let pixels = shape.pixels();
    let images = values.chunks_exact(3 * pixels);
    images
        .flat_map(|image| {
            (0..pixels)
                .flat_map(move |pixel| (0..3).map(move |channel| image[channel * pixels + pixel]))
        })
        .collect()
}
