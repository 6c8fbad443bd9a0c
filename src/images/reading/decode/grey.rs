//! Conversion of decoded pixels to grey.
//!
//! Grey is the luma of Rec. 709 on the stored values, `0.2126 R + 0.7152 G + 0.0722 B`, after laying transparent
//! pixels over the background: `(255, 0, 0)` is 54, and `(v, v, v)` exactly `v`. 8-bit files stay 8-bit.

use image::DynamicImage;

use crate::images::reading::common::PixelValues;

/// Returns which pixels are at least half opaque.
pub(super) fn opaque(image: &DynamicImage) -> Vec<bool> {
    image
        .to_rgba8()
        .pixels()
        .map(|pixel| pixel.0[3] >= 128)
        .collect()
}

/// Returns the grey values of an image over a background of 0..=1, and whether any pixel is transparent.
pub(super) fn grey(image: DynamicImage, background: f64) -> Result<(PixelValues, bool), String> {
    let channels = usize::from(image.color().channel_count());
    match image {
        DynamicImage::ImageLuma8(pixels) => Ok((PixelValues::U8(pixels.into_raw()), false)),
        DynamicImage::ImageLumaA8(pixels) => Ok(grey_bytes(pixels.as_raw(), channels, background)),
        DynamicImage::ImageRgb8(pixels) => Ok(grey_bytes(pixels.as_raw(), channels, background)),
        DynamicImage::ImageRgba8(pixels) => Ok(grey_bytes(pixels.as_raw(), channels, background)),
        DynamicImage::ImageLuma16(pixels) => {
            grey_fine(pixels.as_raw(), channels, 65535.0, background)
        }
        DynamicImage::ImageLumaA16(pixels) => {
            grey_fine(pixels.as_raw(), channels, 65535.0, background)
        }
        DynamicImage::ImageRgb16(pixels) => {
            grey_fine(pixels.as_raw(), channels, 65535.0, background)
        }
        DynamicImage::ImageRgba16(pixels) => {
            grey_fine(pixels.as_raw(), channels, 65535.0, background)
        }
        DynamicImage::ImageRgb32F(pixels) => grey_fine(pixels.as_raw(), channels, 1.0, background),
        DynamicImage::ImageRgba32F(pixels) => grey_fine(pixels.as_raw(), channels, 1.0, background),
        other => Err(format!(
            "the colour type {:?} is not supported",
            other.color()
        )),
    }
}

/// Returns the grey values of interleaved samples, in which 255 or 1 is white, over a background of 0..=1.
pub(crate) fn grey_of_samples(
    samples: PixelValues,
    channels: usize,
    background: f64,
) -> PixelValues {
    match samples {
        PixelValues::U8(samples) => grey_bytes(&samples, channels, background).0,
        PixelValues::F32(samples) => {
            let (values, _) = flatten(&samples, channels, 1.0, background);
            PixelValues::F32(values.map(|value| value as f32).collect())
        }
    }
}

fn grey_bytes(samples: &[u8], channels: usize, background: f64) -> (PixelValues, bool) {
    let (values, transparent) = flatten(samples, channels, 255.0, background);
    (
        PixelValues::U8(values.map(|value| (value * 255.0).round() as u8).collect()),
        transparent,
    )
}

fn grey_fine<T: Copy + PartialEq + Into<f64>>(
    samples: &[T],
    channels: usize,
    white: f64,
    background: f64,
) -> Result<(PixelValues, bool), String> {
    let (values, transparent) = flatten(samples, channels, white, background);
    let values: Vec<f32> = values.map(|value| value as f32).collect();
    if values
        .iter()
        .any(|value| !value.is_finite() || *value < 0.0)
    {
        return Err("contains NaN, infinite or negative values".to_owned());
    }
    Ok((PixelValues::F32(values), transparent))
}

/// Returns the grey values, in 0..=1, of interleaved samples, and whether any pixel is transparent.
fn flatten<T: Copy + PartialEq + Into<f64>>(
    samples: &[T],
    channels: usize,
    white: f64,
    background: f64,
) -> (impl Iterator<Item = f64>, bool) {
    let has_alpha = channels.is_multiple_of(2);
    let is_transparent = has_alpha
        && samples
            .chunks_exact(channels)
            .any(|pixel| opacity(pixel, white) < 1.0);
    let values = samples.chunks_exact(channels).map(move |pixel| {
        let cover = if has_alpha {
            opacity(pixel, white)
        } else {
            1.0
        };
        luma(pixel) / white * cover + background * (1.0 - cover)
    });
    (values, is_transparent)
}

/// Returns the opacity, 0 to 1, in the last channel of a pixel.
fn opacity<T: Copy + Into<f64>>(pixel: &[T], white: f64) -> f64 {
    pixel.last().map_or(1.0, |&alpha| alpha.into() / white)
}

/// Returns the luma of a pixel.
pub(super) fn luma<T: Copy + PartialEq + Into<f64>>(pixel: &[T]) -> f64 {
    match *pixel {
        // Equal channels are kept as they are, since rounding could change them.
        [red, green, blue, ..] if red != green || green != blue => {
            0.2126 * red.into() + 0.7152 * green.into() + 0.0722 * blue.into()
        }
        [grey, ..] => grey.into(),
        [] => 0.0,
    }
}
