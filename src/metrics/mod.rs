//! Figures of merit: whether a basis consists of parts, how well images are reconstructed, and
//! whether weights separate labels or cluster images by them. They apply to every method.

mod cancellation;
mod class_means;
mod clustering;
mod denoising;
mod errors;
mod held_out_labels;
mod labels;
mod partness;
mod verdict;

pub use cancellation::{Magnitudes, magnitudes};
pub use clustering::{Clustering, clusters_of, dominant_parts, score_clusters};
pub use denoising::{CleanError, Denoising};
pub(crate) use errors::{PixelSubset, Squares, image_squares, squares};
pub use errors::{hidden_error, relative_error, relative_errors};
pub use held_out_labels::LabelledImages;
pub use labels::{LabelAccuracy, NearestMean};
pub use partness::Partness;
pub use verdict::Verdict;
