//! The strips and tiles of a page, decompressed.

use std::borrow::Cow;
use std::io::{Read, Seek};

use super::codec::{self, ChunkContent};
use super::compression::Compression;
use super::facts::PageFacts;
use super::layout::{ChunkGrid, Colour, Layout};
use super::predictor::{self, PredictedRows};
use super::reader::{Directory, TiffReader};
use super::tags;
use super::ycbcr::YCbCr;

/// The strips or tiles of a page of a file.
pub(super) struct Chunks<'a> {
    file: &'a [u8],
    layout: &'a Layout,
    /// Where each begins.
    offsets: Vec<u64>,
    /// The length of each; empty if it is not stated.
    lengths: Vec<u64>,
    /// Where a later frame of the page begins, from the first one on.
    shift: u64,
    is_bit_reversed: bool,
    predictor: u64,
    jpeg_tables: Vec<u8>,
    group_3_options: u64,
    /// How chroma is stored, if it is stored for several pixels together.
    shared_chroma: Option<YCbCr>,
}

/// What is read of a page: the file, the directory, and what it states.
pub(super) struct ChunkedPage<'a, 'b> {
    pub file: &'a [u8],
    pub directory: &'b Directory,
    pub facts: &'b PageFacts,
    pub layout: &'a Layout,
    pub ycbcr: &'b YCbCr,
    /// Which of the frames of the page, which follow one another without gaps.
    pub frame: u64,
}

impl<'a> Chunks<'a> {
    /// Finds the strips or tiles of a page.
    pub(super) fn of<R: Read + Seek>(
        reader: &mut TiffReader<R>,
        page: &ChunkedPage<'a, '_>,
    ) -> Result<Self, String> {
        let &ChunkedPage {
            file,
            directory,
            facts,
            layout,
            ..
        } = page;
        let grid = layout.chunks;
        let (offsets, lengths) = places(reader, directory, grid)?;
        let is_raw_ycbcr =
            layout.colour == Colour::YCbCr && layout.compression != Compression::Jpeg;
        if is_raw_ycbcr && grid.planes > 1 && page.ycbcr.shared != (1, 1) {
            return Err("YCbCr in separate planes is not supported: save it as RGB".to_owned());
        }
        Ok(Self {
            file,
            layout,
            offsets,
            lengths,
            shift: page.frame * facts.stored_bytes(),
            is_bit_reversed: facts.is_bit_reversed && layout.compression != Compression::Jpeg,
            predictor: facts.predictor,
            jpeg_tables: reader.raw(directory, tags::JPEG_TABLES, 1 << 20)?,
            group_3_options: reader.first(directory, tags::GROUP_3_OPTIONS, 0)?,
            shared_chroma: (is_raw_ycbcr && grid.planes == 1).then(|| page.ycbcr.clone()),
        })
    }

    /// Returns how many rows the strips or tiles at this place from the top have.
    pub(super) fn rows(&self, down: usize) -> usize {
        let grid = self.layout.chunks;
        if grid.is_tiled {
            grid.height
        } else {
            grid.height.min(self.layout.height - down * grid.height)
        }
    }

    /// Reads a strip or tile, row of samples by row; each row begins at a byte.
    pub(super) fn read(
        &self,
        plane: usize,
        down: usize,
        across: usize,
    ) -> Result<Cow<'a, [u8]>, String> {
        let grid = self.layout.chunks;
        let index = (plane * grid.down + down) * grid.across + across;
        let (width, rows) = (grid.width, self.rows(down));
        let row_bytes = self
            .layout
            .numbers
            .row_bytes(width * self.layout.samples_in_chunk());
        let bytes = match &self.shared_chroma {
            Some(chroma) => chroma.shared_bytes(width, rows),
            None => row_bytes * rows,
        };
        let content = ChunkContent {
            compression: self.layout.compression,
            width,
            rows,
            samples: self.layout.samples_in_chunk(),
            bytes,
            jpeg_tables: &self.jpeg_tables,
            group_3_options: self.group_3_options,
        };
        let stored = self.stored(index, bytes)?;
        let mut unpacked = if self.is_bit_reversed {
            let reversed: Vec<u8> = stored.iter().map(|byte| byte.reverse_bits()).collect();
            Cow::Owned(codec::decompress(&reversed, content)?.into_owned())
        } else {
            codec::decompress(stored, content)?
        };
        if self.layout.compression.has_predictor() {
            let how = PredictedRows {
                predictor: self.predictor,
                numbers: self.layout.numbers,
                samples: self.layout.samples_in_chunk(),
                row_bytes,
            };
            predictor::undo(unpacked.to_mut(), how)?;
        }
        Ok(match &self.shared_chroma {
            Some(chroma) => Cow::Owned(chroma.separate(&unpacked, width, rows)),
            None => unpacked,
        })
    }

    /// Returns the bytes of a strip or tile as they are in the file.
    fn stored(&self, index: usize, bytes: usize) -> Result<&'a [u8], String> {
        let start = self.offsets[index].saturating_add(self.shift);
        let stated = match (self.layout.compression, self.lengths.get(index)) {
            (Compression::None, _) => bytes as u64,
            (_, Some(&length)) => length,
            (_, None) => self.file.len() as u64,
        };
        let end = start.saturating_add(stated).min(self.file.len() as u64);
        self.file
            .get(start as usize..end as usize)
            .ok_or_else(|| "truncated".to_owned())
    }
}

/// Reads where the strips or tiles of a page begin, and their lengths if they are stated.
fn places<R: Read + Seek>(
    reader: &mut TiffReader<R>,
    page: &Directory,
    grid: ChunkGrid,
) -> Result<(Vec<u64>, Vec<u64>), String> {
    let count = grid.across * grid.down * grid.planes;
    let (offsets, lengths) = if grid.is_tiled && page.has(tags::TILE_OFFSETS) {
        (tags::TILE_OFFSETS, tags::TILE_BYTES)
    } else {
        (tags::STRIP_OFFSETS, tags::STRIP_BYTES)
    };
    let offsets = reader.numbers(page, offsets, count)?;
    if offsets.len() < count {
        return Err(format!(
            "damaged: {} of {count} strips or tiles are listed",
            offsets.len()
        ));
    }
    let lengths = reader.numbers(page, lengths, count)?;
    if offsets.contains(&0) || lengths.contains(&0) {
        return Err(
            "it is stored without some of its pixels, as a sparse file: save it without holes"
                .to_owned(),
        );
    }
    Ok((offsets, lengths))
}
