//! The learning rules, one per file. They do not import each other.

pub(crate) mod bpp;
pub mod hals;
pub mod hoyer;
pub(super) mod local;
pub mod mu;
pub mod nonsmooth;
