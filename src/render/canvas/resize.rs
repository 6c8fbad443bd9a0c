//! Enlarging and reducing images.

use crate::basis::Shape;

/// The image at the size `to`: each pixel repeated where that is a multiple of its own, or else reduced.
pub(crate) fn resized(values: &[f32], from: Shape, to: Shape) -> Vec<f32> {
    if to.width < from.width || to.height < from.height {
        return reduced(values, from, to);
    }
    let at = |row: usize, column: usize| {
        values[row * from.height / to.height * from.width + column * from.width / to.width]
    };
    (0..to.pixels())
        .map(|pixel| at(pixel / to.width, pixel % to.width))
        .collect()
}

/// The image at the size `to`, each value the average of the area that it covers.
pub(crate) fn reduced(values: &[f32], from: Shape, to: Shape) -> Vec<f32> {
    let columns = shares(from.width, to.width);
    let rows = shares(from.height, to.height);
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

/// For each of `to` intervals: which of `from` pixels it covers, and what share of it each makes up.
fn shares(from: usize, to: usize) -> Vec<Vec<(usize, f32)>> {
    let step = from as f64 / to as f64;
    let interval = |index: usize| {
        let (start, end) = (index as f64 * step, (index + 1) as f64 * step);
        let last = (end.ceil() as usize).min(from);
        let covered = move |at: usize| (end.min((at + 1) as f64) - start.max(at as f64)).max(0.0);
        ((start as usize).min(from - 1)..last)
            .map(|at| (at, (covered(at) / step) as f32))
            .collect()
    };
    (0..to).map(interval).collect()
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
