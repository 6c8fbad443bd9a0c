//! Text: the embedded font, how wide a text is in it, and how to make one fit. Not where text stands.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use resvg::usvg::{self, fontdb};

use super::style::Type;

/// The embedded family first; the others serve programs that open the SVG without it.
pub(crate) const FAMILY: &str = "Inter, Helvetica, Arial, sans-serif";
/// From the baseline to the top of the highest letters, in sizes.
pub(crate) const ASCENT: f64 = 0.95;
/// From the baseline to the bottom of the lowest letters, in sizes.
pub(crate) const DESCENT: f64 = 0.25;

const ELLIPSIS: char = '…';
const MEASURED_AT: f64 = 100.0;

/// How SVG is read: only the embedded fonts exist, so that a picture is the same on every computer.
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

/// The text without what would break a line, a drawing or the direction of writing.
pub(crate) fn clean(text: &str) -> String {
    let visible = text.chars().map(|c| match c {
        c if c.is_whitespace() && c != '\u{A0}' => ' ',
        c if c.is_control() || unprintable(c) => '\u{FFFD}',
        c => c,
    });
    let mut words = String::with_capacity(text.len());
    for c in visible {
        if c != ' ' || !words.ends_with(' ') {
            words.push(c);
        }
    }
    words.trim().to_owned()
}

/// Marks that turn the direction of writing, and what XML forbids.
fn unprintable(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Measures texts as the rasteriser will set them, each once.
#[derive(Debug, Default)]
pub(crate) struct Ruler {
    widths: HashMap<(String, bool), f64>,
}

impl Ruler {
    /// The width in points of a text as it would be written in full.
    pub(crate) fn width(&mut self, text: &str, style: Type) -> f64 {
        let text = clean(text);
        if text.is_empty() {
            return 0.0;
        }
        let width = self.widths.entry((text, style.bold));
        style.size * *width.or_insert_with_key(|(text, bold)| measured(text, *bold))
    }
}

/// The width of a text of size 1.
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

/// Which part of a text is left out when it is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The end: sentences.
    End,
    /// The middle: names, which often differ in their last letters.
    Middle,
}

/// The text, shortened with an ellipsis until `measure` says that it is no wider than `most`.
pub(crate) fn fit(text: &str, most: f64, cut: Cut, mut measure: impl FnMut(&str) -> f64) -> String {
    if measure(text) <= most {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let (mut fits, mut too_long) = (0, letters.len());
    while too_long - fits > 1 {
        let kept = usize::midpoint(fits, too_long);
        if measure(&shortened(&letters, kept, cut)) <= most {
            fits = kept;
        } else {
            too_long = kept;
        }
    }
    let short = shortened(&letters, fits, cut);
    if fits == 0 && measure(&short) > most {
        String::new()
    } else {
        short
    }
}

fn shortened(letters: &[char], kept: usize, cut: Cut) -> String {
    let tail = if cut == Cut::Middle { kept / 2 } else { 0 };
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
            fit("holiday_photo_17.png", 9.0, Cut::Middle, measure),
            "holi….png"
        );
        assert_eq!(fit("a long sentence", 7.0, Cut::End, measure), "a long…");
        assert_eq!(fit("short", 9.0, Cut::Middle, measure), "short");
        assert_eq!(fit("short", 0.5, Cut::Middle, measure), "");
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
