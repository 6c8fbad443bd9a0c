//! Numbers as they are written in pictures.

/// Returns a fraction in percent with two or three digits, such as `9.3 %`; a dash if it is not
/// finite.
#[must_use]
pub fn percent(fraction: f64) -> String {
    let value = fraction * 100.0;
    let digits = match value.abs() {
        x if !x.is_finite() => return "–".to_owned(),
        x if x >= 99.95 || x == 0.0 => 0,
        x if x >= 0.995 => 1,
        x if x >= 0.01 => 2,
        _ => return "< 0.01\u{A0}%".to_owned(),
    };
    format!("{value:.digits$}\u{A0}%")
}

/// Returns a value with about three digits, such as `0.0823`, `12.3` or `4.0e−7`; a dash if it is
/// not finite.
#[must_use]
pub fn number(value: f64) -> String {
    let text = match value.abs() {
        x if !x.is_finite() => return "–".to_owned(),
        0.0 => return "0".to_owned(),
        x if !(0.001..100_000.0).contains(&x) => format!("{value:.1e}"),
        x if x < 0.1 => format!("{value:.4}"),
        x if x < 1.0 => format!("{value:.3}"),
        x if x < 10.0 => format!("{value:.2}"),
        x if x < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    };
    let text = if text.contains('.') && !text.contains('e') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    };
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_two_or_three_digits() {
        assert_eq!(percent(0.0931), "9.3\u{A0}%");
        assert_eq!(percent(1.0), "100\u{A0}%");
        assert_eq!(percent(f64::NAN), "–");
        assert_eq!(number(0.0823), "0.0823");
        assert_eq!(number(-0.5), "−0.5");
        assert_eq!(number(12.34), "12.3");
    }
}
