//! The images of a source as the kernel's pixel matrix.

mod reading;
mod shared;

pub(crate) use reading::Reading;
pub(crate) use shared::{Fill, Filled, Shared, mask};
