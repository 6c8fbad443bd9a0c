//! The header of a page: title, caption, scale bars, and how many items are shown.

use super::scale_bar::{self, ScaleBar};
use super::style::{INNER, LABEL, MARGIN, SENTENCE, TITLE, WIDTH};
use super::svg::{Anchor, Canvas};
use super::text::TextFit;
use crate::error::Result;

const TITLE_LINE: f64 = 84.0;
const CAPTION_LINE: f64 = 131.0;
/// Space between a text and what is to its right.
const SPACE: f64 = 32.0;
/// The y coordinate below the header.
pub(crate) const BOTTOM: f64 = 174.0;

/// How many of some items a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shown {
    pub count: usize,
    pub total: usize,
}

impl Shown {
    /// Returns that everything is shown.
    pub(crate) const ALL: Self = Self { count: 0, total: 0 };

    /// Returns a note such as `20 of 40 shown`, or `None` if everything is shown.
    pub(crate) fn note(self) -> Option<String> {
        let Self { count, total } = self;
        (count < total).then(|| format!("{count} of {total} shown"))
    }
}

pub(crate) struct FigureHeader<'a> {
    pub title: &'a str,
    pub caption: &'a str,
    /// At most two scale bars, from top to bottom.
    pub bars: &'a [ScaleBar<'a>],
    pub shown: Shown,
}

impl FigureHeader<'_> {
    pub(crate) fn draw(&self, canvas: &mut Canvas) -> Result<()> {
        let right = WIDTH - MARGIN;
        let (mut beside_title, mut beside_caption) = (0.0, 0.0);
        let lines = [
            (CAPTION_LINE, &mut beside_caption),
            (TITLE_LINE, &mut beside_title),
        ];
        for (bar, (line, beside)) in self.bars.iter().rev().zip(lines) {
            *beside = SPACE + bar.draw(canvas, (right, line + 7.0 - scale_bar::HEIGHT))?;
        }
        canvas.text(
            self.caption,
            (MARGIN, CAPTION_LINE),
            Anchor::Left,
            SENTENCE,
            TextFit::end(INNER - beside_caption),
        )?;
        if let Some(note) = self.shown.note() {
            let place = (right - beside_title, TITLE_LINE);
            beside_title +=
                SPACE + canvas.text(&note, place, Anchor::Right, LABEL, TextFit::end(INNER))?;
        }
        canvas.text(
            self.title,
            (MARGIN, TITLE_LINE),
            Anchor::Left,
            TITLE,
            TextFit::middle(INNER - beside_title),
        )?;
        Ok(())
    }
}
