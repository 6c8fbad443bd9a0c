//! The vector quantisation that pictures show beside NMF and PCA.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use anyhow::Result;
use nmf_images::images::{ImageShard, Images};
use nmf_images::nmf::StopReason;
use nmf_images::{NmfModel, Vq, VqModel};

use crate::cli::arguments::{Arguments, PictureChoice};
use crate::cli::terminal::progress::{Interrupt, Progress};

/// Learns as many prototypes as `nmf` has parts, from the same seed, if a picture shows them, the run was not
/// interrupted before, and errors are not weighted, as those of prototypes are not. All processes call this, and all decide alike.
pub fn learn(
    arguments: &Arguments,
    shard: &ImageShard,
    interrupt: &Interrupt,
    nmf: &NmfModel,
) -> Result<Option<VqModel>> {
    let pictures = arguments.pictures.chosen();
    let is_shown = pictures
        .iter()
        .any(|picture| matches!(picture, PictureChoice::ThreeWays | PictureChoice::Page));
    if nmf.weighted.any() || !is_shown || nmf.stop_reason == StopReason::Interrupted {
        return Ok(None);
    }
    let is_first = shard.communicator().rank() == 0;
    let quiet = arguments.writing.printing.quiet || !is_first;
    let _spinner = Progress::spinner(quiet, "finding prototypes");
    let learning = Duration::from_secs_f64(nmf.seconds);
    let limit = nmf.stop_rule.time_limit;
    let (began, left) = (
        Instant::now(),
        limit.map(|limit| limit.saturating_sub(learning)),
    );
    let vq = Vq::new(nmf.basis.rank()).seed(nmf.seed);
    let model = vq.fit_with(shard, |_| {
        if left.is_some_and(|left| began.elapsed() >= left) {
            return ControlFlow::Break(());
        }
        interrupt.check()
    })?;
    Ok(Some(model))
}
