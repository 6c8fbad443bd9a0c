//! Image files in folders, lists and archives: which there are, and decoding them as one set.

pub(crate) mod archive;
pub(crate) mod decode_files;
mod entries;
pub(crate) mod folder;
pub(crate) mod list;
mod own_output;
mod sparse;
pub(crate) mod tar;
pub(crate) mod walk;
pub(crate) mod zip;
