//! The main command: read, learn, draw, write, tell.

use std::ops::ControlFlow;
use std::time::Instant;

use anyhow::Result;
use nmf_images::images::Images;
use nmf_images::metrics::{LabelAccuracy, hidden_error};
use nmf_images::nmf::{Checkpoint, FitProgress, Frame, Recorder};
use nmf_images::rank::RankChoice;
use nmf_images::recovery::Truth;
use nmf_images::report::{self, File, NmfReport, PcaReport, TruthReport};
use nmf_images::{ImageSet, Model, NmfModel, Partness, Pca, PcaModel, Report, with_threads};

use super::ranks;
use crate::cli::arguments::{Arguments, PictureChoice, Rank};
use crate::cli::outcome::Outcome;
use crate::cli::output::checkpoints::{self, Checkpoints, Note};
use crate::cli::output::{Output, exports, json};
use crate::cli::terminal::progress::{Interrupt, Progress};
use crate::cli::terminal::{summary, view};
use crate::cli::{allocator, input, pictures};

/// A checkpoint to go on from, with what was noted beside it.
pub type From<'a> = Option<(&'a Checkpoint, &'a Note)>;

/// Learns from the input, or goes on `from` a checkpoint, and writes everything to the output folder.
pub fn learn(arguments: &Arguments, from: From) -> Result<Outcome> {
    with_threads(arguments.learning.threads, || {
        let began = Instant::now();
        let output = Output::prepare(&arguments.writing.out)?;
        if from.is_none() {
            checkpoints::say_if_any(&output, arguments.writing.quiet);
            // A run that goes on has been here before, and may have been killed while it wrote.
            exports::check(&arguments.exports, &output)?;
        }
        let images = input::read(
            &arguments.input,
            &arguments.reading,
            &output,
            arguments.writing.quiet,
        )?;
        pictures::check(arguments, &images)?;
        let truth_file = arguments.method.truth.as_deref();
        let truth = truth_file
            .map(|file| Truth::read(file, &images))
            .transpose()?;
        let interrupt = Interrupt::listen()?;
        let (rank, choice) = rank(arguments, from, &images, &interrupt)?;
        let mut checkpoints = Checkpoints::new(&output, arguments, choice.clone())?;
        let (nmf, frames, pca) = fit(arguments, (rank, from), &images, |moment| {
            let go_on = interrupt.check();
            checkpoints.keep(moment, go_on.is_break());
            go_on
        })?;
        let model = Model::new(&images, &arguments.reading.options(), &nmf, &pca);
        let mut report = facts(arguments, &images, (&nmf, &pca, &model));
        report.nmf.rank_choice = choice;
        report.truth = truth_file
            .zip(truth.as_ref())
            .map(|(file, truth)| TruthReport::new(file, truth, &model.decompositions));
        let learned = Learned {
            images: &images,
            nmf: &nmf,
            pca: &pca,
            model: &model,
            frames: &frames,
        };
        let ending = Ending {
            output: &output,
            checkpoints: &checkpoints,
            from,
            began,
        };
        show(
            arguments,
            &learned,
            (truth.as_ref(), report),
            &model,
            &ending,
        )?;
        Ok(interrupt.end())
    })
}

/// What is missing of a run that went on.
fn went_on((checkpoint, _): (&Checkpoint, &Note)) -> String {
    format!(
        "the run went on from iteration {}, and what pictures show of its learning begins there",
        checkpoint.at().iteration
    )
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

/// How a run came about, and where it leaves what it found.
pub struct Ending<'a> {
    pub output: &'a Output,
    pub checkpoints: &'a Checkpoints<'a>,
    pub from: From<'a>,
    pub began: Instant,
}

/// Draws what was learned, writes it with the `whole` model, and tells of it.
pub fn show(
    arguments: &Arguments,
    learned: &Learned,
    (truth, mut report): (Option<&Truth>, Report),
    whole: &Model,
    ending: &Ending,
) -> Result<()> {
    let Learned {
        images,
        nmf,
        pca,
        model,
        frames,
    } = learned;
    let context =
        pictures::Context::new(arguments, images, (nmf, pca, model), frames, truth, &report);
    allocator::give_back_the_rest();
    let pictures = pictures::draw(&context)?;
    let shown = arguments
        .pictures
        .view
        .then(|| view::text(nmf, pca, || pictures::slide(&context)))
        .transpose()?;
    images.check()?;
    write(arguments, (whole, &pictures), ending, &mut report)?;
    let Ending {
        output,
        checkpoints,
        from,
        began,
    } = ending;
    let notes: Vec<String> = report
        .input
        .notes
        .iter()
        .cloned()
        .chain(checkpoints.notes())
        .chain(from.map(went_on))
        .collect();
    let beware = (&notes[..], &report.warnings[..]);
    summary::tell(&arguments.writing, beware, &report, || {
        summary::of_run(&report, output, began.elapsed())
    })?;
    view::show(shown.flatten());
    Ok(())
}

/// How many parts to learn, and why, where a search chose them.
fn rank(
    arguments: &Arguments,
    from: From,
    images: &ImageSet,
    interrupt: &Interrupt,
) -> Result<(usize, Option<RankChoice>)> {
    match (arguments.rank, from) {
        (Rank::Given(rank), _) => Ok((rank, None)),
        (Rank::Auto, Some((checkpoint, note))) => Ok((checkpoint.rank(), note.rank_choice.clone())),
        (Rank::Auto, None) => {
            let choice = ranks::auto(
                &*images.in_memory()?,
                arguments.learning.seed,
                arguments.writing.quiet,
                interrupt,
            )?;
            Ok((choice.choice, Some(choice)))
        }
    }
}

/// What was learned, what was seen of the learning, and the PCA beside it; `go_on` hears of each moment. Of several
/// processes the first tells how far it is.
pub fn fit(
    arguments: &Arguments,
    (rank, from): (usize, From),
    images: &impl Images,
    mut go_on: impl FnMut(&FitProgress) -> ControlFlow<()>,
) -> Result<(NmfModel, Vec<Frame>, PcaModel)> {
    let is_first = images.communicator().rank() == 0;
    let quiet = arguments.writing.quiet || !is_first;
    let settings = arguments.nmf(rank)?;
    if !quiet {
        input::say_if_large(settings.memory(images));
    }
    let progress = Progress::iterations(quiet, arguments.learning.max_iter);
    let (mut shown, starts) = (None, arguments.method.restarts);
    let shows_learning =
        |choice: &PictureChoice| matches!(choice, PictureChoice::Learning | PictureChoice::Page);
    let is_seen = is_first && arguments.pictures.chosen().iter().any(shows_learning);
    let mut recorder = is_seen.then(Recorder::default);
    let on_moment = |moment: &FitProgress| {
        if let Some(recorder) = &mut recorder {
            recorder.record(moment);
        }
        let start = moment.start() + 1;
        if shown.replace(start) != Some(start) {
            progress.begin(if starts == 1 {
                "learning".to_owned()
            } else {
                format!("start {start} of {starts}")
            });
        }
        progress.show(&moment.at);
        go_on(moment)
    };
    let nmf = match from {
        Some((checkpoint, _)) => settings.resume(images, checkpoint, on_moment)?,
        None => settings.fit_with(images, on_moment)?,
    };
    drop(progress);
    let _spinner = Progress::spinner(quiet, "finding eigenimages".to_owned());
    let pca = Pca::new(rank).fit(images)?;
    let frames = recorder.map_or_else(Vec::new, |recorder| recorder.frames(&nmf));
    Ok((nmf, frames, pca))
}

/// All that the report says but for the files.
pub fn facts(
    arguments: &Arguments,
    images: &ImageSet,
    (nmf, pca, model): (&NmfModel, &PcaModel, &Model),
) -> Report {
    let warnings = input::warnings(&images.skipped, Some("report.json"))
        .into_iter()
        .chain(report::warnings(nmf, pca))
        .collect();
    let labels = images.labels.as_ref();
    let (mut nmf_report, mut pca_report) = (NmfReport::new(nmf), PcaReport::new(pca));
    if input::knows_hidden(&arguments.reading) {
        nmf_report.hidden_error = hidden_error(images, &nmf.weights, &nmf.basis, None);
        pca_report.hidden_error =
            hidden_error(images, &pca.scores, &pca.components, Some(&pca.mean));
    }
    Report {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        input: input::facts(&arguments.input, &arguments.reading, images),
        nmf: nmf_report,
        pca: pca_report,
        parts: Partness::of(&nmf.basis, &nmf.weights, None),
        truth: None,
        labels: labels.and_then(|labels| LabelAccuracy::new(labels, &model.decompositions)),
        mpi: None,
        files: Vec::new(),
        warnings,
    }
}

fn write(
    arguments: &Arguments,
    (model, pictures): (&Model, &[pictures::Picture]),
    ending: &Ending,
    report: &mut Report,
) -> Result<()> {
    let mut staged = ending.output.stage();
    for picture in pictures {
        staged.add(&picture.name, &picture.bytes)?;
        report.files.push(file(&picture.name, &picture.caption));
    }
    let caption =
        "Parts, weights, eigenimages and scores, for numpy.load and `nmf-images project`.";
    staged.add("model.npz", &model.to_npz()?)?;
    report.files.push(file("model.npz", caption));
    report
        .files
        .extend(exports::export(&arguments.exports, &mut staged, model)?);
    // The last, so that it names no file that is not there.
    report
        .files
        .push(file("report.json", "Every number of this run."));
    staged.add("report.json", &json(report)?)?;
    ending.checkpoints.settle(&mut staged);
    staged.replace()
}

fn file(name: &str, caption: &str) -> File {
    File {
        name: name.to_owned(),
        caption: caption.to_owned(),
    }
}
