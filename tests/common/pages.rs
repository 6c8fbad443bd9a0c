//! The pages of the guide.

use std::fs;
use std::path::Path;

/// Returns the pages of the guide as paths from the root, in order.
pub fn guide_pages(root: &Path) -> Vec<String> {
    let mut pages: Vec<String> = fs::read_dir(root.join("assets/guide"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| format!("assets/guide/{name}"))
        .collect();
    pages.sort();
    pages
}
