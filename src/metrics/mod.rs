//! Figures of merit: whether a basis consists of parts, how well images are reconstructed, and
//! whether weights separate labels. They apply to every method.

mod cancellation;
mod errors;
mod labels;
mod partness;
mod verdict;

pub use cancellation::{Magnitudes, magnitudes};
pub(crate) use errors::{PixelSubset, Squares, squares};
pub use errors::{hidden_error, relative_error, relative_errors};
pub use labels::{LabelAccuracy, LabelledImages, NearestMean};
pub use partness::Partness;
pub use verdict::Verdict;
