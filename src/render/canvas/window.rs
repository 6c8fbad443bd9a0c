//! Pixels of a part of a drawing, and images that are copied to them.

use plotters::style::RGBColor;

use super::ground::{PlacedImage, UNITS, UnitRect};

/// The pixels of a rectangle of a drawing, row by row; those of all rows if it starts at 0 and is as wide.
pub(crate) struct Window<'a, P> {
    pub pixels: &'a mut [P],
    pub width: usize,
    /// The column and the row of the drawing at the upper left corner.
    pub left: usize,
    pub top: usize,
}

/// A rectangle in pixels of the drawing, which may extend beyond it.
#[derive(Clone, Copy)]
struct PixelRect {
    left: i64,
    top: i64,
    right: i64,
    bottom: i64,
}

/// The part of a rectangle that is in a window: half-open ranges of columns and rows of the window.
struct VisiblePart {
    left: usize,
    right: usize,
    top: usize,
    bottom: usize,
    /// The column and the row of the rectangle at the upper left corner.
    skipped: (usize, usize),
}

impl<P: Copy> Window<'_, P> {
    /// Copies the frame and the pixels of an image to the nearest whole pixels; `pixel` converts a colour.
    pub(crate) fn copy(&mut self, image: &PlacedImage, density: f64, pixel: impl Fn([u8; 3]) -> P) {
        let RGBColor(red, green, blue) = image.frame;
        let frame = PixelRect::of(image.with_frame(), density);
        if let Some(part) = self.visible(frame) {
            let colour = pixel([red, green, blue]);
            for row in part.top..part.bottom {
                self.row(row, &part).fill(colour);
            }
        }
        let area = PixelRect::of(image.area, density);
        let Some(part) = self.visible(area) else {
            return;
        };
        let raster = &image.raster;
        let columns = sources(area.right - area.left, raster.width as usize);
        let columns = &columns[part.skipped.0..][..part.right - part.left];
        let rows = sources(area.bottom - area.top, raster.height as usize);
        let mut above = None;
        for (row, &source) in (part.top..part.bottom).zip(&rows[part.skipped.1..]) {
            if above == Some(source) {
                let start = (row - 1) * self.width;
                let copied = start + part.left..start + part.right;
                self.pixels
                    .copy_within(copied, row * self.width + part.left);
            } else {
                let shown = self.row(row, &part).iter_mut().zip(columns);
                shown.for_each(|(shown, &column)| *shown = pixel(raster.rgb(column, source)));
            }
            above = Some(source);
        }
    }

    fn row(&mut self, row: usize, part: &VisiblePart) -> &mut [P] {
        &mut self.pixels[row * self.width..][part.left..part.right]
    }

    /// Returns the part of a rectangle that is in the window, if there is one.
    fn visible(&self, area: PixelRect) -> Option<VisiblePart> {
        let height = self.pixels.len() / self.width.max(1);
        let (left, right, columns) = overlap((area.left, area.right), self.left, self.width)?;
        let (top, bottom, rows) = overlap((area.top, area.bottom), self.top, height)?;
        Some(VisiblePart {
            left,
            right,
            top,
            bottom,
            skipped: (columns, rows),
        })
    }
}

/// Returns the range of the window's pixels, of which there are `size` from `first`, that lie between two positions, and
/// how many pixels from the first position on are before the window.
fn overlap((from, to): (i64, i64), first: usize, size: usize) -> Option<(usize, usize, usize)> {
    let [first, size] = [first, size].map(|count| count.cast_signed() as i64);
    let (start, end) = ((from - first).max(0), (to - first).min(size));
    let skipped = (first - from).max(0);
    (start < end).then_some((start as usize, end as usize, skipped as usize))
}

impl PixelRect {
    fn of(area: UnitRect, density: f64) -> Self {
        let pixel = |unit: i32| (f64::from(unit) / UNITS * density).round() as i64;
        Self {
            left: pixel(area.x),
            top: pixel(area.y),
            right: pixel(area.x + area.width),
            bottom: pixel(area.y + area.height),
        }
    }
}

/// Returns for each of `pixels` the one of `stored` that it shows.
fn sources(pixels: i64, stored: usize) -> Vec<usize> {
    let pixels = pixels.max(0) as usize;
    (0..pixels)
        .map(|at| (2 * at + 1) * stored / (2 * pixels))
        .collect()
}
