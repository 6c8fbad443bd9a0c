//! Parts and eigenimages as text that a terminal shows as pictures: half blocks, or a PNG for those that take one.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::layout::Tile;
use super::style::DENSITY;
use super::text::clean;
use super::tiles::{Paint, Scale, resized};
use crate::basis::{Basis, Shape};

/// What a terminal shows.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The parts in the order in which they are to stand: by share.
    pub parts: &'a Basis,
    /// The eigenimages, the first first.
    pub eigenimages: &'a Basis,
    /// A line under the parts, such as their error.
    pub parts_note: &'a str,
    /// The same under the eigenimages.
    pub eigenimages_note: &'a str,
}

/// The colours that a terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// All of them, 24 bits each.
    True,
    /// The 256 of xterm: 24 greys, and 216 colours.
    Palette,
}

/// Pixels between two tiles, and characters between the two sides.
const GAP: usize = 1;
const BETWEEN: usize = 3;
/// A tile's longer side has at least so many pixels; fewer tiles are shown instead.
const LEGIBLE: usize = 7;
/// Lines that are not tiles: heading and note.
const LINES: usize = 2;

/// Parts left and eigenimages right, each pixel half a character, within `columns` x `rows` characters; each tile is up
/// to its own maximum.
#[must_use]
pub fn half_blocks(view: &View, (columns, rows): (usize, usize), colours: Colours) -> String {
    let width = (columns.saturating_sub(BETWEEN) / 2).max(1);
    let height = 2 * rows.saturating_sub(LINES).max(1);
    let sides = [
        Side::new(
            "NMF parts",
            view.parts,
            Scale::FromZero,
            view.parts_note,
            (width, height),
        ),
        Side::new(
            "PCA eigenimages",
            view.eigenimages,
            Scale::Diverging,
            view.eigenimages_note,
            (width, height),
        ),
    ];
    let mut shown = String::new();
    let mut line = |left: String, right: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(shown, "{left}{:BETWEEN$}{}", "", right.trim_end());
    };
    line(
        sides[0].padded(&sides[0].heading),
        sides[1].padded(&sides[1].heading),
    );
    for row in 0..sides[0].used.max(sides[1].used).div_ceil(2) {
        line(sides[0].blocks(row, colours), sides[1].blocks(row, colours));
    }
    line(
        sides[0].padded(sides[0].note),
        sides[1].padded(sides[1].note),
    );
    shown
}

/// One half of the terminal: pixels in rows, none where the terminal's own colour is seen.
struct Side<'a> {
    heading: String,
    note: &'a str,
    width: usize,
    pixels: Vec<Option<[u8; 3]>>,
    /// Rows of pixels that something stands on.
    used: usize,
}

impl<'a> Side<'a> {
    fn new(
        name: &str,
        basis: &Basis,
        scale: Scale,
        note: &'a str,
        (width, height): (usize, usize),
    ) -> Self {
        let grid = Grid::within(basis.rank(), basis.shape(), (width, height));
        let mut pixels = vec![None; width * height];
        for index in 0..grid.shown {
            let tile = resized(&basis.row(index).to_vec(), basis.shape(), grid.tile);
            // Up to what is seen: the brightest pixel of a large image may be lost in its neighbours.
            let (paint, (top, left)) = (Paint::holding(scale, &tile), grid.place(index));
            for (row, values) in tile.chunks(grid.tile.width).enumerate() {
                for (column, &value) in values.iter().enumerate() {
                    pixels[(top + row) * width + left + column] = Some(paint.colour(value));
                }
            }
        }
        let heading = match basis.rank() {
            rank if rank > grid.shown => format!("{name}, {} of {rank}", grid.shown),
            _ => name.to_owned(),
        };
        Self {
            heading,
            note,
            width,
            pixels,
            used: grid.height(),
        }
    }

    /// A line of text as wide as the side.
    fn padded(&self, text: &str) -> String {
        let line: String = clean(text).chars().take(self.width).collect();
        format!("{line:<width$}", width = self.width)
    }

    /// Two rows of pixels as one line of characters.
    fn blocks(&self, row: usize, colours: Colours) -> String {
        let line = |row: usize| &self.pixels[row * self.width..(row + 1) * self.width];
        let pairs = line(2 * row).iter().zip(line(2 * row + 1));
        let mut shown = String::new();
        for (top, bottom) in pairs {
            let _ = match (top, bottom) {
                (None, None) => write!(shown, " "),
                (Some(top), None) => write!(shown, "\x1b[{}m▀\x1b[0m", colours.code(38, *top)),
                (None, Some(bottom)) => {
                    write!(shown, "\x1b[{}m▄\x1b[0m", colours.code(38, *bottom))
                }
                (Some(top), Some(bottom)) => {
                    write!(
                        shown,
                        "\x1b[{};{}m▀\x1b[0m",
                        colours.code(38, *top),
                        colours.code(48, *bottom)
                    )
                }
            };
        }
        shown
    }
}

impl Colours {
    /// The code that sets the letters (`what` is 38) or what is behind them (48).
    fn code(self, what: u8, [red, green, blue]: [u8; 3]) -> String {
        match self {
            Self::True => format!("{what};2;{red};{green};{blue}"),
            Self::Palette => format!("{what};5;{}", nearest([red, green, blue])),
        }
    }
}

/// The values of a channel in xterm's cube of 6 x 6 x 6 colours, which begins at 16.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The colour of xterm's 256 that is nearest: one of the cube, or one of the 24 greys from 232 on.
fn nearest(colour: [u8; 3]) -> u8 {
    let far = |other: [u8; 3]| {
        colour
            .iter()
            .zip(other)
            .map(|(a, b)| u32::from(a.abs_diff(b)).pow(2))
            .sum::<u32>()
    };
    let step = |value: u8| {
        (0..6)
            .min_by_key(|&step| CUBE[step].abs_diff(value))
            .unwrap_or_default()
    };
    let steps = colour.map(step);
    let of_cube = (
        far(steps.map(|step| CUBE[step])),
        16 + (36 * steps[0] + 6 * steps[1] + steps[2]) as u8,
    );
    let greys = (0..24).map(|grey| (far([8 + 10 * grey; 3]), 232 + grey));
    greys
        .chain([of_cube])
        .min_by_key(|&(far, _)| far)
        .map_or(0, |(_, code)| code)
}

/// Tiles of one size in rows and columns; lengths in pixels.
struct Grid {
    tile: Shape,
    columns: usize,
    shown: usize,
}

impl Grid {
    /// The largest tiles that all fit, or as many of the least legible size as do.
    fn within(count: usize, shape: Shape, (width, height): (usize, usize)) -> Self {
        let points = |pixels: usize| pixels as f64 / DENSITY;
        let fitted = |width: usize, height: usize| {
            Tile::within(shape, points(width), points(height)).pixels()
        };
        let with_columns = |columns: usize| {
            let share = |length: usize, parts: usize| ((length + GAP) / parts).saturating_sub(GAP);
            let tile = fitted(
                share(width, columns),
                share(height, count.div_ceil(columns)),
            );
            Self {
                tile,
                columns,
                shown: count,
            }
        };
        let legible =
            |grid: &Self| grid.tile.height.max(grid.tile.width) >= LEGIBLE.min(width).min(height);
        let fits = |grid: &Self| grid.width() <= width && grid.height() <= height;
        let all = (1..=count)
            .map(with_columns)
            .filter(legible)
            .filter(fits)
            .max_by_key(|grid| grid.tile.pixels());
        all.unwrap_or_else(|| {
            let tile = fitted(LEGIBLE.min(width), LEGIBLE.min(height));
            let fit = |length: usize, side: usize| ((length + GAP) / (side + GAP)).max(1);
            let (columns, rows) = (fit(width, tile.width), fit(height, tile.height));
            Self {
                tile,
                columns,
                shown: count.min(columns * rows),
            }
        })
    }

    /// The top row and the left column of a tile.
    fn place(&self, index: usize) -> (usize, usize) {
        (
            index / self.columns * (self.tile.height + GAP),
            index % self.columns * (self.tile.width + GAP),
        )
    }

    fn width(&self) -> usize {
        self.columns * (self.tile.width + GAP) - GAP
    }

    fn height(&self) -> usize {
        self.shown.div_ceil(self.columns) * (self.tile.height + GAP) - GAP
    }
}

/// The most characters of an escape sequence in kitty's protocol.
const CHUNK: usize = 4096;

/// A PNG for a terminal with kitty's graphics protocol, `columns` characters wide.
#[must_use]
pub fn kitty(png: &[u8], columns: usize) -> String {
    let text = STANDARD.encode(png);
    let chunks: Vec<&str> = text
        .as_bytes()
        .chunks(CHUNK)
        .map(|chunk| str::from_utf8(chunk).unwrap_or(""))
        .collect();
    let mut shown = String::new();
    for (index, chunk) in chunks.iter().enumerate() {
        // The terminal is told to say nothing (q=2): nobody would read it.
        let first = if index == 0 {
            format!("a=T,f=100,q=2,c={columns},")
        } else {
            String::new()
        };
        let more = u8::from(index + 1 < chunks.len());
        let _ = write!(shown, "\x1b_G{first}m={more};{chunk}\x1b\\");
    }
    shown + "\n"
}

/// A PNG for a terminal with iTerm2's inline images, `columns` characters wide.
#[must_use]
pub fn iterm(png: &[u8], columns: usize) -> String {
    let (size, text) = (png.len(), STANDARD.encode(png));
    format!(
        "\x1b]1337;File=inline=1;preserveAspectRatio=1;width={columns};size={size}:{text}\x07\n"
    )
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    fn basis(shape: Shape, values: &[f32]) -> Basis {
        Basis::new(
            shape,
            Array2::from_shape_vec(
                (values.len() / shape.pixels(), shape.pixels()),
                values.to_vec(),
            )
            .unwrap(),
        )
    }

    /// The text without its escapes.
    fn visible(text: &str) -> String {
        let mut pieces = text.split('\x1b');
        let first = pieces.next().unwrap().to_owned();
        first
            + &pieces
                .map(|piece| piece.split_once('m').unwrap().1)
                .collect::<String>()
    }

    #[test]
    fn an_image_of_two_rows_is_one_line_with_its_top_above_its_bottom() {
        let parts = basis(Shape::new(2, 2), &[0.0, 1.0, 1.0, 0.2]);
        let eigenimages = basis(Shape::new(2, 2), &[1.0, -1.0, 0.0, 0.0]);
        let view = View {
            parts: &parts,
            eigenimages: &eigenimages,
            parts_note: "a",
            eigenimages_note: "b",
        };
        let shown = half_blocks(&view, (7, 3), Colours::True);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!((lines[0], lines[2]), ("NM   PC", "a    b"));
        let (left, right) = lines[1].split_once("   ").unwrap();
        let black_over_white = "\x1b[38;2;0;0;0;48;2;255;255;255m▀\x1b[0m";
        assert_eq!(
            left,
            format!("{black_over_white}\x1b[38;2;255;255;255;48;2;51;51;51m▀\x1b[0m")
        );
        let codes: Vec<Vec<u8>> = right
            .split("38;2;")
            .skip(1)
            .map(|code| {
                code.split(';')
                    .take(3)
                    .map(|v| v.parse().unwrap())
                    .collect()
            })
            .collect();
        assert!(codes[0][0] > 2 * codes[0][2], "red adds: {codes:?}");
        assert!(codes[1][2] > 2 * codes[1][0], "blue takes away: {codes:?}");
    }

    #[test]
    fn every_rank_and_shape_keeps_within_the_window() {
        for (height, width) in [(4, 400), (400, 4), (8, 8), (64, 48), (1, 1), (30, 100)] {
            for rank in [1, 2, 7, 49, 200] {
                let shape = Shape::new(height, width);
                let values: Vec<f32> = (0..rank * shape.pixels())
                    .map(|at| (at % 5) as f32 - 2.0)
                    .collect();
                let parts = basis(shape, &values);
                let view = View {
                    parts: &parts,
                    eigenimages: &parts,
                    parts_note: "x",
                    eigenimages_note: "面孔",
                };
                for window in [(80, 24), (200, 60), (20, 5), (1, 1)] {
                    let shown = visible(&half_blocks(&view, window, Colours::Palette));
                    let what = format!("rank {rank} of {shape} in {window:?}:\n{shown}");
                    assert!(shown.lines().count() <= window.1.max(3), "{what}");
                    assert!(
                        shown
                            .lines()
                            .all(|line| line.chars().count() <= window.0.max(5)),
                        "{what}"
                    );
                    assert!(shown.contains(['▀', '▄']), "{what}");
                }
            }
        }
    }

    #[test]
    fn the_palette_has_greys_for_greys_and_its_cube_for_colours() {
        assert_eq!(
            [0, 8, 128, 238, 255].map(|grey| nearest([grey; 3])),
            [16, 232, 244, 255, 231]
        );
        assert_eq!(nearest([255, 0, 0]), 196);
        assert_eq!(nearest([95, 135, 255]), 69);
    }

    #[test]
    fn a_png_is_sent_in_chunks_of_which_the_last_says_so() {
        let sent = kitty(&[7; 4000], 80);
        let pieces: Vec<&str> = sent.trim_end().split_terminator("\x1b\\").collect();
        assert_eq!(pieces.len(), 2);
        assert!(
            pieces[0].starts_with("\x1b_Ga=T,f=100,q=2,c=80,m=1;")
                && pieces[1].starts_with("\x1b_Gm=0;")
        );
        let text: String = pieces
            .iter()
            .map(|piece| piece.split_once(';').unwrap().1)
            .collect();
        assert_eq!(STANDARD.decode(text).unwrap(), [7; 4000]);
        let sent = iterm(&[7; 10], 80);
        assert!(sent.contains("width=80;size=10:") && sent.ends_with("\x07\n"));
    }
}
