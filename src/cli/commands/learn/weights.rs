//! The options `--pixel-weights` and `--image-weights`.

use anyhow::{Result, bail};
use nmf_images::error::CommunicatorError;
use nmf_images::images::{ImageShard, Images, load_image_weights, load_pixel_weights};
use nmf_images::ndarray::Array1;
use nmf_images::{Nmf, Pca};

use crate::cli::arguments::{Arguments, PictureChoice, Rank};

/// The weights of pixels and images, as far as they were given.
#[derive(Default)]
pub struct GivenWeights {
    pixels: Option<Array1<f32>>,
    images: Option<Array1<f32>>,
}

/// Checks that nothing is asked for that has no weights, of a run on so many processes.
pub fn check(arguments: &Arguments, processes: usize) -> Result<()> {
    let Arguments {
        method,
        pictures,
        rank,
        ..
    } = arguments;
    if !method.has_weights() {
        return Ok(());
    }
    if processes > 1 {
        return Err(CommunicatorError::NeedsOneProcess {
            what: "--pixel-weights or --image-weights".to_owned(),
            try_instead: "learn with one process",
        }
        .into());
    }
    let option = if !matches!(rank, Rank::Given(_)) {
        "-k auto or several ranks"
    } else if method.fixed.is_some() {
        "--fixed"
    } else if method.hold_out.is_some() {
        "--hold-out"
    } else if !method.noise.is_empty() {
        "--noise"
    } else if method.save_start {
        "--save-start"
    } else if pictures.is_asked_for(PictureChoice::Ladder) {
        "--only ladder"
    } else if pictures.is_asked_for(PictureChoice::ThreeWays) {
        "--only three-ways"
    } else {
        return Ok(());
    };
    bail!("--pixel-weights and --image-weights cannot be combined with {option}")
}

impl GivenWeights {
    /// Reads the weights that the options name, for these images.
    pub fn read(arguments: &Arguments, shard: &ImageShard) -> nmf_images::Result<Self> {
        let method = &arguments.method;
        let (pixels, images) = (&method.pixel_weights, &method.image_weights);
        Ok(Self {
            pixels: pixels
                .as_deref()
                .map(|file| load_pixel_weights(file, shard.shape()))
                .transpose()?,
            images: images
                .as_deref()
                .map(|file| load_image_weights(file, shard.len()))
                .transpose()?,
        })
    }

    /// Returns the settings of an NMF with these weights.
    pub fn nmf(&self, mut nmf: Nmf) -> Nmf {
        if let Some(weights) = &self.pixels {
            nmf = nmf.pixel_weights(weights.clone());
        }
        if let Some(weights) = &self.images {
            nmf = nmf.image_weights(weights.clone());
        }
        nmf
    }

    /// Returns the settings of a PCA with these weights.
    pub fn pca(&self, mut pca: Pca) -> Pca {
        if let Some(weights) = &self.pixels {
            pca = pca.pixel_weights(weights.clone());
        }
        if let Some(weights) = &self.images {
            pca = pca.image_weights(weights.clone());
        }
        pca
    }
}
