//! Basis images as half blocks, two pixels per character.

use std::fmt::Write as _;

use super::colours::Colours;
use super::grid::PixelGrid;
use crate::basis::Basis;
use crate::render::canvas::colour_scale::{ColourMap, Scale};
use crate::render::canvas::resize::resized;
use crate::render::canvas::samples::MethodBasis;
use crate::render::canvas::text::clean;

/// The data of a preview: one panel per method.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The basis of each method.
    pub bases: &'a [MethodBasis<'a>],
    /// A line below each basis, such as its error.
    pub notes: &'a [String],
}

/// Characters between two panels.
const BETWEEN: usize = 3;
/// Number of lines without tiles: heading and note.
const LINES: usize = 2;

/// Returns the bases side by side within `columns` × `rows` characters; each tile is scaled to its
/// own maximum.
#[must_use]
pub fn half_blocks(view: &View, (columns, rows): (usize, usize), colours: Colours) -> String {
    let count = view.bases.len();
    let spaces = BETWEEN * count.saturating_sub(1);
    let size = (
        (columns.saturating_sub(spaces) / count.max(1)).max(1),
        2 * rows.saturating_sub(LINES).max(1),
    );
    let mut panels = Vec::with_capacity(count);
    for basis in view.bases {
        panels.push(TextPanel::of(basis, size));
    }
    let used = panels.iter().map(|panel| panel.used).max();
    let headings = panels.iter().map(|panel| panel.padded(&panel.heading));
    let mut shown = joined(headings);
    for line in 0..used.unwrap_or_default().div_ceil(2) {
        shown += &joined(panels.iter().map(|panel| panel.line(line, colours)));
    }
    let notes = panels.iter().zip(view.notes);
    shown + &joined(notes.map(|(panel, note)| panel.padded(note)))
}

/// Returns one line of all panels.
fn joined(panels: impl Iterator<Item = String>) -> String {
    let line = panels.collect::<Vec<_>>().join(&" ".repeat(BETWEEN));
    line.trim_end().to_owned() + "\n"
}

/// The preview of one method: rows of pixels, `None` for the background of the terminal.
struct TextPanel {
    heading: String,
    width: usize,
    pixels: Vec<Option<[u8; 3]>>,
    /// The number of rows with pixels.
    used: usize,
}

impl TextPanel {
    /// Returns the panel with as many basis images as fit `size`, the number of columns and rows of
    /// pixels.
    fn of(basis: &MethodBasis, size: (usize, usize)) -> Self {
        let MethodBasis { method, basis } = *basis;
        let grid = PixelGrid::within(basis.rank(), basis.shape(), size);
        let name = format!("{} {}", method.name, method.units);
        let heading = if grid.shown < basis.rank() {
            format!("{name}, {} of {}", grid.shown, basis.rank())
        } else {
            name
        };
        let mut panel = Self {
            heading,
            width: size.0,
            pixels: vec![None; size.0 * size.1],
            used: grid.height(),
        };
        panel.draw(basis, Scale::of(method), &grid);
        panel
    }

    /// Draws the basis images that fit.
    fn draw(&mut self, basis: &Basis, scale: Scale, grid: &PixelGrid) {
        for index in 0..grid.shown {
            let tile = resized(&basis.row(index).to_vec(), basis.shape(), grid.tile);
            // Scaled to the reduced tile, since averaging reduces the maximum of a large image.
            let colour_map = ColourMap::covering(scale, &tile);
            let (top, left) = grid.place(index);
            for (row, values) in tile.chunks(grid.tile.width).enumerate() {
                for (column, &value) in values.iter().enumerate() {
                    let at = (top + row) * self.width + left + column;
                    self.pixels[at] = Some(colour_map.colour(value));
                }
            }
        }
    }

    /// Returns a text, cut or padded to the width of the panel.
    fn padded(&self, text: &str) -> String {
        let line: String = clean(text).chars().take(self.width).collect();
        format!("{line:<width$}", width = self.width)
    }

    /// Returns two rows of pixels as one line of characters.
    fn line(&self, line: usize, colours: Colours) -> String {
        let (top, bottom) = (self.row(2 * line), self.row(2 * line + 1));
        let mut shown = String::new();
        for pair in top.iter().zip(bottom) {
            // Writing to a String cannot fail.
            let _ = match pair {
                (None, None) => write!(shown, " "),
                (Some(top), None) => write!(shown, "\x1b[{}m▀\x1b[0m", colours.code(38, *top)),
                (None, Some(bottom)) => {
                    write!(shown, "\x1b[{}m▄\x1b[0m", colours.code(38, *bottom))
                }
                (Some(top), Some(bottom)) => {
                    let (top, bottom) = (colours.code(38, *top), colours.code(48, *bottom));
                    write!(shown, "\x1b[{top};{bottom}m▀\x1b[0m")
                }
            };
        }
        shown
    }

    fn row(&self, row: usize) -> &[Option<[u8; 3]>] {
        &self.pixels[row * self.width..(row + 1) * self.width]
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::basis::Shape;
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
        assert!(codes[0][0] > 2 * codes[0][2], "red is positive: {codes:?}");
        assert!(codes[1][2] > 2 * codes[1][0], "blue is negative: {codes:?}");
    }

    #[test]
    fn every_rank_and_shape_stays_within_the_window() {
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
