//! Leading eigenvectors and the truncated singular value decomposition, on top of faer. Not NMF, not PCA.

mod eigen;
mod svd;

pub(crate) use svd::svd;
