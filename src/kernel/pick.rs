//! Copies of the chosen pixels of images, up to [`WIDTH`] at a time.

use super::layout::WIDTH;

/// Up to this many ranges of consecutive pixels are copied range by range, several times as fast as pixel by pixel.
const FEW_RANGES: usize = 16;

/// Images, one after another, and the pixels that are copied of some of them.
#[derive(Clone, Copy)]
pub(super) struct Chosen<'a, T> {
    pub values: &'a [T],
    pub pixels_per_image: usize,
    pub images: &'a [u32],
    /// At most [`WIDTH`].
    pub pixels: &'a [u32],
}

/// Pixels that follow one another in an image, and the cells that they are copied to.
pub(super) struct Piece {
    pixel: usize,
    cell: usize,
    len: usize,
    /// All bits of these cells.
    mask: [u8; WIDTH],
}

impl Piece {
    /// Returns the ranges of pixels.
    fn all(pixels: &[u32]) -> Vec<Self> {
        let mut pieces = Vec::new();
        let mut cell = 0;
        for range in pixels.chunk_by(|a, b| a + 1 == *b) {
            let mut mask = [0; WIDTH];
            mask[cell..cell + range.len()].fill(u8::MAX);
            pieces.push(Self {
                pixel: range[0] as usize,
                cell,
                len: range.len(),
                mask,
            });
            cell += range.len();
        }
        pieces
    }
}

impl<T: Copy + Default> Chosen<'_, T> {
    /// Returns the chosen pixels of an image.
    fn row(&self, pieces: &[Piece], image: u32) -> [T; WIDTH] {
        let image = &self.values[image as usize * self.pixels_per_image..];
        let mut row = [T::default(); WIDTH];
        if pieces.len() <= FEW_RANGES {
            for piece in pieces {
                let pixels = &image[piece.pixel..piece.pixel + piece.len];
                row[piece.cell..piece.cell + piece.len].copy_from_slice(pixels);
            }
        } else {
            for (cell, &pixel) in row.iter_mut().zip(self.pixels) {
                *cell = image[pixel as usize];
            }
        }
        row
    }
}

/// Appends one row per image; cells without a pixel are 0.
pub(super) fn pick<T: Copy + Default>(chosen: &Chosen<T>, rows: &mut Vec<[T; WIDTH]>) {
    let pieces = Piece::all(chosen.pixels);
    for &image in chosen.images {
        rows.push(chosen.row(&pieces, image));
    }
}

/// Appends one row of bytes per image; cells without a pixel are 0.
pub(super) fn pick_bytes(chosen: &Chosen<u8>, rows: &mut Vec<[u8; WIDTH]>) {
    let pieces = Piece::all(chosen.pixels);
    if pieces.len() <= FEW_RANGES {
        pick_pieces(chosen, &pieces, rows);
    } else {
        pick(chosen, rows);
    }
}

dispatch! {
    /// Appends one row per image. The pixels around a piece are read with it and masked: copies of a fixed length are
    /// several times as fast.
    pick_pieces = pick_pieces_body(chosen: &Chosen<u8>, pieces: &[Piece], rows: &mut Vec<[u8; WIDTH]>)
}

#[inline(always)]
fn pick_pieces_body<const L: usize, const FUSED: bool>(
    chosen: &Chosen<u8>,
    pieces: &[Piece],
    rows: &mut Vec<[u8; WIDTH]>,
) {
    let values = chosen.values;
    // At the ends of the values, a piece may have fewer of them around it.
    let inside = WIDTH..values.len().saturating_sub(chosen.pixels_per_image + WIDTH);
    for &image in chosen.images {
        let start = image as usize * chosen.pixels_per_image;
        if !inside.contains(&start) {
            rows.push(chosen.row(pieces, image));
            continue;
        }
        let mut cells = [0; WIDTH];
        for piece in pieces {
            let around = &values[start + piece.pixel - piece.cell..][..WIDTH];
            for l in 0..WIDTH {
                cells[l] |= around[l] & piece.mask[l];
            }
        }
        rows.push(cells);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_are_copied_in_few_ranges_and_in_many() {
        let (pixels_per_image, count) = (150_usize, 5);
        let values: Vec<u8> = (0..count * pixels_per_image)
            .map(|v| (v * 7 + v / 256) as u8)
            .collect();
        let few: Vec<u32> = (0..20).chain(30..50).chain(126..150).collect();
        let many: Vec<u32> = (0..64).map(|at| at * 2 + 1).collect();
        for pixels in [&few[..], &many, &few[40..], &few[..1]] {
            let chosen = Chosen {
                values: &values,
                pixels_per_image,
                images: &[2, 0, 4, 1],
                pixels,
            };
            let (mut bytes, mut plain) = (Vec::new(), Vec::new());
            pick_bytes(&chosen, &mut bytes);
            pick(&chosen, &mut plain);
            for (row, image) in [2, 0, 4, 1].into_iter().enumerate() {
                for (cell, &pixel) in pixels.iter().enumerate() {
                    let value = values[image * pixels_per_image + pixel as usize];
                    assert_eq!(
                        (bytes[row][cell], plain[row][cell]),
                        (value, value),
                        "{image}, {pixel}"
                    );
                }
                assert!(bytes[row][pixels.len()..].iter().all(|&cell| cell == 0));
            }
        }
    }
}
