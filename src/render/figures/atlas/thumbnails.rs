//! The thumbnails of an atlas, each in a cell near its position.

use super::data::Atlas;
use super::plane_field::{DOT, FRAME, PlaneField};
use crate::error::Result;
use crate::render::canvas::colour_scale::{ColourMap, Scale};
use crate::render::canvas::scatter::nearest_cells;
use crate::render::canvas::style::Colour;
use crate::render::canvas::svg::{Canvas, Rect};
use crate::render::canvas::tile_size::TileSize;
use crate::render::canvas::tiles;

/// Radius of the dot of an image with a thumbnail, and of the ring around it.
const MARKED: f64 = 4.5;
const RING: f64 = 6.5;
/// The number of dots beyond which all are smaller and more transparent.
const FEW: usize = 400;

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

    /// Draws a dot for every image, and the thumbnails in cells without dots, each with a line to the
    /// dot of its image.
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas,
        data: &Atlas,
        field: &PlaneField,
        positions: &[(f64, f64)],
    ) -> Result<()> {
        let crowd = (positions.len() as f64 / FEW as f64).max(1.0);
        let (radius, opacity) = (DOT * crowd.powf(-0.2), 0.9 * crowd.powf(-0.3));
        for (index, &position) in positions.iter().enumerate() {
            let colour = data.colour(index, Colour::Quiet);
            canvas.ground_dot(field.on_page(position), radius, colour, opacity);
        }
        let wanted: Vec<_> = self.shown.iter().map(|&index| positions[index]).collect();
        let cells = nearest_cells(&wanted, &field.free_cells(positions));
        let colour_of = |shown: usize| data.colour(self.shown[shown], Colour::Quiet);
        let mut placed = Vec::with_capacity(cells.len());
        for (shown, cell) in cells.into_iter().enumerate() {
            let Some((column, row)) = cell else {
                continue;
            };
            let centre = field.on_page((column as f64, row as f64));
            let dot = field.on_page(wanted[shown]);
            canvas.ground_line(dot, centre, Colour::Ink);
            canvas.ground_dot(dot, RING, Colour::Ink, 1.0);
            canvas.ground_dot(dot, MARKED, colour_of(shown), 1.0);
            placed.push((shown, centre));
        }
        for (shown, centre) in placed {
            let frame = colour_of(shown);
            self.draw_one(canvas, data, &self.pixels[shown], centre, frame)?;
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
