//! The moving picture of the learning, as GIF: one palette, and of each frame only what changed. Not what is on a frame.

use std::collections::HashMap;

use gif::{DisposalMethod, Encoder, Frame, Repeat};
use plotters::style::RGBColor;

use super::learning::{Learning, spread};
use super::moment::moment;
use crate::blocks;
use crate::error::Result;
use crate::render::canvas::errors::failed;
use crate::render::canvas::style::{Colour, DENSITY, MOVING, Theme};

/// The most bytes, so that it can be sent and shown anywhere.
const MOST_BYTES: usize = 3_000_000;
/// The most frames; fewer where they would be too many bytes.
const FRAMES: usize = 48;
/// How long the learning takes, and how long the end is held.
const SECONDS: f64 = 6.0;
const HOLD: f64 = 4.0;
/// The shortest and the longest that another frame is shown.
const SHORTEST: f64 = 0.05;
const LONGEST: f64 = 1.5;
/// Greys from black to white.
const GREYS: usize = 128;
/// Shades from the paper to each colour of the page.
const SHADES: usize = 16;

/// Draws all moments one after the other, as fast as the logarithm of the iteration grows, and holds the last; the GIF
/// loops for ever and has at most 3 MB.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if there is no frame, or one has not as many pixels as its shape.
pub fn animation(data: &Learning, theme: Theme) -> Result<Vec<u8>> {
    let all: Vec<usize> = data.frames.iter().map(|frame| frame.at.iteration).collect();
    let chosen = spread(&all, FRAMES);
    if chosen.is_empty() {
        return Err(failed("a moving picture needs a frame"));
    }
    let palette = Palette::new(theme);
    let drawn = blocks::map_range(chosen.len(), |nth| {
        let pixels = moment(data, chosen[nth], theme)?.pixels(DENSITY as f32)?;
        Ok(palette.indices(&pixels.rgb))
    });
    let drawn: Vec<Vec<u8>> = drawn.into_iter().collect::<Result<_>>()?;
    let iterations: Vec<usize> = chosen.iter().map(|&index| all[index]).collect();
    let mut count = chosen.len();
    loop {
        let kept = spread(&iterations, count);
        let delays = delays(&kept.iter().map(|&nth| iterations[nth]).collect::<Vec<_>>());
        let frames: Vec<(&[u8], u16)> = kept
            .iter()
            .map(|&nth| drawn[nth].as_slice())
            .zip(delays)
            .collect();
        let bytes = encode(&palette, &frames)?;
        if bytes.len() <= MOST_BYTES || count <= 2 {
            return Ok(bytes);
        }
        // Fewer frames change more from one to the next.
        count = (count * MOST_BYTES / bytes.len()).clamp(2, count - 1);
    }
}

/// How long each frame is shown, in hundredths of a second.
fn delays(iterations: &[usize]) -> Vec<u16> {
    let hundredths = |seconds: f64| (seconds * 100.0).round() as u16;
    let position = |iteration: usize| (iteration as f64).ln();
    let whole = iterations
        .first()
        .zip(iterations.last())
        .map_or(0.0, |(&a, &b)| position(b) - position(a));
    let delay = |pair: &[usize]| SECONDS * (position(pair[1]) - position(pair[0])) / whole;
    let moving = iterations
        .windows(2)
        .map(|pair| hundredths(delay(pair).clamp(SHORTEST, LONGEST)));
    moving.chain([hundredths(HOLD)]).collect()
}

/// The GIF of frames of palette indices, each with its delay.
fn encode(palette: &Palette, frames: &[(&[u8], u16)]) -> Result<Vec<u8>> {
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
    for &(picture, delay) in frames {
        let change = match &mut shown {
            Some(shown) => palette.change(shown, picture, width),
            None => Change {
                left: 0,
                top: 0,
                width,
                pixels: picture.to_vec(),
            },
        };
        shown.get_or_insert_with(|| picture.to_vec());
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

/// A rectangle of a frame; what did not change in it is transparent.
struct Change {
    left: usize,
    top: usize,
    width: usize,
    pixels: Vec<u8>,
}

/// The colours of all frames: greys, shades of the page's colours, and last one that stands for no colour.
struct Palette {
    colours: Vec<[u8; 3]>,
}

impl Palette {
    fn new(theme: Theme) -> Self {
        let rgb = |colour: Colour| {
            let RGBColor(red, green, blue) = theme.rgb(colour);
            [red, green, blue]
        };
        let paper = rgb(Colour::Paper);
        let grey = |level: usize| [(level * 255 / (GREYS - 1)) as u8; 3];
        let mut colours: Vec<[u8; 3]> = (0..GREYS).map(grey).chain([paper]).collect();
        for colour in [
            Colour::Ink,
            Colour::Quiet,
            Colour::Hairline,
            Colour::Nmf,
            Colour::Pca,
        ]
        .map(rgb)
        {
            let mixed = |part: usize, at: usize| {
                ((usize::from(paper[at]) * (SHADES - part) + usize::from(colour[at]) * part)
                    / SHADES) as u8
            };
            colours.extend((1..=SHADES).map(|part| [0, 1, 2].map(|at| mixed(part, at))));
        }
        colours.push([0; 3]);
        Self { colours }
    }

    fn transparent(&self) -> u8 {
        (self.colours.len() - 1) as u8
    }

    /// The index of the nearest colour of each pixel.
    fn indices(&self, rgb: &[u8]) -> Vec<u8> {
        let mut known: HashMap<[u8; 3], u8> = HashMap::new();
        let (pixels, _) = rgb.as_chunks::<3>();
        let mut indices = Vec::with_capacity(pixels.len());
        // Most pixels are as the one before.
        for run in pixels.chunk_by(|a, b| a == b) {
            let index = *known.entry(run[0]).or_insert_with(|| self.nearest(run[0]));
            indices.resize(indices.len() + run.len(), index);
        }
        indices
    }

    fn nearest(&self, pixel: [u8; 3]) -> u8 {
        let distance = |colour: &[u8; 3]| -> u32 {
            colour
                .iter()
                .zip(pixel)
                .map(|(&a, b)| u32::from(a.abs_diff(b)).pow(2))
                .sum()
        };
        let colours = self.colours[..self.colours.len() - 1]
            .iter()
            .map(distance)
            .enumerate();
        colours
            .min_by_key(|&(_, distance)| distance)
            .map_or(0, |(index, _)| index as u8)
    }

    /// What turns the picture that is `shown` into the next; greys that are next to one another count as the same, which
    /// nobody sees and which halves the bytes.
    fn change(&self, shown: &mut [u8], next: &[u8], width: usize) -> Change {
        let same = |a: u8, b: u8| a == b || a.abs_diff(b) == 1 && usize::from(a.max(b)) < GREYS;
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
            return Change {
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
        Change {
            left,
            top,
            width: right + 1 - left,
            pixels,
        }
    }
}
