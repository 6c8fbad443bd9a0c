//! Fonts, sizes, margins and colours of every picture, in one place.
//!
//! Lengths are in points: a slide is 1920 x 1080 points, and drawn at [`DENSITY`] pixels a point.

use plotters::style::RGBColor;

/// Pixels a point for which pictures are laid out: tile pixels fall on whole pixels at this density.
pub(super) const DENSITY: f64 = 2.0;
/// Width of every page.
pub(super) const WIDTH: f64 = 1920.0;
/// Height of a slide, and the least height of a gallery.
pub(super) const HEIGHT: f64 = 1080.0;
/// The greatest height of a page: four slides.
pub(super) const TALLEST: f64 = 4.0 * HEIGHT;
/// White space around a page.
pub(super) const MARGIN: f64 = 64.0;
/// Width between the margins.
pub(super) const INNER: f64 = WIDTH - 2.0 * MARGIN;
/// Between tiles.
pub(super) const GAP: f64 = 8.0;
/// Tiles on a slide are not drawn much smaller than fits a square of this side; fewer are shown instead.
pub(super) const LEGIBLE: f64 = 60.0;
/// The same for pages that may grow.
pub(super) const COMFORTABLE: f64 = 96.0;

/// The page.
pub(super) const PAPER: &str = "#FFFFFF";
/// Text that is to be read first.
pub(super) const INK: RGBColor = RGBColor(0x1B, 0x1F, 0x24);
/// Text that explains.
pub(super) const QUIET: RGBColor = RGBColor(0x5C, 0x64, 0x6E);
/// Text on a dark colour.
pub(super) const LIGHT: RGBColor = RGBColor(0xFF, 0xFF, 0xFF);
/// Frames of tiles and lines of grids.
pub(super) const HAIRLINE: RGBColor = RGBColor(0xD5, 0xD9, 0xDE);
/// The curve of NMF.
pub(super) const NMF: RGBColor = RGBColor(0x1F, 0x5F, 0xA8);
/// The line of PCA.
pub(super) const PCA: RGBColor = RGBColor(0xB4, 0x3A, 0x2E);

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type {
    /// Height of the letters' body in points.
    pub size: f64,
    /// Semibold rather than regular.
    pub bold: bool,
    /// Colour of the letters.
    pub colour: RGBColor,
}

impl Type {
    const fn new(size: f64, bold: bool, colour: RGBColor) -> Self {
        Self { size, bold, colour }
    }

    /// The same letters in another colour.
    pub(super) const fn coloured(self, colour: RGBColor) -> Self {
        Self { colour, ..self }
    }
}

/// What the page is about.
pub(super) const TITLE: Type = Type::new(42.0, true, INK);
/// What a panel shows.
pub(super) const HEADING: Type = Type::new(32.0, true, INK);
/// A figure that matters.
pub(super) const FIGURE: Type = Type::new(32.0, true, INK);
/// A whole sentence.
pub(super) const SENTENCE: Type = Type::new(26.0, false, QUIET);
/// Names and units.
pub(super) const LABEL: Type = Type::new(22.0, false, QUIET);
/// Values under a tile.
pub(super) const VALUE: Type = Type::new(22.0, true, INK);
/// Ranges and ends of scale bars.
pub(super) const SMALL: Type = Type::new(20.0, false, QUIET);
