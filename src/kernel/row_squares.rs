//! Squares of the difference of two rows of values.

/// Sums that are formed side by side, so that none waits for its own previous addition.
const SUMS: usize = 16;
/// Differences that are formed before they are squared: the compiler vectorises both loops then.
const AT_A_TIME: usize = 16 * SUMS;

dispatch! {
    /// Returns ‖x − y‖² and ‖x‖²; the differences are `f32`, their squares and all sums `f64`.
    row_squares = row_squares_body(x: &[f32], y: &[f32]) -> [f64; 2]
}

#[inline(always)]
fn row_squares_body<const L: usize, const FUSED: bool>(x: &[f32], y: &[f32]) -> [f64; 2] {
    let (mut residual, mut original) = ([0.0; SUMS], [0.0; SUMS]);
    let mut differences = [0.0; AT_A_TIME];
    for (x, y) in x.chunks(AT_A_TIME).zip(y.chunks(AT_A_TIME)) {
        let differences = &mut differences[..x.len()];
        for ((difference, x), y) in differences.iter_mut().zip(x).zip(y) {
            *difference = x - y;
        }
        add_squares(differences, &mut residual);
        add_squares(x, &mut original);
    }
    [residual.iter().sum(), original.iter().sum()]
}

/// Adds the squares of values in turn to the sums.
// No multiply-add: every instruction set gives the same bits.
#[inline(always)]
fn add_squares(values: &[f32], sums: &mut [f64; SUMS]) {
    let (values, rest) = values.as_chunks::<SUMS>();
    for values in values {
        for l in 0..SUMS {
            sums[l] += f64::from(values[l]) * f64::from(values[l]);
        }
    }
    for (sum, value) in sums.iter_mut().zip(rest) {
        *sum += f64::from(*value) * f64::from(*value);
    }
}

dispatch! {
    /// Writes bytes as normalised values, `v / 255`.
    normalise = normalise_body(bytes: &[u8], values: &mut [f32])
}

#[inline(always)]
fn normalise_body<const L: usize, const FUSED: bool>(bytes: &[u8], values: &mut [f32]) {
    for (value, &byte) in values.iter_mut().zip(bytes) {
        *value = f32::from(byte) / 255.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_those_of_a_plain_sum() {
        for length in [0, 1, 15, 16, 17, 100] {
            let x: Vec<f32> = (0..length).map(|i| (i * 7 % 11) as f32 / 8.0).collect();
            let y: Vec<f32> = (0..length).map(|i| (i * 5 % 13) as f32 / 16.0).collect();
            let (mut residual, mut original) = (0.0, 0.0);
            for (&x, &y) in x.iter().zip(&y) {
                residual += (f64::from(x) - f64::from(y)).powi(2);
                original += f64::from(x).powi(2);
            }
            // Eighths and sixteenths are exact.
            let found = row_squares(&x, &y).map(f64::to_bits);
            assert_eq!(found, [residual, original].map(f64::to_bits), "{length}");
        }
    }

    #[test]
    fn every_byte_is_divided_by_255() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut values = [0.0; 256];
        normalise(&bytes, &mut values);
        let expected: Vec<f32> = bytes.iter().map(|&v| f32::from(v) / 255.0).collect();
        assert_eq!(values.to_vec(), expected);
    }
}
