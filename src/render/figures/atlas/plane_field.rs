//! One plane of an atlas: its cells, and its axes with their tiles.

use super::data::{Direction, Plane};
use crate::basis::Shape;
use crate::error::Result;
use crate::render::canvas::axis::Axis;
use crate::render::canvas::colour_scale::Paint;
use crate::render::canvas::numbers::number;
use crate::render::canvas::style::{Colour, HEADING, HEIGHT, INNER, LABEL, MARGIN, SMALL};
use crate::render::canvas::svg::{Anchor, Area, Canvas};
use crate::render::canvas::text::Cut;
use crate::render::canvas::tile_size::Tile;
use crate::render::canvas::tiles;

const HEADING_LINE: f64 = 236.0;
const TOP: f64 = 258.0;
const BOTTOM: f64 = HEIGHT - 166.0;
const BETWEEN: f64 = 56.0;
/// Room for the name and the numbers of the vertical axis.
const GUTTER: f64 = 204.0;
/// The tile that names an axis.
const NAME: f64 = 84.0;
/// Room for the name of the vertical axis.
const NAMED: f64 = 124.0;
/// The coloured frame of a picture, and the room around that.
pub(super) const FRAME: f64 = 2.5;
const AROUND: f64 = 2.0;
/// The share of a plane that pictures fill.
const FILLED: f64 = 0.45;
/// Where a weight is 0.
const ZERO: f64 = 2.0;

/// Where a plane is drawn: in cells that hold a picture each.
pub(super) struct Field {
    area: Area,
    /// How many cells are in a row, and how many rows there are.
    pub(super) cells: (usize, usize),
    /// The smallest and the largest weight, in the middle of the first and the last cell.
    across: (f64, f64),
    up: (f64, f64),
}

impl Field {
    /// The field of a plane, which is number `index` of `count` side by side.
    pub(super) fn of(plane: &Plane, (index, count): (usize, usize), tile: Tile) -> Self {
        let side = (INNER - BETWEEN * (count as f64 - 1.0)) / count as f64;
        let x = MARGIN + GUTTER + index as f64 * (side + BETWEEN);
        let area = Area {
            x,
            y: TOP,
            width: side - GUTTER,
            height: BOTTOM - TOP,
        };
        let around = 2.0 * (FRAME + AROUND);
        let cells = |length: f64, side: f64| ((length / (side + around)) as usize).max(1);
        let range = |at: usize| {
            range(
                plane
                    .directions
                    .get(at)
                    .map_or(&[][..], |direction| &direction.weights),
            )
        };
        let cells = (
            cells(area.width, tile.width),
            cells(area.height, tile.height),
        );
        Self {
            area,
            cells,
            across: range(0),
            up: range(1),
        }
    }

    /// How many pictures have room without filling the plane.
    pub(super) fn capacity(&self) -> usize {
        ((self.cells.0 * self.cells.1) as f64 * FILLED).ceil() as usize
    }

    /// Where an image stands, in cells.
    pub(super) fn place_of(&self, plane: &Plane, image: usize) -> (f64, f64) {
        let weight = |at: usize| {
            plane
                .directions
                .get(at)
                .map_or(0.0, |direction| direction.weights[image])
        };
        self.place(f64::from(weight(0)), f64::from(weight(1)))
    }

    fn place(&self, across: f64, up: f64) -> (f64, f64) {
        let part = |value: f64, (low, high): (f64, f64), cells: usize| {
            let value = if value.is_finite() { value } else { 0.0 };
            (value - low) / (high - low) * (cells - 1) as f64
        };
        (
            part(across, self.across, self.cells.0),
            part(up, self.up, self.cells.1),
        )
    }

    /// The middle of a cell on the page, or what is between two cells.
    pub(super) fn on_page(&self, (column, row): (f64, f64)) -> (f64, f64) {
        let Area {
            x,
            y,
            width,
            height,
        } = self.area;
        let (columns, rows) = (self.cells.0 as f64, self.cells.1 as f64);
        (
            x + (column + 0.5) / columns * width,
            y + height - (row + 0.5) / rows * height,
        )
    }

    pub(super) fn draw_axes(&self, canvas: &mut Canvas, plane: &Plane, shape: Shape) -> Result<()> {
        let Area {
            x,
            y,
            width,
            height,
        } = self.area;
        let written = canvas.text(
            plane.heading,
            (x, HEADING_LINE),
            Anchor::Left,
            HEADING,
            (width, Cut::End),
        )?;
        let rest = (width - written - 24.0, Cut::End);
        canvas.text(
            plane.sentence,
            (x + width, HEADING_LINE),
            Anchor::Right,
            LABEL,
            rest,
        )?;
        let zero = self.on_page(self.place(0.0, 0.0));
        canvas.ground(
            Area {
                x: zero.0 - ZERO / 2.0,
                y,
                width: ZERO,
                height,
            },
            Colour::Quiet,
        );
        if let Some(direction) = plane.directions.first() {
            self.draw_across(canvas, direction, shape)?;
        }
        if let Some(direction) = plane.directions.get(1) {
            canvas.ground(
                Area {
                    x,
                    y: zero.1 - ZERO / 2.0,
                    width,
                    height: ZERO,
                },
                Colour::Quiet,
            );
            self.draw_up(canvas, direction, shape)?;
        }
        Ok(())
    }

    fn draw_across(&self, canvas: &mut Canvas, direction: &Direction, shape: Shape) -> Result<()> {
        let Area {
            x,
            y,
            width,
            height,
        } = self.area;
        let (middle, bottom) = (x + width / 2.0, y + height);
        canvas.line((x, bottom), (x + width, bottom))?;
        for (value, label) in Axis::linear(self.across).ticks(5, number) {
            let at = self.on_page(self.place(value, 0.0)).0;
            canvas.line((at, bottom), (at, bottom + 8.0))?;
            canvas.text(
                &label,
                (at, bottom + 32.0),
                Anchor::Centre,
                SMALL,
                (width / 6.0, Cut::End),
            )?;
        }
        let area = Area {
            x: middle - NAME - 8.0,
            y: bottom + 44.0,
            width: NAME,
            height: NAME,
        };
        let tile = direction.draw_tile(canvas, area, shape, Anchor::Right)?;
        let place = (
            middle + 8.0,
            area.y + (tile.height / 2.0 + 8.0).max(LABEL.size),
        );
        canvas.text(
            &direction.name,
            place,
            Anchor::Left,
            LABEL,
            (width / 2.0, Cut::End),
        )?;
        Ok(())
    }

    fn draw_up(&self, canvas: &mut Canvas, direction: &Direction, shape: Shape) -> Result<()> {
        let Area { x, y, height, .. } = self.area;
        canvas.line((x, y), (x, y + height))?;
        for (value, label) in Axis::linear(self.up).ticks(5, number) {
            let at = self.on_page(self.place(0.0, value)).1;
            canvas.line((x - 8.0, at), (x, at))?;
            canvas.text(
                &label,
                (x - 14.0, at + 7.0),
                Anchor::Right,
                SMALL,
                (GUTTER - NAMED - 14.0, Cut::End),
            )?;
        }
        let area = Area {
            x: x - GUTTER,
            y: y + (height - NAME) / 2.0,
            width: NAMED,
            height: NAME,
        };
        let tile = direction.draw_tile(canvas, area, shape, Anchor::Centre)?;
        let place = (area.x + NAMED / 2.0, area.y + tile.height + 26.0);
        canvas.text(
            &direction.name,
            place,
            Anchor::Centre,
            SMALL,
            (NAMED, Cut::End),
        )?;
        Ok(())
    }
}

/// The least and the largest of these weights and 0.
fn range(weights: &[f32]) -> (f64, f64) {
    let finite = weights
        .iter()
        .copied()
        .map(f64::from)
        .filter(|weight| weight.is_finite());
    let (low, high) = finite.fold((0.0, 0.0), |(low, high): (f64, f64), weight| {
        (low.min(weight), high.max(weight))
    });
    if high > low { (low, high) } else { (-1.0, 1.0) }
}

impl Direction {
    /// The tile at the top of `area`; returns its size.
    fn draw_tile(
        &self,
        canvas: &mut Canvas,
        area: Area,
        shape: Shape,
        anchor: Anchor,
    ) -> Result<Tile> {
        let tile = Tile::within(shape, area.width, area.height);
        let spare = area.width - tile.width;
        let x = match anchor {
            Anchor::Left => area.x,
            Anchor::Centre => area.x + spare / 2.0,
            Anchor::Right => area.x + spare,
        };
        let paint = Paint::holding(self.scale, &self.values);
        tiles::draw(canvas, &self.values, shape, paint, tile, (x, area.y))?;
        Ok(tile)
    }
}
