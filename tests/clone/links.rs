//! README, guide and src/README.md: what they link or name exists.

#[path = "../common/pages.rs"]
mod pages;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pages::guide_pages;

/// The page that crates.io and `PyPI` show.
const REGISTRY_PAGE: &str = "assets/registry.md";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(page: &str) -> String {
    fs::read_to_string(root().join(page)).unwrap()
}

/// README.md, src/README.md, the page of the registries, and the pages of the guide, as paths from the root.
fn pages() -> Vec<String> {
    let mut pages = guide_pages(&root());
    pages.extend(["README.md", "src/README.md", REGISTRY_PAGE].map(str::to_owned));
    pages
}

/// Returns the targets of `[text](target)` and `[reference]: target` in a page, outside code blocks.
fn links(page: &str) -> Vec<&str> {
    let mut links = Vec::new();
    for line in prose(page) {
        links.extend(
            line.split("](")
                .skip(1)
                .filter_map(|rest| rest.split(')').next()),
        );
        if line.starts_with('[') {
            links.extend(line.split_once("]: ").map(|(_, target)| target));
        }
    }
    links
}

fn prose(page: &str) -> impl Iterator<Item = &str> {
    // What stands between fences is code.
    let blocks = page.split("```").step_by(2);
    blocks.flat_map(str::lines)
}

#[test]
fn every_linked_file_exists() {
    for page in pages() {
        let text = read(&page);
        let folder = root().join(&page).parent().map(PathBuf::from).unwrap();
        for link in links(&text) {
            let target = link.split('#').next().unwrap();
            let is_file =
                target.is_empty() || target.starts_with("https://") || folder.join(target).exists();
            assert!(is_file, "{page} links {link}");
        }
    }
}

#[test]
fn every_reference_is_defined_where_it_is_used_and_in_the_library() {
    let library = read("src/guide.rs");
    for page in guide_pages(&root()) {
        let text = read(&page);
        let uses = prose(&text).flat_map(|line| line.split("][").skip(1));
        let names: BTreeSet<&str> = uses.filter_map(|rest| rest.split(']').next()).collect();
        for name in names {
            let definition = format!("[{name}]: ");
            assert!(text.contains(&format!("\n{definition}")), "{page}: {name}");
            assert!(library.contains(&definition), "src/guide.rs: {name}");
        }
    }
}

#[test]
fn every_page_of_the_guide_is_listed_built_and_opens_with_its_use() {
    let (index, library) = (read("assets/guide/README.md"), read("src/guide.rs"));
    for page in guide_pages(&root()) {
        let name = page.strip_prefix("assets/guide/").unwrap();
        if name == "README.md" {
            continue;
        }
        assert!(index.contains(&format!("]: {name}\n")), "README.md: {name}");
        assert!(
            library.contains(&format!("\"{name}\"")),
            "src/guide.rs: {name}"
        );
        let text = read(&page);
        let opening = text
            .lines()
            .find(|line| !line.is_empty() && !line.starts_with('#'));
        let opening = opening.unwrap_or_default();
        assert!(
            opening.starts_with("After reading this page you"),
            "{page}: {opening}"
        );
    }
}

#[test]
fn every_path_that_contributors_are_sent_to_exists() {
    let text = read("src/README.md");
    let words: Vec<&str> = prose(&text)
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter(|word| {
            ["src/", "tests/", ".ci/"]
                .iter()
                .any(|top| word.starts_with(top))
        })
        .collect();
    assert!(words.len() > 40, "{words:?}");
    for word in words {
        assert!(root().join(word).exists(), "src/README.md names {word}");
    }
}

#[test]
fn the_readme_is_short() {
    let lines = read("README.md").lines().count();
    assert!(lines <= 180, "{lines} lines");
}

#[test]
fn the_page_of_the_registries_links_no_file() {
    for manifest in ["Cargo.toml", "pyproject.toml"] {
        let line = format!("readme = \"{REGISTRY_PAGE}\"\n");
        assert!(read(manifest).contains(&line), "{manifest}");
    }
    let page = read(REGISTRY_PAGE);
    let files: Vec<&str> = links(&page)
        .into_iter()
        .filter(|link| !link.starts_with("https://"))
        .collect();
    assert!(files.is_empty(), "a registry does not have {files:?}");
}

/// The crate has the files that its README links, but for the picture, of which it shows the description.
#[test]
fn what_the_readme_links_is_in_the_crate() {
    let listing = Command::new(env!("CARGO"))
        .args(["package", "--list", "--allow-dirty", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let listing = String::from_utf8(listing.stdout).unwrap();
    let packed: BTreeSet<&str> = listing.lines().collect();
    for link in links(&read("README.md")) {
        let file = link.split('#').next().unwrap();
        let is_left_out = file.starts_with("https://") || file.starts_with("assets/readme/");
        assert!(
            is_left_out || packed.contains(file),
            "README.md links {file}, which the crate lacks"
        );
    }
}
