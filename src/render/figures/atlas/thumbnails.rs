//! The thumbnails of an atlas, each in a cell near its position.

use super::data::Atlas;
use super::plane_field::{FRAME, PlaneField};
use crate::error::Result;
use crate::render::canvas::colour_scale::{ColourMap, Scale};
use crate::render::canvas::scatter::cells;
use crate::render::canvas::style::Colour;
use crate::render::canvas::svg::{Canvas, Rect};
use crate::render::canvas::tile_size::TileSize;
use crate::render::canvas::tiles;

/// Radius of the dot of an image.
const DOT: f64 = 3.0;

/// The images that are shown as thumbnails.
pub(super) struct Thumbnails<'a> {
    /// Their positions among the chosen images.
    shown: &'a [usize],
    pixels: Vec<Vec<f32>>,
    colour_map: ColourMap,
    tile: TileSize,
}

impl<'a> Thumbnails<'a> {
    pub(super) fn of(data: &Atlas, shown: &'a [usize], tile: TileSize) -> Self {
        let mut pixels = Vec::with_capacity(shown.len());
        for &index in shown {
            pixels.push(data.images.known_f32(data.chosen[index]));
        }
        let colour_map = ColourMap::covering(Scale::FromZero, pixels.iter().flatten());
        let colour_map = colour_map.up_to(data.white);
        Self {
            shown,
            pixels,
            colour_map,
            tile,
        }
    }

    /// Draws a dot for every image, and above the dots the thumbnails with lines to the positions
    /// of their images.
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas,
        data: &Atlas,
        field: &PlaneField,
        positions: &[(f64, f64)],
    ) -> Result<()> {
        let wanted: Vec<_> = self.shown.iter().map(|&index| positions[index]).collect();
        let mut taken = Vec::with_capacity(wanted.len());
        for (column, row) in cells(&wanted, field.cells) {
            taken.push(field.on_page((column as f64, row as f64)));
        }
        for ((&index, &position), &cell) in self.shown.iter().zip(&wanted).zip(&taken) {
            let colour = data.colour(index, Colour::Quiet);
            canvas.ground_line(field.on_page(position), cell, colour);
        }
        for (index, &position) in positions.iter().enumerate() {
            let colour = data.colour(index, Colour::Quiet);
            canvas.ground_dot(field.on_page(position), DOT, colour);
        }
        for ((&index, pixels), &centre) in self.shown.iter().zip(&self.pixels).zip(&taken) {
            let frame = data.colour(index, Colour::Hairline);
            self.draw_one(canvas, data, pixels, centre, frame)?;
        }
        Ok(())
    }

    /// Draws one thumbnail in a coloured frame.
    fn draw_one(
        &self,
        canvas: &mut Canvas,
        data: &Atlas,
        pixels: &[f32],
        (x, y): (f64, f64),
        frame: Colour,
    ) -> Result<()> {
        let TileSize { width, height, .. } = self.tile;
        let (x, y) = (x - width / 2.0, y - height / 2.0);
        let around = Rect {
            x: x - FRAME,
            y: y - FRAME,
            width: width + 2.0 * FRAME,
            height: height + 2.0 * FRAME,
        };
        canvas.ground(around, frame);
        let shape = data.images.shape;
        tiles::draw(canvas, pixels, shape, self.colour_map, self.tile, (x, y))
    }
}
