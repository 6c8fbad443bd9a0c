//! TIFF pages whose only channel holds floats, which the image decoder does not support.

use std::io::{Read, Seek};

use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

/// A decoded page whose only channel holds floats.
pub(crate) struct Floats {
    pub width: u32,
    pub height: u32,
    pub values: Vec<f32>,
    /// The orientation, as in Exif.
    pub orientation: u8,
}

impl Floats {
    /// Reads the first page of a file if its only channel holds floats, at most `most` of them.
    pub(crate) fn read(file: impl Read + Seek, most: u64) -> Option<Result<Self, String>> {
        let mut limits = Limits::default();
        limits.decoding_buffer_size = 4 * most as usize;
        limits.intermediate_buffer_size = limits.decoding_buffer_size;
        let mut page = Decoder::new(file).ok()?.with_limits(limits);
        if page.colortype().ok()? != ColorType::Gray(32)
            || page.find_tag_unsigned(Tag::SampleFormat).ok()? != Some(3_u16)
        {
            return None;
        }
        let (width, height) = page.dimensions().ok()?;
        let orientation = page
            .find_tag_unsigned(Tag::Orientation)
            .ok()
            .flatten()
            .unwrap_or(1);
        Some(match page.read_image() {
            Ok(DecodingResult::F32(values)) => Ok(Self {
                width,
                height,
                values,
                orientation,
            }),
            Ok(_) => Err("does not contain floats, contrary to its header".to_owned()),
            Err(error) => Err(error.to_string()),
        })
    }
}
