//! The priors in `model.npz`: their arrays and the allowed values.

use std::io::{Read, Seek, Write};

use ndarray::{Array, Array0, Array2, Dimension, aview0};

use super::npz::{NON_NEGATIVE, Reader, Writer, value};
use crate::decomposition::{Decomposition, Method, NMF, PCA, PerMethod};
use crate::error::{Error, ModelError, Result};
use crate::projection::Prior;

/// The keys of the prior of a method.
struct Keys {
    mean: &'static str,
    covariance: &'static str,
    noise: &'static str,
    rest: &'static str,
}

/// The methods that have a prior.
static KEYS: [(&Method, Keys); 2] = [
    (
        &NMF,
        Keys {
            mean: "nmf_prior_mean",
            covariance: "nmf_prior_covariance",
            noise: "nmf_noise",
            rest: "nmf_rest",
        },
    ),
    (
        &PCA,
        Keys {
            mean: "pca_prior_mean",
            covariance: "pca_prior_covariance",
            noise: "pca_noise",
            rest: "pca_rest",
        },
    ),
];

/// Adds the arrays of all priors.
pub(super) fn add(npz: &mut Writer<impl Write + Seek>, priors: &PerMethod<Prior>) -> Result<()> {
    for (method, keys) in &KEYS {
        if let Some(prior) = priors.get(method) {
            npz.add(keys.mean, &prior.mean)?;
            npz.add(keys.covariance, &prior.covariance)?;
            npz.add(keys.noise, &aview0(&prior.noise))?;
            npz.add(keys.rest, &prior.rest)?;
        }
    }
    Ok(())
}

/// Reads the priors of these decompositions; those that an earlier release did not write are estimated.
pub(super) fn read(
    npz: &mut Reader<impl Read + Seek>,
    decompositions: &[Decomposition],
) -> Result<PerMethod<Prior>> {
    let mut priors = Vec::new();
    for learned in decompositions {
        for (method, keys) in KEYS.iter().filter(|(known, _)| *known == learned.method) {
            let prior = if npz.has(keys.noise) {
                prior(npz, keys, learned)?
            } else {
                Prior::of_errors(learned)
            };
            priors.push((*method, prior));
        }
    }
    Ok(priors.into_iter().collect())
}

fn prior(
    npz: &mut Reader<impl Read + Seek>,
    keys: &Keys,
    learned: &Decomposition,
) -> Result<Prior> {
    let (rank, pixels) = learned.basis.rows().dim();
    let noise: Array0<f64> = doubles(npz, keys.noise, [])?;
    let noise = noise.sum();
    if noise < 0.0 {
        return Err(value(keys.noise, &noise.to_string(), "a non-negative variance").into());
    }
    let covariance: Array2<f64> = doubles(npz, keys.covariance, [rank, rank])?;
    let prior = Prior {
        mean: doubles(npz, keys.mean, [rank])?,
        covariance,
        noise,
        rest: npz.vector(keys.rest, pixels, NON_NEGATIVE)?,
    };
    if prior
        .terms()
        .precision
        .iter()
        .all(|value| value.is_finite())
    {
        return Ok(prior);
    }
    Err(value(keys.covariance, "no covariance", "covariances of weights").into())
}

/// Reads finite f64 values of this shape.
fn doubles<D: Dimension, const N: usize>(
    npz: &mut Reader<impl Read + Seek>,
    key: &'static str,
    sides: [usize; N],
) -> Result<Array<f64, D>> {
    let found = npz.shape(key)?;
    if found != sides {
        return Err(ModelError::Sides {
            key,
            found,
            needed: sides.to_vec(),
        }
        .into());
    }
    let values = npz.doubles(key)?;
    if let Some(found) = values.iter().find(|value| !value.is_finite()) {
        return Err(value(key, &found.to_string(), "finite values").into());
    }
    values.into_dimensionality().map_err(|_| Error::NpyHeader)
}
