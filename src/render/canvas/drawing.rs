//! A drawing as pixels. It is parsed once and drawn a few rows at a time, in little memory that stays in the cache of the
//! processor.

use std::ops::Range;

use plotters::style::RGBColor;
use resvg::tiny_skia::Rect;

use super::ground::PlacedImage;
use super::marks::Mark;
use super::png::{PngColour, PngWriter};
use super::window::Window;
use crate::error::{Error, Result};

/// Maximum number of pixels: four tall pages at four pixels per point.
const MOST_PIXELS: u64 = 500_000_000;
/// Number of pixels that are drawn at a time, unless marks need more rows.
const AT_A_TIME: usize = 1 << 18;

/// A drawing that can be drawn at a density.
pub(crate) struct Drawing<'a> {
    size: PixelSize,
    paper: RGBColor,
    /// From bottom to top.
    layers: Vec<Layer<'a>>,
}

/// What is drawn at a time.
pub(super) enum Layer<'a> {
    Marks(Vec<Mark>),
    Image(&'a PlacedImage),
}

/// The size of a drawing in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct PixelSize {
    width: u32,
    height: u32,
    /// Pixels per point.
    density: f32,
}

impl PixelSize {
    /// Returns the size of a drawing of so many points, if that is possible.
    pub(super) fn of(width: f64, height: f64, density: f32) -> Result<Self> {
        let [width, height] =
            [width, height].map(|side| (side * f64::from(density)).round() as u32);
        let pixels = u64::from(width) * u64::from(height);
        if (1..=MOST_PIXELS).contains(&pixels) {
            return Ok(Self {
                width,
                height,
                density,
            });
        }
        Err(Error::Picture {
            reason: format!(
                "{width}x{height} pixels are not possible; choose another density than {density}"
            ),
        })
    }
}

impl<'a> Drawing<'a> {
    pub(super) fn new(size: PixelSize, paper: RGBColor, layers: Vec<Layer<'a>>) -> Self {
        Self {
            size,
            paper,
            layers,
        }
    }

    /// Returns the drawing as a PNG.
    pub(super) fn png(&self) -> Result<Vec<u8>> {
        let PixelSize { width, height, .. } = self.size;
        let mut png = PngWriter::new(width, height, PngColour::Rgb);
        let (mut row, mut above) = (vec![0; 3 * width as usize], Vec::<[u8; 4]>::new());
        self.in_strips(|strip| {
            for rgba in strip.chunks_exact(width as usize) {
                // Most rows equal the one above.
                if above.as_flattened() == rgba.as_flattened() {
                    png.repeat_row()?;
                    continue;
                }
                let (rgb, _) = row.as_chunks_mut::<3>();
                for (rgb, &[red, green, blue, _]) in rgb.iter_mut().zip(rgba) {
                    *rgb = [red, green, blue];
                }
                png.row(&row)?;
                rgba.clone_into(&mut above);
            }
            Ok(())
        })?;
        png.finish()
    }

    /// Draws all rows from top to bottom, and passes some at a time.
    fn in_strips(&self, mut take: impl FnMut(&[[u8; 4]]) -> Result<()>) -> Result<()> {
        let width = self.size.width as usize;
        let strips = self.strips();
        let most = strips.iter().map(Range::len).max().unwrap_or(0);
        let mut pixels = vec![[0; 4]; width * most];
        for rows in strips {
            let strip = &mut pixels[..width * rows.len()];
            strip.fill(self.paper());
            self.draw_on(&mut Window {
                pixels: &mut *strip,
                width,
                left: 0,
                top: rows.start,
            });
            take(strip)?;
        }
        Ok(())
    }

    /// Returns the rows that are drawn at a time. None of them cuts a curve, whose pixels would differ at the cut.
    fn strips(&self) -> Vec<Range<usize>> {
        let [width, height] = [self.size.width, self.size.height].map(|side| side as usize);
        let most = (AT_A_TIME / width).max(1);
        let uncut = joined(self.marks().filter_map(Mark::rows_to_keep_together));
        let mut strips = Vec::new();
        let mut top = 0;
        while top < height {
            let wanted = top + most;
            let cut = uncut
                .iter()
                .find(|rows| rows.start < wanted && wanted < rows.end);
            let bottom = match cut {
                Some(rows) if rows.start > top => rows.start,
                Some(rows) => rows.end,
                None => wanted,
            };
            strips.push(top..bottom.min(height));
            top = bottom;
        }
        strips
    }

    /// Returns all pixels, row by row.
    pub(crate) fn pixels(&self) -> Vec<[u8; 4]> {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let mut pixels = vec![self.paper(); width * height];
        self.draw_on(&mut Window {
            pixels: &mut pixels,
            width,
            left: 0,
            top: 0,
        });
        pixels
    }

    /// Copies the images alone to other pixels than those of a PNG; `pixel` converts a colour.
    pub(crate) fn copy_images<P: Copy>(
        &self,
        window: &mut Window<P>,
        pixel: impl Fn([u8; 3]) -> P,
    ) {
        let density = f64::from(self.size.density);
        for layer in &self.layers {
            if let Layer::Image(image) = layer {
                window.copy(image, density, &pixel);
            }
        }
    }

    /// Draws the marks alone on opaque pixels.
    pub(crate) fn draw_marks(&self, window: &mut Window<[u8; 4]>) {
        self.marks().for_each(|mark| mark.draw(window));
    }

    /// Returns the columns and the rows that the marks can change.
    pub(crate) fn marked(&self) -> [Range<usize>; 2] {
        let range = |side: u32, ends: fn(Rect) -> (f32, f32)| {
            let (mut first, mut last) = (f32::INFINITY, 0.0f32);
            for (start, end) in self.marks().map(|mark| ends(mark.area())) {
                (first, last) = (first.min(start - 1.0), last.max(end + 1.0));
            }
            let last = (last.ceil() as usize).min(side as usize);
            (first.max(0.0) as usize).min(last)..last
        };
        [
            range(self.size.width, |area| (area.left(), area.right())),
            range(self.size.height, |area| (area.top(), area.bottom())),
        ]
    }

    fn marks(&self) -> impl Iterator<Item = &Mark> {
        let marks = self.layers.iter().filter_map(|layer| match layer {
            Layer::Marks(marks) => Some(marks),
            Layer::Image(_) => None,
        });
        marks.flatten()
    }

    fn paper(&self) -> [u8; 4] {
        opaque([self.paper.0, self.paper.1, self.paper.2])
    }

    /// Draws on opaque pixels.
    fn draw_on(&self, window: &mut Window<[u8; 4]>) {
        let density = f64::from(self.size.density);
        for layer in &self.layers {
            match layer {
                Layer::Image(image) => window.copy(image, density, opaque),
                Layer::Marks(marks) => marks.iter().for_each(|mark| mark.draw(window)),
            }
        }
    }
}

fn opaque([red, green, blue]: [u8; 3]) -> [u8; 4] {
    [red, green, blue, u8::MAX]
}

/// Joins ranges that overlap, and sorts them.
fn joined(ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut sorted: Vec<_> = ranges.collect();
    sorted.sort_by_key(|range| range.start);
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in sorted {
        match joined.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}
