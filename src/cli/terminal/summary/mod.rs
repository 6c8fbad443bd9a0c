//! The summary of a run on stdout, and notes and warnings on stderr.

mod lines;
mod print;
mod projection;
mod run;
mod tables;

pub use print::{Notices, print_notices, print_result};
pub use projection::of_projection;
pub use run::of_run;
pub use tables::{of_comparison, of_ladder, of_ranks};
