//! Learning: the rules, the starts, PCA, rank choice, checkpoints, and the settings that are
//! refused.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/on_disk.rs"]
mod on_disk;
#[path = "../common/planted.rs"]
mod planted;

mod checkpoint_files;
mod clustering;
mod conformance;
mod constrained;
mod distributed;
mod distributed_files;
mod distributed_images;
mod fixed_parts;
mod ground_truth;
mod held_out;
mod holes;
mod model;
mod own_start;
mod pca;
mod penalties;
mod priors;
mod projection;
mod quality;
mod ranks;
mod recording;
mod restarts;
mod resume;
mod robust;
mod rules;
mod settings;
mod shards;
mod stopped;
mod thread_ranks;
mod twin;
mod unknown_pixels;
mod unknown_pixels_pca;
mod unknown_pixels_twin;
mod vq;
mod weights;
