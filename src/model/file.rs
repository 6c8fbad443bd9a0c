//! The files `model.npz` and `projection.npz`: their arrays and the allowed values.

use std::io::{Read, Seek, Write};
use std::path::Path;

use ndarray::{Array1, aview0};

use super::data::{Model, Projection};
use super::npz::{self, Allowed, NON_NEGATIVE, Reader, Writer};
use super::priors;
use super::vq::Quantisation;
use crate::basis::{Basis, Shape};
use crate::decomposition::{Array, Decomposition, METHODS, Method};
use crate::disk;
use crate::error::{Error, ModelError, Result};
use crate::images::{Fit, LoadOptions};

/// The version of the format; files of other versions are rejected. Version 1 lacks how the images were
/// prepared.
pub const FORMAT_VERSION: i64 = 2;

/// The key of the program and the images, which not every model states.
const PROVENANCE: &str = "provenance";

/// The file that a run leaves in its output folder.
const FILE: &str = "model.npz";

const POSITIVE: Allowed = Allowed {
    check: |v| v.is_finite() && v > 0.0,
    description: "a finite value above 0",
};
const FINITE: Allowed = Allowed {
    check: f32::is_finite,
    description: "finite values",
};
const ERRORS: Allowed = Allowed {
    check: |v| v.is_nan() || v >= 0.0,
    description: "non-negative values, or NaN",
};

impl Model {
    /// Returns the bytes of `model.npz`.
    ///
    /// | key | shape | contents |
    /// | --- | --- | --- |
    /// | `W` | (images, rank) | weights, f32, non-negative |
    /// | `H` | (rank, pixels) | parts, f32, each with maximum 1 |
    /// | `pca_mean` | (pixels) | mean image, f32 |
    /// | `pca_components` | (rank, pixels) | eigenimages, f32 |
    /// | `pca_scores` | (images, rank) | scores, f32 |
    /// | `nmf_errors` | (images) | relative error of each image reconstructed from parts, f32; infinite for a black image that is not reconstructed as black, NaN if no pixel is known |
    /// | `pca_errors` | (images) | the same from eigenimages |
    /// | `nmf_prior_mean` | (rank) | mean weights of the training images, f64: the [`Prior`](crate::projection::Prior) of new ones |
    /// | `nmf_prior_covariance` | (rank, rank) | their covariance, f64 |
    /// | `nmf_noise` | () | the variance of what the parts leave unexplained, in a direction in which it varies, f64 |
    /// | `nmf_rest` | (pixels) | the fraction of its squares on each pixel, f32 |
    /// | `pca_prior_mean`, `pca_prior_covariance`, `pca_noise`, `pca_rest` | | the same of scores and eigenimages |
    /// | `vq_prototypes` | (rank, pixels) | prototypes of the vector quantisation, f32; this array and the next two only if a picture shows it |
    /// | `vq_assignments` | (images) | the index of the prototype of each image, u32 |
    /// | `vq_errors` | (images) | relative error of each image replaced by its prototype, f32 |
    /// | `shape` | (2) | height and width, u64 |
    /// | `names` | (bytes) | the images' names, UTF-8, joined by line breaks, u8 |
    /// | `labels` | (bytes) | the images' labels in the same form; empty without labels |
    /// | `fit` | (bytes) | `crop` or `stretch`: how images of other proportions are brought to the size, u8 |
    /// | `background` | () | the grey, 0 to 255, behind transparent pixels, u8 |
    /// | `invert` | () | whether dark and bright were exchanged, bool |
    /// | `white` | () | the value that became black then, f32; 1 if they were not |
    /// | `settings` | (bytes) | the settings of the NMF, JSON, u8 |
    /// | `provenance` | (bytes) | version and commit of the program, and hashes of the images: [`ModelProvenance`](crate::report::ModelProvenance) as JSON, u8; only in the model of a run |
    /// | `format_version` | () | [`FORMAT_VERSION`], i64 |
    ///
    /// The keys of each method's arrays are in its [`Method`], but for those of its prior. A model of an NMF or a PCA alone
    /// lacks those of the other. A line break or backslash within
    /// a name or label is written as `\n` or `\\`. Files of earlier releases lack the provenance, the prototypes, and the priors, which are then estimated from
    /// weights and errors, as if the rests of pixels were independent and equally large.
    ///
    /// # Errors
    /// If an array cannot be written.
    pub fn to_npz(&self) -> Result<Vec<u8>> {
        npz::bytes(|file| self.write_npz(file))
    }

    /// Writes what [`Model::to_npz`] returns to an empty file, without a copy in memory.
    ///
    /// # Errors
    /// If an array cannot be written.
    pub fn write_npz(&self, file: impl Write + Seek) -> Result<()> {
        let LoadOptions {
            fit,
            background,
            invert,
            white,
            ..
        } = self.reading;
        let Shape { height, width } = self.shape();
        let mut npz = Writer::new(file);
        for decomposition in &self.decompositions {
            add_arrays(&mut npz, decomposition)?;
        }
        for Decomposition { method, errors, .. } in &self.decompositions {
            npz.add(method.errors, &Array1::from(errors.clone()))?;
        }
        priors::add(&mut npz, &self.priors)?;
        if let Some(vq) = &self.vq {
            vq.add(&mut npz)?;
        }
        npz.add("shape", &Array1::from(vec![height as u64, width as u64]))?;
        npz.add_lines("names", &self.names)?;
        npz.add_lines("labels", &self.labels)?;
        npz.add_text("fit", fit.name())?;
        npz.add("background", &aview0(&background))?;
        npz.add("invert", &aview0(&invert))?;
        npz.add("white", &aview0(&white.unwrap_or(1.0)))?;
        npz.add_text("settings", &self.settings)?;
        if !self.provenance.is_empty() {
            npz.add_text(PROVENANCE, &self.provenance)?;
        }
        npz.add("format_version", &aview0(&FORMAT_VERSION))?;
        npz.finish()
    }

    /// Writes the model to a file, complete or not at all: under a temporary name beside it, which is renamed at the end. An
    /// existing file is replaced.
    ///
    /// # Errors
    /// If the file cannot be written; the error names it.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        disk::write_whole(path.as_ref(), |file| self.write_npz(file))
    }

    /// Reads a model from its file, or from the output folder of a run. A method is missing if the file has no array of it.
    ///
    /// Array headers are checked against the file size and against one another before they are trusted.
    ///
    /// # Errors
    /// If the file does not exist, is not a model, or has another [`FORMAT_VERSION`]; if it has no method; if an array is
    /// missing, truncated, compressed, or has another type or shape, or a value that is not allowed.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
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
        let shape = npz.image_size()?;
        let reading = reading(&mut npz, shape)?;
        let decompositions = decompositions(&mut npz, shape)?;
        let images = decompositions[0].weights.nrows();
        Ok(Self {
            priors: priors::read(&mut npz, &decompositions)?,
            vq: Quantisation::read(&mut npz, shape, images, ERRORS)?,
            decompositions,
            names: npz.lines("names", images)?,
            labels: npz.lines_or_none("labels", images)?,
            reading,
            settings: npz.text("settings")?,
            provenance: if npz.has(PROVENANCE) {
                npz.text(PROVENANCE)?
            } else {
                String::new()
            },
        })
    }
}

impl Projection {
    /// Returns the bytes of `projection.npz`: the weights and errors of each method, and the names of
    /// the new images, under the keys of [`Model::to_npz`].
    ///
    /// # Errors
    /// If an array cannot be written.
    pub fn to_npz(&self, names: &[String]) -> Result<Vec<u8>> {
        npz::bytes(|file| self.write_npz(names, file))
    }

    /// Writes what [`Projection::to_npz`] returns to an empty file, without a copy in memory.
    ///
    /// # Errors
    /// If an array cannot be written.
    pub fn write_npz(&self, names: &[String], file: impl Write + Seek) -> Result<()> {
        let mut npz = Writer::new(file);
        for (method, projected) in self.methods.iter() {
            npz.add(key(method, Array::Weights), &projected.weights)?;
        }
        for (method, projected) in self.methods.iter() {
            let errors = projected.errors.iter().map(|&error| error as f32);
            npz.add(method.errors, &errors.collect::<Array1<f32>>())?;
        }
        npz.add_lines("names", names)?;
        npz.finish()
    }
}

fn add_arrays(npz: &mut Writer<impl Write + Seek>, decomposition: &Decomposition) -> Result<()> {
    for &(array, key) in decomposition.method.arrays {
        match array {
            Array::Basis => npz.add(key, &decomposition.basis.rows())?,
            Array::Weights => npz.add(key, &decomposition.weights)?,
            Array::Mean => {
                let mean = decomposition
                    .mean
                    .as_ref()
                    .ok_or(ModelError::Missing(key))?;
                npz.add(key, mean)?;
            }
        }
    }
    Ok(())
}

/// Reads the arrays of the methods that the file has, one at least.
fn decompositions(npz: &mut Reader<impl Read + Seek>, shape: Shape) -> Result<Vec<Decomposition>> {
    let mut methods = METHODS.to_vec();
    methods.retain(|method| method.arrays.iter().any(|&(_, key)| npz.has(key)));
    // All methods have weights for the same images.
    let first = methods.first().unwrap_or(&METHODS[0]);
    let images = npz.rows(key(first, Array::Weights))?;
    methods
        .into_iter()
        .map(|method| decomposition(npz, method, shape, images))
        .collect()
}

/// Reads the arrays of a method, which has weights for so many images.
fn decomposition(
    npz: &mut Reader<impl Read + Seek>,
    method: &'static Method,
    shape: Shape,
    images: usize,
) -> Result<Decomposition> {
    let (basis, weights) = (key(method, Array::Basis), key(method, Array::Weights));
    let rank = npz.rows(basis)?;
    let allowed = if method.signed { FINITE } else { NON_NEGATIVE };
    Ok(Decomposition {
        method,
        basis: Basis::new(shape, npz.matrix(basis, (rank, shape.pixels()), allowed)?),
        weights: npz.matrix(weights, (images, rank), allowed)?,
        mean: match method.key_of(Array::Mean) {
            Some(key) => Some(npz.vector(key, shape.pixels(), FINITE)?),
            None => None,
        },
        errors: npz.vector(method.errors, images, ERRORS)?.to_vec(),
    })
}

/// Returns the key of an array that every method has.
fn key(method: &Method, wanted: Array) -> &'static str {
    method
        .key_of(wanted)
        .expect("every method has a basis and weights")
}

/// Reads how the training images were read.
fn reading(npz: &mut Reader<impl Read + Seek>, shape: Shape) -> Result<LoadOptions> {
    let fit = npz.text("fit")?;
    let background = npz.number("background")?;
    let invert = npz.number("invert")? != 0;
    let white = npz.float("white", POSITIVE)?;
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
