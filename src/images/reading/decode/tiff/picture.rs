//! Decoding of one page to one grey picture.

use std::io::Cursor;

use super::canvas::NoData;
use super::chunks::{ChunkedPage, Chunks};
use super::colour::{self, GreyRule};
use super::facts::PageFacts;
use super::layout::{Colour, Layout};
use super::pages::Page;
use super::painter::Painter;
use super::reader::{Directory, TiffReader};
use super::tags;
use super::unknown::UnknownRule;
use super::ycbcr::YCbCr;
use crate::images::missing::Missing;
use crate::images::reading::common::DecodedPicture;

/// How a page is read.
#[derive(Clone, Copy)]
pub(crate) struct PageReading {
    pub page: Page,
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
    let (mut reader, _) = TiffReader::begin(Cursor::new(file), file.len() as u64)?;
    let page = reading.page;
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
    let (canvas, transparent) = painter.finish();
    let canvas = canvas.upright(facts.orientation);
    let no_data = canvas.no_data(&declared);
    Ok(DecodedPage {
        picture: canvas.picture(layout.numbers)?,
        transparent,
        no_data,
    })
}

type Reader<'a> = TiffReader<Cursor<&'a [u8]>>;

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
