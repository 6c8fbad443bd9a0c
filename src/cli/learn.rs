//! The main command: read, learn, draw, write, tell.

use anyhow::Result;
use nmf_images::images::Images;
use nmf_images::metrics::{LabelsTold, hidden_error};
use nmf_images::nmf::{Frame, Recorder};
use nmf_images::rank::RankChoice;
use nmf_images::recovery::Truth;
use nmf_images::report::{self, File, NmfReport, PcaReport, TruthReport};
use nmf_images::{ImageSet, Model, NmfModel, Partness, Pca, PcaModel, Report, with_threads};

use super::arguments::{Arguments, PictureChoice, Rank};
use super::output::{Output, json};
use super::progress::{Interrupt, Progress};
use super::{End, exports, input, pictures, ranks, summary, view};

/// Learns from the input and writes everything to the output folder.
pub fn learn(arguments: &Arguments) -> Result<End> {
    with_threads(arguments.learning.threads, || {
        let began = std::time::Instant::now();
        let output = Output::prepare(&arguments.writing.out)?;
        let images = input::read(&arguments.input, &arguments.reading, &output, arguments.writing.quiet)?;
        exports::check(&arguments.exports, &output)?;
        pictures::check(arguments, &images)?;
        let truth_file = arguments.method.truth.as_deref();
        let truth = truth_file.map(|file| Truth::read(file, &images)).transpose()?;
        let interrupt = Interrupt::listen()?;
        let (rank, choice) = rank(arguments, &images, &interrupt)?;
        let (nmf, frames, pca) = fit(arguments, rank, &images, &interrupt)?;
        let mut report = facts(arguments, &images, &nmf, &pca);
        report.nmf.rank_choice = choice;
        report.truth = truth_file.zip(truth.as_ref()).map(|(file, truth)| TruthReport::new(file, truth, &nmf, &pca));
        let model = Model::new(&images, &arguments.reading.options(), &nmf, &pca);
        let learned = (&nmf, &pca, &model);
        let context = pictures::Context::new(arguments, &images, learned, &frames, truth.as_ref(), &report);
        let pictures = pictures::draw(&context)?;
        let shown =
            arguments.pictures.view.then(|| view::text(&nmf, &pca, || pictures::slide(&context))).transpose()?;
        images.check()?;
        write(&output, &model, &pictures, &mut report.files)?;
        report.files.extend(exports::export(&arguments.exports, &output, &images, &model)?);
        report.files.push(file("report.json", "Every number of this run."));
        output.write("report.json", &json(&report)?)?;
        let beware = (&report.input.notes[..], &report.warnings[..]);
        summary::tell(&arguments.writing, beware, &report, || summary::of_run(&report, &output, began.elapsed()))?;
        view::show(shown.flatten());
        Ok(interrupt.end())
    })
}

/// How many parts to learn, and why, where a search chose them.
fn rank(arguments: &Arguments, images: &ImageSet, interrupt: &Interrupt) -> Result<(usize, Option<RankChoice>)> {
    match arguments.rank {
        Rank::Given(rank) => Ok((rank, None)),
        Rank::Auto => {
            let choice =
                ranks::auto(&*images.in_memory()?, arguments.learning.seed, arguments.writing.quiet, interrupt)?;
            Ok((choice.choice, Some(choice)))
        }
    }
}

/// What was learned, what was seen of the learning, and the PCA beside it.
fn fit(
    arguments: &Arguments,
    rank: usize,
    images: &ImageSet,
    interrupt: &Interrupt,
) -> Result<(NmfModel, Vec<Frame>, PcaModel)> {
    let quiet = arguments.writing.quiet;
    let settings = arguments.nmf(rank)?;
    if !quiet {
        input::say_if_large(settings.memory(images));
    }
    let progress = Progress::iterations(quiet, arguments.learning.max_iter);
    let (mut start, starts) = (0, arguments.method.restarts);
    let shows_learning = |choice: &PictureChoice| matches!(choice, PictureChoice::Learning | PictureChoice::Page);
    let mut recorder = arguments.pictures.chosen().iter().any(shows_learning).then(Recorder::default);
    let nmf = settings.fit_with(images, |moment| {
        if let Some(recorder) = &mut recorder {
            recorder.record(moment);
        }
        if moment.at.iteration == 1 {
            start += 1;
            progress.begin(if starts == 1 { "learning".to_owned() } else { format!("start {start} of {starts}") });
        }
        progress.show(&moment.at);
        interrupt.check()
    })?;
    drop(progress);
    let _spinner = Progress::spinner(quiet, "finding eigenimages".to_owned());
    let pca = Pca::new(rank).fit(images)?;
    let frames = recorder.map_or_else(Vec::new, |recorder| recorder.frames(&nmf));
    Ok((nmf, frames, pca))
}

/// All that the report says but for the files.
fn facts(arguments: &Arguments, images: &ImageSet, nmf: &NmfModel, pca: &PcaModel) -> Report {
    let warnings = input::warnings(images, "report.json").into_iter().chain(report::warnings(nmf, pca)).collect();
    let labels = images.labels.as_ref();
    let (by_parts, by_eigenimages) = ((&nmf.weights, &nmf.basis), (&pca.scores, &pca.components));
    let (mut nmf_report, mut pca_report) = (NmfReport::new(nmf), PcaReport::new(pca));
    if input::knows_hidden(&arguments.reading) {
        nmf_report.hidden_error = hidden_error(images, &nmf.weights, &nmf.basis, None);
        pca_report.hidden_error = hidden_error(images, &pca.scores, &pca.components, Some(&pca.mean));
    }
    Report {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        input: input::facts(&arguments.input, &arguments.reading, images),
        nmf: nmf_report,
        pca: pca_report,
        parts: Partness::of(&nmf.basis, &nmf.weights, None),
        truth: None,
        labels: labels.and_then(|labels| LabelsTold::by(labels, by_parts, by_eigenimages)),
        files: Vec::new(),
        warnings,
    }
}

fn write(output: &Output, model: &Model, pictures: &[pictures::Picture], files: &mut Vec<File>) -> Result<()> {
    for picture in pictures {
        output.write(&picture.name, &picture.bytes)?;
        files.push(file(&picture.name, &picture.caption));
    }
    output.write("model.npz", &model.to_npz()?)?;
    files.push(file("model.npz", "Parts, weights, eigenimages and scores, for numpy.load and `nmf-images project`."));
    Ok(())
}

fn file(name: &str, caption: &str) -> File {
    File { name: name.to_owned(), caption: caption.to_owned() }
}
