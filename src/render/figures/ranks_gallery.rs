//! The parts at a few ranks, each joined to the part of the row above that it is most alike: so one sees them split.

use crate::basis::Basis;
use crate::error::Result;
use crate::render::canvas::colour_scale::{Paint, Scale, Scaling};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{self, Head};
use crate::render::canvas::scale_bar::Bar;
use crate::render::canvas::style::page_height;
use crate::render::canvas::style::{Colour, GAP, INNER, MARGIN, SMALL, Theme, VALUE, WIDTH};
use crate::render::canvas::svg::{Anchor, Canvas, draw_figure};
use crate::render::canvas::text::Cut;
use crate::render::canvas::tile_size::Tile;
use crate::render::canvas::tiles;

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct RanksGallery<'a> {
    /// What was learned from: the folder's name.
    pub title: &'a str,
    /// One sentence: what the rows are.
    pub caption: &'a str,
    /// The parts of each rank with a fact of it, such as its error; the fewest first.
    pub rows: &'a [(&'a Basis, &'a str)],
    /// Whether parts can be compared with one another.
    pub scaling: Scaling,
}

/// The head of a row.
const HEAD: f64 = 124.0;
const ROW: f64 = INNER - HEAD;
const TOP: f64 = header::BOTTOM + 24.0;
const BOTTOM: f64 = 48.0;
/// Between two rows: room for the lines that join parts.
const BETWEEN: f64 = 56.0;
/// Between neighbours.
const APART: f64 = GAP / 4.0;
/// The tallest tile, and the least room for a row's head.
const TALLEST: f64 = 160.0;
const SHORTEST: f64 = 60.0;

/// The parts of a row from left to right, each with the place, in the row above, of the one that it is most alike.
type Order = Vec<(usize, Option<usize>)>;

/// A row: its parts from left to right, and how they are drawn.
struct Row {
    order: Order,
    tile: Tile,
    /// Where it begins, and ends.
    top: f64,
    bottom: f64,
}

impl Row {
    /// The middle of a place.
    fn centre(&self, place: usize) -> f64 {
        MARGIN + HEAD + (place as f64 + 0.5) * ROW / self.order.len() as f64
    }
}

/// Draws a row for each rank.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if the picture cannot be drawn.
pub fn ranks_gallery(data: &RanksGallery, theme: Theme) -> Result<Figure> {
    let rows = lay_out(data);
    let page = page_height(rows.last().map_or(TOP, |row| row.bottom) + BOTTOM);
    let all = Paint::holding(
        Scale::FromZero,
        data.rows.iter().flat_map(|row| row.0.rows().into_iter()),
    );
    draw_figure(theme, WIDTH, page, |canvas| {
        let bars = [Bar::of(all, data.scaling)];
        Head {
            title: data.title,
            caption: data.caption,
            bars: &bars,
            shown: (1, 1),
        }
        .draw(canvas)?;
        for (above, below) in rows.iter().zip(rows.iter().skip(1)) {
            join(canvas, above, below);
        }
        for (&(basis, fact), row) in data.rows.iter().zip(&rows) {
            draw_head(canvas, basis.rank(), fact, row.top)?;
            for (place, &(part, _)) in row.order.iter().enumerate() {
                let values = basis.row(part).to_vec();
                let paint = match data.scaling {
                    Scaling::Each => Paint::holding(Scale::FromZero, &values),
                    Scaling::Shared => all,
                };
                let left = row.centre(place) - row.tile.width / 2.0;
                tiles::draw(
                    canvas,
                    &values,
                    basis.shape(),
                    paint,
                    row.tile,
                    (left, row.top),
                )?;
            }
        }
        Ok(())
    })
}

/// Rows from the top of the page down, each with the largest tiles.
fn lay_out(data: &RanksGallery) -> Vec<Row> {
    let orders = orders(&data.rows.iter().map(|row| row.0).collect::<Vec<_>>());
    let mut top = TOP;
    let row = |(order, (basis, _)): (Order, &(&Basis, &str))| {
        let tile = Tile::within(
            basis.shape(),
            ROW / basis.rank().max(1) as f64 - APART,
            TALLEST,
        );
        let row = Row {
            order,
            tile,
            top,
            bottom: top + tile.height.max(SHORTEST),
        };
        top = row.bottom + BETWEEN;
        row
    };
    orders.into_iter().zip(data.rows).map(row).collect()
}

/// Lines from the parts of a row to those that they split into.
fn join(canvas: &mut Canvas, above: &Row, below: &Row) {
    for (place, &(_, parent)) in below.order.iter().enumerate() {
        if let Some(parent) = parent {
            let from = (above.centre(parent), above.top + above.tile.height);
            canvas.ground_line(from, (below.centre(place), below.top), Colour::Quiet);
        }
    }
}

fn draw_head(canvas: &mut Canvas, rank: usize, fact: &str, top: f64) -> Result<()> {
    let most = (HEAD - 12.0, Cut::End);
    let parts = if rank == 1 {
        "1 part".to_owned()
    } else {
        format!("{rank} parts")
    };
    canvas.text(
        &parts,
        (MARGIN, top + 22.0),
        Anchor::Left,
        VALUE.coloured(Colour::Nmf),
        most,
    )?;
    canvas.text(fact, (MARGIN, top + 50.0), Anchor::Left, SMALL, most)?;
    Ok(())
}

/// The parts of each row from left to right: in the order of the parts above that each is most alike, and of several
/// below one, in their own. So no two of the lines between rows cross.
fn orders(rows: &[&Basis]) -> Vec<Order> {
    let mut orders: Vec<Order> = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let mut order: Order = match orders.last() {
            None => (0..row.rank()).map(|part| (part, None)).collect(),
            Some(above) => {
                let place = |part: usize| above.iter().position(|&(other, _)| other == part);
                nearest(row, rows[index - 1])
                    .into_iter()
                    .map(place)
                    .enumerate()
                    .collect()
            }
        };
        order.sort_by_key(|&(part, parent)| (parent, part));
        orders.push(order);
    }
    orders
}

/// For each part of `row` the part of `above` that it is most alike.
fn nearest(row: &Basis, above: &Basis) -> Vec<usize> {
    let most = |cosines: ndarray::ArrayView1<f64>| {
        cosines.iter().enumerate().fold(
            0,
            |best, (index, &cosine)| if cosine > cosines[best] { index } else { best },
        )
    };
    row.cosines(above).rows().into_iter().map(most).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;
    use crate::basis::Shape;

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
        let found = orders(&[&two, &three, &four]);
        assert_eq!(found[0], [(0, None), (1, None)]);
        assert_eq!(found[1], [(1, Some(0)), (0, Some(1)), (2, Some(1))]);
        assert_eq!(
            found[2],
            [(0, Some(0)), (2, Some(0)), (3, Some(1)), (1, Some(2))]
        );
    }
}
