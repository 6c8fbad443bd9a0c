//! The scale bar: which colour means which value.

use super::colour_scale::{ColourMap, Scale, Scaling};
use super::numbers::number;
use super::style::{BLACK, SMALL, WHITE};
use super::svg::{Anchor, Canvas, Rect};
use super::text::TextFit;
use super::tiles;
use crate::basis::Shape;
use crate::error::Result;

/// Height of a bar in points.
pub(crate) const HEIGHT: f64 = 30.0;
const WIDTH: f64 = 240.0;
const STEPS: usize = 120;
const INSET: f64 = 10.0;

/// A scale bar with its label.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScaleBar<'a> {
    pub scale: Scale,
    /// The value at the end; `None` if each tile ends at its own maximum.
    pub limit: Option<f32>,
    /// The text to the left of the bar.
    pub label: &'a str,
    /// The brightness of the lowest value, 0..=1; 0 is black.
    pub faint: f32,
}

impl<'a> ScaleBar<'a> {
    /// Returns the scale bar of tiles with this scaling.
    pub(crate) fn for_tiles(colour_map: ColourMap, scaling: Scaling) -> ScaleBar<'a> {
        match scaling {
            Scaling::Each => ScaleBar {
                scale: colour_map.scale,
                limit: None,
                label: "each scaled to its maximum",
                faint: 0.0,
            },
            Scaling::Shared => ScaleBar {
                scale: colour_map.scale,
                limit: Some(colour_map.limit),
                label: "shared scale",
                faint: 0.0,
            },
        }
    }

    /// Draws the bar with its upper right corner at (right, top). Returns the width of bar and
    /// label.
    pub(crate) fn draw(&self, canvas: &mut Canvas, (right, top): (f64, f64)) -> Result<f64> {
        let area = Rect {
            x: right - WIDTH,
            y: top,
            width: WIDTH,
            height: HEIGHT,
        };
        let colour_map = ColourMap {
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
        let raster = tiles::coloured(&values, Shape::new(1, STEPS), colour_map);
        canvas.image(raster, area);
        let baseline = top + HEIGHT / 2.0 + 7.0;
        self.write_ends(canvas, area, baseline)?;
        let label = canvas.text(
            self.label,
            (area.x - 16.0, baseline),
            Anchor::Right,
            SMALL,
            TextFit::end(400.0),
        )?;
        Ok(WIDTH + 16.0 + label)
    }

    /// Writes the values of its ends onto the bar.
    fn write_ends(&self, canvas: &mut Canvas, area: Rect, baseline: f64) -> Result<()> {
        let end = self
            .limit
            .map_or_else(|| "max".to_owned(), |limit| number(f64::from(limit)));
        let fit = TextFit::end(WIDTH / 3.0);
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
