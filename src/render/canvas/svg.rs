//! The canvas: plotters' SVG backend with measured text and sharp images.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;

use super::errors::failed;
use super::figure::{Figure, TextBox};
use super::style::{Colour, DENSITY, Theme, TypeStyle};
use super::text::{self, ASCENT, DESCENT, FAMILY, Ruler, TextFit};
use crate::error::Result;

/// Drawing units per point. plotters places marks at whole numbers, hence at tenths of a point.
const UNITS: f64 = 10.0;
/// Factor by which plotters divides text sizes when it writes SVG.
const TEXT_FACTOR: f64 = 1.24;
/// Distance from the top of a text to the baseline in plotters, as a multiple of the font size.
const TOP_TO_BASELINE: f64 = 0.76;
/// Width of the frame around an image in points.
const FRAME: f64 = 0.5;

/// A rectangle in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// The position of a text relative to its x coordinate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Left,
    Centre,
    Right,
}

/// What a figure is drawn on.
pub(crate) struct Canvas<'a> {
    root: DrawingArea<SVGBackend<'a>, Shift>,
    images: String,
    texts: Vec<TextBox>,
    ruler: Ruler,
    theme: Theme,
}

/// Returns a figure of `width` × `height` points with everything that `draw` draws on the canvas.
pub(crate) fn draw_figure(
    theme: Theme,
    width: f64,
    height: f64,
    draw: impl FnOnce(&mut Canvas) -> Result<()>,
) -> Result<Figure> {
    let mut drawn = String::new();
    let (images, texts) = {
        let backend =
            SVGBackend::with_string(&mut drawn, (units(width) as u32, units(height) as u32));
        let mut canvas = Canvas {
            root: backend.into_drawing_area(),
            images: String::new(),
            texts: Vec::new(),
            ruler: Ruler::default(),
            theme,
        };
        draw(&mut canvas)?;
        canvas.root.present().map_err(failed)?;
        (canvas.images, canvas.texts)
    };
    let marks = drawn.split_once('>').map_or("", |(_, marks)| marks);
    let (w, h, paper) = (units(width), units(height), hex(theme.rgb(Colour::Paper)));
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {w} {h}\">\n\
         <rect width=\"{w}\" height=\"{h}\" fill=\"{paper}\"/>\n{images}{}\n",
        marks.trim()
    );
    Ok(Figure {
        svg,
        width,
        height,
        texts,
    })
}

impl Canvas<'_> {
    /// Writes a text at a point on its baseline, shortened to fit. Returns its width.
    pub(crate) fn text(
        &mut self,
        content: &str,
        (x, baseline): (f64, f64),
        anchor: Anchor,
        style: TypeStyle,
        fit: TextFit,
    ) -> Result<f64> {
        let shown = text::shorten(&text::clean(content), fit, |part| {
            self.ruler.width(part, style)
        });
        if shown.is_empty() {
            return Ok(0.0);
        }
        let width = self.ruler.width(&shown, style);
        let left = left_of(x, width, anchor);
        let top = baseline - TOP_TO_BASELINE * style.size;
        let colour = self.rgb(style.colour);
        let font = TextStyle::from(font(style)).color(&colour);
        self.root
            .draw_text(&shown, &font, (units(left), units(top)))
            .map_err(failed)?;
        self.texts.push(TextBox {
            text: shown,
            x: left,
            y: baseline - ASCENT * style.size,
            width,
            height: (ASCENT + DESCENT) * style.size,
        });
        Ok(width)
    }

    /// Writes a text on a background that covers lines drawn before.
    pub(crate) fn text_over_lines(
        &mut self,
        content: &str,
        (x, baseline): (f64, f64),
        anchor: Anchor,
        style: TypeStyle,
        max_width: f64,
    ) -> Result<()> {
        let width = self.ruler.width(content, style).min(max_width);
        let left = left_of(x, width, anchor);
        let (side, height) = (0.2 * style.size, 1.3 * style.size);
        let behind = Rect {
            x: left - side,
            y: baseline - style.size,
            width: width + 2.0 * side,
            height,
        };
        self.rectangle(behind, Colour::Paper)?;
        self.text(
            content,
            (x, baseline),
            anchor,
            style,
            TextFit::end(max_width),
        )?;
        Ok(())
    }

    /// Returns the colour in the theme of the page.
    pub(crate) fn rgb(&self, colour: Colour) -> RGBColor {
        self.theme.rgb(colour)
    }

    /// Returns the measure of text widths.
    pub(crate) fn ruler(&mut self) -> &mut Ruler {
        &mut self.ruler
    }

    /// Draws a PNG in `area`, aligned to whole pixels, with a thin frame. Its pixels stay sharp
    /// squares.
    pub(crate) fn image(&mut self, png: &[u8], area: Rect) {
        let (x, y) = (units(whole_pixel(area.x)), units(whole_pixel(area.y)));
        let (width, height, frame) = (units(area.width), units(area.height), units(FRAME));
        // Writing to a String cannot fail.
        let _ = writeln!(
            self.images,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>\n\
             <image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{}\"/>",
            x - frame,
            y - frame,
            width + 2 * frame,
            height + 2 * frame,
            hex(self.rgb(Colour::Hairline)),
            STANDARD.encode(png)
        );
    }

    /// Fills `area` above all images and below later drawing.
    pub(crate) fn rectangle(&mut self, area: Rect, colour: Colour) -> Result<()> {
        let corners = [
            (area.x, area.y),
            (area.x + area.width, area.y + area.height),
        ];
        let corners = corners.map(|(x, y)| (units(x), units(y)));
        self.root
            .draw(&Rectangle::new(corners, self.rgb(colour).filled()))
            .map_err(failed)
    }

    /// Fills `area` below later images.
    pub(crate) fn ground(&mut self, area: Rect, colour: Colour) {
        let [x, y, width, height] = [area.x, area.y, area.width, area.height].map(units);
        let fill = hex(self.rgb(colour));
        // Writing to a String cannot fail.
        let _ = writeln!(
            self.images,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>"
        );
    }

    /// Draws a line one point wide below later images.
    pub(crate) fn ground_line(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour) {
        let [x1, y1, x2, y2, width] = [from.0, from.1, to.0, to.1, 1.0].map(units);
        let stroke = hex(self.rgb(colour));
        let _ = writeln!(
            self.images,
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{stroke}\" stroke-width=\"{width}\"/>"
        );
    }

    /// Draws a dot centred at (x, y) below later images; an opacity of 0 is transparent, 1 opaque.
    pub(crate) fn ground_dot(
        &mut self,
        (x, y): (f64, f64),
        radius: f64,
        colour: Colour,
        opacity: f64,
    ) {
        let ([x, y, radius], fill) = ([x, y, radius].map(units), hex(self.rgb(colour)));
        let _ = writeln!(
            self.images,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{fill}\" fill-opacity=\"{opacity:.2}\"/>"
        );
    }

    /// Draws a straight hairline.
    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64)) -> Result<()> {
        self.path(&[from, to], 1.0, Colour::Hairline)
    }

    /// Draws a polyline `width` points wide.
    pub(crate) fn path(&mut self, places: &[(f64, f64)], width: f64, colour: Colour) -> Result<()> {
        let line = self.rgb(colour).stroke_width(units(width) as u32);
        let places: Vec<_> = places.iter().map(|&place| in_units(place)).collect();
        self.root
            .draw(&PathElement::new(places, line))
            .map_err(failed)
    }

    /// Draws a straight dashed line `width` points wide.
    pub(crate) fn dashes(
        &mut self,
        from: (f64, f64),
        to: (f64, f64),
        width: f64,
        colour: Colour,
    ) -> Result<()> {
        let line = self.rgb(colour).stroke_width(units(width) as u32);
        let (dash, space) = (units(4.67 * width), units(3.0 * width));
        let ends = [in_units(from), in_units(to)];
        self.root
            .draw(&DashedPathElement::new(ends, dash, space, line))
            .map_err(failed)
    }

    /// Draws a filled circle.
    pub(crate) fn dot(&mut self, centre: (f64, f64), radius: f64, colour: Colour) -> Result<()> {
        let colour = self.rgb(colour).filled();
        self.root
            .draw(&Circle::new(in_units(centre), units(radius), colour))
            .map_err(failed)
    }
}

/// Returns the plotters font of a type style.
fn font(style: TypeStyle) -> FontDesc<'static> {
    let weight = if style.bold {
        FontStyle::Bold
    } else {
        FontStyle::Normal
    };
    FontDesc::new(
        FontFamily::Name(FAMILY),
        style.size * UNITS * TEXT_FACTOR,
        weight,
    )
}

/// Returns the left edge of a text whose `anchor` is at x.
fn left_of(x: f64, width: f64, anchor: Anchor) -> f64 {
    match anchor {
        Anchor::Left => x,
        Anchor::Centre => x - width / 2.0,
        Anchor::Right => x - width,
    }
}

fn in_units((x, y): (f64, f64)) -> (i32, i32) {
    (units(x), units(y))
}

/// Converts points to drawing units.
fn units(points: f64) -> i32 {
    (points * UNITS).round() as i32
}

/// Rounds to the nearest whole pixel.
fn whole_pixel(points: f64) -> f64 {
    (points * DENSITY).round() / DENSITY
}

fn hex(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}
