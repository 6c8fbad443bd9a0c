//! The natural order of names: numbers by value, everything else by bytes, the same on every machine.

use std::cmp::Ordering;

/// Compares two names: `2.png` comes before `10.png`, and the files of a folder before folders whose names begin with its
/// name.
pub(crate) fn natural(left: &str, right: &str) -> Ordering {
    let (mut a, mut b) = (left.as_bytes(), right.as_bytes());
    while let (Some(first), Some(second)) = (a.first(), b.first()) {
        let order = if first.is_ascii_digit() && second.is_ascii_digit() {
            by_value(take_digits(&mut a), take_digits(&mut b))
        } else {
            (a, b) = (&a[1..], &b[1..]);
            rank(*first).cmp(&rank(*second))
        };
        if order.is_ne() {
            return order;
        }
    }
    // `01` and `1` have the same value: compare the bytes.
    a.len().cmp(&b.len()).then_with(|| left.cmp(right))
}

/// Returns the rank of a byte: the separator of folders comes first.
fn rank(byte: u8) -> u8 {
    if byte == b'/' { 0 } else { byte }
}

/// Removes and returns the digits that the text begins with.
fn take_digits<'a>(text: &mut &'a [u8]) -> &'a [u8] {
    let end = text
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    digits
}

/// Compares numbers of any length.
fn by_value(left: &[u8], right: &[u8]) -> Ordering {
    let (left, right) = (without_zeros(left), without_zeros(right));
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// Returns a number without leading zeros.
fn without_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_a_person_would() {
        let sorted = [
            "1.png",
            "01.png",
            "2.png",
            "10.png",
            "99999999999999999999998.png",
            "99999999999999999999999.png",
            "A.png",
            "a",
            "a/2/x",
            "a/10/x",
            "a-b/1",
            "a1b2",
            "a1b10",
            "é.png",
        ];
        let mut names = sorted;
        names.reverse();
        names.sort_by(|left, right| natural(left, right));
        // The bytes order two spellings of one number.
        assert_eq!(names[..2], ["01.png", "1.png"]);
        assert_eq!(names[2..], sorted[2..]);
    }
}
