//! Text on stdout.

use std::io::{self, ErrorKind, Write};

use anyhow::{Context, Result};

/// Writes text to stdout. A reader that has gone, such as `head`, is no failure.
///
/// # Errors
/// If the text cannot be written, as on a full disk.
pub fn print(text: &[u8]) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(failure) if failure.kind() != ErrorKind::BrokenPipe => {
            Err(failure).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}
