//! What a run leaves to be used again: both models in one file that `NumPy` reads without pickle.

use std::io::Cursor;

use ndarray::{Array0, Array1, arr1};
use ndarray_npy::NpzWriter;

use crate::error::{Error, Result};
use crate::nmf::NmfModel;
use crate::pca::PcaModel;

/// The layout of the file; a reader refuses one that it does not know.
pub const FORMAT_VERSION: i64 = 1;

/// Parts, eigenimages and the names of the images that they were learned from.
#[derive(Debug, Clone, Copy)]
pub struct Model<'a> {
    /// The parts and their weights.
    pub nmf: &'a NmfModel,
    /// The eigenimages and their scores.
    pub pca: &'a PcaModel,
    /// The name of each image, in the order of the weights' rows.
    pub names: &'a [String],
}

impl Model<'_> {
    /// The bytes of `model.npz`.
    ///
    /// | key | shape | what |
    /// | --- | --- | --- |
    /// | `W` | (images, rank) | weights, f32 |
    /// | `H` | (rank, pixels) | parts, f32, each with maximum 1 |
    /// | `pca_mean` | (pixels) | mean image, f32 |
    /// | `pca_components` | (rank, pixels) | eigenimages, f32 |
    /// | `pca_scores` | (images, rank) | scores, f32 |
    /// | `shape` | (2) | height and width, u64 |
    /// | `names` | (bytes) | the images' names, UTF-8, joined by line breaks, u8 |
    /// | `format_version` | () | [`FORMAT_VERSION`], i64 |
    ///
    /// A line break or backslash within a name is written as `\n` or `\\`.
    ///
    /// # Errors
    /// If an array cannot be written.
    pub fn to_npz(&self) -> Result<Vec<u8>> {
        let shape = self.nmf.basis.shape();
        let names: Vec<String> =
            self.names.iter().map(|name| name.replace('\\', "\\\\").replace('\n', "\\n")).collect();
        let mut npz = NpzWriter::new(Cursor::new(Vec::new()));
        let failed = |source| Error::Model { source };
        npz.add_array("W", &self.nmf.weights).map_err(failed)?;
        npz.add_array("H", &self.nmf.basis.rows()).map_err(failed)?;
        npz.add_array("pca_mean", &self.pca.mean).map_err(failed)?;
        npz.add_array("pca_components", &self.pca.components.rows()).map_err(failed)?;
        npz.add_array("pca_scores", &self.pca.scores).map_err(failed)?;
        npz.add_array("shape", &arr1(&[shape.height as u64, shape.width as u64])).map_err(failed)?;
        npz.add_array("names", &Array1::from(names.join("\n").into_bytes())).map_err(failed)?;
        npz.add_array("format_version", &Array0::from_elem((), FORMAT_VERSION)).map_err(failed)?;
        Ok(npz.finish().map_err(failed)?.into_inner())
    }
}
