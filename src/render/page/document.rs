//! Writing one HTML file from its template, style, script and data.
//!
//! Untrusted text, such as file names, is in two places: in the title, and in the facts, which are
//! JSON in an element that browsers do not run. The content security policy allows only the style
//! and the script of the page, by their hashes, workers that this script makes from text in the
//! page, and no connection at all.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::packed_arrays::{PackedArrays, failed};
use crate::error::Result;

const TEMPLATE: &str = include_str!("../../../assets/page/page.html");
/// Texts that are joined in a page: the path of each file in the folder of the page, and its text.
type Files = [(&'static str, &'static str)];

/// Returns files of the folder of the page with their texts.
macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../assets/page/", $path)))),*]
    };
}

/// The style sheets of the page.
const STYLES: &Files = files![
    "page.css",
    "blocks/blocks.css",
    "world/world.css",
    "atlas/atlas.css",
    "folder/folder.css",
    "story/story.css",
];
/// The modules of the page in order of their imports.
const MODULES: &Files = files![
    "drawing/dom.js",
    "drawing/seen.js",
    "drawing/paint.js",
    "drawing/resize.js",
    "drawing/picture.js",
    "drawing/easel.js",
    "drawing/roving.js",
    "run/state.js",
    "run/data.js",
    "run/pieces.js",
    "run/runs.js",
    "run/algebra.js",
    "run/solver.js",
    "sections/folds.js",
    "sections/users.js",
    "sections/galleries.js",
    "sections/ends.js",
    "sections/separated.js",
    "sections/terms.js",
    "sections/recipe.js",
    "sections/switches.js",
    "blocks/excerpt.js",
    "blocks/words.js",
    "blocks/scheme.js",
    "blocks/block.js",
    "blocks/pictures.js",
    "blocks/section.js",
    "sections/prototypes.js",
    "sections/result.js",
    "sections/camera.js",
    "folder/files.js",
    "sections/own.js",
    "sections/cover.js",
    "sections/numbers.js",
    "learning/recorded.js",
    "learning/curve.js",
    "learning/learner.js",
    "learning/recipe.js",
    "learning/panel.js",
    "world/geometry.js",
    "world/model.js",
    "world/triangle.js",
    "world/panel.js",
    "atlas/labels.js",
    "atlas/zeros.js",
    "atlas/plane.js",
    "atlas/plot.js",
    "atlas/panel.js",
    "folder/pictures.js",
    "folder/sizes.js",
    "folder/accuracy.js",
    "folder/notes.js",
    "folder/facts.js",
    "folder/job.js",
    "folder/section.js",
    "learning/settings.js",
    "story/theme.js",
    "story/place.js",
    "story/guesses.js",
    "story/black.js",
    "story/look_steps.js",
    "story/recipe_steps.js",
    "story/table_steps.js",
    "story/learning_steps.js",
    "story/world_steps.js",
    "story/picture_steps.js",
    "story/steps.js",
    "story/summary.js",
    "story/story.js",
    "story/links.js",
    "story/keys.js",
    "main.js",
];
/// The modules of the worker that learns, in order of their imports.
const WORKER_MODULES: &Files = files![
    "worker/products.js",
    "worker/rules.js",
    "worker/table.js",
    "worker/start.js",
    "worker/floor.js",
    "worker/fit.js",
    "worker/extrapolation.js",
    "worker/figures.js",
    "worker/pca.js",
    "worker/prior.js",
    "worker/decompose.js",
    "worker/messages.js",
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
    let (script, worker) = (joined(MODULES), joined(WORKER_MODULES));
    let style: String = STYLES.iter().map(|(_, style)| *style).collect();
    let policy = format!(
        "default-src 'none'; script-src '{}'; worker-src blob:; style-src '{}'; base-uri 'none'; form-action 'none'",
        hash(&script),
        hash(&style)
    );
    let facts = as_data(&serde_json::to_string(facts).map_err(failed)?);
    let (title, data) = (as_text(title), packed.base64()?);
    let values = [
        ("{{policy}}", policy.as_str()),
        ("{{title}}", &title),
        ("{{style}}", &style),
        ("{{run}}", &facts),
        ("{{data}}", &data),
        ("{{worker}}", &worker),
        ("{{script}}", &script),
    ];
    let mut whole = String::with_capacity(
        TEMPLATE.len() + style.len() + script.len() + worker.len() + facts.len() + data.len(),
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

/// Returns modules as one script: what they import from one another is in the same scope.
fn joined(modules: &Files) -> String {
    let mut script = String::new();
    for line in modules.iter().flat_map(|(_, module)| module.lines()) {
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
    use std::path::PathBuf;

    use super::*;

    fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
        text.split_once(before)
            .unwrap()
            .1
            .split_once(after)
            .unwrap()
            .0
    }

    /// Returns the file that a module imports from, relative to the folder of the page.
    fn imported(name: &str, line: &str) -> String {
        let from = between(line, "from \"", "\"");
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        match (from.strip_prefix("./"), from.strip_prefix("../")) {
            (Some(file), _) if folder.is_empty() => file.to_owned(),
            (Some(file), _) => format!("{folder}/{file}"),
            (None, file) => file.expect("imports are relative").to_owned(),
        }
    }

    #[test]
    fn every_module_is_there_and_stands_after_those_it_imports_from() {
        let mut all = BTreeSet::new();
        for modules in [MODULES, WORKER_MODULES] {
            let mut seen = BTreeSet::new();
            for (name, text) in modules {
                for line in text.lines().filter(|line| line.starts_with("import ")) {
                    let from = imported(name, line);
                    assert!(
                        seen.contains(&from),
                        "{name} imports from {from}, which comes later"
                    );
                }
                seen.insert((*name).to_owned());
            }
            all.extend(seen);
        }
        assert_eq!(names_in("js"), all);
    }

    #[test]
    fn every_style_sheet_is_there() {
        let styles: BTreeSet<String> = STYLES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(names_in("css"), styles);
    }

    /// Returns the files of the page with an extension, relative to its folder.
    fn names_in(extension: &str) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let mut folders = vec![PathBuf::from("assets/page")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|of| of == extension) {
                    let name = path.strip_prefix("assets/page").unwrap();
                    names.insert(name.to_str().unwrap().to_owned());
                }
            }
        }
        names
    }

    #[test]
    fn every_name_is_taken_by_one_module_alone() {
        assert!(names_of(WORKER_MODULES).contains("leastSquares"));
        let names = names_of(MODULES);
        assert!(
            names.len() > 50 && names.contains("positiveWeights"),
            "{names:?}"
        );
    }

    fn names_of(modules: &Files) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for line in joined(modules).lines() {
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
        names
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
        assert_eq!(between(policy, "worker-src ", ";"), "blob:");
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
        assert_eq!(page.matches("<script").count(), 4);
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
