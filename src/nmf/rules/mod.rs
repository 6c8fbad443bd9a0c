//! The learning rules, one per file. They do not import each other.

pub(super) mod bpp;
pub(super) mod hals;
pub(super) mod hoyer;
pub(super) mod huber;
pub(super) mod l1;
pub(super) mod l21;
pub(super) mod local;
pub(super) mod mu;
pub(super) mod nonsmooth;
