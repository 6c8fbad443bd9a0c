//! The colours of the animation: greys, shades of the page's colours, and one for transparent pixels.

use std::collections::HashMap;

use plotters::style::RGBColor;

use crate::render::canvas::colour_scale::squared_distance;
use crate::render::canvas::style::{Colour, Theme};

/// Number of greys from black to white.
const GREYS: usize = 128;
/// Number of shades from the background to each colour of the page.
const SHADES: usize = 16;

pub(super) struct GifPalette {
    colours: Vec<[u8; 3]>,
    /// The index of the nearest colour of each grey.
    of_greys: Vec<u8>,
}

impl GifPalette {
    pub(super) fn new(theme: Theme) -> Self {
        let paper = rgb(theme, Colour::Paper);
        let mut colours = Vec::new();
        for level in 0..GREYS {
            colours.push([(level * 255 / (GREYS - 1)) as u8; 3]);
        }
        colours.push(paper);
        for colour in [
            Colour::Ink,
            Colour::Quiet,
            Colour::Hairline,
            Colour::Nmf,
            Colour::Pca,
        ] {
            let colour = rgb(theme, colour);
            for part in 1..=SHADES {
                colours.push([0, 1, 2].map(|at| mixed(paper[at], colour[at], part)));
            }
        }
        colours.push([0; 3]);
        let mut palette = Self {
            colours,
            of_greys: Vec::new(),
        };
        palette.of_greys = (0..=u8::MAX)
            .map(|grey| palette.nearest([grey; 3]))
            .collect();
        palette
    }

    pub(super) fn colours(&self) -> &[[u8; 3]] {
        &self.colours
    }

    pub(super) fn transparent(&self) -> u8 {
        (self.colours.len() - 1) as u8
    }

    /// Returns the index of the nearest colour of each pixel.
    pub(super) fn indices(&self, pixels: &[[u8; 4]]) -> Vec<u8> {
        let mut known = HashMap::new();
        let mut indices = Vec::with_capacity(pixels.len());
        // Most pixels equal the one before.
        for run in pixels.chunk_by(|a, b| a == b) {
            let [red, green, blue, _] = run[0];
            let colour = [red, green, blue];
            let index = *known.entry(colour).or_insert_with(|| self.index(colour));
            indices.resize(indices.len() + run.len(), index);
        }
        indices
    }

    /// Returns the index of the nearest colour.
    pub(super) fn index(&self, pixel: [u8; 3]) -> u8 {
        let [red, green, blue] = pixel;
        if red == green && green == blue {
            self.of_greys[usize::from(red)]
        } else {
            self.nearest(pixel)
        }
    }

    fn nearest(&self, pixel: [u8; 3]) -> u8 {
        let opaque = &self.colours[..self.colours.len() - 1];
        (0..opaque.len())
            .min_by_key(|&index| squared_distance(opaque[index], pixel))
            .map_or(0, |index| index as u8)
    }
}

/// Returns whether two palette indices look the same. Adjacent greys do, which halves the size of
/// the file.
pub(super) fn same(a: u8, b: u8) -> bool {
    (a == b) | ((a.abs_diff(b) == 1) & (usize::from(a.max(b)) < GREYS))
}

fn rgb(theme: Theme, colour: Colour) -> [u8; 3] {
    let RGBColor(red, green, blue) = theme.rgb(colour);
    [red, green, blue]
}

/// Returns the channel of the shade that is `part` of [`SHADES`] steps from `from` to `to`.
fn mixed(from: u8, to: u8, part: usize) -> u8 {
    ((usize::from(from) * (SHADES - part) + usize::from(to) * part) / SHADES) as u8
}
