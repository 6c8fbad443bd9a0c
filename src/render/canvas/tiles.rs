//! One image as a tile: from values to colours to an embedded PNG.

use plotters::style::RGBColor;

use super::colour_scale::{ColourMap, Scale};
use super::errors::check_image;
use super::raster::{Raster, Samples};
use super::resize::reduced;
use super::style::Colour;
use super::svg::Canvas;
use super::tile_size::TileSize;
use crate::basis::Shape;
use crate::error::Result;

/// How much darker every second pixel of a hole is.
const DARKER: f32 = 0.75;

/// Draws an image of `shape` as a framed tile with its upper left corner at (x, y).
///
/// Unknown pixels are NaN. They are drawn as a checkerboard in a colour that is no grey. Images are
/// enlarged by the tile's whole factor; an image larger than its tile is reduced by averaging
/// areas.
pub(crate) fn draw(
    canvas: &mut Canvas,
    values: &[f32],
    shape: Shape,
    colour_map: ColourMap,
    tile: TileSize,
    (x, y): (f64, f64),
) -> Result<()> {
    check_image(values, shape)?;
    if values.iter().any(|value| value.is_nan()) {
        let colours = with_holes(canvas, values, shape, colour_map);
        draw_coloured(canvas, &colours, shape, tile, (x, y));
        return Ok(());
    }
    let raster = if tile.factor.is_some() {
        coloured(values, shape, colour_map)
    } else {
        let small = tile.pixels();
        coloured(&reduced(values, shape, small), small, colour_map)
    };
    canvas.image(raster, tile.at((x, y)));
    Ok(())
}

/// Returns the colours of an image with its unknown pixels as a checkerboard.
fn with_holes(
    canvas: &Canvas,
    values: &[f32],
    shape: Shape,
    colour_map: ColourMap,
) -> Vec<[f32; 3]> {
    let RGBColor(red, green, blue) = canvas.rgb(Colour::Hole);
    let hole = [red, green, blue].map(f32::from);
    let dark_hole = hole.map(|channel| DARKER * channel);
    let mut colours = Vec::with_capacity(values.len());
    for (at, &value) in values.iter().enumerate() {
        let (row, column) = (at / shape.width, at % shape.width);
        colours.push(if !value.is_nan() {
            colour_map.colour(value).map(f32::from)
        } else if (row + column).is_multiple_of(2) {
            dark_hole
        } else {
            hole
        });
    }
    colours
}

/// Draws an image of RGB pixels, 0..=255 each, in the way of [`draw`].
pub(crate) fn draw_coloured(
    canvas: &mut Canvas,
    colours: &[[f32; 3]],
    shape: Shape,
    tile: TileSize,
    place: (f64, f64),
) {
    let shown = if tile.factor.is_some() {
        shape
    } else {
        tile.pixels()
    };
    let [red, green, blue] = [0, 1, 2].map(|channel| channel_of(colours, channel, shape, shown));
    let pixels = red.iter().zip(&green).zip(&blue);
    let samples = pixels.map(|((&red, &green), &blue)| [red, green, blue].map(|v| v.round() as u8));
    let raster = Raster {
        samples: Samples::Rgb(samples.collect()),
        width: shown.width as u32,
        height: shown.height as u32,
    };
    canvas.image(raster, tile.at(place));
}

/// Returns one channel of an image, reduced to `shown` if that is another size.
fn channel_of(colours: &[[f32; 3]], channel: usize, shape: Shape, shown: Shape) -> Vec<f32> {
    let values: Vec<f32> = colours.iter().map(|colour| colour[channel]).collect();
    if shown == shape {
        values
    } else {
        reduced(&values, shape, shown)
    }
}

/// Returns the coloured values, one pixel per value.
pub(crate) fn coloured(values: &[f32], shape: Shape, colour_map: ColourMap) -> Raster {
    let colours = values.iter().map(|&value| colour_map.colour(value));
    let samples = match colour_map.scale {
        Scale::FromZero => Samples::Grey(colours.map(|[grey, ..]| grey).collect()),
        Scale::Diverging | Scale::Sequential => Samples::Rgb(colours.collect()),
    };
    Raster {
        samples,
        width: shape.width as u32,
        height: shape.height as u32,
    }
}

/// Returns an image of `shape` as an 8-bit grey PNG, one pixel per value: 0 is black, 1 is white.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if the number of values differs from the number
/// of pixels.
pub fn grey_png(values: &[f32], shape: Shape) -> Result<Vec<u8>> {
    check_image(values, shape)?;
    let colour_map = ColourMap {
        scale: Scale::FromZero,
        limit: 1.0,
    };
    coloured(values, shape, colour_map).png()
}
