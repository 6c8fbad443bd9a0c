//! Inner products of bytes in integers: what the instructions for them have in common.

use super::layout::WIDTH;

/// The number of columns up to which sums of products of two bytes fit 32 bits.
pub(super) const FITTING: usize = 1 << 15;

/// Proof that the processor has an instruction for products of integers. Their sums are exact, so that
/// processors without one get the same bits from floats.
pub(super) trait ByteDot: Copy + Sync {
    /// Columns of a panel as the instruction takes them.
    type Columns: Default;
    /// Columns per step: those of two panels stay in cache.
    const STEP: usize;
    /// What is subtracted from the bytes of the other panel, to make them signed.
    const OFFSET: i32;

    /// Arranges the columns of the panel itself at some places.
    fn arrange_own(columns: &[&[u8; WIDTH]], places: &[usize], to: &mut Self::Columns);

    /// Arranges the columns of another panel at some places.
    fn arrange_other(columns: &[&[u8; WIDTH]], places: &[usize], to: &mut Self::Columns);

    /// Adds the products of each row of `other` with the rows of `own` to `sums`, (other, own).
    fn add_products(
        self,
        own: &Self::Columns,
        other: &Self::Columns,
        sums: &mut [[i32; WIDTH]; WIDTH],
    );
}

dispatch! {
    /// Adds the columns to the sums of the rows.
    add_columns = add_columns_body(bytes: &[&[u8; WIDTH]], sums: &mut [i32; WIDTH])
}

#[inline(always)]
fn add_columns_body<const L: usize, const FUSED: bool>(
    bytes: &[&[u8; WIDTH]],
    sums: &mut [i32; WIDTH],
) {
    for column in bytes {
        for row in 0..WIDTH {
            sums[row] += i32::from(column[row]);
        }
    }
}

dispatch! {
    /// Adds `sums`, products with bytes minus `offset`, to `tile` as products with the bytes: adds the
    /// offset times the sums of the rows, `own`.
    add_to_tile = add_to_tile_body(sums: &[[i32; WIDTH]; WIDTH], own: &[i32; WIDTH], offset: i32, tile: &mut [[f64; WIDTH]; WIDTH])
}

#[inline(always)]
fn add_to_tile_body<const L: usize, const FUSED: bool>(
    sums: &[[i32; WIDTH]; WIDTH],
    own: &[i32; WIDTH],
    offset: i32,
    tile: &mut [[f64; WIDTH]; WIDTH],
) {
    let offset = f64::from(offset);
    for (sums, totals) in sums.iter().zip(tile) {
        for l in 0..WIDTH {
            totals[l] += f64::from(sums[l]) + offset * f64::from(own[l]);
        }
    }
}
