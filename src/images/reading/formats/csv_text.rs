//! The text of a table: what separates its fields, and whether a file is one.

use super::csv_numbers::{NumberFormat, has_no_value, is_sparse, words};

/// How lines of comments begin.
pub(super) const COMMENT: u8 = b'#';
/// The minimum number of fields of a first line whose end is not among the first bytes.
const MANY: usize = 8;

/// What separates the fields of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delimiter {
    Sign(u8),
    /// Any number of spaces.
    Spaces,
}

impl Delimiter {
    /// Returns how numbers may be written between these delimiters.
    pub(super) fn number_format(self) -> NumberFormat {
        NumberFormat {
            decimal_comma: self != Self::Sign(b','),
        }
    }
}

/// Returns the delimiter of a line: a tab or a semicolon if it contains one, since commas may be part of numbers; spaces
/// if it contains no other delimiter.
pub(super) fn delimiter(line: &[u8]) -> Delimiter {
    let line = line.trim_ascii();
    let is_outside_quotes = |delimiter: &u8| {
        line.split(|&byte| byte == b'"')
            .step_by(2)
            .any(|text| text.contains(delimiter))
    };
    let found = [b'\t', b';', b','].into_iter().find(is_outside_quotes);
    match found {
        Some(b',') if are_decimal_commas(line) => Delimiter::Spaces,
        Some(sign) => Delimiter::Sign(sign),
        None if is_outside_quotes(&b' ') => Delimiter::Spaces,
        None => Delimiter::Sign(b','),
    }
}

/// Checks whether a line is numbers with decimal commas, separated by spaces.
fn are_decimal_commas(line: &[u8]) -> bool {
    let format = NumberFormat {
        decimal_comma: true,
    };
    words(line).nth(1).is_some()
        && words(line).all(|item| item.contains(&b',') && format.number(item).is_some())
}

/// Splits a line at spaces; a field in quotation marks may contain some.
pub(super) fn split_at_spaces(line: &[u8]) -> Vec<&[u8]> {
    let mut fields = Vec::new();
    let mut rest = line.trim_ascii();
    while !rest.is_empty() {
        let (quoted, end) = match rest.strip_prefix(b"\"") {
            Some(text) => (true, text.iter().position(|&byte| byte == b'"')),
            None => (false, rest.iter().position(u8::is_ascii_whitespace)),
        };
        let start = usize::from(quoted);
        let end = end.map_or(rest.len(), |end| end + start);
        fields.push(&rest[start..end]);
        rest = rest
            .get(end + start..)
            .unwrap_or_default()
            .trim_ascii_start();
    }
    fields
}

/// Returns the lines in the first bytes of a file that are neither empty nor comments.
pub(super) fn lines_of(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.split(|byte| b"\r\n".contains(byte))
        .map(<[u8]>::trim_ascii_end)
        .filter(|line| !line.is_empty() && line[0] != COMMENT)
}

/// Checks whether the first bytes of a file are lines with the same number of fields, among them numbers.
pub(super) fn are_alike(head: &[u8]) -> bool {
    let is_cut = !head.ends_with(b"\n");
    let mut lines: Vec<&[u8]> = lines_of(head).collect();
    let Some(&first) = lines.first() else {
        return false;
    };
    let delimiter = delimiter(first);
    if is_cut && lines.len() == 1 {
        return fields(first, delimiter).len() >= MANY
            && (delimiter != Delimiter::Spaces || is_of_numbers(first));
    }
    if is_cut {
        lines.pop();
    }
    if delimiter == Delimiter::Spaces {
        return are_spaced_numbers(&lines);
    }
    let count = fields(first, delimiter).len();
    let format = delimiter.number_format();
    let has_number = |line: &&[u8]| {
        fields(line, delimiter)
            .iter()
            .any(|field| format.number(field).is_some())
    };
    count > 1
        && lines
            .iter()
            .all(|line| fields(line, delimiter).len() == count)
        && lines.iter().any(has_number)
}

/// Checks whether lines are numbers separated by spaces, perhaps below a header, which may have no name for the first
/// column.
fn are_spaced_numbers(lines: &[&[u8]]) -> bool {
    let Some((first, rest)) = lines.split_first() else {
        return false;
    };
    let names = split_at_spaces(first).len();
    let Some(second) = rest.first() else {
        return names > 1 && is_of_numbers(first);
    };
    // Sparse rows differ in length.
    let is_sparse_table = split_at_spaces(second).iter().any(|field| is_sparse(field));
    let count = split_at_spaces(second).len();
    let are_alike = rest
        .iter()
        .all(|line| split_at_spaces(line).len() == count && is_of_numbers(line));
    let fits_header = names == count || (names + 1 == count && !is_of_numbers(first));
    (count > 1 && fits_header && are_alike)
        || (is_sparse_table && lines.iter().all(|line| is_of_numbers(line)))
}

/// Checks whether all fields of a line are numbers, missing or sparse; the first may be a name in quotation marks.
fn is_of_numbers(line: &[u8]) -> bool {
    let format = Delimiter::Spaces.number_format();
    let is_named = line.starts_with(b"\"");
    split_at_spaces(line)
        .iter()
        .enumerate()
        .all(|(column, field)| {
            format.number(field).is_some()
                || has_no_value(field)
                || is_sparse(field)
                || (column == 0 && is_named)
        })
}

fn fields(line: &[u8], delimiter: Delimiter) -> Vec<&[u8]> {
    match delimiter {
        Delimiter::Sign(sign) => line.split(|&byte| byte == sign).collect(),
        Delimiter::Spaces => split_at_spaces(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_follows_from_the_first_line() {
        for (line, expected) in [
            ("1,2", Delimiter::Sign(b',')),
            ("a,b;c", Delimiter::Sign(b';')),
            ("1 \t2", Delimiter::Sign(b'\t')),
            ("6 0.5  1 ", Delimiter::Spaces),
            ("0,5 1,25", Delimiter::Spaces),
            ("0,1 2", Delimiter::Sign(b',')),
            ("emotion,pixels", Delimiter::Sign(b',')),
            ("pixels", Delimiter::Sign(b',')),
            ("\"two words\"", Delimiter::Sign(b',')),
        ] {
            assert_eq!(delimiter(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn fields_between_spaces_may_be_quoted() {
        let fields = split_at_spaces(b" 6  0.5\t\"a b\" \"\" 1 ");
        assert_eq!(fields, [&b"6"[..], b"0.5", b"a b", b"", b"1"]);
        assert_eq!(split_at_spaces(b"\"open"), [b"open"]);
    }
}
