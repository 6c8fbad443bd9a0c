//! The main command on the processes that `mpirun` started: each learns from its share of the images, the first one
//! draws, writes and tells.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use nmf_images::communicator::{
    Communicator, MpiCommunicator, Traffic, check_same, gather_lines, gather_rows, propagate_error,
};
use nmf_images::error::CommunicatorError;
use nmf_images::images::{self, ImageShard, LoadOptions, is_called_as_own};
use nmf_images::ndarray::Axis;
use nmf_images::nmf::FitProgress;
use nmf_images::report::{MpiReport, Report};
use nmf_images::{ImageSet, Model, NmfModel, PcaModel, with_threads};

use super::learn::{self, Ending, From, Learned};
use super::resume::{self, Resumed};
use crate::cli::arguments::{Arguments, CommandLine, Every, Rank};
use crate::cli::outcome::Outcome;
use crate::cli::output::checkpoints::{self, Checkpoints, ends_early};
use crate::cli::output::{Output, exports};
use crate::cli::terminal::error;
use crate::cli::terminal::progress::{Interrupt, Progress};
use crate::cli::{input, pictures};

/// Images that pictures, and figures of single images, are made of.
const SAMPLE: usize = 1000;
/// Bytes of weights and scores that are written, and brought to the first process for that.
const MOST_BYTES: usize = 4 << 30;

/// Learns from the input with all processes, or goes on from a checkpoint, which each of them reads.
pub fn run(line: CommandLine) -> Result<Outcome> {
    with_all(|cluster| {
        if let Some(folder) = line.resume.clone() {
            let Resumed {
                arguments,
                checkpoint,
                note,
            } = propagate_error(cluster, resume::read(&folder, line))?;
            return learn_with(&arguments, Some((&checkpoint, &note)), cluster);
        }
        let input = line.input.clone().context("no folder of images is given")?;
        learn_with(&line.arguments(input), None, cluster)
    })
}

/// An error is told by the first process, before any ends: `mpirun` ends all as soon as one fails.
fn with_all(work: impl FnOnce(&MpiCommunicator) -> Result<Outcome>) -> Result<Outcome> {
    let cluster = MpiCommunicator::join()?;
    let result = work(&cluster);
    if let Err(failure) = result {
        if cluster.rank() == 0 {
            error::print(&failure);
        }
        drop(cluster);
        std::process::exit(1);
    }
    result
}

/// With as many threads as are asked for.
fn learn_with(arguments: &Arguments, from: From, cluster: &MpiCommunicator) -> Result<Outcome> {
    with_threads(arguments.learning.threads, || {
        learn_share(arguments, from, cluster)
    })
}

fn learn_share(arguments: &Arguments, from: From, cluster: &MpiCommunicator) -> Result<Outcome> {
    let began = Instant::now();
    check_start(from, cluster)?;
    let rank = propagate_error(cluster, check(arguments))?;
    let is_first = cluster.rank() == 0;
    let output = propagate_error(
        cluster,
        is_first
            .then(|| Output::prepare(&arguments.writing.out))
            .transpose(),
    )?;
    let share = read(arguments, cluster)?;
    let chosen = share.sample(SAMPLE);
    let sample = share.gather(&chosen);
    propagate_error(
        cluster,
        check_overwrite(arguments, from, &share, (output.as_ref(), &sample)),
    )?;
    let interrupt = Interrupt::listen()?;
    let mut traffic = Passes::default();
    let is_written = share.whole_len() * (2 * rank + 2) * size_of::<f32>() <= MOST_BYTES;
    let checkpoints = output
        .as_ref()
        .map(|output| Checkpoints::new(output, arguments, None))
        .transpose();
    let mut checkpoints = propagate_error(cluster, checkpoints)?;
    let (nmf, frames, pca) = learn::fit(arguments, (rank, from), &share, |moment| {
        traffic.see(moment.at.iteration, cluster.traffic());
        let go_on = interrupt.check();
        if is_written && arguments.checkpoint != Every::Never {
            keep(cluster, moment, go_on.is_break(), checkpoints.as_mut());
        }
        go_on
    })?;
    let own = Model::new(&share.set, &arguments.reading.options(), &nmf, &pca);
    let model = own.select(&chosen).gather(cluster);
    let whole = if is_written {
        own.gather(cluster)
    } else {
        model.clone()
    };
    let (nmf, pca) = sampled(cluster, &chosen, nmf, pca);
    let (images, unknown) = (share.whole_len(), share.whole_unknown());
    let (Some(output), Some(checkpoints)) = (&output, &checkpoints) else {
        return Ok(interrupt.end());
    };
    let mut report = learn::facts(arguments, &sample, (&nmf, &pca, &model));
    report.mpi = Some(traffic.report(cluster.size()));
    (report.input.images, report.input.unknown) = (images, unknown);
    say_what_is_left_out(&mut report, sample.names.len(), is_written);
    let learned = Learned {
        images: &sample,
        nmf: &nmf,
        pca: &pca,
        model: &model,
        frames: &frames,
    };
    let ending = Ending {
        output,
        checkpoints,
        from,
        began,
    };
    learn::show(arguments, &learned, (None, report), &whole, &ending)?;
    Ok(interrupt.end())
}

/// Writes a checkpoint on the first process, where its clock says so, of the weights of all.
fn keep(
    cluster: &MpiCommunicator,
    moment: &FitProgress,
    interrupted: bool,
    checkpoints: Option<&mut Checkpoints>,
) {
    let mut is_due = [u8::from(
        checkpoints
            .as_ref()
            .is_some_and(|own| own.is_due(moment, interrupted)),
    )];
    cluster.broadcast(0, &mut is_due);
    if is_due == [0] {
        return;
    }
    let checkpoint = moment.checkpoint();
    if let Some(checkpoints) = checkpoints {
        checkpoints.write(checkpoint, ends_early(moment, interrupted));
    }
}

/// Sees that all processes do the same work in the same way.
fn check_start(from: From, cluster: &MpiCommunicator) -> Result<()> {
    let hash = |value: &dyn Fn(&mut DefaultHasher)| {
        let mut hasher = DefaultHasher::new();
        value(&mut hasher);
        hasher.finish()
    };
    let build = env::current_exe().and_then(fs::read).unwrap_or_default();
    check_same(cluster, "build", hash(&|hasher| build.hash(hasher)))?;
    check_same(
        cluster,
        "command line",
        hash(&|hasher| env::args_os().skip(1).for_each(|word| word.hash(hasher))),
    )?;
    let stands = from.map(|(checkpoint, _)| (&checkpoint.note, checkpoint.at().iteration));
    check_same(cluster, "checkpoint", hash(&|hasher| stands.hash(hasher)))?;
    check_same(
        cluster,
        "kind of processor",
        u64::from(multiplies_and_adds_at_once()),
    )?;
    Ok(())
}

/// Whether rounding is that of processors with a fused multiply-add.
fn multiplies_and_adds_at_once() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    return true;
}

/// How many parts to learn, if nothing is asked for that needs all images in one place.
fn check(arguments: &Arguments) -> Result<usize> {
    let needs = |what: &str, try_instead| CommunicatorError::NeedsOneProcess {
        what: what.to_owned(),
        try_instead,
    };
    let Rank::Given(rank) = arguments.rank else {
        return Err(needs(
            "-k auto",
            "search with --limit first, and pass -k with what it finds",
        )
        .into());
    };
    if arguments.input == Path::new(input::LIST) {
        return Err(needs("a list on stdin", "name a folder").into());
    }
    if arguments.method.truth.is_some() {
        return Err(needs("--truth", "compare the parts in model.npz").into());
    }
    Ok(rank)
}

fn read<'a>(arguments: &Arguments, cluster: &'a MpiCommunicator) -> Result<ImageShard<'a>> {
    let quiet = arguments.writing.quiet || cluster.rank() > 0;
    let _spinner = Progress::spinner(quiet, format!("reading {}", arguments.input.display()));
    // Several ranks may share a machine's memory: how much each may use has to be said.
    let given = arguments.reading.files.memory.is_some();
    let memory = given.then(|| input::memory(&arguments.reading.files, &arguments.writing.out));
    let options = LoadOptions {
        memory,
        ..arguments.reading.options()
    };
    Ok(images::load_shard(&arguments.input, &options, cluster)?)
}

/// On the first process, whether all can be written without a loss, and drawn of these images.
fn check_overwrite(
    arguments: &Arguments,
    from: From,
    share: &ImageShard,
    (output, sample): (Option<&Output>, &ImageSet),
) -> Result<()> {
    let inputs = [&arguments.input];
    let own = input::files(&inputs, &share.set).filter(|file| is_called_as_own(file));
    let own: Vec<String> = own
        .map(|file| file.to_string_lossy().into_owned())
        .collect();
    let files = gather_lines(images::Images::communicator(share), &own);
    let Some(output) = output else { return Ok(()) };
    output.check_overwrite(files.iter().map(PathBuf::from))?;
    if from.is_none() {
        checkpoints::say_if_any(output, arguments.writing.quiet);
        exports::check(&arguments.exports, output)?;
    }
    pictures::check(arguments, sample).context("of the images that pictures are made of")
}

/// The models of the chosen images of all processes, on the first.
fn sampled(
    cluster: &MpiCommunicator,
    chosen: &[usize],
    nmf: NmfModel,
    pca: PcaModel,
) -> (NmfModel, PcaModel) {
    let weights = gather_rows(cluster, &nmf.weights.select(Axis(0), chosen));
    let scores = gather_rows(cluster, &pca.scores.select(Axis(0), chosen));
    (NmfModel { weights, ..nmf }, PcaModel { scores, ..pca })
}

fn say_what_is_left_out(report: &mut Report, sample: usize, is_written: bool) {
    if sample < report.input.images {
        let (images, of) = (sample, report.input.images);
        report.input.notes.push(format!(
            "pictures, and figures of single images, are of {images} images, evenly spread over all {of}"
        ));
        if !is_written {
            report.warnings.push(format!(
                "weights and scores of these {images} images alone were written, and no checkpoint was kept"
            ));
        }
    }
}

/// What is sent while the parts are learned.
#[derive(Default)]
struct Passes {
    /// The first iteration that was told of, and what had been sent by then.
    first: Option<(usize, Traffic)>,
    last: (usize, Traffic),
}

impl Passes {
    fn see(&mut self, iteration: usize, traffic: Traffic) {
        self.last = (iteration, traffic);
        // Each of several starts begins with iteration 1.
        if iteration == 1 || self.first.is_none() {
            self.first = Some(self.last);
        }
    }

    fn report(&self, ranks: usize) -> MpiReport {
        let (first, last) = (self.first.unwrap_or_default(), self.last);
        let passes = last.0 - first.0;
        let each = passes.max(1);
        MpiReport {
            ranks,
            passes,
            bytes_per_pass: (last.1.bytes - first.1.bytes) / each as u64,
            seconds_per_pass: (last.1.seconds - first.1.seconds) / each as f64,
        }
    }
}
