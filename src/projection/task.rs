//! The weights of a block of images: one problem for images whose pixels are all known, and one per mask
//! for the others.

use std::ops::Range;

use ndarray::{Array1, Array2, Axis};

use super::prior::{Prior, PriorTerms};
use crate::basis::{Basis, Shape, Weights};
use crate::decomposition::Decomposition;
use crate::error::{ModelError, Result};
use crate::images::Images;
use crate::linalg::Nnls;

/// The signs that weights may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Constraint {
    NonNegative,
    None,
}

/// What images are expressed in.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) basis: &'a Basis,
    pub(super) mean: Option<&'a Array1<f32>>,
    pub(super) constraint: Constraint,
    pub(super) prior: Option<&'a Prior>,
}

impl<'a> Target<'a> {
    pub(super) fn of(learned: &'a Decomposition, prior: Option<&'a Prior>) -> Self {
        Self {
            basis: &learned.basis,
            mean: learned.mean.as_ref(),
            constraint: if learned.method.signed {
                Constraint::None
            } else {
                Constraint::NonNegative
            },
            prior,
        }
    }
}

/// The input that the weights of all images share.
pub(super) struct Task<'a, I> {
    images: &'a I,
    basis: Array2<f64>,
    mean: Option<Array1<f64>>,
    /// The problem of an image whose pixels are all known.
    problem: Nnls,
    constraint: Constraint,
    prior: Option<AppliedPrior<'a>>,
}

/// A prior with the terms that follow from it.
struct AppliedPrior<'a> {
    prior: &'a Prior,
    terms: PriorTerms,
}

/// The weights of an image with unknown pixels.
#[derive(Clone)]
pub(super) struct Guess {
    pub(super) image: usize,
    /// The row of the image in its block.
    row: usize,
    pub(super) weights: Array1<f32>,
}

/// The products of a block of images with the basis, over their known pixels.
struct BlockProducts {
    /// One row per image.
    products: Array2<f64>,
    /// The images with unknown pixels.
    masked: Vec<MaskedImage>,
}

/// An image with unknown pixels.
#[derive(Clone, Copy)]
struct MaskedImage {
    image: usize,
    /// The row of the image in its block.
    row: usize,
}

/// The problem of images with the same unknown pixels.
struct MaskedProblem {
    problem: Nnls,
    /// What the prior adds to the products.
    pull: Array1<f64>,
}

impl<'a, I: Images> Task<'a, I> {
    /// Checks that images and basis have the same size.
    pub(super) fn new(images: &'a I, onto: Target<'a>) -> Result<Self> {
        check_size(images.shape(), onto.basis.shape())?;
        let basis = onto.basis.rows().mapv(f64::from);
        Ok(Self {
            images,
            mean: onto.mean.map(|mean| mean.mapv(f64::from)),
            problem: Nnls::new(&gram(&basis)),
            basis,
            constraint: onto.constraint,
            prior: onto.prior.map(|prior| AppliedPrior {
                prior,
                terms: prior.terms(),
            }),
        })
    }

    /// Returns the weights of a block of images.
    pub(super) fn weights(&self, rows: Range<usize>) -> Result<Weights> {
        let BlockProducts { products, masked } = self.products(rows)?;
        let mut weights = self
            .solve(&self.problem, &products)
            .mapv(|value| value as f32);
        for guess in self.guesses(&masked, &products) {
            weights.row_mut(guess.row).assign(&guess.weights);
        }
        Ok(weights)
    }

    /// Returns the weights of those images of a block that have unknown pixels.
    pub(super) fn unknown_weights(&self, rows: Range<usize>) -> Result<Vec<Guess>> {
        if !rows.clone().any(|image| self.has_unknown(image)) {
            return Ok(Vec::new());
        }
        let BlockProducts { products, masked } = self.products(rows)?;
        Ok(self.guesses(&masked, &products))
    }

    fn products(&self, rows: Range<usize>) -> Result<BlockProducts> {
        let mut x = self.centred(rows.clone())?;
        let mut masked = Vec::new();
        for (row, image) in rows.enumerate() {
            if self.has_unknown(image) {
                masked.push(MaskedImage { image, row });
                for (value, is_known) in x.row_mut(row).iter_mut().zip(self.known(image)) {
                    *value = if is_known { *value } else { 0.0 };
                }
            }
        }
        Ok(BlockProducts {
            products: x.dot(&self.basis.t()),
            masked,
        })
    }

    /// Solves for images with unknown pixels; consecutive ones with the same mask share a problem.
    fn guesses(&self, masked: &[MaskedImage], products: &Array2<f64>) -> Vec<Guess> {
        let mut guesses = Vec::with_capacity(masked.len());
        let mut latest: Option<(usize, MaskedProblem)> = None;
        for &MaskedImage { image, row } in masked {
            let reused = latest
                .take()
                .filter(|(other, _)| self.is_masked_as(image, *other));
            let (_, masked) =
                latest.insert(reused.unwrap_or_else(|| (image, self.masked_problem(image))));
            let products = &products.row(row) + &masked.pull;
            let solution = self.solve(&masked.problem, &products.insert_axis(Axis(0)));
            let weights = solution.row(0).mapv(|value| value as f32);
            guesses.push(Guess {
                image,
                row,
                weights,
            });
        }
        guesses
    }

    /// Returns the problem of an image with unknown pixels.
    fn masked_problem(&self, image: usize) -> MaskedProblem {
        let known: Vec<usize> = self
            .known(image)
            .enumerate()
            .filter(|(_, is_known)| *is_known)
            .map(|(pixel, _)| pixel)
            .collect();
        let mut gram = gram(&self.basis.select(Axis(1), &known));
        let mut pull = Array1::zeros(gram.nrows());
        if let Some(AppliedPrior { prior, terms }) = &self.prior {
            let hidden = prior.hidden(self.known(image));
            gram.scaled_add(hidden, &terms.precision);
            pull.scaled_add(hidden, &terms.pull);
        }
        MaskedProblem {
            problem: Nnls::new(&gram),
            pull,
        }
    }

    /// Reads some images, and subtracts the mean.
    fn centred(&self, rows: Range<usize>) -> Result<Array2<f64>> {
        let indices: Vec<usize> = rows.clone().collect();
        let mask = self.images.mask().and_then(|mask| mask.select(&indices));
        let block = self.images.block(rows);
        let block = block.matrix(self.images.shape(), mask.as_ref())?;
        let mut x = Array2::zeros((indices.len(), block.pixels));
        for (place, mut row) in x.outer_iter_mut().enumerate() {
            row.assign(&Array1::from(block.image(place)).mapv(f64::from));
            if let Some(mean) = &self.mean {
                row -= mean;
            }
        }
        Ok(x)
    }

    fn solve(&self, problem: &Nnls, products: &Array2<f64>) -> Array2<f64> {
        match self.constraint {
            Constraint::None => problem.solve_free(products),
            Constraint::NonNegative => {
                let mut solutions = Array2::zeros(products.dim());
                problem.solve(products, &mut solutions);
                solutions
            }
        }
    }

    fn known(&self, image: usize) -> impl Iterator<Item = bool> {
        let mask = self.images.mask();
        (0..self.basis.ncols())
            .map(move |pixel| mask.is_none_or(|mask| mask.is_known(image, pixel)))
    }

    fn has_unknown(&self, image: usize) -> bool {
        let mask = self.images.mask();
        mask.is_some_and(|mask| mask.image(image).contains(&false))
    }

    /// Returns whether two images have the same unknown pixels.
    fn is_masked_as(&self, image: usize, other: usize) -> bool {
        let mask = self.images.mask();
        mask.is_none_or(|mask| mask.words(image) == mask.words(other))
    }
}

fn check_size(found: Shape, known: Shape) -> Result<()> {
    if found == known {
        return Ok(());
    }
    Err(ModelError::Size {
        found: (found.width, found.height),
        known: (known.width, known.height),
    }
    .into())
}

fn gram(basis: &Array2<f64>) -> Array2<f64> {
    basis.dot(&basis.t())
}
