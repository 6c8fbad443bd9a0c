//! Several starts, of which the best is kept: how far apart the minima are, and how alike their parts.

use std::ops::ControlFlow;
use std::time::Duration;

use super::checkpoint::Checkpoint;
use super::model::NmfModel;
use super::progress::FitProgress;
use super::settings::Nmf;
use super::single_fit::ago;
use super::stop::{StopReason, StopRule};
use crate::communicator::Partition;
use crate::error::Result;
use crate::images::Images;

/// Fits from one seed after the other and keeps the least objective; the time limit is one for all starts. Goes on `from`
/// a checkpoint of one of them.
pub(super) fn best_of(
    nmf: &Nmf,
    images: &impl Images,
    mut from: Option<&Checkpoint>,
    mut on_moment: impl FnMut(&FitProgress) -> ControlFlow<()>,
) -> Result<NmfModel> {
    let spread = Partition::of(images.communicator(), images.len());
    let mut starts = from
        .map(|checkpoint| checkpoint.starts.share(spread))
        .unwrap_or_default();
    let before: f64 = starts.ended.iter().map(|start| start.seconds).sum();
    let began = ago(before + from.map_or(0.0, |checkpoint| checkpoint.at().seconds));
    loop {
        let index = starts.ended.len();
        // A start that goes on counts its own time from its own beginning.
        let gone = from.map_or_else(|| began.elapsed().as_secs_f64(), |_| before);
        let time_limit = nmf
            .stop
            .time_limit
            .map(|limit| limit.saturating_sub(Duration::from_secs_f64(gone)));
        let stop = StopRule {
            time_limit,
            ..nmf.stop
        };
        let one = nmf
            .clone()
            .seed(nmf.seed.wrapping_add(index as u64))
            .stop(stop);
        let mut start = one.fit_once(images, from.take(), |moment| {
            on_moment(&FitProgress {
                nmf,
                starts: Some(&starts),
                ..*moment
            })
        })?;
        let is_last = index + 1 >= nmf.restarts;
        let ended = matches!(start.stop, StopReason::TimeLimit | StopReason::Interrupted);
        starts.add(&mut start);
        if is_last || ended {
            return Ok(starts.model(nmf, start));
        }
    }
}
