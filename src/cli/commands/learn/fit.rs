//! The fit: progress on the terminal, frames for the pictures of the learning, checkpoints, Ctrl-C.

use std::ops::ControlFlow;

use anyhow::Result;
use nmf_images::images::{ImageShard, Images, PreparedImages};
use nmf_images::nmf::{
    Checkpoint, FitObserver, FitProgress, FitStart, Frame, Recorder, SampleProgress,
};
use nmf_images::{Init, Nmf, NmfModel, PcaModel, VqModel};

use super::given::Given;
use super::prototypes;
use super::separated::{self, SeparatedParts};
use super::traffic::PassTraffic;
use crate::cli::allocator;
use crate::cli::arguments::{Arguments, PictureChoice};
use crate::cli::output::checkpoints::{Checkpoints, ends_early};
use crate::cli::output::{Output, start_file};
use crate::cli::terminal::progress::{Interrupt, Progress};

/// What was learned, with the weights of this process's images.
pub struct Fitted {
    pub nmf: NmfModel,
    pub pca: PcaModel,
    /// The prototypes, if a picture shows them.
    pub vq: Option<VqModel>,
    /// The parts as they were at some iterations, on the first process.
    pub frames: Vec<Frame>,
    /// The parts of a second fit, with a penalty on overlap, if there was one.
    pub separated: Option<SeparatedParts>,
}

/// Learns parts and eigenimages from the images of all processes.
pub struct RunFit<'a, 'b> {
    pub arguments: &'a Arguments,
    pub shard: &'a ImageShard<'a>,
    pub rank: usize,
    /// The start, if it is from a file.
    pub start: Option<&'a Init>,
    /// Where the start is saved.
    pub saves_start_to: Option<&'a Output>,
    /// The parts that are not learned, and how much pixels and images count.
    pub given: Given,
    /// Where the fit continues.
    pub checkpoint: Option<&'a Checkpoint>,
    pub interrupt: &'a Interrupt,
    /// Whether checkpoints are written; the same on all processes.
    pub keeps_checkpoints: bool,
    /// The checkpoints, on the first process.
    pub checkpoints: Option<&'a mut Checkpoints<'b>>,
    pub traffic: Option<&'a mut PassTraffic<'b>>,
}

impl RunFit<'_, '_> {
    pub fn run(self) -> Result<Fitted> {
        let (arguments, shard, rank) = (self.arguments, self.shard, self.rank);
        let interrupt = self.interrupt;
        let is_first = shard.communicator().rank() == 0;
        let quiet = arguments.writing.printing.quiet || !is_first;
        let mut settings = self.given.nmf(arguments, rank)?;
        if let Some(start) = self.start {
            settings = settings.init(start.clone());
        }
        let pca = self.given.pca(rank);
        let prepared = PreparedImages::new(shard)?;
        let (nmf, frames) = if arguments.shows_given {
            (settings.as_given(&prepared)?, Vec::new())
        } else {
            self.learn_parts(&settings, &prepared, quiet, is_first)?
        };
        allocator::trim();
        let spinner = Progress::spinner(quiet, "finding eigenimages");
        let pca = pca.fit_prepared(&prepared)?;
        drop((prepared, spinner));
        let separated = separated::learn(arguments, shard, interrupt, &settings, &nmf)?;
        let vq = prototypes::learn(arguments, shard, interrupt, &nmf)?;
        Ok(Fitted {
            nmf,
            pca,
            vq,
            frames,
            separated,
        })
    }

    fn learn_parts(
        self,
        settings: &Nmf,
        prepared: &PreparedImages<ImageShard>,
        quiet: bool,
        is_first: bool,
    ) -> Result<(NmfModel, Vec<Frame>)> {
        let checkpoint = self.checkpoint;
        let records = is_first && shows_learning(self.arguments);
        let mut observer = Observer {
            progress: Progress::iterations(quiet, self.arguments.learning.max_iter),
            recorder: records.then(Recorder::default),
            current_start: None,
            failure: None,
            fit: self,
        };
        let nmf = settings.fit_prepared(prepared, checkpoint, &mut observer)?;
        if let Some(failure) = observer.failure {
            return Err(failure);
        }
        let frames = observer
            .recorder
            .map_or_else(Vec::new, |recorder| recorder.frames(&nmf));
        Ok((nmf, frames))
    }
}

/// Checks whether a picture shows how the parts were learned.
fn shows_learning(arguments: &Arguments) -> bool {
    arguments
        .pictures
        .chosen()
        .iter()
        .any(|picture| matches!(picture, PictureChoice::Learning | PictureChoice::Page))
}

/// What is done at each iteration.
struct Observer<'a, 'b> {
    fit: RunFit<'a, 'b>,
    progress: Progress,
    recorder: Option<Recorder>,
    /// Which of several starts is shown, from 0.
    current_start: Option<usize>,
    /// Why the start could not be saved.
    failure: Option<anyhow::Error>,
}

impl FitObserver for Observer<'_, '_> {
    fn sample_iteration(&mut self, moment: &SampleProgress) {
        if let Some(recorder) = &mut self.recorder {
            recorder.record_sample(moment);
        }
    }

    fn start(&mut self, start: &FitStart) {
        if let Some(output) = self.fit.saves_start_to {
            self.failure = start_file::write(output, start).err();
        }
    }

    fn iteration(&mut self, moment: &FitProgress) -> ControlFlow<()> {
        if self.failure.is_some() {
            return ControlFlow::Break(());
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.record(moment);
        }
        self.show(moment);
        if let Some(traffic) = &mut self.fit.traffic {
            traffic.record(moment.at.iteration);
        }
        let flow = self.fit.interrupt.check();
        if self.fit.keeps_checkpoints {
            self.keep_checkpoint(moment, flow.is_break());
        }
        flow
    }
}

impl Observer<'_, '_> {
    fn show(&mut self, moment: &FitProgress) {
        let start = moment.start();
        if self.current_start != Some(start) {
            self.current_start = Some(start);
            let starts = self.fit.arguments.method.restarts;
            let what = if starts == 1 {
                "learning".to_owned()
            } else {
                format!("start {} of {starts}", start + 1)
            };
            let has_weights = self.fit.arguments.method.has_weights();
            let errors = if has_weights {
                " (errors weighted)"
            } else {
                ""
            };
            self.progress.begin(what + errors);
        }
        self.progress.show(&moment.at);
    }

    /// Writes a checkpoint with the weights of all processes if the clock of the first process says that one is due.
    fn keep_checkpoint(&mut self, moment: &FitProgress, interrupted: bool) {
        let checkpoints = self.fit.checkpoints.as_mut();
        let is_due = checkpoints
            .as_ref()
            .is_some_and(|checkpoints| checkpoints.is_due(moment, interrupted));
        let mut is_due = [u8::from(is_due)];
        self.fit.shard.communicator().broadcast(0, &mut is_due);
        if is_due == [0] {
            return;
        }
        if moment.is_of_one_process() {
            if let Some(checkpoints) = checkpoints {
                checkpoints.write_alone(moment, ends_early(moment, interrupted));
            }
            return;
        }
        let checkpoint = moment.checkpoint();
        if let Some(checkpoints) = checkpoints {
            checkpoints.write(checkpoint, ends_early(moment, interrupted));
        }
    }
}
