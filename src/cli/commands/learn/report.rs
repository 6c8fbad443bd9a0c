//! The report of a run, but for the files that it wrote.

use nmf_images::images::{ImageShard, Weighted, count_different};
use nmf_images::metrics::{LabelAccuracy, LabelledImages};
use nmf_images::plural::by_count;
use nmf_images::report::{
    self, BoundReport, HeldOutReport, HiddenErrors, MethodFigures, NmfReport, PartsReport,
    PcaReport, VqReport,
};
use nmf_images::{ImageSet, Model, NMF, NmfModel, PCA, Partness, Report};

use super::gather::Gathered;
use super::held_out::HeldOutImages;
use crate::cli::arguments::Arguments;
use crate::cli::input;

/// How many images and pixels the processes have together.
#[derive(Debug, Clone, Copy)]
pub struct Totals {
    pub images: usize,
    pub unknown_pixels: usize,
}

impl Totals {
    /// Adds up the images of all processes.
    pub fn of(shard: &ImageShard) -> Self {
        Self {
            images: shard.whole_len(),
            unknown_pixels: shard.whole_unknown(),
        }
    }
}

/// Returns what is reported of the run; figures of single images are those of `shown`.
pub fn report(
    arguments: &Arguments,
    shown: &ImageSet,
    learned: &Gathered,
    totals: Totals,
) -> nmf_images::Result<Report> {
    let Gathered {
        nmf, pca, model, ..
    } = learned;
    let (weights, scores) = (&model.by(&NMF).weights, &model.by(&PCA).weights);
    let parts = PartsReport::new(nmf, Partness::of(&nmf.basis, weights, None));
    let uses_seed = learned.held_out.is_some() || learned.denoised.is_some();
    let warnings = input::warnings(&shown.skipped, Some("report.json"))
        .into_iter()
        .chain(report::warnings(nmf, pca, &parts.verdict))
        .chain(report::seed_warning(nmf).filter(|_| !uses_seed))
        .chain(spare_parts(nmf, shown, totals.images))
        .collect();
    let mut report = Report {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        provenance: None,
        input: input::facts(&arguments.input, &arguments.reading, shown),
        nmf: NmfReport::new(nmf),
        pca: PcaReport::with_scores(pca, scores),
        bound: BoundReport::new(pca),
        vq: learned.vq.as_ref().map(VqReport::new),
        held_out: None,
        noise: None,
        parts,
        separated: learned.separated.as_ref().map(|parts| parts.report.clone()),
        recipe: None,
        hidden: hidden(arguments, shown, model)?,
        truth: None,
        labels: label_accuracy(shown, learned),
        mpi: None,
        files: Vec::new(),
        warnings,
    };
    add_other_images(&mut report, learned);
    report.input.notes.extend(weights_note(nmf.weighted));
    let of = |method| Some(report.hidden.as_ref()?.methods[method].relative_error);
    (report.nmf.hidden_error, report.pca.hidden_error) = (of(&NMF), of(&PCA));
    (report.input.images, report.input.unknown) = (totals.images, totals.unknown_pixels);
    note_sample(&mut report, shown, learned);
    Ok(report)
}

/// Returns a note about what is weighted, if anything is.
fn weights_note(weighted: Weighted) -> Option<String> {
    let what = match (weighted.pixels, weighted.images) {
        (false, false) => return None,
        (true, false) => "pixels",
        (false, true) => "images",
        (true, true) => "pixels and images",
    };
    Some(format!(
        "{what} have weights: errors of NMF, PCA and their bound are weighted; those of single images are not"
    ))
}

/// Adds the errors of held-out images, and those against clean images, with their notes and warnings.
fn add_other_images(report: &mut Report, learned: &Gathered) {
    let methods = report.methods();
    let held_out = learned.held_out.as_ref();
    let denoised = learned.denoised.as_ref();
    report.held_out = held_out.map(|held_out| held_out_report(held_out, &methods));
    report.noise = denoised.map(|denoised| denoised.report(&methods));
    if held_out.is_some() {
        let warning = report::held_out_warning(&learned.nmf.solver);
        report.warnings.extend(warning);
    }
    let Some(noise) = &report.noise else {
        return;
    };
    report.input.notes.push(format!(
        "noise {} was added to the training images: errors are those against the noisy images unless they are named otherwise",
        noise.kinds.join(", ")
    ));
    if held_out.is_some() {
        report.warnings.push(
            "with --noise, training images have noise and held-out images have none: their errors cannot be compared".to_owned(),
        );
    }
}

/// Returns how well the held-out images are reconstructed, beside the training images.
fn held_out_report(held_out: &HeldOutImages, training: &[MethodFigures]) -> HeldOutReport {
    let training = training.iter();
    let training = training.map(|figures| (figures.method, figures.relative_error));
    let names = &held_out.images.names;
    HeldOutReport::new(&held_out.projection, names, &training.collect())
}

/// Returns how well hidden pixels are guessed, if the files have their true values.
fn hidden(
    arguments: &Arguments,
    shown: &ImageSet,
    model: &Model,
) -> nmf_images::Result<Option<HiddenErrors>> {
    if !input::knows_hidden(&arguments.reading.files) || shown.mask.is_none() {
        return Ok(None);
    }
    let guesses = model.guess(shown)?;
    Ok(HiddenErrors::of(shown, model, |method| &guesses[method]))
}

/// Returns how well weights and scores separate the labels, if there are any: those of held-out images, if there are any.
fn label_accuracy(shown: &ImageSet, learned: &Gathered) -> Option<LabelAccuracy> {
    let training = LabelledImages {
        labels: shown.labels.as_ref()?,
        decompositions: &learned.model.decompositions,
    };
    let Some(held_out) = &learned.held_out else {
        return LabelAccuracy::new(training.labels, training.decompositions);
    };
    let held_out = LabelledImages {
        labels: held_out.images.labels.as_ref()?,
        decompositions: &held_out.decompositions,
    };
    LabelAccuracy::of_held_out(training, held_out)
}

/// Returns a warning if there are more learned parts than different images, with the parts of the smallest shares.
fn spare_parts(nmf: &NmfModel, shown: &ImageSet, images: usize) -> Option<String> {
    let (rank, fixed) = (nmf.basis.rank(), nmf.fixed_parts);
    let learned = rank - fixed;
    let different = count_different(shown, learned);
    // A sample of the images may lack some of those that differ.
    if different >= learned || shown.names.len() < images {
        return None;
    }
    let enough = fixed + different;
    let spare: Vec<String> = (enough..rank).map(|part| part.to_string()).collect();
    let advice = if nmf.is_given() {
        String::new()
    } else {
        format!("; pass -k {enough} or less")
    };
    Some(format!(
        "{learned}{} parts for {different} different {}: {} {}, those of the smallest share, {} spare{advice}",
        if fixed > 0 { " learned" } else { "" },
        by_count(different, "image", "images"),
        by_count(spare.len(), "part", "parts"),
        spare.join(", "),
        by_count(spare.len(), "is", "are")
    ))
}

/// Notes that pictures and files do not have all images, if that is so.
fn note_sample(report: &mut Report, shown: &ImageSet, learned: &Gathered) {
    let (images, all) = (shown.names.len(), report.input.images);
    if images == all {
        return;
    }
    report.input.notes.push(format!(
        "pictures and figures of single images use {images} of {all} images, evenly spread"
    ));
    if learned.whole_model.is_none() {
        report.warnings.push(format!(
            "only the weights and scores of these {images} images were written, and no checkpoint"
        ));
    }
}
