//! Texts with a line for each of several names, which may hold any sign.

/// The name on one line.
pub(crate) fn escaped(name: &str) -> String {
    name.replace('\\', "\\\\").replace('\n', "\\n")
}

/// The name that a line stands for.
pub(crate) fn unescaped(line: &str) -> String {
    let mut signs = line.chars();
    let mut name = String::with_capacity(line.len());
    while let Some(sign) = signs.next() {
        // A backslash and what follows it stand for one sign.
        name.push(match sign {
            '\\' if signs.next() == Some('n') => '\n',
            sign => sign,
        });
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_comes_back_from_its_line() {
        for name in ["", "face.png", "a\nb", "a\\nb", "\\", "\n\\\n"] {
            let line = escaped(name);
            assert!(!line.contains('\n'));
            assert_eq!(unescaped(&line), name);
        }
    }
}
