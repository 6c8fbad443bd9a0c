//! Writing one HTML file from its template, style, script and data.
//!
//! Untrusted text, such as file names, is in two places: in the title, and in the facts, which are
//! JSON in an element that browsers do not run. The content security policy allows only the style
//! and the script of the page, by their hashes, and no connection at all.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::packed_arrays::{PackedArrays, failed};
use crate::error::Result;

const TEMPLATE: &str = include_str!("../../../assets/page/page.html");
const STYLE: &str = include_str!("../../../assets/page/page.css");
/// The modules of the page in order of their imports.
const MODULES: [(&str, &str); 20] = [
    ("dom.js", include_str!("../../../assets/page/dom.js")),
    ("state.js", include_str!("../../../assets/page/state.js")),
    ("paint.js", include_str!("../../../assets/page/paint.js")),
    ("data.js", include_str!("../../../assets/page/data.js")),
    (
        "algebra.js",
        include_str!("../../../assets/page/algebra.js"),
    ),
    ("resize.js", include_str!("../../../assets/page/resize.js")),
    ("easel.js", include_str!("../../../assets/page/easel.js")),
    (
        "galleries.js",
        include_str!("../../../assets/page/galleries.js"),
    ),
    (
        "separated.js",
        include_str!("../../../assets/page/separated.js"),
    ),
    ("recipe.js", include_str!("../../../assets/page/recipe.js")),
    (
        "prototypes.js",
        include_str!("../../../assets/page/prototypes.js"),
    ),
    (
        "learning.js",
        include_str!("../../../assets/page/learning.js"),
    ),
    ("solver.js", include_str!("../../../assets/page/solver.js")),
    ("result.js", include_str!("../../../assets/page/result.js")),
    ("own.js", include_str!("../../../assets/page/own.js")),
    ("cover.js", include_str!("../../../assets/page/cover.js")),
    (
        "numbers.js",
        include_str!("../../../assets/page/numbers.js"),
    ),
    ("tour.js", include_str!("../../../assets/page/tour.js")),
    ("keys.js", include_str!("../../../assets/page/keys.js")),
    ("main.js", include_str!("../../../assets/page/main.js")),
];

/// Returns the HTML file.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if the facts cannot be written as JSON.
pub(super) fn document(
    title: &str,
    facts: &impl Serialize,
    packed: &PackedArrays,
) -> Result<Vec<u8>> {
    let script = script();
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; base-uri 'none'; form-action 'none'",
        hash(&script),
        hash(STYLE)
    );
    let facts = as_data(&serde_json::to_string(facts).map_err(failed)?);
    let (title, data) = (as_text(title), packed.base64()?);
    let values = [
        ("{{policy}}", policy.as_str()),
        ("{{title}}", &title),
        ("{{style}}", STYLE),
        ("{{run}}", &facts),
        ("{{data}}", &data),
        ("{{script}}", &script),
    ];
    let mut whole = String::with_capacity(
        TEMPLATE.len() + STYLE.len() + script.len() + facts.len() + data.len(),
    );
    let mut rest = TEMPLATE;
    // In the order of the template, so that inserted text is never searched.
    for (placeholder, value) in values {
        let (before, after) = rest
            .split_once(placeholder)
            .expect("the template has every placeholder, in this order");
        whole.extend([before, value]);
        rest = after;
    }
    whole.push_str(rest);
    Ok(whole.into_bytes())
}

/// Returns all modules as one script: what they import from one another is in the same scope.
fn script() -> String {
    let mut script = String::new();
    for line in MODULES.iter().flat_map(|(_, module)| module.lines()) {
        if !line.starts_with("import ") {
            script.extend([line.strip_prefix("export ").unwrap_or(line), "\n"]);
        }
    }
    script
}

/// Returns the source expression of a style or a script in a content security policy.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// Escapes text within an element.
fn as_text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Escapes JSON within a script element, so that no text in it ends the element.
fn as_data(json: &str) -> String {
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;

    fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
        text.split_once(before)
            .unwrap()
            .1
            .split_once(after)
            .unwrap()
            .0
    }

    #[test]
    fn every_module_is_there_and_stands_after_those_it_imports_from() {
        let mut seen = BTreeSet::new();
        for (name, text) in MODULES {
            for line in text.lines().filter(|line| line.starts_with("import ")) {
                let from = between(line, "\"./", "\"");
                assert!(
                    seen.contains(from),
                    "{name} imports from {from}, which comes later"
                );
            }
            seen.insert(name.to_owned());
        }
        let files = fs::read_dir("assets/page")
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let modules =
            files.filter(|path| path.extension().is_some_and(|extension| extension == "js"));
        let names = modules.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
        assert_eq!(names.collect::<BTreeSet<_>>(), seen);
    }

    #[test]
    fn every_name_is_taken_by_one_module_alone() {
        let mut names = BTreeSet::new();
        for line in script().lines() {
            let line = line.strip_prefix("async ").unwrap_or(line);
            for kind in ["function ", "const ", "let ", "class "] {
                let Some(name) = line.strip_prefix(kind) else {
                    continue;
                };
                let name: String = name
                    .chars()
                    .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                    .collect();
                assert!(names.insert(name.clone()), "{name} is taken twice");
            }
        }
        assert!(
            names.len() > 50 && names.contains("positiveWeights"),
            "{names:?}"
        );
    }

    #[test]
    fn the_policy_allows_what_the_page_holds_and_nothing_else() {
        let page = String::from_utf8(document("x", &1, &PackedArrays::default()).unwrap()).unwrap();
        let policy = between(&page, "Content-Security-Policy\" content=\"", "\"");
        for (start, end) in [
            ("<style>", "</style>"),
            ("<script type=\"module\">", "</script>"),
        ] {
            let hash = STANDARD.encode(Sha256::digest(between(&page, start, end)));
            assert!(
                policy.contains(&format!("'sha256-{hash}'")),
                "{start} {policy}"
            );
        }
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        let markup = between(&page, "<body>", "<script type=\"application/json\"");
        let inline =
            |word: &str| word.starts_with("style=") || word.starts_with("on") && word.contains('=');
        assert!(
            !markup.split_whitespace().any(inline),
            "inline styles and handlers are not allowed"
        );
    }

    #[test]
    fn text_from_outside_ends_no_element() {
        let bad = "</title></script><script>alert(1)</script><!-- & \u{202e}";
        let page =
            String::from_utf8(document(bad, &bad, &PackedArrays::default()).unwrap()).unwrap();
        assert_eq!(page.matches("<script").count(), 3);
        assert_eq!(
            page.matches("alert(1)").count(),
            2,
            "as title and as a fact"
        );
        assert_eq!(
            serde_json::from_str::<String>(between(&page, "id=\"run\">", "</script>")).unwrap(),
            bad
        );
    }
}
