//! What a run leaves to be used again: both models in one file that `NumPy` reads without pickle, and new images in terms
//! of them.

mod checkpoint;
mod gather;
mod npz;

use std::io::{Read, Seek};
use std::path::Path;

use ndarray::{Array1, aview0};
use serde_json::json;

use self::npz::{Allowed, Reader, Writer};
use crate::basis::{Basis, Shape, Weights};
use crate::error::{Error, ModelError, Result};
use crate::images::{Fit, ImageSet, Images, LoadOptions};
use crate::metrics::relative_errors;
use crate::nmf::NmfModel;
use crate::pca::PcaModel;
use crate::projection::{Projected, onto_eigenimages, onto_parts};

/// The layout of the file; a file of another layout is refused. 1 did not say how the images were prepared.
pub const FORMAT_VERSION: i64 = 2;

/// The file that a run leaves in its output folder.
const FILE: &str = "model.npz";

/// Parts and eigenimages with the images that they were learned from: what these are called, and how new ones are to be
/// read to be like them.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The parts, (rank, pixels), each with maximum 1.
    pub parts: Basis,
    /// How much of each part is in each image, (images, rank).
    pub weights: Weights,
    /// The mean image, (pixels).
    pub mean: Array1<f32>,
    /// The eigenimages, (rank, pixels).
    pub eigenimages: Basis,
    /// How much of each eigenimage is in each image, (images, rank).
    pub scores: Weights,
    /// The relative error of each image rebuilt from parts.
    pub nmf_errors: Vec<f32>,
    /// The same from eigenimages.
    pub pca_errors: Vec<f32>,
    /// The name of each image, in the order of the weights' rows.
    pub names: Vec<String>,
    /// The label of each image; empty where there are none.
    pub labels: Vec<String>,
    /// How images are read to be like these: size, fit, background, and whether dark and bright are exchanged.
    pub reading: LoadOptions,
    /// How the parts were learned, as JSON.
    pub settings: String,
}

/// New images in terms of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// From parts.
    pub nmf: Projected,
    /// From eigenimages.
    pub pca: Projected,
}

impl Model {
    /// What was learned from `images`, which were read with these options.
    ///
    /// # Panics
    /// If images and models do not fit together.
    #[must_use]
    pub fn new(images: &ImageSet, options: &LoadOptions, nmf: &NmfModel, pca: &PcaModel) -> Self {
        let narrow = |errors: Vec<f64>| errors.into_iter().map(|error| error as f32).collect();
        Self {
            parts: nmf.basis.clone(),
            weights: nmf.weights.clone(),
            mean: pca.mean.clone(),
            eigenimages: pca.components.clone(),
            scores: pca.scores.clone(),
            nmf_errors: narrow(relative_errors(images, &nmf.weights, &nmf.basis, None)),
            pca_errors: narrow(relative_errors(
                images,
                &pca.scores,
                &pca.components,
                Some(&pca.mean),
            )),
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

    /// The weights and scores of new images, and how well they are rebuilt.
    ///
    /// ```
    /// use nmf_images::images::{LoadOptions, load, load_several};
    /// use nmf_images::{Model, Nmf, Pca};
    ///
    /// let options = LoadOptions { limit: Some(40), ..LoadOptions::default() };
    /// let faces = load("assets/faces".as_ref(), &options)?;
    /// let model = Model::new(&faces, &options, &Nmf::new(8).fit(&faces)?, &Pca::new(8).fit(&faces)?);
    /// // Another digit than a face: read as the faces were, and told apart by its error.
    /// let digit = load_several(&["assets/digits/3"], &LoadOptions { limit: Some(2), ..model.reading.clone() })?;
    /// let projection = model.project(&digit)?;
    /// assert!(projection.nmf.errors[0] > nmf_images::projection::threshold(&model.nmf_errors));
    /// # Ok::<(), nmf_images::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the images are of another size than the model's, or a value is negative or not finite.
    pub fn project(&self, images: &impl Images) -> Result<Projection> {
        Ok(Projection {
            nmf: onto_parts(images, &self.parts)?,
            pca: onto_eigenimages(images, &self.eigenimages, &self.mean)?,
        })
    }

    /// The bytes of `model.npz`.
    ///
    /// | key | shape | what |
    /// | --- | --- | --- |
    /// | `W` | (images, rank) | weights, f32, 0 or more |
    /// | `H` | (rank, pixels) | parts, f32, each with maximum 1 |
    /// | `pca_mean` | (pixels) | mean image, f32 |
    /// | `pca_components` | (rank, pixels) | eigenimages, f32 |
    /// | `pca_scores` | (images, rank) | scores, f32 |
    /// | `nmf_errors` | (images) | relative error of each image rebuilt from parts, f32; infinite for a black one that is not, NaN for an unknown one |
    /// | `pca_errors` | (images) | the same from eigenimages |
    /// | `shape` | (2) | height and width, u64 |
    /// | `names` | (bytes) | the images' names, UTF-8, joined by line breaks, u8 |
    /// | `labels` | (bytes) | the images' labels in the same way; no byte where there are none |
    /// | `fit` | (bytes) | `crop` or `stretch`: how images of other proportions are brought to the size, u8 |
    /// | `background` | () | the grey, 0 to 255, that transparent pixels are laid over, u8 |
    /// | `invert` | () | whether dark and bright were exchanged, bool |
    /// | `white` | () | the value that became black then, f32; 1 where they were not |
    /// | `settings` | (bytes) | how the parts were learned, JSON, u8 |
    /// | `format_version` | () | [`FORMAT_VERSION`], i64 |
    ///
    /// A line break or backslash within a name or label is written as `\n` or `\\`.
    ///
    /// # Errors
    /// If an array cannot be written.
    pub fn to_npz(&self) -> Result<Vec<u8>> {
        let LoadOptions {
            fit,
            background,
            invert,
            white,
            ..
        } = self.reading;
        let shape = self.parts.shape();
        let mut npz = Writer::new();
        npz.add("W", &self.weights)?;
        npz.add("H", &self.parts.rows())?;
        npz.add("pca_mean", &self.mean)?;
        npz.add("pca_components", &self.eigenimages.rows())?;
        npz.add("pca_scores", &self.scores)?;
        npz.add("nmf_errors", &Array1::from(self.nmf_errors.clone()))?;
        npz.add("pca_errors", &Array1::from(self.pca_errors.clone()))?;
        npz.add(
            "shape",
            &Array1::from(vec![shape.height as u64, shape.width as u64]),
        )?;
        npz.add_lines("names", &self.names)?;
        npz.add_lines("labels", &self.labels)?;
        npz.add_text("fit", fit.name())?;
        npz.add("background", &aview0(&background))?;
        npz.add("invert", &aview0(&invert))?;
        npz.add("white", &aview0(&white.unwrap_or(1.0)))?;
        npz.add_text("settings", &self.settings)?;
        npz.add("format_version", &aview0(&FORMAT_VERSION))?;
        npz.finish()
    }

    /// Reads a model from its file, or from the output folder of a run.
    ///
    /// Nothing that the file says is believed before it is held against the file's length and the other arrays.
    ///
    /// # Errors
    /// If there is no file, if it is no model or one of another [`FORMAT_VERSION`], and if an array is missing, cut short,
    /// compressed, of another type or shape than it must be, or holds a value that it cannot.
    pub fn read(path: &Path) -> Result<Self> {
        let path = if path.is_dir() {
            path.join(FILE)
        } else {
            path.to_owned()
        };
        let (file, length) = npz::open(&path)?;
        let read = Reader::new(file, length).and_then(Self::from_npz);
        read.map_err(|source| Error::InFile {
            path,
            source: Box::new(source),
        })
    }

    fn from_npz(mut npz: Reader<impl Read + Seek>) -> Result<Self> {
        let found = npz.number("format_version")?;
        if found != FORMAT_VERSION {
            return Err(ModelError::Version {
                found,
                known: FORMAT_VERSION,
            }
            .into());
        }
        let shape = shape(&mut npz)?;
        let [images, rank, eigenimages] =
            [npz.rows("W")?, npz.rows("H")?, npz.rows("pca_components")?];
        let reading = reading(&mut npz, shape)?;
        let positive: Allowed = (|v| v.is_finite() && v >= 0.0, "finite values of 0 or more");
        let finite: Allowed = (f32::is_finite, "finite values");
        let error: Allowed = (|v| v.is_nan() || v >= 0.0, "values of 0 or more, or NaN");
        let basis = |rows| Basis::new(shape, rows);
        Ok(Self {
            parts: basis(npz.matrix("H", (rank, shape.pixels()), positive)?),
            weights: npz.matrix("W", (images, rank), positive)?,
            mean: npz.vector("pca_mean", shape.pixels(), finite)?,
            eigenimages: basis(npz.matrix(
                "pca_components",
                (eigenimages, shape.pixels()),
                finite,
            )?),
            scores: npz.matrix("pca_scores", (images, eigenimages), finite)?,
            nmf_errors: npz.vector("nmf_errors", images, error)?.to_vec(),
            pca_errors: npz.vector("pca_errors", images, error)?.to_vec(),
            names: npz.lines("names", images)?,
            labels: npz.lines_or_none("labels", images)?,
            reading,
            settings: npz.text("settings")?,
        })
    }
}

impl Projection {
    /// The bytes of `projection.npz`: `W`, `pca_scores`, `nmf_errors`, `pca_errors` and `names`, as in
    /// [`Model::to_npz`], of the new images.
    ///
    /// # Errors
    /// If an array cannot be written.
    pub fn to_npz(&self, names: &[String]) -> Result<Vec<u8>> {
        let narrow = |errors: &[f64]| {
            errors
                .iter()
                .map(|&error| error as f32)
                .collect::<Array1<f32>>()
        };
        let mut npz = Writer::new();
        npz.add("W", &self.nmf.weights)?;
        npz.add("pca_scores", &self.pca.weights)?;
        npz.add("nmf_errors", &narrow(&self.nmf.errors))?;
        npz.add("pca_errors", &narrow(&self.pca.errors))?;
        npz.add_lines("names", names)?;
        npz.finish()
    }
}

/// How the parts were learned, as JSON.
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

fn shape(npz: &mut Reader<impl Read + Seek>) -> Result<Shape> {
    let sides = npz.numbers("shape", &[2])?;
    let side = |index: usize| usize::try_from(sides[index]).ok().filter(|&side| side > 0);
    match (side(0), side(1)) {
        (Some(height), Some(width)) if height.checked_mul(width).is_some() => {
            Ok(Shape::new(height, width))
        }
        _ => Err(npz::value(
            "shape",
            &format!("{sides:?}"),
            "a height and a width of 1 or more",
        )
        .into()),
    }
}

/// How images are to be read to be like those of the model.
fn reading(npz: &mut Reader<impl Read + Seek>, shape: Shape) -> Result<LoadOptions> {
    let fit = npz.text("fit")?;
    let background = npz.number("background")?;
    let invert = npz.number("invert")? != 0;
    let white = npz.float(
        "white",
        (|v| v.is_finite() && v > 0.0, "a finite value above 0"),
    )?;
    Ok(LoadOptions {
        size: Some(shape),
        fit: Fit::named(&fit).ok_or_else(|| npz::value("fit", &fit, "crop and stretch"))?,
        background: u8::try_from(background)
            .map_err(|_| npz::value("background", &background.to_string(), "0 to 255"))?,
        invert,
        white: invert.then_some(white),
        ..LoadOptions::default()
    })
}
