//! The learning rules, one a file; they do not know one another.

pub mod hals;
pub(super) mod local;
pub mod multiplicative;
