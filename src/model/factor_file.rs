//! Files of W and H: those of a run, of another program, or made by hand. A fit can start from them.

use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2, ArrayD, Ix2};

use super::npz::{self, Allowed, Reader, Writer};
use crate::basis::{Basis, Shape, Weights, check_rank};
use crate::communicator::Partition;
use crate::error::{CommunicatorError, Error, ModelError, Result, StartError};
use crate::images::Images;
use crate::nmf::Init;
use crate::projection::{onto_parts, parts_of};

/// The largest value of a factor, and of the product of the largest values of both: that of a pixel.
const MOST: f32 = 1e15;

const FACTOR: Allowed = Allowed {
    check: |v| (0.0..=MOST).contains(&v),
    description: "values from 0 to 1e15",
};

/// The names of W and of H, the usual one first.
const WEIGHTS: [&str; 2] = ["W", "w"];
const PARTS: [&str; 2] = ["H", "h"];

/// W, H or both, as a file has them, at the scale of normalised pixels.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FactorFile {
    /// The file.
    pub path: PathBuf,
    /// W, (images, rank).
    pub weights: Option<Weights>,
    /// H, (rank, pixels).
    pub parts: Option<Array2<f32>>,
    /// The size of a part, if the file has it.
    pub shape: Option<Shape>,
    /// Whether the file is the model of a run.
    pub is_model: bool,
}

/// A start from a file, complete for a set of images.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FileStart {
    /// W and H.
    pub init: Init,
    /// The factor that is not from the file.
    pub found: Option<FoundFactor>,
}

/// A factor that was found from the other one by non-negative least squares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundFactor {
    /// W, because the file has none.
    Weights,
    /// W, because that of the model is of so many other images.
    WeightsOfOthers(usize),
    /// H, because the file has none.
    Parts,
}

impl FactorFile {
    /// Reads W and H from an archive of `numpy.savez`, under these keys or in lower case: W of shape (images, rank), H of
    /// shape (rank, pixels) or (rank, height, width), or one of them. The model of a run is such a file.
    ///
    /// Array headers are checked against the file size before they are trusted.
    ///
    /// # Errors
    /// If the file is not such an archive, has neither array, or an array has another shape, another rank than the other one,
    /// or a value that is negative, not finite or above 1e15; the error names the file.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let (file, length) = npz::open(path)?;
        let read = Reader::new(file, length)
            .map_err(no_archive)
            .and_then(|npz| Self::from_npz(path, npz));
        read.map_err(|source| in_file(path, source))
    }

    fn from_npz(path: &Path, mut npz: Reader<impl Read + Seek>) -> Result<Self> {
        let weights = WEIGHTS.into_iter().find(|key| npz.has(key));
        let parts = PARTS.into_iter().find(|key| npz.has(key));
        if weights.or(parts).is_none() {
            return Err(StartError::NoFactors(npz.keys()).into());
        }
        let shape = npz.has("shape").then(|| npz.image_size()).transpose()?;
        let weights = weights.map(|key| weights_of(&mut npz, key)).transpose()?;
        let parts = parts.map(|key| parts_in(&mut npz, key)).transpose()?;
        let (parts, own_shape) = parts.map_or((None, None), |parts| (Some(parts.0), parts.1));
        let read = Self {
            path: path.to_owned(),
            weights,
            parts,
            shape: own_shape.or(shape),
            is_model: npz.has("format_version"),
        };
        read.check()?;
        Ok(read)
    }

    /// Checks that both factors have the same rank, and that their product can be a pixel.
    fn check(&self) -> Result<()> {
        let (Some(weights), Some(parts)) = (&self.weights, &self.parts) else {
            return Ok(());
        };
        if weights.ncols() != parts.nrows() {
            return Err(StartError::Ranks {
                weights: weights.ncols(),
                parts: parts.nrows(),
            }
            .into());
        }
        let largest = |values: &Array2<f32>| values.iter().copied().fold(0.0, f32::max);
        let (weight, part) = (largest(weights), largest(parts));
        if f64::from(weight) * f64::from(part) > f64::from(MOST) {
            return Err(StartError::TooLarge {
                weight,
                part,
                most: MOST,
            }
            .into());
        }
        Ok(())
    }

    /// Returns the number of parts.
    #[must_use]
    pub fn rank(&self) -> usize {
        let weights = self.weights.as_ref().map(Array2::ncols);
        let parts = self.parts.as_ref().map(Array2::nrows);
        weights.or(parts).unwrap_or_default()
    }

    /// Returns the start of a fit to `images`. A missing factor is found from the other one by non-negative least squares, and
    /// so is the W of a model of another number of images. If several processes share the images, all of them call this, each
    /// with the whole file.
    ///
    /// # Errors
    /// If the images have another size or number or do not allow the rank, H is missing and pixels are unknown or several processes share the images,
    /// or an image cannot be read; the error names the file.
    pub fn into_start(self, images: &impl Images) -> Result<FileStart> {
        let path = self.path.clone();
        self.completed(images)
            .map_err(|source| in_file(&path, source))
    }

    fn completed(self, images: &impl Images) -> Result<FileStart> {
        self.check_size(images.shape())?;
        let partition = Partition::of(images.communicator(), images.len());
        check_rank(self.rank(), partition.all, images.shape().pixels())?;
        let others = self.other_images(partition.all)?;
        let found = match (&self.weights, &self.parts) {
            (_, Some(_)) if others.is_some() => others.map(FoundFactor::WeightsOfOthers),
            (None, _) => Some(FoundFactor::Weights),
            (_, None) => Some(FoundFactor::Parts),
            _ => None,
        };
        let weights = self.weights.filter(|_| others.is_none());
        let (weights, basis) = match (weights, self.parts) {
            (Some(weights), Some(parts)) => (partition.share(&weights), parts),
            (Some(weights), None) => {
                check_can_find_parts(images)?;
                let parts = parts_of(images, &weights)?;
                (weights, parts.rows().to_owned())
            }
            (None, parts) => {
                let basis = Basis::new(images.shape(), parts.unwrap_or_default());
                let weights = onto_parts(images, &basis)?.weights;
                (weights, basis.rows().to_owned())
            }
        };
        Ok(FileStart {
            init: Init::Given { weights, basis },
            found,
        })
    }

    /// Checks that parts have the size of the images.
    fn check_size(&self, images: Shape) -> Result<()> {
        let size = (images.width, images.height);
        if let Some(shape) = self.shape.filter(|&shape| shape != images) {
            let found = (shape.width, shape.height);
            return Err(StartError::Size { found, size }.into());
        }
        let pixels = self.parts.as_ref().map(Array2::ncols);
        match pixels.filter(|&pixels| pixels != images.pixels()) {
            Some(found) => Err(StartError::Pixels { found, size }.into()),
            None => Ok(()),
        }
    }

    /// Returns the number of images of W if it is another one and the parts of the model are used alone.
    fn other_images(&self, images: usize) -> Result<Option<usize>> {
        let found = self.weights.as_ref().map(Array2::nrows);
        match found.filter(|&found| found != images) {
            Some(found) if !self.is_model => Err(StartError::Images { found, images }.into()),
            others => Ok(others),
        }
    }
}

/// Writes W, (images, rank), and H, (rank, pixels), with the size of the images, as [`FactorFile::read`] reads them.
///
/// # Errors
/// If an array cannot be written.
pub fn write_factors(weights: &Weights, basis: &Basis, file: impl Write + Seek) -> Result<()> {
    let Shape { height, width } = basis.shape();
    let mut npz = Writer::new(file);
    npz.add("W", weights)?;
    npz.add("H", &basis.rows())?;
    npz.add("shape", &Array1::from(vec![height as u64, width as u64]))?;
    npz.finish()
}

/// Reads W.
fn weights_of(npz: &mut Reader<impl Read + Seek>, key: &'static str) -> Result<Weights> {
    let values = npz.floats(key, None, FACTOR)?;
    let sides = values.shape().to_vec();
    let matrix = matrix(values).filter(|matrix| !matrix.is_empty());
    let needed = "(images, rank)";
    matrix.ok_or_else(|| {
        StartError::Sides {
            key,
            found: sides,
            needed,
        }
        .into()
    })
}

/// Reads H, and the size of a part if the array has it.
fn parts_in(
    npz: &mut Reader<impl Read + Seek>,
    key: &'static str,
) -> Result<(Array2<f32>, Option<Shape>)> {
    let values = npz.floats(key, None, FACTOR)?;
    let sides = values.shape().to_vec();
    let (values, shape) = match sides[..] {
        [rank, height, width] if !values.is_empty() => {
            let rows = values.to_shape((rank, height * width)).ok();
            let rows = rows.map(|rows| rows.into_owned().into_dyn());
            (rows.unwrap_or_default(), Some(Shape::new(height, width)))
        }
        _ => (values, None),
    };
    match matrix(values).filter(|matrix| !matrix.is_empty()) {
        Some(parts) => Ok((parts, shape)),
        None => Err(StartError::Sides {
            key,
            found: sides,
            needed: "(rank, pixels) or (rank, height, width)",
        }
        .into()),
    }
}

/// Returns values of two sides as rows, one after another.
fn matrix(values: ArrayD<f32>) -> Option<Array2<f32>> {
    let matrix = values.into_dimensionality::<Ix2>().ok()?;
    Some(matrix.as_standard_layout().into_owned())
}

/// Checks that H can be found from W.
fn check_can_find_parts(images: &impl Images) -> Result<()> {
    if images.communicator().size() > 1 {
        return Err(CommunicatorError::NeedsOneProcess {
            what: "a start without H".to_owned(),
            try_instead: "add H to the file",
        }
        .into());
    }
    if images.mask().is_some() {
        return Err(StartError::NeedsParts.into());
    }
    Ok(())
}

fn no_archive(error: Error) -> Error {
    match error {
        Error::Model(ModelError::Archive(why)) => StartError::Archive(why).into(),
        error => error,
    }
}

fn in_file(path: &Path, source: Error) -> Error {
    Error::InFile {
        path: path.to_owned(),
        source: Box::new(source),
    }
}
