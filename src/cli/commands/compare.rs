//! The command `compare`: learn with each rule, draw, write, print.

use std::time::Instant;

use anyhow::Result;
use nmf_images::comparison::{self, Learned, Rule, RuleSummary, in_order_of};
use nmf_images::outputs::WrittenBy;
use nmf_images::render::{RuleRow, Rules, Scale, percent, rules};
use nmf_images::report::{self, BoundReport, ComparisonReport, PcaReport, Settings};
use nmf_images::{Basis, ImageSet, Pca, PcaModel, Vq, VqModel, with_threads};

use super::own_start::{CompleteStart, OwnStart};
use crate::cli::arguments::{Compare, PathRead};
use crate::cli::input;
use crate::cli::outcome::Outcome;
use crate::cli::output::{Output, RunFiles, csv_tables, file, json};
use crate::cli::pictures::{Picture, clipped_basis, drawn, title};
use crate::cli::terminal::progress::{Interrupt, Progress};
use crate::cli::terminal::summary;

/// Compares the rules and writes everything to the output folder.
pub fn compare(arguments: &Compare, paths: &[PathRead]) -> Result<Outcome> {
    comparison::check(&arguments.rules())?;
    with_threads(arguments.learning.threads, || {
        let began = Instant::now();
        let files = RunFiles::of(WrittenBy::Compare);
        let output = Output::prepare_for(&arguments.writing.out, files, paths)?;
        match OwnStart::read(&arguments.learning.init)? {
            None => compare_from(None, arguments, &output, began),
            Some(file) => {
                let arguments = file.compared(arguments)?;
                compare_from(Some(file), &arguments, &output, began)
            }
        }
    })
}

/// Compares the rules from the start in a file, if there is one.
fn compare_from(
    file: Option<OwnStart>,
    arguments: &Compare,
    output: &Output,
    began: Instant,
) -> Result<Outcome> {
    let images = input::read(
        &arguments.input,
        &arguments.reading,
        output,
        arguments.writing.printing.quiet,
        &arguments.workload(),
    )?;
    let start = file.map(|file| file.complete(&images)).transpose()?;
    let rules = rules_from(start.as_ref(), arguments);
    comparison::check_pixels(&rules, &images)?;
    let interrupt = Interrupt::listen()?;
    let fitted = fit(arguments, &rules, &images, &interrupt)?;
    let mut report = facts(arguments, &images, &fitted);
    if let Some(start) = start {
        report.settings.init = start.name;
        report.input.notes.extend(start.note);
    }
    let rows = drawn_rows(arguments, &images, &fitted);
    let picture = draw(arguments, &rows, &report)?;
    write(output, &picture, &mut report)?;
    let notices = summary::Notices {
        notes: &report.input.notes,
        warnings: &report.warnings,
    };
    summary::print_result(arguments.writing.printing, notices, &report, || {
        summary::of_comparison(&report, output, began.elapsed())
    })?;
    Ok(interrupt.outcome())
}

/// Returns the rules, each from the start in the file if there is one.
fn rules_from(start: Option<&CompleteStart>, arguments: &Compare) -> Vec<Rule> {
    let mut rules = arguments.rules();
    if let Some(start) = start {
        for rule in &mut rules {
            rule.nmf = rule.nmf.clone().init(start.init.clone());
        }
    }
    rules
}

/// The models that are compared.
struct Fitted {
    learned: Vec<Learned>,
    vq: VqModel,
    pca: PcaModel,
}

fn fit(
    arguments: &Compare,
    rules: &[Rule],
    images: &ImageSet,
    interrupt: &Interrupt,
) -> Result<Fitted> {
    let quiet = arguments.writing.printing.quiet;
    let pca = {
        let _spinner = Progress::spinner(quiet, "finding eigenimages".to_owned());
        Pca::new(arguments.rank).fit(images)?
    };
    let vq = {
        let _spinner = Progress::spinner(quiet, "finding prototypes".to_owned());
        let vq = Vq::new(arguments.rank).seed(arguments.learning.seed);
        vq.fit_with(images, |_| interrupt.check())?
    };
    let progress = Progress::iterations(quiet, arguments.learning.max_iter);
    let learned = comparison::compare(images, rules, |rule, iteration| {
        if iteration.iteration == 1 {
            progress.begin(format!(
                "{} ({} of {})",
                rules[rule].name,
                rule + 1,
                rules.len()
            ));
        }
        progress.show(iteration);
        interrupt.check()
    })?;
    Ok(Fitted { learned, vq, pca })
}

/// Returns the report without its list of files.
fn facts(
    arguments: &Compare,
    images: &ImageSet,
    Fitted { learned, vq, pca }: &Fitted,
) -> ComparisonReport {
    let of_rule = |Learned { rule, model }: &Learned| {
        report::nmf_warnings(model)
            .into_iter()
            .map(|warning| format!("{rule}: {warning}"))
            .collect::<Vec<_>>()
    };
    let missing: Vec<String> = arguments.rules.0[learned.len()..]
        .iter()
        .map(ToString::to_string)
        .collect();
    let unfinished = (!missing.is_empty())
        .then(|| format!("interrupted before {} could learn", missing.join(", ")));
    ComparisonReport {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        input: input::facts(&arguments.input, &arguments.reading, images),
        settings: Settings::of(&learned[0].model),
        compare: learned
            .iter()
            .map(RuleSummary::of_rule)
            .chain([RuleSummary::of_vq(vq), RuleSummary::of_pca(pca)])
            .collect(),
        pca: PcaReport::new(pca),
        bound: BoundReport::new(pca),
        files: Vec::new(),
        warnings: input::warnings(&images.skipped, Some("report.json"))
            .into_iter()
            .chain(learned.iter().flat_map(of_rule))
            .chain(unfinished)
            .chain(report::pca_warnings(pca))
            .collect(),
    }
}

/// Returns one basis per rule, in the order of the first rule's parts, and the prototypes and eigenimages in their own order; outliers
/// of the images are clipped.
fn drawn_rows(
    arguments: &Compare,
    images: &ImageSet,
    Fitted { learned, vq, pca }: &Fitted,
) -> Vec<(Basis, Scale)> {
    let scaling = arguments.tiling.scaling();
    let outliers = images.outliers.as_ref();
    let first = &learned[0].model.basis;
    let mut bases = Vec::new();
    for Learned { model, .. } in learned {
        let parts = drawn(&model.basis, &model.weights, scaling);
        let parts = clipped_basis(in_order_of(first, &parts), outliers);
        bases.push((parts, Scale::FromZero));
    }
    let prototypes = clipped_basis(vq.prototypes.clone(), outliers);
    bases.push((prototypes, Scale::FromZero));
    let eigenimages = drawn(&pca.basis, &pca.weights, scaling);
    let eigenimages = clipped_basis(eigenimages, outliers);
    bases.push((eigenimages, Scale::Diverging));
    bases
}

/// Draws one row per rule.
fn draw(
    arguments: &Compare,
    bases: &[(Basis, Scale)],
    report: &ComparisonReport,
) -> Result<Picture> {
    let scaling = arguments.tiling.scaling();
    let facts: Vec<_> = report.compare.iter().map(figures).collect();
    let rows: Vec<RuleRow> = bases
        .iter()
        .zip(report.compare.iter().zip(&facts))
        .map(|((basis, scale), (line, facts))| RuleRow {
            name: &line.rule,
            facts,
            basis,
            scale: *scale,
        })
        .collect();
    let title = title(&arguments.input);
    let caption =
        "What each rule learns from the same start, prototypes (VQ), and eigenimages (PCA).";
    let figure = rules(
        &Rules {
            title: &title,
            rows: &rows,
            scaling,
        },
        arguments.writing.theme(),
    )?;
    Picture::page(&arguments.writing, "compare", caption, &figure)
}

/// Returns the figures in front of a row.
fn figures(line: &RuleSummary) -> [(String, String); 3] {
    [
        ("error", percent(line.relative_error)),
        ("sparsity", format!("{:.2}", line.sparsity)),
        ("overlap", format!("{:.2}", line.overlap)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
}

fn write(output: &Output, picture: &Picture, report: &mut ComparisonReport) -> Result<()> {
    report.files = vec![
        file(&picture.name, &picture.caption),
        file(
            "compare.csv",
            "The table: one line per rule, then VQ and PCA.",
        ),
        file("report.json", "Every number of this run."),
    ];
    let mut staged = output.stage();
    let stay = output.discard_earlier(&mut staged, &report.files);
    report.input.notes.extend(stay);
    staged.add(&picture.name, &picture.bytes)?;
    staged.add("compare.csv", &csv_tables::rows(&report.compare)?)?;
    staged.add("report.json", &json(report)?)?;
    staged.replace()
}
