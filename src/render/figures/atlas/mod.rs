//! Images as thumbnails in the plane of two weights, one plane per method.

mod data;
mod plane_field;
mod thumbnails;

pub use data::{Atlas, Direction, Plane};

use crate::error::Result;
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{FigureHeader, Shown};
use crate::render::canvas::scatter::{PlanePositions, outermost};
use crate::render::canvas::style::{self, HEIGHT, INNER, LABEL, MARGIN, Theme, WIDTH};
use crate::render::canvas::svg::{Anchor, Canvas, Rect, draw_figure};
use crate::render::canvas::text::TextFit;
use crate::render::canvas::tile_size::TileSize;
use plane_field::PlaneField;
use thumbnails::Thumbnails;

const LEGEND_LINE: f64 = 178.0;
/// The side of the square that a thumbnail approximately fits, and their maximum number: more lines
/// would hide the dots.
const THUMBNAIL: f64 = 56.0;
const THUMBNAILS: usize = 24;
/// The side of a colour swatch in the legend.
const SWATCH: f64 = 18.0;

/// Draws all chosen images as dots in each plane, and some as thumbnails, the same ones in all.
///
/// Thumbnails cover neither dots nor one another: images far from the others are shown, each in a
/// cell of a grid without dots, with a line to its dot. The more dots, the more transparent they are.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a direction does not have the number of
/// pixels of the images.
///
/// # Panics
/// If a chosen image does not exist or has no weight.
pub fn atlas(data: &Atlas, theme: Theme) -> Result<Figure> {
    let tile = TileSize::smallest(data.images.shape, THUMBNAIL);
    let count = data.planes.len();
    let mut fields = Vec::with_capacity(count);
    for (index, plane) in data.planes.iter().enumerate() {
        fields.push(PlaneField::of(plane, (index, count), tile));
    }
    let mut positions: Vec<PlanePositions> = Vec::with_capacity(data.chosen.len());
    for image in 0..data.chosen.len() {
        let planes = fields.iter().zip(data.planes);
        positions.push(
            planes
                .map(|(field, plane)| field.position_of(plane, image))
                .collect(),
        );
    }
    let mut most = THUMBNAILS;
    for (index, field) in fields.iter().enumerate() {
        let in_plane: Vec<_> = positions.iter().map(|position| position[index]).collect();
        most = most.min(field.free_cells(&in_plane).len());
    }
    let shown = outermost(&positions, most);
    draw_figure(theme, WIDTH, HEIGHT, |canvas| {
        draw_header(canvas, data, shown.len())?;
        let thumbnails = Thumbnails::of(data, &shown, tile);
        for (index, field) in fields.iter().enumerate() {
            field.draw_axes(canvas, &data.planes[index], data.images.shape)?;
            let in_plane: Vec<_> = positions.iter().map(|position| position[index]).collect();
            thumbnails.draw(canvas, data, field, &in_plane)?;
        }
        Ok(())
    })
}

fn draw_header(canvas: &mut Canvas, data: &Atlas, count: usize) -> Result<()> {
    let total = data.images.names.len();
    FigureHeader {
        title: data.title,
        caption: data.caption,
        bars: &[],
        shown: Shown::ALL,
    }
    .draw(canvas)?;
    let dots = match data.chosen.len() {
        dots if dots < total => format!("Dots: {dots} of {total} images, evenly spaced"),
        _ => format!("Dots: all {total} images"),
    };
    let note = format!("{dots}. Thumbnails: {count} of them, each with a line to its dot.");
    let (place, fit) = ((WIDTH - MARGIN, LEGEND_LINE), TextFit::end(INNER));
    let how = canvas.text(&note, place, Anchor::Right, LABEL, fit)?;
    draw_legend(canvas, data, INNER - how - 32.0)
}

/// Draws a colour swatch and a name for each label.
fn draw_legend(canvas: &mut Canvas, data: &Atlas, width: f64) -> Result<()> {
    let Some((names, _)) = data.coloured() else {
        return Ok(());
    };
    let most = width / names.len() as f64;
    let mut x = MARGIN;
    for (index, name) in names.iter().enumerate() {
        let area = Rect {
            x,
            y: LEGEND_LINE - SWATCH,
            width: SWATCH,
            height: SWATCH,
        };
        canvas.ground(area, style::label(index));
        let place = (x + SWATCH + 10.0, LEGEND_LINE);
        let fit = TextFit::middle(most - SWATCH - 42.0);
        x += SWATCH + 42.0 + canvas.text(name, place, Anchor::Left, LABEL, fit)?;
    }
    Ok(())
}
