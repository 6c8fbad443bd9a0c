//! The learning as an animated GIF: one palette, and per frame only the pixels that changed.

use std::collections::HashMap;

use gif::{DisposalMethod, Encoder, Frame, Repeat};
use plotters::style::RGBColor;

use super::learning::{Learning, log_spaced, steps};
use super::moment::{moving, still};
use crate::blocks;
use crate::error::Result;
use crate::render::canvas::colour_scale::squared_distance;
use crate::render::canvas::errors::failed;
use crate::render::canvas::style::{Colour, DENSITY, MOVING, Theme};

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
/// Number of greys from black to white.
const GREYS: usize = 128;
/// Number of shades from the background to each colour of the page.
const SHADES: usize = 16;

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
    let palette = GifPalette::new(theme);
    let still = still(data, theme)?.drawn(DENSITY as f32)?;
    let drawn = blocks::map_range(chosen.len(), |nth| {
        let mut sheet = still.clone();
        moving(data, chosen[nth], theme)?.draw_on(&mut sheet)?;
        Ok(palette.indices(&sheet.rgb().rgb))
    });
    let drawn: Vec<Vec<u8>> = drawn.into_iter().collect::<Result<_>>()?;
    let iterations: Vec<usize> = chosen.iter().map(|&index| recorded[index]).collect();
    let mut count = chosen.len();
    loop {
        let bytes = encode_some(&palette, &drawn, &iterations, count)?;
        if bytes.len() <= MAX_BYTES || count <= 2 {
            return Ok(bytes);
        }
        // Fewer frames change more from one to the next.
        count = (count * MAX_BYTES / bytes.len()).clamp(2, count - 1);
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
    let (width, height) = ((MOVING.0 * DENSITY) as usize, (MOVING.1 * DENSITY) as usize);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(
        &mut bytes,
        width as u16,
        height as u16,
        &palette.colours.concat(),
    )
    .map_err(failed)?;
    encoder.set_repeat(Repeat::Infinite).map_err(failed)?;
    let mut shown: Option<Vec<u8>> = None;
    for &GifFrame { pixels, delay } in frames {
        let change = match &mut shown {
            Some(shown) => palette.change(shown, pixels, width),
            None => FrameChange {
                left: 0,
                top: 0,
                width,
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
            buffer: change.pixels.into(),
            ..Frame::default()
        };
        encoder.write_frame(&frame).map_err(failed)?;
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

/// The colours of all frames: greys, shades of the page's colours, and one for transparent pixels.
struct GifPalette {
    colours: Vec<[u8; 3]>,
}

impl GifPalette {
    fn new(theme: Theme) -> Self {
        let paper = rgb(theme, Colour::Paper);
        let mut colours = Vec::new();
        for level in 0..GREYS {
            colours.push([(level * 255 / (GREYS - 1)) as u8; 3]);
        }
        colours.push(paper);
        for colour in [
            Colour::Ink,
            Colour::Quiet,
            Colour::Hairline,
            Colour::Nmf,
            Colour::Pca,
        ] {
            let colour = rgb(theme, colour);
            for part in 1..=SHADES {
                colours.push([0, 1, 2].map(|at| mixed(paper[at], colour[at], part)));
            }
        }
        colours.push([0; 3]);
        Self { colours }
    }

    fn transparent(&self) -> u8 {
        (self.colours.len() - 1) as u8
    }

    /// Returns the index of the nearest colour of each pixel.
    fn indices(&self, pixels: &[[u8; 3]]) -> Vec<u8> {
        let mut known: HashMap<[u8; 3], u8> = HashMap::new();
        let mut indices = Vec::with_capacity(pixels.len());
        // Most pixels equal the one before.
        for run in pixels.chunk_by(|a, b| a == b) {
            let index = *known.entry(run[0]).or_insert_with(|| self.nearest(run[0]));
            indices.resize(indices.len() + run.len(), index);
        }
        indices
    }

    fn nearest(&self, pixel: [u8; 3]) -> u8 {
        let opaque = &self.colours[..self.colours.len() - 1];
        (0..opaque.len())
            .min_by_key(|&index| squared_distance(opaque[index], pixel))
            .map_or(0, |index| index as u8)
    }

    /// Returns the change from the `shown` frame to the next one, and updates `shown`.
    fn change(&self, shown: &mut [u8], next: &[u8], width: usize) -> FrameChange {
        let (mut left, mut right, mut top, mut bottom) = (width, 0, usize::MAX, 0);
        for (at, (&old, &new)) in shown.iter().zip(next).enumerate() {
            if !same(old, new) {
                let (x, y) = (at % width, at / width);
                (left, right) = (left.min(x), right.max(x));
                (top, bottom) = (top.min(y), y);
            }
        }
        if top == usize::MAX {
            // A frame has at least one pixel.
            return FrameChange {
                left: 0,
                top: 0,
                width: 1,
                pixels: vec![self.transparent()],
            };
        }
        let rows = shown
            .chunks_mut(width)
            .zip(next.chunks(width))
            .take(bottom + 1)
            .skip(top);
        let mut pixels = Vec::with_capacity((bottom + 1 - top) * (right + 1 - left));
        for (old, new) in rows {
            for (old, &new) in old[left..=right].iter_mut().zip(&new[left..=right]) {
                let unchanged = same(*old, new);
                pixels.push(if unchanged { self.transparent() } else { new });
                *old = if unchanged { *old } else { new };
            }
        }
        FrameChange {
            left,
            top,
            width: right + 1 - left,
            pixels,
        }
    }
}

/// Returns whether two palette indices look the same. Adjacent greys do, which halves the size of
/// the file.
fn same(a: u8, b: u8) -> bool {
    a == b || a.abs_diff(b) == 1 && usize::from(a.max(b)) < GREYS
}

fn rgb(theme: Theme, colour: Colour) -> [u8; 3] {
    let RGBColor(red, green, blue) = theme.rgb(colour);
    [red, green, blue]
}

/// Returns the channel of the shade that is `part` of [`SHADES`] steps from `from` to `to`.
fn mixed(from: u8, to: u8, part: usize) -> u8 {
    ((usize::from(from) * (SHADES - part) + usize::from(to) * part) / SHADES) as u8
}
