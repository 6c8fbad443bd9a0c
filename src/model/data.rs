//! The model of a run: the decompositions of all methods, and how to read images like the training images.

use ndarray::Array1;
use serde_json::json;

use super::vq::Quantisation;
use crate::basis::{Basis, Shape, Weights};
use crate::decomposition::{Decomposition, Method, NMF, PCA, PerMethod};
use crate::error::Result;
use crate::images::{ImageSet, ImageShard, Images, LoadOptions};
use crate::metrics::{PixelSubset, Squares, squares};
use crate::nmf::NmfModel;
use crate::pca::PcaModel;
use crate::projection::{Prior, Projected, guessed_weights, onto};

/// What each method learned, the names and labels of the training images, and how to read new images
/// in the same way.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// What each method learned, in the order of [`METHODS`](crate::decomposition::METHODS).
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
    /// The settings of the NMF, as JSON.
    pub settings: String,
}

/// New images expressed in the decompositions of a model.
#[derive(Debug, Clone, PartialEq)]
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
        let scores = std::mem::take(&mut pca.scores);
        let mean = Some(&pca.mean);
        let of_scores = squares(images, &scores, &pca.components, mean, PixelSubset::Known);
        let of_weights = match nmf.residuals.take() {
            Some(residuals) if residuals.len() == of_scores.len() => {
                let images = of_scores.iter().zip(residuals);
                images
                    .map(|(image, residual)| image.with_residual(residual))
                    .collect()
            }
            _ => squares(images, &weights, &nmf.basis, None, PixelSubset::Known),
        };
        let decompositions = vec![
            decomposition(&NMF, &nmf.basis, weights, None, &of_weights),
            decomposition(&PCA, &pca.components, scores, mean, &of_scores),
        ];
        Self {
            priors: priors(source, &decompositions),
            decompositions,
            vq: None,
            names: images.names.clone(),
            labels: images.label_lines(),
            reading: LoadOptions {
                size: Some(images.shape),
                fit: options.fit,
                background: options.background,
                invert: options.invert,
                white: images.white,
                ..LoadOptions::default()
            },
            settings: settings(nmf),
        }
    }

    /// Returns what a method learned.
    ///
    /// # Panics
    /// If the model has no decomposition by this method.
    #[must_use]
    pub fn by(&self, method: &Method) -> &Decomposition {
        self.decompositions
            .iter()
            .find(|decomposition| decomposition.method == method)
            .expect("a model has a decomposition by every method")
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
    /// use nmf_images::images::{LoadOptions, load, load_several};
    /// use nmf_images::{Model, NMF, Nmf, Pca, projection::threshold};
    ///
    /// let options = LoadOptions { limit: Some(40), ..LoadOptions::default() };
    /// let faces = load("assets/faces".as_ref(), &options)?;
    /// let model = Model::new(&faces, &options, &Nmf::new(8).fit(&faces)?, &Pca::new(8).fit(&faces)?);
    /// // A digit, read as the faces were: its error is above those of faces.
    /// let reading = LoadOptions { limit: Some(2), ..model.reading.clone() };
    /// let projection = model.project(&load_several(&["assets/digits/3"], &reading)?)?;
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
        "solver": nmf.solver.to_string(),
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
