//! The images that pictures and figures of single images show.

use std::borrow::Cow;

use nmf_images::ImageSet;
use nmf_images::images::{ImageShard, Images};

/// The most images that pictures and figures of single images show if several processes share them.
const MAX_SHOWN_IMAGES: usize = 1000;

/// The images that pictures and figures of single images show.
pub struct ShownImages<'a> {
    /// The images on the first process; none on the others.
    pub images: Cow<'a, ImageSet>,
    /// Which of this process's images they are; `None` if one process shows all images.
    pub(super) chosen: Option<Vec<usize>>,
}

impl<'a> ShownImages<'a> {
    /// Chooses all images of a single process, which are not copied, or an evenly spaced sample of those of several.
    pub fn choose(shard: &'a ImageShard) -> Self {
        if shard.communicator().size() == 1 {
            return Self {
                images: Cow::Borrowed(&shard.set),
                chosen: None,
            };
        }
        let chosen = shard.sample(MAX_SHOWN_IMAGES);
        Self {
            images: Cow::Owned(shard.gather(&chosen)),
            chosen: Some(chosen),
        }
    }
}
