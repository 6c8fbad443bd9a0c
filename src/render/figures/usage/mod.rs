//! Which images use which parts: one row per part, one column per image or mean of images.

mod data;
mod panels;

pub use data::{Usage, UsageGroup};

use self::panels::{
    Block, UsagePanel, gap, images_panel, means_panel, sort_by_label, whole_pixels,
};
use crate::basis::Shape;
use crate::error::Result;
use crate::render::canvas::colour_scale::{ColourMap, Scale, Scaling};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{self, FigureHeader, Shown};
use crate::render::canvas::scale_bar::ScaleBar;
use crate::render::canvas::style::{
    GAP, HEIGHT, LABEL, MARGIN, SMALL, TALLEST, Theme, VALUE, WIDTH, page_height,
};
use crate::render::canvas::svg::{Anchor, Canvas, Rect, draw_figure};
use crate::render::canvas::text::{Ruler, TextFit};
use crate::render::canvas::tile_size::TileSize;
use crate::render::canvas::tiles;

const BOTTOM: f64 = 48.0;
/// The maximum number of labels.
const MAX_LABELS: usize = 40;
/// The maximum width of a name that is wider than its columns.
const NAME: f64 = 160.0;
/// Space between the panels.
const BETWEEN: f64 = 48.0;
/// Height of the heading of a panel, and of the names below it.
const HEADING: f64 = 36.0;
const NAMES: f64 = 34.0;
/// The range of the height of a row.
const ROW: (f64, f64) = (33.0, 96.0);
/// Rows lower than this have tiles of twice their height, in two columns by turns.
const COMFORTABLE_ROW: f64 = 60.0;
/// The maximum width of a tile.
const MAX_TILE: f64 = 120.0;
/// Space between a row's tile, its number and its values.
const SPACE: f64 = 12.0;
/// The colours of values relative to the maximum of their row.
const COLOUR_MAP: ColourMap = ColourMap {
    scale: Scale::Sequential,
    limit: 1.0,
};

/// Draws the weight of each part in each image, beside the means of each label.
///
/// If there are more images than columns, each column is the mean of images that are neighbours in
/// their order. With labels, parts are sorted by the label that uses them most. Each row of a panel
/// is scaled to its maximum. The page grows with the parts to at most four slides; beyond that,
/// the first parts are shown, with a note.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if the picture cannot be drawn.
///
/// # Panics
/// If an image of a group does not exist, or there is not one weight per part.
pub fn usage(data: &Usage, theme: Theme) -> Result<Figure> {
    let layout = UsageLayout::of(data);
    draw_figure(theme, WIDTH, layout.height(), |canvas| {
        FigureHeader {
            title: data.title,
            caption: data.caption,
            bars: &[ScaleBar {
                label: "each row scaled to its maximum",
                ..ScaleBar::for_tiles(COLOUR_MAP, Scaling::Each)
            }],
            shown: Shown {
                count: layout.rows.len(),
                total: data.parts.rank(),
            },
        }
        .draw(canvas)?;
        layout.draw_parts(canvas)?;
        for panel in &layout.panels {
            layout.draw_panel(canvas, panel)?;
        }
        Ok(())
    })
}

/// The positions of tiles and panels.
struct UsageLayout<'a> {
    data: &'a Usage<'a>,
    /// The parts from top to bottom.
    rows: Vec<usize>,
    row: f64,
    top: f64,
    tile: TileSize,
    /// The number of columns of tiles.
    stack: usize,
    /// The width of the numbers of the parts.
    numbers: f64,
    panels: Vec<UsagePanel<'a>>,
}

impl<'a> UsageLayout<'a> {
    fn of(data: &'a Usage<'a>) -> Self {
        let groups = &data.groups[..data.groups.len().min(MAX_LABELS)];
        let (rank, shape) = (data.parts.rank(), data.parts.shape());
        let is_labelled = groups.len() > 1;
        let top = header::BOTTOM + HEADING + if is_labelled { NAMES } else { 0.0 };
        let row = ((HEIGHT - top - BOTTOM) / rank.max(1) as f64).clamp(ROW.0, ROW.1);
        let row = whole_pixels(row);
        let shown = rank.min(((TALLEST - top - BOTTOM) / row) as usize);
        let stack = if row < COMFORTABLE_ROW { 2 } else { 1 };
        let tile = TileSize::within(shape, MAX_TILE, stack as f64 * row - 2.0);
        let numbers = Ruler::default().width(&rank.to_string(), SMALL).ceil();
        let mut left = MARGIN + stack as f64 * (tile.width + SPACE) + numbers + SPACE;
        let mut panels = Vec::new();
        let mut rows: Vec<usize> = (0..shown).collect();
        if is_labelled {
            let means = means_panel(data, groups, left);
            sort_by_label(&mut rows, &means);
            left = means.right + BETWEEN;
            panels.push(means);
        }
        panels.push(images_panel(data, groups, left));
        Self {
            data,
            rows,
            row,
            top,
            tile,
            stack,
            numbers,
            panels,
        }
    }

    fn height(&self) -> f64 {
        page_height(self.top + self.row * self.rows.len() as f64 + BOTTOM)
    }

    /// Draws the tile and the number of each part beside its row, with a line between them.
    fn draw_parts(&self, canvas: &mut Canvas) -> Result<()> {
        let parts = self.data.parts;
        let numbers = MARGIN + self.stack as f64 * (self.tile.width + SPACE);
        for (index, &part) in self.rows.iter().enumerate() {
            let middle = self.top + (index as f64 + 0.5) * self.row;
            let x = MARGIN + (index % self.stack) as f64 * (self.tile.width + SPACE);
            let values = parts.row(part).to_vec();
            let colour_map = ColourMap::covering(Scale::FromZero, &values);
            let corner = (x, middle - self.tile.height / 2.0);
            tiles::draw(
                canvas,
                &values,
                parts.shape(),
                colour_map,
                self.tile,
                corner,
            )?;
            canvas.line((x + self.tile.width, middle), (numbers - 4.0, middle))?;
            let (place, fit) = ((numbers, middle + 7.0), TextFit::end(self.numbers + 1.0));
            canvas.text(&part.to_string(), place, Anchor::Left, SMALL, fit)?;
        }
        Ok(())
    }

    /// Draws the heading of a panel and its blocks with their names.
    fn draw_panel(&self, canvas: &mut Canvas, panel: &UsagePanel) -> Result<()> {
        let mut limits = Vec::with_capacity(self.rows.len());
        for &part in &self.rows {
            limits.push(panel.largest(part).max(f32::MIN_POSITIVE));
        }
        let place = (panel.left, header::BOTTOM + HEADING - 14.0);
        let fit = TextFit::end(panel.right - panel.left);
        canvas.text(&panel.heading, place, Anchor::Left, VALUE, fit)?;
        let (mut x, mut free) = (panel.left, panel.left);
        for block in &panel.blocks {
            let width = panel.column * block.columns.len() as f64;
            if self.panels.len() > 1 && x >= free {
                let fit = TextFit::middle((width - GAP).max(NAME).min(panel.right - x));
                let place = (x, self.top - 12.0);
                free = x + GAP + canvas.text(block.name, place, Anchor::Left, LABEL, fit)?;
            }
            self.draw_block(canvas, block, &limits, (x, panel.column));
            x += width + gap(panel.blocks.len());
        }
        Ok(())
    }

    /// Draws the rows of a block, scaled to `limits`, from `x` on.
    fn draw_block(
        &self,
        canvas: &mut Canvas,
        block: &Block,
        limits: &[f32],
        (x, column): (f64, f64),
    ) {
        let shape = Shape::new(self.rows.len(), block.columns.len());
        if shape.pixels() == 0 {
            return;
        }
        let mut values = Vec::with_capacity(shape.pixels());
        for (&part, limit) in self.rows.iter().zip(limits) {
            for weights in &block.columns {
                values.push(weights[part] / limit);
            }
        }
        let area = Rect {
            x,
            y: self.top,
            width: column * shape.width as f64,
            height: self.row * shape.height as f64,
        };
        canvas.image(tiles::coloured(&values, shape, COLOUR_MAP), area);
    }
}
