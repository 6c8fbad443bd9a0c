//! The last words of a run, on stdout; what to beware of, on stderr.

use std::io::{self, Write};
use std::time::Duration;

use nmf_images::nmf::{Penalties, Restart, StopReason};
use nmf_images::report::{ComparisonReport, File, Input, NmfReport, RanksReport, TruthReport};
use nmf_images::{Report, Solver};

use super::output::Output;
use super::{one_line, table, view};

/// Prints what was read, both errors, the parts' sparsity, the time, and where to look first.
pub fn print(report: &Report, output: &Output, total: Duration) {
    say(&report.input, &report.warnings, &summary(report, output, total));
}

/// Prints what was read, the table of rules, the time, and where to look first.
pub fn print_comparison(report: &ComparisonReport, output: &Output, total: Duration) {
    let ComparisonReport { input, settings, compare, files, warnings, .. } = report;
    let learned = format!("{} {} a rule, from the same start", settings.rank, noun(settings.rank, "part"));
    let written = written(files, output, total);
    say(input, warnings, &format!("{}\n{learned}\n\n{}\n{written}\n", read(input), table::of(compare)));
}

/// Prints what was read, the table of ranks, which to take and why, the time, and where to look first.
pub fn print_ranks(report: &RanksReport, output: &Output, total: Duration) {
    let RanksReport { input, settings, choice, ranks, files, warnings, .. } = report;
    let sampled = if settings.sampled_images < input.images || settings.sampled_pixels < input.shape().pixels() {
        let (images, pixels) = (settings.sampled_images, settings.sampled_pixels);
        format!("tried on {images} images and {pixels} of their pixels, evenly spread\n")
    } else {
        String::new()
    };
    let chance = report
        .parallel_analysis
        .map(|count| format!("parallel analysis: {count} {} more than chance\n", noun(count, "eigenimage")));
    let take = format!("take {} {}: {}", choice.choice, noun(choice.choice, "part"), choice.reason);
    let (read, table, written) = (read(input), table::ranks(ranks), written(files, output, total));
    say(input, warnings, &format!("{read}\n{sampled}\n{table}\n{}{take}\n\n{written}\n", chance.unwrap_or_default()));
}

/// What to beware of goes to stderr, the last words to stdout.
fn say(input: &Input, warnings: &[String], words: &str) {
    let notes = input.notes.iter().map(|note| format!("note: {note}\n"));
    let beware: String = notes.chain(warnings.iter().map(|warning| format!("warning: {warning}\n"))).collect();
    // Whoever read may have left, as `head` does: the files are there all the same.
    let _ = io::stderr().write_all(beware.as_bytes());
    let _ = io::stdout().write_all(words.as_bytes());
}

fn read(input: &Input) -> String {
    let labels = match input.labels.len() {
        0 => String::new(),
        count => format!(" in {count} {}", noun(count, "folder")),
    };
    format!("{}: {} images of {}{labels}", one_line(&input.path), input.images, input.shape())
}

/// The files with what they show, and which to look at first.
fn written(files: &[File], output: &Output, total: Duration) -> String {
    let first = files.first().map(|file| one_line(&output.path(&file.name).display().to_string()));
    let first = first.map(|first| format!("; look first at {first}")).unwrap_or_default();
    format!(
        "{}\nwrote {} files, in {:.2} s all in all{first}",
        table::files(files, view::columns()),
        files.len(),
        total.as_secs_f64()
    )
}

fn summary(report: &Report, output: &Output, total: Duration) -> String {
    let Report { input, nmf, pca, parts, files, .. } = report;
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
    let starts = spread(nmf);
    let why = nmf.rank_choice.as_ref().map(|choice| format!("  -k auto: {}", choice.reason));
    let floor = format!(
        "  PCA  {:>3} {:<11}  relative error {:.4}   in {:.2} s; nothing of this rank gets below it",
        pca.rank,
        noun(pca.rank, "eigenimage"),
        pca.relative_error,
        pca.seconds
    );
    let extreme = |choose: fn(f64, f64) -> f64| nmf.shares.iter().copied().reduce(choose).unwrap_or_default();
    let beside = |name: &str, nmf: f64, pca: f64| format!("{name} {nmf:.2} (PCA {pca:.2})");
    let kind = [
        beside("sparsity", parts.sparsity, pca.parts.sparsity),
        beside("overlap", parts.overlap, pca.parts.overlap),
        beside("localisation", parts.localisation, pca.parts.localisation),
    ];
    let use_of = [
        beside("cancellation", parts.cancellation, pca.parts.cancellation),
        format!("{} dead", nmf.shares.iter().filter(|&&share| share == 0.0).count()),
        format!("shares of the light {:.1} % to {:.1} %", 100.0 * extreme(f64::max), 100.0 * extreme(f64::min)),
    ];
    let kind = format!("  parts: {}\n         {}", kind.join(", "), use_of.join(", "));
    let truth = report.truth.as_ref().map(|TruthReport { kind, known, found, pca_found, .. }| {
        format!("  truth: {found} of {known} {kind} found (PCA {pca_found} of {known})")
    });
    let penalties = nmf.penalties.filter(Penalties::any);
    let penalties = penalties.map(|penalties| format!("  penalties: {penalties}; objective {:.4}", nmf.objective));
    let written = written(files, output, total);
    let lines =
        [Some(read(input)), why, Some(learned), starts, penalties, Some(floor), Some(kind), truth, Some(written)];
    lines.into_iter().flatten().map(|line| line + "\n").collect()
}

/// How far apart several starts ended.
fn spread(nmf: &NmfReport) -> Option<String> {
    // A start that was cut off says nothing of where it would have ended.
    let cut_off = |start: &&Restart| matches!(start.stop, StopReason::TimeLimit | StopReason::Interrupted);
    let ended: Vec<&Restart> = nmf.restarts.iter().filter(|start| start.seed == nmf.seed || !cut_off(start)).collect();
    let errors = || ended.iter().map(|start| start.relative_error);
    let others: Vec<f64> = ended.iter().filter(|start| start.seed != nmf.seed).map(|start| start.mean_cosine).collect();
    (!others.is_empty()).then(|| {
        format!(
            "       best of {} starts (seed {}): errors {:.4} to {:.4}, parts alike {:.2} (1: the same parts)",
            ended.len(),
            nmf.seed,
            errors().fold(f64::INFINITY, f64::min),
            errors().fold(0.0, f64::max),
            others.iter().sum::<f64>() / others.len() as f64
        )
    })
}

/// The noun as it goes with the count.
fn noun(count: usize, one: &str) -> String {
    one.to_owned() + if count == 1 { "" } else { "s" }
}
