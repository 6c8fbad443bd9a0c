//! Where the images lie: as pictures in the plane of two weights, one plane per method.

mod data;
mod plane_field;
mod thumbnails;

pub use data::{Atlas, Direction, Plane};

use crate::error::Result;
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::Head;
use crate::render::canvas::scatter::{Places, outermost};
use crate::render::canvas::style::{self, HEIGHT, INNER, LABEL, MARGIN, Theme, WIDTH};
use crate::render::canvas::svg::{Anchor, Area, Canvas, draw_figure};
use crate::render::canvas::text::Cut;
use crate::render::canvas::tile_size::Tile;
use plane_field::Field;
use thumbnails::Pictures;

const LEGEND_LINE: f64 = 178.0;
/// The side of a square that a picture about fits.
const PICTURE: f64 = 44.0;
/// The side of a square in the legend.
const SWATCH: f64 = 18.0;

/// Draws images as small pictures in each plane, the same ones in all, and all chosen images as dots.
///
/// No picture covers another: those that lie far from the others are shown, each at the free place of a grid that is
/// nearest to its own.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a direction has not as many values as an image has pixels.
///
/// # Panics
/// If a chosen image does not exist or has no weight.
pub fn atlas(data: &Atlas, theme: Theme) -> Result<Figure> {
    let tile = Tile::smallest(data.images.shape, PICTURE);
    let count = data.planes.len();
    let fields: Vec<Field> = data
        .planes
        .iter()
        .enumerate()
        .map(|(index, plane)| Field::of(plane, (index, count), tile))
        .collect();
    let places: Vec<Places> = (0..data.chosen.len())
        .map(|image| {
            let planes = fields.iter().zip(data.planes);
            planes
                .map(|(field, plane)| field.place_of(plane, image))
                .collect()
        })
        .collect();
    let capacity = fields.iter().map(Field::capacity).min();
    let shown = outermost(&places, capacity.unwrap_or_default());
    draw_figure(theme, WIDTH, HEIGHT, |canvas| {
        head(canvas, data, shown.len())?;
        let pictures = Pictures::of(data, &shown, tile);
        for (index, field) in fields.iter().enumerate() {
            field.draw_axes(canvas, &data.planes[index], data.images.shape)?;
            let places: Vec<_> = places.iter().map(|place| place[index]).collect();
            pictures.draw(canvas, data, field, &places)?;
        }
        Ok(())
    })
}

fn head(canvas: &mut Canvas, data: &Atlas, shown: usize) -> Result<()> {
    let all = data.images.names.len();
    Head {
        title: data.title,
        caption: data.caption,
        bars: &[],
        shown: (shown, all),
    }
    .draw(canvas)?;
    let dots = match data.chosen.len() {
        dots if dots < all => format!("Dots: {dots} of the images, evenly spread, where they are"),
        _ => "Dots: all images, where they are".to_owned(),
    };
    let how = format!("{dots}. Pictures: at the nearest free place, with a line to it.");
    let how = canvas.text(
        &how,
        (WIDTH - MARGIN, LEGEND_LINE),
        Anchor::Right,
        LABEL,
        (INNER, Cut::End),
    )?;
    legend(canvas, data, INNER - how - 32.0)
}

/// A square and a name for each label.
fn legend(canvas: &mut Canvas, data: &Atlas, width: f64) -> Result<()> {
    let Some((names, _)) = data.coloured() else {
        return Ok(());
    };
    let most = width / names.len() as f64;
    let mut x = MARGIN;
    for (index, name) in names.iter().enumerate() {
        let area = Area {
            x,
            y: LEGEND_LINE - SWATCH,
            width: SWATCH,
            height: SWATCH,
        };
        canvas.ground(area, style::label(index));
        let place = (x + SWATCH + 10.0, LEGEND_LINE);
        x += SWATCH
            + 42.0
            + canvas.text(
                name,
                place,
                Anchor::Left,
                LABEL,
                (most - SWATCH - 42.0, Cut::Middle),
            )?;
    }
    Ok(())
}
