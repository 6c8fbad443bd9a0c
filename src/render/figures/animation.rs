//! The learning as an animated GIF: one palette, and per frame only the pixels that changed.

use gif::{DisposalMethod, Encoder, Frame, Repeat};

use super::gif_palette::{GifPalette, same};
use super::learning::{Learning, log_spaced, steps};
use super::lzw;
use super::moment::{moving, still};
use crate::blocks;
use crate::error::Result;
use crate::render::canvas::errors::failed;
use crate::render::canvas::style::{DENSITY, MOVING, Theme};
use crate::render::canvas::window::Window;

/// The maximum number of bytes, so that the file can be sent and shown anywhere.
const MAX_BYTES: usize = 3_000_000;
/// The maximum number of frames; fewer if the file would be too large.
const MAX_FRAMES: usize = 48;
/// Duration of the learning, and of the last frame, in seconds.
const SECONDS: f64 = 6.0;
const HOLD: f64 = 4.0;
/// The range of the duration of a frame in seconds.
const SHORTEST: f64 = 0.05;
const LONGEST: f64 = 1.5;
/// Width and height in pixels.
const WIDE: usize = (MOVING.0 * DENSITY) as usize;
const HIGH: usize = (MOVING.1 * DENSITY) as usize;

/// Draws all recorded iterations one after the other, at a speed logarithmic in the iteration, and
/// holds the last one; the GIF loops forever and has at most 3 MB.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if there is no frame, or a frame does not have
/// the number of pixels of its shape.
pub fn animation(data: &Learning, theme: Theme) -> Result<Vec<u8>> {
    let recorded = steps(data.frames);
    let chosen = log_spaced(&recorded, MAX_FRAMES);
    if chosen.is_empty() {
        return Err(failed("an animation needs a frame"));
    }
    let stage = Stage::new(data, theme)?;
    let drawn = blocks::map_range(chosen.len(), |nth| stage.frame(chosen[nth]));
    let drawn: Vec<Vec<u8>> = drawn.into_iter().collect::<Result<_>>()?;
    let iterations: Vec<usize> = chosen.iter().map(|&index| recorded[index]).collect();
    let mut count = chosen.len();
    loop {
        let bytes = encode_some(&stage.palette, &drawn, &iterations, count)?;
        if bytes.len() <= MAX_BYTES || count <= 2 {
            return Ok(bytes);
        }
        // Fewer frames change more from one to the next.
        count = (count * MAX_BYTES / bytes.len()).clamp(2, count - 1);
    }
}

/// What is the same in every frame.
struct Stage<'a> {
    data: &'a Learning<'a>,
    theme: Theme,
    palette: GifPalette,
    /// The pixels, and their palette indices.
    pixels: Vec<[u8; 4]>,
    indices: Vec<u8>,
}

impl<'a> Stage<'a> {
    fn new(data: &'a Learning<'a>, theme: Theme) -> Result<Self> {
        let palette = GifPalette::new(theme);
        let pixels = still(data, theme)?.drawing(DENSITY as f32)?.pixels();
        Ok(Self {
            data,
            theme,
            indices: palette.indices(&pixels),
            palette,
            pixels,
        })
    }

    /// Returns the palette indices of frame `index`. Only the pixels below numbers and curves are drawn in colour; those
    /// of the parts are copied as indices.
    fn frame(&self, index: usize) -> Result<Vec<u8>> {
        let moving = moving(self.data, index, self.theme)?;
        let moving = moving.drawing(DENSITY as f32)?;
        let mut indices = self.indices.clone();
        let mut whole = Window {
            pixels: indices.as_mut_slice(),
            width: WIDE,
            left: 0,
            top: 0,
        };
        moving.copy_images(&mut whole, |colour| self.palette.index(colour));
        let [columns, rows] = moving.marked();
        let mut marked = Vec::with_capacity(columns.len() * rows.len());
        for row in rows.clone() {
            marked.extend_from_slice(&self.pixels[row * WIDE..][columns.clone()]);
        }
        moving.draw_marks(&mut Window {
            pixels: marked.as_mut_slice(),
            width: columns.len(),
            left: columns.start,
            top: rows.start,
        });
        let mut marked = self.palette.indices(&marked).into_iter();
        for row in rows {
            let shown = &mut indices[row * WIDE..][columns.clone()];
            shown
                .iter_mut()
                .zip(&mut marked)
                .for_each(|(shown, index)| *shown = index);
        }
        Ok(indices)
    }
}

/// Returns the GIF of `count` of the drawn frames.
fn encode_some(
    palette: &GifPalette,
    drawn: &[Vec<u8>],
    iterations: &[usize],
    count: usize,
) -> Result<Vec<u8>> {
    let kept = log_spaced(iterations, count);
    let kept_iterations: Vec<usize> = kept.iter().map(|&nth| iterations[nth]).collect();
    let mut frames = Vec::with_capacity(kept.len());
    for (&nth, delay) in kept.iter().zip(delays(&kept_iterations)) {
        let pixels = drawn[nth].as_slice();
        frames.push(GifFrame { pixels, delay });
    }
    encode(palette, &frames)
}

/// A frame of palette indices.
struct GifFrame<'a> {
    pixels: &'a [u8],
    /// Duration in hundredths of a second.
    delay: u16,
}

/// Returns the duration of each frame in hundredths of a second.
fn delays(iterations: &[usize]) -> Vec<u16> {
    let logs: Vec<f64> = iterations.iter().map(|&i| (i as f64).ln()).collect();
    let whole = match (logs.first(), logs.last()) {
        (Some(first), Some(last)) => last - first,
        _ => 0.0,
    };
    let mut delays = Vec::with_capacity(iterations.len());
    for pair in logs.windows(2) {
        let seconds = SECONDS * (pair[1] - pair[0]) / whole;
        delays.push(hundredths(seconds.clamp(SHORTEST, LONGEST)));
    }
    delays.push(hundredths(HOLD));
    delays
}

fn hundredths(seconds: f64) -> u16 {
    (seconds * 100.0).round() as u16
}

/// Returns the GIF of some frames.
fn encode(palette: &GifPalette, frames: &[GifFrame]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let colours = palette.colours().as_flattened();
    let mut encoder =
        Encoder::new(&mut bytes, WIDE as u16, HIGH as u16, colours).map_err(failed)?;
    encoder.set_repeat(Repeat::Infinite).map_err(failed)?;
    let mut shown: Option<Vec<u8>> = None;
    for &GifFrame { pixels, delay } in frames {
        let change = match &mut shown {
            Some(shown) => FrameChange::between(shown, pixels, palette.transparent()),
            None => FrameChange {
                left: 0,
                top: 0,
                width: WIDE,
                pixels: pixels.to_vec(),
            },
        };
        shown.get_or_insert_with(|| pixels.to_vec());
        let frame = Frame {
            delay,
            dispose: DisposalMethod::Keep,
            transparent: Some(palette.transparent()),
            left: change.left as u16,
            top: change.top as u16,
            width: change.width as u16,
            height: (change.pixels.len() / change.width) as u16,
            buffer: lzw::compressed(&change.pixels, palette.transparent()).into(),
            ..Frame::default()
        };
        encoder
            .write_lzw_pre_encoded_frame(&frame)
            .map_err(failed)?;
    }
    drop(encoder);
    Ok(bytes)
}

/// A rectangle of a frame; unchanged pixels are transparent.
struct FrameChange {
    left: usize,
    top: usize,
    width: usize,
    pixels: Vec<u8>,
}

impl FrameChange {
    /// Returns the change from the `shown` frame to the next one, and updates `shown`.
    fn between(shown: &mut [u8], next: &[u8], transparent: u8) -> Self {
        let mut changed = vec![transparent; shown.len()];
        let (mut left, mut right, mut top, mut bottom) = (WIDE, 0, HIGH, 0);
        let rows = shown.chunks_mut(WIDE).zip(next.chunks(WIDE));
        for (row, ((shown, next), changed)) in rows.zip(changed.chunks_mut(WIDE)).enumerate() {
            if shown == next {
                continue;
            }
            for ((shown, &next), changed) in shown.iter_mut().zip(next).zip(&mut *changed) {
                let unchanged = same(*shown, next);
                *changed = if unchanged { transparent } else { next };
                *shown = if unchanged { *shown } else { next };
            }
            let is_opaque = |&index: &u8| index != transparent;
            let ends = changed.iter().position(is_opaque);
            if let (Some(first), Some(last)) = (ends, changed.iter().rposition(is_opaque)) {
                (left, right) = (left.min(first), right.max(last));
                (top, bottom) = (top.min(row), row);
            }
        }
        if left > right {
            // A frame has at least one pixel.
            return Self {
                left: 0,
                top: 0,
                width: 1,
                pixels: vec![transparent],
            };
        }
        let rows = changed.chunks(WIDE).take(bottom + 1).skip(top);
        let rows: Vec<&[u8]> = rows.map(|row| &row[left..=right]).collect();
        Self {
            left,
            top,
            width: right + 1 - left,
            pixels: rows.concat(),
        }
    }
}
