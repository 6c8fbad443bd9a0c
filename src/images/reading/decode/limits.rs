//! Limits on the size of an image file and of its pixels.

use crate::images::reading::common::MOST_SIDE;

/// The most bytes of one image, as a file and decoded.
pub(crate) const MOST_BYTES: u64 = 256 << 20;

/// Checks that the length of a file is within limits.
pub(crate) fn check_length(length: u64) -> Result<(), String> {
    match length {
        0 => Err("empty file".to_owned()),
        1..=MOST_BYTES => Ok(()),
        _ => Err(format!(
            "too large: the file has {} MB, the limit is {} MB",
            length >> 20,
            MOST_BYTES >> 20
        )),
    }
}

/// Checks that the size of an image, which takes so many bytes when it is decoded, is within limits.
pub(super) fn check_size(
    width: impl Into<u64>,
    height: impl Into<u64>,
    bytes: u64,
) -> Result<(), String> {
    let (width, height) = (width.into(), height.into());
    if width == 0 || height == 0 {
        return Err(format!("{width}x{height}: no pixels"));
    }
    if width.max(height) > MOST_SIDE as u64 {
        return Err(format!(
            "too large: {width}x{height}, the limit is {MOST_SIDE} per side"
        ));
    }
    if bytes > MOST_BYTES {
        return Err(format!(
            "too large: {width}x{height} takes {} MB, the limit is {} MB",
            bytes >> 20,
            MOST_BYTES >> 20
        ));
    }
    Ok(())
}
