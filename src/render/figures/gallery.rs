//! All parts or all eigenimages, each with a label.

use crate::basis::{Basis, Shape};
use crate::error::Result;
use crate::render::canvas::colour_scale::{ColourMap, Scale, Scaling, colour_range};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::grid::{LabelSpace, TileGrid};
use crate::render::canvas::header::{self, FigureHeader, Shown};
use crate::render::canvas::scale_bar::ScaleBar;
use crate::render::canvas::style::{
    COMFORTABLE, GAP, HEIGHT, INNER, MARGIN, SMALL, TALLEST, Theme, VALUE, WIDTH,
};
use crate::render::canvas::svg::{Anchor, Canvas, draw_figure};
use crate::render::canvas::text::{Ruler, TextFit};
use crate::render::canvas::tiles;

/// The data of a gallery.
#[derive(Debug, Clone, Copy)]
pub struct Gallery<'a> {
    /// The title.
    pub title: &'a str,
    /// One sentence: how to read the tiles.
    pub caption: &'a str,
    /// The tiles in the order in which they are drawn.
    pub basis: &'a Basis,
    /// Images above the first tiles, such as true parts above learned ones; each grey from 0 to its
    /// own maximum.
    pub above: Option<&'a Basis>,
    /// The mean image, one value per pixel, drawn in grey as the first tile.
    pub mean: Option<&'a [f32]>,
    /// A text below each tile; tiles beyond the last label have none.
    pub labels: &'a [String],
    /// The colour scale of the tiles.
    pub scale: Scale,
    /// Whether tiles share one colour scale. If not, the range of each is written below it, unless all are the same.
    pub scaling: Scaling,
}

impl<'a> Gallery<'a> {
    /// Returns a gallery of a basis without texts, each tile with its own grey scale from 0; other fields are set with
    /// `..Gallery::new(basis)`.
    #[must_use]
    pub fn new(basis: &'a Basis) -> Self {
        Self {
            title: "",
            caption: "",
            basis,
            above: None,
            mean: None,
            labels: &[],
            scale: Scale::FromZero,
            scaling: Scaling::Each,
        }
    }
}

const BOTTOM: f64 = 40.0;
/// The maximum width of a label.
const MAX_LABEL: f64 = 180.0;
/// Heights in quarters of a slide that are tried: from a slide up.
const LOWEST_QUARTERS: u32 = 4;
const TALLEST_QUARTERS: u32 = (TALLEST / HEIGHT * 4.0) as u32;

/// A tile with its labels.
struct GalleryItem<'a> {
    above: Option<Vec<f32>>,
    values: Vec<f32>,
    colour_map: ColourMap,
    label: &'a str,
    range: String,
}

/// Draws every tile of a basis on a page that grows with their number to at most four slides.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if the mean image does not have the number of
/// pixels of the basis.
pub fn gallery(data: &Gallery, theme: Theme) -> Result<Figure> {
    let shared = ColourMap::covering(data.scale, data.basis.rows().iter());
    let all_alike = all_have_scale(data, shared);
    let items = items(data, shared, all_alike);
    let layout = GalleryLayout::of(data, &items);
    let height = header::BOTTOM + layout.grid.height() + BOTTOM;
    let height = height.max(HEIGHT / 2.0).ceil();
    draw_figure(theme, WIDTH, height, |canvas| {
        FigureHeader {
            title: data.title,
            caption: data.caption,
            bars: &[ScaleBar::for_tiles(shared, data.scaling)],
            shown: Shown {
                count: layout.grid.shown,
                total: items.len(),
            },
        }
        .draw(canvas)?;
        for (index, item) in items.iter().take(layout.grid.shown).enumerate() {
            let (x, y) = layout.grid.place(index);
            layout.draw_item(canvas, item, (MARGIN + x, header::BOTTOM + y))?;
        }
        Ok(())
    })
}

/// Returns whether the own scale of every tile equals the shared one, as for parts that were each brought to a maximum of
/// 1: the range below every tile would be the same.
fn all_have_scale(data: &Gallery, shared: ColourMap) -> bool {
    data.basis
        .rows()
        .rows()
        .into_iter()
        .all(|row| ColourMap::covering(data.scale, row) == shared)
}

fn items<'a>(data: &Gallery<'a>, shared: ColourMap, all_alike: bool) -> Vec<GalleryItem<'a>> {
    let mut items = Vec::with_capacity(data.basis.rank() + 1);
    if let Some(mean) = data.mean {
        let colour_map = ColourMap::covering(Scale::FromZero, mean);
        items.push(GalleryItem {
            above: None,
            values: mean.to_vec(),
            colour_map,
            label: "mean",
            range: colour_range(colour_map),
        });
    }
    for index in 0..data.basis.rank() {
        let values = data.basis.row(index).to_vec();
        let above = data.above.filter(|above| index < above.rank());
        let (colour_map, range) = match data.scaling {
            Scaling::Each => {
                let own = ColourMap::covering(data.scale, &values);
                (
                    own,
                    if all_alike {
                        String::new()
                    } else {
                        colour_range(own)
                    },
                )
            }
            Scaling::Shared => (shared, String::new()),
        };
        items.push(GalleryItem {
            above: above.map(|above| above.row(index).to_vec()),
            values,
            colour_map,
            label: data.labels.get(index).map_or("", String::as_str),
            range,
        });
    }
    items
}

/// The positions of the tiles and the space for their labels.
struct GalleryLayout {
    /// The shape of one image.
    shape: Shape,
    /// The grid. If there are images above the tiles, a tile of the grid holds both, one above the
    /// other, and the gap between them counts as space for labels.
    grid: TileGrid,
    labels: LabelSpace,
    has_above: bool,
}

impl GalleryLayout {
    /// Returns the layout on the lowest page that holds every tile at a comfortable size.
    fn of(data: &Gallery, items: &[GalleryItem]) -> Self {
        let (shape, has_above) = (data.basis.shape(), data.above.is_some());
        let mut cell = shape;
        let mut labels = label_space(items);
        if has_above {
            cell.height *= 2;
            labels.below += GAP;
        }
        let mut grid = grid_on_page(TALLEST_QUARTERS, items.len(), cell, labels);
        for quarters in LOWEST_QUARTERS..TALLEST_QUARTERS {
            let lower = grid_on_page(quarters, items.len(), cell, labels);
            if lower.shown == items.len() {
                grid = lower;
                break;
            }
        }
        Self {
            shape,
            grid: grid.spread(INNER, 0.0),
            labels,
            has_above,
        }
    }

    fn draw_item(
        &self,
        canvas: &mut Canvas,
        item: &GalleryItem,
        (x, mut y): (f64, f64),
    ) -> Result<()> {
        let (shape, mut tile) = (self.shape, self.grid.tile);
        if self.has_above {
            tile.height /= 2.0;
            if let Some(above) = &item.above {
                let colour_map = ColourMap::covering(Scale::FromZero, above);
                tiles::draw(canvas, above, shape, colour_map, tile, (x, y))?;
            }
            y += tile.height + GAP;
        }
        tiles::draw(canvas, &item.values, shape, item.colour_map, tile, (x, y))?;
        let (first, second) = (y + tile.height + 26.0, y + tile.height + 51.0);
        let fit = TextFit::middle(tile.width.max(self.labels.width));
        let written = canvas.text(item.label, (x, first), Anchor::Left, VALUE, fit)?;
        let line = if written > 0.0 { second } else { first };
        canvas.text(&item.range, (x, line), Anchor::Left, SMALL, fit)?;
        Ok(())
    }
}

/// Returns the grid on a page of this height.
fn grid_on_page(quarters: u32, count: usize, cell: Shape, labels: LabelSpace) -> TileGrid {
    let height = HEIGHT * f64::from(quarters) / 4.0 - header::BOTTOM - BOTTOM;
    TileGrid::within(count, cell, (INNER, height), labels, COMFORTABLE)
}

/// Returns the space for the labels and ranges of all items.
fn label_space(items: &[GalleryItem]) -> LabelSpace {
    let mut ruler = Ruler::default();
    let mut space = LabelSpace::NONE;
    for item in items {
        let label = ruler.width(item.label, VALUE);
        let width = label.max(ruler.width(&item.range, SMALL));
        space.width = space.width.max(width.min(MAX_LABEL) + 8.0);
        space.below = space.below.max(match (item.label, item.range.as_str()) {
            ("", "") => 0.0,
            ("", _) | (_, "") => 42.0,
            _ => 68.0,
        });
    }
    space
}
