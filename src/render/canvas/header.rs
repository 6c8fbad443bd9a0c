//! The head of a page that may grow: title, caption, scale bars, and what was left out.

use super::scale_bar::{self, Bar};
use super::style::{INNER, LABEL, MARGIN, SENTENCE, TITLE, WIDTH};
use super::svg::{Anchor, Canvas};
use super::text::Cut;
use crate::error::Result;

const TITLE_LINE: f64 = 84.0;
const CAPTION_LINE: f64 = 131.0;
/// Where the page may go on.
pub(crate) const BOTTOM: f64 = 174.0;

pub(crate) struct Head<'a> {
    pub title: &'a str,
    pub caption: &'a str,
    /// None, one, or two of which the first stands above the other.
    pub bars: &'a [Bar<'a>],
    /// How many things are shown, of how many.
    pub shown: (usize, usize),
}

impl Head<'_> {
    pub(crate) fn draw(&self, canvas: &mut Canvas) -> Result<()> {
        let right = WIDTH - MARGIN;
        let (mut beside_title, mut beside_caption) = (0.0, 0.0);
        let lines = [
            (CAPTION_LINE, &mut beside_caption),
            (TITLE_LINE, &mut beside_title),
        ];
        for (bar, (line, beside)) in self.bars.iter().rev().zip(lines) {
            *beside = 32.0 + bar.draw(canvas, (right, line + 7.0 - scale_bar::HEIGHT))?;
        }
        let caption = (INNER - beside_caption, Cut::End);
        canvas.text(
            self.caption,
            (MARGIN, CAPTION_LINE),
            Anchor::Left,
            SENTENCE,
            caption,
        )?;
        let (shown, all) = self.shown;
        if shown < all {
            let note = format!("{shown} of {all} shown");
            let place = (right - beside_title, TITLE_LINE);
            beside_title +=
                32.0 + canvas.text(&note, place, Anchor::Right, LABEL, (INNER, Cut::End))?;
        }
        let title = (INNER - beside_title, Cut::Middle);
        canvas.text(self.title, (MARGIN, TITLE_LINE), Anchor::Left, TITLE, title)?;
        Ok(())
    }
}
