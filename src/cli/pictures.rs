//! From models to pictures: which facts, which images, which captions.

use std::path::Path;

use anyhow::Result;
use nmf_images::metrics::{relative_error, relative_errors};
use nmf_images::ndarray::{Array1, Array2};
use nmf_images::recovery::Truth;
use nmf_images::render::{
    self, Comparison, Convergence, Figure, Gallery, Reconstructions, Sample, Scale, Scaling, percent,
};
use nmf_images::report::TruthReport;
use nmf_images::{Basis, ImageSet, NmfModel, PcaModel, Report, Weights};

use super::arguments::Arguments;

/// A picture that is ready to be written.
pub struct Picture {
    pub name: &'static str,
    pub caption: String,
    pub bytes: Vec<u8>,
}

/// Images on the slide, of which as many are drawn as fit.
const ON_THE_SLIDE: usize = 8;

/// Draws all pictures of a run.
pub fn draw(
    arguments: &Arguments,
    images: &ImageSet,
    nmf: &NmfModel,
    pca: &PcaModel,
    truth: Option<&Truth>,
    report: &Report,
) -> Result<Vec<Picture>> {
    let drawn = |basis: &Basis, weights: &Weights| drawn(basis, weights, arguments.writing.scaling());
    let errors = relative_errors(images, &nmf.weights, &nmf.basis, None);
    let context = Context {
        arguments,
        images,
        nmf,
        pca,
        truth,
        report,
        title: title(&arguments.input),
        parts: drawn(&nmf.basis, &nmf.weights),
        eigenimages: drawn(&pca.components, &pca.scores),
        errors,
    };
    let drawings: [fn(&Context) -> Result<Picture>; 5] = [comparison, parts, eigenimages, reconstructions, convergence];
    // Each on a thread of its own: drawing is most of a short run.
    std::thread::scope(|scope| {
        let context = &context;
        let threads = drawings.map(|drawing| scope.spawn(move || drawing(context)));
        threads.into_iter().map(|thread| thread.join().expect("drawing does not panic")).collect()
    })
}

struct Context<'a> {
    arguments: &'a Arguments,
    images: &'a ImageSet,
    nmf: &'a NmfModel,
    pca: &'a PcaModel,
    truth: Option<&'a Truth>,
    report: &'a Report,
    title: String,
    /// Parts and eigenimages as they are drawn.
    parts: Basis,
    eigenimages: Basis,
    /// The relative error of each image rebuilt from parts.
    errors: Vec<f64>,
}

/// A basis as it is drawn.
pub fn drawn(basis: &Basis, weights: &Weights, scaling: Scaling) -> Basis {
    match scaling {
        Scaling::Each => basis.clone(),
        Scaling::Shared => as_used(basis, weights),
    }
}

/// Each basis image times the root mean square of its weights: so strong it is in the images, on average.
fn as_used(basis: &Basis, weights: &Weights) -> Basis {
    let mut rows = basis.rows().to_owned();
    for (mut row, weights) in rows.rows_mut().into_iter().zip(weights.columns()) {
        let squares: f64 = weights.iter().map(|&w| f64::from(w).powi(2)).sum();
        let strength = (squares / weights.len() as f64).sqrt() as f32;
        row.mapv_inplace(|v| v * strength);
    }
    Basis::new(basis.shape(), rows)
}

/// The last name of the path: what the images are.
pub fn title(input: &Path) -> String {
    let absolute = input.canonicalize();
    let name = absolute.as_deref().unwrap_or(input).file_stem();
    name.map_or_else(|| input.to_string_lossy().into_owned(), |name| name.to_string_lossy().into_owned())
}

pub fn png(name: &'static str, caption: &str, figure: &Figure) -> Result<Picture> {
    Ok(Picture { name, caption: caption.to_owned(), bytes: figure.png(2.0)? })
}

fn comparison(context: &Context) -> Result<Picture> {
    let Context { images, nmf, pca, report, .. } = context;
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let found = report.truth.as_ref().map(|truth| fact("found", format!("{} of {}", truth.found, truth.known)));
    let facts = [
        fact("images", report.input.images.to_string()),
        fact("pixels", images.shape.to_string()),
        fact("rank", report.nmf.rank.to_string()),
        fact("NMF error", percent(nmf.relative_error)),
        fact("PCA error", percent(pca.relative_error)),
        fact("sparsity", format!("{:.2}", report.parts.sparsity)),
        fact("overlap", format!("{:.2}", report.parts.overlap)),
    ];
    let facts: Vec<(String, String)> = facts.into_iter().chain(found).collect();
    let chosen = evenly(images.names.len(), ON_THE_SLIDE);
    let rebuilt = Rebuilt::new(context, &chosen);
    let figure = render::comparison(&Comparison {
        title: &context.title,
        facts: &facts,
        parts: &context.parts,
        eigenimages: &context.eigenimages,
        scaling: context.arguments.writing.scaling(),
        samples: &rebuilt.samples(),
    })?;
    png("comparison.png", "Parts beside eigenimages, and what both make of some images.", &figure)
}

fn parts(context: &Context) -> Result<Picture> {
    if let Some((truth, found)) = context.truth.zip(context.report.truth.as_ref()) {
        return matched_parts(context, truth, found);
    }
    let caption = match context.arguments.writing.scaling() {
        Scaling::Each => "Each part from black (0) to its maximum, with its share of the light in all reconstructions.",
        Scaling::Shared => {
            "Parts as bright as they are used on average, with their share of the light in all reconstructions."
        }
    };
    let labels: Vec<String> = context.nmf.shares.iter().map(|&share| percent(share)).collect();
    let figure = render::gallery(&Gallery {
        title: &format!("{}: {} parts (NMF)", context.title, context.nmf.basis.rank()),
        caption,
        basis: &context.parts,
        above: None,
        mean: None,
        labels: &labels,
        scale: Scale::FromZero,
        scaling: context.arguments.writing.scaling(),
    })?;
    png("parts.png", caption, &figure)
}

/// Parts in the order of the known ones that they were matched to, then the others.
fn matched_parts(context: &Context, truth: &Truth, found: &TruthReport) -> Result<Picture> {
    let (above, measure, caption) = match truth {
        Truth::Parts(known) => {
            (Some(known), "cosine", "Each known part above the learned one that it was matched to, with their cosine.")
        }
        Truth::Features(_) => {
            let caption = "Each feature that a part was left for, with that part, by how the weights follow it.";
            (None, "correlation", caption)
        }
    };
    // Without a picture of what was to be found there is nothing to show where nothing was.
    let shown = found.matches.iter().filter(|known| above.is_some() || known.part.is_some());
    let rank = context.parts.rank();
    let others = (0..rank).filter(|part| found.matches.iter().all(|found| found.part != Some(*part)));
    let mut rows = Array2::zeros((0, context.parts.shape().pixels()));
    let mut labels = Vec::new();
    for known in shown {
        let row = known.part.map_or_else(|| Array1::zeros(rows.ncols()), |part| context.parts.row(part).to_owned());
        rows.push_row(row.view())?;
        let name = known.name.clone().or_else(|| known.part.map(|part| format!("part {part}")));
        let score = known.part.map_or_else(|| "no match".to_owned(), |_| format!("{:.2}", known.score));
        labels.push(name.into_iter().chain([score]).collect::<Vec<_>>().join(": "));
    }
    for part in others {
        rows.push_row(context.parts.row(part))?;
        labels.push(format!("part {part}"));
    }
    let TruthReport { found, known, threshold, kind, .. } = found;
    let figure = render::gallery(&Gallery {
        title: &format!("{}: {found} of {known} {kind} found (NMF, {measure} {threshold} or more)", context.title),
        caption,
        basis: &Basis::new(context.parts.shape(), rows),
        above,
        mean: None,
        labels: &labels,
        scale: Scale::FromZero,
        scaling: context.arguments.writing.scaling(),
    })?;
    png("parts.png", caption, &figure)
}

fn eigenimages(context: &Context) -> Result<Picture> {
    let caption = "The mean image and the eigenimages, each with its share of the variance; 0 is neutral.";
    let labels: Vec<String> = context.pca.explained_variance_ratio.iter().map(|&ratio| percent(ratio)).collect();
    let figure = render::gallery(&Gallery {
        title: &format!("{}: {} eigenimages (PCA)", context.title, context.pca.components.rank()),
        caption,
        basis: &context.eigenimages,
        above: None,
        mean: context.pca.mean.as_slice(),
        labels: &labels,
        scale: Scale::Diverging,
        scaling: context.arguments.writing.scaling(),
    })?;
    png("eigenimages.png", caption, &figure)
}

fn reconstructions(context: &Context) -> Result<Picture> {
    let images = context.images;
    let chosen = best_worst_and_even(&context.errors, context.arguments.show);
    let rebuilt = Rebuilt::new(context, &chosen);
    let figure = render::reconstructions(&Reconstructions {
        title: &context.title,
        shape: images.shape,
        samples: &rebuilt.samples(),
    })?;
    let caption = "The image that the parts rebuild best, the one they rebuild worst, and others between them.";
    png("reconstructions.png", caption, &figure)
}

fn convergence(context: &Context) -> Result<Picture> {
    let figure = render::convergence(&Convergence {
        title: &context.title,
        trace: &context.nmf.trace,
        pca_error: context.pca.relative_error,
    })?;
    Ok(Picture {
        name: "convergence.svg",
        caption: "The error over iterations and seconds; no factorisation of this rank gets below PCA's.".to_owned(),
        bytes: figure.svg().as_bytes().to_vec(),
    })
}

/// Some images with both reconstructions.
struct Rebuilt {
    images: Vec<RebuiltImage>,
}

struct RebuiltImage {
    name: String,
    original: Vec<f32>,
    nmf: Vec<f32>,
    pca: Vec<f32>,
}

impl Rebuilt {
    fn new(context: &Context, chosen: &[usize]) -> Self {
        let rebuild = |&index: &usize| RebuiltImage {
            name: context.images.names[index].clone(),
            original: context.images.image_f32(index),
            nmf: context.nmf.reconstruct(index).to_vec(),
            pca: context.pca.reconstruct(index).to_vec(),
        };
        Self { images: chosen.iter().map(rebuild).collect() }
    }

    fn samples(&self) -> Vec<Sample<'_>> {
        self.images.iter().map(RebuiltImage::sample).collect()
    }
}

impl RebuiltImage {
    fn sample(&self) -> Sample<'_> {
        let Self { name, original, nmf, pca } = self;
        let (nmf_error, pca_error) = (relative_error(original, nmf), relative_error(original, pca));
        Sample { name, original, nmf, pca, nmf_error, pca_error }
    }
}

/// At most `most` of `count` indices, evenly spread, each in the middle of its share.
fn evenly(count: usize, most: usize) -> Vec<usize> {
    let most = most.min(count);
    (0..most).map(|i| (2 * i + 1) * count / (2 * most)).collect()
}

/// The images with the least and the largest error, and between them others evenly spread by error.
fn best_worst_and_even(errors: &[f64], most: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..errors.len()).collect();
    order.sort_by(|&a, &b| errors[a].total_cmp(&errors[b]));
    let most = most.min(order.len());
    match most {
        1 => vec![order[0]],
        _ => (0..most).map(|i| order[i * (order.len() - 1) / (most - 1)]).collect(),
    }
}
