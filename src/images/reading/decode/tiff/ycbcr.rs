//! YCbCr pixels: chroma that is stored for several pixels together, and conversion to RGB.

/// The conversion of the YCbCr values of a page, and how its chroma is stored.
#[derive(Debug, Clone)]
pub(super) struct YCbCr {
    /// The parts of red, green and blue in the luma.
    pub luma: [f64; 3],
    /// The values of black and white of each of the three samples.
    pub range: [f64; 6],
    /// Columns and rows of the pixels that share their chroma.
    pub shared: (usize, usize),
}

impl YCbCr {
    /// Returns the conversion with these coefficients and range, or the defaults for those that are absent.
    pub(super) fn new(luma: &[f64], range: &[f64], shared: &[u64]) -> Self {
        let is_valid = |values: &[f64]| values.iter().all(|value| value.is_finite());
        let side = |index: usize| match shared.get(index) {
            Some(side @ (1 | 2 | 4)) => *side as usize,
            _ => 2,
        };
        Self {
            luma: <[f64; 3]>::try_from(luma)
                .ok()
                .filter(|luma| is_valid(luma) && luma[1] > 0.0)
                .unwrap_or([0.299, 0.587, 0.114]),
            range: <[f64; 6]>::try_from(range)
                .ok()
                .filter(|range| is_valid(range) && range.chunks(2).all(|two| two[1] > two[0]))
                .unwrap_or([0.0, 255.0, 128.0, 255.0, 128.0, 255.0]),
            shared: (side(0), side(1)),
        }
    }

    /// Returns the red, green and blue, 0 to 255, of a pixel.
    pub(super) fn rgb(&self, [y, cb, cr]: [f64; 3]) -> [f64; 3] {
        let [black, white, blue_zero, blue_most, red_zero, red_most] = self.range;
        let [red_part, green_part, blue_part] = self.luma;
        let y = (y - black) * 255.0 / (white - black);
        let cb = (cb - blue_zero) * 127.0 / (blue_most - blue_zero);
        let cr = (cr - red_zero) * 127.0 / (red_most - red_zero);
        let red = y + cr * (2.0 - 2.0 * red_part);
        let blue = y + cb * (2.0 - 2.0 * blue_part);
        let green = (y - blue_part * blue - red_part * red) / green_part;
        [red, green, blue].map(|value| value.round().clamp(0.0, 255.0))
    }

    /// Returns the bytes of rows in which pixels share their chroma.
    pub(super) fn shared_bytes(&self, width: usize, rows: usize) -> usize {
        let (columns, lines) = self.shared;
        width.div_ceil(columns) * rows.div_ceil(lines) * (columns * lines + 2)
    }

    /// Returns three bytes per pixel of rows in which pixels share their chroma: the luma of a block comes first.
    pub(super) fn separate(&self, bytes: &[u8], width: usize, rows: usize) -> Vec<u8> {
        let (columns, lines) = self.shared;
        let across = width.div_ceil(columns);
        let block = columns * lines + 2;
        let mut pixels = Vec::with_capacity(3 * width * rows);
        for row in 0..rows {
            for column in 0..width {
                let start = (row / lines * across + column / columns) * block;
                let luma = row % lines * columns + column % columns;
                pixels.extend([
                    bytes[start + luma],
                    bytes[start + block - 2],
                    bytes[start + block - 1],
                ]);
            }
        }
        pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rgb(ycbcr: &YCbCr, pixel: [f64; 3]) -> [u8; 3] {
        ycbcr.rgb(pixel).map(|value| value as u8)
    }

    #[test]
    fn grey_stays_and_colours_are_those_of_rec_601() {
        let full = YCbCr::new(&[], &[], &[1, 1]);
        assert_eq!(rgb(&full, [77.0, 128.0, 128.0]), [77; 3]);
        // Red: Y = 0.299 * 255 = 76, Cb = 85, Cr = 255.
        assert_eq!(rgb(&full, [76.0, 85.0, 255.0]), [254, 0, 0]);
        let studio = YCbCr::new(&[], &[16.0, 235.0, 128.0, 240.0, 128.0, 240.0], &[2, 2]);
        assert_eq!(rgb(&studio, [235.0, 128.0, 128.0]), [255; 3]);
    }

    #[test]
    fn pixels_share_the_chroma_of_their_block() {
        let pairs = YCbCr::new(&[], &[], &[2, 1]);
        assert_eq!(pairs.shared_bytes(3, 1), 8);
        assert_eq!(
            pairs.separate(&[1, 2, 50, 60, 3, 0, 70, 80], 3, 1),
            [1, 50, 60, 2, 50, 60, 3, 70, 80]
        );
    }
}
