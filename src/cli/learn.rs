//! The main command: read, learn, draw, write, tell.

use std::io::Write;

use anyhow::Result;
use nmf_images::images::{self, Images, LoadOptions};
use nmf_images::report::{self, File, Input, NmfReport, PcaReport, Preparation};
use nmf_images::{ImageSet, Model, NmfModel, Partness, Pca, PcaModel, Report, with_threads};

use super::arguments::{Arguments, FitChoice};
use super::output::Output;
use super::pictures;
use super::progress::{Interrupt, Progress};
use super::{one_line, summary};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Done,
    Interrupted,
}

/// Learns from the input and writes everything to the output folder.
pub fn learn(arguments: &Arguments) -> Result<End> {
    with_threads(arguments.learning.threads, || {
        let began = std::time::Instant::now();
        let output = Output::prepare(&arguments.writing.out)?;
        let images = read(arguments)?;
        let interrupt = Interrupt::listen()?;
        let (nmf, pca) = fit(arguments, &images, &interrupt)?;
        let mut report = facts(arguments, &images, &nmf, &pca);
        let pictures = pictures::draw(arguments, &images, &nmf, &pca, &report)?;
        write(&output, &images, &nmf, &pca, &pictures, &mut report)?;
        if !arguments.writing.quiet {
            summary::print(&report, &output, began.elapsed());
        }
        Ok(if interrupt.check().is_break() { End::Interrupted } else { End::Done })
    })
}

fn read(arguments: &Arguments) -> Result<ImageSet> {
    let _spinner = Progress::spinner(arguments.writing.quiet, format!("reading {}", arguments.input.display()));
    Ok(images::load(&arguments.input, &arguments.reading.options())?)
}

fn fit(arguments: &Arguments, images: &ImageSet, interrupt: &Interrupt) -> Result<(NmfModel, PcaModel)> {
    let quiet = arguments.writing.quiet;
    let settings = arguments.learning.nmf()?;
    if !quiet {
        say_if_large(settings.memory(images));
    }
    let progress = Progress::iterations(quiet, arguments.learning.max_iter);
    let (mut start, starts) = (0, arguments.learning.restarts);
    let nmf = settings.fit_with(images, |iteration| {
        if iteration.iteration == 1 {
            start += 1;
            progress.begin(if starts == 1 { "learning".to_owned() } else { format!("start {start} of {starts}") });
        }
        progress.show(iteration);
        interrupt.check()
    })?;
    drop(progress);
    let _spinner = Progress::spinner(quiet, "finding eigenimages".to_owned());
    let pca = Pca::new(arguments.learning.rank).fit(images)?;
    Ok((nmf, pca))
}

/// Says what the learning will hold where that is more than a quarter of the machine's memory.
fn say_if_large(needed: usize) {
    let memory = sysinfo::RefreshKind::nothing().with_memory(sysinfo::MemoryRefreshKind::nothing().with_ram());
    let all = sysinfo::System::new_with_specifics(memory).total_memory() as f64;
    let needed = needed as f64;
    if needed > all / 4.0 {
        let _ = writeln!(
            std::io::stderr(),
            "note: learning takes about {:.1} GB of this machine's {:.1} GB; --limit or --size make it less",
            needed / 1e9,
            all / 1e9
        );
    }
}

/// All that the report says but for the files.
fn facts(arguments: &Arguments, images: &ImageSet, nmf: &NmfModel, pca: &PcaModel) -> Report {
    let LoadOptions { size, background, invert, limit, .. } = arguments.reading.options();
    let input = Input {
        path: arguments.input.to_string_lossy().into_owned(),
        images: images.len(),
        width: images.shape.width,
        height: images.shape.height,
        labels: images.labels.as_ref().map(|labels| labels.names.clone()).unwrap_or_default(),
        skipped: images.skipped.clone(),
        passed_over: images.passed_over,
        notes: images.notes.clone(),
        preparation: Preparation {
            size: size.map(|size| size.to_string()),
            fit: match arguments.reading.fit {
                FitChoice::Crop => "crop".to_owned(),
                FitChoice::Stretch => "stretch".to_owned(),
            },
            invert,
            background,
            limit,
        },
    };
    let mut warnings = report::warnings(nmf, pca);
    if let Some(first) = images.skipped.first() {
        let count = images.skipped.len();
        let files = if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
        let more = if count == 1 { "" } else { "; all are in report.json" };
        let first = one_line(&format!("{}: {}", first.path, first.reason));
        warnings.insert(0, format!("{files} could not be read: {first}{more}"));
    }
    Report {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        input,
        nmf: NmfReport::new(nmf),
        pca: PcaReport::new(pca),
        parts: Partness::of(&nmf.basis),
        files: Vec::new(),
        warnings,
    }
}

fn write(
    output: &Output,
    images: &ImageSet,
    nmf: &NmfModel,
    pca: &PcaModel,
    pictures: &[pictures::Picture],
    report: &mut Report,
) -> Result<()> {
    let file = |name: &str, caption: &str| File { name: name.to_owned(), caption: caption.to_owned() };
    for picture in pictures {
        output.write(picture.name, &picture.bytes)?;
        report.files.push(file(picture.name, &picture.caption));
    }
    output.write("model.npz", &Model { nmf, pca, names: &images.names }.to_npz()?)?;
    report.files.push(file("model.npz", "Parts, weights, eigenimages and scores, for numpy.load."));
    report.files.push(file("report.json", "Every number of this run."));
    let mut json = serde_json::to_vec_pretty(report)?;
    json.push(b'\n');
    output.write("report.json", &json)
}
