//! Errors on stderr, one line each.

use std::io::{self, Write};

use nmf_images::error::one_line;

/// Prints an error as one line, in one write so that it is not mixed with the output of other processes.
pub fn print(error: &anyhow::Error) {
    let line = format!("error: {}\n", one_line(&sentence(error)));
    // If stderr is closed, nobody is reading.
    let _ = io::stderr().write_all(line.as_bytes());
}

/// Joins an error with its causes; a cause that its error already ends with is not repeated.
fn sentence(error: &anyhow::Error) -> String {
    let mut sentence = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !sentence.ends_with(&cause) {
            sentence = format!("{sentence}: {cause}");
        }
    }
    sentence
}
