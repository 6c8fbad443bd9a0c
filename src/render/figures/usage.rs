//! Which images use which parts: one row per part, one column per image or mean of images.

use std::cmp::Reverse;
use std::ops::Range;

use crate::basis::{Basis, Shape, Weights};
use crate::error::Result;
use crate::render::canvas::colour_scale::{ColourMap, Scale, Scaling};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{self, FigureHeader, Shown};
use crate::render::canvas::scale_bar::ScaleBar;
use crate::render::canvas::style::{
    DENSITY, GAP, HEIGHT, LABEL, MARGIN, SMALL, TALLEST, Theme, VALUE, WIDTH, page_height,
};
use crate::render::canvas::svg::{Anchor, Canvas, Rect, draw_figure};
use crate::render::canvas::text::{Ruler, TextFit};
use crate::render::canvas::tile_size::TileSize;
use crate::render::canvas::tiles;

/// The data of the page.
#[derive(Debug, Clone, Copy)]
pub struct Usage<'a> {
    /// The title.
    pub title: &'a str,
    /// One sentence: how to read the page.
    pub caption: &'a str,
    /// The parts.
    pub parts: &'a Basis,
    /// The weight of each part in each image, (images, rank).
    pub weights: &'a Weights,
    /// The images of each label; a single group where there are no labels.
    pub groups: &'a [UsageGroup<'a>],
}

/// The images of one label.
#[derive(Debug, Clone)]
pub struct UsageGroup<'a> {
    /// The label.
    pub name: &'a str,
    /// The images as rows of [`Usage::weights`], in the order in which they are drawn.
    pub images: Vec<usize>,
}

const BOTTOM: f64 = 48.0;
/// The maximum number of labels.
const MAX_LABELS: usize = 40;
/// The maximum number of columns of images.
const MAX_COLUMNS: usize = 400;
/// The maximum width of a column of an image.
const COLUMN: f64 = 48.0;
/// The minimum width of a column of a mean.
const MEAN_COLUMN: f64 = 24.0;
/// The minimum width of the panel of means, which has a heading.
const MEANS: f64 = 230.0;
/// The maximum fraction of the width that the panel of means takes.
const MEANS_FRACTION: f64 = 0.35;
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

/// The columns of one label.
struct Block<'a> {
    name: &'a str,
    /// The weights of each column, (columns, rank).
    columns: Vec<Vec<f32>>,
}

/// Blocks side by side under one heading.
struct UsagePanel<'a> {
    heading: String,
    blocks: Vec<Block<'a>>,
    left: f64,
    /// Where its texts end.
    right: f64,
    /// The width of a column in points.
    column: f64,
}

impl UsagePanel<'_> {
    /// Returns the largest finite weight of a part.
    fn largest(&self, part: usize) -> f32 {
        let columns = self.blocks.iter().flat_map(|block| &block.columns);
        let weights = columns.map(|column| column[part]);
        weights
            .filter(|value| value.is_finite())
            .fold(0.0, f32::max)
    }
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

/// Returns the space between the blocks of a panel; the means of labels are one block each.
fn gap(blocks: usize) -> f64 {
    if blocks > 20 { 1.0 } else { 2.0 }
}

/// Returns the panel with one column per label.
fn means_panel<'a>(data: &Usage, groups: &'a [UsageGroup], left: f64) -> UsagePanel<'a> {
    let count = groups.len() as f64;
    let mut ruler = Ruler::default();
    let mut column = MEAN_COLUMN.max(MEANS / count);
    for group in groups {
        column = column.max(ruler.width(group.name, LABEL) + GAP);
    }
    let most = MEANS_FRACTION * (WIDTH - MARGIN - left) / count;
    let heading = match data.groups.len() {
        all if all > groups.len() => format!("Mean of the first {} of {all} folders", groups.len()),
        _ => "Mean of each folder".to_owned(),
    };
    let column = whole_pixels(column.min(most) - gap(groups.len()));
    UsagePanel {
        heading,
        blocks: groups
            .iter()
            .map(|group| Block {
                name: group.name,
                columns: vec![mean(data.weights, &group.images)],
            })
            .collect(),
        left,
        right: left + count * (column + gap(groups.len())),
        column,
    }
}

/// Returns the panel of all images, or of means of neighbours in their order.
fn images_panel<'a>(data: &Usage, groups: &'a [UsageGroup], left: f64) -> UsagePanel<'a> {
    let gaps = gap(groups.len()) * groups.len().saturating_sub(1) as f64;
    let room = WIDTH - MARGIN - left - gaps;
    let total: usize = groups.iter().map(|group| group.images.len()).sum();
    let most = total.min(MAX_COLUMNS);
    let mut blocks = Vec::with_capacity(groups.len());
    let (mut count, mut fewest, mut largest) = (0, usize::MAX, 0);
    for group in groups {
        let mut columns = Vec::new();
        for range in bins(group.images.len(), most, total) {
            (fewest, largest) = (fewest.min(range.len()), largest.max(range.len()));
            columns.push(mean(data.weights, &group.images[range]));
        }
        count += columns.len();
        blocks.push(Block {
            name: group.name,
            columns,
        });
    }
    let by = if groups.len() > 1 { " by folder" } else { "" };
    let heading = match (fewest, largest) {
        (_, 0 | 1) => format!("{total} images{by}, one per column"),
        (fewest, largest) if fewest == largest => {
            format!("{total} images{by}; each column is the mean of {largest}")
        }
        _ => format!("{total} images{by}; each column is the mean of {fewest} to {largest}"),
    };
    UsagePanel {
        heading,
        blocks,
        left,
        right: WIDTH - MARGIN,
        column: (room / count.max(1) as f64).min(COLUMN),
    }
}

/// Returns the ranges of `images` that share a column, if all groups together have `total` images
/// and approximately `most` columns.
fn bins(images: usize, most: usize, total: usize) -> Vec<Range<usize>> {
    if images == 0 {
        return Vec::new();
    }
    let count = (images * most / total).max(1);
    (0..count)
        .map(|bin| bin * images / count..(bin + 1) * images / count)
        .collect()
}

/// Sorts parts by the label with the largest mean, and those of one label by that mean, descending.
fn sort_by_label(rows: &mut [usize], means: &UsagePanel) {
    rows.sort_by_cached_key(|&part| {
        let (mut label, mut largest) = (0, 0.0);
        for (index, block) in means.blocks.iter().enumerate() {
            if block.columns[0][part] > largest {
                (label, largest) = (index, block.columns[0][part]);
            }
        }
        // The bits of non-negative floats are in the order of the floats.
        (label, Reverse(largest.to_bits()))
    });
}

/// Returns the mean weights of some images, (rank).
fn mean(weights: &Weights, images: &[usize]) -> Vec<f32> {
    let mut sums = vec![0.0f64; weights.ncols()];
    for &image in images {
        for (sum, &weight) in sums.iter_mut().zip(weights.row(image)) {
            *sum += f64::from(weight);
        }
    }
    let count = images.len().max(1) as f64;
    sums.iter().map(|sum| (sum / count) as f32).collect()
}

/// Rounds down to whole pixels, at least one.
fn whole_pixels(points: f64) -> f64 {
    (points * DENSITY).floor().max(1.0) / DENSITY
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;

    #[test]
    fn every_image_is_in_one_column_and_every_group_has_columns() {
        assert_eq!(bins(6, 4, 12), [0..3, 3..6]);
        assert_eq!(bins(5, 12, 12), [0..1, 1..2, 2..3, 3..4, 4..5]);
        assert_eq!(bins(1, 4, 1000).len(), 1, "a small group has a column");
        assert_eq!(bins(7, 3, 7), [0..2, 2..4, 4..7]);
        assert!(bins(0, 4, 12).is_empty());
    }

    #[test]
    fn a_mean_is_that_of_the_images_named() {
        let weights = arr2(&[[1.0, 0.0], [0.5, 1.0], [0.0, 0.5]]);
        assert_eq!(mean(&weights, &[0, 1]), [0.75, 0.5]);
        assert_eq!(mean(&weights, &[]), [0.0, 0.0]);
    }

    #[test]
    fn parts_are_sorted_by_the_label_that_uses_them_most() {
        let block = |weights: &[f32]| Block {
            name: "",
            columns: vec![weights.to_vec()],
        };
        let means = UsagePanel {
            heading: String::new(),
            blocks: vec![block(&[0.1, 0.2, 0.6, 0.0]), block(&[0.3, 0.0, 0.5, 0.0])],
            left: 0.0,
            right: 2.0,
            column: 1.0,
        };
        let mut rows = vec![0, 1, 2, 3];
        sort_by_label(&mut rows, &means);
        assert_eq!(rows, [2, 1, 3, 0]);
        assert!((means.largest(2) - 0.6).abs() < 1e-6);
    }
}
