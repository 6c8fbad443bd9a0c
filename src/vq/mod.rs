//! Vector quantisation of the images (k-means): each image is represented by one prototype.
//!
//! **Objective.** `Σ_i ‖x_i − c_a(i)‖²` over k prototypes c and the assignments a: a factorisation `X ≈ W H`
//! in which each row of W is all 0 but for a single 1.
//!
//! **Method.** Lloyd's iterations: each image is assigned to its nearest prototype, then each prototype
//! becomes the mean of its images. Neither step raises the objective; the result is a local minimum.
//! A prototype without images takes the image that is farthest from its own prototype, as in
//! scikit-learn. If all others are equal to theirs, it stays and has no images.
//!
//! **Start.** k-means++: the first prototype is an image drawn at random, each further one an image drawn
//! in proportion to its squared distance from the nearest prototype so far; the best of `2 + ln k` such
//! draws is taken.
//!
//! **Stop.** When no assignment changes, or when the squared movement of all prototypes is at most
//! [`Vq::tolerance`] times the mean variance of a pixel, as in scikit-learn.
//!
//! **Unknown pixels.** Distances are sums over the known pixels of an image, and a prototype is the mean
//! of known values; where no image of a prototype has any, it keeps its previous value.
//!
//! **Cost.** `n p k` multiply-adds per iteration, and `n p` additions for each image that changes its
//! prototype.
//!
//! **Bits.** Products are formed in f32 as for NMF. Sums over images are formed in integers, which are
//! exact in any order. Values that are not bytes are rounded first, to about `n 2⁻⁶¹` of the largest.
//!
//! **Source.** S. P. Lloyd, *Least squares quantization in PCM*, 1982; D. Arthur, S. Vassilvitskii,
//! *k-means++: the advantages of careful seeding*, 2007; D. D. Lee, H. S. Seung, *Learning the parts of
//! objects by non-negative matrix factorization*, 1999 (figure 1, beside NMF and PCA).

mod clusters;
mod distances;
mod empty;
mod lloyd;
mod settings;
mod start;

pub use lloyd::VqProgress;
pub use settings::{MAX_ITERATIONS, Vq, VqModel};
