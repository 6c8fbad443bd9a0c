//! Numbers and gaps in the fields of a table.

/// Fields without a value, in small letters.
const NO_VALUE: [&str; 5] = ["", "na", "n/a", "nan", "null"];

/// How numbers are written in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NumberFormat {
    /// Whether a comma may be the decimal point, because it does not separate fields.
    pub decimal_comma: bool,
}

impl NumberFormat {
    /// Parses a number; `None` of NaN.
    pub(crate) fn number(self, field: &[u8]) -> Option<f32> {
        let text = std::str::from_utf8(field.trim_ascii()).ok()?;
        let parsed = text.parse().ok().or_else(|| self.unusual(text));
        parsed.filter(|value: &f32| !value.is_nan())
    }

    /// Parses a number with a decimal comma or the exponent of Fortran, as in `1,5` or `1.5D+00`.
    fn unusual(self, text: &str) -> Option<f32> {
        let is_number = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.,eEdD".contains(&byte));
        if !is_number {
            return None;
        }
        let commas = text.matches(',').count();
        if commas > usize::from(self.decimal_comma) || (commas > 0 && text.contains('.')) {
            return None;
        }
        text.replace(',', ".").replace(['d', 'D'], "e").parse().ok()
    }

    /// Checks whether a field is neither a number nor missing nor a list of numbers.
    pub(crate) fn is_word(self, field: &[u8]) -> bool {
        self.number(field).is_none() && !has_no_value(field) && !self.is_list(field)
    }

    /// Checks whether a field is a list of at least two numbers: `1 2`, `1, 2` or `[1,2]`. `1,234` is none.
    pub(crate) fn is_list(self, field: &[u8]) -> bool {
        let field = field.trim_ascii();
        let is_open = field.iter().any(u8::is_ascii_whitespace) || field.starts_with(b"[");
        is_open
            && self.number(field).is_none()
            && self.items(field).nth(1).is_some()
            && self.items(field).all(|item| self.number(item).is_some())
    }

    /// Returns the items of a list of numbers.
    pub(crate) fn items(self, field: &[u8]) -> impl Iterator<Item = &[u8]> {
        let is_between = move |byte: &u8| {
            byte.is_ascii_whitespace()
                || matches!(byte, b'[' | b']')
                || (*byte == b',' && !self.decimal_comma)
        };
        field.split(is_between).filter(|item| !item.is_empty())
    }
}

/// Returns the words of a line that are separated by spaces.
pub(crate) fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace)
        .filter(|item| !item.is_empty())
}

/// Checks whether a field stands for a missing value.
pub(crate) fn has_no_value(field: &[u8]) -> bool {
    NO_VALUE
        .iter()
        .any(|text| field.trim_ascii().eq_ignore_ascii_case(text.as_bytes()))
}

/// Checks whether a field is an index and a value, as in the sparse rows of LIBSVM.
pub(crate) fn is_sparse(field: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(field) else {
        return false;
    };
    let pair = text.split_once(':');
    pair.is_some_and(|(index, value)| index.parse::<u64>().is_ok() && value.parse::<f32>().is_ok())
}

/// Returns a field as text.
pub(crate) fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(field.trim_ascii()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_writer_are_parsed() {
        let comma = NumberFormat {
            decimal_comma: true,
        };
        let point = NumberFormat {
            decimal_comma: false,
        };
        for (field, value) in [
            ("1.5", 1.5),
            (" 1.500000000000000000e+00", 1.5),
            ("1.5D+00", 1.5),
            ("+1.5E0", 1.5),
            (".5", 0.5),
        ] {
            assert_eq!(point.number(field.as_bytes()), Some(value), "{field}");
        }
        assert_eq!(comma.number(b"1,5"), Some(1.5));
        assert_eq!(point.number(b"1,5"), None);
        for field in ["1,5,5", "1.000,5", "d", "1e", "nan", "0x1"] {
            assert_eq!(comma.number(field.as_bytes()), None, "{field}");
        }
    }

    #[test]
    fn lists_are_numbers_separated_by_spaces() {
        let format = NumberFormat {
            decimal_comma: false,
        };
        assert!(format.is_list(b"1 2"));
        assert!(format.is_list(b" 70  80.5\t82 "));
        assert!(format.is_list(b"[1, 2]") && format.is_list(b"[1,2]") && format.is_list(b"1, 2"));
        assert!(!format.is_list(b"1,234") && !format.is_list(b"[1]"));
        assert!(!format.is_list(b"12"));
        assert!(!format.is_list(b"1 b"));
        assert!(is_sparse(b"12:0.5") && !is_sparse(b"12:30:00"));
    }
}
