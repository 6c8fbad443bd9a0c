//! The last words of a run, on stdout; what to beware of, on stderr.

use std::time::Duration;

use nmf_images::Report;

use super::output::Output;

/// Prints what was read, both errors, the parts' sparsity, the time, and where to look first.
pub fn print(report: &Report, output: &Output, total: Duration) {
    let Report { input, nmf, pca, parts, .. } = report;
    for note in &input.notes {
        eprintln!("note: {note}");
    }
    for warning in &report.warnings {
        eprintln!("warning: {warning}");
    }
    let labels = match input.labels.len() {
        0 => String::new(),
        count => format!(" in {count} folders"),
    };
    println!("{}: {} images of {}{labels}", input.path.escape_debug(), input.images, input.shape());
    println!(
        "  NMF  {:>3} parts        relative error {:.4}   {} iterations in {:.2} s, {}",
        nmf.rank, nmf.relative_error, nmf.iterations, nmf.seconds, nmf.stop
    );
    println!(
        "  PCA  {:>3} eigenimages  relative error {:.4}   in {:.2} s; nothing of this rank gets below it",
        pca.rank, pca.relative_error, pca.seconds
    );
    println!(
        "  parts: sparsity {:.2} (0 flat, 1 a single pixel), overlap {:.2} (0 apart, 1 alike)",
        parts.sparsity, parts.overlap
    );
    println!(
        "{} files in {:.2} s; look first at {}",
        report.files.len(),
        total.as_secs_f64(),
        output.path("comparison.png").display()
    );
}
