//! Where the images lie: as pictures in the plane of two weights, beside the plane of two scores.

use super::axes::Axis;
use super::canvas::{self, Anchor, Area, Canvas};
use super::head::Head;
use super::layout::Tile;
use super::scatter::{Places, cells, outermost};
use super::style::{self, Colour, HEADING, HEIGHT, INNER, LABEL, MARGIN, SMALL, WIDTH};
use super::text::{Cut, number};
use super::tiles::{self, Paint, Scale};
use super::{Figure, Theme};
use crate::basis::Shape;
use crate::error::Result;
use crate::images::ImageSet;

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct Atlas<'a> {
    /// What the page shows.
    pub title: &'a str,
    /// One sentence: how to read the page.
    pub caption: &'a str,
    /// All images.
    pub images: &'a ImageSet,
    /// Which of them have a place in the planes.
    pub chosen: &'a [usize],
    /// The weights of two parts, and the scores of two eigenimages.
    pub planes: [Plane<'a>; 2],
    /// The names of the labels and the label of each chosen image; up to ten labels are coloured.
    pub labels: Option<(&'a [String], &'a [usize])>,
}

/// A plane in which images lie.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a> {
    /// What an image's place says.
    pub heading: &'a str,
    /// Which two these are, of all.
    pub sentence: &'a str,
    /// To the right, and upwards; the second may be missing.
    pub directions: &'a [Direction],
}

/// One part or eigenimage, and how much of it is in the images.
#[derive(Debug, Clone)]
pub struct Direction {
    /// What it is called.
    pub name: String,
    /// Its values, one a pixel.
    pub values: Vec<f32>,
    /// How these become colours.
    pub scale: Scale,
    /// The weight of each chosen image.
    pub weights: Vec<f32>,
}

const LEGEND_LINE: f64 = 178.0;
const HEADING_LINE: f64 = 236.0;
const TOP: f64 = 258.0;
const BOTTOM: f64 = HEIGHT - 166.0;
const BETWEEN: f64 = 56.0;
/// Room for the name and the numbers of the vertical axis.
const GUTTER: f64 = 204.0;
const SIDE: f64 = (INNER - BETWEEN) / 2.0;
/// The tile that names an axis.
const NAME: f64 = 84.0;
/// Room for the name of the vertical axis.
const NAMED: f64 = 124.0;
/// The side of a square that a picture about fits.
const PICTURE: f64 = 44.0;
/// The coloured frame of a picture, and the room around that.
const FRAME: f64 = 2.5;
const AROUND: f64 = 2.0;
/// The share of a plane that pictures fill.
const FILLED: f64 = 0.45;
const DOT: f64 = 3.0;
/// Where a weight is 0.
const ZERO: f64 = 2.0;
/// The side of a square in the legend.
const SWATCH: f64 = 18.0;

/// Draws images as small pictures in two planes, the same ones in both, and all chosen images as dots.
///
/// No picture covers another: those that lie far from the others are shown, each at the free place of a grid that is
/// nearest to its own.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a direction has not as many values as an image has pixels.
///
/// # Panics
/// If a chosen image does not exist or has no weight.
pub fn atlas(data: &Atlas, theme: Theme) -> Result<Figure> {
    let tile = Tile::smallest(data.images.shape, PICTURE);
    let fields = [0, 1].map(|index| Field::of(&data.planes[index], index, tile));
    let places: Vec<Places> = (0..data.chosen.len())
        .map(|image| [0, 1].map(|plane| fields[plane].place_of(&data.planes[plane], image)))
        .collect();
    let shown = outermost(&places, fields[0].capacity());
    canvas::figure(theme, WIDTH, HEIGHT, |canvas| {
        head(canvas, data, shown.len())?;
        let pictures = Pictures::of(data, &shown, tile);
        for (index, field) in fields.iter().enumerate() {
            field.draw_axes(canvas, &data.planes[index], data.images.shape)?;
            let places: Vec<_> = places.iter().map(|place| place[index]).collect();
            pictures.draw(canvas, data, field, &places)?;
        }
        Ok(())
    })
}

fn head(canvas: &mut Canvas, data: &Atlas, shown: usize) -> Result<()> {
    let all = data.images.names.len();
    Head {
        title: data.title,
        caption: data.caption,
        bars: &[],
        shown: (shown, all),
    }
    .draw(canvas)?;
    let dots = match data.chosen.len() {
        dots if dots < all => format!("Dots: {dots} of the images, evenly spread, where they are"),
        _ => "Dots: all images, where they are".to_owned(),
    };
    let how = format!("{dots}. Pictures: at the nearest free place, with a line to it.");
    let how = canvas.text(
        &how,
        (WIDTH - MARGIN, LEGEND_LINE),
        Anchor::Right,
        LABEL,
        (INNER, Cut::End),
    )?;
    legend(canvas, data, INNER - how - 32.0)
}

/// A square and a name for each label.
fn legend(canvas: &mut Canvas, data: &Atlas, width: f64) -> Result<()> {
    let Some((names, _)) = data.coloured() else {
        return Ok(());
    };
    let most = width / names.len() as f64;
    let mut x = MARGIN;
    for (index, name) in names.iter().enumerate() {
        let area = Area {
            x,
            y: LEGEND_LINE - SWATCH,
            width: SWATCH,
            height: SWATCH,
        };
        canvas.ground(area, style::label(index));
        let place = (x + SWATCH + 10.0, LEGEND_LINE);
        x += SWATCH
            + 42.0
            + canvas.text(
                name,
                place,
                Anchor::Left,
                LABEL,
                (most - SWATCH - 42.0, Cut::Middle),
            )?;
    }
    Ok(())
}

impl<'a> Atlas<'a> {
    /// The labels, where there are few enough to tell their colours apart.
    fn coloured(&self) -> Option<(&'a [String], &'a [usize])> {
        self.labels
            .filter(|(names, _)| (2..=style::LABELS).contains(&names.len()))
    }

    fn colour(&self, image: usize, other: Colour) -> Colour {
        self.coloured()
            .map_or(other, |(_, labels)| style::label(labels[image]))
    }
}

/// Where a plane is drawn: in cells that hold a picture each.
struct Field {
    area: Area,
    /// How many cells are in a row, and how many rows there are.
    cells: (usize, usize),
    /// The smallest and the largest weight, in the middle of the first and the last cell.
    across: (f64, f64),
    up: (f64, f64),
}

impl Field {
    fn of(plane: &Plane, index: usize, tile: Tile) -> Self {
        let x = MARGIN + GUTTER + index as f64 * (SIDE + BETWEEN);
        let area = Area {
            x,
            y: TOP,
            width: SIDE - GUTTER,
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
    fn capacity(&self) -> usize {
        ((self.cells.0 * self.cells.1) as f64 * FILLED).ceil() as usize
    }

    /// Where an image stands, in cells.
    fn place_of(&self, plane: &Plane, image: usize) -> (f64, f64) {
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
    fn on_page(&self, (column, row): (f64, f64)) -> (f64, f64) {
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

impl Field {
    fn draw_axes(&self, canvas: &mut Canvas, plane: &Plane, shape: Shape) -> Result<()> {
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

/// The images that are shown as pictures, and as which.
struct Pictures<'a> {
    shown: &'a [usize],
    pixels: Vec<Vec<f32>>,
    paint: Paint,
    tile: Tile,
}

impl<'a> Pictures<'a> {
    fn of(data: &Atlas, shown: &'a [usize], tile: Tile) -> Self {
        let pixels: Vec<Vec<f32>> = shown
            .iter()
            .map(|&index| data.images.known_f32(data.chosen[index]))
            .collect();
        let paint = Paint::holding(Scale::FromZero, pixels.iter().flatten());
        Self {
            shown,
            pixels,
            paint,
            tile,
        }
    }

    /// A dot for every image, and over the dots the pictures in their cells, with lines to where they belong.
    fn draw(
        &self,
        canvas: &mut Canvas,
        data: &Atlas,
        field: &Field,
        places: &[(f64, f64)],
    ) -> Result<()> {
        let Tile { width, height, .. } = self.tile;
        let wanted: Vec<_> = self.shown.iter().map(|&index| places[index]).collect();
        let taken: Vec<_> = cells(&wanted, field.cells)
            .into_iter()
            .map(|(column, row)| (column as f64, row as f64))
            .collect();
        for ((&index, &place), &cell) in self.shown.iter().zip(&wanted).zip(&taken) {
            canvas.ground_line(
                field.on_page(place),
                field.on_page(cell),
                data.colour(index, Colour::Quiet),
            );
        }
        for (index, &place) in places.iter().enumerate() {
            canvas.ground_dot(field.on_page(place), DOT, data.colour(index, Colour::Quiet));
        }
        for ((&index, pixels), &cell) in self.shown.iter().zip(&self.pixels).zip(&taken) {
            let (x, y) = field.on_page(cell);
            let (x, y) = (x - width / 2.0, y - height / 2.0);
            let frame = Area {
                x: x - FRAME,
                y: y - FRAME,
                width: width + 2.0 * FRAME,
                height: height + 2.0 * FRAME,
            };
            canvas.ground(frame, data.colour(index, Colour::Hairline));
            tiles::draw(
                canvas,
                pixels,
                data.images.shape,
                self.paint,
                self.tile,
                (x, y),
            )?;
        }
        Ok(())
    }
}
