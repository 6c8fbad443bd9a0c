//! Errors on stderr, one line each.

use std::io::{self, Write};

use nmf_images::error::one_line;

use crate::cli::hints::hint;

/// Prints an error as one line, in one write so that it is not mixed with the output of other processes.
pub fn print(error: &anyhow::Error) {
    let line = format!("error: {}\n", one_line(&message(error)));
    // If stderr is closed, nobody is reading.
    let _ = io::stderr().write_all(line.as_bytes());
}

/// Returns an error with its causes and, after a semicolon, what to do about it. A cause that its error already ends with
/// is not repeated.
pub fn message(error: &anyhow::Error) -> String {
    let mut message = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !message.ends_with(&cause) {
            message = format!("{message}: {cause}");
        }
    }
    let library_error = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<nmf_images::Error>());
    match library_error.and_then(hint) {
        Some(hint) => format!("{message}; {hint}"),
        None => message,
    }
}
