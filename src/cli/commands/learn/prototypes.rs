//! The vector quantisation that pictures show beside NMF and PCA.

use std::ops::ControlFlow;
use std::time::Instant;

use anyhow::Result;
use nmf_images::images::{ImageShard, Images};
use nmf_images::nmf::StopReason;
use nmf_images::{NmfModel, Vq, VqModel};

use crate::cli::arguments::{Arguments, PictureChoice};
use crate::cli::terminal::progress::{Interrupt, Progress};

/// Learns as many prototypes as `nmf` has parts, from the same seed, if a picture shows them and the run was not
/// interrupted before. All processes call this, and all decide alike.
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
    if !is_shown || nmf.stop == StopReason::Interrupted {
        return Ok(None);
    }
    let is_first = shard.communicator().rank() == 0;
    let quiet = arguments.writing.printing.quiet || !is_first;
    let _spinner = Progress::spinner(quiet, "finding prototypes");
    let (began, limit) = (Instant::now(), nmf.stop_rule.time_limit);
    let vq = Vq::new(nmf.basis.rank()).seed(nmf.seed);
    let model = vq.fit_with(shard, |_| {
        if limit.is_some_and(|limit| began.elapsed() >= limit) {
            return ControlFlow::Break(());
        }
        interrupt.check()
    })?;
    Ok(Some(model))
}
