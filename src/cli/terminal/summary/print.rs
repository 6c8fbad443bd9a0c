//! Writes summaries, notes and warnings.

use std::io::{self, Write};

use anyhow::Result;
use nmf_images::error::one_line;
use serde::Serialize;

use crate::cli::arguments::{CommonOptions, WritingOptions};
use crate::cli::output::json;
use crate::cli::terminal::stdout;

/// What the reader should know about the input and the result.
#[derive(Debug, Clone, Copy)]
pub struct Notices<'a> {
    pub notes: &'a [String],
    pub warnings: &'a [String],
}

/// Writes notes and warnings to stderr, and to stdout the summary, or the report with `--json`.
pub fn print_result(
    writing: &WritingOptions,
    notices: Notices,
    report: &impl Serialize,
    summary: impl FnOnce() -> String,
) -> Result<()> {
    if !writing.quiet {
        print_notices(notices);
    }
    let what = Printed {
        quiet: writing.quiet,
        json: writing.json,
    };
    what.print(report, summary)
}

/// Writes to stdout the summary of a command without notes, or its report with `--json`.
pub fn print_text(
    common: CommonOptions,
    report: &impl Serialize,
    summary: impl FnOnce() -> String,
) -> Result<()> {
    let what = Printed {
        quiet: common.quiet,
        json: common.json,
    };
    what.print(report, summary)
}

/// What is printed on stdout.
#[derive(Clone, Copy)]
struct Printed {
    quiet: bool,
    json: bool,
}

impl Printed {
    fn print(self, report: &impl Serialize, summary: impl FnOnce() -> String) -> Result<()> {
        let text = match (self.json, self.quiet) {
            (true, _) => json(report)?,
            (false, true) => Vec::new(),
            (false, false) => summary().into_bytes(),
        };
        stdout::print(&text)
    }
}

/// Writes notes and warnings to stderr, one per line.
pub fn print_notices(notices: Notices) {
    let mut stderr = io::stderr().lock();
    for (kind, texts) in [("note", notices.notes), ("warning", notices.warnings)] {
        for text in texts {
            let _ = writeln!(stderr, "{kind}: {}", one_line(text));
        }
    }
}
