//! The last words of a run, on stdout; what to beware of, on stderr.

use std::io::Write;
use std::time::Duration;

use nmf_images::Report;

use super::output::Output;

/// Prints what was read, both errors, the parts' sparsity, the time, and where to look first.
///
/// Who closes stdout early (`| head -1`) has seen enough: that is no error.
pub fn print(report: &Report, output: &Output, total: Duration) {
    for note in &report.input.notes {
        eprintln!("note: {note}");
    }
    for warning in &report.warnings {
        eprintln!("warning: {warning}");
    }
    let _ = write!(std::io::stdout(), "{}", text(report, output, total));
}

fn text(report: &Report, output: &Output, total: Duration) -> String {
    let Report { input, nmf, pca, parts, .. } = report;
    let labels = match input.labels.len() {
        0 => String::new(),
        count => format!(" in {count} folders"),
    };
    format!(
        "{}: {} images of {}{labels}\n\
        \x20 NMF  {:>3} parts        relative error {:.4}   {} iterations in {:.2} s, {}\n\
        \x20 PCA  {:>3} eigenimages  relative error {:.4}   in {:.2} s; nothing of this rank gets below it\n\
        \x20 parts: sparsity {:.2} (0 flat, 1 a single pixel), overlap {:.2} (0 apart, 1 alike)\n\
        {} files in {:.2} s; look first at {}\n",
        input.path.escape_debug(),
        input.images,
        input.shape(),
        nmf.rank,
        nmf.relative_error,
        nmf.iterations,
        nmf.seconds,
        nmf.stop,
        pca.rank,
        pca.relative_error,
        pca.seconds,
        parts.sparsity,
        parts.overlap,
        report.files.len(),
        total.as_secs_f64(),
        output.path("comparison.png").display()
    )
}
