//! What the directory of a page states, before it is known whether the page can be read.

use std::io::{Read, Seek};

use super::reader::{Directory, TiffReader};
use super::tags;

/// Bits of the kind of a page that is a smaller copy of another one, or a mask of it.
const NO_IMAGE: u64 = 0b101;
/// The most samples per pixel of a page that is read.
pub(super) const MOST_SAMPLES: usize = 1 << 12;

/// The entries of a page that describe its pixels, with the defaults of absent ones.
#[derive(Clone)]
pub(super) struct PageFacts {
    /// Whether it is a smaller copy of another page, or a mask of it.
    pub is_secondary: bool,
    pub width: u64,
    pub height: u64,
    /// Samples per pixel.
    pub samples: usize,
    /// The bits of each sample; one value if all are equal.
    pub bits: Vec<u64>,
    /// The type of the numbers of each sample; one value if all are equal.
    pub number_kinds: Vec<u64>,
    pub photometric: Option<u64>,
    pub compression: u64,
    /// Whether samples are stored one after another, each for all pixels.
    pub is_planar: bool,
    /// Whether the bits of each byte are stored in reverse order.
    pub is_bit_reversed: bool,
    pub predictor: u64,
    pub orientation: u64,
    /// The meaning of the samples beyond the colour.
    pub extra_samples: Vec<u64>,
    pub ink_set: u64,
    /// Planes of a volume in this page.
    pub depth: u64,
    pub rows_per_strip: u64,
    /// Width and height of the tiles; `None` if the page is stored in strips.
    pub tile: Option<(u64, u64)>,
}

impl PageFacts {
    /// Reads the facts of a page.
    pub(super) fn read<R: Read + Seek>(
        reader: &mut TiffReader<R>,
        page: &Directory,
    ) -> Result<Self, String> {
        let mut first = |tag, default| reader.first(page, tag, default);
        let old_kind = first(tags::OLD_KIND_OF_PAGE, 1)?;
        let samples = first(tags::SAMPLES, 1)?.clamp(1, MOST_SAMPLES as u64 + 1) as usize;
        Ok(Self {
            is_secondary: first(tags::KIND_OF_PAGE, 0)? & NO_IMAGE != 0 || old_kind == 2,
            width: first(tags::WIDTH, 0)?,
            height: first(tags::HEIGHT, 0)?,
            samples,
            photometric: if page.has(tags::PHOTOMETRIC) {
                Some(first(tags::PHOTOMETRIC, 0)?)
            } else {
                None
            },
            compression: first(tags::COMPRESSION, 1)?,
            is_planar: first(tags::PLANAR, 1)? == 2 && samples > 1,
            is_bit_reversed: first(tags::FILL_ORDER, 1)? == 2,
            predictor: first(tags::PREDICTOR, 1)?,
            orientation: first(tags::ORIENTATION, 1)?,
            ink_set: first(tags::INK_SET, 1)?,
            depth: first(tags::DEPTH, 1)?.max(1),
            rows_per_strip: first(tags::ROWS_PER_STRIP, u64::MAX)?,
            tile: if page.has(tags::TILE_WIDTH) {
                Some((first(tags::TILE_WIDTH, 0)?, first(tags::TILE_HEIGHT, 0)?))
            } else {
                None
            },
            bits: distinct(reader.numbers(page, tags::BITS, samples)?, 1),
            number_kinds: distinct(reader.numbers(page, tags::NUMBER_KIND, samples)?, 1),
            extra_samples: reader.numbers(page, tags::EXTRA_SAMPLES, samples)?,
        })
    }

    /// Checks whether all samples are unsigned whole numbers, or numbers of no stated type.
    pub(super) fn has_unsigned_numbers(&self) -> bool {
        self.number_kinds.iter().all(|kind| matches!(kind, 1 | 4))
    }

    /// Returns the bytes of all its samples without compression.
    pub(super) fn stored_bytes(&self) -> u64 {
        let (rows, samples) = if self.is_planar {
            (self.height.saturating_mul(self.samples as u64), 1)
        } else {
            (self.height, self.samples as u64)
        };
        let row_bits = self
            .width
            .saturating_mul(samples)
            .saturating_mul(self.bits[0]);
        row_bits.div_ceil(8).saturating_mul(rows)
    }
}

/// Returns one value if all are equal, and the default if there are none.
fn distinct(mut values: Vec<u64>, default: u64) -> Vec<u64> {
    if values.is_empty() {
        values.push(default);
    }
    if values.iter().all(|&value| value == values[0]) {
        values.truncate(1);
    }
    values
}
