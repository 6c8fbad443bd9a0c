//! Who owns each pixel: a colour a part.

use plotters::style::RGBColor;

use super::pixel_owners::Owners;
use crate::basis::Basis;
use crate::error::Result;
use crate::render::canvas::colour_scale::Scale;
use crate::render::canvas::errors::check_one_per_basis_image;
use crate::render::canvas::figure::Figure;
use crate::render::canvas::grid::{Grid, Surround};
use crate::render::canvas::header::{self, Head};
use crate::render::canvas::numbers::percent;
use crate::render::canvas::scale_bar::Bar;
use crate::render::canvas::style::page_height;
use crate::render::canvas::style::{
    BLACK, Colour, HEIGHT, INNER, LABEL, LEGIBLE, MARGIN, NOBODY, PALETTE, SMALL, Theme, VALUE,
    WHITE, WIDTH,
};
use crate::render::canvas::svg::{Anchor, Area, Canvas, draw_figure};
use crate::render::canvas::text::{ASCENT, Cut, DESCENT, Ruler};
use crate::render::canvas::tile_size::Tile;
use crate::render::canvas::tiles;

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct Map<'a> {
    /// What the images are.
    pub title: &'a str,
    /// One sentence: how to read the map.
    pub caption: &'a str,
    /// The parts.
    pub basis: &'a Basis,
    /// How much of each part an image has on average, (rank).
    pub uses: &'a [f32],
    /// Each part's share of the light in all images, (rank).
    pub shares: &'a [f64],
}

const BOTTOM: f64 = 40.0;
/// Between the map and the parts.
const BETWEEN: f64 = 64.0;
const ROOM: f64 = HEIGHT - header::BOTTOM - BOTTOM;
/// How bright a pixel is that its owner gives next to nothing of.
const FAINT: f32 = 0.35;
/// Height of the sentence over the parts.
const LEGEND: f64 = 40.0;
/// Under each part: a swatch of its colour, its number, its share.
const LABEL_HEIGHT: f64 = 36.0;
const SWATCH: f64 = 14.0;
/// Between swatch, number and share.
const SPACE: f64 = 5.0;

/// Draws each pixel in the colour of the part that gives most of its light on average, and beside it the parts in
/// their colours.
///
/// The larger the owner's share of the pixel's light, the brighter is the pixel; what has no light is black. Numbers
/// stand where they lie on their own part alone. All parts are shown while they are large enough to be read, beyond
/// that the first ones, and the page says so.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if there is not one use and one share for each part.
pub fn map(data: &Map, theme: Theme) -> Result<Figure> {
    check_one_per_basis_image(data.uses, data.basis)?;
    check_one_per_basis_image(data.shares, data.basis)?;
    let owners = Owners::of(data.basis, data.uses);
    let colours: Vec<RGBColor> = owners
        .colours()
        .into_iter()
        .map(|colour| colour.unwrap_or(NOBODY))
        .collect();
    let page = Page::of(data);
    let (shown, rank) = (data.basis.rank().min(page.grid.shown), data.basis.rank());
    draw_figure(theme, WIDTH, page.height, |canvas| {
        let bar = Bar {
            scale: Scale::FromZero,
            limit: Some(1.0),
            says: "share of the pixel's light",
            faint: FAINT,
        };
        Head {
            title: data.title,
            caption: data.caption,
            bars: &[bar],
            shown: (1, 1),
        }
        .draw(canvas)?;
        draw_map(canvas, &owners, &colours, page.tile)?;
        let repeated = if rank > PALETTE.len() {
            "; colours repeat, numbers do not"
        } else {
            ""
        };
        let nobody = if owners.pixels.contains(&0) {
            "; grey: no pixel"
        } else {
            ""
        };
        let which = if shown < rank {
            format!("{shown} of {rank} parts")
        } else {
            "The parts".to_owned()
        };
        let legend = format!("{which} with their share of all light{repeated}{nobody}.");
        let place = (page.parts.0, page.parts.1 - LEGEND + 18.0);
        canvas.text(
            &legend,
            place,
            Anchor::Left,
            LABEL,
            (WIDTH - MARGIN - place.0, Cut::End),
        )?;
        for (part, &colour) in colours.iter().enumerate().take(shown) {
            let (x, y) = page.grid.place(part);
            let place = (page.parts.0 + x, page.parts.1 + y);
            draw_part(canvas, data, (part, colour), page.grid.tile, place)?;
        }
        Ok(())
    })
}

/// Where the map and the parts stand.
struct Page {
    tile: Tile,
    grid: Grid,
    /// The upper left corner of the first part.
    parts: (f64, f64),
    height: f64,
}

impl Page {
    /// Parts stand right of the map, or below a wide one.
    fn of(data: &Map) -> Self {
        let shape = data.basis.shape();
        let beside = Tile::within(shape, (INNER - BETWEEN) / 2.0, ROOM);
        let above = Tile::within(shape, INNER, ROOM / 2.0);
        let stacked = above.surface() > beside.surface();
        let (tile, across, down) = if stacked {
            (above, 0.0, above.height + BETWEEN / 2.0)
        } else {
            (beside, beside.width + BETWEEN, 0.0)
        };
        let parts = (MARGIN + across, header::BOTTOM + down + LEGEND);
        let room = (INNER - across, ROOM - down - LEGEND);
        let around = Surround {
            width: label_width(data),
            below: LABEL_HEIGHT,
        };
        let grid =
            Grid::within(data.basis.rank(), shape, room, around, LEGIBLE).spread(room.0, room.1);
        let bottom = (parts.1 + grid.height()).max(header::BOTTOM + tile.height);
        Self {
            tile,
            grid,
            parts,
            height: page_height(bottom + BOTTOM),
        }
    }
}

fn draw_map(canvas: &mut Canvas, owners: &Owners, colours: &[RGBColor], tile: Tile) -> Result<()> {
    let shade = |(owner, &share): (&Option<usize>, &f32)| {
        owner.map_or([0.0; 3], |part| {
            scaled(colours[part], FAINT + (1.0 - FAINT) * share)
        })
    };
    let shades: Vec<[f32; 3]> = owners.owner.iter().zip(&owners.share).map(shade).collect();
    tiles::draw_coloured(
        canvas,
        &shades,
        owners.shape,
        tile,
        (MARGIN, header::BOTTOM),
    )?;
    for part in (0..colours.len()).filter(|&part| owners.pixels[part] > 0) {
        write_number(canvas, owners, part, &shades, tile)?;
    }
    Ok(())
}

/// The number of a part on its pixels, where it fits.
fn write_number(
    canvas: &mut Canvas,
    owners: &Owners,
    part: usize,
    shades: &[[f32; 3]],
    tile: Tile,
) -> Result<()> {
    let (number, pixel) = (part.to_string(), tile.width / owners.shape.width as f64);
    let (width, height) = (
        canvas.ruler().width(&number, VALUE),
        (ASCENT + DESCENT) * VALUE.size,
    );
    let pixels = |points: f64| (points / pixel).ceil() as usize;
    let Some((column, row)) = owners.place(part, (pixels(width), pixels(height))) else {
        return Ok(());
    };
    let ground = shades[row as usize * owners.shape.width + column as usize];
    let style = VALUE.coloured(if brightness(ground) > 0.5 {
        BLACK
    } else {
        WHITE
    });
    let baseline = header::BOTTOM + row * pixel + height / 2.0 - DESCENT * VALUE.size;
    let place = (MARGIN + column * pixel, baseline);
    canvas.text(
        &number,
        place,
        Anchor::Centre,
        style,
        (width + 1.0, Cut::End),
    )?;
    Ok(())
}

/// A part in its colour; below, the colour itself, the number and the share.
fn draw_part(
    canvas: &mut Canvas,
    data: &Map,
    (part, colour): (usize, RGBColor),
    tile: Tile,
    (x, y): (f64, f64),
) -> Result<()> {
    let row = data.basis.row(part);
    let limit = row
        .iter()
        .copied()
        .filter(|value| value.is_finite())
        .fold(f32::MIN_POSITIVE, f32::max);
    let shades: Vec<[f32; 3]> = row
        .iter()
        .map(|&value| scaled(colour, value / limit))
        .collect();
    tiles::draw_coloured(canvas, &shades, data.basis.shape(), tile, (x, y))?;
    let baseline = y + tile.height + 27.0;
    let swatch = Area {
        x,
        y: baseline - SWATCH,
        width: SWATCH,
        height: SWATCH,
    };
    canvas.rectangle(swatch, Colour::Fixed(colour))?;
    let number = x + SWATCH + SPACE;
    let written = canvas.text(
        &part.to_string(),
        (number, baseline),
        Anchor::Left,
        VALUE,
        (INNER, Cut::End),
    )?;
    let share = (number + written + SPACE, baseline);
    canvas.text(
        &percent(data.shares[part]),
        share,
        Anchor::Left,
        SMALL,
        (INNER, Cut::End),
    )?;
    Ok(())
}

/// The room for the longest label.
fn label_width(data: &Map) -> f64 {
    let mut ruler = Ruler::default();
    let mut width = |part: usize| {
        ruler.width(&part.to_string(), VALUE) + ruler.width(&percent(data.shares[part]), SMALL)
    };
    SWATCH + 2.0 * SPACE + (0..data.basis.rank()).map(&mut width).fold(0.0, f64::max)
}

/// A darker shade of a colour, 0..=255 each; what is no number is black.
fn scaled(RGBColor(red, green, blue): RGBColor, part: f32) -> [f32; 3] {
    let part = if part.is_finite() {
        part.clamp(0.0, 1.0)
    } else {
        0.0
    };
    [red, green, blue].map(|value| f32::from(value) * part)
}

/// How bright a shade looks, 0..=1.
fn brightness([red, green, blue]: [f32; 3]) -> f32 {
    (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255.0
}
