//! Linear algebra on the pixel matrix: leading eigenvectors, the truncated singular value decomposition,
//! a low-rank approximation for unknown values, and non-negative least squares. Dense decompositions
//! are faer's.

mod affine_factors;
mod centred_matrix;
mod change;
mod cholesky;
mod dense_eigen;
mod eigen;
mod krylov;
mod linear_update;
mod low_rank;
mod low_rank_model;
mod mean_row;
mod nnls;
mod singular_vectors;
mod subspace;
mod svd;

pub(crate) use cholesky::inverse;
pub(crate) use low_rank::low_rank;
pub(crate) use low_rank_model::LowRank;
pub(crate) use mean_row::MeanRow;
pub(crate) use nnls::Nnls;
pub(crate) use singular_vectors::{fix_signs, for_each_row};
pub(crate) use svd::{explained_fractions, svd};
