//! One plane of an atlas: its cells, and its axes with their tiles.

use std::ops::RangeInclusive;

use super::data::{Direction, Plane};
use crate::basis::Shape;
use crate::error::Result;
use crate::render::canvas::axis::Axis;
use crate::render::canvas::colour_scale::ColourMap;
use crate::render::canvas::numbers::number;
use crate::render::canvas::style::{Colour, HEADING, HEIGHT, INNER, LABEL, MARGIN, SMALL};
use crate::render::canvas::svg::{Anchor, Canvas, Rect};
use crate::render::canvas::text::TextFit;
use crate::render::canvas::tile_size::TileSize;
use crate::render::canvas::tiles;

const HEADING_LINE: f64 = 236.0;
const TOP: f64 = 258.0;
const BOTTOM: f64 = HEIGHT - 166.0;
/// Space between the planes.
const BETWEEN: f64 = 56.0;
/// Width of the name and the ticks of the vertical axis.
const GUTTER: f64 = 204.0;
/// Width of the name of the vertical axis.
const NAME_WIDTH: f64 = 124.0;
/// Side of the tile that names an axis.
const AXIS_TILE: f64 = 84.0;
/// Width of the coloured frame of a thumbnail, and the space around the frame.
pub(super) const FRAME: f64 = 2.5;
const AROUND: f64 = 2.0;
/// Radius of the largest dot of an image.
pub(super) const DOT: f64 = 3.0;
/// Width of the lines at 0.
const ZERO_LINE: f64 = 2.0;

/// The area of a plane, divided in cells that hold a thumbnail each.
pub(super) struct PlaneField {
    area: Rect,
    /// The number of columns and rows.
    pub(super) cells: (usize, usize),
    /// The smallest and the largest weight, in the middle of the second and the last cell but one:
    /// the cells around are free for thumbnails. If there are few cells, of the first and the last.
    across: (f64, f64),
    up: (f64, f64),
}

impl PlaneField {
    /// Returns the field of a plane, number `index` of `count` side by side.
    pub(super) fn of(plane: &Plane, (index, count): (usize, usize), tile: TileSize) -> Self {
        let side = (INNER - BETWEEN * (count as f64 - 1.0)) / count as f64;
        let area = Rect {
            x: MARGIN + GUTTER + index as f64 * (side + BETWEEN),
            y: TOP,
            width: side - GUTTER,
            height: BOTTOM - TOP,
        };
        let around = 2.0 * (FRAME + AROUND);
        let columns = (area.width / (tile.width + around)) as usize;
        let rows = (area.height / (tile.height + around)) as usize;
        Self {
            area,
            cells: (columns.max(1), rows.max(1)),
            across: range(plane.directions.first()),
            up: range(plane.directions.get(1)),
        }
    }

    /// Returns the cells (column, row) in which a thumbnail covers none of the dots at `positions`.
    pub(super) fn free_cells(&self, positions: &[(f64, f64)]) -> Vec<(usize, usize)> {
        let (columns, rows) = self.cells;
        let mut is_free = vec![true; columns * rows];
        // A dot near the border of a cell reaches into the next one.
        let reach = (
            0.5 + DOT / self.area.width * columns as f64,
            0.5 + DOT / self.area.height * rows as f64,
        );
        for &(x, y) in positions {
            for row in cells_within(y, reach.1, rows) {
                for column in cells_within(x, reach.0, columns) {
                    is_free[row * columns + column] = false;
                }
            }
        }
        let all = (0..columns * rows).filter(|&cell| is_free[cell]);
        all.map(|cell| (cell % columns, cell / columns)).collect()
    }

    /// Returns the position of an image in cells.
    pub(super) fn position_of(&self, plane: &Plane, image: usize) -> (f64, f64) {
        let mut weights = [0.0; 2];
        for (weight, direction) in weights.iter_mut().zip(plane.directions) {
            *weight = f64::from(direction.weights[image]);
        }
        self.position(weights[0], weights[1])
    }

    /// Returns the position of a pair of weights in cells.
    fn position(&self, across: f64, up: f64) -> (f64, f64) {
        (
            cell_position(across, self.across, self.cells.0),
            cell_position(up, self.up, self.cells.1),
        )
    }

    /// Returns the point on the page of a position in cells: whole numbers are the middles of
    /// cells.
    pub(super) fn on_page(&self, (column, row): (f64, f64)) -> (f64, f64) {
        let (columns, rows) = (self.cells.0 as f64, self.cells.1 as f64);
        (
            self.area.x + (column + 0.5) / columns * self.area.width,
            self.area.y + self.area.height - (row + 0.5) / rows * self.area.height,
        )
    }

    /// Draws headings, axes and lines at 0.
    pub(super) fn draw_axes(&self, canvas: &mut Canvas, plane: &Plane, shape: Shape) -> Result<()> {
        self.draw_heading(canvas, plane)?;
        let zero = self.on_page(self.position(0.0, 0.0));
        let vertical = Rect {
            x: zero.0 - ZERO_LINE / 2.0,
            width: ZERO_LINE,
            ..self.area
        };
        canvas.ground(vertical, Colour::Quiet);
        if let Some(direction) = plane.directions.first() {
            self.draw_horizontal_axis(canvas, direction, shape)?;
        }
        if let Some(direction) = plane.directions.get(1) {
            let horizontal = Rect {
                y: zero.1 - ZERO_LINE / 2.0,
                height: ZERO_LINE,
                ..self.area
            };
            canvas.ground(horizontal, Colour::Quiet);
            self.draw_vertical_axis(canvas, direction, shape)?;
        }
        Ok(())
    }

    fn draw_heading(&self, canvas: &mut Canvas, plane: &Plane) -> Result<()> {
        let Rect { x, width, .. } = self.area;
        let (left, fit) = ((x, HEADING_LINE), TextFit::end(width));
        let written = canvas.text(plane.heading, left, Anchor::Left, HEADING, fit)?;
        let (right, fit) = (
            (x + width, HEADING_LINE),
            TextFit::end(width - written - 24.0),
        );
        canvas.text(plane.sentence, right, Anchor::Right, LABEL, fit)?;
        Ok(())
    }

    fn draw_horizontal_axis(
        &self,
        canvas: &mut Canvas,
        direction: &Direction,
        shape: Shape,
    ) -> Result<()> {
        let Rect {
            x,
            y,
            width,
            height,
        } = self.area;
        let (middle, bottom) = (x + width / 2.0, y + height);
        canvas.line((x, bottom), (x + width, bottom))?;
        let mut free = x - GUTTER;
        for (value, label) in Axis::linear(self.across).ticks(5, number) {
            let at = self.on_page(self.position(value, 0.0)).0;
            let half = canvas.ruler().width(&label, SMALL) / 2.0;
            if at - half < free {
                continue;
            }
            free = at + half + 8.0;
            canvas.line((at, bottom), (at, bottom + 8.0))?;
            let (place, fit) = ((at, bottom + 32.0), TextFit::end(width / 6.0));
            canvas.text(&label, place, Anchor::Centre, SMALL, fit)?;
        }
        let area = Rect {
            x: middle - AXIS_TILE - 8.0,
            y: bottom + 44.0,
            width: AXIS_TILE,
            height: AXIS_TILE,
        };
        let tile = draw_axis_tile(canvas, direction, shape, area, Anchor::Right)?;
        let baseline = area.y + (tile.height / 2.0 + 8.0).max(LABEL.size);
        let (place, fit) = ((middle + 8.0, baseline), TextFit::end(width / 2.0));
        canvas.text(&direction.name, place, Anchor::Left, LABEL, fit)?;
        Ok(())
    }

    fn draw_vertical_axis(
        &self,
        canvas: &mut Canvas,
        direction: &Direction,
        shape: Shape,
    ) -> Result<()> {
        let Rect { x, y, height, .. } = self.area;
        canvas.line((x, y), (x, y + height))?;
        for (value, label) in Axis::linear(self.up).ticks(5, number) {
            let at = self.on_page(self.position(0.0, value)).1;
            canvas.line((x - 8.0, at), (x, at))?;
            let (place, fit) = (
                (x - 14.0, at + 7.0),
                TextFit::end(GUTTER - NAME_WIDTH - 14.0),
            );
            canvas.text(&label, place, Anchor::Right, SMALL, fit)?;
        }
        let area = Rect {
            x: x - GUTTER,
            y: y + (height - AXIS_TILE) / 2.0,
            width: NAME_WIDTH,
            height: AXIS_TILE,
        };
        let tile = draw_axis_tile(canvas, direction, shape, area, Anchor::Centre)?;
        let place = (area.x + NAME_WIDTH / 2.0, area.y + tile.height + 26.0);
        let fit = TextFit::end(NAME_WIDTH);
        canvas.text(&direction.name, place, Anchor::Centre, SMALL, fit)?;
        Ok(())
    }
}

/// Draws the tile of a direction at the top of `area`. Returns its size.
fn draw_axis_tile(
    canvas: &mut Canvas,
    direction: &Direction,
    shape: Shape,
    area: Rect,
    anchor: Anchor,
) -> Result<TileSize> {
    let tile = TileSize::within(shape, area.width, area.height);
    let spare = area.width - tile.width;
    let x = match anchor {
        Anchor::Left => area.x,
        Anchor::Centre => area.x + spare / 2.0,
        Anchor::Right => area.x + spare,
    };
    let values = &direction.values;
    let colour_map = ColourMap::covering(direction.scale, values);
    tiles::draw(canvas, values, shape, colour_map, tile, (x, area.y))?;
    Ok(tile)
}

/// Returns the cells of `count` in a line whose middles are at most `reach` from a position.
fn cells_within(position: f64, reach: f64, count: usize) -> RangeInclusive<usize> {
    let first = (position - reach).ceil().max(0.0) as usize;
    first..=((position + reach).floor() as usize).min(count - 1)
}

/// Returns the position of a weight in a range of weights, in cells: within the cells at both ends
/// unless there are few.
fn cell_position(weight: f64, (low, high): (f64, f64), cells: usize) -> f64 {
    let weight = if weight.is_finite() { weight } else { 0.0 };
    let last = (cells - 1) as f64;
    let border = if cells > 5 { 1.0 } else { 0.0 };
    border + (weight - low) / (high - low) * (last - 2.0 * border)
}

/// Returns the smallest and the largest of the finite weights and 0.
fn range(direction: Option<&Direction>) -> (f64, f64) {
    let (mut low, mut high) = (0.0f64, 0.0f64);
    for weight in direction
        .into_iter()
        .flat_map(|direction| &direction.weights)
    {
        if weight.is_finite() {
            low = low.min(f64::from(*weight));
            high = high.max(f64::from(*weight));
        }
    }
    if high > low { (low, high) } else { (-1.0, 1.0) }
}
