//! Lines that several summaries have in common.

use std::time::Duration;

use nmf_images::error::one_line;
use nmf_images::plural::counted;
use nmf_images::report::{File, HiddenErrors, Input};

use crate::cli::output::Output;
use crate::cli::terminal::{table, view};

/// Returns what was read.
pub fn read(input: &Input) -> String {
    let labels = match input.labels.len() {
        0 => String::new(),
        count => format!(" with {}", counted(count, "label", "labels")),
    };
    format!(
        "{}: {} images of {}{labels}",
        one_line(&input.path),
        input.images,
        input.shape()
    )
}

/// Returns the files with their captions, the total time, and the file to start with.
pub fn written(files: &[File], output: &Output, total: Duration) -> String {
    let table = table::files(files, view::columns());
    let (count, seconds) = (files.len(), total.as_secs_f64());
    let start = match files.first() {
        None => String::new(),
        Some(file) => {
            let path = output.path(&file.name).display().to_string();
            format!("; start with {}", one_line(&path))
        }
    };
    format!("{table}\nwrote {count} files in {seconds:.2} s{start}")
}

/// Returns a fraction as a percentage.
pub fn percentage(fraction: f64) -> String {
    format!("{:.1} %", 100.0 * fraction)
}

/// Returns the errors of the guesses at hidden pixels, and the method that is closest, if one is.
pub fn hidden(hidden: &HiddenErrors) -> String {
    let mut errors = Vec::new();
    let mut closest =
        "no method is closer by a tenth than both the mean image and the other".to_owned();
    for (method, guess) in hidden.methods.iter() {
        errors.push(format!("{} {:.4}", method.name, guess.relative_error));
        if hidden.closest == Some(method.key) {
            closest = format!("{} is closest", method.name);
        }
    }
    format!(
        "  hidden pixels: relative error {}, mean image {:.4}, against the pixel values under the mask; {closest}",
        errors.join(", "),
        hidden.mean_image.relative_error
    )
}
