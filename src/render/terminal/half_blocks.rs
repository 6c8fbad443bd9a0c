//! Basis images as half blocks: two pixels per character.

use std::fmt::Write as _;

use super::colours::Colours;
use super::grid::Grid;
use crate::render::canvas::colour_scale::{Paint, Scale};
use crate::render::canvas::resize::resized;
use crate::render::canvas::samples::MethodBasis;
use crate::render::canvas::text::clean;

/// What a terminal shows: one side per method.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The basis of each method.
    pub bases: &'a [MethodBasis<'a>],
    /// A line below each basis, such as its error.
    pub notes: &'a [String],
}

/// Characters between the two sides.
const BETWEEN: usize = 3;
/// Lines that are not tiles: heading and note.
const LINES: usize = 2;

/// Returns the bases side by side, each pixel half a character, within `columns` x `rows` characters; each tile is scaled
/// to its own maximum.
#[must_use]
pub fn half_blocks(view: &View, (columns, rows): (usize, usize), colours: Colours) -> String {
    let count = view.bases.len();
    let spaces = BETWEEN * count.saturating_sub(1);
    let width = (columns.saturating_sub(spaces) / count.max(1)).max(1);
    let height = 2 * rows.saturating_sub(LINES).max(1);
    let sides: Vec<Side> = view
        .bases
        .iter()
        .zip(view.notes)
        .map(|(basis, note)| Side::new(basis, note, (width, height)))
        .collect();
    let used = sides.iter().map(|side| side.used).max().unwrap_or_default();
    let mut shown = joined(sides.iter().map(|side| side.padded(&side.heading)));
    for row in 0..used.div_ceil(2) {
        shown += &joined(sides.iter().map(|side| side.blocks(row, colours)));
    }
    shown + &joined(sides.iter().map(|side| side.padded(side.note)))
}

/// Returns one line of all sides.
fn joined(sides: impl Iterator<Item = String>) -> String {
    let line = sides.collect::<Vec<_>>().join(&" ".repeat(BETWEEN));
    line.trim_end().to_owned() + "\n"
}

/// The side of one method: pixels in rows, none where the terminal's own colour is seen.
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
        &MethodBasis { method, basis }: &MethodBasis,
        note: &'a str,
        (width, height): (usize, usize),
    ) -> Self {
        let scale = Scale::of(method);
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
        let name = format!("{} {}", method.name, method.units);
        let heading = match basis.rank() {
            rank if rank > grid.shown => format!("{name}, {} of {rank}", grid.shown),
            _ => name,
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

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::basis::{Basis, Shape};
    use crate::decomposition::{NMF, PCA};

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

    fn both<'a>(parts: &'a Basis, eigenimages: &'a Basis) -> [MethodBasis<'a>; 2] {
        [
            MethodBasis {
                method: &NMF,
                basis: parts,
            },
            MethodBasis {
                method: &PCA,
                basis: eigenimages,
            },
        ]
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
            bases: &both(&parts, &eigenimages),
            notes: &["a".to_owned(), "b".to_owned()],
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
                    bases: &both(&parts, &parts),
                    notes: &["x".to_owned(), "面孔".to_owned()],
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
}
