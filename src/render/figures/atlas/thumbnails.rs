//! The images of an atlas as small pictures, each in a cell near its place.

use super::data::Atlas;
use super::plane_field::{FRAME, Field};
use crate::error::Result;
use crate::render::canvas::colour_scale::{Paint, Scale};
use crate::render::canvas::scatter::cells;
use crate::render::canvas::style::Colour;
use crate::render::canvas::svg::{Area, Canvas};
use crate::render::canvas::tile_size::Tile;
use crate::render::canvas::tiles;

const DOT: f64 = 3.0;

/// The images that are shown as pictures, and as which.
pub(super) struct Pictures<'a> {
    shown: &'a [usize],
    pixels: Vec<Vec<f32>>,
    paint: Paint,
    tile: Tile,
}

impl<'a> Pictures<'a> {
    pub(super) fn of(data: &Atlas, shown: &'a [usize], tile: Tile) -> Self {
        let pixels: Vec<Vec<f32>> = shown
            .iter()
            .map(|&index| data.images.known_f32(data.chosen[index]))
            .collect();
        let paint = Paint::holding(Scale::FromZero, pixels.iter().flatten());
        Self {
            shown,
            pixels,
            paint,
            tile,
        }
    }

    /// A dot for every image, and over the dots the pictures in their cells, with lines to where they belong.
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas,
        data: &Atlas,
        field: &Field,
        places: &[(f64, f64)],
    ) -> Result<()> {
        let Tile { width, height, .. } = self.tile;
        let wanted: Vec<_> = self.shown.iter().map(|&index| places[index]).collect();
        let taken: Vec<_> = cells(&wanted, field.cells)
            .into_iter()
            .map(|(column, row)| (column as f64, row as f64))
            .collect();
        for ((&index, &place), &cell) in self.shown.iter().zip(&wanted).zip(&taken) {
            canvas.ground_line(
                field.on_page(place),
                field.on_page(cell),
                data.colour(index, Colour::Quiet),
            );
        }
        for (index, &place) in places.iter().enumerate() {
            canvas.ground_dot(field.on_page(place), DOT, data.colour(index, Colour::Quiet));
        }
        for ((&index, pixels), &cell) in self.shown.iter().zip(&self.pixels).zip(&taken) {
            let (x, y) = field.on_page(cell);
            let (x, y) = (x - width / 2.0, y - height / 2.0);
            let frame = Area {
                x: x - FRAME,
                y: y - FRAME,
                width: width + 2.0 * FRAME,
                height: height + 2.0 * FRAME,
            };
            canvas.ground(frame, data.colour(index, Colour::Hairline));
            tiles::draw(
                canvas,
                pixels,
                data.images.shape,
                self.paint,
                self.tile,
                (x, y),
            )?;
        }
        Ok(())
    }
}
