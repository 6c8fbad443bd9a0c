//! The option `--noise`: the clean training images, and how close noisy images and reconstructions are to them.

use std::borrow::Cow;

use nmf_images::images::ImageShard;
use nmf_images::metrics::Denoising;
use nmf_images::report::{MethodFigures, NoiseReport, NoiseSettings};
use nmf_images::{ImageSet, Model};
use serde_json::{Value, json};

use super::shown::ShownImages;
use crate::cli::arguments::Arguments;

/// The training images without noise.
pub struct CleanImages<'a> {
    shard: ImageShard<'a>,
    noise: NoiseSettings<'a>,
}

impl<'a> CleanImages<'a> {
    pub fn new(shard: ImageShard<'a>, arguments: &'a Arguments, white: f32) -> Self {
        let noise = NoiseSettings {
            kinds: &arguments.method.noise,
            seed: arguments.learning.seed,
            white,
        };
        Self { shard, noise }
    }
}

/// Clean images as the first process reports and draws them.
pub struct DenoisedImages<'a> {
    /// Those that pictures show.
    pub images: Cow<'a, ImageSet>,
    noise: NoiseSettings<'a>,
    errors: Denoising,
}

impl<'a> DenoisedImages<'a> {
    /// Compares noisy images and their reconstructions in `model` with the clean ones, and adds the noise to the settings of
    /// the model. All processes call this together.
    pub fn compare(clean: &'a CleanImages, noisy: &ImageShard, model: &mut Model) -> Self {
        let CleanImages { shard, noise } = clean;
        let errors = Denoising::of(shard, noisy, &model.decompositions, noise.white);
        model.settings = with_noise(&model.settings, noise);
        Self {
            images: ShownImages::choose(shard).images,
            noise: *noise,
            errors,
        }
    }

    /// Reports the errors beside those against the noisy images.
    pub fn report(&self, methods: &[MethodFigures]) -> NoiseReport {
        let noisy = methods
            .iter()
            .map(|figures| (figures.method, figures.relative_error));
        NoiseReport::new(self.noise, &self.errors, &noisy.collect())
    }
}

/// Returns the settings of a model, which are JSON, with the noise of its training images.
fn with_noise(settings: &str, noise: &NoiseSettings) -> String {
    let mut settings: Value = serde_json::from_str(settings).unwrap_or_default();
    let kinds: Vec<String> = noise.kinds.iter().map(ToString::to_string).collect();
    settings["noise"] = json!({ "kinds": kinds, "seed": noise.seed, "white": noise.white });
    settings.to_string()
}
