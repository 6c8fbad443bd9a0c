//! The dominant part of each pixel: one colour per part.

use plotters::style::RGBColor;

use super::pixel_owners::PixelOwners;
use crate::basis::Basis;
use crate::error::Result;
use crate::render::canvas::colour_scale::{ColourMap, Scale};
use crate::render::canvas::errors::check_one_per_basis_image;
use crate::render::canvas::figure::Figure;
use crate::render::canvas::grid::{LabelSpace, TileGrid};
use crate::render::canvas::header::{self, FigureHeader, Shown};
use crate::render::canvas::numbers::percent;
use crate::render::canvas::scale_bar::ScaleBar;
use crate::render::canvas::style::{
    BLACK, COMFORTABLE, Colour, HEIGHT, INNER, LABEL, MARGIN, SMALL, Theme, VALUE, WHITE, WIDTH,
    page_height,
};
use crate::render::canvas::svg::{Anchor, Canvas, Rect, draw_figure};
use crate::render::canvas::text::{ASCENT, DESCENT, Ruler, TextFit};
use crate::render::canvas::tile_size::TileSize;
use crate::render::canvas::tiles;

/// The data of the page.
#[derive(Debug, Clone, Copy)]
pub struct Map<'a> {
    /// The title.
    pub title: &'a str,
    /// One sentence: how to read the map.
    pub caption: &'a str,
    /// The parts.
    pub basis: &'a Basis,
    /// The mean weight of each part, (rank).
    pub uses: &'a [f32],
    /// Each part's fraction of the total reconstructed intensity, (rank).
    pub shares: &'a [f64],
}

const BOTTOM: f64 = 40.0;
/// Space between the map and the parts.
const BETWEEN: f64 = 64.0;
/// Height of the map and the parts.
const ROOM: f64 = HEIGHT - header::BOTTOM - BOTTOM;
/// Brightness of a pixel to which its dominant part contributes almost nothing.
const FAINT: f32 = 0.5;
/// The legend above the parts: the height of a line and of all lines, and the last line.
const LINE: f64 = 30.0;
const LEGEND: f64 = 3.0 * LINE + 10.0;
const TILES: &str = "Tiles are brightened; %: share of the total intensity.";
/// Pixels of the map are at least this large where borders are drawn between regions.
const BORDERED: f64 = 4.0;
/// Height of the label of a part: colour swatch, number, fraction.
const LABEL_HEIGHT: f64 = 36.0;
const SWATCH: f64 = 14.0;
/// Space between swatch, number and fraction.
const SPACE: f64 = 5.0;

/// Draws each pixel in the colour of its dominant part, the one that contributes most to its mean
/// intensity, and beside the map the parts in their colours.
///
/// The larger the fraction that the part contributes, the brighter the pixel, up to the largest
/// fraction in its region; pixels without intensity are black. Lines separate the regions. The
/// number of a part is written where it fits on its pixels, and the median fraction above the parts.
/// The parts that dominate a pixel are shown; if these are too many, those with the most pixels.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if there is not one use and one share per part.
pub fn map(data: &Map, theme: Theme) -> Result<Figure> {
    check_one_per_basis_image(data.uses, data.basis)?;
    check_one_per_basis_image(data.shares, data.basis)?;
    let owners = PixelOwners::of(data.basis, data.uses);
    let colours = owners.colours();
    let layout = MapLayout::of(data, &owners);
    draw_figure(theme, WIDTH, layout.height, |canvas| {
        FigureHeader {
            title: data.title,
            caption: data.caption,
            bars: &[ScaleBar {
                scale: Scale::FromZero,
                limit: None,
                label: "contribution, up to the region's maximum",
                faint: FAINT,
            }],
            shown: Shown::ALL,
        }
        .draw(canvas)?;
        draw_map(canvas, &owners, &colours, layout.tile)?;
        let parts = dominant_parts(&owners, layout.parts.len());
        layout.draw_legend(canvas, &[&dominance(&owners), &parts, TILES])?;
        layout.draw_parts(canvas, data, &colours)
    })
}

/// Returns the sentence on how much the dominant parts contribute.
fn dominance(owners: &PixelOwners) -> String {
    let Some(median) = owners.median_fraction() else {
        return "No pixel has intensity.".to_owned();
    };
    format!(
        "The largest contribution to a pixel is {} of its intensity (median).",
        percent(median)
    )
}

/// Returns the sentence on how many parts dominate a pixel, of which `shown` have tiles.
fn dominant_parts(owners: &PixelOwners, shown: usize) -> String {
    let (rank, dominant) = (owners.pixels.len(), owners.dominant().len());
    let largest = if shown < dominant {
        format!("; the {shown} largest regions are below")
    } else {
        String::new()
    };
    format!("{dominant} of {rank} parts contribute most to some pixel{largest}.")
}

/// The positions of the map and the parts.
struct MapLayout {
    /// The size of the map.
    tile: TileSize,
    /// The parts with tiles, in their order.
    parts: Vec<usize>,
    /// Their tiles, and the upper left corner of the first one.
    grid: TileGrid,
    corner: (f64, f64),
    height: f64,
}

impl MapLayout {
    /// Returns a layout with the parts right of the map, or below a wide one.
    fn of(data: &Map, owners: &PixelOwners) -> Self {
        let shape = data.basis.shape();
        let beside = TileSize::within(shape, (INNER - BETWEEN) / 2.0, ROOM);
        let above = TileSize::within(shape, INNER, ROOM / 2.0);
        let stacked = above.area() > beside.area();
        let (tile, across, down) = if stacked {
            (above, 0.0, above.height + BETWEEN / 2.0)
        } else {
            (beside, beside.width + BETWEEN, 0.0)
        };
        let corner = (MARGIN + across, header::BOTTOM + down + LEGEND);
        let room = (INNER - across, ROOM - down - LEGEND);
        let labels = LabelSpace {
            width: label_width(data),
            below: LABEL_HEIGHT,
        };
        let mut parts = owners.dominant();
        let grid =
            TileGrid::within(parts.len(), shape, room, labels, COMFORTABLE).spread(room.0, room.1);
        parts.truncate(grid.shown);
        parts.sort_unstable();
        let bottom = (corner.1 + grid.height()).max(header::BOTTOM + tile.height);
        Self {
            tile,
            parts,
            grid,
            corner,
            height: page_height(bottom + BOTTOM),
        }
    }

    fn draw_legend(&self, canvas: &mut Canvas, lines: &[&str]) -> Result<()> {
        let fit = TextFit::end(WIDTH - MARGIN - self.corner.0);
        for (index, line) in lines.iter().enumerate() {
            let baseline = self.corner.1 - LEGEND + 18.0 + index as f64 * LINE;
            canvas.text(line, (self.corner.0, baseline), Anchor::Left, LABEL, fit)?;
        }
        Ok(())
    }

    fn draw_parts(
        &self,
        canvas: &mut Canvas,
        data: &Map,
        colours: &[Option<RGBColor>],
    ) -> Result<()> {
        for (index, &part) in self.parts.iter().enumerate() {
            let Some(colour) = colours[part] else {
                continue;
            };
            let (x, y) = self.grid.place(index);
            let (x, y) = (self.corner.0 + x, self.corner.1 + y);
            let tile = self.grid.tile;
            draw_tile(canvas, data.basis, part, colour, tile, (x, y));
            let baseline = y + tile.height + 27.0;
            draw_label(canvas, data, part, colour, (x, baseline))?;
        }
        Ok(())
    }
}

fn draw_map(
    canvas: &mut Canvas,
    owners: &PixelOwners,
    colours: &[Option<RGBColor>],
    tile: TileSize,
) -> Result<()> {
    let largest = owners.largest_fractions();
    let mut shades = Vec::with_capacity(owners.owner.len());
    for (owner, &fraction) in owners.owner.iter().zip(&owners.fraction) {
        let colour = owner.and_then(|part| Some((colours[part]?, largest[part])));
        shades.push(colour.map_or([0.0; 3], |(colour, largest)| {
            scaled(colour, FAINT + (1.0 - FAINT) * fraction / largest)
        }));
    }
    let place = (MARGIN, header::BOTTOM);
    tiles::draw_coloured(canvas, &shades, owners.shape, tile, place);
    let pixel = tile.width / owners.shape.width as f64;
    if pixel >= BORDERED {
        for [(x, y), (to_x, to_y)] in owners.border_lines() {
            let from = (MARGIN + x as f64 * pixel, header::BOTTOM + y as f64 * pixel);
            let to = (
                MARGIN + to_x as f64 * pixel,
                header::BOTTOM + to_y as f64 * pixel,
            );
            canvas.ground_line(from, to, BLACK);
        }
    }
    for part in (0..colours.len()).filter(|&part| colours[part].is_some()) {
        draw_number(canvas, owners, part, &shades, tile)?;
    }
    Ok(())
}

/// Writes the number of a part on its pixels, where it fits.
fn draw_number(
    canvas: &mut Canvas,
    owners: &PixelOwners,
    part: usize,
    shades: &[[f32; 3]],
    tile: TileSize,
) -> Result<()> {
    let (number, pixel) = (part.to_string(), tile.width / owners.shape.width as f64);
    let width = canvas.ruler().width(&number, VALUE);
    let height = (ASCENT + DESCENT) * VALUE.size;
    let pixels = (
        (width / pixel).ceil() as usize,
        (height / pixel).ceil() as usize,
    );
    let Some((column, row)) = owners.place(part, pixels) else {
        return Ok(());
    };
    let ground = shades[row as usize * owners.shape.width + column as usize];
    let colour = if brightness(ground) > 0.5 {
        BLACK
    } else {
        WHITE
    };
    let baseline = header::BOTTOM + row * pixel + height / 2.0 - DESCENT * VALUE.size;
    let (place, style) = ((MARGIN + column * pixel, baseline), VALUE.coloured(colour));
    canvas.text(
        &number,
        place,
        Anchor::Centre,
        style,
        TextFit::end(width + 1.0),
    )?;
    Ok(())
}

/// Draws a part in its colour. The brightness is the square root of the value, so that faint parts
/// are visible.
fn draw_tile(
    canvas: &mut Canvas,
    basis: &Basis,
    part: usize,
    colour: RGBColor,
    tile: TileSize,
    place: (f64, f64),
) {
    let row = basis.row(part);
    let limit = ColourMap::covering(Scale::FromZero, row.iter()).limit;
    let limit = limit.max(f32::MIN_POSITIVE);
    let mut shades = Vec::with_capacity(row.len());
    for &value in row {
        shades.push(scaled(colour, (value / limit).sqrt()));
    }
    tiles::draw_coloured(canvas, &shades, basis.shape(), tile, place);
}

/// Draws the colour, the number and the fraction of a part.
fn draw_label(
    canvas: &mut Canvas,
    data: &Map,
    part: usize,
    colour: RGBColor,
    (x, baseline): (f64, f64),
) -> Result<()> {
    let swatch = Rect {
        x,
        y: baseline - SWATCH,
        width: SWATCH,
        height: SWATCH,
    };
    canvas.rectangle(swatch, Colour::Fixed(colour))?;
    let (number, left, fit) = (part.to_string(), x + SWATCH + SPACE, TextFit::end(INNER));
    let written = canvas.text(&number, (left, baseline), Anchor::Left, VALUE, fit)?;
    let (share, left) = (percent(data.shares[part]), left + written + SPACE);
    canvas.text(&share, (left, baseline), Anchor::Left, SMALL, fit)?;
    Ok(())
}

/// Returns the width of the widest label.
fn label_width(data: &Map) -> f64 {
    let mut ruler = Ruler::default();
    let mut widest = 0.0f64;
    for (part, &share) in data.shares.iter().enumerate() {
        let number = ruler.width(&part.to_string(), VALUE);
        widest = widest.max(number + ruler.width(&percent(share), SMALL));
    }
    SWATCH + 2.0 * SPACE + widest
}

/// Returns a darker shade of a colour, 0..=255 per channel; black if `fraction` is not finite.
fn scaled(RGBColor(red, green, blue): RGBColor, fraction: f32) -> [f32; 3] {
    let fraction = if fraction.is_finite() {
        fraction.clamp(0.0, 1.0)
    } else {
        0.0
    };
    [red, green, blue].map(|value| f32::from(value) * fraction)
}

/// Returns the luma of a shade, 0..=1 (ITU-R BT.709).
fn brightness([red, green, blue]: [f32; 3]) -> f32 {
    (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255.0
}
