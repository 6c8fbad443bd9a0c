//! The frame of a JPEG file: its kind, its size and its colour channels.

use crate::images::reading::common::MOST_SIDE;
use crate::images::reading::decode::unsupported::unsupported;

/// The frame header.
pub(super) struct Frame {
    pub is_progressive: bool,
    /// Blocks that are coded together if a scan has several channels: how many there are across and down.
    pub groups: Grid,
    pub channels: Vec<Channel>,
}

/// Columns and rows.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    pub width: usize,
    pub height: usize,
}

/// A colour channel.
pub(super) struct Channel {
    pub id: u8,
    /// Its blocks in a group.
    pub sampling: Grid,
    /// The blocks that it has on its own.
    pub blocks: Grid,
    /// Blocks per row, those that fill up the last group included.
    pub stride: usize,
    /// Progressive: by block, the coefficients that are not 0.
    pub nonzero: Vec<u64>,
    /// By coefficient: the lowest bit that the scans so far have; `None` before the first of them.
    pub lowest_bit: [Option<u8>; 64],
}

/// Names the kind of a frame that is not supported.
pub(super) fn unsupported_kind(marker: u8) -> Option<&'static str> {
    Some(match marker {
        0xC3 => "lossless JPEG",
        0xC5 | 0xC6 | 0xDE => "hierarchical JPEG",
        0xC7 => "hierarchical lossless JPEG",
        0xC9 | 0xCA | 0xCC => "JPEG with arithmetic coding",
        0xCB => "lossless JPEG with arithmetic coding",
        0xCD..=0xCF => "hierarchical JPEG with arithmetic coding",
        0xF7 => "JPEG-LS",
        _ => return None,
    })
}

impl Frame {
    /// Reads the header of a frame that begins with this marker; `None` if it is too large to be decoded.
    ///
    /// # Errors
    /// If it is damaged or of a kind that is not supported.
    pub(super) fn read(marker: u8, content: &[u8]) -> Result<Option<Self>, String> {
        let &[depth, h0, h1, w0, w1, count, ref channels @ ..] = content else {
            return Err("truncated".to_owned());
        };
        if depth != 8 {
            return Err(unsupported(&format!("{depth}-bit JPEG"), "16-bit PNG"));
        }
        let height = usize::from(u16::from_be_bytes([h0, h1]));
        let width = usize::from(u16::from_be_bytes([w0, w1]));
        if height == 0 {
            return Err(unsupported(
                "JPEG with its height after the scan (DNL)",
                "PNG",
            ));
        }
        let channels = channels.get(..3 * usize::from(count));
        let channels = channels.ok_or("damaged: the frame header is too short")?;
        if width == 0 || width.max(height) > MOST_SIDE || channels.len() > 12 {
            return Ok(None);
        }
        Self::of(marker == 0xC2, Grid { width, height }, channels).map(Some)
    }

    fn of(is_progressive: bool, size: Grid, channels: &[u8]) -> Result<Self, String> {
        let sampling: Vec<Grid> = channels
            .chunks_exact(3)
            .map(|channel| Grid {
                width: usize::from(channel[1] >> 4),
                height: usize::from(channel[1] & 15),
            })
            .collect();
        let is_valid =
            |grid: &Grid| (1..=4).contains(&grid.width) && (1..=4).contains(&grid.height);
        if sampling.is_empty() || !sampling.iter().all(is_valid) {
            return Err("damaged: the sampling of a channel is not 1 to 4".to_owned());
        }
        let most = Grid {
            width: sampling.iter().map(|grid| grid.width).max().unwrap_or(1),
            height: sampling.iter().map(|grid| grid.height).max().unwrap_or(1),
        };
        let groups = Grid {
            width: size.width.div_ceil(8 * most.width),
            height: size.height.div_ceil(8 * most.height),
        };
        let channels = channels
            .chunks_exact(3)
            .zip(sampling)
            .map(|(channel, sampling)| Channel {
                id: channel[0],
                sampling,
                blocks: Grid {
                    width: (size.width * sampling.width).div_ceil(8 * most.width),
                    height: (size.height * sampling.height).div_ceil(8 * most.height),
                },
                stride: groups.width * sampling.width,
                nonzero: Vec::new(),
                lowest_bit: [None; 64],
            })
            .collect();
        Ok(Self {
            is_progressive,
            groups,
            channels,
        })
    }

    /// Names a sampling that the decoder of the crate `image` gets wrong.
    pub(super) fn unsupported_sampling(&self) -> Option<&'static str> {
        let first = self.channels.first()?.sampling;
        let exceeds = |grid: Grid| grid.width > first.width || grid.height > first.height;
        let mut sampling = self.channels.iter().map(|channel| channel.sampling);
        if sampling
            .clone()
            .any(|grid| grid.width == 3 || grid.height == 3)
        {
            Some("JPEG with three samples of a channel per block")
        } else if sampling.any(exceeds) {
            Some("JPEG with more samples of colour than of luminance")
        } else {
            None
        }
    }

    /// Checks whether rows of blocks are as high as a block.
    pub(super) fn has_low_rows(&self) -> bool {
        self.channels
            .iter()
            .all(|channel| channel.sampling.height == 1)
    }

    /// Returns how many blocks all channels have, filled up to whole groups.
    pub(super) fn blocks(&self) -> usize {
        let groups = self.groups.width * self.groups.height;
        let per_group: usize = self
            .channels
            .iter()
            .map(|channel| channel.sampling.width * channel.sampling.height)
            .sum();
        groups * per_group
    }

    /// Checks whether every channel has been in a scan.
    pub(super) fn has_all_channels(&self) -> bool {
        self.channels
            .iter()
            .all(|channel| channel.lowest_bit[0].is_some())
    }

    /// Checks whether no scan can follow.
    pub(super) fn is_complete(&self) -> bool {
        self.channels
            .iter()
            .flat_map(|channel| channel.lowest_bit)
            .all(|bit| bit == Some(0))
    }
}

impl Channel {
    /// Returns how many blocks there are, those that fill up groups included.
    pub(super) fn all_blocks(&self, groups: Grid) -> usize {
        self.stride * groups.height * self.sampling.height
    }
}
