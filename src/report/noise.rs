//! The section `noise` of a report.

use serde::Serialize;

use crate::decomposition::PerMethod;
use crate::images::NoiseKind;
use crate::metrics::{CleanError, Denoising};

/// The noise that was added to the training images, and how close noisy images and reconstructions are to the clean ones.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NoiseReport {
    /// The kinds in the order in which they were added, as on the command line.
    pub kinds: Vec<String>,
    /// The seed of the noise.
    pub seed: u64,
    /// The value of white, to which strengths and the signal-to-noise ratio refer.
    pub white: f32,
    /// The noisy images.
    pub noisy: CleanError,
    /// The reconstructions by each method.
    #[serde(flatten)]
    pub methods: PerMethod<DenoisingErrors>,
}

/// The errors of the reconstructions by one method, over known pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DenoisingErrors {
    /// ‖X − X̂‖ / ‖X‖, with the noisy images X.
    pub relative_error: f64,
    /// The error against the clean images.
    #[serde(flatten)]
    pub clean: CleanError,
}

/// How noise was added.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NoiseSettings<'a> {
    /// The kinds in their order.
    pub kinds: &'a [NoiseKind],
    /// The seed.
    pub seed: u64,
    /// The value of white.
    pub white: f32,
}

impl NoiseReport {
    /// Reports noise, beside the relative errors against the noisy images.
    #[must_use]
    pub fn new(noise: NoiseSettings, errors: &Denoising, noisy: &PerMethod<f64>) -> Self {
        let errors_of = |(method, &clean)| {
            let errors = DenoisingErrors {
                relative_error: noisy[method],
                clean,
            };
            (method, errors)
        };
        Self {
            kinds: noise.kinds.iter().map(NoiseKind::to_string).collect(),
            seed: noise.seed,
            white: noise.white,
            noisy: errors.noisy,
            methods: errors.methods.iter().map(errors_of).collect(),
        }
    }
}
