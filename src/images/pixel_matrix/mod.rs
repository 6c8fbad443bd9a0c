//! The images of a source as the kernel's pixel matrix.

mod distinct_pixels;
mod equal_pixels;
mod panels;
mod prepared;
mod reading;
mod shared;

pub(crate) use distinct_pixels::DistinctPixels;
pub(crate) use panels::Panels;
pub use prepared::PreparedImages;
pub(crate) use prepared::{ChosenPixels, CutMatrix, KeptMatrix};
pub(crate) use reading::Reading;
pub(crate) use shared::{Fill, Filled, Shared, mask};
