//! Every key of a JSON report, held against a list in `tests/data`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::slice::from_ref;

use serde_json::Value;

/// What was found at one path, over several reports.
#[derive(Default)]
struct Place {
    /// How many values.
    count: usize,
    /// How many of them are objects.
    objects: usize,
    types: BTreeSet<&'static str>,
}

/// Fails unless the reports have together exactly the keys and types that `tests/data/<name>` lists.
///
/// A line is `nmf.trace[].seconds: number`; `?` follows a key that some of the objects lack. With `REGENERATE=1` the
/// list is written anew and the test fails, so that a change of keys is looked at before it counts.
pub fn assert_keys(name: &str, reports: &[Value]) {
    let mut places = BTreeMap::new();
    for report in reports {
        visit(&mut places, &[], report);
    }
    let found = lines(&places);
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name);
    if std::env::var_os("REGENERATE").is_some() {
        std::fs::write(&path, &found).unwrap();
        panic!("{name} was written anew: look at it, then test again without REGENERATE");
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    let [old, new]: [BTreeSet<&str>; 2] = [&expected, &found].map(|text| text.lines().collect());
    assert!(
        expected == found,
        "{name} lists other keys\ngone: {:#?}\nnew: {:#?}",
        old.difference(&new),
        new.difference(&old)
    );
}

fn visit(places: &mut BTreeMap<Vec<String>, Place>, path: &[String], value: &Value) {
    let place = places.entry(path.to_vec()).or_default();
    place.count += 1;
    match value {
        Value::Object(object) => {
            place.objects += 1;
            for (key, value) in object {
                visit(places, &[path, from_ref(key)].concat(), value);
            }
        }
        Value::Array(array) => {
            let path = [path, &["[]".to_owned()]].concat();
            places.entry(path.clone()).or_default();
            for value in array {
                visit(places, &path, value);
            }
        }
        Value::Null => _ = place.types.insert("null"),
        Value::Bool(_) => _ = place.types.insert("boolean"),
        Value::Number(_) => _ = place.types.insert("number"),
        Value::String(_) => _ = place.types.insert("string"),
    }
}

/// Returns one line per path that holds plain values, or nothing at all.
fn lines(places: &BTreeMap<Vec<String>, Place>) -> String {
    let mut text = String::new();
    for (path, place) in places {
        let has_below = places
            .keys()
            .any(|other| other.len() > path.len() && other.starts_with(path));
        if !place.types.is_empty() || !has_below {
            let types: Vec<&str> = place.types.iter().copied().collect();
            let types = if types.is_empty() {
                "nothing".to_owned()
            } else {
                types.join(" or ")
            };
            writeln!(text, "{}: {types}", in_words(places, path)).unwrap();
        }
    }
    text
}

/// Returns the path as `nmf.trace[].seconds`, with `?` after each key that is not always there.
fn in_words(places: &BTreeMap<Vec<String>, Place>, path: &[String]) -> String {
    let mut text = String::new();
    for (depth, key) in path.iter().enumerate() {
        if key == "[]" {
            text += key;
            continue;
        }
        if depth > 0 {
            text += ".";
        }
        text += key;
        if places[&path[..=depth]].count < places[&path[..depth]].objects {
            text += "?";
        }
    }
    text
}
