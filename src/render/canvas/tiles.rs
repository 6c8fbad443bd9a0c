//! One image as a tile: values to colours, colours to a small PNG. Not where tiles stand.

use image::ExtendedColorType;
use plotters::style::RGBColor;

use super::colour_scale::{Paint, Scale};
use super::errors::check_image;
use super::png::encode;
use super::resize::reduced;
use super::style::Colour;
use super::svg::{Area, Canvas};
use super::tile_size::Tile;
use crate::basis::Shape;
use crate::error::Result;

/// Draws an image of `shape` as a framed tile with its upper left corner at (x, y).
///
/// Unknown pixels, which are NaN, are holes in a colour of their own, every second one darker, so that they are told from
/// any grey. The image is enlarged by the tile's whole factor. An image larger than its tile is reduced instead: each drawn pixel is the
/// average of the area that it covers.
pub(crate) fn draw(
    canvas: &mut Canvas,
    values: &[f32],
    shape: Shape,
    paint: Paint,
    tile: Tile,
    (x, y): (f64, f64),
) -> Result<()> {
    check_image(values, shape)?;
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
pub(crate) fn draw_coloured(
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

/// The values in their colours, one pixel a value.
pub(crate) fn png(values: &[f32], shape: Shape, paint: Paint) -> Result<Vec<u8>> {
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

/// An image of `shape` as an 8-bit grey PNG, one pixel a value: 0 is black, 1 white.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if there are not as many values as pixels.
pub fn grey_png(values: &[f32], shape: Shape) -> Result<Vec<u8>> {
    check_image(values, shape)?;
    png(
        values,
        shape,
        Paint {
            scale: Scale::FromZero,
            limit: 1.0,
        },
    )
}
