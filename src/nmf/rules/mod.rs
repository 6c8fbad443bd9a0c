//! The learning rules, one a file; they do not know one another.

pub(crate) mod bpp;
pub mod hals;
pub mod hoyer;
pub(super) mod local;
pub mod multiplicative;
pub mod nonsmooth;
