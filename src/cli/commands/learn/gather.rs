//! Gathers the models of all processes on the first one.

use nmf_images::decomposition::METHODS;
use nmf_images::images::{ImageShard, Images, InputHashes, LoadOptions};
use nmf_images::nmf::Frame;
use nmf_images::{Model, NmfModel, PcaModel, Quantisation, VqModel};
use serde_json::json;

use super::fit::Fitted;
use super::held_out::HeldOutImages;
use super::noise::DenoisedImages;
use super::provenance;
use super::run_images::RunImages;
use super::separated::SeparatedParts;
use super::shown::ShownImages;

/// The most bytes of weights and scores that are brought to the first process to be written.
const MAX_GATHERED_BYTES: usize = 4 << 30;

/// Checks that the weights and scores of all images can be brought to the first process.
pub fn can_gather_all(shard: &ImageShard, rank: usize) -> bool {
    if shard.communicator().size() == 1 {
        return true;
    }
    // One weight per basis image, and the error of the image.
    let values_per_image = METHODS.len().saturating_mul(rank.saturating_add(1));
    let values = shard.whole_len().saturating_mul(values_per_image);
    values.saturating_mul(size_of::<f32>()) <= MAX_GATHERED_BYTES
}

/// What was learned, as the first process reports, draws and writes it.
pub struct Gathered<'a> {
    /// Without weights, which are in `model`.
    pub nmf: NmfModel,
    /// Without scores, which are in `model`.
    pub pca: PcaModel,
    /// Without assignments, which are in `model`; `None` if no picture shows the prototypes.
    pub vq: Option<VqModel>,
    /// The parts as they were at some iterations.
    pub frames: Vec<Frame>,
    /// The parts of a second fit, with a penalty on overlap, if there was one.
    pub separated: Option<SeparatedParts>,
    /// The hashes of all images as they were read.
    pub hashes: &'a InputHashes,
    /// The model of the shown images.
    pub model: Model,
    /// The model of all images if it is not that of the shown ones.
    pub whole_model: Option<Model>,
    /// The held-out images, if there are any.
    pub held_out: Option<HeldOutImages<'a>>,
    /// The training images without noise, if noise was added.
    pub denoised: Option<DenoisedImages<'a>>,
}

impl<'a> Gathered<'a> {
    /// Gathers the models of all processes on the first.
    ///
    /// # Errors
    /// If held-out images cannot be read.
    pub fn new(
        images: &'a RunImages,
        shown: &ShownImages,
        options: &LoadOptions,
        fitted: Fitted,
    ) -> nmf_images::Result<Self> {
        let shard = &images.training;
        let Fitted {
            mut nmf,
            mut pca,
            mut vq,
            frames,
            separated,
        } = fitted;
        let communicator = shard.communicator();
        let mut model = Model::take_shard(shard, options, &mut nmf, &mut pca);
        model.vq = vq.as_mut().map(Quantisation::take);
        model.provenance = json!(provenance::of_model(&images.hashes)).to_string();
        let held_out = images.held_out.as_ref();
        let held_out = held_out.map(|shard| HeldOutImages::project(shard, &model));
        let held_out = held_out.transpose()?;
        let clean = images.clean.as_ref();
        let denoised = clean.map(|clean| DenoisedImages::compare(clean, shard, &mut model));
        let (model, whole_model) = match &shown.chosen {
            None => (model, None),
            Some(chosen) => (
                model.select(chosen).gather(communicator),
                can_gather_all(shard, nmf.basis.rank()).then(|| model.gather(communicator)),
            ),
        };
        Ok(Self {
            nmf,
            pca,
            vq,
            frames,
            separated,
            hashes: &images.hashes,
            model,
            whole_model,
            held_out,
            denoised,
        })
    }

    /// Returns the model to write.
    pub fn model_to_write(&self) -> &Model {
        self.whole_model.as_ref().unwrap_or(&self.model)
    }
}
