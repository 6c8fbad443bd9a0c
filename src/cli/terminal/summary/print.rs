//! Writes summaries, notes and warnings.

use std::io::{self, Write};

use anyhow::Result;
use nmf_images::error::one_line;
use serde::Serialize;

use crate::cli::arguments::WritingOptions;
use crate::cli::output::json;

/// Writes notes and warnings to stderr, and to stdout the summary, or the report with `--json`.
pub fn tell(
    writing: &WritingOptions,
    (notes, warnings): (&[String], &[String]),
    report: &impl Serialize,
    summary: impl FnOnce() -> String,
) -> Result<()> {
    let text = match (writing.json, writing.quiet) {
        (true, _) => json(report)?,
        (false, true) => Vec::new(),
        (false, false) => summary().into_bytes(),
    };
    if !writing.quiet {
        beware(notes, warnings);
    }
    // A reader such as `head` may have closed the pipe; the files are written all the same.
    let _ = io::stdout().write_all(&text);
    Ok(())
}

/// Writes notes and warnings to stderr, one per line.
pub fn beware(notes: &[String], warnings: &[String]) {
    let mut stderr = io::stderr().lock();
    for (kind, texts) in [("note", notes), ("warning", warnings)] {
        for text in texts {
            let _ = writeln!(stderr, "{kind}: {}", one_line(text));
        }
    }
}
