//! The scale bar: which colour means which value. Not which tiles it is true for.

use super::colour_scale::{Paint, Scale, Scaling};
use super::numbers::number;
use super::style::{BLACK, SMALL, WHITE};
use super::svg::{Anchor, Area, Canvas};
use super::text::Cut;
use super::tiles;
use crate::basis::Shape;
use crate::error::Result;

/// Height of a bar in points.
pub(crate) const HEIGHT: f64 = 30.0;
const WIDTH: f64 = 240.0;
const STEPS: usize = 120;
const INSET: f64 = 10.0;

/// What a bar says about its tiles.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bar<'a> {
    pub scale: Scale,
    /// The value at the end; without one, each tile ends at its own.
    pub limit: Option<f32>,
    /// Stands to the left.
    pub says: &'a str,
    /// How bright a value of 0 is drawn, where that is not black.
    pub faint: f32,
}

impl<'a> Bar<'a> {
    /// The bar of tiles that are scaled this way, all with `limit` at the end where that is shared.
    pub(crate) fn of(paint: Paint, scaling: Scaling) -> Bar<'a> {
        match scaling {
            Scaling::Each => Bar {
                scale: paint.scale,
                limit: None,
                says: "each to its own maximum",
                faint: 0.0,
            },
            Scaling::Shared => Bar {
                scale: paint.scale,
                limit: Some(paint.limit),
                says: "one scale for all",
                faint: 0.0,
            },
        }
    }

    /// Draws the bar with its upper right corner at (right, top); returns the width of all of it.
    pub(crate) fn draw(&self, canvas: &mut Canvas, (right, top): (f64, f64)) -> Result<f64> {
        let area = Area {
            x: right - WIDTH,
            y: top,
            width: WIDTH,
            height: HEIGHT,
        };
        let paint = Paint {
            scale: self.scale,
            limit: 1.0,
        };
        let lowest = if self.scale == Scale::Diverging {
            -1.0
        } else {
            self.faint
        };
        let values: Vec<f32> = (0..STEPS)
            .map(|step| lowest + (1.0 - lowest) * (step as f32 + 0.5) / STEPS as f32)
            .collect();
        canvas.image(&tiles::png(&values, Shape::new(1, STEPS), paint)?, area);
        let baseline = top + HEIGHT / 2.0 + 7.0;
        self.write_ends(canvas, area, baseline)?;
        let said = canvas.text(
            self.says,
            (area.x - 16.0, baseline),
            Anchor::Right,
            SMALL,
            (400.0, Cut::End),
        )?;
        Ok(WIDTH + 16.0 + said)
    }
    /// Writes the values onto the bar itself, where the colours leave room for them.
    fn write_ends(&self, canvas: &mut Canvas, area: Area, baseline: f64) -> Result<()> {
        let end = self
            .limit
            .map_or_else(|| "max".to_owned(), |limit| number(f64::from(limit)));
        let fit = (WIDTH / 3.0, Cut::End);
        let (dark, light) = (SMALL.coloured(BLACK), SMALL.coloured(WHITE));
        let left = (area.x + INSET, baseline);
        let centre = (area.x + WIDTH / 2.0, baseline);
        let right = (area.x + WIDTH - INSET, baseline);
        match self.scale {
            Scale::FromZero | Scale::Sequential => {
                canvas.text("0", left, Anchor::Left, light, fit)?;
                canvas.text(&end, right, Anchor::Right, dark, fit)?;
            }
            Scale::Diverging => {
                canvas.text(&format!("−{end}"), left, Anchor::Left, light, fit)?;
                canvas.text("0", centre, Anchor::Centre, dark, fit)?;
                canvas.text(&format!("+{end}"), right, Anchor::Right, light, fit)?;
            }
        }
        Ok(())
    }
}
