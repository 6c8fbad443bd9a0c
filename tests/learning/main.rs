//! What is learned: each rule, the starts, the PCA, and what they are asked for and may be given.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/on_disk.rs"]
mod on_disk;
#[path = "../common/planted.rs"]
mod planted;

mod communicator;
mod conformance;
mod constrained;
mod ground_truth;
mod masked;
mod masks;
mod model;
mod penalties;
mod projection;
mod quality;
mod ranks;
mod recording;
mod restarts;
mod resume;
mod rules;
mod shares;
mod together;
mod twin;
