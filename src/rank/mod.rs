//! The choice of the rank: ranks are tried one by one, with scores for and against each.
//!
//! The error of a fit falls with every part, so it does not determine the rank. These scores can:
//!
//! | score | definition | at the right rank |
//! | --- | --- | --- |
//! | held-out error | error on pixels that were held out of the fit (see below) | stops falling |
//! | stability | mean cosine of the parts of different starts, matched one to one | still near 1 |
//! | cophenetic | how consistently starts group the images (Brunet and others, 2004) | still near 1 |
//! | parallel analysis | number of eigenimages that explain more than chance (Horn, 1965) | often near it |
//!
//! [`choose`] uses the held-out error: it takes the smallest rank whose held-out error is as good as the least. The other
//! scores are for comparison. Photographs and hand-written digits have no definite rank: their
//! held-out error still falls at the highest rank tried, and the reason states this.
//!
//! # Held-out pixels
//!
//! A quarter of X is held out at a time: half of the pixels of half of the images (A. B. Owen, P.
//! O. Perry, *Bi-cross-validation of the SVD and the nonnegative matrix factorization*, 2009).
//! Parts are fitted to the quarter with the other images and pixels, which takes a quarter of
//! the time of a fit. Only ranks up to half of the images or pixels have a held-out error.
//!
//! # Sampling
//!
//! Ranks are tried on at most [`RankSearch::MOST_IMAGES`] images and [`RankSearch::MOST_PIXELS`] of
//! their pixels, evenly spaced. Each fit ends when its error has converged to a thousandth, or
//! after [`RankSearch::MOST_ITERATIONS`] iterations. The ranks are independent of each other, so
//! their order does not matter and ranks can be added later.

mod choice;
mod held_out;
mod held_out_blocks;
mod parallel;
mod sample;
mod scores;
mod search;
mod stability;

pub use choice::{RankChoice, choose};
pub use scores::RankScores;
pub use search::{RankModel, RankSearch, RankTrials};
