//! The images of a run: training images, with noise or without, and held-out images.

use nmf_images::images::{ImageShard, InputHashes, NoisyShard, add_noise, hold_out, input_hashes};

use super::noise::CleanImages;
use crate::cli::arguments::Arguments;

/// The images of a run.
pub struct RunImages<'a> {
    /// The training images, with noise if that was asked for.
    pub training: ImageShard<'a>,
    /// The training images without noise, if noise was added.
    pub clean: Option<CleanImages<'a>>,
    /// The held-out images, if there are any; without noise.
    pub held_out: Option<ImageShard<'a>>,
    /// The hashes of all images as they were read.
    pub hashes: InputHashes,
}

impl<'a> RunImages<'a> {
    /// Holds images out and adds noise to the others, as far as that was asked for. All processes call this together.
    pub fn prepare(all: ImageShard<'a>, arguments: &'a Arguments) -> nmf_images::Result<Self> {
        let (seed, hashes) = (arguments.learning.seed, input_hashes(&all));
        let (training, held_out) = match arguments.method.hold_out {
            None => (all, None),
            Some(which) => {
                let split = hold_out(&all, which, seed)?;
                (split.training, Some(split.held_out))
            }
        };
        let kinds = &arguments.method.noise;
        if kinds.is_empty() {
            return Ok(Self {
                training,
                clean: None,
                held_out,
                hashes,
            });
        }
        let NoisyShard { images, white, .. } = add_noise(&training, kinds, seed)?;
        Ok(Self {
            training: images,
            clean: Some(CleanImages::new(training, arguments, white)),
            held_out,
            hashes,
        })
    }
}
