//! Checks of a JPEG file before it is decoded.
//!
//! The crate `image` decodes a file that was truncated without an error and fills up the rest. Therefore all codes of
//! all scans are followed here, from block to block, without computing pixels.

mod bits;
mod blocks;
mod frame;
mod huffman;
mod scan;
mod standard_tables;

use self::bits::Fault;
use self::frame::{Frame, unsupported_kind};
use self::huffman::{ReadTable, Table};
use self::scan::{Progress, Scan, Setup};
use super::limits::MOST_BYTES;
use super::unsupported::unsupported;

/// The most scans of a file, as in the decoder.
const MOST_SCANS: usize = 100;

/// How a file ends whose scans are whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ending {
    /// Whether the end marker is there.
    pub has_marker: bool,
    /// Whether the scans have all bits of all coefficients. A progressive file may stop before, by intent or because it was
    /// cut between two scans.
    pub has_all_scans: bool,
    /// Whether the file holds CMYK that may be inverted or not: an Adobe marker would declare it as inverted.
    pub has_ambiguous_colour: bool,
}

/// The bytes that may lie between segments once there was a scan.
const MOST_PADDING: usize = 3;

/// Returns how a file ends.
///
/// # Errors
/// If the file is truncated, damaged or of a kind that is not supported.
pub(super) fn ending(bytes: &[u8]) -> Result<Ending, String> {
    let mut walk = Walk::default();
    let mut at = 0;
    while let Some(segment) = Segment::next(bytes, at) {
        if walk.scans > 0 && segment.after - 2 > at + MOST_PADDING {
            return Err("truncated or damaged: other data follow the scan".to_owned());
        }
        at = match segment.marker {
            0xD9 => return walk.ends(),
            // Another image begins.
            0xD8 if segment.after > 2 => break,
            0xD8 | 0xD0..=0xD7 | 0x01 => segment.after,
            0xDA => match walk.scan(bytes, segment)? {
                Some(end) => end,
                None => return Ok(DECODED_ANYWAY),
            },
            marker => {
                let content = segment.content(bytes).ok_or("truncated")?;
                walk.read(marker, content)?;
                segment.after + 2 + content.len()
            }
        };
    }
    match walk.frame {
        Some(ref frame) if frame.is_complete() => Ok(walk.ending(frame, false)),
        _ => Err("truncated: the JPEG has no end marker".to_owned()),
    }
}

/// The ending of a file that is not followed, since decoding it fails.
const DECODED_ANYWAY: Ending = Ending {
    has_marker: true,
    has_all_scans: true,
    has_ambiguous_colour: false,
};

/// A marker.
#[derive(Clone, Copy)]
struct Segment {
    marker: u8,
    /// The place after the marker.
    after: usize,
}

impl Segment {
    /// Returns the next marker at or after `at`; `FF 00` is a value of a scan, and `FF FF` is padding.
    fn next(bytes: &[u8], at: usize) -> Option<Self> {
        let rest = bytes.get(at..)?;
        let place = rest
            .windows(2)
            .position(|two| two[0] == 0xFF && two[1] != 0x00 && two[1] != 0xFF)?;
        Some(Self {
            marker: rest[place + 1],
            after: at + place + 2,
        })
    }

    /// Returns what follows the marker and its length.
    fn content(self, bytes: &[u8]) -> Option<&[u8]> {
        let length = bytes.get(self.after..self.after + 2)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        bytes.get(self.after + 2..self.after + length.max(2))
    }
}

/// What has been read.
#[derive(Default)]
struct Walk {
    frame: Option<Frame>,
    setup: Setup,
    scans: usize,
    /// Whether the frame is too large to be followed; decoding it fails.
    is_too_large: bool,
    has_adobe_marker: bool,
}

impl Walk {
    /// Reads a segment other than a scan.
    fn read(&mut self, marker: u8, content: &[u8]) -> Result<(), String> {
        if let Some(kind) = unsupported_kind(marker) {
            return Err(unsupported(kind, "8- or 16-bit PNG"));
        }
        match marker {
            0xC0..=0xC2 => self.read_frame(marker, content)?,
            0xC4 => self.read_tables(content)?,
            0xDD => {
                if let &[high, low, ..] = content {
                    self.setup.restart_interval = usize::from(u16::from_be_bytes([high, low]));
                }
            }
            0xEE => self.has_adobe_marker |= content.starts_with(b"Adobe"),
            _ => {}
        }
        Ok(())
    }

    fn read_frame(&mut self, marker: u8, content: &[u8]) -> Result<(), String> {
        if self.frame.is_some() {
            return Err("damaged: the JPEG has two frames".to_owned());
        }
        self.frame = Frame::read(marker, content)?
            .filter(|frame| frame.blocks() as u64 * 64 <= 4 * MOST_BYTES);
        self.is_too_large = self.frame.is_none();
        Ok(())
    }

    fn read_tables(&mut self, mut content: &[u8]) -> Result<(), String> {
        const DAMAGED: &str = "damaged: a Huffman table of the JPEG is not valid";
        while let [place, rest @ ..] = content {
            let ReadTable { table, length } = Table::read(rest).ok_or(DAMAGED)?;
            let tables = match place >> 4 {
                0 => &mut self.setup.dc,
                _ => &mut self.setup.ac,
            };
            let slot = tables.get_mut(usize::from(place & 15)).ok_or(DAMAGED)?;
            *slot = Some(table);
            content = &rest[length..];
        }
        Ok(())
    }

    /// Follows a scan, and returns the place after it; `None` if the frame is too large.
    fn scan(&mut self, bytes: &[u8], segment: Segment) -> Result<Option<usize>, String> {
        if self.is_too_large {
            return Ok(None);
        }
        let content = segment.content(bytes).ok_or("truncated")?;
        let frame = self
            .frame
            .as_mut()
            .ok_or("damaged: a scan without a frame")?;
        self.scans += 1;
        if self.scans > MOST_SCANS {
            return Err(format!("damaged: more than {MOST_SCANS} scans"));
        }
        let scan = Scan::read(content, frame).ok_or("damaged: a scan header is not valid")?;
        let misread = frame.unsupported_sampling().or_else(|| {
            let is_misread = scan.is_misread(frame, self.scans == 1);
            is_misread.then_some("sequential JPEG with colour channels in separate scans")
        });
        if let Some(kind) = misread {
            return Err(unsupported(kind, "PNG"));
        }
        self.setup.fill_in_tables();
        let from = segment.after + 2 + content.len();
        let progress = scan.follow(bytes, from, frame, &self.setup);
        let progress = progress.ok_or("damaged: the JPEG lacks a Huffman table")?;
        whole(&progress).map(Some)
    }

    fn ending(&self, frame: &Frame, has_marker: bool) -> Ending {
        Ending {
            has_marker,
            has_all_scans: frame.is_complete(),
            has_ambiguous_colour: frame.channels.len() == 4 && !self.has_adobe_marker,
        }
    }

    /// Checks that no channel is missing at the end marker.
    fn ends(&self) -> Result<Ending, String> {
        match &self.frame {
            None if self.is_too_large => Ok(DECODED_ANYWAY),
            Some(frame) if frame.has_all_channels() => Ok(self.ending(frame, true)),
            Some(_) if self.scans > 0 => {
                Err("truncated: the scan of a colour channel is missing".to_owned())
            }
            _ => Err("truncated: the JPEG has no scan".to_owned()),
        }
    }
}

/// Returns the place after a scan if it is whole.
fn whole(progress: &Progress) -> Result<usize, String> {
    let Progress { done, all, .. } = *progress;
    match progress.end {
        Ok(end) => Ok(end),
        Err(Fault::Cut) if done < all => Err(format!(
            "truncated: the scan ends after {done} of {all} blocks"
        )),
        Err(Fault::Broken) if done < all => Err(format!(
            "truncated or damaged: the scan is not valid after {done} of {all} blocks"
        )),
        Err(_) => Err("truncated or damaged: other data follow the scan".to_owned()),
    }
}
