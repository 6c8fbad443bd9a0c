//! Fonts, sizes, margins and colours of every picture, in one place.
//!
//! Lengths are in points: a slide is 1920 x 1080 points, and drawn at [`DENSITY`] pixels a point.

use plotters::style::RGBColor;

use crate::decomposition::{Method, NMF};

/// Pixels a point for which pictures are laid out: tile pixels fall on whole pixels at this density.
pub(crate) const DENSITY: f64 = 2.0;
/// Width of every page.
pub(crate) const WIDTH: f64 = 1920.0;
/// Height of a slide, and the least height of a gallery.
pub(crate) const HEIGHT: f64 = 1080.0;
/// The greatest height of a page: four slides.
pub(crate) const TALLEST: f64 = 4.0 * HEIGHT;
/// White space around a page.
pub(crate) const MARGIN: f64 = 64.0;
/// Width between the margins.
pub(crate) const INNER: f64 = WIDTH - 2.0 * MARGIN;
/// Width and height of a moving picture, which is looked at in a text or beside other things: a third of a slide, with
/// letters of its own.
pub(crate) const MOVING: (f64, f64) = (640.0, 360.0);
/// White space around a moving picture.
pub(crate) const MOVING_MARGIN: f64 = 24.0;
/// Tiles of a moving picture are not drawn much smaller than fits a square of this side.
pub(crate) const MOVING_LEGIBLE: f64 = 28.0;
/// Between tiles.
pub(crate) const GAP: f64 = 8.0;
/// Tiles on a slide are not drawn much smaller than fits a square of this side; fewer are shown instead.
pub(crate) const LEGIBLE: f64 = 60.0;
/// The same for pages that may grow.
pub(crate) const COMFORTABLE: f64 = 96.0;

/// The height of a page for what needs `needed` points: a slide, unless it would be mostly empty or too small.
pub(crate) fn page_height(needed: f64) -> f64 {
    if needed > 0.8 * HEIGHT {
        needed.max(HEIGHT).ceil()
    } else {
        needed.max(HEIGHT / 2.0).ceil()
    }
}

/// Whether pages are white, as paper, or dark, for a projector in a dark room.
///
/// Images, parts and scales look the same on both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Dark on white.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// A colour by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    /// The page.
    Paper,
    /// Text that is to be read first.
    Ink,
    /// Text that explains.
    Quiet,
    /// Frames of tiles and lines of grids.
    Hairline,
    /// The curve of NMF.
    Nmf,
    /// The line of PCA.
    Pca,
    /// A pixel that is unknown: no grey, and no colour of a scale.
    Hole,
    /// The same on every page: what stands on a tile or is part of a scale.
    Fixed(RGBColor),
}

impl Colour {
    /// Returns the colour of the headings, curves and bars of a method.
    pub(crate) fn of(method: &Method) -> Self {
        if *method == NMF { Self::Nmf } else { Self::Pca }
    }
}

/// Text on a light part of a scale.
pub(crate) const BLACK: Colour = Colour::Fixed(RGBColor(0x1B, 0x1F, 0x24));
/// Text on a dark part of a scale.
pub(crate) const WHITE: Colour = Colour::Fixed(RGBColor(0xFF, 0xFF, 0xFF));

/// How many labels are told apart by their colours.
pub(crate) const LABELS: usize = colorous::TABLEAU10.len();

/// The colour of a label.
pub(crate) fn label(index: usize) -> Colour {
    let colorous::Color { r, g, b } = colorous::TABLEAU10[index % LABELS];
    Colour::Fixed(RGBColor(r, g, b))
}

impl Theme {
    pub(crate) fn rgb(self, colour: Colour) -> RGBColor {
        let (light, dark) = match colour {
            Colour::Paper => (RGBColor(0xFF, 0xFF, 0xFF), RGBColor(0x16, 0x19, 0x1D)),
            Colour::Ink => (RGBColor(0x1B, 0x1F, 0x24), RGBColor(0xF2, 0xF4, 0xF6)),
            Colour::Quiet => (RGBColor(0x5C, 0x64, 0x6E), RGBColor(0xA9, 0xB2, 0xBC)),
            Colour::Hairline => (RGBColor(0xD5, 0xD9, 0xDE), RGBColor(0x43, 0x4A, 0x52)),
            Colour::Nmf => (RGBColor(0x1F, 0x5F, 0xA8), RGBColor(0x6F, 0xB1, 0xF2)),
            Colour::Pca => (RGBColor(0xB4, 0x3A, 0x2E), RGBColor(0xF0, 0x8A, 0x7A)),
            Colour::Hole => (RGBColor(0xF2, 0xA9, 0x3B), RGBColor(0xB8, 0x73, 0x14)),
            Colour::Fixed(colour) => (colour, colour),
        };
        match self {
            Self::Light => light,
            Self::Dark => dark,
        }
    }
}

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Type {
    /// Height of the letters' body in points.
    pub size: f64,
    /// Semibold rather than regular.
    pub bold: bool,
    /// Colour of the letters.
    pub colour: Colour,
}

impl Type {
    const fn new(size: f64, bold: bool, colour: Colour) -> Self {
        Self { size, bold, colour }
    }

    /// The same letters in another colour.
    pub(crate) const fn coloured(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }
}

/// What the page is about.
pub(crate) const TITLE: Type = Type::new(42.0, true, Colour::Ink);
/// What a panel shows.
pub(crate) const HEADING: Type = Type::new(32.0, true, Colour::Ink);
/// A figure that matters.
pub(crate) const FIGURE: Type = Type::new(32.0, true, Colour::Ink);
/// A whole sentence.
pub(crate) const SENTENCE: Type = Type::new(26.0, false, Colour::Quiet);
/// Names and units.
pub(crate) const LABEL: Type = Type::new(22.0, false, Colour::Quiet);
/// Values under a tile.
pub(crate) const VALUE: Type = Type::new(22.0, true, Colour::Ink);
/// Ranges and ends of scale bars.
pub(crate) const SMALL: Type = Type::new(20.0, false, Colour::Quiet);

/// What a moving picture is about.
pub(crate) const MOVING_TITLE: Type = Type::new(19.0, true, Colour::Ink);
/// A figure that changes in it.
pub(crate) const MOVING_FIGURE: Type = Type::new(22.0, true, Colour::Ink);
/// Its sentence, names and units.
pub(crate) const MOVING_LABEL: Type = Type::new(11.0, false, Colour::Quiet);

/// Colours of parts on black, none like another whether seen with all cones or without those for red or for green.
pub(crate) const PALETTE: [RGBColor; 8] = [
    RGBColor(0xDC, 0xB4, 0x00),
    RGBColor(0x64, 0x78, 0xDC),
    RGBColor(0xC8, 0x64, 0x00),
    RGBColor(0xA0, 0xFF, 0xA0),
    RGBColor(0xC8, 0x50, 0x8C),
    RGBColor(0xA0, 0xF0, 0xFF),
    RGBColor(0xDC, 0xA0, 0xFF),
    RGBColor(0xDC, 0xA0, 0xA0),
];
/// A part that is nowhere the brightest.
pub(crate) const NOBODY: RGBColor = RGBColor(0x96, 0x96, 0x96);
