//! The summary of the main command.

use std::time::Duration;

use nmf_images::error::one_line;
use nmf_images::metrics::{CleanError, Verdict};
use nmf_images::nmf::{Penalties, Restart, StopReason};
use nmf_images::plural::{by_count, counted};
use nmf_images::report::{
    BoundReport, HeldOutReport, MethodFigures, NmfReport, NoiseReport, VqReport,
};
use nmf_images::{NMF, PCA, Partness, Report, Solver, VQ};

use super::lines::{hidden, percentage, read, written};
use crate::cli::output::Output;

/// Returns what was read, the figures of each method, the total time, and the file to start with.
pub fn of_run(report: &Report, output: &Output, total: Duration) -> String {
    let methods = report.methods();
    let held_out = report.held_out.as_ref();
    let more = held_out.map(|held_out| format!("; {} more held out", held_out.images));
    let mut lines = vec![read(&report.input) + &more.unwrap_or_default()];
    if let Some(choice) = &report.nmf.rank_choice {
        lines.push(format!("  -k auto: {}", choice.reason));
    }
    for figures in &methods {
        lines.push(errors(report, figures));
        if *figures.method == NMF {
            lines.extend(fixed(&report.nmf));
            lines.extend(starts(&report.nmf));
            lines.extend(penalties(&report.nmf));
        }
    }
    let error_name = methods[0].error_name();
    lines.extend(report.bound.as_ref().map(|found| bound(found, error_name)));
    lines.extend(report.vq.as_ref().map(prototypes));
    lines.extend(held_out.map(self::held_out));
    lines.extend(report.noise.as_ref().map(noise));
    lines.extend(report.hidden.as_ref().map(hidden));
    lines.extend(partness(&report.nmf, &methods));
    lines.extend(verdict(report));
    lines.extend(truth(report, &methods));
    lines.extend(accuracy(report));
    lines.push(written(&report.files, output, total));
    lines.into_iter().map(|line| line + "\n").collect()
}

/// Returns the rank, the error and the time of a method.
fn errors(report: &Report, figures: &MethodFigures) -> String {
    let MethodFigures {
        method,
        rank,
        relative_error,
        ..
    } = figures;
    let units = by_count(*rank, method.unit, method.units);
    let details = details(report, figures);
    let line = ErrorLine {
        name: method.name,
        rank: *rank,
        units,
        error_name: figures.error_name(),
        error: *relative_error,
        details: &details,
    };
    line.text()
}

/// Returns the least error of as many images of any sign.
fn bound(bound: &BoundReport, error_name: &str) -> String {
    let line = ErrorLine {
        name: "bound",
        rank: bound.rank,
        units: by_count(bound.rank, "image", "images"),
        error_name,
        error: bound.relative_error,
        details: "the least of so many images of any sign: NMF cannot be below",
    };
    line.text()
}

/// Returns the rank, the error and the time of the vector quantisation.
fn prototypes(vq: &VqReport) -> String {
    let units = by_count(vq.rank, VQ.unit, VQ.units);
    let iterations = by_count(vq.iterations, "iteration", "iterations");
    let stop = if vq.converged {
        "converged"
    } else {
        "not converged"
    };
    let details = format!(
        "{} {iterations} in {:.2} s, {stop}; one prototype per image",
        vq.iterations, vq.seconds
    );
    let line = ErrorLine {
        name: VQ.name,
        rank: vq.rank,
        units,
        error_name: "relative error",
        error: vq.relative_error,
        details: &details,
    };
    line.text()
}

/// Returns the errors of held-out images, beside those of the training images.
fn held_out(held_out: &HeldOutReport) -> String {
    let mut errors = Vec::new();
    for (method, of_method) in held_out.methods.iter() {
        errors.push(format!(
            "{} {:.4} (training images {:.4})",
            method.name, of_method.relative_error, of_method.training_error
        ));
    }
    format!(
        "  {} held out: relative error {}, mean image {:.4}",
        counted(held_out.images, "image", "images"),
        errors.join(", "),
        held_out.mean_image_error
    )
}

/// Returns the errors of noisy images and of reconstructions against the clean images.
fn noise(noise: &NoiseReport) -> String {
    let mut errors = vec![clean_error("noisy images", &noise.noisy, "PSNR ")];
    for (method, of_method) in noise.methods.iter() {
        errors.push(clean_error(method.name, &of_method.clean, ""));
    }
    format!(
        "  noise {}: relative error against the clean images: {}",
        noise.kinds.join(", "),
        errors.join(", ")
    )
}

/// Returns an error against the clean images with its signal-to-noise ratio, which `ratio` names.
fn clean_error(name: &str, error: &CleanError, ratio: &str) -> String {
    let psnr = error.psnr.map(|psnr| format!(" ({ratio}{psnr:.1} dB)"));
    format!(
        "{name} {:.4}{}",
        error.clean_error,
        psnr.unwrap_or_default()
    )
}

/// The line of a method.
struct ErrorLine<'a> {
    name: &'a str,
    rank: usize,
    units: &'a str,
    error_name: &'a str,
    error: f64,
    details: &'a str,
}

impl ErrorLine<'_> {
    fn text(&self) -> String {
        let Self {
            name,
            rank,
            units,
            error_name,
            error,
            details,
        } = self;
        format!("  {name:<5} {rank:>3} {units:<11}  {error_name} {error:.4}   {details}")
    }
}

fn details(report: &Report, figures: &MethodFigures) -> String {
    let time = format!("in {:.2} s", figures.seconds);
    if *figures.method == NMF {
        let nmf = &report.nmf;
        if nmf.stop_reason == StopReason::Given {
            return format!("given in {}", one_line(&nmf.init));
        }
        let rule = if nmf.solver == Solver::default().to_string() {
            String::new()
        } else {
            format!(" of {}", nmf.solver)
        };
        let iterations = by_count(nmf.iterations, "iteration", "iterations");
        format!(
            "{} {iterations}{rule} {time}, {}",
            nmf.iterations, nmf.stop_reason
        )
    } else if *figures.method == PCA {
        let note = if report.input.unknown > 0 {
            "all errors are those of the known pixels"
        } else {
            "and the mean image: one image more than NMF"
        };
        format!("{time}; {note}")
    } else {
        time
    }
}

/// Returns how many parts were given.
fn fixed(nmf: &NmfReport) -> Option<String> {
    let fixed = match nmf.fixed_parts {
        0 => return None,
        1 => "part 0 is fixed: it was".to_owned(),
        count => format!("parts 0 to {} are fixed: they were", count - 1),
    };
    Some(format!("       {fixed} given, not learned"))
}

/// Returns how far apart several starts ended.
fn starts(nmf: &NmfReport) -> Option<String> {
    let ended: Vec<&Restart> = nmf
        .restarts
        .iter()
        .filter(|start| start.seed == nmf.seed || !was_cut_off(start))
        .collect();
    let others: Vec<f64> = ended
        .iter()
        .filter(|start| start.seed != nmf.seed)
        .map(|start| start.mean_cosine)
        .collect();
    if others.is_empty() {
        return None;
    }
    let errors = ended.iter().map(|start| start.relative_error);
    Some(format!(
        "       best of {} starts (seed {}): errors {:.4} to {:.4}, similarity of parts {:.2} (1 = identical)",
        ended.len(),
        nmf.seed,
        errors.clone().fold(f64::INFINITY, f64::min),
        errors.fold(0.0, f64::max),
        others.iter().sum::<f64>() / others.len() as f64
    ))
}

/// Returns whether a start ended before it could converge.
fn was_cut_off(start: &Restart) -> bool {
    matches!(
        start.stop_reason,
        StopReason::TimeLimit | StopReason::Interrupted
    )
}

fn penalties(nmf: &NmfReport) -> Option<String> {
    let penalties = nmf.penalties.filter(Penalties::any)?;
    let objective = nmf.objective;
    Some(format!(
        "  penalties: {penalties}; objective {objective:.4}"
    ))
}

/// Returns two lines on the parts, beside the basis images of the other methods.
fn partness(nmf: &NmfReport, methods: &[MethodFigures]) -> [String; 2] {
    let figure = |of: fn(&Partness) -> f64| {
        let values = methods.iter().map(|figures| of(&figures.parts));
        let values: Vec<String> = values.map(|value| format!("{value:.2}")).collect();
        beside(methods, &values)
    };
    let dead = nmf.shares.iter().filter(|&&share| share == 0.0).count();
    let shares = nmf.shares.iter().copied();
    let (largest, least) = (
        shares.clone().fold(0.0, f64::max),
        shares.fold(1.0, f64::min),
    );
    [
        format!(
            "  parts: sparsity {}, overlap {}, localisation {}",
            figure(|parts| parts.sparsity),
            figure(|parts| parts.overlap),
            figure(|parts| parts.localisation)
        ),
        format!(
            "         cancellation {}, {dead} dead, shares of the total intensity {} to {}",
            figure(|parts| parts.cancellation),
            percentage(largest),
            percentage(least)
        ),
    ]
}

/// Returns what the figures of the parts mean, unless they are parts, and what a second fit found.
fn verdict(report: &Report) -> Option<String> {
    let verdict = &report.parts.verdict;
    if verdict.name == Verdict::Parts {
        return None;
    }
    let advice = match (&report.separated, &verdict.remedy) {
        (Some(other), _) => format!(
            "; with {}: {}, sparsity {:.2}, overlap {:.2}, relative error {:.4} (on the page)",
            other.option, other.verdict, other.sparsity, other.overlap, other.relative_error
        ),
        (None, Some(remedy)) => format!(" rather than parts; {remedy} usually separates them"),
        (None, None) if verdict.name == Verdict::WholeImages => " rather than parts".to_owned(),
        (None, None) => " parts and faint whole images".to_owned(),
    };
    Some(format!("         verdict: {}{advice}", verdict.name))
}

fn truth(report: &Report, methods: &[MethodFigures]) -> Option<String> {
    let truth = report.truth.as_ref()?;
    let (kind, known) = (truth.kind, truth.known);
    let found: Option<Vec<usize>> = methods.iter().map(|figures| figures.found).collect();
    let found = found?;
    let others: Vec<String> = methods
        .iter()
        .zip(&found)
        .skip(1)
        .map(|(figures, count)| format!("{} {count} of {known}", figures.method.name))
        .collect();
    Some(format!(
        "  truth: {} of {known} {kind} found ({})",
        found[0],
        others.join(", ")
    ))
}

fn accuracy(report: &Report) -> Option<String> {
    let labels = report.labels.as_ref()?;
    let mut accuracies = Vec::new();
    for (method, result) in labels.methods.iter() {
        let accuracy = percentage(result.accuracy);
        accuracies.push(format!("{accuracy} ({} {})", method.name, method.weights));
    }
    let of = if labels.held_out {
        format!(
            " of {}",
            counted(labels.count, "held-out image", "held-out images")
        )
    } else {
        String::new()
    };
    Some(format!(
        "  nearest-class-mean accuracy{of}: {}; chance {}",
        accuracies.join(", "),
        percentage(labels.chance)
    ))
}

/// Returns the value of the first method, and in parentheses those of the others with their names.
fn beside(methods: &[MethodFigures], values: &[String]) -> String {
    let pairs = methods.iter().zip(values).skip(1);
    let others: Vec<String> = pairs
        .map(|(figures, value)| format!("{} {value}", figures.method.name))
        .collect();
    format!("{} ({})", values[0], others.join(", "))
}
