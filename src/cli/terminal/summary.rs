//! The last words of a run, on stdout; what to beware of, on stderr.

use std::io::{self, Write};
use std::time::Duration;

use anyhow::Result;
use nmf_images::error::one_line;
use nmf_images::metrics::LabelAccuracy;
use nmf_images::nmf::{Penalties, Restart, StopReason};
use nmf_images::report::{
    ComparisonReport, File, Flagged, FlaggedImage, Input, NmfReport, ProjectedReport,
    ProjectionReport, RanksReport, TruthReport,
};
use nmf_images::{NMF, PCA, Report, Solver};
use serde::Serialize;

use super::{table, view};
use crate::cli::arguments::WritingOptions;
use crate::cli::output::{Output, json};

/// Tells of a run: what to beware of on stderr; on stdout the last words, or the report in their place.
pub fn tell(
    writing: &WritingOptions,
    (notes, warnings): (&[String], &[String]),
    report: &impl Serialize,
    words: impl FnOnce() -> String,
) -> Result<()> {
    let said = match (writing.json, writing.quiet) {
        (true, _) => json(report)?,
        (false, true) => Vec::new(),
        (false, false) => words().into_bytes(),
    };
    if !writing.quiet {
        beware(notes, warnings);
    }
    // Whoever read may have left, as `head` does: the files are there all the same.
    let _ = io::stdout().write_all(&said);
    Ok(())
}

/// Tells what is worth a line each, on stderr.
pub fn beware(notes: &[String], warnings: &[String]) {
    let notes = notes
        .iter()
        .map(|note| format!("note: {}\n", one_line(note)));
    let warnings = warnings
        .iter()
        .map(|warning| format!("warning: {}\n", one_line(warning)));
    let _ = io::stderr().write_all(notes.chain(warnings).collect::<String>().as_bytes());
}

/// What was read, the table of rules, the time, and where to look first.
pub fn of_comparison(report: &ComparisonReport, output: &Output, total: Duration) -> String {
    let ComparisonReport {
        input,
        settings,
        compare,
        files,
        ..
    } = report;
    let learned = format!(
        "{} {} a rule, from the same start",
        settings.rank,
        noun(settings.rank, "part")
    );
    let written = written(files, output, total);
    format!(
        "{}\n{learned}\n\n{}\n{written}\n",
        read(input),
        table::of(compare)
    )
}

/// What was read, the table of ranks, which to take and why.
pub fn of_ranks(report: &RanksReport, output: &Output, total: Duration) -> String {
    let RanksReport {
        input,
        settings,
        choice,
        ranks,
        files,
        ..
    } = report;
    let sampled = if settings.sampled_images < input.images
        || settings.sampled_pixels < input.shape().pixels()
    {
        let (images, pixels) = (settings.sampled_images, settings.sampled_pixels);
        format!("tried on {images} images and {pixels} of their pixels, evenly spread\n")
    } else {
        String::new()
    };
    let chance = report.parallel_analysis.map(|count| {
        format!(
            "parallel analysis: {count} {} more than chance\n",
            noun(count, "eigenimage")
        )
    });
    let take = format!(
        "take {} {}: {}",
        choice.choice,
        noun(choice.choice, "part"),
        choice.reason
    );
    let (read, table, written) = (
        read(input),
        table::ranks(ranks),
        written(files, output, total),
    );
    format!(
        "{read}\n{sampled}\n{table}\n{}{take}\n\n{written}\n",
        chance.unwrap_or_default()
    )
}

/// What was read, both errors beside those of the images that were learned from, and what is flagged.
pub fn of_projection(report: &ProjectionReport, output: &Output, total: Duration) -> String {
    let ProjectionReport {
        model,
        input,
        methods,
        flagged,
        files,
        ..
    } = report;
    let (nmf, pca) = (&methods[&NMF], &methods[&PCA]);
    let read = format!(
        "{}: {} new {} of {}x{}, by what {} holds of {} images",
        inputs(&input.paths),
        input.images,
        noun(input.images, "image"),
        model.width,
        model.height,
        one_line(&model.path),
        model.images
    );
    let line = |method: &str,
                what: &str,
                ProjectedReport {
                    rank,
                    relative_error,
                    median,
                    learned_median,
                }: &_| {
        format!(
            "  {method}  {rank:>3} {:<11}  relative error {relative_error:.4}; of an image {median:.4} in the median, of one \
            learned from {learned_median:.4}",
            noun(*rank, what)
        )
    };
    let (nmf, pca) = (line("NMF", "part", nmf), line("PCA", "eigenimage", pca));
    let written = written(files, output, total);
    format!(
        "{read}\n{nmf}\n{pca}\n{}\n{written}\n",
        flags(flagged, input.images)
    )
}

/// The first of the inputs.
fn inputs(paths: &[String]) -> String {
    let first = paths
        .first()
        .map(|first| one_line(first))
        .unwrap_or_default();
    match paths.len() {
        0 | 1 => first,
        count => format!("{first} and {} more", count - 1),
    }
}

/// Flagged images that are named.
const NAMED: usize = 10;

fn flags(Flagged { threshold, images }: &Flagged, all: usize) -> String {
    let limit =
        format!("worse than every image that was learned from (error above {threshold:.4})");
    if images.is_empty() {
        return format!("  flagged: none is rebuilt {limit}");
    }
    let named = |FlaggedImage {
                     name,
                     relative_error,
                 }: &_| format!("{} ({relative_error:.4})", one_line(name));
    let named: Vec<String> = images.iter().take(NAMED).map(named).collect();
    let more = if images.len() > NAMED { ", …" } else { "" };
    format!(
        "  flagged: {} of {all}, rebuilt {limit}: {}{more}",
        images.len(),
        named.join(", ")
    )
}

fn read(input: &Input) -> String {
    let labels = match input.labels.len() {
        0 => String::new(),
        count => format!(" with {count} {}", noun(count, "label")),
    };
    format!(
        "{}: {} images of {}{labels}",
        one_line(&input.path),
        input.images,
        input.shape()
    )
}

/// The files with what they show, and which to look at first.
fn written(files: &[File], output: &Output, total: Duration) -> String {
    let first = files
        .first()
        .map(|file| one_line(&output.path(&file.name).display().to_string()));
    let first = first
        .map(|first| format!("; look first at {first}"))
        .unwrap_or_default();
    format!(
        "{}\nwrote {} files, in {:.2} s all in all{first}",
        table::files(files, view::columns()),
        files.len(),
        total.as_secs_f64()
    )
}

/// What was read, both errors, the parts' sparsity, the time, and where to look first.
pub fn of_run(report: &Report, output: &Output, total: Duration) -> String {
    let Report {
        input,
        nmf,
        pca,
        files,
        ..
    } = report;
    let rule = if nmf.solver == Solver::default().to_string() {
        String::new()
    } else {
        format!(" of {}", nmf.solver)
    };
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
    let why = nmf
        .rank_choice
        .as_ref()
        .map(|choice| format!("  -k auto: {}", choice.reason));
    let floor = format!(
        "  PCA  {:>3} {:<11}  relative error {:.4}   in {:.2} s{}",
        pca.rank,
        noun(pca.rank, "eigenimage"),
        pca.relative_error,
        pca.seconds,
        if input.unknown > 0 {
            ", as all errors of the known pixels"
        } else {
            "; nothing of this rank gets below it"
        }
    );
    let truth = report.truth.as_ref().map(
        |TruthReport {
             kind, known, found, ..
         }| {
            let (found, pca_found) = (found[&NMF], found[&PCA]);
            format!("  truth: {found} of {known} {kind} found (PCA {pca_found} of {known})")
        },
    );
    let penalties = nmf.penalties.filter(Penalties::any);
    let penalties = penalties
        .map(|penalties| format!("  penalties: {penalties}; objective {:.4}", nmf.objective));
    let hidden = nmf.hidden_error.zip(pca.hidden_error).map(|(nmf, pca)| {
        format!("  hidden pixels: relative error {nmf:.4} (PCA {pca:.4}) of what the files hold under the mask")
    });
    let written = written(files, output, total);
    let learned = [
        Some(read(input)),
        why,
        Some(learned),
        starts,
        penalties,
        Some(floor),
        hidden,
        Some(parts_told(report)),
    ];
    let lines = learned.into_iter().chain([
        truth,
        report.labels.as_ref().map(labels_told),
        Some(written),
    ]);
    lines.flatten().map(|line| line + "\n").collect()
}

/// Whether parts were found, beside the eigenimages.
fn parts_told(
    Report {
        nmf, pca, parts, ..
    }: &Report,
) -> String {
    let extreme = |choose: fn(f64, f64) -> f64| {
        nmf.shares
            .iter()
            .copied()
            .reduce(choose)
            .unwrap_or_default()
    };
    let beside = |name: &str, nmf: f64, pca: f64| format!("{name} {nmf:.2} (PCA {pca:.2})");
    let kind = [
        beside("sparsity", parts.sparsity, pca.parts.sparsity),
        beside("overlap", parts.overlap, pca.parts.overlap),
        beside("localisation", parts.localisation, pca.parts.localisation),
    ];
    let use_of = [
        beside("cancellation", parts.cancellation, pca.parts.cancellation),
        format!(
            "{} dead",
            nmf.shares.iter().filter(|&&share| share == 0.0).count()
        ),
        format!(
            "shares of the light {:.1} % to {:.1} %",
            100.0 * extreme(f64::max),
            100.0 * extreme(f64::min)
        ),
    ];
    format!(
        "  parts: {}\n         {}",
        kind.join(", "),
        use_of.join(", ")
    )
}

/// How well labels are told apart.
fn labels_told(
    LabelAccuracy {
        methods, chance, ..
    }: &LabelAccuracy,
) -> String {
    let share = |share: f64| format!("{:.1} %", 100.0 * share);
    let (nmf, pca) = (methods[&NMF].accuracy, methods[&PCA].accuracy);
    let [nmf, pca, chance] = [nmf, pca, *chance].map(share);
    format!(
        "  labels: nearest class mean tells {nmf} right from weights, {pca} from PCA scores, {chance} by chance"
    )
}

/// How far apart several starts ended.
fn spread(nmf: &NmfReport) -> Option<String> {
    // A start that was cut off says nothing of where it would have ended.
    let cut_off =
        |start: &&Restart| matches!(start.stop, StopReason::TimeLimit | StopReason::Interrupted);
    let ended: Vec<&Restart> = nmf
        .restarts
        .iter()
        .filter(|start| start.seed == nmf.seed || !cut_off(start))
        .collect();
    let errors = || ended.iter().map(|start| start.relative_error);
    let others: Vec<f64> = ended
        .iter()
        .filter(|start| start.seed != nmf.seed)
        .map(|start| start.mean_cosine)
        .collect();
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
