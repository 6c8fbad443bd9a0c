//! Readers that limit how much is read of a file.

pub(crate) mod gzip;
pub(crate) mod limited_reader;
