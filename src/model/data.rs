//! The model of a run: the decompositions of all methods, and how to read images like the training images.

use ndarray::Array1;
use serde_json::json;

use super::vq::Quantisation;
use crate::basis::{Basis, Shape, Weights};
use crate::decomposition::{Decomposition, Method, NMF, PCA, PerMethod};
use crate::error::Result;
use crate::images::{ImageSet, ImageShard, Images, LoadOptions};
use crate::metrics::{PixelSubset, Squares, image_squares, squares};
use crate::nmf::NmfModel;
use crate::pca::PcaModel;
use crate::projection::{Prior, Projected, guessed_weights, onto};

/// What each method learned, the names and labels of the training images, and how to read new images
/// in the same way.
///
/// The model of a run of the command has an NMF and a PCA; that of a program can have one of them alone.
///
/// ```
/// use nmf_images::images::synthetic::Swimmer;
/// use nmf_images::{Model, NMF, Nmf};
///
/// let images = Swimmer::default().draw()?.images;
/// let nmf = Nmf::new(17).fit(&images)?;
/// let path = std::env::temp_dir().join("swimmer.npz");
/// Model::of_nmf(&images, &nmf).save(&path)?;
/// let read = Model::read(&path)?;
/// assert_eq!(read.by(&NMF).basis, nmf.basis);
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), nmf_images::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// What each method learned, one or more, in the order of [`METHODS`](crate::decomposition::METHODS).
    pub decompositions: Vec<Decomposition>,
    /// What each method knows of an image before it sees one, from all training images.
    pub priors: PerMethod<Prior>,
    /// The prototypes of a vector quantisation, if there was one.
    pub vq: Option<Quantisation>,
    /// The name of each image, in the order of the rows of the weights.
    pub names: Vec<String>,
    /// The label of each image; empty without labels.
    pub labels: Vec<String>,
    /// How images are read: size, fit, background, and whether dark and bright are exchanged.
    pub reading: LoadOptions,
    /// The settings of the NMF, or of the PCA if that is alone, as JSON.
    pub settings: String,
    /// The program and the images of the run, as JSON; empty if they are not stated.
    pub provenance: String,
}

/// New images expressed in the decompositions of a model.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Projection {
    /// The weights and errors of each method.
    pub methods: PerMethod<Projected>,
}

impl Model {
    /// Collects what the methods learned; `images` are the training images, read with these options.
    ///
    /// # Panics
    /// If `images` are not the training images of the models.
    #[must_use]
    pub fn new(images: &ImageSet, options: &LoadOptions, nmf: &NmfModel, pca: &PcaModel) -> Self {
        Self::take(images, options, &mut nmf.clone(), &mut pca.clone())
    }

    /// Collects what an NMF learned; `images` are the training images. New images are read as by the default options, at the
    /// size of these; set [`Model::reading`] if these were read otherwise.
    ///
    /// # Panics
    /// If `images` are not the training images of the model.
    #[must_use]
    pub fn of_nmf(images: &ImageSet, nmf: &NmfModel) -> Self {
        let squares = squares(images, &nmf.weights, &nmf.basis, None, PixelSubset::Known);
        let learned = decomposition(&NMF, &nmf.basis, nmf.weights.clone(), None, &squares);
        Self::of_images(images, images, vec![learned], settings(nmf))
    }

    /// Collects what a PCA learned, as [`Model::of_nmf`] does.
    ///
    /// # Panics
    /// If `images` are not the training images of the model.
    #[must_use]
    pub fn of_pca(images: &ImageSet, pca: &PcaModel) -> Self {
        let (basis, scores, mean) = (&pca.basis, &pca.weights, Some(&pca.mean));
        let squares = squares(images, scores, basis, mean, PixelSubset::Known);
        let learned = decomposition(&PCA, basis, scores.clone(), mean, &squares);
        let settings = json!({ "version": env!("CARGO_PKG_VERSION"), "rank": basis.rank() });
        Self::of_images(images, images, vec![learned], settings.to_string())
    }

    /// Does what [`Model::new`] does without copies of weights and scores, which can take much memory: it moves them out of
    /// `nmf` and `pca`, where none are left.
    ///
    /// # Panics
    /// If `images` are not the training images of the models.
    #[must_use]
    pub fn take(
        images: &ImageSet,
        options: &LoadOptions,
        nmf: &mut NmfModel,
        pca: &mut PcaModel,
    ) -> Self {
        Self::collect(images, images, options, FittedPair { nmf, pca })
    }

    /// Does what [`Model::take`] does for the share of a process; the priors are those of the images of all processes, which
    /// call this together.
    ///
    /// # Panics
    /// If the images of the share are not the training images of the models.
    #[must_use]
    pub fn take_shard(
        shard: &ImageShard,
        options: &LoadOptions,
        nmf: &mut NmfModel,
        pca: &mut PcaModel,
    ) -> Self {
        Self::collect(&shard.set, shard, options, FittedPair { nmf, pca })
    }

    /// Collects what was learned from `source`; `images` are those of this process.
    fn collect(
        images: &ImageSet,
        source: &impl Images,
        options: &LoadOptions,
        FittedPair { nmf, pca }: FittedPair,
    ) -> Self {
        let weights = std::mem::take(&mut nmf.weights);
        let scores = std::mem::take(&mut pca.weights);
        let mean = Some(&pca.mean);
        let of_images = fitted_squares(images, nmf.image_squares.take());
        let of_weights = match with_residuals(&of_images, nmf.residuals.take()) {
            Some(squares) => squares,
            None => squares(images, &weights, &nmf.basis, None, PixelSubset::Known),
        };
        let of_scores = match with_residuals(&of_images, pca.residuals.take()) {
            Some(squares) => squares,
            None => squares(images, &scores, &pca.basis, mean, PixelSubset::Known),
        };
        let decompositions = vec![
            decomposition(&NMF, &nmf.basis, weights, None, &of_weights),
            decomposition(&PCA, &pca.basis, scores, mean, &of_scores),
        ];
        let model = Self::of_images(images, source, decompositions, settings(nmf));
        Self {
            reading: LoadOptions {
                fit: options.fit,
                background: options.background,
                invert: options.invert,
                ..model.reading
            },
            ..model
        }
    }

    /// Returns a model with the names, labels and size of `images`, and the priors of all images of `source`.
    fn of_images(
        images: &ImageSet,
        source: &impl Images,
        decompositions: Vec<Decomposition>,
        settings: String,
    ) -> Self {
        Self {
            priors: priors(source, &decompositions),
            decompositions,
            vq: None,
            names: images.names.clone(),
            labels: images.label_lines(),
            reading: LoadOptions {
                size: Some(images.shape),
                invert: images.white.is_some(),
                white: images.white,
                ..LoadOptions::default()
            },
            settings,
            provenance: String::new(),
        }
    }

    /// Returns what a method learned; `None` if the model has no decomposition by it.
    #[must_use]
    pub fn get(&self, method: &Method) -> Option<&Decomposition> {
        self.decompositions
            .iter()
            .find(|decomposition| decomposition.method == method)
    }

    /// Returns what a method learned.
    ///
    /// # Panics
    /// If the model has no decomposition by this method.
    #[must_use]
    pub fn by(&self, method: &Method) -> &Decomposition {
        self.get(method).expect("a decomposition by this method")
    }

    /// Returns the mean of the training images, (pixels), if a method has one.
    #[must_use]
    pub fn mean_image(&self) -> Option<&Array1<f32>> {
        self.decompositions
            .iter()
            .find_map(|learned| learned.mean.as_ref())
    }

    /// Returns the size of the images.
    ///
    /// # Panics
    /// If the model has no decomposition.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.decompositions[0].basis.shape()
    }

    /// Expresses new images in the decompositions: their weights, and how well these reconstruct them.
    ///
    /// The weights of images with unknown pixels are guessed with the [`Prior`] of each method.
    ///
    /// ```
    /// use nmf_images::images::synthetic::{Bars, Swimmer};
    /// use nmf_images::{Model, NMF, Nmf, projection::threshold};
    ///
    /// let swimmers = Swimmer::default().draw()?.images;
    /// let model = Model::of_nmf(&swimmers, &Nmf::new(17).fit(&swimmers)?);
    /// // Bars of the same size: their errors are above those of swimmers.
    /// let bars = Bars { images: 2, shape: swimmers.shape, ..Bars::default() }.draw()?.images;
    /// let projection = model.project(&bars)?;
    /// assert!(projection.methods[&NMF].errors[0] > threshold(&model.by(&NMF).errors));
    /// # Ok::<(), nmf_images::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the images differ in size from those of the model, or a value is negative or not finite.
    pub fn project(&self, images: &impl Images) -> Result<Projection> {
        let mut methods = Vec::new();
        for learned in &self.decompositions {
            let prior = self.priors.get(learned.method);
            methods.push((learned.method, onto(images, learned, prior)?));
        }
        Ok(Projection {
            methods: methods.into_iter().collect(),
        })
    }

    /// Returns the weights of the training images by each method, with those of images with unknown pixels guessed as by
    /// [`Model::project`].
    ///
    /// # Errors
    /// As [`Model::project`].
    ///
    /// # Panics
    /// If `images` are not the training images.
    pub fn guess(&self, images: &impl Images) -> Result<PerMethod<Weights>> {
        let mut guesses = Vec::new();
        for learned in &self.decompositions {
            let weights = match self.priors.get(learned.method) {
                Some(prior) => guessed_weights(images, learned, prior)?,
                None => learned.weights.clone(),
            };
            guesses.push((learned.method, weights));
        }
        Ok(guesses.into_iter().collect())
    }
}

/// Both models, whose weights are moved out.
struct FittedPair<'a> {
    nmf: &'a mut NmfModel,
    pca: &'a mut PcaModel,
}

/// Estimates the prior of each method.
fn priors(images: &impl Images, decompositions: &[Decomposition]) -> PerMethod<Prior> {
    let priors = decompositions
        .iter()
        .map(|learned| (learned.method, Prior::of_images(images, learned)));
    priors.collect()
}

/// Returns the squares ‖x‖² of images, from those that a fit has found out if all pixels are known.
fn fitted_squares(images: &ImageSet, found: Option<Vec<f64>>) -> Vec<Squares> {
    let found = found.filter(|found| images.mask.is_none() && found.len() == images.len());
    match found {
        None => image_squares(images),
        Some(found) => {
            let pixels = images.shape.pixels();
            let squares = found.into_iter();
            squares
                .map(|square| Squares::of_whole(pixels, square))
                .collect()
        }
    }
}

/// Returns the squares of images with what a fit has left of each; `None` if it did not find that out.
fn with_residuals(images: &[Squares], residuals: Option<Vec<f64>>) -> Option<Vec<Squares>> {
    let residuals = residuals.filter(|residuals| residuals.len() == images.len())?;
    let pairs = images.iter().zip(residuals);
    Some(
        pairs
            .map(|(image, residual)| image.with_residual(residual))
            .collect(),
    )
}

fn decomposition(
    method: &'static Method,
    basis: &Basis,
    weights: Weights,
    mean: Option<&Array1<f32>>,
    squares: &[Squares],
) -> Decomposition {
    let errors = squares
        .iter()
        .map(|squares| squares.relative_error() as f32);
    Decomposition {
        method,
        basis: basis.clone(),
        weights,
        mean: mean.cloned(),
        errors: errors.collect(),
    }
}

/// Returns the settings of the NMF as JSON.
fn settings(nmf: &NmfModel) -> String {
    let stop = &nmf.stop_rule;
    let settings = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "rank": nmf.basis.rank(),
        "fixed_parts": nmf.fixed_parts,
        "weighted": nmf.weighted,
        "solver": nmf.rule_name(),
        "penalties": nmf.solver.penalties(),
        "init": nmf.init.to_string(),
        "seed": nmf.seed,
        "starts": nmf.starts,
        "sample_start": nmf.sample_start,
        "max_iterations": stop.max_iterations,
        "tolerance": stop.tolerance,
        "target_error": stop.target_error,
        "time_limit": stop.time_limit.map(|limit| limit.as_secs_f64()),
    });
    settings.to_string()
}
