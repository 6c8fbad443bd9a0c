//! Leading eigenvectors and the truncated singular value decomposition, on top of faer; least squares over values of 0
//! or more. Not NMF, not PCA.

mod eigen;
mod known;
mod nnls;
mod svd;

pub(crate) use known::{LowRank, low_rank};
pub(crate) use nnls::Nnls;
pub(crate) use svd::svd;
