//! Enlarging and reducing images.

use crate::basis::Shape;

/// Returns the image at the size `to`: enlarged by repeating pixels, or reduced by averaging areas.
pub(crate) fn resized(values: &[f32], from: Shape, to: Shape) -> Vec<f32> {
    if to.width < from.width || to.height < from.height {
        return reduced(values, from, to);
    }
    let mut enlarged = Vec::with_capacity(to.pixels());
    for row in 0..to.height {
        for column in 0..to.width {
            let (from_row, from_column) = (
                row * from.height / to.height,
                column * from.width / to.width,
            );
            enlarged.push(values[from_row * from.width + from_column]);
        }
    }
    enlarged
}

/// Returns the image at the smaller size `to`; each value is the average of the area that it
/// covers.
pub(crate) fn reduced(values: &[f32], from: Shape, to: Shape) -> Vec<f32> {
    let columns = coverage(from.width, to.width);
    let rows = coverage(from.height, to.height);
    let mut narrow = vec![0.0; from.height * to.width];
    for (row, line) in values.chunks_exact(from.width).enumerate() {
        for (column, parts) in columns.iter().enumerate() {
            narrow[row * to.width + column] =
                parts.iter().map(|&(at, share)| line[at] * share).sum();
        }
    }
    let mut small = Vec::with_capacity(to.pixels());
    for parts in &rows {
        for column in 0..to.width {
            small.push(
                parts
                    .iter()
                    .map(|&(at, share)| narrow[at * to.width + column] * share)
                    .sum(),
            );
        }
    }
    small
}

/// Returns, for each of `to` equal intervals, the indices of the `from` pixels that it covers with
/// their fractions of the interval.
fn coverage(from: usize, to: usize) -> Vec<Vec<(usize, f32)>> {
    let step = from as f64 / to as f64;
    let mut intervals = Vec::with_capacity(to);
    for index in 0..to {
        let (start, end) = (index as f64 * step, (index + 1) as f64 * step);
        let first = (start as usize).min(from - 1);
        let last = (end.ceil() as usize).min(from);
        let mut pixels = Vec::with_capacity(last - first);
        for at in first..last {
            let covered = (end.min((at + 1) as f64) - start.max(at as f64)).max(0.0);
            pixels.push((at, (covered / step) as f32));
        }
        intervals.push(pixels);
    }
    intervals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reducing_averages_areas_and_keeps_the_mean() {
        let shape = Shape::new(2, 4);
        let values = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
        assert_eq!(reduced(&values, shape, Shape::new(1, 2)), [2.5, 4.5]);
        let third = reduced(&values, shape, Shape::new(1, 3));
        assert!((third.iter().sum::<f32>() / 3.0 - 3.5).abs() < 1e-5);
    }
}
