//! Painting of the pixels of strips and tiles on a canvas.

use std::borrow::Cow;

use super::canvas::Canvas;
use super::chunks::Chunks;
use super::colour::GreyRule;
use super::layout::Layout;
use super::unknown::UnknownRule;
use crate::basis::Shape;

/// Returns the samples of a pixel that are read: its colour or one of its channels, and its opacity.
fn samples(layout: &Layout, channel: usize) -> Result<Vec<usize>, String> {
    let mut samples: Vec<usize> = (0..layout.colour.samples()).collect();
    if samples.len() == 1 {
        let channels = layout.channels();
        let chosen = channels
            .get(channel)
            .ok_or_else(|| format!("has no channel {}, only {}", channel + 1, channels.len()))?;
        samples = vec![*chosen];
    }
    samples.extend(layout.alpha.map(|alpha| alpha.sample));
    Ok(samples)
}

/// What turns strips and tiles into a picture.
pub(super) struct Painter<'a> {
    canvas: Canvas,
    layout: &'a Layout,
    /// The samples that are read.
    samples: Vec<usize>,
    rule: GreyRule,
    unknown: UnknownRule,
    transparent: bool,
    /// The grey of each value, if pixels have one sample of up to 8 bits and all are known.
    greys: Option<Vec<u8>>,
}

impl<'a> Painter<'a> {
    pub(super) fn new(
        layout: &'a Layout,
        channel: usize,
        rule: GreyRule,
        unknown: UnknownRule,
    ) -> Result<Self, String> {
        let shape = Shape::new(layout.height, layout.width);
        let samples = samples(layout, channel)?;
        let is_simple = samples.len() == 1 && layout.samples_in_chunk() == 1;
        let is_known = !unknown.applies() && layout.is_byte() && layout.numbers.bits <= 8;
        Ok(Self {
            greys: (is_simple && is_known).then(|| rule.table(layout.numbers.bits)),
            canvas: Canvas::new(shape, layout.is_byte(), unknown.applies()),
            samples,
            layout,
            rule,
            unknown,
            transparent: false,
        })
    }

    /// Returns the picture as it is stored, and whether any pixel is transparent.
    pub(super) fn finish(self) -> (Canvas, bool) {
        (self.canvas, self.transparent)
    }

    /// Paints all strips or tiles.
    pub(super) fn paint(&mut self, chunks: &Chunks) -> Result<(), String> {
        let grid = self.layout.chunks;
        for down in 0..grid.down {
            for across in 0..grid.across {
                let mut planes = Vec::new();
                if grid.planes == 1 {
                    planes.push(chunks.read(0, down, across)?);
                } else {
                    for &sample in &self.samples {
                        planes.push(chunks.read(sample, down, across)?);
                    }
                }
                self.paint_chunk(chunks.rows(down), &planes, (down, across));
            }
        }
        Ok(())
    }

    /// Paints the rows of a strip or tile that has `stored_rows`.
    fn paint_chunk(
        &mut self,
        stored_rows: usize,
        planes: &[Cow<[u8]>],
        (down, across): (usize, usize),
    ) {
        let grid = self.layout.chunks;
        let numbers = self.layout.numbers;
        let row_bytes = numbers.row_bytes(grid.width * self.layout.samples_in_chunk());
        let rows = stored_rows.min(self.layout.height - down * grid.height);
        if let Some(greys) = &self.greys {
            let columns = grid.width.min(self.layout.width - across * grid.width);
            let mut values = Vec::new();
            for (row, bytes) in planes[0].chunks_exact(row_bytes).take(rows).enumerate() {
                numbers.unpack_bytes(bytes, columns, &mut values);
                let first = (down * grid.height + row) * self.layout.width + across * grid.width;
                let greys = values.iter().map(|&value| greys[usize::from(value)]);
                self.canvas.set_bytes(first, greys);
            }
            return;
        }
        for row in 0..rows {
            let planes: Vec<&[u8]> = planes
                .iter()
                .map(|plane| &plane[row * row_bytes..][..row_bytes])
                .collect();
            self.paint_row(&planes, (down * grid.height + row, across * grid.width));
        }
    }

    /// Paints a row of samples from a place on. Of pages with many channels, only the samples of one are unpacked.
    fn paint_row(&mut self, planes: &[&[u8]], (row, left): (usize, usize)) {
        let width = self.layout.width;
        let columns = self.layout.chunks.width.min(width - left);
        let numbers = self.layout.numbers;
        let step = self.layout.samples_in_chunk();
        let is_planar = self.layout.chunks.planes > 1;
        let colour_samples = self.layout.colour.samples();
        let mut pixel = vec![0.0; self.samples.len()];
        for column in 0..columns {
            for (index, value) in pixel.iter_mut().enumerate() {
                *value = if is_planar {
                    numbers.sample(planes[index], column)
                } else {
                    numbers.sample(planes[0], column * step + self.samples[index])
                };
            }
            let grey = self.rule.pixel(&pixel);
            self.transparent |= grey.opacity < 1.0;
            let mark = self.unknown.mark(&pixel[..colour_samples], grey);
            let index = row * width + left + column;
            self.canvas.set(index, grey.grey, mark);
        }
    }
}
