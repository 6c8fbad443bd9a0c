//! Clean images, the same with noise, and the reconstructions of these by each method.

use crate::basis::Shape;
use crate::error::Result;
use crate::render::canvas::colour_scale::{ColourMap, Scale};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{FigureHeader, Shown};
use crate::render::canvas::numbers::percent;
use crate::render::canvas::sample_sheet::{SampleName, Samples, draw_sheet};
use crate::render::canvas::samples::{Reconstruction, SampleCell};
use crate::render::canvas::scale_bar::ScaleBar;
use crate::render::canvas::style::Theme;

/// The data of the page.
#[derive(Debug, Clone, Copy)]
pub struct Denoised<'a> {
    /// The title: the name of the folder, and the noise.
    pub title: &'a str,
    /// The errors over all images, in one sentence.
    pub caption: &'a str,
    /// The size of every image.
    pub shape: Shape,
    /// The value that is drawn white.
    pub white: f32,
    /// The images in the order in which they are drawn.
    pub samples: &'a [DenoisedSample<'a>],
}

/// An image without and with noise, and its reconstructions; each slice holds one value per pixel, row by row.
#[derive(Debug, Clone, Copy)]
pub struct DenoisedSample<'a> {
    /// The name of the image.
    pub name: &'a str,
    /// The clean image; unknown pixels are NaN.
    pub clean: &'a [f32],
    /// The noisy image; unknown pixels are NaN.
    pub noisy: &'a [f32],
    /// The relative error of the noisy image against the clean one.
    pub noisy_error: f64,
    /// The reconstruction by each method, with its relative error against the clean image.
    pub reconstructions: &'a [Reconstruction],
}

/// Draws, for each sample, the clean image, the noisy one and the reconstructions on one grey scale, with their errors against
/// the clean image.
///
/// The page grows with the number of samples to at most four slides; beyond that, the first ones
/// are shown.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a sample does not have the number of pixels
/// of the shape.
pub fn denoised(data: &Denoised, theme: Theme) -> Result<Figure> {
    let colour_map = ColourMap {
        scale: Scale::FromZero,
        limit: data.white,
    };
    let mut names = Vec::with_capacity(data.samples.len());
    let mut all_cells = Vec::with_capacity(data.samples.len());
    for sample in data.samples {
        names.push(SampleName {
            name: sample.name,
            warning: "",
        });
        all_cells.push(cells(sample, colour_map));
    }
    let header = FigureHeader {
        title: data.title,
        caption: data.caption,
        bars: &[ScaleBar {
            scale: colour_map.scale,
            limit: Some(colour_map.limit),
            label: "",
            faint: 0.0,
        }],
        shown: Shown::ALL,
    };
    let samples = Samples {
        shape: data.shape,
        names: &names,
        cells: &all_cells,
    };
    draw_sheet(&header, samples, theme)
}

fn cells<'a>(sample: &DenoisedSample<'a>, colour_map: ColourMap) -> Vec<SampleCell<'a>> {
    let cell = |heading, values, note| SampleCell {
        heading,
        values,
        colour_map,
        note,
    };
    let mut cells = vec![
        cell("clean", sample.clean, String::new()),
        cell("noisy", sample.noisy, percent(sample.noisy_error)),
    ];
    for reconstruction in sample.reconstructions {
        let note = percent(reconstruction.error);
        cells.push(cell(
            reconstruction.method.name,
            &reconstruction.values,
            note,
        ));
    }
    cells
}
