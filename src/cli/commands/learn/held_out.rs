//! The option `--hold-out`: the reconstructions of held-out images.

use std::borrow::Cow;

use nmf_images::images::{ImageShard, Images};
use nmf_images::projection::HeldOutProjection;
use nmf_images::{Decomposition, ImageSet, Model};

use super::shown::ShownImages;
use crate::cli::pictures::Examples;

/// Held-out images as the first process reports and draws them.
pub struct HeldOutImages<'a> {
    /// Those that pictures and figures of single images show.
    pub images: Cow<'a, ImageSet>,
    /// What each method learned, with the weights and errors of the shown images.
    pub decompositions: Vec<Decomposition>,
    /// The errors of all held-out images; its own decompositions are moved out.
    pub projection: HeldOutProjection,
}

impl<'a> HeldOutImages<'a> {
    /// Expresses held-out images in what was learned. All processes call this together.
    pub fn project(shard: &'a ImageShard, model: &Model) -> nmf_images::Result<Self> {
        let mut projection = HeldOutProjection::of(shard, &model.decompositions)?;
        let mut decompositions = std::mem::take(&mut projection.decompositions);
        let shown = ShownImages::choose(shard);
        if let Some(chosen) = &shown.chosen {
            for of_method in &mut decompositions {
                *of_method = of_method.select(chosen).gather(shard.communicator());
            }
        }
        Ok(Self {
            images: shown.images,
            decompositions,
            projection,
        })
    }

    /// Returns the images that pictures show.
    pub fn examples(&self) -> Examples<'_> {
        Examples {
            images: &self.images,
            decompositions: &self.decompositions,
        }
    }
}
