//! The parts of some ranks, each joined to the most similar part of the row above, so that one sees
//! parts split.

use crate::basis::Basis;
use crate::error::Result;
use crate::plural::counted;
use crate::render::canvas::colour_scale::{ColourMap, Scale, Scaling};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{self, FigureHeader, Shown};
use crate::render::canvas::scale_bar::ScaleBar;
use crate::render::canvas::style::{
    Colour, GAP, INNER, MARGIN, SMALL, Theme, VALUE, WIDTH, page_height,
};
use crate::render::canvas::svg::{Anchor, Canvas, draw_figure};
use crate::render::canvas::text::TextFit;
use crate::render::canvas::tile_size::TileSize;
use crate::render::canvas::tiles;

/// The data of the page.
#[derive(Debug, Clone, Copy)]
pub struct RanksGallery<'a> {
    /// The title: the name of the folder.
    pub title: &'a str,
    /// One sentence: what the rows show.
    pub caption: &'a str,
    /// The parts of each rank with a note, such as the error, in ascending order of rank.
    pub rows: &'a [(&'a Basis, &'a str)],
    /// Whether parts share one colour scale.
    pub scaling: Scaling,
}

/// Width of the heading of a row.
const HEADING: f64 = 124.0;
const ROW: f64 = INNER - HEADING;
const TOP: f64 = header::BOTTOM + 24.0;
const BOTTOM: f64 = 48.0;
/// Space between two rows, for the lines that join parts.
const BETWEEN: f64 = 56.0;
/// Gap between neighbours.
const TILE_GAP: f64 = GAP / 4.0;
/// The maximum height of a tile, and the minimum height of a row.
const TALLEST: f64 = 160.0;
const SHORTEST: f64 = 60.0;

/// A part of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PlacedPart {
    /// The index of the part.
    part: usize,
    /// The position, in the row above, of the most similar part.
    parent: Option<usize>,
}

/// A row: its parts from left to right, and the layout.
struct RankRow {
    parts: Vec<PlacedPart>,
    tile: TileSize,
    top: f64,
    bottom: f64,
}

impl RankRow {
    /// Returns the x coordinate of the middle of a part, by its position.
    fn centre(&self, position: usize) -> f64 {
        MARGIN + HEADING + (position as f64 + 0.5) * ROW / self.parts.len() as f64
    }
}

/// Draws a row for each rank.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if drawing fails.
pub fn ranks_gallery(data: &RanksGallery, theme: Theme) -> Result<Figure> {
    let rows = lay_out(data);
    let height = page_height(rows.last().map_or(TOP, |row| row.bottom) + BOTTOM);
    let values = data.rows.iter().flat_map(|row| row.0.rows().into_iter());
    let shared = ColourMap::covering(Scale::FromZero, values);
    draw_figure(theme, WIDTH, height, |canvas| {
        FigureHeader {
            title: data.title,
            caption: data.caption,
            bars: &[ScaleBar::for_tiles(shared, data.scaling)],
            shown: Shown::ALL,
        }
        .draw(canvas)?;
        for (above, below) in rows.iter().zip(rows.iter().skip(1)) {
            draw_joins(canvas, above, below);
        }
        for (&(basis, note), row) in data.rows.iter().zip(&rows) {
            draw_heading(canvas, basis.rank(), note, row.top)?;
            draw_row(canvas, basis, row, data.scaling, shared)?;
        }
        Ok(())
    })
}

/// Returns rows from the top of the page down, each with the largest tiles.
fn lay_out(data: &RanksGallery) -> Vec<RankRow> {
    let bases: Vec<&Basis> = data.rows.iter().map(|row| row.0).collect();
    let mut rows = Vec::with_capacity(bases.len());
    let mut top = TOP;
    for (parts, basis) in row_orders(&bases).into_iter().zip(bases) {
        let width = ROW / basis.rank().max(1) as f64 - TILE_GAP;
        let tile = TileSize::within(basis.shape(), width, TALLEST);
        let bottom = top + tile.height.max(SHORTEST);
        rows.push(RankRow {
            parts,
            tile,
            top,
            bottom,
        });
        top = bottom + BETWEEN;
    }
    rows
}

/// Draws lines from the parts of a row to the most similar ones below.
fn draw_joins(canvas: &mut Canvas, above: &RankRow, below: &RankRow) {
    for (position, part) in below.parts.iter().enumerate() {
        if let Some(parent) = part.parent {
            let from = (above.centre(parent), above.top + above.tile.height);
            canvas.ground_line(from, (below.centre(position), below.top), Colour::Quiet);
        }
    }
}

fn draw_heading(canvas: &mut Canvas, rank: usize, note: &str, top: f64) -> Result<()> {
    let fit = TextFit::end(HEADING - 12.0);
    let parts = counted(rank, "part", "parts");
    let style = VALUE.coloured(Colour::Nmf);
    canvas.text(&parts, (MARGIN, top + 22.0), Anchor::Left, style, fit)?;
    canvas.text(note, (MARGIN, top + 50.0), Anchor::Left, SMALL, fit)?;
    Ok(())
}

fn draw_row(
    canvas: &mut Canvas,
    basis: &Basis,
    row: &RankRow,
    scaling: Scaling,
    shared: ColourMap,
) -> Result<()> {
    for (position, placed) in row.parts.iter().enumerate() {
        let values = basis.row(placed.part).to_vec();
        let colour_map = match scaling {
            Scaling::Each => ColourMap::covering(Scale::FromZero, &values),
            Scaling::Shared => shared,
        };
        let place = (row.centre(position) - row.tile.width / 2.0, row.top);
        tiles::draw(canvas, &values, basis.shape(), colour_map, row.tile, place)?;
    }
    Ok(())
}

/// Returns the parts of each row from left to right: in the order of the most similar parts above,
/// and in their own order below one part. So no two lines between rows cross.
fn row_orders(rows: &[&Basis]) -> Vec<Vec<PlacedPart>> {
    let mut orders: Vec<Vec<PlacedPart>> = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let mut order = Vec::with_capacity(row.rank());
        match orders.last() {
            None => order.extend((0..row.rank()).map(|part| PlacedPart { part, parent: None })),
            Some(above) => {
                for (part, similar) in most_similar(row, rows[index - 1]).into_iter().enumerate() {
                    let parent = above.iter().position(|placed| placed.part == similar);
                    order.push(PlacedPart { part, parent });
                }
            }
        }
        order.sort_by_key(|placed| (placed.parent, placed.part));
        orders.push(order);
    }
    orders
}

/// Returns, for each part of `row`, the index of the most similar part of `above`, by cosine.
fn most_similar(row: &Basis, above: &Basis) -> Vec<usize> {
    let mut found = Vec::with_capacity(row.rank());
    for cosines in row.cosines(above).rows() {
        let mut best = 0;
        for (index, &cosine) in cosines.iter().enumerate() {
            if cosine > cosines[best] {
                best = index;
            }
        }
        found.push(best);
    }
    found
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;
    use crate::basis::Shape;

    fn placed(part: usize, parent: Option<usize>) -> PlacedPart {
        PlacedPart { part, parent }
    }

    #[test]
    fn parts_stand_in_the_order_of_those_that_they_split_from() {
        let basis = |rows| Basis::new(Shape::new(1, 4), rows);
        let two = basis(arr2(&[[1., 1., 0., 0.], [0., 0., 1., 1.]]));
        let three = basis(arr2(&[
            [0., 0., 0., 1.],
            [1., 1., 0., 0.],
            [0., 0., 1., 0.],
        ]));
        let four = basis(arr2(&[
            [0., 1., 0., 0.],
            [0., 0., 1., 0.],
            [1., 0., 0., 0.],
            [0., 0., 0.1, 1.],
        ]));
        let found = row_orders(&[&two, &three, &four]);
        assert_eq!(found[0], [placed(0, None), placed(1, None)]);
        assert_eq!(
            found[1],
            [placed(1, Some(0)), placed(0, Some(1)), placed(2, Some(1))]
        );
        assert_eq!(
            found[2],
            [
                placed(0, Some(0)),
                placed(2, Some(0)),
                placed(3, Some(1)),
                placed(1, Some(2))
            ]
        );
    }
}
