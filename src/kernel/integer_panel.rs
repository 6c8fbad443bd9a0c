//! One panel of a factor cut to 16-bit integers, for products with bytes.

use super::layout::{Group, Lanes, PAIRS, WIDTH, groups};

/// The largest integer: sums over a chunk, of up to 64 · 255 · 32,767, fit 32 bits.
const LARGEST: f32 = i16::MAX as f32;

/// Adding this number leaves the nearest integer, for integers of 16 bits, in the lowest bits.
const ROUNDING: f32 = 1.5 * (1 << 23) as f32;

/// Up to [`WIDTH`] rows of a factor, as integers times a scale for each part: a value is off by at
/// most half a 32,767th of the part's largest value in the panel.
pub(crate) struct IntegerPanel {
    /// Pairs of rows: group by group, pair by pair within a group.
    values: Vec<u32>,
    /// What an integer of each part stands for.
    scales: Vec<f32>,
}

impl IntegerPanel {
    /// Returns a panel of zeros.
    pub(super) fn new(rank: usize) -> Self {
        Self {
            values: vec![0; rank * PAIRS],
            scales: vec![0.0; rank],
        }
    }

    /// Replaces the panel by `parts` times `copies`.
    pub(super) fn cut(&mut self, parts: &[Lanes], copies: &Lanes) {
        cut(parts, copies, &mut self.values, &mut self.scales);
    }

    /// Returns the pairs of a group of M parts, (pairs of rows, M), and the scales of the parts.
    #[inline]
    pub(super) fn group<const M: usize>(&self, group: Group) -> (&[[u32; M]; PAIRS], &[f32]) {
        let (values, _) = self.values[group.start * PAIRS..(group.start + M) * PAIRS].as_chunks();
        (
            values.first_chunk().unwrap_or(&[[0; M]; PAIRS]),
            &self.scales[group.start..group.start + M],
        )
    }
}

dispatch! {
    /// Cuts parts times `copies` to `values`, group by group, and returns what an integer stands for in
    /// `scales`.
    cut = cut_body(parts: &[Lanes], copies: &Lanes, values: &mut [u32], scales: &mut [f32])
}

#[inline(always)]
fn cut_body<const L: usize, const FUSED: bool>(
    parts: &[Lanes],
    copies: &Lanes,
    values: &mut [u32],
    scales: &mut [f32],
) {
    for group in groups(parts.len()) {
        for_group!(
            group.len,
            cut_group,
            L,
            FUSED,
            (parts, copies, group, values, scales)
        );
    }
}

#[inline(always)]
fn cut_group<const M: usize, const L: usize, const FUSED: bool>(
    parts: &[Lanes],
    copies: &Lanes,
    group: Group,
    values: &mut [u32],
    scales: &mut [f32],
) {
    let mut pairs = [[0; PAIRS]; M];
    for m in 0..M {
        let part = group.start + m;
        (pairs[m], scales[part]) = cut_part(&parts[part], copies);
    }
    let (values, _) = values[group.start * PAIRS..(group.start + M) * PAIRS].as_chunks_mut::<M>();
    for (at, values) in values.iter_mut().enumerate() {
        for m in 0..M {
            values[m] = pairs[m][at];
        }
    }
}

/// Returns the values of a part, times `copies`, as pairs of 16-bit integers, and their scale.
#[inline(always)]
fn cut_part(part: &Lanes, copies: &Lanes) -> ([u32; PAIRS], f32) {
    let mut values = [0.0; WIDTH];
    for row in 0..WIDTH {
        values[row] = part.0[row] * copies.0[row];
    }
    let largest = largest_magnitude(&values);
    let inverse = LARGEST / largest;
    // A part that is 0, or so small that its inverse overflows, adds nothing.
    if !inverse.is_finite() {
        return ([0; PAIRS], 0.0);
    }
    let mut integers = [0; WIDTH];
    for row in 0..WIDTH {
        integers[row] = (values[row] * inverse + ROUNDING).to_bits();
    }
    let (rows, _) = integers.as_chunks::<2>();
    let mut pairs = [0; PAIRS];
    for at in 0..PAIRS {
        pairs[at] = rows[at][0] & 0xffff | rows[at][1] << 16;
    }
    (pairs, largest / LARGEST)
}

/// Returns the largest magnitude of the values.
#[inline(always)]
fn largest_magnitude(values: &[f32; WIDTH]) -> f32 {
    let mut largest = *values;
    for value in &mut largest {
        *value = value.abs();
    }
    let mut half = WIDTH / 2;
    while half > 0 {
        for l in 0..half {
            if largest[l + half] > largest[l] {
                largest[l] = largest[l + half];
            }
        }
        half /= 2;
    }
    largest[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panel_is_cut_to_half_a_step_of_each_part() {
        let values: [f32; WIDTH] = std::array::from_fn(|row| (row as f32 - 20.3) * 1.7e-3);
        let copies = Lanes(std::array::from_fn(|row| 1.0 + (row % 3) as f32));
        let (pairs, scale) = cut_part(&Lanes(values), &copies);
        let integers = pairs.map(|pair| [pair as u16, (pair >> 16) as u16]);
        let integers = integers
            .as_flattened()
            .iter()
            .map(|word| word.cast_signed());
        assert_eq!(integers.clone().max(), Some(i16::MAX));
        for (row, integer) in integers.enumerate() {
            let cut = f32::from(integer) * scale;
            let value = values[row] * copies.0[row];
            assert!(
                (cut - value).abs() <= 0.501 * scale,
                "{row}: {cut} for {value}"
            );
        }
    }

    #[test]
    fn parts_without_values_that_can_be_cut_are_zero() {
        let copies = Lanes([1.0; WIDTH]);
        for value in [0.0, f32::MIN_POSITIVE] {
            assert_eq!(cut_part(&Lanes([value; WIDTH]), &copies), ([0; PAIRS], 0.0));
        }
    }
}
