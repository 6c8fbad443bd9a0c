//! Checks of the markers of a JPEG file before it is decoded.

/// Checks what the crate `image` accepts silently: a scan that was truncated, and ambiguous colours.
///
/// A 4-channel JPEG holds CMYK, which an Adobe marker declares as inverted; without the marker it may be either.
pub(crate) fn check(bytes: &[u8]) -> Result<(), String> {
    let markers = read_markers(bytes);
    if !markers.ended {
        return Err("truncated: the JPEG has no end marker".to_owned());
    }
    if markers.channels == 4 && !markers.adobe {
        return Err(
            "a 4-channel JPEG without an Adobe marker, which may be CMYK or its inverse: convert it to RGB".to_owned()
        );
    }
    Ok(())
}

#[derive(Default)]
struct Markers {
    ended: bool,
    adobe: bool,
    channels: u8,
}

/// Reads the markers one after another; an end marker inside a segment, as of a thumbnail, is ignored.
fn read_markers(bytes: &[u8]) -> Markers {
    let mut markers = Markers::default();
    let mut at = 0;
    while let Some((marker, after)) = next_marker(bytes, at) {
        at = after;
        match marker {
            0xD9 => {
                markers.ended = true;
                return markers;
            }
            // Start of image, restart markers and TEM have no segment.
            0xD8 | 0xD0..=0xD7 | 0x01 => continue,
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                markers.channels = bytes.get(at + 7).copied().unwrap_or(0);
            }
            0xEE => {
                markers.adobe |= bytes
                    .get(at + 2..)
                    .is_some_and(|rest| rest.starts_with(b"Adobe"));
            }
            _ => {}
        }
        let length = bytes
            .get(at..at + 2)
            .map_or(2, |two| usize::from(u16::from_be_bytes([two[0], two[1]])));
        at += length;
    }
    markers
}

/// Returns the next marker at or after `at` and where it ends; `FF 00` is a value of the scan, and `FF FF` is padding.
fn next_marker(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let rest = bytes.get(at..)?;
    let place = rest
        .windows(2)
        .position(|two| two[0] == 0xFF && two[1] != 0x00 && two[1] != 0xFF)?;
    Some((rest[place + 1], at + place + 2))
}
