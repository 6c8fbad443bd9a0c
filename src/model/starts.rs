//! The file `starts.npz`: the parts of several starts.

use std::io::{Seek, Write};

use ndarray::{Array1, Array3};

use super::npz::{self, Writer};
use crate::basis::Shape;
use crate::error::Result;
use crate::nmf::NmfModel;

impl NmfModel {
    /// Returns the bytes of `starts.npz`, which `numpy.load` reads without pickle: the parts of all starts, in the order of the
    /// starts. [`Nmf::keep_starts`](crate::Nmf::keep_starts) must be on, or there are none.
    ///
    /// | key | shape | contents |
    /// | --- | --- | --- |
    /// | `H` | (starts, rank, pixels) | parts, f32, each with maximum 1, those of a start sorted by share, largest first |
    /// | `relative_errors` | (starts) | ‖X − W H‖ / ‖X‖, f64 |
    /// | `seeds` | (starts) | the seed of each start, u64 |
    /// | `shape` | (2) | height and width, u64 |
    ///
    /// # Errors
    /// If an array cannot be written.
    pub fn starts_to_npz(&self) -> Result<Vec<u8>> {
        npz::bytes(|file| self.write_starts_npz(file))
    }

    /// Writes what [`NmfModel::starts_to_npz`] returns to an empty file, without a copy in memory.
    ///
    /// # Errors
    /// If an array cannot be written.
    pub fn write_starts_npz(&self, file: impl Write + Seek) -> Result<()> {
        let Shape { height, width } = self.basis.shape();
        let (rank, pixels) = self.basis.rows().dim();
        let mut parts = Array3::zeros((self.start_parts.len(), rank, pixels));
        for (mut all, of_start) in parts.outer_iter_mut().zip(&self.start_parts) {
            all.assign(&of_start.rows());
        }
        let starts = self.restarts.iter();
        let errors: Array1<f64> = starts.clone().map(|start| start.relative_error).collect();
        let seeds: Array1<u64> = starts.map(|start| start.seed).collect();
        let mut npz = Writer::new(file);
        npz.add("H", &parts)?;
        npz.add("relative_errors", &errors)?;
        npz.add("seeds", &seeds)?;
        npz.add("shape", &Array1::from(vec![height as u64, width as u64]))?;
        npz.finish()
    }
}
