//! Parts and eigenimages as half blocks, two pixels per character.

use std::fmt::Write as _;

use super::colours::Colours;
use super::grid::PixelGrid;
use crate::basis::Basis;
use crate::render::canvas::colour_scale::{ColourMap, Scale};
use crate::render::canvas::resize::resized;
use crate::render::canvas::text::clean;

/// The data of a preview.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The parts in the order in which they are drawn.
    pub parts: &'a Basis,
    /// The eigenimages in the order in which they are drawn.
    pub eigenimages: &'a Basis,
    /// A line below the parts, such as their error.
    pub parts_note: &'a str,
    /// A line below the eigenimages.
    pub eigenimages_note: &'a str,
}

/// Characters between parts and eigenimages.
const BETWEEN: usize = 3;
/// Number of lines without tiles: heading and note.
const LINES: usize = 2;

/// Returns parts at the left and eigenimages at the right within `columns` × `rows` characters;
/// each tile is scaled to its own maximum.
#[must_use]
pub fn half_blocks(view: &View, (columns, rows): (usize, usize), colours: Colours) -> String {
    let size = (
        (columns.saturating_sub(BETWEEN) / 2).max(1),
        2 * rows.saturating_sub(LINES).max(1),
    );
    let mut parts = TextPanel::new("NMF parts", size);
    parts.draw(view.parts, Scale::FromZero);
    let mut eigenimages = TextPanel::new("PCA eigenimages", size);
    eigenimages.draw(view.eigenimages, Scale::Diverging);
    let mut shown = String::new();
    let (left, right) = (&parts.heading, &eigenimages.heading);
    push_line(&mut shown, &parts.padded(left), &eigenimages.padded(right));
    for line in 0..parts.used.max(eigenimages.used).div_ceil(2) {
        let (left, right) = (parts.line(line, colours), eigenimages.line(line, colours));
        push_line(&mut shown, &left, &right);
    }
    let (left, right) = (view.parts_note, view.eigenimages_note);
    push_line(&mut shown, &parts.padded(left), &eigenimages.padded(right));
    shown
}

/// Appends a line of two halves.
fn push_line(shown: &mut String, left: &str, right: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(shown, "{left}{:BETWEEN$}{}", "", right.trim_end());
}

/// Half of a preview: rows of pixels, `None` for the background of the terminal.
struct TextPanel {
    heading: String,
    width: usize,
    pixels: Vec<Option<[u8; 3]>>,
    /// The number of rows with pixels.
    used: usize,
}

impl TextPanel {
    fn new(name: &str, (width, height): (usize, usize)) -> Self {
        Self {
            heading: name.to_owned(),
            width,
            pixels: vec![None; width * height],
            used: 0,
        }
    }

    /// Draws the basis images that fit.
    fn draw(&mut self, basis: &Basis, scale: Scale) {
        let size = (self.width, self.pixels.len() / self.width);
        let grid = PixelGrid::within(basis.rank(), basis.shape(), size);
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
        if grid.shown < basis.rank() {
            self.heading = format!("{}, {} of {}", self.heading, grid.shown, basis.rank());
        }
        self.used = grid.height();
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
}
