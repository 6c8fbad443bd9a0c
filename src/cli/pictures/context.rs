//! What the pictures of a run are drawn from.

use std::borrow::Cow;
use std::path::Path;

use anyhow::Result;
use nmf_images::images::Outliers;
use nmf_images::nmf::Frame;
use nmf_images::plural::counted;
use nmf_images::recovery::Truth;
use nmf_images::render::{Figure, MethodBasis, Scaling, Theme, number};
use nmf_images::{
    Basis, Decomposition, ImageSet, Method, Model, NMF, NmfModel, PcaModel, Report, Weights,
};

use super::chosen_images;
use super::picture::Picture;
use crate::cli::arguments::Arguments;
use crate::cli::input::LIST;

/// What was fitted in a run.
pub struct FittedModels<'a> {
    pub nmf: &'a NmfModel,
    pub pca: &'a PcaModel,
    /// Both as decompositions of the images that pictures show.
    pub model: &'a Model,
    /// The recorded frames of the fit.
    pub frames: &'a [Frame],
    /// The parts of a second fit, with a penalty on overlap, if there was one.
    pub separated: Option<&'a Basis>,
    /// The held-out images, if there are any.
    pub held_out: Option<Examples<'a>>,
    /// The training images without noise, if noise was added.
    pub clean: Option<&'a ImageSet>,
}

/// Images with what each method makes of them.
#[derive(Clone, Copy)]
pub struct Examples<'a> {
    pub images: &'a ImageSet,
    pub decompositions: &'a [Decomposition],
}

impl Examples<'_> {
    /// Returns the relative error of each image reconstructed from parts.
    pub(super) fn nmf_errors(&self) -> Vec<f64> {
        let learned = self.decompositions.iter();
        let errors = learned
            .filter(|learned| *learned.method == NMF)
            .flat_map(|learned| &learned.errors);
        errors.map(|&error| f64::from(error)).collect()
    }
}

/// What pictures are drawn from.
pub struct Context<'a> {
    pub(super) arguments: &'a Arguments,
    pub(super) images: &'a ImageSet,
    pub(super) nmf: &'a NmfModel,
    /// The recorded frames of the fit.
    pub(super) frames: Cow<'a, [Frame]>,
    pub(super) pca: &'a PcaModel,
    pub(super) truth: Option<&'a Truth>,
    pub(super) report: &'a Report,
    pub(super) title: String,
    pub(super) scaling: Scaling,
    pub(super) theme: Theme,
    /// What was fitted, as decompositions of the images.
    pub(super) model: &'a Model,
    /// The basis of each method as it is drawn.
    pub(super) drawn: Vec<Basis>,
    /// Pixels of the images that are far brighter than all others; pictures are clipped below them.
    pub(super) outliers: Option<&'a Outliers>,
    /// The parts of a second fit as they are drawn, if there was one.
    pub(super) separated: Option<Basis>,
    /// The held-out images, if there are any.
    pub(super) held_out: Option<Examples<'a>>,
    /// The training images without noise, if noise was added.
    pub(super) clean: Option<&'a ImageSet>,
    /// The training images that `--images` chooses, if it is given.
    pub(super) chosen: Option<Vec<usize>>,
}

impl<'a> Context<'a> {
    /// Collects what was learned in a run.
    ///
    /// # Errors
    /// If a chosen image does not exist.
    pub fn new(
        arguments: &'a Arguments,
        images: &'a ImageSet,
        fitted: &FittedModels<'a>,
        truth: Option<&'a Truth>,
        report: &'a Report,
    ) -> Result<Self> {
        let FittedModels {
            nmf,
            pca,
            model,
            frames,
            separated,
            held_out,
            clean,
        } = *fitted;
        let scaling = arguments.tiling.scaling();
        let outliers = images.outliers.as_ref();
        let as_drawn = |learned: &Decomposition| {
            let basis = drawn(&learned.basis, &learned.weights, scaling);
            clipped_basis(basis, outliers)
        };
        let drawn = model.decompositions.iter().map(as_drawn).collect();
        Ok(Self {
            arguments,
            images,
            nmf,
            frames: clipped_frames(frames, outliers),
            pca,
            truth,
            report,
            title: title_of_run(arguments),
            scaling,
            theme: arguments.writing.theme(),
            model,
            drawn,
            outliers,
            separated: separated.map(|basis| clipped_basis(basis.clone(), outliers)),
            held_out,
            clean,
            chosen: chosen_images::images(&arguments.pictures, &images.names)?,
        })
    }

    /// Returns the training images, with what each method makes of them.
    pub(super) fn training(&self) -> Examples<'a> {
        Examples {
            images: self.images,
            decompositions: &self.model.decompositions,
        }
    }

    /// Returns the images that show how well images are reconstructed: the held-out images, unless there are none or
    /// training images are chosen.
    pub(super) fn examples(&self) -> Examples<'a> {
        let held_out = self.held_out.filter(|_| self.chosen.is_none());
        held_out.unwrap_or_else(|| self.training())
    }

    /// Returns what these images are: `Training images`.
    pub(super) fn kind_of_examples(&self) -> &'static str {
        if self.held_out.is_some() && self.chosen.is_none() {
            "Held-out images"
        } else {
            "Training images"
        }
    }

    /// Returns the weights of the parts, (images, rank).
    pub(super) fn weights(&self) -> &Weights {
        &self.model.by(&NMF).weights
    }

    /// Returns the bases as they are drawn, with their methods.
    pub(super) fn bases(&self) -> Vec<MethodBasis<'_>> {
        let methods = self
            .model
            .decompositions
            .iter()
            .map(|learned| learned.method);
        let pairs = methods.zip(&self.drawn);
        pairs
            .map(|(method, basis)| MethodBasis { method, basis })
            .collect()
    }

    /// Returns the basis of a method as it is drawn.
    pub(super) fn drawn(&self, method: &Method) -> &Basis {
        let bases = self.model.decompositions.iter().zip(&self.drawn);
        bases
            .filter(|(learned, _)| learned.method == method)
            .map(|(_, basis)| basis)
            .next()
            .expect("every method has a basis")
    }

    /// Returns the sentence on fixed parts that follows a caption; empty if there are none.
    pub(super) fn fixed(&self) -> String {
        match self.nmf.fixed_parts {
            0 => String::new(),
            1 => " Part 0 is fixed: it was given, not learned.".to_owned(),
            count => format!(
                " Parts 0 to {} are fixed: they were given, not learned.",
                count - 1
            ),
        }
    }

    /// Returns the title of a picture with errors over all images.
    pub(super) fn title_of_errors(&self) -> String {
        if self.nmf.weighted.any() {
            format!("{} (errors weighted)", self.title)
        } else {
            self.title.clone()
        }
    }

    /// Returns the sentence on weights that follows a caption of errors over all images; empty if there are none.
    pub(super) fn weighted(&self) -> &'static str {
        if self.nmf.weighted.any() {
            " Errors over all images are weighted; those of single images are not."
        } else {
            ""
        }
    }

    /// Returns the sentence on clipped pixels that follows a caption; empty if there are none.
    pub(super) fn clipped(&self) -> String {
        self.outliers.map_or_else(String::new, clipped_sentence)
    }

    /// Returns the caption that is drawn: the usual one, or if pixels are clipped, a short one that says so.
    pub(super) fn drawn_caption(&self, usual: &str) -> String {
        match self.outliers {
            None => usual.to_owned(),
            Some(outliers) => clipped_sentence(outliers).trim().to_owned(),
        }
    }

    /// Returns the value of white that follows a title; empty if it is the largest value.
    pub(super) fn white(&self) -> String {
        self.outliers.map_or_else(String::new, white_of)
    }

    /// Returns a page in the format that was asked for.
    pub(super) fn page(&self, name: &str, caption: &str, figure: &Figure) -> Result<Vec<Picture>> {
        Ok(vec![Picture::page(
            &self.arguments.writing,
            name,
            caption,
            figure,
        )?])
    }
}

/// Returns the value of white after a title.
pub(super) fn white_of(outliers: &Outliers) -> String {
    format!("; white = {}", number(outliers.limit.into()))
}

/// Returns the sentence on clipped pixels after a caption.
pub(super) fn clipped_sentence(outliers: &Outliers) -> String {
    let pixels = outliers.pixels.iter().filter(|&&is_outlier| is_outlier);
    format!(
        " {} far brighter than all others; images are clipped at {}.",
        counted(pixels.count(), "pixel is", "pixels are"),
        number(outliers.limit.into())
    )
}

/// Returns a basis whose scale is not dominated by outliers of the images.
pub fn clipped_basis(basis: Basis, outliers: Option<&Outliers>) -> Basis {
    let Some(outliers) = outliers else {
        return basis;
    };
    let mut rows = basis.rows().to_owned();
    for mut row in rows.rows_mut() {
        let mut values = row.to_vec();
        outliers.clip_basis(&mut values);
        row.iter_mut()
            .zip(values)
            .for_each(|(value, clipped)| *value = clipped);
    }
    Basis::new(basis.shape(), rows)
}

/// Returns recorded parts whose scale is not dominated by outliers of the images.
fn clipped_frames<'a>(frames: &'a [Frame], outliers: Option<&Outliers>) -> Cow<'a, [Frame]> {
    let Some(outliers) = outliers else {
        return Cow::Borrowed(frames);
    };
    let mut clipped = frames.to_vec();
    // Frames of many or large parts have fewer pixels than the images.
    clipped
        .iter_mut()
        .filter(|frame| frame.parts.ncols() == outliers.pixels.len())
        .for_each(|frame| clip_frame(frame, outliers));
    Cow::Owned(clipped)
}

/// Scales the parts of a frame to a maximum of 255 without outliers.
fn clip_frame(frame: &mut Frame, outliers: &Outliers) {
    for mut part in frame.parts.rows_mut() {
        let mut values: Vec<f32> = part.iter().map(|&value| f32::from(value)).collect();
        if !outliers.clip_basis(&mut values) {
            continue;
        }
        let limit = values.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        part.iter_mut()
            .zip(values)
            .for_each(|(level, value)| *level = (255.0 * value / limit).round() as u8);
    }
}

/// Returns a basis as it is drawn.
pub fn drawn(basis: &Basis, weights: &Weights, scaling: Scaling) -> Basis {
    match scaling {
        Scaling::Each => basis.clone(),
        Scaling::Shared => as_used(basis, weights),
    }
}

/// Scales each basis image by the root mean square of its weights, which is its average strength in the images.
fn as_used(basis: &Basis, weights: &Weights) -> Basis {
    let mut rows = basis.rows().to_owned();
    for (mut row, weights) in rows.rows_mut().into_iter().zip(weights.columns()) {
        let squares: f64 = weights.iter().map(|&w| f64::from(w).powi(2)).sum();
        let strength = (squares / weights.len() as f64).sqrt() as f32;
        row.mapv_inplace(|v| v * strength);
    }
    Basis::new(basis.shape(), rows)
}

/// Returns the last component of the path as the title.
pub fn title(input: &Path) -> String {
    if input == Path::new(LIST) {
        return "listed images".to_owned();
    }
    let absolute = input.canonicalize();
    let name = absolute.as_deref().unwrap_or(input).file_stem();
    name.map_or_else(
        || input.to_string_lossy().into_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// Returns the title of a run: the last component of the path, and the noise of the training images.
pub fn title_of_run(arguments: &Arguments) -> String {
    let mut terms = vec![title(&arguments.input)];
    terms.extend(arguments.method.noise.iter().map(ToString::to_string));
    terms.join(" + ")
}
