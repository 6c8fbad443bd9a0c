//! How the pixels of a page are stored, if the page can be read; otherwise the kind of page that is not supported.

use super::compression::Compression;
use super::facts::{MOST_SAMPLES, PageFacts};
use super::numbers::{NumberKind, NumberType};
use super::page_size::PageSize;
use crate::images::reading::decode::limits::check_size;
use crate::plural::counted;

/// The most strips or tiles of a page.
const MOST_CHUNKS: usize = 1 << 21;

/// The layout of a page that can be read.
#[derive(Debug)]
pub(super) struct Layout {
    pub width: usize,
    pub height: usize,
    /// Samples per pixel.
    pub samples: usize,
    pub numbers: NumberType,
    pub colour: Colour,
    pub alpha: Option<Alpha>,
    pub compression: Compression,
    pub chunks: ChunkGrid,
}

/// The meaning of the first samples of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    Grey { is_white_zero: bool },
    Rgb,
    Palette,
    Cmyk,
    YCbCr,
}

impl Colour {
    /// Returns how many samples it takes.
    pub(super) fn samples(self) -> usize {
        match self {
            Self::Grey { .. } | Self::Palette => 1,
            Self::Rgb | Self::YCbCr => 3,
            Self::Cmyk => 4,
        }
    }
}

/// The sample that holds the opacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Alpha {
    pub sample: usize,
    /// Whether the colour is already multiplied by it.
    pub is_associated: bool,
}

/// The strips or tiles of a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChunkGrid {
    pub width: usize,
    pub height: usize,
    pub across: usize,
    pub down: usize,
    /// How many there are of each place, one per sample if samples are stored apart.
    pub planes: usize,
    pub is_tiled: bool,
}

impl Layout {
    /// Returns the layout that a page states.
    ///
    /// # Errors
    /// If the page is too large, or of a kind that is not supported: its name.
    pub(super) fn of(facts: &PageFacts, big_endian: bool) -> Result<Self, String> {
        check_size(facts.width, facts.height, 0)?;
        let (width, height) = (facts.width as usize, facts.height as usize);
        let compression = Compression::numbered(facts.compression)?;
        let colour = colour(facts)?;
        if facts.samples < colour.samples() {
            return Err(format!(
                "damaged: {} per pixel, but its colour takes {}",
                counted(facts.samples, "sample", "samples"),
                colour.samples()
            ));
        }
        if facts.samples > MOST_SAMPLES {
            return Err(format!(
                "too many samples per pixel: the limit is {MOST_SAMPLES}"
            ));
        }
        let layout = Self {
            width,
            height,
            samples: facts.samples,
            numbers: numbers(facts, big_endian)?,
            colour,
            alpha: alpha(facts, colour),
            compression,
            chunks: chunks(facts, width, height)?,
        };
        layout.check_bits()?;
        layout.check_bytes()?;
        Ok(layout)
    }

    /// Checks the bits that some colours and compressions require.
    fn check_bits(&self) -> Result<(), String> {
        let NumberType { kind, bits, .. } = self.numbers;
        let is_integer = kind == NumberKind::Unsigned;
        let (what, allowed) = match (self.compression, self.colour) {
            (Compression::Jpeg, _) => ("JPEG compression", is_integer && bits == 8),
            (Compression::Fax(_), _) => (
                "fax compression",
                is_integer && bits == 1 && self.samples == 1,
            ),
            (_, Colour::Palette) => ("a palette", is_integer && bits <= 16),
            (_, Colour::YCbCr) => ("YCbCr", is_integer && bits == 8),
            (_, Colour::Cmyk) => ("CMYK", is_integer),
            _ => return Ok(()),
        };
        if allowed {
            return Ok(());
        }
        Err(format!(
            "{what} of {} is not supported: save it as 8-bit grey or RGB",
            self.numbers
        ))
    }

    fn check_bytes(&self) -> Result<(), String> {
        let bytes_per_pixel = (self.samples * self.numbers.bits).div_ceil(8) as u64;
        let size = self.page_size();
        let stored = size.pixels().saturating_mul(bytes_per_pixel);
        // Tiles may be larger than the page.
        let side = |count: usize, chunk: usize| (count as u64).saturating_mul(chunk as u64);
        let padded = side(self.chunks.across, self.chunks.width)
            .saturating_mul(side(self.chunks.down, self.chunks.height))
            .saturating_mul(bytes_per_pixel);
        let row = side(self.chunks.width, 8 * self.samples_in_chunk());
        let most = stored.max(size.bytes()).max(padded / 2).max(row);
        check_size(size.width, size.height, most)
    }

    /// Returns its size in grey; pixels finer than 8 bits become floats.
    pub(super) fn page_size(&self) -> PageSize {
        PageSize {
            width: self.width as u64,
            height: self.height as u64,
            value_bytes: if self.is_byte() { 1 } else { 4 },
        }
    }

    /// Returns the bytes of the samples of its largest strip or tile, all planes together.
    pub(super) fn chunk_bytes(&self) -> u64 {
        let pixels = (self.chunks.width as u64).saturating_mul(self.chunks.height as u64);
        pixels.saturating_mul((self.samples * self.numbers.bits) as u64) / 8
    }

    /// Returns how many samples a pixel of a strip or tile has.
    pub(super) fn samples_in_chunk(&self) -> usize {
        match self.chunks.planes {
            1 => self.samples,
            _ => 1,
        }
    }

    /// Checks whether its grey values are bytes.
    pub(super) fn is_byte(&self) -> bool {
        self.colour == Colour::Palette
            || (self.numbers.bits <= 8 && self.numbers.kind == NumberKind::Unsigned)
    }

    /// Returns the samples that are channels of their own; a single one unless the page is grey with several.
    pub(super) fn channels(&self) -> Vec<usize> {
        match self.colour {
            Colour::Grey { .. } => channels(self.samples, self.alpha),
            _ => vec![0],
        }
    }
}

/// Returns how many channels the samples of a page are.
pub(super) fn channel_count(facts: &PageFacts) -> usize {
    match colour(facts) {
        Ok(colour @ Colour::Grey { .. }) => channels(facts.samples, alpha(facts, colour)).len(),
        _ => 1,
    }
}

fn channels(samples: usize, alpha: Option<Alpha>) -> Vec<usize> {
    (0..samples)
        .filter(|&sample| alpha.is_none_or(|alpha| alpha.sample != sample))
        .collect()
}

fn numbers(facts: &PageFacts, big_endian: bool) -> Result<NumberType, String> {
    if facts.bits.len() > 1 {
        let bits: Vec<String> = facts.bits.iter().take(5).map(u64::to_string).collect();
        return Err(format!(
            "its samples have different bits ({}), which is not supported: save it with 8 or 16 bits per sample",
            bits.join(", ")
        ));
    }
    let [kind] = facts.number_kinds[..] else {
        return Err(
            "its samples are numbers of different types, which is not supported".to_owned(),
        );
    };
    NumberType::of(kind, facts.bits[0], big_endian)
}

fn colour(facts: &PageFacts) -> Result<Colour, String> {
    let name = match facts.photometric {
        None if facts.samples >= 3 => return Ok(Colour::Rgb),
        Some(0) => {
            // Floats and signed values are read as they are.
            return Ok(Colour::Grey {
                is_white_zero: facts.has_unsigned_numbers(),
            });
        }
        None | Some(1) => {
            return Ok(Colour::Grey {
                is_white_zero: false,
            });
        }
        Some(2) => return Ok(Colour::Rgb),
        Some(3) => return Ok(Colour::Palette),
        Some(5) if facts.ink_set == 1 => return Ok(Colour::Cmyk),
        Some(6) => return Ok(Colour::YCbCr),
        Some(4) => "a transparency mask".to_owned(),
        Some(5) => "inks other than CMYK".to_owned(),
        Some(8) => "CIELab colour".to_owned(),
        Some(9) => "ICCLab colour".to_owned(),
        Some(10) => "ITULab colour".to_owned(),
        Some(32803) => "a colour filter array of a raw camera file".to_owned(),
        Some(32844) => "LogL intensities".to_owned(),
        Some(32845) => "LogLuv colour".to_owned(),
        Some(34892) => "linear values of a raw camera file".to_owned(),
        Some(other) => format!("photometric interpretation {other}"),
    };
    Err(format!(
        "it holds {name}, which is not supported: save it as grey or RGB"
    ))
}

/// Returns the first sample beyond the colour that holds an opacity.
fn alpha(facts: &PageFacts, colour: Colour) -> Option<Alpha> {
    let base = colour.samples();
    if facts.extra_samples.is_empty() {
        // Some writers leave out the meaning of a fourth sample.
        return (colour == Colour::Rgb && facts.samples == 4).then_some(Alpha {
            sample: 3,
            is_associated: false,
        });
    }
    let place = facts
        .extra_samples
        .iter()
        .position(|extra| [1, 2, 999].contains(extra))?;
    (base + place < facts.samples).then_some(Alpha {
        sample: base + place,
        is_associated: facts.extra_samples[place] == 1,
    })
}

fn chunks(facts: &PageFacts, width: usize, height: usize) -> Result<ChunkGrid, String> {
    let (chunk_width, chunk_height) = match facts.tile {
        Some((width, height)) => (width, height),
        None => (width as u64, facts.rows_per_strip.min(height as u64).max(1)),
    };
    let sides = 1..=u64::from(u32::MAX >> 1);
    if !(sides.contains(&chunk_width) && sides.contains(&chunk_height)) {
        return Err(format!(
            "damaged: tiles of {chunk_width}x{chunk_height} pixels"
        ));
    }
    let (chunk_width, chunk_height) = (chunk_width as usize, chunk_height as usize);
    let grid = ChunkGrid {
        width: chunk_width,
        height: chunk_height,
        across: width.div_ceil(chunk_width),
        down: height.div_ceil(chunk_height),
        planes: if facts.is_planar { facts.samples } else { 1 },
        is_tiled: facts.tile.is_some(),
    };
    if grid.across * grid.down > MOST_CHUNKS / grid.planes {
        return Err(format!(
            "too many strips or tiles: the limit is {MOST_CHUNKS}"
        ));
    }
    Ok(grid)
}
