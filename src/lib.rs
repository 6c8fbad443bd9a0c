//! What non-negative matrix factorisation learns from images: parts, beside the eigenimages of a PCA.
//!
//! A set of images is a matrix `X`, one image a row, every pixel of 0 or more. [`Nmf`] finds `X ≈ W H` with `W` and
//! `H` of 0 or more: each image becomes a sum of **parts**, and nothing is ever taken away. [`Pca`] of the same rank
//! finds the **eigenimages** that rebuild the images best when adding and subtracting are both allowed.
//!
//! ```
//! use nmf_images::images::{LoadOptions, load};
//! use nmf_images::{Nmf, Partness, Pca};
//!
//! let faces = load("assets/faces".as_ref(), &LoadOptions { limit: Some(100), ..LoadOptions::default() })?;
//! let parts = Nmf::new(8).fit(&faces)?;
//! let eigenimages = Pca::new(8).fit(&faces)?;
//! println!("NMF misses {:.3} of the images, PCA {:.3}", parts.relative_error, eigenimages.relative_error);
//! println!("the parts' sparsity is {:.2}", Partness::of(&parts.basis, &parts.weights, None).sparsity);
//! assert!(eigenimages.relative_error <= parts.relative_error);
//! # Ok::<(), nmf_images::Error>(())
//! ```
//!
//! # Words
//!
//! | word | letter | shape | what it is |
//! | --- | --- | --- | --- |
//! | pixels | X | (images, pixels) | each image one row, values 0 to 1 |
//! | weights | W | (images, rank) | how much of each part is in each image; Lee and Seung's encodings |
//! | basis | H | (rank, pixels) | each row a part (NMF) or an eigenimage (PCA); scikit-learn's `components_` |
//! | relative error | | | ‖X − W H‖ / ‖X‖ in the Frobenius norm, summed in f64 |
//!
//! An *iteration* updates all of W, then all of H; a *sweep* is an inner update repeated within it. A *panel* is a run
//! of 64 images, or pixels, that are worked on together. A *rule* is one way of updating W and H.
//!
//! # Where what is
//!
//! [`images`] reads folders, arrays, tables and archives, [`nmf`] and [`pca`] learn, [`metrics`] judges, [`recovery`] compares with
//! known parts, [`comparison`] sets the rules side by side, [`rank`] finds how many parts to learn, [`render`] draws,
//! [`report`] gathers the facts of a run, [`Model`] keeps what was learned for later, and [`projection`] sees new images
//! in terms of it. A long fit can stop and go on: [`nmf::Checkpoint`]; [`team`] shares the images among processes. How the
//! speed comes about is told in [`nmf`].
//!
//! # Limits
//!
//! Pixels are held in memory, as bytes where the files have bytes, but for arrays that are larger than
//! [`images::Memory`] says, which are read block by block. Pixels and factors are single precision: values
//! must lie between 1e-15 and 1e15, and an exact factorisation is rebuilt to about 1e-6. The same seed gives the same
//! bits on any number of threads; between processors the last bits agree where both have a fused multiply-add.

#![cfg_attr(
    not(test),
    deny(
        clippy::print_stdout,
        clippy::print_stderr,
        clippy::exit,
        clippy::unwrap_used
    )
)]

pub mod basis;
mod blocks;
pub mod communicator;
pub mod comparison;
pub mod decomposition;
mod disk;
pub mod error;
pub mod images;
mod kernel;
mod linalg;
mod matching;
pub mod metrics;
mod model;
mod names;
pub mod nmf;
mod npy;
mod npz;
pub mod pca;
pub mod projection;
pub mod rank;
pub mod recovery;
pub mod render;
pub mod report;

pub use basis::{Basis, Shape, Weights};
pub use blocks::with_threads;
pub use decomposition::{Decomposition, Method, NMF, PCA};
pub use error::{Error, Result};
pub use images::{ImageSet, Images};
pub use metrics::Partness;
pub use model::{FORMAT_VERSION, Model, Projection};
/// The arrays of this crate's functions; a program that uses it needs no version of its own to match.
pub use ndarray;
pub use nmf::{Init, Nmf, NmfModel, Solver, StopRule};
pub use pca::{Pca, PcaModel};
pub use rank::RankSearch;
pub use report::Report;

/// The README's example is tested with the others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
