//! A check of GIF files before they are decoded. The crate `image` cuts off what lies outside the canvas.

/// Checks that the first frame lies on the canvas.
///
/// # Errors
/// If it does not.
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    let Some(Facts { canvas, frame }) = Facts::read(bytes) else {
        return Ok(());
    };
    if frame.left + frame.width <= canvas.width && frame.top + frame.height <= canvas.height {
        return Ok(());
    }
    Err(format!(
        "damaged: the first frame of {}x{} at ({}, {}) exceeds the canvas of {}x{}: save it anew as PNG",
        frame.width, frame.height, frame.left, frame.top, canvas.width, canvas.height
    ))
}

struct Facts {
    canvas: Area,
    /// The first frame.
    frame: Area,
}

struct Area {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

impl Facts {
    /// Reads the blocks up to the first frame; `None` if a block is missing, which decoding reports.
    fn read(bytes: &[u8]) -> Option<Self> {
        let canvas = Area {
            left: 0,
            top: 0,
            width: number(bytes, 6)?,
            height: number(bytes, 8)?,
        };
        let flags = *bytes.get(10)?;
        let mut at = 13;
        if flags & 0x80 != 0 {
            at += 3 << ((flags & 7) + 1);
        }
        while *bytes.get(at)? == 0x21 {
            at += 2;
            while *bytes.get(at)? > 0 {
                at += usize::from(bytes[at]) + 1;
            }
            at += 1;
        }
        let frame = Area {
            left: number(bytes, at + 1)?,
            top: number(bytes, at + 3)?,
            width: number(bytes, at + 5)?,
            height: number(bytes, at + 7)?,
        };
        (bytes[at] == 0x2C).then_some(Self { canvas, frame })
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let two = bytes.get(at..at + 2)?;
    Some(u32::from(u16::from_le_bytes([two[0], two[1]])))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A canvas of 4x3 with two colours, a comment and a frame of this place and size.
    fn gif(frame: [u8; 4]) -> Vec<u8> {
        let [left, top, width, height] = frame;
        let head = b"GIF89a\x04\0\x03\0\x80\0\0\0\0\0\xff\xff\xff\x21\xfe\x02hi\0";
        [&head[..], &[0x2C, left, 0, top, 0, width, 0, height, 0, 0]].concat()
    }

    #[test]
    fn the_first_frame_must_lie_on_the_canvas() {
        assert_eq!(check(&gif([0, 0, 4, 3])), Ok(()));
        assert_eq!(check(&gif([1, 1, 3, 2])), Ok(()));
        assert_eq!(check(b"GIF89a\x04\0"), Ok(()));
        for frame in [[1, 0, 4, 3], [0, 2, 4, 2], [0, 0, 5, 3]] {
            let reason = check(&gif(frame)).unwrap_err();
            assert!(reason.contains("exceeds the canvas of 4x3"), "{reason}");
        }
    }
}
