//! Finds the parts that a set of images is made of, with non-negative matrix factorisation (NMF), and compares them
//! with the eigenimages of a principal component analysis (PCA).
//!
//! A set of images is a non-negative matrix `X` with one image per row. [`Nmf`] finds `X ≈ W H` with non-negative `W`
//! and `H`: each image is a sum of **parts** that only add. [`Pca`] finds a mean image and as many **eigenimages**, which
//! also subtract; its error is smaller, with one image more. [`PcaModel::bound`] is the least error of as many images
//! of any sign. [`Vq`] represents each image by one **prototype**.
//!
//! ```
//! use nmf_images::images::synthetic::Swimmer;
//! use nmf_images::{Nmf, Partness, Pca};
//!
//! // Or `ImageSet::from_images` of an array, or `images::load` of a folder.
//! let images = Swimmer::default().draw()?.images;
//! let nmf = Nmf::new(8).fit(&images)?;
//! let pca = Pca::new(8).fit(&images)?;
//! println!("relative error: {:.3} (NMF), {:.3} (PCA)", nmf.relative_error, pca.relative_error);
//! println!("sparsity of the parts: {:.2}", Partness::of(&nmf.basis, &nmf.weights, None).sparsity);
//! assert!(pca.relative_error <= nmf.relative_error);
//! # Ok::<(), nmf_images::Error>(())
//! ```
//!
//! The command `nmf-images` and the methods are described in the [`guide`], one page per subject.
//!
//! # Terms
//!
//! | term | symbol | shape | meaning |
//! | --- | --- | --- | --- |
//! | pixels | X | (images, pixels) | one image per row, values from 0 to 1 |
//! | weights | W | (images, rank) | how much of each part is in each image; Lee and Seung's encodings |
//! | basis | H | (rank, pixels) | one part (NMF) or eigenimage (PCA) per row; scikit-learn's `components_` |
//! | relative error | | | ‖X − W H‖ / ‖X‖ in the Frobenius norm, summed in f64 |
//!
//! An *iteration* updates all of W, then all of H; a *sweep* is an inner update that is repeated within an iteration. A
//! *panel* is a run of 64 images, or of 64 pixels, that are processed together. A *rule* is one way of updating W and H.
//!
//! # Modules
//!
//! | module | content |
//! | --- | --- |
//! | [`images`] | makes sets of images of arrays, and reads folders, tables and archives (feature `formats`); [`images::Images`] is the interface of an image set |
//! | [`nmf`], [`pca`], [`vq`] | learn; the documentation of [`nmf`] explains how it reaches its speed |
//! | [`metrics`], [`recovery`] | measure the result: sparsity, overlap, label accuracy; agreement with known parts |
//! | [`rank`], [`comparison`] | search the rank; compare learning rules |
//! | [`decomposition`] | what a method learned, in one form for NMF and PCA |
//! | [`Model`], [`projection`] | store what was learned; express new images in it |
//! | [`report`], [`render`] | collect the figures of a run; draw pictures and the interactive page |
//! | [`communicator`] | divides the images among processes |
//! | [`guide`] | the guide |
//!
//! A long fit can be stopped and continued: [`nmf::Checkpoint`].
//!
//! # Stability
//!
//! A stable name changes only with a line in the change log that states its replacement. Settings are made by a constructor or
//! by `Default`, and results are `#[non_exhaustive]`, so that both can get fields. What is saved or drawn ([`Model`],
//! [`decomposition`], [`nmf::Iteration`], [`nmf::Frame`]) is plain data that a program can make itself.
//!
//! | modules | stability |
//! | --- | --- |
//! | [`basis`], [`images`], [`nmf`], [`pca`], [`vq`], [`Model`], [`projection`], [`metrics`], [`error`] | stable |
//! | [`rank`], [`comparison`], [`recovery`], [`decomposition`], [`communicator`] | fields and settings are added |
//! | [`report`], [`render`], [`memory`], [`outputs`], [`plural`] | made for the command; may change with it |
//!
//! # Features
//!
//! Without features, the library learns from arrays, measures the result, searches the rank, and writes and reads models.
//!
//! | feature | adds |
//! | --- | --- |
//! | `formats` | reading of folders, image files, arrays, tables and archives: [`images::load`] and its variants, [`images::pack`], [`recovery::Truth::read`] |
//! | `render` | pictures and the page: the module [`render`] |
//! | `cli` | the command; includes `formats` and `render`; on by default |
//! | `mpi` | one run on many machines: `communicator::MpiCommunicator`; includes `cli` |
//!
//! # Limits
//!
//! Pixels are held in memory, with one byte per pixel for 8-bit files. Only arrays that exceed [`images::Memory`] are
//! read block by block. Pixels and factors are single precision: the largest value must lie between 1e-15 and 1e15, and an exact
//! factorisation is reconstructed to about 1e-6. The same seed gives the same bits for any number of threads; on
//! different processors, the last bits agree if both have a fused multiply-add.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(test),
    deny(
        clippy::print_stdout,
        clippy::print_stderr,
        clippy::exit,
        clippy::unwrap_used
    )
)]

// The command imports the library by its name, also in the Python package, which contains it.
#[cfg(feature = "python")]
extern crate self as nmf_images;

pub mod basis;
#[cfg(feature = "python")]
mod binding;
mod blocks;
#[cfg(feature = "python")]
#[allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::exit,
    clippy::unwrap_used,
    reason = "the command inside the Python package runs in a process of its own"
)]
mod cli;
pub mod communicator;
pub mod comparison;
pub mod decomposition;
mod deviates;
#[cfg_attr(
    not(feature = "formats"),
    expect(dead_code, reason = "only reading opens files without writing them")
)]
mod disk;
pub mod error;
pub mod guide;
pub mod images;
mod kernel;
mod linalg;
mod matching;
pub mod memory;
pub mod metrics;
mod model;
mod names;
pub mod nmf;
#[cfg_attr(
    not(feature = "formats"),
    expect(dead_code, reason = "models have arrays of few types")
)]
mod npy;
#[cfg_attr(
    not(feature = "formats"),
    expect(dead_code, reason = "models have archives of known arrays")
)]
mod npz;
pub mod outputs;
pub mod pca;
#[cfg_attr(
    not(feature = "formats"),
    expect(dead_code, reason = "only folders have links and hidden files")
)]
mod placeholders;
pub mod plural;
pub mod projection;
pub mod rank;
pub mod recovery;
#[cfg(feature = "render")]
pub mod render;
pub mod report;
pub mod vq;

pub use basis::{Basis, Shape, Weights};
pub use blocks::{MAX_THREADS, with_threads};
pub use decomposition::{Decomposition, Method, NMF, PCA, VQ};
pub use error::{Error, Result};
pub use images::{ImageSet, Images};
pub use kernel::processor_level;
pub use metrics::Partness;
pub use model::{
    FORMAT_VERSION, FactorFile, FileStart, FoundFactor, Model, Projection, Quantisation,
    write_factors,
};
/// The array crate of this crate's interface, re-exported so that a program uses the same version.
pub use ndarray;
pub use nmf::{Init, Nmf, NmfModel, Solver, StopRule};
pub use pca::{Pca, PcaModel};
pub use rank::RankSearch;
pub use report::Report;
pub use vq::{Vq, VqModel};

/// Makes the example in the README a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
