//! The same images at several ranks, by each method: a column per rank.

use crate::basis::Shape;
use crate::decomposition::Method;
use crate::error::Result;
use crate::render::canvas::colour_scale::{ColourMap, Scale};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{self, FigureHeader, Shown};
use crate::render::canvas::numbers::percent;
use crate::render::canvas::samples::Reconstruction;
use crate::render::canvas::scale_bar::ScaleBar;
use crate::render::canvas::style::{
    Colour, INNER, LABEL, MARGIN, SMALL, Theme, TypeStyle, VALUE, WIDTH, page_height,
};
use crate::render::canvas::svg::{Anchor, Canvas, draw_figure};
use crate::render::canvas::text::TextFit;
use crate::render::canvas::tile_size::TileSize;
use crate::render::canvas::tiles;

/// The data of the page.
#[derive(Debug, Clone, Copy)]
pub struct Ladder<'a> {
    /// The title.
    pub title: &'a str,
    /// One sentence: what the rows and columns show.
    pub caption: &'a str,
    /// The size of every image.
    pub shape: Shape,
    /// The ranks, in ascending order.
    pub ranks: &'a [usize],
    /// The relative errors over all images at each rank: one per method, in the order of [`LadderImage::steps`].
    pub errors: &'a [Vec<f64>],
    /// The images.
    pub images: &'a [LadderImage],
}

/// An image at several ranks.
#[derive(Debug, Clone, PartialEq)]
pub struct LadderImage {
    /// The name of the image.
    pub name: String,
    /// The image, one value per pixel, row by row.
    pub original: Vec<f32>,
    /// Its reconstructions at each rank: one per method, in the same order at all ranks.
    pub steps: Vec<Vec<Reconstruction>>,
}

/// Width of the names of the methods.
const NAMES: f64 = 120.0;
const NAME_FIT: TextFit = TextFit::end(NAMES - 12.0);
/// The distance from one column to the next that few columns keep, unless their tiles are wider.
const NEAR: f64 = 240.0;
/// Space between two columns.
const SPACE: f64 = 18.0;
const HEADINGS: f64 = header::BOTTOM + 36.0;
/// Height of a line of the errors over all images, below the headings.
const ERRORS: f64 = 32.0;
const BOTTOM: f64 = 24.0;
/// Height of the line below a tile.
const LINE: f64 = 40.0;
/// Space between two images.
const BETWEEN: f64 = 36.0;
/// The maximum height of a tile, and the minimum height of its row.
const TALLEST: f64 = 200.0;
const SHORTEST: f64 = 56.0;

/// Draws a line of errors over all images per method; below, two rows or more for each image, one per method: the image at
/// each rank with its error, and the original at the end.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a reconstruction does not have the number of
/// pixels of the shape.
pub fn ladder(data: &Ladder, theme: Theme) -> Result<Figure> {
    let layout = LadderLayout::of(data);
    let originals = data.images.iter().flat_map(|image| &image.original);
    let colour_map = ColourMap::covering(Scale::FromZero, originals);
    draw_figure(theme, WIDTH, page_height(layout.bottom()), |canvas| {
        FigureHeader {
            title: data.title,
            caption: data.caption,
            bars: &[ScaleBar {
                scale: Scale::FromZero,
                limit: Some(colour_map.limit),
                label: "pixel values, clipped",
                faint: 0.0,
            }],
            shown: Shown::ALL,
        }
        .draw(canvas)?;
        layout.draw_headings(canvas, data)?;
        layout.draw_errors(canvas, data)?;
        for (index, image) in data.images.iter().enumerate() {
            layout.draw_image(canvas, image, index, colour_map)?;
        }
        Ok(())
    })
}

/// Where tiles and texts are.
struct LadderLayout {
    shape: Shape,
    tile: TileSize,
    /// The distance from one column to the next.
    step: f64,
    methods: usize,
    images: usize,
}

impl LadderLayout {
    fn of(data: &Ladder) -> Self {
        let columns = data.ranks.len() as f64 + 1.0;
        let most = (INNER - NAMES + SPACE) / columns;
        let tile = TileSize::within(data.shape, most - SPACE, TALLEST);
        let steps = data.images.first().and_then(|image| image.steps.first());
        Self {
            shape: data.shape,
            step: most.min(NEAR.max(tile.width + SPACE)),
            tile,
            methods: steps.map_or(0, Vec::len),
            images: data.images.len(),
        }
    }

    /// Returns the left edge of a column.
    fn left(&self, column: usize) -> f64 {
        MARGIN + NAMES + column as f64 * self.step
    }

    /// Returns the distance from one method to the next.
    fn row_height(&self) -> f64 {
        self.tile.height.max(SHORTEST) + LINE
    }

    /// Returns the distance from one image to the next.
    fn image_height(&self) -> f64 {
        self.methods as f64 * self.row_height() + BETWEEN
    }

    /// Returns the top of the first image.
    fn top(&self) -> f64 {
        HEADINGS + self.methods as f64 * ERRORS + BETWEEN
    }

    fn bottom(&self) -> f64 {
        self.top() + self.images as f64 * self.image_height() - BETWEEN + BOTTOM
    }

    fn draw_headings(&self, canvas: &mut Canvas, data: &Ladder) -> Result<()> {
        let ranks = data.ranks.iter().map(|rank| format!("k = {rank}"));
        let fit = TextFit::end(self.step - SPACE);
        let place = (MARGIN, HEADINGS);
        canvas.text("all images", place, Anchor::Left, SMALL, NAME_FIT)?;
        for (column, heading) in ranks.chain(["original".to_owned()]).enumerate() {
            let place = (self.left(column), HEADINGS);
            canvas.text(&heading, place, Anchor::Left, VALUE, fit)?;
        }
        Ok(())
    }

    /// Writes the errors over all images, a line per method.
    fn draw_errors(&self, canvas: &mut Canvas, data: &Ladder) -> Result<()> {
        let first = data.images.first().and_then(|image| image.steps.first());
        let fit = TextFit::end(self.step - SPACE);
        for (row, reconstruction) in first.into_iter().flatten().enumerate() {
            let line = HEADINGS + (row + 1) as f64 * ERRORS;
            draw_method(canvas, reconstruction.method, line)?;
            for (column, errors) in data.errors.iter().enumerate() {
                let error = percent(errors[row]);
                canvas.text(&error, (self.left(column), line), Anchor::Left, VALUE, fit)?;
            }
        }
        Ok(())
    }

    fn draw_image(
        &self,
        canvas: &mut Canvas,
        image: &LadderImage,
        index: usize,
        colour_map: ColourMap,
    ) -> Result<()> {
        let top = self.top() + index as f64 * self.image_height();
        let line = top - BETWEEN / 2.0;
        canvas.line((MARGIN, line), (WIDTH - MARGIN, line))?;
        for (column, step) in image.steps.iter().enumerate() {
            for (row, reconstruction) in step.iter().enumerate() {
                let place = (self.left(column), top + row as f64 * self.row_height());
                if column == 0 {
                    draw_name(canvas, reconstruction.method, place.1)?;
                }
                let error = percent(reconstruction.error);
                self.draw_tile(canvas, &reconstruction.values, colour_map, place)?;
                self.draw_note(canvas, &error, VALUE, place)?;
            }
        }
        // In the middle of the rows.
        let below = (self.image_height() - BETWEEN - self.row_height()) / 2.0;
        let place = (self.left(image.steps.len()), top + below);
        self.draw_tile(canvas, &image.original, colour_map, place)?;
        self.draw_note(canvas, &image.name, LABEL, place)
    }

    fn draw_tile(
        &self,
        canvas: &mut Canvas,
        values: &[f32],
        colour_map: ColourMap,
        place: (f64, f64),
    ) -> Result<()> {
        tiles::draw(canvas, values, self.shape, colour_map, self.tile, place)
    }

    /// Writes a text below a tile.
    fn draw_note(
        &self,
        canvas: &mut Canvas,
        note: &str,
        style: TypeStyle,
        (x, y): (f64, f64),
    ) -> Result<()> {
        let place = (x, y + self.tile.height + 26.0);
        let fit = TextFit::middle(self.step - SPACE);
        canvas.text(note, place, Anchor::Left, style, fit)?;
        Ok(())
    }
}

/// Writes the name of a method and what it sums.
fn draw_name(canvas: &mut Canvas, method: &Method, top: f64) -> Result<()> {
    draw_method(canvas, method, top + 22.0)?;
    let sum = if method.signed { "mean + k" } else { "k parts" };
    let place = (MARGIN, top + 50.0);
    canvas.text(sum, place, Anchor::Left, SMALL, NAME_FIT)?;
    Ok(())
}

/// Writes the name of a method in its colour.
fn draw_method(canvas: &mut Canvas, method: &Method, baseline: f64) -> Result<()> {
    let name = VALUE.coloured(Colour::of(method));
    let place = (MARGIN, baseline);
    canvas.text(method.name, place, Anchor::Left, name, NAME_FIT)?;
    Ok(())
}
