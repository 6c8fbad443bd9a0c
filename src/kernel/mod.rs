//! The products and sweeps that all the speed comes from. Knows the pixel matrix and factors; not where pixels come from,
//! not rules.
//!
//! A matrix is cut into **panels** of [`layout::WIDTH`] rows. Within a panel the values of one column lie side by side, so that
//! one vector instruction works on that column for many rows at once and no row ever waits for another. The factor
//! that stays fixed during a half step is **packed** in groups of up to [`layout::GROUP`] parts: a group's sums fill the vector
//! registers of the processor, each pixel that is loaded serves the whole group, and each packed value a whole panel.
//!
//! Everything is plain loops over arrays of fixed size, compiled once for each processor level (see [`dispatch`]), but for
//! one instruction on bytes (see [`int8_dot`]).

#![allow(
    clippy::inline_always,
    reason = "a body takes on the level of the function that it is inlined into"
)]
#![allow(
    clippy::needless_range_loop,
    reason = "loops over lanes of several arrays read best by index"
)]
#![allow(
    clippy::large_stack_arrays,
    reason = "a chunk is made to fill the first cache; a stack has room for many"
)]

#[macro_use]
mod dispatch;

mod column_runs;
mod columns;
mod divergence;
mod factor;
mod factor_panel;
mod fixed_factor;
mod gram;
mod gram_f64;
mod int8_dot;
mod known_bits;
mod layout;
mod matrix;
mod panel;
mod panel_matrix;
mod products;
mod rebuild;
mod scratch;
mod scratch_cut;
mod selection;
mod sweeps;

pub(crate) use divergence::{Divergence, Quotient, overlap};
pub(crate) use factor::Factor;
pub(crate) use factor_panel::FactorPanel;
pub(crate) use fixed_factor::FixedFactor;
pub(crate) use gram::{GramSums, PackedGram};
pub(crate) use gram_f64::{add_part, whole_gram};
pub(crate) use known_bits::Known;
pub(crate) use layout::{Row, WIDTH};
pub use matrix::Block;
pub(crate) use matrix::{BlockReader, IMAGES_A_TASK, Matrix, Source};
pub(crate) use panel_matrix::Panels;
pub(crate) use scratch::Scratch;
pub(crate) use selection::{Cut, Selection};
pub(crate) use sweeps::{
    MOST_SWEEPS, extrapolate, loss_share, lower, power_sums, scale, sweep_to_rest,
};
