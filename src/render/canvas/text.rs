//! Text: the embedded font, text widths, and shortening a text to a width.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use resvg::usvg::{self, fontdb};

use super::style::TypeStyle;

/// Font families of the SVG: the embedded one first, then fallbacks for programs that lack it.
pub(crate) const FAMILY: &str = "Inter, Helvetica, Arial, sans-serif";
/// Height above the baseline, as a multiple of the font size.
pub(crate) const ASCENT: f64 = 0.95;
/// Depth below the baseline, as a multiple of the font size.
pub(crate) const DESCENT: f64 = 0.25;

const ELLIPSIS: char = '…';
const MEASURED_AT: f64 = 100.0;

/// Returns the options for parsing SVG. They contain only the embedded fonts, so that pictures are
/// the same on every computer.
pub(crate) fn options() -> usvg::Options<'static> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut fonts = fontdb::Database::new();
        fonts.load_font_data(include_bytes!("../../../assets/fonts/Inter-Regular.ttf").to_vec());
        fonts.load_font_data(include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf").to_vec());
        Arc::new(fonts)
    });
    usvg::Options {
        font_family: "Inter".to_owned(),
        fontdb: Arc::clone(fonts),
        ..usvg::Options::default()
    }
}

/// Returns the text with white space collapsed and unprintable characters replaced.
pub(crate) fn clean(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for character in text.chars() {
        let visible = match character {
            c if c.is_whitespace() && c != '\u{A0}' => ' ',
            c if c.is_control() || unprintable(c) => '\u{FFFD}',
            c => c,
        };
        if visible != ' ' || !words.ends_with(' ') {
            words.push(visible);
        }
    }
    words.trim().to_owned()
}

/// Returns whether a character changes the writing direction or is forbidden in XML.
fn unprintable(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Measures texts as the rasteriser sets them; widths are cached.
#[derive(Debug, Default)]
pub(crate) struct Ruler {
    widths: HashMap<(String, bool), f64>,
}

impl Ruler {
    /// Returns the width in points of the whole text.
    pub(crate) fn width(&mut self, text: &str, style: TypeStyle) -> f64 {
        let text = clean(text);
        if text.is_empty() {
            return 0.0;
        }
        let width = self.widths.entry((text, style.bold));
        style.size * *width.or_insert_with_key(|(text, bold)| measured(text, *bold))
    }
}

/// Returns the width of a text of font size 1.
fn measured(text: &str, bold: bool) -> f64 {
    let weight = if bold { "bold" } else { "normal" };
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\">\
         <text font-family=\"Inter\" font-size=\"{MEASURED_AT}\" font-weight=\"{weight}\">{}</text></svg>",
        escape(text)
    );
    let body = usvg::Tree::from_str(&svg, &options()).map_or(0.0, |tree| {
        f64::from(tree.root().abs_bounding_box().width())
    });
    body / MEASURED_AT
}

/// Where the ellipsis of a shortened text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ellipsis {
    /// At the end, for sentences.
    End,
    /// In the middle, for names, which often differ in their last letters.
    Middle,
}

/// The width that a text must fit, and how it is shortened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TextFit {
    /// The maximum width in points.
    pub width: f64,
    pub ellipsis: Ellipsis,
}

impl TextFit {
    /// Returns a fit that shortens a text at its end.
    pub(crate) const fn end(width: f64) -> Self {
        Self {
            width,
            ellipsis: Ellipsis::End,
        }
    }

    /// Returns a fit that shortens a text in its middle.
    pub(crate) fn middle(width: f64) -> Self {
        Self {
            width,
            ellipsis: Ellipsis::Middle,
        }
    }
}

/// Shortens a text with an ellipsis until its width, as returned by `measure`, fits.
pub(crate) fn shorten(text: &str, fit: TextFit, mut measure: impl FnMut(&str) -> f64) -> String {
    if measure(text) <= fit.width {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let (mut fits, mut too_long) = (0, letters.len());
    while too_long - fits > 1 {
        let kept = usize::midpoint(fits, too_long);
        if measure(&with_ellipsis(&letters, kept, fit.ellipsis)) <= fit.width {
            fits = kept;
        } else {
            too_long = kept;
        }
    }
    let short = with_ellipsis(&letters, fits, fit.ellipsis);
    if fits == 0 && measure(&short) > fit.width {
        String::new()
    } else {
        short
    }
}

/// Returns the text with `kept` of its letters and an ellipsis in place of the others.
fn with_ellipsis(letters: &[char], kept: usize, ellipsis: Ellipsis) -> String {
    let tail = match ellipsis {
        Ellipsis::Middle => kept / 2,
        Ellipsis::End => 0,
    };
    let head: String = letters[..kept - tail].iter().collect();
    let tail: String = letters[letters.len() - tail..].iter().collect();
    format!("{}{ELLIPSIS}{}", head.trim_end(), tail.trim_start())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::super::style::{LABEL, TITLE};
    use super::*;

    #[test]
    fn a_long_name_keeps_its_beginning_and_its_end() {
        let measure = |text: &str| text.chars().count() as f64;
        assert_eq!(
            shorten("holiday_photo_17.png", TextFit::middle(9.0), measure),
            "holi….png"
        );
        assert_eq!(
            shorten("a long sentence", TextFit::end(7.0), measure),
            "a long…"
        );
        assert_eq!(shorten("short", TextFit::middle(9.0), measure), "short");
        assert_eq!(shorten("short", TextFit::middle(0.5), measure), "");
    }

    #[test]
    fn control_characters_never_reach_the_drawing() {
        assert_eq!(clean("a\tb\r\n\u{0}c\u{202E}d "), "a b \u{FFFD}c\u{FFFD}d");
    }

    #[test]
    fn width_follows_the_size_and_the_letters() {
        let mut ruler = Ruler::default();
        let narrow = ruler.width("iiii", LABEL);
        let wide = ruler.width("mmmm", LABEL);
        assert!(narrow > 0.0 && wide > 2.0 * narrow, "{narrow} {wide}");
        assert!((ruler.width("m", TITLE) / TITLE.size - 0.9).abs() < 0.1);
        assert!(ruler.width("<&>", LABEL) > 20.0);
    }
}
