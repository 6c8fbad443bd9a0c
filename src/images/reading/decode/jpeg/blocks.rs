//! The codes of one block of 8x8 coefficients, as the decoder would read them.

use super::bits::{Bits, Fault};
use super::huffman::Table;

/// The coefficients and the bits of them that a scan has.
#[derive(Clone, Copy)]
pub(super) struct Band {
    /// The first coefficient, in the order of the file.
    pub first: usize,
    /// The last one.
    pub last: usize,
    /// Whether an earlier scan had the higher bits.
    pub refines: bool,
    /// The lowest bit.
    pub lowest_bit: u8,
}

/// Follows a block of a sequential scan.
pub(super) fn sequential(bits: &mut Bits, dc: &Table, ac: &Table) -> Result<(), Fault> {
    first_dc(bits, dc)?;
    let mut at = 1;
    while at < 64 {
        let symbol = ac.decode(bits)?;
        let (zeros, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 && zeros < 15 {
            return Ok(());
        }
        at += zeros + 1;
        bits.skip(size)?;
    }
    if at == 64 { Ok(()) } else { Err(Fault::Broken) }
}

/// Follows the constant part of a block in the first scan that has it.
pub(super) fn first_dc(bits: &mut Bits, dc: &Table) -> Result<(), Fault> {
    match dc.decode(bits)? {
        size @ 0..=16 => bits.skip(u32::from(size)),
        _ => Err(Fault::Broken),
    }
}

/// The code of a coefficient.
struct Coefficient {
    /// How many coefficients before it are 0.
    zeros: u32,
    /// Its length in bits; 0 if it is 0.
    size: u32,
}

/// Reads the code of a coefficient; `None` at the end of the band, where `blank` becomes the number of blocks, from this
/// one on, without further codes.
fn coefficient(bits: &mut Bits, ac: &Table, blank: &mut u32) -> Result<Option<Coefficient>, Fault> {
    let symbol = ac.decode(bits)?;
    let (zeros, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
    if size == 0 && zeros < 15 {
        *blank = (1 << zeros) + bits.take(zeros)?;
        return Ok(None);
    }
    Ok(Some(Coefficient { zeros, size }))
}

/// Follows the first scan of a band, and marks the coefficients that are not 0. `blank` is how many blocks from this one
/// on have no further code.
pub(super) fn first_band(
    bits: &mut Bits,
    ac: &Table,
    band: Band,
    nonzero: &mut u64,
    blank: &mut u32,
) -> Result<(), Fault> {
    let mut at = band.first;
    while *blank == 0 && at <= band.last {
        let Some(Coefficient { zeros, size }) = coefficient(bits, ac, blank)? else {
            break;
        };
        at += zeros as usize;
        if size > 0 {
            if at > band.last {
                return Err(Fault::Broken);
            }
            bits.skip(size)?;
            *nonzero |= 1 << at;
        }
        at += 1;
    }
    *blank = blank.saturating_sub(1);
    Ok(())
}

/// Follows a scan that adds one bit to a band. Coefficients that are not 0 have a bit each, wherever the codes end.
pub(super) fn refined_band(
    bits: &mut Bits,
    ac: &Table,
    band: Band,
    nonzero: &mut u64,
    blank: &mut u32,
) -> Result<(), Fault> {
    let mut at = band.first;
    while *blank == 0 && at <= band.last {
        let Some(Coefficient { zeros, size }) = coefficient(bits, ac, blank)? else {
            break;
        };
        bits.skip(u32::from(size > 0))?;
        at = skip_zeros(bits, at, band.last, *nonzero, zeros)?;
        if size > 0 {
            if at > band.last {
                return Err(Fault::Broken);
            }
            *nonzero |= 1 << at;
        }
        at += 1;
    }
    if *blank > 0 {
        let rest = (at..=band.last)
            .filter(|at| *nonzero >> at & 1 == 1)
            .count();
        for _ in 0..rest {
            bits.skip(1)?;
        }
        *blank -= 1;
    }
    Ok(())
}

/// Returns the place of the coefficient after so many that are 0, and consumes the bits of those between that are not.
fn skip_zeros(
    bits: &mut Bits,
    from: usize,
    last: usize,
    nonzero: u64,
    mut zeros: u32,
) -> Result<usize, Fault> {
    let mut at = from;
    while at <= last {
        if nonzero >> at & 1 == 1 {
            bits.skip(1)?;
        } else if zeros == 0 {
            break;
        } else {
            zeros -= 1;
        }
        at += 1;
    }
    Ok(at)
}
