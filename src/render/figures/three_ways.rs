//! One image by three methods, as in figure 1 of Lee and Seung (1999): basis images, their weights in the same places, and
//! the result; one column per method.

use plotters::style::RGBColor;

use crate::basis::{Basis, Shape};
use crate::decomposition::Method;
use crate::error::Result;
use crate::render::canvas::colour_scale::{ColourMap, Scale, Scaling, colour_range};
use crate::render::canvas::errors::{check_image, check_one_per_basis_image};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::grid::{LabelSpace, TileGrid};
use crate::render::canvas::header::{self, FigureHeader, Shown};
use crate::render::canvas::numbers::{number, percent};
use crate::render::canvas::style::{
    Colour, GAP, HEADING, HEIGHT, INNER, LABEL, MARGIN, SMALL, Theme, VALUE, WIDTH,
};
use crate::render::canvas::svg::{Anchor, Canvas, Rect, draw_figure};
use crate::render::canvas::text::TextFit;
use crate::render::canvas::tile_size::TileSize;
use crate::render::canvas::tiles;

/// The data of the page.
#[derive(Debug, Clone, Copy)]
pub struct ThreeWays<'a> {
    /// The title: the name of the folder.
    pub title: &'a str,
    /// One sentence: which image, and how to read the page.
    pub caption: &'a str,
    /// The size of the image.
    pub shape: Shape,
    /// The image, one value per pixel; NaN where it is unknown.
    pub original: &'a [f32],
    /// The value of white; `None` if it is the largest.
    pub white: Option<f32>,
    /// Whether the tiles of a basis share one colour scale.
    pub scaling: Scaling,
    /// The methods, from left to right.
    pub ways: &'a [Way<'a>],
}

/// One method, and what it makes of the image.
#[derive(Debug, Clone, Copy)]
pub struct Way<'a> {
    /// The method.
    pub method: &'static Method,
    /// One sentence: what the result is.
    pub sentence: &'a str,
    /// The basis images as they are drawn.
    pub basis: &'a Basis,
    /// The weight of each in the image.
    pub weights: &'a [f32],
    /// The mean image, if the method adds one.
    pub mean: Option<&'a [f32]>,
    /// The reconstructed image.
    pub result: &'a [f32],
    /// Its relative error.
    pub error: f64,
}

/// Space between two columns.
const BETWEEN: f64 = 48.0;
const HEADING_LINE: f64 = header::BOTTOM + 30.0;
const SENTENCE_LINE: f64 = HEADING_LINE + 34.0;
const SCALE_LINE: f64 = SENTENCE_LINE + 30.0;
const GRID_TOP: f64 = SCALE_LINE + 20.0;
const GRID_HEIGHT: f64 = 410.0;
/// Baseline of the labels of the images below.
const LABEL_LINE: f64 = GRID_TOP + GRID_HEIGHT + 40.0;
const IMAGE_TOP: f64 = LABEL_LINE + 14.0;
const IMAGE_HEIGHT: f64 = 230.0;
/// The width of the weights and their scale, right of the basis images.
const WEIGHTS: f64 = 192.0;
/// Height of the weights, above their scale.
const WEIGHTS_HEIGHT: f64 = GRID_HEIGHT - 3.0 * LINE;
/// The distance of two lines of small text.
const LINE: f64 = 26.0;
/// The most images below: mean, result, original.
const IMAGES: f64 = 3.0;
/// The proportions of images between which a basis has as many rows as columns.
const SQUARE: std::ops::RangeInclusive<f64> = 0.5..=2.0;
/// The colour of the largest weight of a method whose weights have one sign.
const INK: [f64; 3] = [0x1B as f64, 0x1F as f64, 0x24 as f64];

/// Draws one slide with a column per method: its basis images, their weights as a grid of the same layout, the mean image
/// if it adds one, the result with its relative error, and the original.
///
/// Weights of one sign are white at 0 and black at the largest; those of both signs are blue below 0 and red above, as
/// eigenimages are. Images share one grey scale.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if an image or a basis differs in size from the shape, or there is not
/// one weight per basis image.
pub fn three_ways(data: &ThreeWays, theme: Theme) -> Result<Figure> {
    check_image(data.original, data.shape)?;
    for way in data.ways {
        check_one_per_basis_image(way.weights, way.basis)?;
    }
    let count = data.ways.len() as f64;
    let width = (INNER - BETWEEN * (count - 1.0)) / count;
    draw_figure(theme, WIDTH, HEIGHT, |canvas| {
        FigureHeader {
            title: data.title,
            caption: data.caption,
            bars: &[],
            shown: Shown::ALL,
        }
        .draw(canvas)?;
        for (index, way) in data.ways.iter().enumerate() {
            let column = Column {
                data,
                way,
                grid: grid(way.basis, width),
                x: MARGIN + index as f64 * (width + BETWEEN),
                width,
            };
            column.draw(canvas)?;
        }
        Ok(())
    })
}

/// Returns the layout of a basis: as many rows as columns, unless its images are much wider or taller.
fn grid(basis: &Basis, width: f64) -> TileGrid {
    let (shape, count) = (basis.shape(), basis.rank());
    let room = (width - WEIGHTS - 2.0 * GAP, GRID_HEIGHT);
    if SQUARE.contains(&(shape.width as f64 / shape.height as f64)) {
        TileGrid::square(count, shape, room)
    } else {
        TileGrid::within(count, shape, room, LabelSpace::NONE, 1.0)
    }
}

/// One method.
struct Column<'a> {
    data: &'a ThreeWays<'a>,
    way: &'a Way<'a>,
    grid: TileGrid,
    /// The left edge.
    x: f64,
    width: f64,
}

impl Column<'_> {
    fn draw(&self, canvas: &mut Canvas) -> Result<()> {
        let method = self.way.method;
        let shared = ColourMap::covering(Scale::of(method), self.way.basis.rows().iter());
        let heading = format!(
            "{}: {} {}",
            method.name,
            self.way.basis.rank(),
            method.units
        );
        let lines = [
            (heading, HEADING_LINE, HEADING.coloured(Colour::of(method))),
            (self.way.sentence.to_owned(), SENTENCE_LINE, LABEL),
            (scale_of_basis(shared, self.data.scaling), SCALE_LINE, SMALL),
        ];
        for (text, baseline, style) in lines {
            let (place, fit) = ((self.x, baseline), TextFit::end(self.width));
            canvas.text(&text, place, Anchor::Left, style, fit)?;
        }
        self.draw_basis(canvas, shared)?;
        self.draw_weights(canvas)?;
        self.draw_images(canvas)
    }

    fn draw_basis(&self, canvas: &mut Canvas, shared: ColourMap) -> Result<()> {
        let basis = self.way.basis;
        for index in 0..basis.rank().min(self.grid.shown) {
            let values = basis.row(index).to_vec();
            let colour_map = match self.data.scaling {
                Scaling::Each => ColourMap::covering(shared.scale, &values),
                Scaling::Shared => shared,
            };
            let (across, down) = self.grid.place(index);
            let place = (self.x + across, GRID_TOP + down);
            tiles::draw(
                canvas,
                &values,
                basis.shape(),
                colour_map,
                self.grid.tile,
                place,
            )?;
        }
        Ok(())
    }

    /// Draws the weights in the places of their basis images, above their scale.
    fn draw_weights(&self, canvas: &mut Canvas) -> Result<()> {
        let (weights, columns) = (self.way.weights, self.grid.columns);
        let rows = weights.len().div_ceil(columns);
        let side = (WEIGHTS_HEIGHT / rows as f64).min(WEIGHTS / columns as f64);
        let map = ColourMap::covering(Scale::of(self.way.method), weights);
        let left = self.x + self.width - WEIGHTS;
        for (index, &weight) in weights.iter().enumerate() {
            let (column, row) = ((index % columns) as f64, (index / columns) as f64);
            let place = (left + column * side, GRID_TOP + row * side);
            let gap = (side / 10.0).min(2.0);
            canvas.rectangle(square(place, side - gap), Colour::Quiet)?;
            let place = (place.0 + 0.5, place.1 + 0.5);
            let inner = square(place, side - gap - 1.0);
            canvas.rectangle(inner, weight_colour(weight, map))?;
        }
        let limit = number(f64::from(map.limit));
        let scale = if self.way.method.signed {
            [format!("red +{limit},"), format!("blue −{limit}")]
        } else {
            ["white 0,".to_owned(), format!("black {limit}")]
        };
        let [first, second] = scale;
        let lines = [format!("{}:", self.way.method.weights), first, second];
        let mut baseline = GRID_TOP + rows as f64 * side;
        for line in lines {
            baseline += LINE;
            let fit = TextFit::end(WEIGHTS);
            canvas.text(&line, (left, baseline), Anchor::Left, SMALL, fit)?;
        }
        Ok(())
    }

    /// Draws mean, result and original on one scale, with the error of the result.
    fn draw_images(&self, canvas: &mut Canvas) -> Result<()> {
        let Self { data, way, .. } = *self;
        let slot = self.width / IMAGES;
        let tile = TileSize::within(data.shape, slot - GAP, IMAGE_HEIGHT);
        let grey = data.grey();
        let mut images = vec![("= result", way.result), ("original", data.original)];
        if let Some(mean) = way.mean {
            images.insert(0, ("+ mean", mean));
        }
        let mut x = self.x;
        for (label, values) in images {
            let fit = TextFit::end(slot - GAP);
            canvas.text(label, (x, LABEL_LINE), Anchor::Left, LABEL, fit)?;
            tiles::draw(canvas, values, data.shape, grey, tile, (x, IMAGE_TOP))?;
            x += slot;
        }
        let below = IMAGE_TOP + tile.height + LINE;
        let error = format!("relative error {}", percent(way.error));
        let scale = format!("images: black 0, white {}", number(f64::from(grey.limit)));
        let lines = [(error, below, VALUE), (scale, below + LINE, SMALL)];
        for (text, baseline, style) in lines {
            let (place, fit) = ((self.x, baseline), TextFit::end(self.width));
            canvas.text(&text, place, Anchor::Left, style, fit)?;
        }
        Ok(())
    }
}

/// Returns a square with its upper left corner at (x, y).
fn square((x, y): (f64, f64), side: f64) -> Rect {
    Rect {
        x,
        y,
        width: side,
        height: side,
    }
}

impl ThreeWays<'_> {
    /// Returns the scale of the original, the means and the results.
    fn grey(&self) -> ColourMap {
        let results = self.ways.iter().flat_map(|way| way.result);
        let means = self.ways.iter().filter_map(|way| way.mean).flatten();
        let values = self.original.iter().chain(results).chain(means);
        ColourMap::covering(Scale::FromZero, values).up_to(self.white)
    }
}

/// Returns the scale of the tiles of a basis in words.
fn scale_of_basis(shared: ColourMap, scaling: Scaling) -> String {
    match (shared.scale, scaling) {
        (Scale::Diverging, Scaling::Each) => {
            "each ± its largest value: red above 0, blue below".to_owned()
        }
        (_, Scaling::Each) => "each from black (0) to white (its largest value)".to_owned(),
        (_, Scaling::Shared) => format!("one scale: {}", colour_range(shared)),
    }
}

/// Returns the colour of a weight: from white at 0 to black at the limit, or with two signs from blue to
/// red as in eigenimages.
fn weight_colour(weight: f32, map: ColourMap) -> Colour {
    let [red, green, blue] = match map.scale {
        Scale::Diverging => map.colour(weight),
        Scale::FromZero | Scale::Sequential => {
            let part = f64::from(weight) / f64::from(map.limit);
            let part = if part.is_finite() { part } else { 0.0 };
            INK.map(|ink| (255.0 + (ink - 255.0) * part.clamp(0.0, 1.0)).round() as u8)
        }
    };
    Colour::Fixed(RGBColor(red, green, blue))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_white_at_zero_and_black_above_or_red_and_blue() {
        let rgb = |scale, weight, limit| match weight_colour(weight, ColourMap { scale, limit }) {
            Colour::Fixed(RGBColor(red, green, blue)) => [red, green, blue],
            _ => [0; 3],
        };
        assert_eq!(rgb(Scale::FromZero, 0.0, 2.0), [255; 3]);
        assert_eq!(rgb(Scale::FromZero, 0.0, 0.0), [255; 3]);
        assert_eq!(rgb(Scale::FromZero, 2.0, 2.0), [0x1B, 0x1F, 0x24]);
        assert_eq!(rgb(Scale::FromZero, 1.0, 2.0), [141, 143, 146]);
        let [red, _, blue] = rgb(Scale::Diverging, 2.0, 2.0);
        assert!(red > 2 * blue, "above 0 is red, as in eigenimages");
        let [red, _, blue] = rgb(Scale::Diverging, -2.0, 2.0);
        assert!(blue > 2 * red, "below 0 is blue");
    }
}
