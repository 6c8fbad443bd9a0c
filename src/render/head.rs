//! The head of a page that may grow: title, caption, scale bar, and what was left out.

use super::bar::{self, Bar};
use super::canvas::{Anchor, Canvas};
use super::style::{INNER, LABEL, MARGIN, SENTENCE, TITLE, WIDTH};
use super::text::Cut;
use crate::error::Result;

const TITLE_LINE: f64 = 84.0;
const CAPTION_LINE: f64 = 131.0;
/// Where the page may go on.
pub(super) const BOTTOM: f64 = 174.0;

pub(super) struct Head<'a> {
    pub title: &'a str,
    pub caption: &'a str,
    /// The bar of the tiles, where one is needed.
    pub bar: Option<Bar<'a>>,
    /// How many things are shown, of how many.
    pub shown: (usize, usize),
}

impl Head<'_> {
    pub(super) fn draw(&self, canvas: &mut Canvas) -> Result<()> {
        let right = WIDTH - MARGIN;
        let mut most = INNER;
        if let Some(bar) = &self.bar {
            most -= 32.0 + bar.draw(canvas, (right, CAPTION_LINE + 7.0 - bar::HEIGHT))?;
        }
        let caption = (most, Cut::End);
        canvas.text(self.caption, (MARGIN, CAPTION_LINE), Anchor::Left, SENTENCE, caption)?;
        let (shown, all) = self.shown;
        let mut most = INNER;
        if shown < all {
            let note = format!("{shown} of {all} shown");
            most -= 32.0 + canvas.text(&note, (right, TITLE_LINE), Anchor::Right, LABEL, (INNER, Cut::End))?;
        }
        canvas.text(self.title, (MARGIN, TITLE_LINE), Anchor::Left, TITLE, (most, Cut::Middle))?;
        Ok(())
    }
}
