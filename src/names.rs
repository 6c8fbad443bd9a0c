//! Names on lines of a text; a name may contain any character.

use std::borrow::Cow;

/// Returns the name escaped on one line.
pub(crate) fn escaped(name: &str) -> Cow<'_, str> {
    if !name.contains(['\\', '\n']) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.replace('\\', "\\\\").replace('\n', "\\n"))
}

/// Returns the name that a line represents.
pub(crate) fn unescaped(line: &str) -> String {
    let mut characters = line.chars();
    let mut name = String::with_capacity(line.len());
    while let Some(character) = characters.next() {
        // A backslash and the character after it represent one character.
        name.push(match character {
            '\\' if characters.next() == Some('n') => '\n',
            character => character,
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
