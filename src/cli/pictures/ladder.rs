//! The same images at several ranks: what is kept of each fit, and the picture.

use anyhow::Result;
use nmf_images::decomposition::METHODS;
use nmf_images::images::{Images, evenly_spaced_centres};
use nmf_images::metrics::relative_error;
use nmf_images::ndarray::{Array1, s};
use nmf_images::nmf::StopReason;
use nmf_images::render::{self, LadderImage, Reconstruction, percent};
use nmf_images::{ImageSet, Method, Model, NMF, PCA, Pca, PcaModel, Report};

use super::chosen_images;
use super::context::{FittedModels, clipped_sentence, title_of_run, white_of};
use super::picture::Picture;
use crate::cli::arguments::{Arguments, PictureChoice, WritingOptions};
use crate::cli::terminal::progress::{Interrupt, Progress};

/// The ranks, as far as the images allow.
const RANKS: [usize; 7] = [1, 4, 9, 16, 25, 36, 49];
/// The number of images.
const IMAGES: usize = 4;

const CAPTION: &str = "Each image from k parts (NMF) and from the mean and k eigenimages (PCA), with its relative error.";

/// Some images at several ranks.
pub struct Ladder<'a> {
    images: &'a ImageSet,
    ranks: Vec<usize>,
    /// The relative errors over all images at each rank, one per method.
    errors: Vec<Vec<f64>>,
    /// The indices of those that are shown.
    chosen: Vec<usize>,
    shown: Vec<LadderImage>,
}

/// Fits what the picture needs besides the model of a run, and draws it; `None` if it is not asked for, or interrupted.
pub fn learn(
    arguments: &Arguments,
    images: &ImageSet,
    learned: &FittedModels,
    interrupt: &Interrupt,
) -> Result<Option<Picture>> {
    if !arguments.pictures.is_asked_for(PictureChoice::Ladder) {
        return Ok(None);
    }
    let chosen = chosen_images::images(&arguments.pictures, &images.names)?;
    let Some(mut ladder) = Ladder::new(images, chosen) else {
        return Ok(None);
    };
    let (known, known_error) = (learned.model.by(&NMF), learned.nmf.relative_error);
    for rank in ladder.ranks.clone() {
        if rank == known.basis.rank() {
            ladder.add_nmf(rank, known_error, |image| known.reconstruct(image));
            continue;
        }
        let what = format!("fitting {rank} parts for the ladder");
        let _spinner = Progress::spinner(arguments.writing.printing.quiet, what);
        let nmf = arguments
            .nmf(rank)?
            .fit_with(images, |_| interrupt.check())?;
        if nmf.stop_reason == StopReason::Interrupted {
            return Ok(None);
        }
        ladder.add_nmf(rank, nmf.relative_error, |image| nmf.reconstruct(image));
    }
    ladder.add_pca()?;
    let picture = ladder.picture(&title_of_run(arguments), &arguments.writing)?;
    Ok(Some(picture))
}

impl<'a> Ladder<'a> {
    /// Returns the chosen images, or else evenly spaced ones, without any rank; `None` if the images do not allow two ranks.
    pub fn new(images: &'a ImageSet, chosen: Option<Vec<usize>>) -> Option<Self> {
        let most = images.len().min(images.shape().pixels());
        let ranks: Vec<usize> = RANKS.into_iter().filter(|&rank| rank <= most).collect();
        (ranks.len() > 1).then(|| Self::of_ranks(images, ranks, chosen))
    }

    /// Returns the chosen images, or else evenly spaced ones, for these ranks, which are in ascending order.
    pub fn of_ranks(images: &'a ImageSet, ranks: Vec<usize>, chosen: Option<Vec<usize>>) -> Self {
        let chosen = chosen.unwrap_or_else(|| evenly_spaced_centres(images.len(), IMAGES));
        let image = |&index: &usize| LadderImage {
            name: images.names[index].clone(),
            original: clipped(images.known_f32(index), images),
            steps: vec![Vec::new(); ranks.len()],
        };
        let shown = chosen.iter().map(image).collect();
        Self {
            images,
            errors: vec![Vec::new(); ranks.len()],
            ranks,
            chosen,
            shown,
        }
    }

    /// Returns the names of the images.
    pub fn names(&self) -> Vec<String> {
        let names = self.shown.iter().map(|image| &image.name);
        names.cloned().collect()
    }

    /// Returns the ranks in ascending order.
    pub fn ranks(&self) -> &[usize] {
        &self.ranks
    }

    /// Adds the images as the parts of one rank reconstruct them, if it is one of the picture; `reconstruct` returns one of
    /// all images.
    pub fn add_nmf(
        &mut self,
        rank: usize,
        relative_error: f64,
        reconstruct: impl Fn(usize) -> Array1<f32>,
    ) {
        self.add(&NMF, rank, relative_error, reconstruct);
    }

    /// Adds the images as both methods reconstruct them at the rank of a run.
    pub fn add_run(&mut self, model: &Model, report: &Report) {
        for figures in report.methods() {
            let learned = model.by(figures.method);
            let error = figures.relative_error;
            self.add(figures.method, figures.rank, error, |image| {
                learned.reconstruct(image)
            });
        }
    }

    /// Removes all ranks but the first ones.
    pub fn truncate(&mut self, ranks: usize) {
        self.ranks.truncate(ranks);
        self.errors.truncate(ranks);
        for image in &mut self.shown {
            image.steps.truncate(ranks);
        }
    }

    /// Adds the images as the mean and the first eigenimages reconstruct them at every rank.
    pub fn add_pca(&mut self) -> Result<()> {
        let mut model: Option<PcaModel> = None;
        for rank in self.ranks.clone().into_iter().rev() {
            // With unknown pixels, the first eigenimages are not the best ones for a lower rank.
            let known = model.take().filter(|_| self.images.mask.is_none());
            let fitted = match known {
                Some(model) => model,
                None => Pca::new(rank).fit(self.images)?,
            };
            let error = fitted.errors[rank];
            self.add(&PCA, rank, error, |image| truncated(&fitted, rank, image));
            model = Some(fitted);
        }
        Ok(())
    }

    fn add(
        &mut self,
        method: &'static Method,
        rank: usize,
        relative_error_of_all: f64,
        reconstruct: impl Fn(usize) -> Array1<f32>,
    ) {
        let Some(place) = self.ranks.iter().position(|&known| known == rank) else {
            return;
        };
        self.errors[place].push(relative_error_of_all);
        for (image, &index) in self.shown.iter_mut().zip(&self.chosen) {
            let values = reconstruct(index).to_vec();
            image.steps[place].push(Reconstruction {
                method,
                error: relative_error(&self.images.known_f32(index), &values),
                values: clipped(values, self.images),
            });
        }
    }

    /// Returns a sentence with the errors over all images at each rank.
    fn errors_sentence(&self) -> String {
        let mut errors = Vec::new();
        for (rank, of_methods) in self.ranks.iter().zip(&self.errors) {
            let pairs = METHODS.iter().zip(of_methods);
            let named: Vec<String> = pairs
                .map(|(method, &error)| format!("{} {}", method.name, percent(error)))
                .collect();
            errors.push(format!("k = {rank}: {}", named.join(", ")));
        }
        format!("Over all training images, {}.", errors.join("; "))
    }

    /// Draws the picture of an input with this title.
    pub fn picture(&self, title: &str, writing: &WritingOptions) -> Result<Picture> {
        let outliers = self.images.outliers.as_ref();
        let data = render::Ladder {
            title: &format!(
                "{title}: the same images at {} ranks{}",
                self.ranks.len(),
                outliers.map_or_else(String::new, white_of)
            ),
            caption: CAPTION,
            shape: self.images.shape(),
            ranks: &self.ranks,
            errors: &self.errors,
            images: &self.shown,
        };
        let figure = render::ladder(&data, writing.theme())?;
        let clipped = outliers.map_or_else(String::new, clipped_sentence);
        let caption = format!("{CAPTION} {}{clipped}", self.errors_sentence());
        Picture::page(writing, "ladder", &caption, &figure)
    }
}

/// Returns an image with its outliers clipped.
fn clipped(mut image: Vec<f32>, images: &ImageSet) -> Vec<f32> {
    if let Some(outliers) = &images.outliers {
        outliers.clip(&mut image);
    }
    image
}

/// Returns an image as the mean and the first `rank` eigenimages reconstruct it, (pixels).
fn truncated(model: &PcaModel, rank: usize, image: usize) -> Array1<f32> {
    let scores = model.weights.slice(s![image, ..rank]);
    scores.dot(&model.basis.rows().slice(s![..rank, ..])) + &model.mean
}
