//! All parts or all eigenimages, each with a label.

use crate::basis::Basis;
use crate::error::Result;
use crate::render::canvas::colour_scale::{Paint, Scale, Scaling};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::grid::{Grid, Surround};
use crate::render::canvas::header::{self, Head};
use crate::render::canvas::numbers::number;
use crate::render::canvas::scale_bar::Bar;
use crate::render::canvas::style::{
    COMFORTABLE, GAP, HEIGHT, INNER, MARGIN, SMALL, TALLEST, Theme, VALUE, WIDTH,
};
use crate::render::canvas::svg::{Anchor, Canvas, draw_figure};
use crate::render::canvas::text::{Cut, Ruler};
use crate::render::canvas::tiles;

/// What a gallery shows.
#[derive(Debug, Clone, Copy)]
pub struct Gallery<'a> {
    /// What the tiles are.
    pub title: &'a str,
    /// One sentence: how to read them.
    pub caption: &'a str,
    /// The tiles in their order.
    pub basis: &'a Basis,
    /// What stands above each of the first tiles, such as known parts above those that were learned; always grey from
    /// 0 to its own maximum.
    pub above: Option<&'a Basis>,
    /// The mean image (one value a pixel), drawn in grey before the others.
    pub mean: Option<&'a [f32]>,
    /// A text under each tile, such as its share; tiles beyond the last label have none.
    pub labels: &'a [String],
    /// How values become colours.
    pub scale: Scale,
    /// Whether tiles can be compared with one another. If each has its own scale, its range is printed under it.
    pub scaling: Scaling,
}

const BOTTOM: f64 = 40.0;
/// The widest label; longer ones are shortened.
const WIDEST: f64 = 180.0;

struct Item<'a> {
    above: Option<Vec<f32>>,
    values: Vec<f32>,
    paint: Paint,
    label: &'a str,
    range: String,
}

/// Draws every tile of a basis on a page that grows with their number, up to four slides high.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if the mean has not as many pixels as the basis.
pub fn gallery(data: &Gallery, theme: Theme) -> Result<Figure> {
    let all = Paint::holding(data.scale, data.basis.rows().iter());
    let data = &Gallery {
        scaling: if all_end_at(all, data) {
            Scaling::Shared
        } else {
            data.scaling
        },
        ..*data
    };
    let items = items(data, all);
    let (grid, around) = lay_out(data, &items);
    let height = (header::BOTTOM + grid.height() + BOTTOM)
        .max(HEIGHT / 2.0)
        .ceil();
    draw_figure(theme, WIDTH, height, |canvas| {
        let head = Head {
            title: data.title,
            caption: data.caption,
            bars: &[Bar::of(all, data.scaling)],
            shown: (grid.shown, items.len()),
        };
        head.draw(canvas)?;
        for (index, item) in items.iter().take(grid.shown).enumerate() {
            let (x, y) = grid.place(index);
            item.draw(
                canvas,
                data,
                &grid,
                around,
                (MARGIN + x, header::BOTTOM + y),
            )?;
        }
        Ok(())
    })
}

/// Whether each tile's own scale would be that of all, as it is of parts that are 1 at their brightest.
fn all_end_at(all: Paint, data: &Gallery) -> bool {
    data.basis
        .rows()
        .rows()
        .into_iter()
        .all(|row| Paint::holding(data.scale, row) == all)
}

fn items<'a>(data: &Gallery<'a>, all: Paint) -> Vec<Item<'a>> {
    let mean = data.mean.map(|mean| {
        let paint = Paint::holding(Scale::FromZero, mean);
        Item {
            above: None,
            values: mean.to_vec(),
            paint,
            label: "mean",
            range: range(paint),
        }
    });
    let labels = data
        .labels
        .iter()
        .map(String::as_str)
        .chain(std::iter::repeat(""));
    let tiles = (0..data.basis.rank()).zip(labels).map(|(index, label)| {
        let values = data.basis.row(index).to_vec();
        let above = data
            .above
            .filter(|above| index < above.rank())
            .map(|above| above.row(index).to_vec());
        let (paint, range) = match data.scaling {
            Scaling::Each => {
                let paint = Paint::holding(data.scale, &values);
                (paint, range(paint))
            }
            Scaling::Shared => (all, String::new()),
        };
        Item {
            above,
            values,
            paint,
            label,
            range,
        }
    });
    mean.into_iter().chain(tiles).collect()
}

fn range(paint: Paint) -> String {
    let limit = number(f64::from(paint.limit));
    match paint.scale {
        Scale::FromZero | Scale::Sequential => format!("0 – {limit}"),
        Scale::Diverging => format!("±{limit}"),
    }
}

/// The grid on the lowest page that holds every tile at a readable size, and the room for its labels. Where something
/// stands above the tiles, a tile of the grid is both, one on the other, and the gap between them counts as room below.
fn lay_out(data: &Gallery, items: &[Item]) -> (Grid, Surround) {
    let (mut shape, mut gap) = (data.basis.shape(), 0.0);
    if data.above.is_some() {
        (shape.height, gap) = (2 * shape.height, GAP);
    }
    let mut ruler = Ruler::default();
    let mut around = Surround {
        width: 0.0,
        below: 0.0,
    };
    for item in items {
        let width = ruler
            .width(item.label, VALUE)
            .max(ruler.width(&item.range, SMALL));
        around.width = around.width.max(width.min(WIDEST) + 8.0);
        around.below = around.below.max(match (item.label, item.range.as_str()) {
            ("", "") => 0.0,
            ("", _) | (_, "") => 42.0,
            _ => 68.0,
        });
    }
    around.below += gap;
    let page = |quarters: u32| {
        let height = HEIGHT * f64::from(quarters) / 4.0 - header::BOTTOM - BOTTOM;
        Grid::within(items.len(), shape, (INNER, height), around, COMFORTABLE)
    };
    let tallest = (TALLEST / HEIGHT * 4.0) as u32;
    let whole = (4..tallest)
        .map(page)
        .find(|grid| grid.shown == items.len());
    (
        whole.unwrap_or_else(|| page(tallest)).spread(INNER, 0.0),
        around,
    )
}

impl Item<'_> {
    fn draw(
        &self,
        canvas: &mut Canvas,
        data: &Gallery,
        grid: &Grid,
        around: Surround,
        (x, mut y): (f64, f64),
    ) -> Result<()> {
        let (shape, mut tile) = (data.basis.shape(), grid.tile);
        if data.above.is_some() {
            tile.height /= 2.0;
            if let Some(above) = &self.above {
                tiles::draw(
                    canvas,
                    above,
                    shape,
                    Paint::holding(Scale::FromZero, above),
                    tile,
                    (x, y),
                )?;
            }
            y += tile.height + GAP;
        }
        tiles::draw(canvas, &self.values, shape, self.paint, tile, (x, y))?;
        let below = y + tile.height;
        let most = (grid.tile.width.max(around.width), Cut::Middle);
        let written = canvas.text(self.label, (x, below + 26.0), Anchor::Left, VALUE, most)?;
        let range = if written > 0.0 {
            below + 51.0
        } else {
            below + 26.0
        };
        canvas.text(&self.range, (x, range), Anchor::Left, SMALL, most)?;
        Ok(())
    }
}
