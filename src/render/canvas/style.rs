//! Fonts, sizes, margins and colours of every picture, in one place.
//!
//! Lengths are in points: a slide has 1920 × 1080 points and is drawn at [`DENSITY`] pixels per
//! point.

use plotters::style::RGBColor;

use crate::decomposition::{Method, NMF, VQ};

/// Pixels per point for which pictures are laid out: tile pixels are whole pixels at this density.
pub(crate) const DENSITY: f64 = 2.0;
/// Width of every page.
pub(crate) const WIDTH: f64 = 1920.0;
/// Height of a slide.
pub(crate) const HEIGHT: f64 = 1080.0;
/// Maximum height of a page: four slides.
pub(crate) const TALLEST: f64 = 4.0 * HEIGHT;
/// White space around a page.
pub(crate) const MARGIN: f64 = 64.0;
/// Width between the margins.
pub(crate) const INNER: f64 = WIDTH - 2.0 * MARGIN;
/// Width and height of an animation, which is shown within a text: a third of a slide, with smaller
/// type.
pub(crate) const MOVING: (f64, f64) = (640.0, 360.0);
/// White space around an animation.
pub(crate) const MOVING_MARGIN: f64 = 24.0;
/// Side of the square that the smallest tiles of an animation fit.
pub(crate) const MOVING_LEGIBLE: f64 = 28.0;
/// Gap between tiles.
pub(crate) const GAP: f64 = 8.0;
/// Side of the square that the smallest tiles of a slide fit; where they would be smaller, fewer
/// are shown.
pub(crate) const LEGIBLE: f64 = 60.0;
/// The same for pages that grow with the number of tiles.
pub(crate) const COMFORTABLE: f64 = 96.0;

/// Returns the height of a page for content of this height: a slide, a taller page, or a lower page
/// for little content.
pub(crate) fn page_height(needed: f64) -> f64 {
    if needed > 0.8 * HEIGHT {
        needed.max(HEIGHT).ceil()
    } else {
        needed.max(HEIGHT / 2.0).ceil()
    }
}

/// The background of pages; images, parts and colour scales are the same on both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Dark text on white.
    #[default]
    Light,
    /// Light text on a dark background, for projection in a dark room.
    Dark,
}

/// A colour by its purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    /// The background of the page.
    Paper,
    /// Primary text.
    Ink,
    /// Secondary text.
    Quiet,
    /// Frames of tiles and grid lines.
    Hairline,
    /// NMF: its headings, curves and bars.
    Nmf,
    /// PCA: its headings, curves and bars.
    Pca,
    /// VQ: its headings.
    Vq,
    /// An unknown pixel; not a colour of any scale.
    Hole,
    /// A colour that is the same in every theme, on a tile or a scale.
    Fixed(RGBColor),
}

impl Colour {
    /// Returns the colour of the headings, curves and bars of a method.
    pub(crate) fn of(method: &Method) -> Self {
        if *method == NMF {
            Self::Nmf
        } else if *method == VQ {
            Self::Vq
        } else {
            Self::Pca
        }
    }
}

/// Text on a light background of a scale.
pub(crate) const BLACK: Colour = Colour::Fixed(RGBColor(0x1B, 0x1F, 0x24));
/// Text on a dark background of a scale.
pub(crate) const WHITE: Colour = Colour::Fixed(RGBColor(0xFF, 0xFF, 0xFF));

/// Number of distinct label colours.
pub(crate) const LABELS: usize = colorous::TABLEAU10.len();

/// Returns the colour of a label.
pub(crate) fn label(index: usize) -> Colour {
    let colorous::Color { r, g, b } = colorous::TABLEAU10[index % LABELS];
    Colour::Fixed(RGBColor(r, g, b))
}

impl Theme {
    /// Returns the colour in this theme.
    pub(crate) fn rgb(self, colour: Colour) -> RGBColor {
        let (light, dark) = match colour {
            Colour::Paper => (RGBColor(0xFF, 0xFF, 0xFF), RGBColor(0x16, 0x19, 0x1D)),
            Colour::Ink => (RGBColor(0x1B, 0x1F, 0x24), RGBColor(0xF2, 0xF4, 0xF6)),
            Colour::Quiet => (RGBColor(0x5C, 0x64, 0x6E), RGBColor(0xA9, 0xB2, 0xBC)),
            Colour::Hairline => (RGBColor(0xD5, 0xD9, 0xDE), RGBColor(0x43, 0x4A, 0x52)),
            // Methods are green, violet and olive, which no scale uses: blue and red mean negative and
            // positive, and orange unknown. They differ in lightness and along the axis from blue
            // to yellow, so that they are distinct with protanopia and deuteranopia.
            Colour::Nmf => (RGBColor(0x00, 0x7F, 0x68), RGBColor(0x35, 0xB6, 0x98)),
            Colour::Pca => (RGBColor(0x7A, 0x1F, 0xA8), RGBColor(0xC9, 0x9B, 0xFF)),
            Colour::Vq => (RGBColor(0x5E, 0x54, 0x00), RGBColor(0xB8, 0xB4, 0x0B)),
            Colour::Hole => (RGBColor(0xF2, 0xA9, 0x3B), RGBColor(0xB8, 0x73, 0x14)),
            Colour::Fixed(colour) => (colour, colour),
        };
        match self {
            Self::Light => light,
            Self::Dark => dark,
        }
    }
}

/// The style of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TypeStyle {
    /// Font size in points.
    pub size: f64,
    /// Semibold rather than regular.
    pub bold: bool,
    /// Colour of the letters.
    pub colour: Colour,
}

impl TypeStyle {
    const fn new(size: f64, bold: bool, colour: Colour) -> Self {
        Self { size, bold, colour }
    }

    /// Returns the style in another colour.
    pub(crate) const fn coloured(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }
}

/// Title of a page.
pub(crate) const TITLE: TypeStyle = TypeStyle::new(42.0, true, Colour::Ink);
/// Heading of a panel.
pub(crate) const HEADING: TypeStyle = TypeStyle::new(32.0, true, Colour::Ink);
/// An important number.
pub(crate) const FIGURE: TypeStyle = TypeStyle::new(32.0, true, Colour::Ink);
/// A caption.
pub(crate) const SENTENCE: TypeStyle = TypeStyle::new(26.0, false, Colour::Quiet);
/// Names and units.
pub(crate) const LABEL: TypeStyle = TypeStyle::new(22.0, false, Colour::Quiet);
/// Values under a tile.
pub(crate) const VALUE: TypeStyle = TypeStyle::new(22.0, true, Colour::Ink);
/// Ranges and ends of scale bars.
pub(crate) const SMALL: TypeStyle = TypeStyle::new(20.0, false, Colour::Quiet);

/// Title of an animation.
pub(crate) const MOVING_TITLE: TypeStyle = TypeStyle::new(19.0, true, Colour::Ink);
/// A changing number in an animation.
pub(crate) const MOVING_FIGURE: TypeStyle = TypeStyle::new(22.0, true, Colour::Ink);
/// Caption, names and units in an animation.
pub(crate) const MOVING_LABEL: TypeStyle = TypeStyle::new(11.0, false, Colour::Quiet);

/// Colours of parts on black, distinct also with protanopia and deuteranopia.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::canvas::colour_difference::difference;
    use crate::render::canvas::colour_difference::vision::{contrast, least_difference};
    use crate::render::canvas::colour_scale::{ColourMap, Scale};

    const METHODS: [Colour; 3] = [Colour::Nmf, Colour::Pca, Colour::Vq];
    const THEMES: [Theme; 2] = [Theme::Light, Theme::Dark];

    #[test]
    fn texts_in_the_colours_of_methods_are_legible_in_both_themes() {
        for theme in THEMES {
            for colour in METHODS.into_iter().chain([Colour::Ink, Colour::Quiet]) {
                let found = contrast(theme.rgb(colour), theme.rgb(Colour::Paper));
                assert!(found >= 4.5, "{colour:?}, {theme:?}: {found}");
            }
        }
    }

    #[test]
    fn methods_are_distinct_from_each_other_and_from_other_marks_for_everyone() {
        for theme in THEMES {
            let marks = METHODS.into_iter().chain([Colour::Hole]);
            for (at, one) in METHODS.into_iter().enumerate() {
                for other in marks.clone().skip(at + 1) {
                    let least = least_difference(theme.rgb(one), theme.rgb(other));
                    assert!(least > 0.115, "{one:?} and {other:?}, {theme:?}: {least}");
                }
            }
            // Texts in ink stand beside the curves of NMF and PCA.
            for one in [Colour::Nmf, Colour::Pca] {
                let least = least_difference(theme.rgb(one), theme.rgb(Colour::Ink));
                assert!(least > 0.12, "{one:?} and ink, {theme:?}: {least}");
            }
        }
    }

    #[test]
    fn no_scale_has_the_colour_of_a_method() {
        for theme in THEMES {
            for (colour, scale) in METHODS
                .into_iter()
                .flat_map(|colour| [Scale::Diverging, Scale::Sequential].map(|s| (colour, s)))
            {
                let map = ColourMap { scale, limit: 1.0 };
                for step in -100..=100i8 {
                    let [red, green, blue] = map.colour(f32::from(step) / 100.0);
                    let apart = difference(theme.rgb(colour), RGBColor(red, green, blue));
                    assert!(apart > 0.08, "{colour:?} and {scale:?} at {step}: {apart}");
                }
            }
        }
    }

    #[test]
    fn the_page_has_the_label_colours_of_the_pictures_and_marks_tell_similar_ones_apart() {
        let page = include_str!("../../../assets/page/atlas/labels.js");
        let (colours, marks) = page.split_once("];").unwrap();
        let mut rest = colours;
        for index in 0..LABELS {
            let RGBColor(red, green, blue) = Theme::Light.rgb(label(index));
            let colour = format!("\"#{red:02x}{green:02x}{blue:02x}\"");
            rest = rest
                .split_once(&colour)
                .unwrap_or_else(|| panic!("{colour}"))
                .1;
        }
        let marks = marks.split_once("];").unwrap().0.matches("Z\"").count();
        for one in 0..LABELS {
            for other in (one + marks..LABELS).step_by(marks) {
                let colours = [one, other].map(|index| Theme::Light.rgb(label(index)));
                let least = least_difference(colours[0], colours[1]);
                assert!(least > 0.12, "labels {one} and {other}: {least}");
            }
        }
    }

    #[test]
    fn the_page_has_the_colours_of_the_pictures() {
        let page = include_str!("../../../assets/page/page.css");
        for (name, colour) in [
            ("nmf", Colour::Nmf),
            ("pca", Colour::Pca),
            ("vq", Colour::Vq),
        ] {
            for theme in THEMES {
                let RGBColor(red, green, blue) = theme.rgb(colour);
                let rule = format!("--{name}: #{red:02x}{green:02x}{blue:02x};");
                assert!(page.contains(&rule), "{rule}");
            }
        }
    }
}
