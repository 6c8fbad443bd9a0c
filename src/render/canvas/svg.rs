//! The canvas: plotters' SVG backend with measured text and sharp images.

use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;

use super::errors::failed;
use super::figure::{Figure, TextBox};
use super::ground::{Ground, PlacedImage, UNITS, UnitRect, hex, rectangle, units};
use super::raster::Raster;
use super::style::{Colour, DENSITY, Theme, TypeStyle};
use super::text::{self, ASCENT, DESCENT, FAMILY, Ruler, TextFit};
use crate::error::Result;

/// Factor by which plotters divides text sizes when it writes SVG.
const TEXT_FACTOR: f64 = 1.24;
/// Distance from the top of a text to the baseline in plotters, as a multiple of the font size.
const TOP_TO_BASELINE: f64 = 0.76;

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
    ground: Vec<Ground>,
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
    let (ground, texts) = {
        let backend =
            SVGBackend::with_string(&mut drawn, (units(width) as u32, units(height) as u32));
        let mut canvas = Canvas {
            root: backend.into_drawing_area(),
            ground: Vec::new(),
            texts: Vec::new(),
            ruler: Ruler::default(),
            theme,
        };
        draw(&mut canvas)?;
        canvas.root.present().map_err(failed)?;
        (canvas.ground, canvas.texts)
    };
    let marks = drawn.split_once('>').map_or("", |(_, marks)| marks).trim();
    Ok(Figure {
        width,
        height,
        paper: theme.rgb(Colour::Paper),
        ground,
        marks: marks.strip_suffix("</svg>").unwrap_or(marks).to_owned(),
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

    /// Draws an image in `area`, aligned to whole pixels, with a thin frame. Its pixels stay sharp
    /// squares.
    pub(crate) fn image(&mut self, raster: Raster, area: Rect) {
        let (x, y) = (whole_pixel(area.x), whole_pixel(area.y));
        self.ground.push(Ground::Image(PlacedImage {
            raster,
            area: in_whole_units(Rect { x, y, ..area }),
            frame: self.rgb(Colour::Hairline),
        }));
    }

    /// Adds an SVG element that later images lie above.
    fn add_below(&mut self, element: &str) {
        match self.ground.last_mut() {
            Some(Ground::Shapes(shapes)) => shapes.push_str(element),
            _ => self.ground.push(Ground::Shapes(element.to_owned())),
        }
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
        let element = rectangle(in_whole_units(area), self.rgb(colour));
        self.add_below(&element);
    }

    /// Draws a line one point wide below later images.
    pub(crate) fn ground_line(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour) {
        let [x1, y1, x2, y2, width] = [from.0, from.1, to.0, to.1, 1.0].map(units);
        let stroke = hex(self.rgb(colour));
        self.add_below(&format!(
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{stroke}\" stroke-width=\"{width}\"/>\n"
        ));
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
        self.add_below(&format!(
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{fill}\" fill-opacity=\"{opacity:.2}\"/>\n"
        ));
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

fn in_whole_units(area: Rect) -> UnitRect {
    UnitRect {
        x: units(area.x),
        y: units(area.y),
        width: units(area.width),
        height: units(area.height),
    }
}

/// Rounds to the nearest whole pixel.
fn whole_pixel(points: f64) -> f64 {
    (points * DENSITY).round() / DENSITY
}
