//! Decoding of one page to one grey picture.

use super::canvas::{Canvas, NoData};
use super::chunks::{self, ChunkedPage, Chunks};
use super::colour::{self, GreyRule};
use super::facts::PageFacts;
use super::layout::{Colour, Layout};
use super::pages::Page;
use super::reader::{Directory, TiffReader};
use super::tags;
use super::unknown::UnknownRule;
use super::ycbcr::YCbCr;
use crate::basis::Shape;
use crate::images::missing::Missing;
use crate::images::set::DecodedPicture;

/// How a page is read.
#[derive(Clone, Copy)]
pub(crate) struct PageReading {
    /// The page; `None` for the first directory.
    pub page: Option<Page>,
    /// The grey, 0 to 1, under transparent pixels.
    pub background: f64,
    pub missing: Option<Missing>,
}

/// A decoded page.
pub(crate) struct DecodedPage {
    pub picture: DecodedPicture,
    /// Whether any pixel is transparent.
    pub transparent: bool,
    /// The pixels that the file declares as unknown, if there are any.
    pub no_data: Option<NoData>,
}

/// Decodes a page of a file.
///
/// # Errors
/// If that is not possible: the reason in a few words.
pub(crate) fn decode(file: &[u8], reading: PageReading) -> Result<DecodedPage, String> {
    let (mut reader, first) = chunks::open(file)?;
    let page = reading.page.unwrap_or(Page {
        directory: first,
        ..Page::default()
    });
    let directory = reader.directory(page.directory)?;
    let facts = PageFacts::read(&mut reader, &directory)?;
    let layout = Layout::of(&facts, reader.is_big_endian())?;
    let declared = reader.text(&directory, tags::NO_DATA)?;
    let ycbcr = ycbcr(&mut reader, &directory)?;
    let chunked = ChunkedPage {
        file,
        directory: &directory,
        facts: &facts,
        layout: &layout,
        ycbcr: &ycbcr,
        frame: page.frame,
    };
    let chunks = Chunks::of(&mut reader, &chunked)?;
    let rule = GreyRule {
        colour: layout.colour,
        white: layout.numbers.white(),
        alpha: layout.alpha,
        background: reading.background,
        palette: palette(&mut reader, &directory, &layout)?,
        ycbcr,
    };
    let unknown = UnknownRule::new(&declared, reading.missing, &layout);
    let mut painter = Painter::new(&layout, page.channel, rule, unknown)?;
    painter.paint(&chunks)?;
    painter.finish(facts.orientation, &declared)
}

type Reader<'a> = TiffReader<std::io::Cursor<&'a [u8]>>;

fn ycbcr(reader: &mut Reader, directory: &Directory) -> Result<YCbCr, String> {
    let luma = reader.fractions(directory, tags::YCBCR_COEFFICIENTS, 3)?;
    let range = reader.fractions(directory, tags::REFERENCE_BLACK_WHITE, 6)?;
    let shared = reader.numbers(directory, tags::YCBCR_SUBSAMPLING, 2)?;
    Ok(YCbCr::new(&luma, &range, &shared))
}

/// Reads the palette of a page; an empty one if its colour is another.
fn palette(
    reader: &mut Reader,
    directory: &Directory,
    layout: &Layout,
) -> Result<Vec<f64>, String> {
    if layout.colour != Colour::Palette {
        return Ok(Vec::new());
    }
    let wanted = 3 << layout.numbers.bits;
    let map = reader.numbers(directory, tags::COLOUR_MAP, wanted)?;
    if map.len() < wanted {
        return Err(format!(
            "damaged: its palette has {} of {wanted} values",
            map.len()
        ));
    }
    Ok(colour::palette(&map))
}

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
struct Painter<'a> {
    canvas: Canvas,
    layout: &'a Layout,
    /// The samples that are read.
    samples: Vec<usize>,
    rule: GreyRule,
    unknown: UnknownRule,
    transparent: bool,
}

impl<'a> Painter<'a> {
    fn new(
        layout: &'a Layout,
        channel: usize,
        rule: GreyRule,
        unknown: UnknownRule,
    ) -> Result<Self, String> {
        let shape = Shape::new(layout.height, layout.width);
        Ok(Self {
            canvas: Canvas::new(shape, layout.is_byte(), unknown.applies()),
            samples: samples(layout, channel)?,
            layout,
            rule,
            unknown,
            transparent: false,
        })
    }

    /// Returns the picture upright. `declared` is the value of pixels without data, as it is spelled in the file.
    fn finish(self, orientation: u64, declared: &str) -> Result<DecodedPage, String> {
        let canvas = self.canvas.upright(orientation);
        let no_data = canvas.no_data(declared);
        let shape = canvas.shape;
        let (samples, known) = canvas.checked(self.layout.numbers)?;
        Ok(DecodedPage {
            picture: DecodedPicture {
                shape,
                samples,
                known,
            },
            transparent: self.transparent,
            no_data,
        })
    }

    fn paint(&mut self, chunks: &Chunks) -> Result<(), String> {
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
                self.paint_chunk(chunks, &planes, (down, across));
            }
        }
        Ok(())
    }

    /// Paints the rows of a strip or tile.
    fn paint_chunk(&mut self, chunks: &Chunks, planes: &[Vec<u8>], (down, across): (usize, usize)) {
        let grid = self.layout.chunks;
        let numbers = self.layout.numbers;
        let count = grid.width * chunks.samples();
        let row_bytes = numbers.row_bytes(count);
        let rows = chunks
            .rows(down)
            .min(self.layout.height - down * grid.height);
        let mut unpacked = vec![Vec::new(); planes.len()];
        for row in 0..rows {
            for (plane, values) in planes.iter().zip(&mut unpacked) {
                numbers.unpack(&plane[row * row_bytes..][..row_bytes], count, values);
            }
            let place = (down * grid.height + row, across * grid.width);
            self.paint_row(&unpacked, chunks.samples(), place);
        }
    }

    /// Paints a row of samples from a place on.
    fn paint_row(&mut self, planes: &[Vec<f64>], step: usize, (row, left): (usize, usize)) {
        let width = self.layout.width;
        let columns = self.layout.chunks.width.min(width - left);
        let is_planar = planes.len() > 1 || self.layout.chunks.planes > 1;
        let colour_samples = self.layout.colour.samples();
        let mut pixel = vec![0.0; self.samples.len()];
        for column in 0..columns {
            for (index, value) in pixel.iter_mut().enumerate() {
                *value = if is_planar {
                    planes[index][column]
                } else {
                    planes[0][column * step + self.samples[index]]
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
