//! Shortening of absolute paths: a page is given to others, whom the folders of the computer that
//! made it do not concern.

use serde::Serialize;
use serde_json::Value;

use super::packed_arrays::failed;
use crate::error::Result;

/// The keys of names of images and of labels.
const NAMES: [&str; 2] = ["names", "held_out_names"];

/// The key of the path of a file.
const PATH: &str = "path";

/// Returns facts in which every absolute path, also within a text, is its last component.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if the facts cannot be written as JSON.
pub(super) fn without_folders(facts: &impl Serialize) -> Result<Value> {
    let mut facts = serde_json::to_value(facts).map_err(failed)?;
    shorten_all(&mut facts);
    Ok(facts)
}

fn shorten_all(value: &mut Value) {
    match value {
        Value::String(text) => *text = shortened(text),
        Value::Array(values) => values.iter_mut().for_each(shorten_all),
        Value::Object(entries) => {
            for (key, value) in entries {
                match value {
                    Value::Array(names) if NAMES.contains(&key.as_str()) => {
                        names.iter_mut().for_each(shorten_name);
                    }
                    Value::String(_) if key == PATH => shorten_name(value),
                    _ => shorten_all(value),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Shortens a name or a path, which is one as a whole, whatever letters it has.
fn shorten_name(name: &mut Value) {
    if let Value::String(path) = name
        && is_absolute(path)
    {
        *path = last_component(path).to_owned();
    }
}

fn last_component(path: &str) -> &str {
    let end = path.trim_end_matches(is_separator);
    end.rsplit(is_separator).next().unwrap_or(end)
}

/// Returns a text in which every absolute path is its last component.
fn shortened(text: &str) -> String {
    let mut short = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let before = short.chars().next_back();
        let taken = if before.is_none_or(ends_word) && is_absolute(rest) {
            // A path in quotes may have spaces.
            let quote = before.filter(|&letter| is_quote(letter));
            let is_end = |letter| quote.map_or_else(|| ends_path(letter), |quote| letter == quote);
            let path = &rest[..rest.find(is_end).unwrap_or(rest.len())];
            short.push_str(last_component(path));
            path.len()
        } else {
            short.push(next);
            next.len_utf8()
        };
        rest = &rest[taken..];
    }
    short
}

/// Returns whether a text begins with the root of a file system and a name: `/a`, `C:\a`, `\\a`.
fn is_absolute(text: &str) -> bool {
    let after_drive = match text.as_bytes() {
        [drive, b':', ..] if drive.is_ascii_alphabetic() => &text[2..],
        _ => text,
    };
    let name = after_drive.trim_start_matches(is_separator);
    name.len() < after_drive.len() && name.starts_with(|letter| !ends_path(letter))
}

fn is_separator(letter: char) -> bool {
    letter == '/' || letter == '\\'
}

fn ends_word(letter: char) -> bool {
    ends_path(letter) || "=([<,;".contains(letter)
}

fn ends_path(letter: char) -> bool {
    letter.is_whitespace() || is_quote(letter)
}

fn is_quote(letter: char) -> bool {
    "'\"`".contains(letter)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_absolute_path_is_its_last_component() {
        for (text, expected) in [
            ("/home/me/faces", "faces"),
            ("/home/me/faces/", "faces"),
            (
                "nmf-images /data/faces -k 16 --out=/out/a.b",
                "nmf-images faces -k 16 --out=a.b",
            ),
            (
                "nmf-images '/home/our pictures/my faces' -k 4",
                "nmf-images 'my faces' -k 4",
            ),
            (
                r"from C:\Users\me\faces and \\host\share\digits",
                "from faces and digits",
            ),
            ("labels of `/data/labels.csv`", "labels of `labels.csv`"),
        ] {
            assert_eq!(shortened(text), expected);
        }
    }

    #[test]
    fn other_texts_stay() {
        for text in [
            "assets/faces",
            "u8 / 255",
            "0.07:0",
            "and/or, 1/2",
            "../faces",
            "/",
            "",
        ] {
            assert_eq!(shortened(text), text);
        }
    }

    #[test]
    fn a_name_is_a_path_as_a_whole() {
        let facts = json!({"names": ["/a/b c.png", "x\"/ y/z.png"], "labels": {"names": ["'/d"]}});
        let expected = json!({"names": ["b c.png", "x\"/ y/z.png"], "labels": {"names": ["'/d"]}});
        assert_eq!(without_folders(&facts).unwrap(), expected);
    }

    #[test]
    fn every_text_of_the_facts_is_shortened() {
        let facts = json!({"input": {"path": "/a/b", "notes": ["read /a/c"]}, "rank": 4});
        let expected = json!({"input": {"path": "b", "notes": ["read c"]}, "rank": 4});
        assert_eq!(without_folders(&facts).unwrap(), expected);
    }
}
