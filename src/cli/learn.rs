//! The main command: read, learn, draw, write, tell.

use std::ops::ControlFlow;
use std::time::Instant;

use anyhow::Result;
use nmf_images::metrics::{LabelsTold, hidden_error};
use nmf_images::nmf::{Frame, Moment, Recorder};
use nmf_images::rank::RankChoice;
use nmf_images::recovery::Truth;
use nmf_images::report::{self, File, NmfReport, PcaReport, TruthReport};
use nmf_images::{ImageSet, Images, Model, NmfModel, Partness, Pca, PcaModel, Report, with_threads};

use super::arguments::{Arguments, PictureChoice, Rank};
use super::output::{Output, json};
use super::progress::{Interrupt, Progress};
use super::{End, exports, input, pictures, ranks, summary, view};

/// Learns from the input and writes everything to the output folder.
pub fn learn(arguments: &Arguments) -> Result<End> {
    #[cfg(feature = "mpi")]
    if arguments.method.mpi {
        return super::together::learn(arguments);
    }
    with_threads(arguments.learning.threads, || {
        let began = Instant::now();
        let output = Output::prepare(&arguments.writing.out)?;
        let images = input::read(&arguments.input, &arguments.reading, &output, arguments.writing.quiet)?;
        exports::check(&arguments.exports, &output)?;
        pictures::check(arguments, &images)?;
        let truth_file = arguments.method.truth.as_deref();
        let truth = truth_file.map(|file| Truth::read(file, &images)).transpose()?;
        let interrupt = Interrupt::listen()?;
        let (rank, choice) = rank(arguments, &images, &interrupt)?;
        let (nmf, frames, pca) = fit(arguments, rank, &images, |_| interrupt.check())?;
        let mut report = facts(arguments, &images, &nmf, &pca);
        report.nmf.rank_choice = choice;
        report.truth = truth_file.zip(truth.as_ref()).map(|(file, truth)| TruthReport::new(file, truth, &nmf, &pca));
        let model = Model::new(&images, &arguments.reading.options(), &nmf, &pca);
        let learned = Learned { images: &images, nmf: &nmf, pca: &pca, model: &model, frames: &frames };
        show(arguments, &learned, (truth.as_ref(), report), &model, (&output, began))?;
        Ok(interrupt.end())
    })
}

/// What is drawn.
pub struct Learned<'a> {
    pub images: &'a ImageSet,
    pub nmf: &'a NmfModel,
    pub pca: &'a PcaModel,
    /// The model of these images.
    pub model: &'a Model,
    /// What was seen of the learning.
    pub frames: &'a [Frame],
}

/// Draws what was learned, writes it with the `whole` model, and tells of it.
pub fn show(
    arguments: &Arguments,
    learned: &Learned,
    (truth, mut report): (Option<&Truth>, Report),
    whole: &Model,
    (output, began): (&Output, Instant),
) -> Result<()> {
    let Learned { images, nmf, pca, model, frames } = learned;
    let context = pictures::Context::new(arguments, images, (nmf, pca, model), frames, truth, &report);
    let pictures = pictures::draw(&context)?;
    let shown = arguments.pictures.view.then(|| view::text(nmf, pca, || pictures::slide(&context))).transpose()?;
    write(output, whole, &pictures, &mut report.files)?;
    report.files.extend(exports::export(&arguments.exports, output, images, whole)?);
    report.files.push(file("report.json", "Every number of this run."));
    output.write("report.json", &json(&report)?)?;
    let beware = (&report.input.notes[..], &report.warnings[..]);
    summary::tell(&arguments.writing, beware, &report, || summary::of_run(&report, output, began.elapsed()))?;
    view::show(shown.flatten());
    Ok(())
}

/// How many parts to learn, and why, where a search chose them.
fn rank(arguments: &Arguments, images: &ImageSet, interrupt: &Interrupt) -> Result<(usize, Option<RankChoice>)> {
    match arguments.rank {
        Rank::Given(rank) => Ok((rank, None)),
        Rank::Auto => {
            let choice = ranks::auto(images, arguments.learning.seed, arguments.writing.quiet, interrupt)?;
            Ok((choice.choice, Some(choice)))
        }
    }
}

/// What was learned, what was seen of the learning, and the PCA beside it; `go_on` hears of each moment. Of several
/// processes the first tells how far it is.
pub fn fit(
    arguments: &Arguments,
    rank: usize,
    images: &impl Images,
    mut go_on: impl FnMut(&Moment) -> ControlFlow<()>,
) -> Result<(NmfModel, Vec<Frame>, PcaModel)> {
    let is_first = images.team().rank() == 0;
    let quiet = arguments.writing.quiet || !is_first;
    let settings = arguments.nmf(rank)?;
    if !quiet {
        input::say_if_large(settings.memory(images));
    }
    let progress = Progress::iterations(quiet, arguments.learning.max_iter);
    let (mut start, starts) = (0, arguments.method.restarts);
    let shows_learning = |choice: &PictureChoice| matches!(choice, PictureChoice::Learning | PictureChoice::Page);
    let is_seen = is_first && arguments.pictures.chosen().iter().any(shows_learning);
    let mut recorder = is_seen.then(Recorder::default);
    let nmf = settings.fit_with(images, |moment| {
        if let Some(recorder) = &mut recorder {
            recorder.record(moment);
        }
        if moment.at.iteration == 1 {
            start += 1;
            progress.begin(if starts == 1 { "learning".to_owned() } else { format!("start {start} of {starts}") });
        }
        progress.show(&moment.at);
        go_on(moment)
    })?;
    drop(progress);
    let _spinner = Progress::spinner(quiet, "finding eigenimages".to_owned());
    let pca = Pca::new(rank).fit(images)?;
    let frames = recorder.map_or_else(Vec::new, |recorder| recorder.frames(&nmf));
    Ok((nmf, frames, pca))
}

/// All that the report says but for the files.
pub fn facts(arguments: &Arguments, images: &ImageSet, nmf: &NmfModel, pca: &PcaModel) -> Report {
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
        mpi: None,
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
