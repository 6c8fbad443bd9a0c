//! A fit from several starts, of which the best is kept.

use std::ops::ControlFlow;
use std::time::Duration;

use super::checkpoint::Checkpoint;
use super::model::NmfModel;
use super::observer::FitObserver;
use super::progress::{FitProgress, FitStart, SampleProgress};
use super::settings::Nmf;
use super::single_fit::seconds_ago;
use super::starts::Starts;
use super::stop::StopReason;
use crate::communicator::Partition;
use crate::error::Result;
use crate::images::{Images, PreparedImages};

/// Fits from one seed after the other and keeps the model with the least objective; the time limit
/// applies to all starts together. Continues `from` a checkpoint of one of the starts.
pub(super) fn best_of<I: Images>(
    nmf: &Nmf,
    prepared: &PreparedImages<I>,
    mut from: Option<&Checkpoint>,
    observer: &mut impl FitObserver,
) -> Result<NmfModel> {
    let images = prepared.images;
    let partition = Partition::of(images.communicator(), images.len());
    let mut starts = match from {
        Some(checkpoint) => checkpoint.starts.share(partition),
        None => Starts::default(),
    };
    let seconds_before: f64 = starts.ended.iter().map(|start| start.seconds).sum();
    let began =
        seconds_ago(seconds_before + from.map_or(0.0, |checkpoint| checkpoint.at().seconds));
    loop {
        let index = starts.ended.len();
        // A start that continues from a checkpoint counts its own time from its own beginning.
        let used = match from {
            Some(_) => seconds_before,
            None => began.elapsed().as_secs_f64(),
        };
        let one = one_start(nmf, index, used);
        let mut observer = StartObserver {
            observer: &mut *observer,
            nmf,
            starts: &starts,
        };
        let mut start = one.fit_once(prepared, from.take(), &mut observer)?;
        let is_last = index + 1 >= nmf.restarts;
        let ended = matches!(
            start.stop_reason,
            StopReason::TimeLimit | StopReason::Interrupted
        );
        starts.add(&mut start);
        if is_last || ended {
            return Ok(starts.into_model(nmf, start));
        }
    }
}

/// Passes on one of several starts with those before it.
struct StartObserver<'a, O> {
    observer: &'a mut O,
    nmf: &'a Nmf,
    starts: &'a Starts,
}

impl<O: FitObserver> FitObserver for StartObserver<'_, O> {
    fn iteration(&mut self, progress: &FitProgress) -> ControlFlow<()> {
        self.observer.iteration(&FitProgress {
            nmf: self.nmf,
            starts: Some(self.starts),
            ..*progress
        })
    }

    fn sample_iteration(&mut self, progress: &SampleProgress) {
        self.observer.sample_iteration(progress);
    }

    fn start(&mut self, start: &FitStart) {
        self.observer.start(start);
    }
}

/// Returns the settings of the start `index` once `used` seconds are over.
fn one_start(nmf: &Nmf, index: usize, used: f64) -> Nmf {
    let mut one = nmf.clone();
    one.seed = nmf.seed.wrapping_add(index as u64);
    if let Some(limit) = nmf.stop_rule.time_limit {
        one.stop_rule.time_limit = Some(limit.saturating_sub(Duration::from_secs_f64(used)));
    }
    one
}
