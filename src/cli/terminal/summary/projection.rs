//! The summary of the command `project`.

use std::time::Duration;

use nmf_images::Method;
use nmf_images::error::one_line;
use nmf_images::plural::by_count;
use nmf_images::report::{Flagged, ProjectedReport, ProjectionReport};

use super::lines::{hidden, written};
use crate::cli::output::Output;

/// The maximum number of flagged images that are named.
const MOST_NAMES: usize = 10;

/// Returns what was read, the errors of each method beside those of the training images, and the
/// flagged images.
pub fn of_projection(report: &ProjectionReport, output: &Output, total: Duration) -> String {
    let ProjectionReport {
        model,
        input,
        methods,
        hidden: hidden_errors,
        flagged,
        files,
        ..
    } = report;
    let mut lines = vec![format!(
        "{}: {} new {} of {}x{}, expressed in the model of {} images in {}",
        paths(&input.paths),
        input.images,
        by_count(input.images, "image", "images"),
        model.width,
        model.height,
        model.images,
        one_line(&model.path),
    )];
    for (method, projected) in methods.iter() {
        lines.push(errors(method, projected));
    }
    lines.extend(hidden_errors.as_ref().map(hidden));
    lines.push(flags(flagged, input.images));
    lines.push(written(files, output, total));
    lines.into_iter().map(|line| line + "\n").collect()
}

/// Returns the first path, and how many more there are.
fn paths(paths: &[String]) -> String {
    match paths {
        [] => String::new(),
        [path] => one_line(path),
        [first, more @ ..] => format!("{} and {} more", one_line(first), more.len()),
    }
}

fn errors(method: &Method, projected: &ProjectedReport) -> String {
    let ProjectedReport {
        rank,
        relative_error,
        median,
        learned_median,
    } = projected;
    format!(
        "  {}  {rank:>3} {:<11}  relative error {relative_error:.4}; median per image {median:.4} \
         (training images {learned_median:.4})",
        method.name,
        by_count(*rank, method.unit, method.units)
    )
}

fn flags(Flagged { threshold, images }: &Flagged, all: usize) -> String {
    let limit = format!("a relative error above {threshold:.4}, higher than any training image");
    if images.is_empty() {
        return format!("  flagged: none of {all} has {limit}");
    }
    let mut names = Vec::new();
    for image in images.iter().take(MOST_NAMES) {
        names.push(format!(
            "{} ({:.4})",
            one_line(&image.name),
            image.relative_error
        ));
    }
    let more = if images.len() > MOST_NAMES {
        ", …"
    } else {
        ""
    };
    format!(
        "  flagged: {} of {all} with {limit}: {}{more}",
        images.len(),
        names.join(", ")
    )
}
