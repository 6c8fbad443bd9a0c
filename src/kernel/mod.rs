//! Matrix products and coordinate-descent sweeps: where the computing time of a fit is spent.
//!
//! The room knows the pixel matrix X and the factors of `X ≈ W H`. Where pixels come from and which
//! update rule calls it is decided elsewhere.
//!
//! # Data layout
//!
//! * **Panel**: X is stored in panels of [`WIDTH`](layout::WIDTH) = 64 rows, either of images or, as
//!   the transpose, of pixels. Within a panel the 64 values of one column are contiguous
//!   ([`Lanes`]), so one vector instruction works on one column for many rows at once. Lanes never
//!   mix: each row has its own sum.
//! * **Chunk**: 64 columns of a panel, 16 kB, which stay in the first-level cache while all groups
//!   use them. A chunk of X meets one panel of the fixed factor, since the columns of X are the rows
//!   of that factor.
//! * **Group**: up to [`GROUP`](layout::GROUP) = 5 parts whose sums fill the vector registers. Each
//!   value of X that is loaded serves the whole group.
//! * **Packing**: the factor that stays fixed in a half step is also stored group by group, row by
//!   row within a group, so that a product reads it sequentially. The Gram matrix is packed likewise.
//! * **Run**: [`RUN`](layout::RUN) = 4096 columns. A sum in `f32` never extends over more columns;
//!   the sums of runs are added afterwards. Ranks of an MPI job are divided between runs, and the
//!   scratch files store runs in one piece each.
//!
//! Columns that are 0 in all 64 rows add nothing to a product and need not be stored; a chunk then
//! comes with the places of its stored columns.
//!
//! # Bytes
//!
//! If all values are known bytes, the fixed factor is packed as 16-bit integers instead, with a scale
//! for each part and panel ([`integer_panel`]), and products are formed two columns at a time in exact
//! integers ([`int16_dot`]). Sums over a chunk are then scaled and added in `f32`. A value of the
//! factor is off by at most half a 32,767th of the largest in its panel.
//!
//! # Instruction sets
//!
//! Inner loops are plain Rust over arrays of fixed size, compiled once per instruction set (see
//! [`level`] and [`dispatch`]). The exceptions are instructions for bytes (see [`int8_dot`],
//! [`int16_dot`]).
//!
//! # Files
//!
//! From the bottom up: `layout`, `level`, `dispatch`, `known_bits`; the factor (`integer_panel`,
//! `factor_panel`, `gram`, `factor`, `fixed_factor`); the pixel matrix (`columns`, `scratch`, `panel`,
//! `matrix`, `transpose`, `selection`, `cut`, `panel_matrix`); loops on lanes (`products`, `sweeps`, `least`,
//! `byte_dot`, `int8_dot`, `int16_dot`) and on rows of pixels (`row_squares`); sums over whole panels
//! (`column_runs`, `gram_tiles`, `rebuild`, `residual`, `huber`, `divergence`, `gram_f64`).

#![allow(
    clippy::inline_always,
    reason = "a body is compiled for the instruction set of the function it is inlined into"
)]
#![allow(
    clippy::needless_range_loop,
    reason = "loops over lanes of several arrays are easiest to read by index"
)]
#![allow(
    clippy::large_stack_arrays,
    reason = "a chunk fills the first-level cache, and a stack has room for many"
)]

#[macro_use]
mod dispatch;

mod byte_dot;
mod column_runs;
mod columns;
mod cut;
mod divergence;
mod factor;
mod factor_panel;
mod fixed_factor;
mod gram;
mod gram_f64;
mod gram_tiles;
mod huber;
mod int16_dot;
mod int8_dot;
mod integer_panel;
mod known_bits;
mod layout;
mod least;
mod level;
mod matrix;
mod panel;
mod panel_matrix;
mod pick;
mod products;
mod rebuild;
mod residual;
mod row_squares;
mod scratch;
mod selection;
mod sweeps;
mod transpose;

pub(crate) use cut::cut_both_ways;
pub(crate) use divergence::{Divergence, Quotient, gram_products};
pub(crate) use factor::Factor;
pub(crate) use factor_panel::FactorPanel;
pub(crate) use fixed_factor::FixedFactor;
pub(crate) use gram::{GramSums, PackedGram};
pub(crate) use gram_f64::{add_part, gram_from_upper};
pub(crate) use gram_tiles::GramTiles;
pub(crate) use huber::huber;
pub(crate) use known_bits::{KnownBits, KnownPixels};
pub(crate) use layout::{Lanes, WIDTH};
pub(crate) use least::least;
#[cfg(feature = "bench")]
pub use level::Level;
#[cfg(feature = "bench")]
pub(crate) use level::hidden::hide_above;
pub use level::processor_level;
pub use matrix::Block;
pub(crate) use matrix::{BlockReader, IMAGES_PER_TASK, Matrix, Source, byte_squares};
pub(crate) use panel_matrix::{CutPixels, PanelMatrix};
pub(crate) use row_squares::row_squares;
pub(crate) use scratch::Scratch;
pub(crate) use selection::{Orientation, Selection};
pub(crate) use sweeps::{
    MAX_SWEEPS, extrapolate, lower, partial_loss, power_sums, scale, sweep_until_converged,
};
