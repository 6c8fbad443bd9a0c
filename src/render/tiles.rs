//! One image as a tile: values to colours, colours to a small PNG. Not where tiles stand.

use image::ExtendedColorType;
use plotters::style::RGBColor;

use super::canvas::{Area, Canvas};
use super::encode;
use super::layout::Tile;
use super::style::Colour;
use crate::basis::Shape;
use crate::error::{Error, Result};

/// How values become colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Grey from 0 (black) to the largest value (white), as the images themselves are drawn. What is below 0 is black.
    FromZero,
    /// Blue for negative, near-white for 0, red for positive; symmetric about 0 and safe for colour-blind readers.
    Diverging,
    /// From 0 (black) over purple and orange to the largest value (light yellow); lightness rises evenly.
    Sequential,
}

/// Whether tiles can be compared with one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scaling {
    /// Each tile up to its own largest value: every one is seen well.
    #[default]
    Each,
    /// All tiles up to the largest value of all: brightness can be compared.
    Shared,
}

/// A scale with the value at its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Paint {
    pub scale: Scale,
    /// The value at the bright end (from zero) or at both coloured ends (diverging).
    pub limit: f32,
}

impl Paint {
    /// The scale that just holds `values`.
    pub(super) fn holding<'v>(scale: Scale, values: impl IntoIterator<Item = &'v f32>) -> Self {
        let largest = |limit: f32, value: f32| {
            if value.is_finite() {
                limit.max(value)
            } else {
                limit
            }
        };
        let limit = values.into_iter().fold(0.0, |limit, &value| match scale {
            Scale::FromZero | Scale::Sequential => largest(limit, value),
            Scale::Diverging => largest(limit, value.abs()),
        });
        Self { scale, limit }
    }

    /// The colour of a value; what is no number is drawn as 0.
    pub(super) fn colour(self, value: f32) -> [u8; 3] {
        let part = f64::from(value) / f64::from(self.limit);
        let part = if part.is_finite() { part } else { 0.0 };
        match self.scale {
            Scale::FromZero => [(part.clamp(0.0, 1.0) * 255.0).round() as u8; 3],
            Scale::Diverging => colorous::RED_BLUE
                .eval_continuous(0.5 - part.clamp(-1.0, 1.0) / 2.0)
                .into_array(),
            Scale::Sequential => colorous::INFERNO
                .eval_continuous(part.clamp(0.0, 1.0))
                .into_array(),
        }
    }
}

/// Draws an image of `shape` as a framed tile with its upper left corner at (x, y).
///
/// Unknown pixels, which are NaN, are holes in a colour of their own, every second one darker, so that they are told from
/// any grey. The image is enlarged by the tile's whole factor. An image larger than its tile is reduced instead: each drawn pixel is the
/// average of the area that it covers.
pub(super) fn draw(
    canvas: &mut Canvas,
    values: &[f32],
    shape: Shape,
    paint: Paint,
    tile: Tile,
    (x, y): (f64, f64),
) -> Result<()> {
    check(values, shape)?;
    if values.iter().any(|value| value.is_nan()) {
        return draw_coloured(
            canvas,
            &with_holes(canvas, values, shape, paint),
            shape,
            tile,
            (x, y),
        );
    }
    let area = Area {
        x,
        y,
        width: tile.width,
        height: tile.height,
    };
    if tile.factor.is_some() {
        canvas.image(&png(values, shape, paint)?, area);
    } else {
        let small = tile.pixels();
        canvas.image(&png(&reduced(values, shape, small), small, paint)?, area);
    }
    Ok(())
}

/// How much darker every second pixel of a hole is.
const DARKER: f32 = 0.75;

fn with_holes(canvas: &Canvas, values: &[f32], shape: Shape, paint: Paint) -> Vec<[f32; 3]> {
    let RGBColor(red, green, blue) = canvas.rgb(Colour::Hole);
    let colour = |(at, &value): (usize, &f32)| {
        let dark = (at / shape.width + at % shape.width).is_multiple_of(2);
        match (value.is_nan(), dark) {
            (false, _) => paint.colour(value).map(f32::from),
            (true, false) => [red, green, blue].map(f32::from),
            (true, true) => [red, green, blue].map(|channel| DARKER * f32::from(channel)),
        }
    };
    values.iter().enumerate().map(colour).collect()
}

/// Draws an image whose pixels are colours, 0..=255 each, as [`draw`] does.
pub(super) fn draw_coloured(
    canvas: &mut Canvas,
    colours: &[[f32; 3]],
    shape: Shape,
    tile: Tile,
    (x, y): (f64, f64),
) -> Result<()> {
    let channels = [0, 1, 2].map(|channel| {
        colours
            .iter()
            .map(|colour| colour[channel])
            .collect::<Vec<f32>>()
    });
    let shown = if tile.factor.is_some() {
        shape
    } else {
        tile.pixels()
    };
    let channels = channels.map(|values| {
        if shown == shape {
            values
        } else {
            reduced(&values, shape, shown)
        }
    });
    let samples: Vec<u8> = (0..shown.pixels())
        .flat_map(|at| channels.each_ref().map(|values| values[at].round() as u8))
        .collect();
    let png = encode(
        &samples,
        shown.width as u32,
        shown.height as u32,
        ExtendedColorType::Rgb8,
    )?;
    canvas.image(
        &png,
        Area {
            x,
            y,
            width: tile.width,
            height: tile.height,
        },
    );
    Ok(())
}

/// Whether there is one value a pixel.
pub(super) fn check(values: &[f32], shape: Shape) -> Result<()> {
    if values.len() == shape.pixels() && !values.is_empty() {
        return Ok(());
    }
    let reason = format!(
        "an image has {} values, but a {shape} image has {}",
        values.len(),
        shape.pixels()
    );
    Err(Error::Picture { reason })
}

/// The values in their colours, one pixel a value.
pub(super) fn png(values: &[f32], shape: Shape, paint: Paint) -> Result<Vec<u8>> {
    let (width, height) = (shape.width as u32, shape.height as u32);
    let colours = values.iter().map(|&value| paint.colour(value));
    match paint.scale {
        Scale::FromZero => {
            let samples: Vec<u8> = colours.map(|[grey, ..]| grey).collect();
            encode(&samples, width, height, ExtendedColorType::L8)
        }
        Scale::Diverging | Scale::Sequential => {
            let samples: Vec<u8> = colours.flatten().collect();
            encode(&samples, width, height, ExtendedColorType::Rgb8)
        }
    }
}

/// The image at the size `to`: each pixel repeated where that is a multiple of its own, or else reduced.
pub(super) fn resized(values: &[f32], from: Shape, to: Shape) -> Vec<f32> {
    if to.width < from.width || to.height < from.height {
        return reduced(values, from, to);
    }
    let at = |row: usize, column: usize| {
        values[row * from.height / to.height * from.width + column * from.width / to.width]
    };
    (0..to.pixels())
        .map(|pixel| at(pixel / to.width, pixel % to.width))
        .collect()
}

/// The image at the size `to`, each value the average of the area that it covers.
fn reduced(values: &[f32], from: Shape, to: Shape) -> Vec<f32> {
    let columns = shares(from.width, to.width);
    let rows = shares(from.height, to.height);
    let mut narrow = vec![0.0; from.height * to.width];
    for (row, line) in values.chunks_exact(from.width).enumerate() {
        for (column, parts) in columns.iter().enumerate() {
            narrow[row * to.width + column] =
                parts.iter().map(|&(at, share)| line[at] * share).sum();
        }
    }
    let mut small = Vec::with_capacity(to.pixels());
    for parts in &rows {
        for column in 0..to.width {
            small.push(
                parts
                    .iter()
                    .map(|&(at, share)| narrow[at * to.width + column] * share)
                    .sum(),
            );
        }
    }
    small
}

/// For each of `to` intervals: which of `from` pixels it covers, and what share of it each makes up.
fn shares(from: usize, to: usize) -> Vec<Vec<(usize, f32)>> {
    let step = from as f64 / to as f64;
    let interval = |index: usize| {
        let (start, end) = (index as f64 * step, (index + 1) as f64 * step);
        let last = (end.ceil() as usize).min(from);
        let covered = move |at: usize| (end.min((at + 1) as f64) - start.max(at as f64)).max(0.0);
        ((start as usize).min(from - 1)..last)
            .map(|at| (at, (covered(at) / step) as f32))
            .collect()
    };
    (0..to).map(interval).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_zero_is_black_at_zero_and_white_at_the_limit() {
        let paint = Paint::holding(Scale::FromZero, &[0.0, 0.5, 2.0]);
        assert_eq!(paint.colour(0.0), [0; 3]);
        assert_eq!(paint.colour(1.0), [128; 3]);
        assert_eq!(paint.colour(2.0), [255; 3]);
        assert_eq!(paint.colour(-1.0), [0; 3], "below zero is clipped");
        assert_eq!(paint.colour(9.0), [255; 3], "above the limit is clipped");
    }

    #[test]
    fn diverging_is_neutral_at_zero_and_symmetric() {
        let paint = Paint::holding(Scale::Diverging, &[0.25, -0.5]);
        assert!((paint.limit - 0.5).abs() < f32::EPSILON);
        let [red, green, blue] = paint.colour(0.0).map(i32::from);
        assert!(red > 235 && (red - green).abs() < 8 && (green - blue).abs() < 8);
        let [red, _, blue] = paint.colour(0.5);
        assert!(red > 90 && red > 2 * blue, "positive is red");
        let [red, _, blue] = paint.colour(-0.5);
        assert!(blue > 90 && blue > 2 * red, "negative is blue");
    }

    #[test]
    fn constant_zero_is_drawn_as_zero() {
        let black = Paint::holding(Scale::FromZero, &[0.0; 4]);
        assert_eq!(black.colour(0.0), [0; 3]);
        let signed = Paint::holding(Scale::Diverging, &[0.0; 4]);
        assert_eq!(
            signed.colour(0.0),
            Paint {
                limit: 1.0,
                ..signed
            }
            .colour(0.0)
        );
    }

    #[test]
    fn reducing_averages_areas_and_keeps_the_mean() {
        let shape = Shape::new(2, 4);
        let values = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
        assert_eq!(reduced(&values, shape, Shape::new(1, 2)), [2.5, 4.5]);
        let third = reduced(&values, shape, Shape::new(1, 3));
        assert!((third.iter().sum::<f32>() / 3.0 - 3.5).abs() < 1e-5);
    }
}
