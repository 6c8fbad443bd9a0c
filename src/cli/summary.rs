//! The last words of a run, on stdout; what to beware of, on stderr.

use std::io::{self, Write};
use std::time::Duration;

use nmf_images::nmf::Penalties;
use nmf_images::report::TruthReport;
use nmf_images::{Report, Solver};

use super::one_line;
use super::output::Output;

/// Prints what was read, both errors, the parts' sparsity, the time, and where to look first.
pub fn print(report: &Report, output: &Output, total: Duration) {
    // Whoever read may have left, as `head` does: the files are there all the same.
    let _ = io::stderr().write_all(beware(report).as_bytes());
    let _ = io::stdout().write_all(summary(report, output, total).as_bytes());
}

fn beware(report: &Report) -> String {
    let notes = report.input.notes.iter().map(|note| format!("note: {note}\n"));
    notes.chain(report.warnings.iter().map(|warning| format!("warning: {warning}\n"))).collect()
}

fn summary(report: &Report, output: &Output, total: Duration) -> String {
    let Report { input, nmf, pca, parts, files, .. } = report;
    let labels = match input.labels.len() {
        0 => String::new(),
        count => format!(" in {count} {}", noun(count, "folder")),
    };
    let read = format!("{}: {} images of {}{labels}", one_line(&input.path), input.images, input.shape());
    let rule = if nmf.solver == Solver::default().to_string() { String::new() } else { format!(" of {}", nmf.solver) };
    let learned = format!(
        "  NMF  {:>3} {:<11}  relative error {:.4}   {} {}{rule} in {:.2} s, {}",
        nmf.rank,
        noun(nmf.rank, "part"),
        nmf.relative_error,
        nmf.iterations,
        noun(nmf.iterations, "iteration"),
        nmf.seconds,
        nmf.stop
    );
    let floor = format!(
        "  PCA  {:>3} {:<11}  relative error {:.4}   in {:.2} s; nothing of this rank gets below it",
        pca.rank,
        noun(pca.rank, "eigenimage"),
        pca.relative_error,
        pca.seconds
    );
    let beside = |name: &str, nmf: f64, pca: f64| format!("{name} {nmf:.2} (PCA {pca:.2})");
    let kind = [
        beside("sparsity", parts.sparsity, pca.parts.sparsity),
        beside("overlap", parts.overlap, pca.parts.overlap),
        beside("cancellation", parts.cancellation, pca.parts.cancellation),
    ];
    let kind = format!("  parts: {}", kind.join(", "));
    let truth = report.truth.as_ref().map(|TruthReport { kind, known, found, pca_found, .. }| {
        format!("  truth: {found} of {known} {kind} found (PCA {pca_found} of {known})")
    });
    let penalties = nmf.penalties.filter(Penalties::any);
    let penalties = penalties.map(|penalties| format!("  penalties: {penalties}; objective {:.4}", nmf.objective));
    let first = output.path("comparison.png").display().to_string();
    let written = format!(
        "wrote {} files, in {:.2} s all in all; look first at {}",
        files.len(),
        total.as_secs_f64(),
        one_line(&first)
    );
    let lines = [read, learned].into_iter().chain(penalties).chain([floor, kind]).chain(truth).chain([written]);
    lines.map(|line| line + "\n").collect()
}

/// The noun as it goes with the count.
fn noun(count: usize, one: &str) -> String {
    one.to_owned() + if count == 1 { "" } else { "s" }
}
