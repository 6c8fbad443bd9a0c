//! The prototypes of a vector quantisation in a model: one index per image in place of weights.

use std::io::{Read, Seek, Write};

use ndarray::{Array1, Array2};

use super::npz::{self, Allowed, NON_NEGATIVE, Reader, Writer};
use crate::basis::{Basis, Shape};
use crate::communicator::{Communicator, gather};
use crate::decomposition::{Array, Decomposition, VQ};
use crate::error::{Error, Result};
use crate::vq::VqModel;

const ASSIGNMENTS: &str = "vq_assignments";

/// The prototypes, and the one of each training image.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantisation {
    /// The prototypes, (prototypes, pixels).
    pub prototypes: Basis,
    /// The index of the prototype of each image, (images).
    pub assignments: Vec<u32>,
    /// The relative error of each image, (images).
    pub errors: Vec<f32>,
}

impl Quantisation {
    /// Moves the assignments and the errors out of a model, where none are left.
    #[must_use]
    pub fn take(model: &mut VqModel) -> Self {
        let errors = std::mem::take(&mut model.errors);
        Self {
            prototypes: model.prototypes.clone(),
            assignments: std::mem::take(&mut model.assignments),
            errors: errors.into_iter().map(|error| error as f32).collect(),
        }
    }

    /// Returns the decomposition of some of the images, with a weight of 1 for the prototype of each.
    ///
    /// # Panics
    /// If there is no such image.
    #[must_use]
    pub fn decomposition(&self, images: &[usize]) -> Decomposition {
        let mut weights = Array2::zeros((images.len(), self.prototypes.rank()));
        for (mut row, &image) in weights.rows_mut().into_iter().zip(images) {
            row[self.assignments[image] as usize] = 1.0;
        }
        Decomposition {
            method: &VQ,
            basis: self.prototypes.clone(),
            weights,
            mean: None,
            errors: images.iter().map(|&image| self.errors[image]).collect(),
        }
    }

    /// Returns what was learned of some of the images.
    pub(super) fn select(&self, images: &[usize]) -> Self {
        Self {
            prototypes: self.prototypes.clone(),
            assignments: images.iter().map(|&i| self.assignments[i]).collect(),
            errors: images.iter().map(|&i| self.errors[i]).collect(),
        }
    }

    /// Gathers the images of all processes on the first one.
    pub(super) fn gather(self, communicator: &dyn Communicator) -> Self {
        Self {
            prototypes: self.prototypes,
            assignments: gather(communicator, &self.assignments),
            errors: gather(communicator, &self.errors),
        }
    }

    /// Adds the arrays to a file.
    pub(super) fn add(&self, npz: &mut Writer<impl Write + Seek>) -> Result<()> {
        npz.add(basis_key(), &self.prototypes.rows())?;
        npz.add(ASSIGNMENTS, &Array1::from(self.assignments.clone()))?;
        npz.add(VQ.errors, &Array1::from(self.errors.clone()))
    }

    /// Reads the arrays; `None` if the file has none.
    pub(super) fn read(
        npz: &mut Reader<impl Read + Seek>,
        shape: Shape,
        images: usize,
        errors: Allowed,
    ) -> Result<Option<Self>> {
        let key = basis_key();
        if !npz.has(key) {
            return Ok(None);
        }
        let rank = npz.rows(key)?;
        let rows = npz.matrix(key, (rank, shape.pixels()), NON_NEGATIVE)?;
        Ok(Some(Self {
            prototypes: Basis::new(shape, rows),
            assignments: assignments(&npz.numbers(ASSIGNMENTS, &[images])?, rank)?,
            errors: npz.vector(VQ.errors, images, errors)?.to_vec(),
        }))
    }
}

/// Returns indices below the number of prototypes.
fn assignments(numbers: &[i64], rank: usize) -> Result<Vec<u32>> {
    let mut assignments = Vec::with_capacity(numbers.len());
    for &number in numbers {
        match u32::try_from(number) {
            Ok(index) if (index as usize) < rank => assignments.push(index),
            _ => {
                let allowed = "indices of prototypes";
                return Err(Error::from(npz::value(
                    ASSIGNMENTS,
                    &number.to_string(),
                    allowed,
                )));
            }
        }
    }
    Ok(assignments)
}

fn basis_key() -> &'static str {
    VQ.key_of(Array::Basis).unwrap_or_default()
}
