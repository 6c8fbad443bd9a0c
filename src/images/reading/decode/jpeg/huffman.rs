//! Huffman tables of JPEG files.

use super::bits::{Bits, Fault};

/// The length of the codes that are looked up directly.
const DIRECT: u32 = 9;

/// A table of codes of 1 to 16 bits.
#[derive(Clone)]
pub(super) struct Table {
    /// The length and the symbol of the code that these bits begin with; length 0 if it is longer.
    direct: Vec<Code>,
    /// By length: the first 16 bits above all codes of it, and what leads from a code to its symbol.
    lengths: [Length; 17],
    symbols: Vec<u8>,
}

#[derive(Clone, Copy, Default)]
struct Code {
    length: u8,
    symbol: u8,
}

#[derive(Clone, Copy, Default)]
struct Length {
    /// Codes of this length, followed by any bits, are below it.
    above: u32,
    /// The index of the first symbol.
    first_symbol: usize,
    /// The first code.
    first_code: u32,
}

/// A table as it is in a file.
pub(super) struct ReadTable {
    pub table: Table,
    /// The bytes that it takes.
    pub length: usize,
}

impl Table {
    /// Reads a table from the number of its codes of each length and its symbols.
    pub(super) fn read(content: &[u8]) -> Option<ReadTable> {
        let counts = content.get(..16)?;
        let total: usize = counts.iter().map(|&count| usize::from(count)).sum();
        let symbols = content.get(16..16 + total)?.to_vec();
        let mut table = Self {
            direct: vec![Code::default(); 1 << DIRECT],
            lengths: [Length::default(); 17],
            symbols,
        };
        let (mut code, mut symbol) = (0_u32, 0);
        for (length, &count) in (1..=16).zip(counts) {
            let codes = u32::from(count);
            if code + codes > 1 << length {
                return None;
            }
            table.lengths[length as usize] = Length {
                above: (code + codes) << (16 - length),
                first_symbol: symbol,
                first_code: code,
            };
            if length <= DIRECT {
                table.fill(length, code, symbol..symbol + usize::from(count));
            }
            code = (code + codes) << 1;
            symbol += usize::from(count);
        }
        Some(ReadTable {
            table,
            length: 16 + total,
        })
    }

    /// Fills in the codes of a length, which follow one another from `code` on.
    fn fill(&mut self, length: u32, code: u32, symbols: std::ops::Range<usize>) {
        let spread = 1_usize << (DIRECT - length);
        for (code, &symbol) in (code..).zip(&self.symbols[symbols]) {
            let from = code as usize * spread;
            self.direct[from..from + spread].fill(Code {
                length: length as u8,
                symbol,
            });
        }
    }

    /// Reads a code, and returns its symbol.
    pub(super) fn decode(&self, bits: &mut Bits) -> Result<u8, Fault> {
        let next = bits.peek();
        let code = self.direct[usize::from(next >> (16 - DIRECT))];
        if code.length > 0 {
            bits.skip(u32::from(code.length))?;
            return Ok(code.symbol);
        }
        for length in DIRECT + 1..=16 {
            let Length {
                above,
                first_symbol,
                first_code,
            } = self.lengths[length as usize];
            if u32::from(next) < above {
                bits.skip(length)?;
                let code = u32::from(next) >> (16 - length);
                // Shorter codes that do not exist would lie below the first one.
                let place = code.checked_sub(first_code).ok_or(Fault::Broken)?;
                let symbol = self.symbols.get(first_symbol + place as usize);
                return symbol.copied().ok_or(Fault::Broken);
            }
        }
        // No code: the bits may be the zeros or ones after the last byte.
        bits.skip(16)?;
        Err(Fault::Broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two codes of 2 bits (00, 01), one of 3 (100) and one of 11 (101 0000 0000).
    fn table() -> Table {
        let mut content = [0; 16].to_vec();
        content[1] = 2;
        content[2] = 1;
        content[10] = 1;
        content.extend([7, 8, 9, 10]);
        let read = Table::read(&content).unwrap();
        assert_eq!(read.length, 20);
        read.table
    }

    #[test]
    fn short_and_long_codes_are_decoded() {
        // 01 100 10100000000 00, then padding.
        let bytes = [0b0110_0101, 0b0000_0000, 0b0011_1111];
        let mut bits = Bits::new(&bytes, 0);
        let symbols: Vec<_> = (0..4).map(|_| table().decode(&mut bits).unwrap()).collect();
        assert_eq!(symbols, [8, 9, 10, 7]);
    }

    #[test]
    fn a_code_that_does_not_exist_is_a_fault() {
        let mut bits = Bits::new(&[0xEE, 0xEE, 0xEE], 0);
        assert_eq!(table().decode(&mut bits), Err(Fault::Broken));
        let mut bits = Bits::new(&[0b1000_0000], 0);
        assert_eq!(table().decode(&mut bits), Ok(9));
        assert_eq!(table().decode(&mut bits), Ok(7));
        assert_eq!(table().decode(&mut bits), Ok(7));
        assert_eq!(table().decode(&mut bits), Err(Fault::Cut));
    }

    #[test]
    fn more_codes_than_fit_are_no_table() {
        let mut content = [0; 20];
        content[0] = 3;
        assert!(Table::read(&content).is_none());
        assert!(Table::read(&[0; 15]).is_none());
    }
}
