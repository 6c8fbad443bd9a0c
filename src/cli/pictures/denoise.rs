//! Clean and noisy images, and what each method makes of the noisy ones.

use anyhow::Result;
use nmf_images::ImageSet;
use nmf_images::images::Images;
use nmf_images::metrics::{CleanError, relative_error};
use nmf_images::render::{self, Denoised, DenoisedSample, Reconstruction, percent};
use nmf_images::report::NoiseReport;

use super::context::Context;
use super::picture::Picture;
use super::reconstructions::best_worst_and_even;

/// A clean image, the same with noise, and the reconstructions of that.
struct DenoisedImage<'a> {
    name: &'a str,
    clean: Vec<f32>,
    noisy: Vec<f32>,
    noisy_error: f64,
    reconstructions: Vec<Reconstruction>,
}

pub(super) fn denoise(context: &Context) -> Result<Vec<Picture>> {
    let (Some(clean), Some(noise)) = (context.clean, &context.report.noise) else {
        return Ok(Vec::new());
    };
    let (chosen, order) = match &context.chosen {
        Some(chosen) => (chosen.clone(), "those of --images, in that order"),
        None => (
            best_worst_and_even(
                &context.training().nmf_errors(),
                context.arguments.pictures.show,
            ),
            "from the one with the smallest NMF error against the noisy image to the one with the largest",
        ),
    };
    let mut images = Vec::with_capacity(chosen.len());
    for index in chosen {
        images.push(DenoisedImage::new(context, clean, index));
    }
    let samples: Vec<DenoisedSample> = images.iter().map(DenoisedImage::sample).collect();
    let figures = figures(noise);
    let data = Denoised {
        title: &format!("{}: relative errors against clean images", context.title),
        caption: &format!("All training images: {figures}."),
        shape: context.images.shape(),
        white: noise.white,
        samples: &samples,
    };
    let caption = format!(
        "Training images without and with noise ({}), {order}. Relative errors of all against the clean images: {figures}.",
        noise.kinds.join(", ")
    );
    let figure = render::denoised(&data, context.theme)?;
    context.page("denoise", &caption, &figure)
}

/// Returns the errors of the noisy images and of each method against all clean images.
fn figures(noise: &NoiseReport) -> String {
    let mut figures = vec![figure("noisy", noise.noisy, "PSNR ")];
    for (method, errors) in noise.methods.iter() {
        figures.push(figure(method.name, errors.clean, ""));
    }
    figures.join(", ")
}

/// Returns a relative error with its signal-to-noise ratio, which `ratio` names.
fn figure(name: &str, error: CleanError, ratio: &str) -> String {
    let psnr = error.psnr;
    let psnr = psnr.map_or_else(String::new, |psnr| format!(" ({ratio}{psnr:.1} dB)"));
    format!("{name} {}{psnr}", percent(error.clean_error))
}

impl<'a> DenoisedImage<'a> {
    fn new(context: &'a Context, clean: &ImageSet, index: usize) -> Self {
        let (clean, noisy) = (clean.known_f32(index), context.images.known_f32(index));
        let mut reconstructions = Vec::new();
        for learned in &context.model.decompositions {
            let values = learned.reconstruct(index).to_vec();
            reconstructions.push(Reconstruction {
                method: learned.method,
                error: relative_error(&clean, &values),
                values,
            });
        }
        Self {
            name: &context.images.names[index],
            noisy_error: relative_error(&clean, &noisy),
            clean,
            noisy,
            reconstructions,
        }
    }

    fn sample(&self) -> DenoisedSample<'_> {
        DenoisedSample {
            name: self.name,
            clean: &self.clean,
            noisy: &self.noisy,
            noisy_error: self.noisy_error,
            reconstructions: &self.reconstructions,
        }
    }
}
