//! Conversion of the samples of a pixel to grey.

use super::layout::{Alpha, Colour};
use super::ycbcr::YCbCr;
use crate::images::reading::decode::grey::luma;

/// How the samples of a page become grey.
pub(super) struct GreyRule {
    pub colour: Colour,
    /// The value of full intensity.
    pub white: f64,
    pub alpha: Option<Alpha>,
    /// The grey, 0 to 1, under transparent pixels.
    pub background: f64,
    /// The grey, 0 to 1, of each entry of a palette.
    pub palette: Vec<f64>,
    pub ycbcr: YCbCr,
}

/// A grey value, where 1 is white, and the opacity, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct GreyPixel {
    pub grey: f64,
    pub opacity: f64,
}

impl GreyRule {
    /// Returns the grey of a pixel: its colour samples, and its opacity if the page has one.
    pub(super) fn pixel(&self, samples: &[f64]) -> GreyPixel {
        let grey = self.grey(samples);
        let (Some(alpha), Some(last)) = (self.alpha, samples.last()) else {
            return GreyPixel { grey, opacity: 1.0 };
        };
        let opacity = last / self.white;
        let behind = self.background * (1.0 - opacity);
        let over = if alpha.is_associated {
            grey + behind
        } else {
            grey * opacity + behind
        };
        GreyPixel {
            grey: over,
            opacity,
        }
    }

    /// Returns the grey byte of each value of this many bits, up to 8.
    pub(super) fn table(&self, bits: usize) -> Vec<u8> {
        (0..1_u16 << bits)
            .map(|value| (self.pixel(&[f64::from(value)]).grey * 255.0).round() as u8)
            .collect()
    }

    fn grey(&self, samples: &[f64]) -> f64 {
        let white = self.white;
        match (self.colour, samples) {
            (Colour::Grey { is_white_zero }, [value, ..]) => {
                if is_white_zero {
                    (white - value) / white
                } else {
                    value / white
                }
            }
            (Colour::Palette, [index, ..]) => {
                self.palette.get(*index as usize).copied().unwrap_or(0.0)
            }
            (Colour::Rgb, [red, green, blue, ..]) => luma(&[*red, *green, *blue]) / white,
            (Colour::Cmyk, [cyan, magenta, yellow, black, ..]) => {
                let light = |ink: &f64| ((white - ink) * (white - black) / white).round();
                luma(&[light(cyan), light(magenta), light(yellow)]) / white
            }
            (Colour::YCbCr, [y, cb, cr, ..]) => luma(&self.ycbcr.rgb([*y, *cb, *cr])) / white,
            _ => 0.0,
        }
    }
}

/// Returns the grey, 0 to 1, of the colours of a map: all red values, then all green and all blue ones.
///
/// Maps of some writers have values of 8 bits.
pub(super) fn palette(map: &[u64]) -> Vec<f64> {
    let shift = if map.iter().any(|&value| value > 255) {
        8
    } else {
        0
    };
    let count = map.len() / 3;
    (0..count)
        .map(|index| {
            let colour = [0, 1, 2].map(|channel| (map[channel * count + index] >> shift) as f64);
            luma(&colour) / 255.0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(colour: Colour, alpha: Option<Alpha>) -> GreyRule {
        GreyRule {
            colour,
            white: 255.0,
            alpha,
            background: 1.0,
            palette: vec![0.0, 0.5],
            ycbcr: YCbCr::new(&[], &[], &[]),
        }
    }

    #[test]
    fn colour_that_is_multiplied_by_its_opacity_is_not_multiplied_again() {
        let alpha = |is_associated| {
            Some(Alpha {
                sample: 3,
                is_associated,
            })
        };
        // Grey at a fifth of full opacity, over white.
        let pixel = [51.0, 51.0, 51.0, 51.0];
        let associated = rule(Colour::Rgb, alpha(true)).pixel(&pixel);
        assert!((associated.grey - 1.0).abs() < 1e-12, "{associated:?}");
        let plain = rule(Colour::Rgb, alpha(false)).pixel(&pixel);
        assert!((plain.grey - (0.2 * 0.2 + 0.8)).abs() < 1e-12, "{plain:?}");
    }

    #[test]
    fn every_colour_becomes_grey() {
        let grey = |colour, samples: &[f64]| rule(colour, None).pixel(samples).grey * 255.0;
        let white_zero = Colour::Grey {
            is_white_zero: true,
        };
        assert!((grey(white_zero, &[55.0]) - 200.0).abs() < 1e-9);
        // 0.2126 * 255
        assert!((grey(Colour::Rgb, &[255.0, 0.0, 0.0]) - 54.213).abs() < 1e-9);
        assert!((grey(Colour::Palette, &[1.0]) - 127.5).abs() < 1e-9);
        assert!(
            grey(Colour::Palette, &[2.0]).abs() < 1e-9,
            "beyond the palette"
        );
        // Cyan without black: no red.
        let cyan = (0.7152 + 0.0722) * 255.0;
        assert!((grey(Colour::Cmyk, &[255.0, 0.0, 0.0, 0.0]) - cyan).abs() < 1e-9);
        assert!(grey(Colour::Cmyk, &[0.0, 0.0, 0.0, 255.0]).abs() < 1e-9);
    }

    #[test]
    fn a_palette_has_values_of_16_bits_or_of_8() {
        assert_eq!(palette(&[0, 0xFFFF, 0, 0xFFFF, 0, 0xFFFF]), [0.0, 1.0]);
        assert_eq!(palette(&[0, 255, 0, 255, 0, 255]), [0.0, 1.0]);
    }
}
