//! Parts beside eigenimages.

#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr, clippy::exit, clippy::unwrap_used))]

pub mod basis;
mod blocks;
pub mod error;
pub mod images;
mod kernel;
mod linalg;
pub mod metrics;
mod model;
pub mod nmf;
pub mod pca;
pub mod render;
pub mod report;

pub use basis::{Basis, Shape, Weights};
pub use blocks::with_threads;
pub use error::{Error, Result};
pub use images::{ImageSet, Images};
pub use metrics::Partness;
pub use model::{FORMAT_VERSION, Model};
pub use nmf::{Init, Nmf, NmfModel, Solver, StopRule};
pub use pca::{Pca, PcaModel};
pub use report::Report;
