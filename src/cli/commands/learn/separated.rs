//! A second fit with a penalty on overlap, where the parts of the first look like faint whole images.

use anyhow::Result;
use nmf_images::images::{ImageShard, Images};
use nmf_images::memory::is_cheap_to_fit_again;
use nmf_images::metrics::Verdict;
use nmf_images::nmf::StopReason;
use nmf_images::report::{SeparatedReport, basis_figures, separating_solver};
use nmf_images::{Basis, Nmf, NmfModel};

use crate::cli::arguments::{Arguments, PictureChoice};
use crate::cli::terminal::progress::{Interrupt, Progress};

/// The parts of the second fit.
pub struct SeparatedParts {
    pub basis: Basis,
    pub report: SeparatedReport,
}

/// Learns parts with the penalty that is advised for those of `nmf`, otherwise with its settings and from the same start, if the page shows them and another
/// fit is cheap. With weights it has none. All processes call this, and all decide alike.
pub fn learn(
    arguments: &Arguments,
    shard: &ImageShard,
    interrupt: &Interrupt,
    settings: &Nmf,
    nmf: &NmfModel,
) -> Result<Option<SeparatedParts>> {
    let (images, rank) = (shard.whole_len(), nmf.basis.rank());
    let pixels = nmf.basis.shape().pixels();
    let shows_page = arguments.pictures.chosen().contains(&PictureChoice::Page);
    if nmf.weighted.any()
        || !shows_page
        || !is_cheap_to_fit_again(images as u64, pixels as u64, rank as u64)
    {
        return Ok(None);
    }
    let was_cut_off = matches!(
        nmf.stop_reason,
        StopReason::TimeLimit | StopReason::Interrupted
    );
    if was_cut_off || nmf.is_given() || basis_figures(nmf).verdict() != Verdict::WholeImages {
        return Ok(None);
    }
    let Some(solver) = separating_solver(nmf.solver) else {
        return Ok(None);
    };
    let is_first = shard.communicator().rank() == 0;
    let quiet = arguments.writing.printing.quiet || !is_first;
    let _spinner = Progress::spinner(quiet, "separating the parts");
    let settings = settings.clone().solver(solver);
    let model = settings
        .seed(nmf.seed)
        .restarts(1)
        .fit_with(shard, |_| interrupt.check())?;
    let was_cut_off = matches!(
        model.stop_reason,
        StopReason::TimeLimit | StopReason::Interrupted
    );
    Ok((!was_cut_off).then(|| SeparatedParts {
        report: SeparatedReport::new(&model),
        basis: model.basis,
    }))
}
