//! Writes summaries, notes and warnings.

use std::io::{self, Write};

use anyhow::Result;
use nmf_images::error::one_line;
use serde::Serialize;

use crate::cli::arguments::PrintOptions;
use crate::cli::output::json;
use crate::cli::terminal::stdout;

/// What the reader should know about the input and the result.
#[derive(Debug, Clone, Copy, Default)]
pub struct Notices<'a> {
    pub notes: &'a [String],
    pub warnings: &'a [String],
}

/// Writes notes and warnings to stderr, and to stdout the summary, or the report with `--json`.
pub fn print_result(
    options: PrintOptions,
    notices: Notices,
    report: &impl Serialize,
    summary: impl FnOnce() -> String,
) -> Result<()> {
    if !options.quiet {
        print_notices(notices);
    }
    let text = match (options.json, options.quiet) {
        (true, _) => json(report)?,
        (false, true) => Vec::new(),
        (false, false) => summary().into_bytes(),
    };
    stdout::print(&text)
}

/// Writes notes and warnings to stderr, one per line and each once.
pub fn print_notices(notices: Notices) {
    let mut stderr = io::stderr().lock();
    for (kind, texts) in [("note", notices.notes), ("warning", notices.warnings)] {
        for (index, text) in texts.iter().enumerate() {
            if texts[..index].contains(text) {
                continue;
            }
            let _ = writeln!(stderr, "{kind}: {}", one_line(text));
        }
    }
}
