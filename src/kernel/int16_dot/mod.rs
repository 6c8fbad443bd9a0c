//! Products of bytes in integers, two at a time.
//!
//! Processors multiply pairs of 16-bit integers and add both products to a 32-bit sum in one or two
//! instructions: up to twice the work of floating-point multiply-adds of the same width. The compiler
//! does not generate them from plain loops, hence the intrinsics. Sums are exact, so that they hang
//! neither on the instruction set nor on the order.

mod baseline;
mod pair;
mod words;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(super) use self::pair::Pair;
use self::pair::{in_pairs, interleave_plainly};
#[cfg(target_arch = "x86_64")]
use self::x86::vbmi::Vbmi;
use super::byte_dot::ByteDot;
use super::integer_panel::IntegerPanel;
use super::layout::{CHUNK, Lanes, WIDTH};
use super::level::Level;

/// Adds the product of pairs of columns with the fixed factor's panel of their chunk:
/// `sums[l] += Σ_j x[j] fixed[places[j]][l]`, for each part l. `places` are those of the single
/// columns, of which two that follow each other make a pair.
pub(super) fn byte_product(x: &[Pair], places: &[u8], fixed: &IntegerPanel, sums: &mut [Lanes]) {
    product(Level::current(), x, places, fixed, sums);
}

/// Interleaves columns two by two; after an odd number of columns follows one of zeros.
pub(super) fn interleave(columns: &[[u8; WIDTH]], pairs: &mut [Pair]) {
    #[cfg(target_arch = "x86_64")]
    if let Some(vbmi) = Vbmi::detect() {
        return vbmi.interleave(columns, pairs);
    }
    interleave_plainly(columns, pairs);
}

/// Makes [`byte_product`] with the instructions of a level that the processor has.
fn product(level: Level, x: &[Pair], places: &[u8], fixed: &IntegerPanel, sums: &mut [Lanes]) {
    match level {
        #[cfg(target_arch = "x86_64")]
        Level::Avx512Vnni => x86::vnni::product(x, places, fixed, sums),
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => x86::avx512::product(x, places, fixed, sums),
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => x86::avx2::product(x, places, fixed, sums),
        _ => baseline::product(x, places, fixed, sums),
    }
}

/// Adds the products of each row of `other` with the rows of `own` to `sums`, (other, own), with the
/// instructions of a level that the processor has.
fn inner_products(level: Level, own: &[Pair], other: &[Pair], sums: &mut [[i32; WIDTH]; WIDTH]) {
    match level {
        #[cfg(target_arch = "x86_64")]
        Level::Avx512Vnni => x86::vnni::inner_products(own, other, sums),
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => x86::avx512::inner_products(own, other, sums),
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => x86::avx2::inner_products(own, other, sums),
        _ => baseline::inner_products(own, other, sums),
    }
}

/// Inner products of bytes, as pairs of 16-bit integers.
#[derive(Clone, Copy)]
pub(super) struct PairDot;

impl ByteDot for PairDot {
    type Columns = Vec<Pair>;
    const STEP: usize = 2 * CHUNK;
    const OFFSET: i32 = 0;

    fn arrange_own(columns: &[&[u8; WIDTH]], places: &[usize], to: &mut Vec<Pair>) {
        in_pairs(columns, places, to);
    }

    fn arrange_other(columns: &[&[u8; WIDTH]], places: &[usize], to: &mut Vec<Pair>) {
        in_pairs(columns, places, to);
    }

    fn add_products(self, own: &Vec<Pair>, other: &Vec<Pair>, sums: &mut [[i32; WIDTH]; WIDTH]) {
        inner_products(Level::current(), own, other, sums);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns of bytes, the largest among them.
    fn columns(count: usize, factor: usize) -> Vec<[u8; WIDTH]> {
        let value = |row: usize, j: usize| {
            if (row + j).is_multiple_of(9) {
                255
            } else {
                (row * factor + j * 57) as u8
            }
        };
        (0..count)
            .map(|j| std::array::from_fn(|row| value(row, j)))
            .collect()
    }

    #[test]
    fn inner_products_are_exact_at_every_level() {
        let (own, other) = (columns(7, 31), columns(7, 13));
        let all: Vec<usize> = (0..own.len()).collect();
        let (mut own_pairs, mut pairs) = (Vec::new(), Vec::new());
        in_pairs(&own.iter().collect::<Vec<_>>(), &all, &mut own_pairs);
        in_pairs(&other.iter().collect::<Vec<_>>(), &all, &mut pairs);
        for level in Level::available() {
            let mut sums = [[1; WIDTH]; WIDTH];
            inner_products(level, &own_pairs, &pairs, &mut sums);
            for (b, sums) in sums.iter().enumerate() {
                for (a, &sum) in sums.iter().enumerate() {
                    let products = own
                        .iter()
                        .zip(&other)
                        .map(|(own, other)| i32::from(own[a]) * i32::from(other[b]));
                    assert_eq!(sum, 1 + products.sum::<i32>(), "{level:?}: {a}, {b}");
                }
            }
        }
    }

    /// The largest bytes and integers do not overflow, and a chunk may lack pairs of columns.
    #[test]
    fn products_with_a_factor_have_the_same_bits_at_every_level() {
        let places: Vec<u8> = (0..64).filter(|place| !(10..16).contains(place)).collect();
        let mut x = columns(places.len(), 31);
        x[..20].fill([255; WIDTH]);
        let mut pairs = vec![Pair::ZERO; x.len() / 2];
        interleave(&x, &mut pairs);
        for rank in [1, 2, 3, 7, 49] {
            let value = |row: usize, part: usize| match part {
                0 => 3.5,
                1 => 0.0,
                _ => ((row * 29 + part * 17) % 23) as f32 - 5.0,
            };
            let rows: Vec<Lanes> = (0..rank)
                .map(|part| Lanes(std::array::from_fn(|row| value(row, part))))
                .collect();
            let mut fixed = IntegerPanel::new(rank);
            fixed.cut(&rows, &Lanes([1.0; WIDTH]));
            let mut all = Vec::new();
            for level in Level::available() {
                let mut sums = vec![Lanes([0.5; WIDTH]); rank];
                product(level, &pairs, &places, &fixed, &mut sums);
                for (part, sums) in sums.iter().enumerate() {
                    for (row, &sum) in sums.0.iter().enumerate() {
                        let products = x.iter().zip(&places).map(|(column, &place)| {
                            f64::from(column[row]) * f64::from(value(place.into(), part))
                        });
                        let (exact, largest) = (0.5 + products.sum::<f64>(), 17.0 * 255.0 * 58.0);
                        assert!(
                            (f64::from(sum) - exact).abs() <= 2e-5 * largest,
                            "{level:?}, {rank}: {sum} for {exact}"
                        );
                    }
                }
                all.push(
                    sums.iter()
                        .flat_map(|sums| sums.0.map(f32::to_bits))
                        .collect::<Vec<u32>>(),
                );
            }
            // The baseline of x86-64 rounds the scaled sums twice.
            let rounded_once = if cfg!(target_arch = "x86_64") {
                &all[1..]
            } else {
                &all[..]
            };
            assert!(rounded_once.windows(2).all(|pair| pair[0] == pair[1]));
        }
    }

    #[test]
    fn both_values_of_a_row_share_a_word() {
        let columns: Vec<[u8; WIDTH]> = (0..5)
            .map(|j| std::array::from_fn(|row| (row * 7 + j * 83) as u8))
            .collect();
        let mut found = [[Pair([u32::MAX; WIDTH]); 3]; 2];
        interleave(&columns, &mut found[0]);
        interleave_plainly(&columns, &mut found[1]);
        for pairs in found {
            for (j, pair) in pairs.iter().enumerate() {
                for (row, &word) in pair.0.iter().enumerate() {
                    let value =
                        |j: usize| columns.get(j).map_or(0, |column| u32::from(column[row]));
                    assert_eq!(
                        word,
                        value(2 * j) + 0x1_0000 * value(2 * j + 1),
                        "{j}, {row}"
                    );
                }
            }
        }
    }
}
