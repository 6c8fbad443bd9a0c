//! Following a scan of a JPEG file from block to block.

use super::bits::{Bits, Fault};
use super::blocks::{Band, first_band, first_dc, refined_band, sequential};
use super::frame::Frame;
use super::huffman::Table;
use super::standard_tables;

/// What a file has set up for its scans.
#[derive(Default)]
pub(super) struct Setup {
    /// The tables of constant parts.
    pub dc: [Option<Table>; 4],
    /// The tables of the other coefficients.
    pub ac: [Option<Table>; 4],
    /// Groups of blocks between restart markers; 0 = no markers.
    pub restart_interval: usize,
}

impl Setup {
    /// Fills in the tables that frames of motion JPEG leave out.
    pub(super) fn fill_in_tables(&mut self) {
        for place in 0..4 {
            let dc = &mut self.dc[place];
            *dc = dc.take().or_else(|| standard_tables::dc(place));
            let ac = &mut self.ac[place];
            *ac = ac.take().or_else(|| standard_tables::ac(place));
        }
    }
}

/// A scan header.
pub(super) struct Scan {
    channels: Vec<ScanChannel>,
    band: Band,
}

/// A channel of a scan.
#[derive(Clone, Copy)]
struct ScanChannel {
    /// Its index in the frame.
    index: usize,
    dc: usize,
    ac: usize,
}

/// How far a scan was followed.
pub(super) struct Progress {
    /// The blocks that are there.
    pub done: usize,
    /// The blocks that the scan should have.
    pub all: usize,
    /// The place of the marker after the scan.
    pub end: Result<usize, Fault>,
}

impl Scan {
    /// Reads a scan header; `None` if it is damaged.
    pub(super) fn read(content: &[u8], frame: &Frame) -> Option<Self> {
        let (&count, rest) = content.split_first()?;
        let (channels, rest) = rest.split_at_checked(2 * usize::from(count))?;
        let &[first, last, bits, ..] = rest else {
            return None;
        };
        let channels: Option<Vec<_>> = channels
            .chunks_exact(2)
            .map(|channel| {
                Some(ScanChannel {
                    index: frame
                        .channels
                        .iter()
                        .position(|known| known.id == channel[0])?,
                    dc: usize::from(channel[1] >> 4 & 3),
                    ac: usize::from(channel[1] & 3),
                })
            })
            .collect();
        let mut band = Band {
            first: 0,
            last: 63,
            refines: false,
            lowest_bit: 0,
        };
        if frame.is_progressive {
            band = Band {
                first: usize::from(first),
                last: usize::from(last),
                refines: bits >> 4 > 0,
                lowest_bit: bits & 15,
            };
        }
        let scan = Self {
            channels: channels.filter(|channels| !channels.is_empty())?,
            band,
        };
        scan.is_valid(frame).then_some(scan)
    }

    fn is_valid(&self, frame: &Frame) -> bool {
        let Band { first, last, .. } = self.band;
        let is_band = first <= last && last < 64;
        let is_alone = first > 0 && self.channels.len() == 1;
        is_band && (!frame.is_progressive || is_alone || last == 0)
    }

    /// Checks whether the decoder of the crate `image` gets this scan wrong: one of a sequential file that has some of the
    /// channels, unless no rows of blocks are combined.
    pub(super) fn is_misread(&self, frame: &Frame, is_first: bool) -> bool {
        let is_partial = !frame.is_progressive && self.channels.len() < frame.channels.len();
        let is_combined = |channel: &ScanChannel| frame.channels[channel.index].sampling.width > 1;
        let has_combined = self.channels.len() > 1 && self.channels.iter().any(is_combined);
        let begins_late = is_first && self.channels.iter().all(|channel| channel.index > 0);
        is_partial && (!frame.has_low_rows() || has_combined || begins_late)
    }

    /// Follows the codes of the scan, which begin at `at`; `None` if one of its tables is missing.
    pub(super) fn follow(
        &self,
        bytes: &[u8],
        at: usize,
        frame: &mut Frame,
        setup: &Setup,
    ) -> Option<Progress> {
        for &ScanChannel { index, .. } in &self.channels {
            let blocks = frame.channels[index].all_blocks(frame.groups);
            if frame.is_progressive {
                frame.channels[index].nonzero.resize(blocks, 0);
            }
            for bit in &mut frame.channels[index].lowest_bit[self.band.first..=self.band.last] {
                *bit = Some(self.band.lowest_bit);
            }
        }
        let tables: Option<Vec<_>> = self
            .channels
            .iter()
            .map(|&channel| self.tables(channel, setup, frame.is_progressive))
            .collect();
        let mut walk = Walk {
            bits: Bits::new(bytes, at),
            scan: self,
            tables: tables?,
            blank: 0,
            done: 0,
        };
        let followed = walk.all_groups(frame, setup.restart_interval);
        Some(Progress {
            done: walk.done,
            all: self.blocks(frame),
            end: followed.and_then(|()| walk.bits.end()),
        })
    }

    /// Returns the tables of a channel; those that the scan does not use may be missing.
    fn tables<'a>(
        &self,
        channel: ScanChannel,
        setup: &'a Setup,
        is_progressive: bool,
    ) -> Option<Tables<'a>> {
        let tables = Tables {
            dc: setup.dc[channel.dc].as_ref(),
            ac: setup.ac[channel.ac].as_ref(),
        };
        let needs_ac = !is_progressive || self.band.first > 0;
        let needs_dc = self.band.first == 0 && !self.band.refines;
        let is_missing = needs_ac && tables.ac.is_none() || needs_dc && tables.dc.is_none();
        (!is_missing).then_some(tables)
    }

    /// Returns how many blocks the scan should have.
    fn blocks(&self, frame: &Frame) -> usize {
        if let [ScanChannel { index, .. }] = self.channels[..] {
            let blocks = frame.channels[index].blocks;
            return blocks.width * blocks.height;
        }
        let of = |channel: &ScanChannel| frame.channels[channel.index].all_blocks(frame.groups);
        self.channels.iter().map(of).sum()
    }
}

/// The tables of a channel.
#[derive(Clone, Copy)]
struct Tables<'a> {
    dc: Option<&'a Table>,
    ac: Option<&'a Table>,
}

/// A walk along a scan.
struct Walk<'a> {
    bits: Bits<'a>,
    scan: &'a Scan,
    tables: Vec<Tables<'a>>,
    /// How many blocks from the next one on have no further code.
    blank: u32,
    done: usize,
}

impl Walk<'_> {
    fn all_groups(&mut self, frame: &mut Frame, interval: usize) -> Result<(), Fault> {
        let grid = match self.scan.channels[..] {
            [ScanChannel { index, .. }] => frame.channels[index].blocks,
            _ => frame.groups,
        };
        for group in 0..grid.width * grid.height {
            if interval > 0 && group > 0 && group.is_multiple_of(interval) {
                let number = (group / interval - 1) % 8;
                self.bits.restart(number as u8)?;
                self.blank = 0;
            }
            let (row, column) = (group / grid.width, group % grid.width);
            match self.scan.channels[..] {
                [ScanChannel { index, .. }] => {
                    let block = row * frame.channels[index].stride + column;
                    self.block(frame, 0, block)?;
                }
                _ => self.group(frame, row, column)?,
            }
        }
        Ok(())
    }

    /// Follows the blocks of all channels of a group.
    fn group(&mut self, frame: &mut Frame, row: usize, column: usize) -> Result<(), Fault> {
        for place in 0..self.scan.channels.len() {
            let channel = &frame.channels[self.scan.channels[place].index];
            let (sampling, stride) = (channel.sampling, channel.stride);
            for y in 0..sampling.height {
                for x in 0..sampling.width {
                    let from = (row * sampling.height + y) * stride;
                    self.block(frame, place, from + column * sampling.width + x)?;
                }
            }
        }
        Ok(())
    }

    fn block(&mut self, frame: &mut Frame, place: usize, block: usize) -> Result<(), Fault> {
        let Tables { dc, ac } = self.tables[place];
        let channel = &mut frame.channels[self.scan.channels[place].index];
        let bits = &mut self.bits;
        match (frame.is_progressive, self.scan.band, dc, ac) {
            (false, _, Some(dc), Some(ac)) => sequential(bits, dc, ac)?,
            (
                true,
                Band {
                    first: 0,
                    refines: true,
                    ..
                },
                ..,
            ) => bits.skip(1)?,
            (true, Band { first: 0, .. }, Some(dc), _) => first_dc(bits, dc)?,
            (true, band, _, Some(ac)) => {
                let follow = if band.refines {
                    refined_band
                } else {
                    first_band
                };
                follow(bits, ac, band, &mut channel.nonzero[block], &mut self.blank)?;
            }
            _ => return Err(Fault::Broken),
        }
        self.done += 1;
        Ok(())
    }
}
