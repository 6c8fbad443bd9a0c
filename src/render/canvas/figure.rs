//! A finished drawing: its SVG, its texts, and its pixels.

use plotters::style::RGBColor;

use super::drawing::{Drawing, Layer, PixelSize};
use super::ground::{Ground, UnitRect, rectangle, units};
use super::marks;
use crate::error::Result;

/// A finished drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) paper: RGBColor,
    /// What lies below the marks, in the order in which it is drawn.
    pub(crate) ground: Vec<Ground>,
    /// SVG elements that lie above all images.
    pub(crate) marks: String,
    pub(crate) texts: Vec<TextBox>,
}

/// A text on a [`Figure`] and its bounding box in points, from the upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct TextBox {
    /// The text as drawn, which may be shortened.
    pub text: String,
    /// The left edge.
    pub x: f64,
    /// The top edge.
    pub y: f64,
    /// The width of the letters.
    pub width: f64,
    /// The height of a line: from above the accents to below the descenders.
    pub height: f64,
}

impl Figure {
    /// Returns the drawing as SVG with text as text and embedded images.
    ///
    /// # Errors
    /// [`Error::Picture`](crate::error::Error::Picture) if an image cannot be encoded.
    pub fn svg(&self) -> Result<String> {
        let paper = UnitRect {
            x: 0,
            y: 0,
            width: units(self.width),
            height: units(self.height),
        };
        let mut content = rectangle(paper, self.paper);
        for ground in &self.ground {
            match ground {
                Ground::Shapes(shapes) => content.push_str(shapes),
                Ground::Image(image) => content.push_str(&image.svg()?),
            }
        }
        content.push_str(&self.marks);
        Ok(self.document(&content))
    }

    /// Returns the SVG of some elements.
    fn document(&self, content: &str) -> String {
        let Self { width, height, .. } = self;
        let (w, h) = (units(*width), units(*height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {w} {h}\">\n\
             {content}\n</svg>\n"
        )
    }

    /// Returns width and height in points.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        (self.width, self.height)
    }

    /// Returns every text of the drawing with its bounding box.
    #[must_use]
    pub fn texts(&self) -> &[TextBox] {
        &self.texts
    }

    /// Returns the drawing as a PNG with `density` pixels per point; pages are laid out for 2.
    ///
    /// The same figure gives the same bytes.
    ///
    /// # Errors
    /// [`Error::Picture`](crate::error::Error::Picture) if the density is not positive or the picture would have more than 500
    /// million pixels.
    pub fn png(&self, density: f32) -> Result<Vec<u8>> {
        self.drawing(density)?.png()
    }

    /// Returns the drawing for pixels.
    pub(crate) fn drawing(&self, density: f32) -> Result<Drawing<'_>> {
        let size = PixelSize::of(self.width, self.height, density)?;
        let marks = |elements| marks::parsed(&self.document(elements), density).map(Layer::Marks);
        let mut layers = Vec::with_capacity(self.ground.len() + 1);
        for ground in &self.ground {
            layers.push(match ground {
                Ground::Shapes(shapes) => marks(shapes)?,
                Ground::Image(image) => Layer::Image(image),
            });
        }
        layers.push(marks(&self.marks)?);
        Ok(Drawing::new(size, self.paper, layers))
    }
}

#[cfg(test)]
mod tests {
    use resvg::{tiny_skia, usvg};

    use super::super::ground::PlacedImage;
    use super::super::raster::{Raster, Samples};
    use super::super::text;
    use super::*;

    /// A figure with an image, a text that reaches over the edge, a thick and a thin line, and a translucent dot.
    fn figure(area: UnitRect) -> Figure {
        let raster = Raster {
            samples: Samples::Rgb(vec![[255, 0, 0], [0, 255, 0]]),
            width: 2,
            height: 1,
        };
        let frame = RGBColor(9, 9, 9);
        let dot = "<circle cx=\"95\" cy=\"70\" r=\"25\" fill=\"#0000FF\" fill-opacity=\"0.50\"/>";
        let marks = "<text x=\"20\" y=\"90\" font-family=\"Inter\" font-size=\"50\">Say g</text>\
            <line x1=\"3\" y1=\"25\" x2=\"95\" y2=\"85\" stroke=\"#007F68\" stroke-width=\"7\"/>\
            <line x1=\"3\" y1=\"85\" x2=\"95\" y2=\"25\" stroke=\"#7A1FA8\" stroke-width=\"2\"/>";
        Figure {
            width: 12.0,
            height: 9.0,
            paper: RGBColor(255, 255, 255),
            ground: vec![
                Ground::Image(PlacedImage {
                    raster,
                    area,
                    frame,
                }),
                Ground::Shapes(dot.to_owned()),
            ],
            marks: marks.to_owned(),
            texts: Vec::new(),
        }
    }

    /// Returns the pixels of the SVG as resvg draws it.
    fn drawn_from_svg(figure: &Figure, density: f32) -> Vec<[u8; 4]> {
        let tree = usvg::Tree::from_str(&figure.svg().unwrap(), &text::options()).unwrap();
        let side = |points: f64| (points * f64::from(density)) as u32;
        let mut pixels = tiny_skia::Pixmap::new(side(figure.width), side(figure.height)).unwrap();
        let zoom = tiny_skia::Transform::from_scale(density, density);
        resvg::render(&tree, zoom, &mut pixels.as_mut());
        pixels.data().as_chunks::<4>().0.to_vec()
    }

    #[test]
    fn pixels_are_those_of_the_svg() {
        // At 1, 0.5 points from the left edge, and beyond the right edge.
        for x in [10, 5, 90] {
            let area = UnitRect {
                x,
                y: 10,
                width: 40,
                height: 10,
            };
            let figure = figure(area);
            let pixels = figure.drawing(2.0).unwrap().pixels();
            assert_eq!(pixels, drawn_from_svg(&figure, 2.0), "{x}");
            let pixel = |column: usize| &pixels[3 * 24 + column][..3];
            let left = 2 * x as usize / 10;
            assert_eq!(pixel(left - 1), [9, 9, 9]);
            assert_eq!(pixel(left), [255, 0, 0]);
        }
    }

    #[test]
    fn a_picture_has_the_same_pixels_in_parts_as_in_one() {
        let area = UnitRect {
            x: 10,
            y: 10,
            width: 40,
            height: 30,
        };
        let mut figure = Figure {
            height: 30.0,
            ..figure(area)
        };
        // An image, a bar and a line in many parts, and a curve in one.
        figure.marks += "<rect x=\"91\" y=\"13\" width=\"7\" height=\"271\"/>\
            <line x1=\"3\" y1=\"105\" x2=\"3\" y2=\"299\" stroke=\"#7A1FA8\" stroke-width=\"3\"/>\
            <circle cx=\"50\" cy=\"220\" r=\"44\" stroke=\"#007F68\" stroke-width=\"2\" fill=\"none\"/>";
        // Frames of images are whole pixels.
        let density = 76.0;
        let png = image::load_from_memory(&figure.png(density).unwrap()).unwrap();
        let found = png.to_rgba8();
        let found = found.as_raw().as_chunks::<4>().0;
        let whole = drawn_from_svg(&figure, density);
        let differences = found.iter().zip(&whole).filter(|(a, b)| a != b);
        assert_eq!(
            (found.len(), differences.count()),
            (whole.len(), 0),
            "pixels, and different ones"
        );
    }
}
